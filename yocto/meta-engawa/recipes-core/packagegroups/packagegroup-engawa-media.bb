SUMMARY = "GStreamer's plugins that a call needs, one by one"
DESCRIPTION = "Plugin packages are made while GStreamer is built, so a misspelt name is found late: \
tools/check holds them against the elements that src/media names."
LICENSE = "GPL-3.0-only"
LIC_FILES_CHKSUM = "file://${ENGAWA_ROOT}/LICENSE;md5=1ebbd3e34237af26da5dc08a4e440464"

inherit packagegroup

RDEPENDS:${PN} = "\
    alsa-utils-alsactl \
    alsa-utils-amixer \
    gstreamer1.0 \
    gstreamer1.0-plugins-bad-dtls \
    gstreamer1.0-plugins-bad-openh264 \
    gstreamer1.0-plugins-bad-sctp \
    gstreamer1.0-plugins-bad-srtp \
    gstreamer1.0-plugins-bad-videoparsersbad \
    gstreamer1.0-plugins-bad-webrtc \
    gstreamer1.0-plugins-bad-webrtcdsp \
    gstreamer1.0-plugins-base-alsa \
    gstreamer1.0-plugins-base-app \
    gstreamer1.0-plugins-base-audioconvert \
    gstreamer1.0-plugins-base-audioresample \
    gstreamer1.0-plugins-base-audiotestsrc \
    gstreamer1.0-plugins-base-opus \
    gstreamer1.0-plugins-base-playback \
    gstreamer1.0-plugins-base-typefindfunctions \
    gstreamer1.0-plugins-base-videoconvertscale \
    gstreamer1.0-plugins-base-videorate \
    gstreamer1.0-plugins-base-videotestsrc \
    gstreamer1.0-plugins-good-jpeg \
    gstreamer1.0-plugins-good-rtp \
    gstreamer1.0-plugins-good-rtpmanager \
    gstreamer1.0-plugins-good-video4linux2 \
    gstreamer1.0-plugins-good-vpx \
    libnice \
"
# libcamera's own camera on a Pi; VA-API's encoder on a PC.
RDEPENDS:${PN}:append:rpi = " libcamera libcamera-gst"
RDEPENDS:${PN}:append:x86-64 = " gstreamer1.0-plugins-bad-va"
RDEPENDS:${PN}:append:intel-corei7-64 = " intel-media-driver"
