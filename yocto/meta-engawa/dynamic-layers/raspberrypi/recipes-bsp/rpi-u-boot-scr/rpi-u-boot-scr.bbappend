# Our boot.cmd.in is found before the layer's own.
FILESEXTRAPATHS:prepend := "${THISDIR}/files:"
