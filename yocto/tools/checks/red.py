"""Breaks a copy of the layer in one place at a time: the check named beside it must see it."""
import pathlib
import shutil
import tempfile

from .parsed import forget

LAYER = "yocto/meta-engawa"
BOOTH = f"{LAYER}/recipes-engawa/engawa"
MEDIA = f"{LAYER}/recipes-core/packagegroups/packagegroup-engawa-media.bb"
RAUC = f"{LAYER}/recipes-core/rauc/files"
CA = f"{LAYER}/recipes-core/rauc/engawa-dev-ca-native_1.0.bb"
IMAGE = f"{LAYER}/recipes-core/images/engawa-booth-image.bb"
WKS = f"{LAYER}/files/wic/engawa-booth.wks.in"
CONF = f"{LAYER}/conf/distro/engawa.conf"
BOOT = f"{LAYER}/dynamic-layers/raspberrypi/recipes-bsp/rpi-u-boot-scr/files/boot.cmd.in"
GRUB = f"{LAYER}/recipes-bsp/grub/files/grub.cfg"
NETWORK = f"{LAYER}/recipes-core/systemd/files/network"
COPIED = ["yocto", "systemd", "tests/image/disk.cfg", "src/media/src", "assets/fonts/OFL.txt", "assets/splash"]
COPIED += ["LICENSE", "Cargo.toml", "Cargo.lock", "flash.sh"]

