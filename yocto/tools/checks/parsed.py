"""Reads every file of the layer with bitbake's own parser; classes of other layers are empty stubs."""
import pathlib
import sys
import tempfile
import types

# The parser's package leaves these servers out; parsing never calls them.
for name in ("hashserv", "hashserv.client", "prserv", "prserv.client", "prserv.serv"):
    sys.modules.setdefault(name, types.ModuleType(name))

import bb.data  # noqa: E402
import bb.parse  # noqa: E402
import bb.parse.parse_py.BBHandler  # noqa: E402
import bb.siggen  # noqa: E402

MACHINES = {
    "raspberrypi4-64": "rpi:aarch64:raspberrypi4:raspberrypi4-64",
    "intel-corei7-64": "x86-64:intel-corei7-64",
    "qemux86-64": "x86-64:qemuall:qemux86-64",
}
# Who has each class: a misspelt one is found, since a stub is made for these alone.
CLASSES = {
    "openembedded-core": "allarch base cargo core-image deploy externalsrc features_check native "
    "packagegroup pkgconfig systemd useradd",
    "meta-rauc": "bundle",
}
# What a recipe may require of other layers, and what we use of it.
REQUIRED = {"conf/image-uefi.conf": 'EFI_FILES_PATH = "/boot/EFI/BOOT"\n'}
# A recipe of another layer, as far as an append of ours reaches.
APPENDED = "do_configure() {\n    :\n}\n\ndo_compile() {\n    :\n}\n\ndo_install() {\n    :\n}\n"


class Parsed:
    """The layer as bitbake reads it for one machine."""

    def __init__(self, layer: pathlib.Path, machine: str):
        self.layer = layer
        self.machine = machine
        self.problems: list[str] = []
        self.recipes: dict[pathlib.Path, bb.data_smart.DataSmart] = {}
        with tempfile.TemporaryDirectory() as stubs:
            self.stubs = pathlib.Path(stubs)
            self._write_stubs()
            self.conf = self._conf()
            if self.conf is not None:
                for file in sorted(layer.rglob("*.bb")) + sorted(layer.rglob("*.bbappend")):
                    self._recipe(file)

    def _write_stubs(self) -> None:
        (self.stubs / "classes").mkdir()
        for names in CLASSES.values():
            for name in names.split():
                (self.stubs / f"classes/{name}.bbclass").write_text("")
        for path, text in REQUIRED.items():
            (self.stubs / path).parent.mkdir(parents=True, exist_ok=True)
            (self.stubs / path).write_text(text)

    def _conf(self):
        d = bb.data.init()
        d.setVar("BBPATH", f"{self.stubs}:{self.layer}")
        d.setVar("FILESPATH", "")
        d.setVar("LAYERDIR", str(self.layer))
        d.setVar("MACHINE", self.machine)
        d.setVar("OVERRIDES", f"pn-${{PN}}:{MACHINES[self.machine]}:engawa:forcevariable")
        d.setVar("PN", "${@bb.parse.vars_from_file(d.getVar('FILE', False), d)[0] or 'defaultpkgname'}")
        d.setVar("THISDIR", "${@os.path.dirname(d.getVar('FILE', False))}")
        d.setVar("TOPDIR", "/build")
        d.setVar("__bbclasstype", "recipe")
        bb.parse.siggen = bb.siggen.init(d)
        try:
            for file in ("conf/layer.conf", "conf/distro/engawa.conf"):
                d = bb.parse.handle(str(self.layer / file), d, 1)
        except Exception as problem:  # bitbake raises its own, Python's and SystemExit's kin
            self.problems.append(f"{file}: {problem}")
            return None
        return d

    def _recipe(self, file: pathlib.Path) -> None:
        d = bb.data.createCopy(self.conf)
        read = file
        if file.suffix == ".bbappend":
            read = self.stubs / f"{file.stem.replace('%', '0')}.bb"
            read.write_text(APPENDED)
            d.setVar("__BBAPPEND", str(file))
        d.setVar("FILE", str(read))
        try:
            self.recipes[file] = bb.parse.handle(str(read), d)[""]
        except Exception as problem:
            self.problems.append(f"{file.relative_to(self.layer)}: {problem}")


_kept: dict[tuple[pathlib.Path, str], Parsed] = {}


def parsed(root: pathlib.Path, machine: str) -> Parsed:
    """The layer for a machine; each is read once."""
    layer = root / "yocto/meta-engawa"
    if (layer, machine) not in _kept:
        _kept[layer, machine] = Parsed(layer, machine)
    return _kept[layer, machine]


def forget() -> None:
    """Reads everything anew: a file has changed."""
    _kept.clear()
    bb.parse.clear_cache()
    bb.parse.parse_py.BBHandler.cached_statements.clear()


def check(root: pathlib.Path) -> list[str]:
    """Syntax, known classes, and what this release of bitbake refuses."""
    problems = []
    for machine in MACHINES:
        one = parsed(root, machine)
        problems += one.problems
        for file, d in one.recipes.items():
            for word in ("LICENSE", "LIC_FILES_CHKSUM") if file.suffix == ".bb" else ():
                if not d.getVar(word):
                    problems.append(f"{file.name}: no {word}")
        if one.conf is not None:
            for gone in ("DISTRO_FEATURES_BACKFILL", "DISTRO_FEATURES_BACKFILL_CONSIDERED", "DISTRO_FEATURES_DEFAULT"):
                if one.conf.getVar(gone):
                    problems.append(f"conf: {gone} is refused by this release")
    return problems
