# The call itself (webrtc, dtls, srtp, sctp), its sound (opusparse, webrtcdsp) and the encoders a booth
# may have: openh264 in software, VA-API on x86. `kms` is for a picture without our screen.
PACKAGECONFIG:append = " webrtc webrtcdsp srtp sctp dtls opusparse openh264"
PACKAGECONFIG:append:x86-64 = " va"
