# Sound goes to ALSA, and as Opus over the line.
PACKAGECONFIG:append = " alsa opus"
