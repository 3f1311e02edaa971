FILESEXTRAPATHS:prepend := "${THISDIR}/files:"

# The keyring is a file of the build folder, not of a layer, and goes where the image keeps trust.
SRC_URI = "file://system.conf"
PACKAGE_ARCH = "${MACHINE_ARCH}"

do_install[depends] += "engawa-dev-ca-native:do_make_ca"
do_install[file-checksums] += "${RAUC_KEYRING_FILE}:False"

do_install() {
    install -D -m 0644 ${UNPACKDIR}/system.conf ${D}${nonarch_libdir}/rauc/system.conf
    sed -i 's/@MACHINE@/${MACHINE}/' ${D}${nonarch_libdir}/rauc/system.conf
    install -D -m 0644 ${RAUC_KEYRING_FILE} ${D}${sysconfdir}/rauc/keyring.pem
}
