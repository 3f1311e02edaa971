FILESEXTRAPATHS:prepend := "${THISDIR}/files:${ENGAWA_ROOT}/assets/splash:"

# Our mark on the colour of the booth's first page, so that the change to it is hardly seen; the override is
# stronger than the one of meta-raspberrypi.
SPLASH_IMAGES:engawa = "file://psplash-engawa-img.png;outsuffix=default"
SRC_URI += "file://psplash-colors.h"
PACKAGECONFIG = "systemd fullscreen"

do_configure:prepend() {
    install -m 0644 ${UNPACKDIR}/psplash-colors.h ${S}/psplash-colors.h
}
