# The Pi's own camera comes through libcamerasrc.
PACKAGECONFIG:append = " gst"