# The check, the file, what stands there, what is put there instead, what the check must say.
BREAKS = [
    ("parsed", IMAGE, "inherit core-image", "inherit core-imag", "core-imag"),
    ("parsed", IMAGE, 'LICENSE = "', 'LICENSE "', "LICENSE"),
    ("parsed", CONF, 'INIT_MANAGER = "', 'INIT_MANAGER "', "INIT_MANAGER"),
    ("parsed", CONF, "DISTRO_FEATURES_OPTED_OUT", "DISTRO_FEATURES_BACKFILL_CONSIDERED", "refused"),
    ("parsed", f"{BOOTH}/engawa-booth_0.1.0.bb", "require engawa-booth-crates.inc", "require crates.inc", "crates.inc"),
    ("files", f"{BOOTH}/engawa-booth_0.1.0.bb", "1ebbd3e3", "2ebbd3e3", "LICENSE is 1ebbd3e3"),
    ("files", f"{LAYER}/recipes-kernel/linux/linux-yocto_%.bbappend", "engawa.cfg", "engava.cfg", "engava.cfg is nowhere"),
    ("files", f"{LAYER}/recipes-core/psplash/psplash_git.bbappend", "engawa-img", "engava-img", "engava-img.png is nowhere"),
    ("files", "Cargo.lock", 'name = "anyhow"\nversion = "1', 'name = "anyhow"\nversion = "2', "crates.py"),
    ("files", "Cargo.lock", 'checksum = "', 'checksum = "0', "crates.py"),
    ("files", "Cargo.toml", 'version = "0.1.0"', 'version = "0.2.0"', "Cargo.toml says 0.2.0"),
    ("files", f"{BOOTH}/engawa-booth_0.1.0.bb", "    engawa-booth.service", "    engawa-boot.service", "systemd/engawa-boot.service is not there"),
    ("slots", WKS, "--part-name root-b", "--part-name root-c", "root-c"),
    ("slots", WKS, "root-b --align 4096 --fixed-size ${ENGAWA_SLOT_MIB}M", "root-b --align 4096 --fixed-size 1000M", "root-b 1000"),
    ("slots", CONF, 'ENGAWA_SLOT_MIB = "1536"', 'ENGAWA_SLOT_MIB = "3000"', "more than"),
    ("slots", CONF, "grubenv;EFI/BOOT/grubenv", "grubenv;grubenv", "grubenv is not among"),
    ("slots", f"{RAUC}/system.conf", "by-partlabel/root-b", "by-partlabel/root-a", "device of [slot.rootfs.1]"),
    ("slots", f"{RAUC}/raspberrypi4-64/system.conf", "bootname=B", "bootname=A", "bootname of [slot.rootfs.1]"),
    ("slots", f"{RAUC}/raspberrypi4-64/system.conf", "bootloader=uboot", "bootloader=grub", "bootloader of"),
    ("slots", CONF, "u-boot-env u-boot-fw-utils", "u-boot-env", "without u-boot-fw-utils"),
    ("slots", "flash.sh", "boot root-a root-b data", "boot root-a root-b home", "flash.sh looks for"),
    ("slots", IMAGE, "* 1024", "* 2048", "the image may have"),
    ("slots", IMAGE, '"rauc-mark-good"', '"rauc-mark"', "calls every start good"),
    ("slots", f"{LAYER}/recipes-core/base-files/files/fstab", "PARTLABEL=data  /data", "PARTLABEL=data  /srv", "fstab mounts"),
    ("slots", f"{LAYER}/recipes-core/bundles/engawa-booth-bundle_1.0.bb", '"verity"', '"plain"', "format plain"),
    ("boot", BOOT, "BOOT_A_LEFT} -gt 0", "BOOT_A_LEFT} -gt 1", "boot.cmd: a slot that never gets well"),
    ("boot", BOOT, "setexpr BOOT_B_LEFT ${BOOT_B_LEFT} - 1", "true", "boot.cmd: an update that never gets well"),
    ("boot", BOOT, "setenv part 3", "setenv part 2", "boot.cmd: one slot used up"),
    ("boot", BOOT, "fi\nsaveenv\n", "fi\n", "boot.cmd: a new card"),
    ("boot", BOOT, "rootwait=60 ro", "rootwait rw", "boot.cmd: a new card"),
    ("boot", GRUB, '" A_TRY B_TRY\n\nif', '" A_TRY\n\nif', "grub.cfg: an update that never gets well"),
    ("boot", GRUB, '"$A_OK" = "1"', '"$A_OK" = "$A_OK"', "grub.cfg: a slot called bad"),
    ("boot", GRUB, 'set label="root-b"', 'set label="root-a"', "grub.cfg: one slot used up"),
    ("boot", GRUB, '    set memory="$prefix/grubkept"\n', "", "grub.cfg: without grubenv"),
    ("boot", GRUB, "if ! load_env", "if load_env", "grub.cfg: without"),
    ("boot", GRUB, "fi\nsave_env", "save_env", "grub.cfg"),
    ("uplinks", f"{NETWORK}/30-wifi.network", "RouteMetric=200", "RouteMetric=400", "for IPv6"),
    ("uplinks", f"{NETWORK}/10-lte.network", "Driver=", "Type=", "LTE is not read first"),
    ("uplinks", f"{NETWORK}/20-ethernet.network", "Type=ether", "Type=wlan", "the order of uplinks"),
    ("plugins", MEDIA, "    gstreamer1.0-plugins-bad-webrtcdsp \\\n", "", "the plugin webrtcdsp"),
    ("plugins", MEDIA, "bad-openh264", "bad-openh246", "the plugin openh264"),
    ("plugins", MEDIA, "    libnice \\\n", "", "the plugin nice"),
    ("plugins", MEDIA, "libcamera-gst", "libcamera-gstreamer", "raspberrypi4-64: nothing brings the plugin libcamera"),
    ("signing", CA, "    bbwarn", "    chmod 644 bundle.key.pem\n    bbwarn", "bundle.key.pem can be read by others"),
    ("signing", CA, "critical,CA:TRUE", "critical,CA:FALSE", "a signature is not believed"),
    ("signing", CA, "critical,digitalSignature", "critical,keyEncipherment", "a signature is not believed"),
    ("signing", CA, "        exit 0", "        true", "made anew"),
    ("signing", CONF, "bundle.cert.pem", "signer.cert.pem", "RAUC_CERT_FILE is not made"),
    ("collected", "yocto/tools/collect", '"$name.img.zst" "$name.img.bmap" >', '"$name.img.zst" >', "img.sha256"),
    ("kas", "yocto/kas/rpi4.yml", "machine: raspberrypi4-64", "machine: raspberrypi5", "builds raspberrypi4-64"),
    ("kas", "yocto/kas/base.yml", "  version: 14", "  version: one", "version"),
    ("kas", "yocto/kas/x86.yml", "    commit:", "    tag:", "meta-intel is not pinned"),
    ("lint", IMAGE, "inherit core-image\n", "inherit core-image\t\n", "oelint.tabs"),
    ("lint", f"{BOOTH}/engawa-booth_0.1.0.bb", "SUMMARY =", "SUMARY =", "mandatoryvar.SUMMARY"),
]


def check(root: pathlib.Path, checks: dict) -> list[str]:
    problems = []
    with tempfile.TemporaryDirectory() as folder:
        copy = pathlib.Path(folder)
        _copy(root, copy)
        for name, path, here, instead, wanted in BREAKS:
            if "systemd/" in wanted and not (copy / "systemd").exists():
                continue
            text = (copy / path).read_text()
            if here not in text:
                problems.append(f"{path} no longer has {here!r}")
                continue
            (copy / path).write_text(text.replace(here, instead, 1))
            forget()
            said = checks[name].check(copy)
            if not any(wanted in line for line in said):
                problems.append(f"{name} does not see {instead!r} in {path}: {said}")
            (copy / path).write_text(text)
    forget()
    return problems


def _copy(root: pathlib.Path, to: pathlib.Path) -> None:
    for path in COPIED:
        if (root / path).is_dir():
            shutil.copytree(root / path, to / path)
        elif (root / path).exists():
            (to / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(root / path, to / path)
