"""Plays the starts of a booth through the real boot scripts, with their commands as shell functions.

It shows the choice of slot, not that U-Boot or GRUB accept every word; grub-script-check reads the syntax.
"""
import pathlib
import re
import shutil
import subprocess

LAYER = "yocto/meta-engawa"
UBOOT = f"{LAYER}/dynamic-layers/raspberrypi/recipes-bsp/rpi-u-boot-scr/files/boot.cmd.in"
GRUB = f"{LAYER}/recipes-bsp/grub/files/grub.cfg"

UBOOT_WORDS = r"""
kernel_addr_r=80000 fdt_addr=2eff0000
setenv() { if [ $# = 1 ]; then unset "$1"; else printf -v "$1" %s "${*:2}"; fi; }
setexpr() { printf -v "$1" %x $((0x$2 $3 0x$4)); }
itest() { [ "$((0x$1))" "$2" "$((0x$3))" ]; }
fdt() { [ "$1" = get ] && bootargs=firmware; true; }
saveenv() { echo "saved BOOT_ORDER=${BOOT_ORDER// /+} BOOT_A_LEFT=$BOOT_A_LEFT BOOT_B_LEFT=$BOOT_B_LEFT"; }
reset() { echo reset; exit; }
load() { echo "load ${2#*:} $4"; [ -z "$unreadable" ]; }
booti() { echo "boot $bootargs"; exit; }
"""
GRUB_WORDS = r"""
set() { printf -v "${1%%=*}" %s "${1#*=}"; }
load_env() { [ "$2" != "$prefix/$lost" ] && eval "$given"; }
save_env() {
  local name
  [ "$2" != "$prefix/$lost" ] || return
  printf saved; for name in "${@:3}"; do printf ' %s=%s' "$name" "${!name}"; done; echo
}
regexp() { [[ $3 =~ $2 ]] && printf -v "${1##*:}" %s "${BASH_REMATCH[1]}"; }
linux() { echo "load ${1##*gpt} $2"; [ -z "$unreadable" ] && { echo "boot ${*:3}"; exit; }; }
sleep() { :; }
reboot() { echo reset; exit; }
root=hd0,gpt1 prefix=/EFI/BOOT
"""


class Machine:
    """A loader's script with the variables that outlive a start."""

    def __init__(self, words: str, script: str, saved: dict[str, str]):
        self.words, self.script, self.saved = words, script, saved

    def start(self, unreadable: bool = False) -> str:
        """One start: the slot that was taken, `reset`, or what went wrong."""
        given = "".join(f"{key}='{value}'\n" for key, value in self.saved.items())
        given += "unreadable=yes\n" if unreadable else ""
        script = self.words + given + self.script
        result = subprocess.run(["bash", "-c", script], capture_output=True, text=True, timeout=10, check=False)
        counted = False
        for line in result.stdout.splitlines():
            if line.startswith("saved "):
                pairs = (pair.split("=", 1) for pair in line.split()[1:])
                self.saved.update({key: value.replace("+", " ") for key, value in pairs})
                counted = True
        if not counted:
            return f"not counted: {result.stdout}{result.stderr}"
        booted = re.search(r"^boot .*root=PARTLABEL=(\S+).* ro .*rauc\.slot=(\S+)", result.stdout, re.M)
        loaded = re.search(r"^load (\d+) /boot/(?:Image|bzImage)$", result.stdout, re.M)
        if booted and loaded:
            return f"{booted[2]} {booted[1]} {loaded[1]}"
        return "reset" if result.stdout.endswith("reset\n") else f"{result.stdout}{result.stderr}"


A, B = "A root-a 2", "B root-b 3"


def uboot(root: pathlib.Path, **saved: str) -> Machine:
    script = (root / UBOOT).read_text()
    for word, value in {"KERNEL_IMAGETYPE": "Image", "KERNEL_BOOTCMD": "booti", "BOOT_MEDIA": "mmc"}.items():
        script = script.replace(f"@@{word}@@", value)
    return Machine(UBOOT_WORDS, script, saved)


def grub(root: pathlib.Path, lost: str = "", **saved: str) -> Machine:
    """With `lost` the file of that name is no environment block."""
    script = (root / GRUB).read_text()
    script = re.sub(r"^menuentry .*\{$", "{", script, flags=re.M).replace("($disk,$part)", "$disk,$part ")
    # The variables that load_env brings overwrite what the script sets before it.
    machine = Machine(f"{GRUB_WORDS}lost={lost}\n", script, saved)
    machine.words += "given=$(cat <<'END'\n"
    machine.script = "END\n)\n" + "unreadable=${given##*unreadable=}; [ \"$unreadable\" != \"$given\" ] || unreadable=\n" + script
    return machine


def check(root: pathlib.Path) -> list[str]:
    problems = []
    for name, make, tried, fresh in (
        ("boot.cmd", uboot, lambda s: {f"BOOT_{s}_LEFT": "0"}, lambda o: {"BOOT_ORDER": o}),
        ("grub.cfg", grub, lambda s: {f"{s}_TRY": "3"}, lambda o: {"ORDER": o}),
    ):
        stories = {
            "a new card": (make(root), [A]),
            "a slot that never gets well": (make(root), [A, A, A, B, B, B, "reset", A]),
            "an update that never gets well": (make(root, **fresh("B A")), [B, B, B, A]),
            "one slot used up": (make(root, **tried("A")), [B]),
            "both used up": (make(root, **tried("A"), **tried("B")), ["reset", A]),
        }
        for story, (machine, wanted) in stories.items():
            problems += _told(f"{name}: {story}", [machine.start() for _ in wanted], wanted)
        # A slot whose kernel cannot be read costs its starts, too, and then the other is taken.
        machine = make(root)
        seen = [machine.start(unreadable=True) for _ in range(3)] + [machine.start()]
        problems += _told(f"{name}: a slot that cannot be read", seen, ["reset"] * 3 + [B])
    machine = grub(root, A_OK="0")
    problems += _told("grub.cfg: a slot called bad", [machine.start()], [B])
    for lost in ("grubenv", "grubkept"):
        machine = grub(root, lost, A_OK="0")
        wanted = [B, B, B, "reset", A]
        problems += _told(f"grub.cfg: without {lost}", [machine.start() for _ in wanted], wanted)
    return problems + _syntax(root)


def _told(story: str, seen: list[str], wanted: list[str]) -> list[str]:
    return [] if seen == wanted else [f"{story}: {seen}, not {wanted}"]


def _syntax(root: pathlib.Path) -> list[str]:
    if not shutil.which("grub-script-check"):
        return ["grub-script-check is missing: make packages installs it"]
    result = subprocess.run(["grub-script-check", root / GRUB], capture_output=True, text=True, timeout=10, check=False)
    return [f"grub.cfg: {result.stderr.strip()}"] if result.returncode else []
