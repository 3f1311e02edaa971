SUMMARY = "Root of a booth: starts into the interview booth and nothing else"
LICENSE = "GPL-3.0-only"
LIC_FILES_CHKSUM = "file://${ENGAWA_ROOT}/LICENSE;md5=1ebbd3e34237af26da5dc08a4e440464"

inherit core-image

# /etc is read-only too: a booth's settings are in /data/engawa, so that a new slot never meets an old /etc.
IMAGE_FEATURES += "read-only-rootfs splash"
IMAGE_INSTALL = "packagegroup-core-boot packagegroup-engawa-booth packagegroup-engawa-media"

# ext4 goes into the bundle, wic with its map onto a card.
IMAGE_FSTYPES = "ext4 wic.zst wic.bmap"
# What does not fit a slot must fail here and not on a booth.
IMAGE_ROOTFS_EXTRA_SPACE = "0"
IMAGE_OVERHEAD_FACTOR = "1.1"
IMAGE_ROOTFS_MAXSIZE = "${@int(d.getVar('ENGAWA_SLOT_MIB')) * 1024}"
WKS_FILE_DEPENDS:append:x86-64 = " grub-efi engawa-grubconf"
do_image_wic[depends] += "${@bb.utils.contains('MACHINEOVERRIDES', 'rpi', 'rpi-u-boot-scr:do_deploy', '', d)}"

# It would call every start good; here only a healthy booth is (engawa-mark-good.service).
BAD_RECOMMENDATIONS += "rauc-mark-good"
