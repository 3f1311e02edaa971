SUMMARY = "How a booth's system behaves: uplinks, watchdog, no console"
LICENSE = "GPL-3.0-only"
LIC_FILES_CHKSUM = "file://${ENGAWA_ROOT}/LICENSE;md5=1ebbd3e34237af26da5dc08a4e440464"

SRC_URI = "\
    file://10-emergency.conf \
    file://10-engawa.preset \
    file://10-journald.conf \
    file://10-logind.conf \
    file://10-resolved.conf \
    file://10-sysctl.conf \
    file://10-timesyncd.conf \
    file://10-wait-online.conf \
    file://10-watchdog.conf \
    file://iwd.conf \
    file://network/10-lte.network \
    file://network/20-ethernet.network \
    file://network/30-wifi.network \
"

S = "${UNPACKDIR}"

inherit allarch features_check

REQUIRED_DISTRO_FEATURES = "systemd"
INHIBIT_DEFAULT_DEPS = "1"

do_configure[noexec] = "1"
do_compile[noexec] = "1"

do_install() {
    conf=${D}${nonarch_libdir}/systemd
    install -D -m 0644 ${S}/10-watchdog.conf $conf/system.conf.d/10-watchdog.conf
    install -D -m 0644 ${S}/10-logind.conf $conf/logind.conf.d/10-engawa.conf
    install -D -m 0644 ${S}/10-journald.conf $conf/journald.conf.d/10-engawa.conf
    install -D -m 0644 ${S}/10-resolved.conf $conf/resolved.conf.d/10-engawa.conf
    install -D -m 0644 ${S}/10-timesyncd.conf $conf/timesyncd.conf.d/10-engawa.conf
    install -D -m 0644 ${S}/10-engawa.preset $conf/system-preset/10-engawa.preset
    for unit in emergency rescue; do
        install -D -m 0644 ${S}/10-emergency.conf $conf/system/$unit.service.d/10-engawa.conf
    done
    install -D -m 0644 ${S}/10-wait-online.conf $conf/system/systemd-networkd-wait-online.service.d/10-engawa.conf
    install -D -m 0644 -t $conf/network ${S}/network/*.network
    install -D -m 0644 ${S}/10-sysctl.conf ${D}${nonarch_libdir}/sysctl.d/10-engawa.conf
    install -D -m 0644 ${S}/iwd.conf ${D}${sysconfdir}/iwd/main.conf
    # Three fingers on a keyboard must not restart an interview.
    install -d ${D}${sysconfdir}/systemd/system
    ln -s /dev/null ${D}${sysconfdir}/systemd/system/ctrl-alt-del.target
}

FILES:${PN} = "${nonarch_libdir} ${sysconfdir}"
