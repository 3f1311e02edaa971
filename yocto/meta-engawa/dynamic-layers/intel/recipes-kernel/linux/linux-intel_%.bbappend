FILESEXTRAPATHS:prepend := "${THISDIR}/../../../../recipes-kernel/linux/files:"

SRC_URI:append = " file://engawa.cfg file://engawa-x86.cfg"
