"""Everything the recipes name is there: sources, licences with their sums, units, crates."""
import hashlib
import pathlib
import re
import tomllib

import crates

from .parsed import MACHINES, parsed

# Units of systemd/ that are not a booth's.
SERVERS = {"engawa-service.service"}


def check(root: pathlib.Path) -> list[str]:
    problems = set()
    for machine in MACHINES:
        for file, d in parsed(root, machine).recipes.items():
            problems.update(_sources(file, d))
            problems.update(_licences(root, file, d))
    return sorted(problems) + _units(root) + _crates(root) + _version(root)


def _sources(file: pathlib.Path, d) -> list[str]:
    """Each file:// is found where bitbake looks: FILESEXTRAPATHS, then beside the recipe."""
    folders = [pathlib.Path(p) for p in (d.getVar("FILESEXTRAPATHS") or "").replace("__default:", "").split(":") if p]
    if file.suffix == ".bb":
        name = d.getVar("PN")
        folders += [file.parent / name, file.parent / "files"]
    over = [""] + (d.getVar("OVERRIDES") or "").split(":")
    uris = f"{d.getVar('SRC_URI') or ''} {d.getVar('SPLASH_IMAGES') or ''}".split()
    wanted = [uri.removeprefix("file://").split(";")[0] for uri in uris if uri.startswith("file://")]
    return [
        f"{file.name}: {path} is nowhere"
        for path in wanted
        if not any((folder / o / path).exists() for folder in folders for o in over)
    ]


def _licences(root: pathlib.Path, file: pathlib.Path, d) -> list[str]:
    problems = []
    for entry in (d.getVar("LIC_FILES_CHKSUM") or "").split():
        path, _, sum_ = entry.removeprefix("file://").partition(";md5=")
        at = pathlib.Path(path) if path.startswith("/") else root / path
        found = hashlib.md5(at.read_bytes()).hexdigest() if at.exists() else "no such file"
        if found != sum_:
            problems.append(f"{file.name}: {path} is {found}, the recipe says {sum_}")
    return problems


def _booth(root: pathlib.Path):
    recipes = parsed(root, "qemux86-64").recipes
    return next((d for file, d in recipes.items() if file.name.startswith("engawa-booth_")), None)


def _units(root: pathlib.Path) -> list[str]:
    """What the recipe installs of systemd/ is there, and no unit of a booth is left out."""
    d = _booth(root)
    units = root / "systemd"
    if d is None or not units.is_dir():
        return []
    install = d.getVar("do_install", False)
    wanted = set(d.getVar("ENGAWA_UNITS").split()) | set(re.findall(r"\$\{S\}/systemd/([\w.-]+)", install))
    there = {file.name for file in units.iterdir()}
    problems = [f"engawa-booth: systemd/{name} is not there" for name in sorted(wanted - there)]
    left = {name for name in there - wanted - SERVERS if name.endswith((".service", ".timer", ".path", ".socket"))}
    problems += [f"engawa-booth: systemd/{name} is not installed" for name in sorted(left)]
    # Files in /data belong to a number: it must be the recipe's wherever one is written.
    for number in re.findall(r"^u engawa (\d+)", (units / "engawa.sysusers").read_text(), re.M):
        if number != d.getVar("ENGAWA_ID"):
            problems.append(f"engawa-booth: ENGAWA_ID is {d.getVar('ENGAWA_ID')}, engawa.sysusers says {number}")
    return problems


def _crates(root: pathlib.Path) -> list[str]:
    inc = root / "yocto/meta-engawa/recipes-engawa/engawa/engawa-booth-crates.inc"
    if inc.read_text() == crates.listed((root / "Cargo.lock").read_text()):
        return []
    return ["engawa-booth-crates.inc is not what Cargo.lock says: run yocto/tools/crates.py"]


def _version(root: pathlib.Path) -> list[str]:
    version = tomllib.loads((root / "Cargo.toml").read_text())["workspace"]["package"]["version"]
    conf = parsed(root, "qemux86-64").conf
    problems = []
    if conf is not None and conf.getVar("DISTRO_VERSION") != version:
        problems.append(f"DISTRO_VERSION is {conf.getVar('DISTRO_VERSION')}, Cargo.toml says {version}")
    if not list(root.glob(f"yocto/meta-engawa/recipes-engawa/engawa/engawa-booth_{version}.bb")):
        problems.append(f"there is no engawa-booth_{version}.bb")
    return problems
