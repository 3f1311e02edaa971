SUMMARY = "What a booth is made of, apart from picture and sound"
LICENSE = "GPL-3.0-only"
LIC_FILES_CHKSUM = "file://${ENGAWA_ROOT}/LICENSE;md5=1ebbd3e34237af26da5dc08a4e440464"

inherit packagegroup

# kernel-image is named since the kernel is loaded from the slot, not from the boot partition.
RDEPENDS:${PN} = "\
    ca-certificates \
    engawa-appliance \
    engawa-booth \
    iwd \
    kernel-image \
    kernel-modules \
    os-release \
    rauc \
    rauc-service \
    tzdata-core \
    tzdata-asia \
    volatile-binds \
    wireless-regdb-static \
"
RDEPENDS:${PN}:append:intel-corei7-64 = " linux-firmware"
