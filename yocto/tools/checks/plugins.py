"""Every GStreamer element that src/media names has its plugin in the image.

The plugins' packages are made while GStreamer is built, and bitbake cannot tell a misspelt one.
Which plugin an element is in comes from this machine's own GStreamer.
"""
import pathlib
import re
import shutil
import subprocess

from .parsed import parsed

# Elements that this machine may not have: their plugin, and on which machine it is in the image.
ELSEWHERE = {
    "vah264enc": ("va", "intel-corei7-64"),
    "vah264lpenc": ("va", "intel-corei7-64"),
    "v4l2h264enc": ("video4linux2", "raspberrypi4-64"),
    "libcamerasrc": ("libcamera", "raspberrypi4-64"),
}
# Tried first on other systems; a booth's image has the next one in the list.
ALTERNATIVES = {"pulsesrc", "pulsesink", "pipewiresrc", "pipewiresink", "x264enc"}
# What the elements need beside them: webrtcbin's parts, a clip's and a camera's decoders.
BESIDE = {"nice", "dtls", "srtp", "sctp", "rtp", "rtpmanager", "typefindfunctions", "jpeg"}
# These come with GStreamer itself or in a package of another name.
WHERE = {
    "coreelements": "gstreamer1.0",
    "staticelements": "gstreamer1.0",
    "nice": "libnice",
    "libcamera": "libcamera-gst",
}


def check(root: pathlib.Path) -> list[str]:
    if not shutil.which("gst-inspect-1.0"):
        return ["gst-inspect-1.0 is missing: make packages installs it"]
    listing = subprocess.run(["gst-inspect-1.0"], capture_output=True, text=True, timeout=60, check=True).stdout
    home = {element: plugin for plugin, element in re.findall(r"^(\S+):  (\S+): ", listing, re.M)}
    wanted = {(plugin, "qemux86-64") for plugin in BESIDE}
    for element in _named(root):
        if element in ELSEWHERE:
            wanted.add(ELSEWHERE[element])
        elif element in home and element not in ALTERNATIVES:
            wanted.add((home[element], "qemux86-64"))
    problems = []
    for plugin, machine in sorted(wanted):
        packages = _packages(root, machine)
        if not any(p == WHERE.get(plugin) or re.fullmatch(rf"gstreamer1\.0-plugins-\w+-{plugin}", p) for p in packages):
            problems.append(f"{machine}: nothing brings the plugin {plugin}")
    return problems


def _named(root: pathlib.Path) -> set[str]:
    """Words that stand in src/media where an element's name stands."""
    words = set()
    for file in (root / "src/media/src").rglob("*.rs"):
        words.update(re.findall(r'(?:"|! |^\s+)([a-z][a-z0-9]{2,})(?= |"|\\|$)', file.read_text(), re.M))
    return words


def _packages(root: pathlib.Path, machine: str) -> list[str]:
    for file, d in parsed(root, machine).recipes.items():
        if file.name == "packagegroup-engawa-media.bb":
            return (d.getVar("RDEPENDS:packagegroup-engawa-media") or "").split()
    return []
