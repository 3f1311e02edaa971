SUMMARY = "Open interview booth: the candidate's program"
LICENSE = "GPL-3.0-only & OFL-1.1"
LIC_FILES_CHKSUM = "\
    file://LICENSE;md5=1ebbd3e34237af26da5dc08a4e440464 \
    file://assets/fonts/OFL.txt;md5=7f1db95d16bdbbbe5aead873a2c015ba \
"

DEPENDS = "\
    fontconfig \
    glib-2.0 \
    gstreamer1.0 \
    gstreamer1.0-plugins-bad \
    gstreamer1.0-plugins-base \
    libdrm \
    libinput \
    libxkbcommon \
    udev \
    virtual/egl \
    virtual/libgbm \
    virtual/libgles2 \
"

# The commit that this layer itself is checked out at: image and program cannot disagree.
SRC_URI = "git://${ENGAWA_ROOT};protocol=file;usehead=1;nobranch=1"
SRCREV = "${AUTOREV}"
require engawa-booth-crates.inc

inherit cargo pkgconfig systemd useradd features_check

REQUIRED_DISTRO_FEATURES = "opengl systemd"

# `cargo` adds --frozen: nothing is fetched but what engawa-booth-crates.inc names.
CARGO_BUILD_FLAGS += "--package engawa-booth --package engawa-updater --no-default-features --features engawa-booth/kms"

# What starts at a booth, as far as it is in systemd/; engawa-service.service is the server's.
ENGAWA_UNITS = "\
    engawa-booth.service \
    engawa-clock.service \
    engawa-clock.timer \
    engawa-data.service \
    engawa-data-again.service \
    engawa-enrol.service \
    engawa-grow-data.service \
    engawa-mark-good.service \
    engawa-update.service \
    engawa-update.timer \
    engawa-update@.service \
"
SYSTEMD_SERVICE:${PN} = "${ENGAWA_UNITS}"

# The number is fixed: files in /data keep it when the next slot's image is built anew.
ENGAWA_ID = "810"
USERADD_PACKAGES = "${PN}"
GROUPADD_PARAM:${PN} = "--system --gid ${ENGAWA_ID} engawa"
USERADD_PARAM:${PN} = "\
    --system --uid ${ENGAWA_ID} --gid engawa --groups audio,input,render,video \
    --no-create-home --home-dir /nonexistent --shell ${base_sbindir}/nologin engawa \
"

do_install:append() {
    for unit in ${ENGAWA_UNITS}; do
        install -D -m 0644 ${S}/systemd/$unit ${D}${systemd_system_unitdir}/$unit
    done
    # RAUC: its state is in /data, and the booth itself may not ask it.
    install -D -m 0644 ${S}/systemd/rauc-engawa.conf ${D}${systemd_system_unitdir}/rauc.service.d/10-engawa.conf
    install -D -m 0644 ${S}/systemd/engawa-rauc.dbus.conf ${D}${datadir}/dbus-1/system.d/engawa-rauc.conf
    install -D -m 0755 ${S}/systemd/grow-data ${D}${nonarch_libdir}/engawa/grow-data
    install -D -m 0755 ${S}/systemd/keep-clock ${D}${nonarch_libdir}/engawa/keep-clock
    install -D -m 0755 ${S}/systemd/mount-data ${D}${nonarch_libdir}/engawa/mount-data
    install -D -m 0644 ${S}/systemd/engawa.sysusers ${D}${nonarch_libdir}/sysusers.d/engawa.conf
    install -D -m 0644 ${S}/systemd/engawa.tmpfiles ${D}${nonarch_libdir}/tmpfiles.d/engawa.conf
    install -D -m 0644 ${S}/systemd/engawa.udev-rules ${D}${nonarch_base_libdir}/udev/rules.d/72-engawa.rules
}

FILES:${PN} += "${nonarch_libdir} ${nonarch_base_libdir}/udev ${systemd_system_unitdir} ${datadir}/dbus-1"
RDEPENDS:${PN} = "\
    e2fsprogs-e2fsck \
    e2fsprogs-resize2fs \
    packagegroup-engawa-media \
    rauc-service \
    udev \
    util-linux-flock \
    util-linux-partx \
    util-linux-sfdisk \
    xkeyboard-config \
"
