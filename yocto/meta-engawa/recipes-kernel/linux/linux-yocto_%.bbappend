FILESEXTRAPATHS:prepend := "${THISDIR}/files:"

SRC_URI:append:qemux86-64 = " file://engawa.cfg file://engawa-x86.cfg"
