SUMMARY = "GRUB's choice between the two root slots"
LICENSE = "GPL-3.0-only"
LIC_FILES_CHKSUM = "file://${ENGAWA_ROOT}/LICENSE;md5=1ebbd3e34237af26da5dc08a4e440464"

require conf/image-uefi.conf

DEPENDS += "grub-native"

SRC_URI = "file://grub.cfg"
S = "${UNPACKDIR}"

COMPATIBLE_HOST = "x86_64.*-linux"
PACKAGE_ARCH = "${MACHINE_ARCH}"
INHIBIT_DEFAULT_DEPS = "1"

inherit deploy

do_configure[noexec] = "1"

do_compile() {
    rm -f ${B}/grubenv
    grub-editenv ${B}/grubenv create
    grub-editenv ${B}/grubenv set "ORDER=A B" A_OK=1 A_TRY=0 B_OK=1 B_TRY=0
}

do_install() {
    install -D -m 0644 ${S}/grub.cfg ${D}${EFI_FILES_PATH}/grub.cfg
}

do_deploy() {
    install -m 0644 ${S}/grub.cfg ${B}/grubenv ${DEPLOYDIR}
}
addtask deploy after do_compile before do_build

FILES:${PN} = "${EFI_FILES_PATH}"
RPROVIDES:${PN} = "virtual-grub-bootconf"
