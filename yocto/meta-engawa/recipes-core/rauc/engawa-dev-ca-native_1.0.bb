SUMMARY = "Development CA that signs the bundles of this build folder"
DESCRIPTION = "Makes a key pair in ENGAWA_CA_DIR when nothing is there, so that no private key is in the layer."
LICENSE = "GPL-3.0-only"
LIC_FILES_CHKSUM = "file://${ENGAWA_ROOT}/LICENSE;md5=1ebbd3e34237af26da5dc08a4e440464"

inherit_defer native

INHIBIT_DEFAULT_DEPS = "1"
DEPENDS += "openssl-native"

# An image trusts whoever holds these keys: a build folder keeps its own, a release brings its own.
ENGAWA_CA_DAYS ?= "730"

do_make_ca() {
    if [ -e ${RAUC_KEYRING_FILE} ] && [ -e ${RAUC_CERT_FILE} ]; then
        exit 0
    fi
    if [ ${RAUC_KEYRING_FILE} != ${ENGAWA_CA_DIR}/ca.cert.pem ]; then
        bbfatal "RAUC_KEYRING_FILE or RAUC_CERT_FILE is set but not there: ${RAUC_KEYRING_FILE}, ${RAUC_CERT_FILE}"
    fi
    umask 077
    mkdir -p ${ENGAWA_CA_DIR}
    cd ${ENGAWA_CA_DIR}
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days ${ENGAWA_CA_DAYS} \
        -subj "/O=Engawa/CN=Engawa development CA" -keyout ca.key.pem -out ca.cert.pem \
        -addext "basicConstraints=critical,CA:TRUE" -addext "keyUsage=critical,keyCertSign,cRLSign"
    openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
        -subj "/O=Engawa/CN=Engawa development bundles" -keyout bundle.key.pem -out bundle.csr.pem
    printf 'basicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature\n' > bundle.ext
    openssl x509 -req -in bundle.csr.pem -CA ca.cert.pem -CAkey ca.key.pem -CAcreateserial \
        -days ${ENGAWA_CA_DAYS} -extfile bundle.ext -out bundle.cert.pem
    bbwarn "bundles of this build folder are signed by a development CA in ${ENGAWA_CA_DIR}; do not ship them"
}
do_make_ca[doc] = "Makes the keys in ENGAWA_CA_DIR unless they are there"
addtask make_ca after do_prepare_recipe_sysroot before do_build
