"""The disk, RAUC, the mounts and flash.sh speak of the same partitions, and a root fits its slot."""
import configparser
import pathlib
import re

from .parsed import MACHINES, parsed

# What all of the product agrees on, in the disk's order.
NAMES = ["boot", "root-a", "root-b", "data"]
BOOT_MIB = 64
# An 8 GB card with room for data.
MOST_MIB = 4096


def partitions(root: pathlib.Path, machine: str) -> list[tuple[str, int]]:
    """Names and sizes (MiB) of the disk's partitions."""
    conf = parsed(root, machine).conf
    text = (root / "yocto/meta-engawa/files/wic" / conf.getVar("WKS_FILE")).read_text()
    found = []
    for line in conf.expand(text).splitlines():
        if line.startswith("part "):
            name = re.search(r"--part-name (\S+)", line)
            size = re.search(r"--fixed-size (\d+)M\b", line)
            found.append((name[1] if name else "?", int(size[1]) if size else 0))
    return found


def check(root: pathlib.Path) -> list[str]:
    problems = []
    for machine in MACHINES:
        if parsed(root, machine).conf is None:
            return ["the layer cannot be read"]
        said = [*_disk(root, machine), *_rauc(root, machine), *_image(root, machine)]
        problems += [f"{machine}: {problem}" for problem in said]
    return problems + _fstab(root) + _others(root)


def _disk(root: pathlib.Path, machine: str) -> list[str]:
    parts = partitions(root, machine)
    sizes = dict(parts)
    if [name for name, _ in parts] != NAMES:
        return [f"the disk has {[name for name, _ in parts]}, not {NAMES}"]
    problems = [f"partition {name} has no fixed size" for name, size in parts if not size]
    if sizes["root-a"] != sizes["root-b"]:
        problems.append(f"root-a has {sizes['root-a']} MiB, root-b {sizes['root-b']}")
    if sizes["boot"] != BOOT_MIB:
        problems.append(f"boot has {sizes['boot']} MiB, not {BOOT_MIB}")
    if sum(sizes.values()) > MOST_MIB:
        problems.append(f"the disk needs {sum(sizes.values())} MiB, more than {MOST_MIB}")
    return problems


def _system_conf(root: pathlib.Path, machine: str) -> configparser.ConfigParser:
    """RAUC's settings as the machine gets them: the folder of the machine before the common one."""
    folder = root / "yocto/meta-engawa/recipes-core/rauc/files"
    file = next(f for f in (folder / machine / "system.conf", folder / "system.conf") if f.exists())
    config = configparser.ConfigParser()
    config.read_string(file.read_text().replace("@MACHINE@", machine))
    return config


def _rauc(root: pathlib.Path, machine: str) -> list[str]:
    config = _system_conf(root, machine)
    conf = parsed(root, machine).conf
    pi = "rpi" in MACHINES[machine].split(":")
    wanted = {
        ("system", "compatible"): f"engawa-booth-{machine}",
        ("system", "bootloader"): "uboot" if pi else "grub",
        ("system", "data-directory"): "/data/rauc",
        ("system", "bundle-formats"): "verity",
        ("keyring", "path"): "/etc/rauc/keyring.pem",
        ("slot.rootfs.0", "device"): "/dev/disk/by-partlabel/root-a",
        ("slot.rootfs.0", "bootname"): "A",
        ("slot.rootfs.1", "device"): "/dev/disk/by-partlabel/root-b",
        ("slot.rootfs.1", "bootname"): "B",
    }
    problems = []
    for (section, key), value in wanted.items():
        found = config.get(section, key, fallback=None)
        if found != value:
            problems.append(f"system.conf: {key} of [{section}] is {found}, not {value}")
    tool = "u-boot-fw-utils" if pi else "grub-editenv"
    if tool not in (conf.getVar("RAUC_BOOTLOADER_RDEPENDS") or "").split():
        problems.append(f"RAUC cannot reach the boot script's variables without {tool}")
    if not pi:
        # RAUC and GRUB must mean one file: the boot partition is mounted at /boot.
        placed = [pair.split(";")[-1] for pair in (conf.getVar("IMAGE_BOOT_FILES") or "").split()]
        if config.get("system", "grubenv", fallback="").removeprefix("/boot/") not in placed:
            problems.append(f"system.conf: grubenv is not among {placed}")
    return problems


def _image(root: pathlib.Path, machine: str) -> list[str]:
    recipes = {file.name.split("_")[0].removesuffix(".bb"): d for file, d in parsed(root, machine).recipes.items()}
    image, bundle = recipes.get("engawa-booth-image"), recipes.get("engawa-booth-bundle")
    if image is None or bundle is None:
        return ["image or bundle cannot be read"]
    problems = []
    slot = dict(partitions(root, machine)).get("root-a", 0)
    if int(image.getVar("IMAGE_ROOTFS_MAXSIZE") or 0) != slot * 1024:
        problems.append(f"the image may have {image.getVar('IMAGE_ROOTFS_MAXSIZE')} KiB, a slot has {slot} MiB")
    if "rauc-mark-good" not in (image.getVar("BAD_RECOMMENDATIONS") or ""):
        problems.append("the image takes rauc-mark-good, which calls every start good")
    if "read-only-rootfs" not in (image.getVar("IMAGE_FEATURES") or ""):
        problems.append("the image's root can be written")
    if bundle.getVar("RAUC_BUNDLE_COMPATIBLE") != f"engawa-booth-{machine}":
        problems.append(f"the bundle is for {bundle.getVar('RAUC_BUNDLE_COMPATIBLE')}")
    if bundle.getVar("RAUC_BUNDLE_FORMAT") != "verity":
        problems.append(f"the bundle is of format {bundle.getVar('RAUC_BUNDLE_FORMAT')}")
    if bundle.getVar("RAUC_SLOT_rootfs") != "engawa-booth-image":
        problems.append(f"the bundle holds {bundle.getVar('RAUC_SLOT_rootfs')}")
    return problems


def _fstab(root: pathlib.Path) -> list[str]:
    text = (root / "yocto/meta-engawa/recipes-core/base-files/files/fstab").read_text()
    mounts = dict(re.findall(r"^PARTLABEL=(\S+)\s+(\S+)", text, re.M))
    wanted = {"boot": "/boot", "data": "/data"}
    return [] if mounts == wanted else [f"fstab mounts {mounts}, not {wanted}"]


def _others(root: pathlib.Path) -> list[str]:
    """The test image and flash.sh, once they are there."""
    problems = []
    disk = root / "tests/image/disk.cfg"
    if disk.exists():
        names = re.findall(r"^\s*partition (\S+)", disk.read_text(), re.M)
        if names != NAMES:
            problems.append(f"tests/image/disk.cfg has {names}, not {NAMES}")
    flash = root / "flash.sh"
    if flash.exists():
        wanted = re.search(r"for label in ([\w -]+);", flash.read_text())
        if wanted is None or wanted[1].split() != NAMES:
            problems.append(f"flash.sh looks for {wanted and wanted[1].split()}, not {NAMES}")
    return problems
