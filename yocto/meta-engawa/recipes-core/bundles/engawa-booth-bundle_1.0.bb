SUMMARY = "Signed update of a booth's root"
LICENSE = "GPL-3.0-only"
LIC_FILES_CHKSUM = "file://${ENGAWA_ROOT}/LICENSE;md5=1ebbd3e34237af26da5dc08a4e440464"

inherit bundle

RAUC_BUNDLE_COMPATIBLE = "engawa-booth-${MACHINE}"
RAUC_BUNDLE_VERSION = "${DISTRO_VERSION}"
RAUC_BUNDLE_DESCRIPTION = "${SUMMARY}"
RAUC_BUNDLE_FORMAT = "verity"
RAUC_BUNDLE_SLOTS = "rootfs"
RAUC_SLOT_rootfs = "engawa-booth-image"
RAUC_SLOT_rootfs[fstype] = "ext4"

do_bundle[depends] += "engawa-dev-ca-native:do_make_ca"
