"""oelint-adv's rules for this release."""
import pathlib
import re
import subprocess
import sys

RELEASE = "wrynose"
QUIET = {
    "oelint.vars.autorev": "the program is the commit that the layer is checked out at, so that is pinned",
    "oelint.vars.homepageping": "tests do not ask the network",
    "oelint.var.mandatoryvar.HOMEPAGE": "the project has no page",
    "oelint.var.mandatoryvar.DESCRIPTION": "a SUMMARY that says it all is enough",
    "oelint.var.mandatoryvar.SRC_URI": "an image, a bundle and a key have no source",
    "oelint.var.suggestedvar": "nobody looks up an image's CVE product",
    "oelint.var.bbclassextend": "nothing here is wanted for the build machine",
    "oelint.var.licenseremotefile": "the layer is in the repository whose licence it is",
    "oelint.vars.mispell.unknown": "the list knows no words of meta-rauc, meta-raspberrypi and base-files",
    "oelint.vars.mispell:": "nor those of psplash",
    "oelint.vars.noncoreoverride": "the layer is made for its own distribution only",
    "oelint.vars.specific": "the list knows no machines of the BSP layers",
    "oelint.file.requirenotfound": "image-uefi.conf is in openembedded-core",
    "oelint.var.filesoverride": "these packages hold nothing but what they list",
    "oelint.vars.multilineident": "lists are indented by four",
    "oelint.vars.dependsordered": "comments keep groups together",
}


def check(root: pathlib.Path) -> list[str]:
    layer = root / "yocto/meta-engawa"
    files = [str(file) for pattern in ("*.bb", "*.bbappend") for file in sorted(layer.rglob(pattern))]
    command = [str(pathlib.Path(sys.executable).parent / "oelint-adv"), "--quiet", "--jobs", "1", "--release", RELEASE]
    for rule in QUIET:
        command += ["--suppress", rule.rstrip(":")]
    result = subprocess.run(command + files, capture_output=True, text=True, timeout=120, check=False)
    lines = (result.stdout + result.stderr).splitlines()
    found = [line for line in lines if re.search(r":(error|warning|info):oelint\.", line)]
    # A finding ends it with another code than a program that could not run.
    if result.returncode and not found:
        return [f"oelint-adv ended with {result.returncode}: {' '.join(lines[-3:])}"]
    # A rule is silenced with all its kin: mandatoryvar.X and suggestedvar.X.
    return [line.replace(f"{layer}/", "") for line in found if not any(f":{rule}" in line for rule in QUIET)]
