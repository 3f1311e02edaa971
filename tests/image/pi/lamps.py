"""lamps.py KERNEL DTB INITRD FOLDER: the panel's lamps in QEMU's Raspberry Pi 3, by both adapters.

The program in the guest is told over the serial line what to light. What it lit is read from outside, from the
registers of the machine, so no driver and no library is believed. Inputs cannot be driven there.
"""

import json
import os
import socket
import subprocess
import sys
import time

KERNEL, DTB, INITRD, FOLDER = sys.argv[1:]
# GPLEV0, "BCM2835 ARM Peripherals", section 6.1, at the Pi 3's base.
LEVELS = 0x3F200034
LINES = {"free": 17, "taken": 27, "help": 22, "button_lamp": 16, "shutter_indicator": 26}
STEPS = [
    ({"lamp": "free"}, {"free"}),
    ({"lamp": "taken", "shutter_indicator": True}, {"taken", "shutter_indicator"}),
    ({"lamp": "help", "button_lamp": True}, {"help", "button_lamp"}),
    ({"lamp": "free"}, {"free"}),
]


def main():
    begun = time.monotonic()
    doors = {name: os.path.join(FOLDER, name) for name in ("qmp", "serial")}
    for door in doors.values():
        if os.path.exists(door):
            os.unlink(door)
    machine = subprocess.Popen(
        ["qemu-system-aarch64", "-M", "raspi3b", "-kernel", KERNEL, "-dtb", DTB, "-initrd", INITRD]
        # rppal writes the registers through /dev/mem where a kernel has no /dev/gpiomem, as Debian's has none.
        + ["-append", "console=ttyS1,115200 iomem=relaxed rdinit=/init quiet panic=-1", "-no-reboot"]
        + ["-display", "none", "-serial", "null", "-serial", f"unix:{doors['serial']},server=on,wait=off"]
        + ["-qmp", f"unix:{doors['qmp']},server=on,wait=off"]
    )
    try:
        console, door = Console(doors["serial"]), Door(doors["qmp"])
        console.until("ENGAWA-READY", 240)
        print(f"kernel to the first line: {time.monotonic() - begun:.1f} s")
        for adapter in ("rppal", "cdev"):
            console.write({"adapter": adapter, "without": ["ring"]})
            console.until('"state":"good"', 60)
            for wish, lit in STEPS:
                console.write(wish)
                wait(lambda: door.lit() == lit, f"{adapter}: {wish} lights {lit}, not {door.lit()}")
            console.until("ENGAWA-ENDED", 120)
            wait(lambda: not door.lit(), f"{adapter}: {door.lit()} is left lit")
            print(f"{adapter}: every lamp is lit and put out")
    finally:
        machine.kill()
        machine.wait()


def wait(holds, otherwise):
    until = time.monotonic() + 20
    while not holds():
        if time.monotonic() > until:
            sys.exit(otherwise)
        time.sleep(0.05)


def connect(path):
    until = time.monotonic() + 20
    while True:
        try:
            door = socket.socket(socket.AF_UNIX)
            door.settimeout(20)
            door.connect(path)
            return door
        except OSError as error:
            if time.monotonic() > until:
                sys.exit(f"no socket at {path}: {error}")
            time.sleep(0.05)


class Console:
    def __init__(self, path):
        self.line, self.heard = connect(path), b""
        self.line.settimeout(0.5)

    def write(self, value):
        self.line.sendall(json.dumps(value).encode() + b"\n")

    def until(self, words, seconds):
        until = time.monotonic() + seconds
        while words.encode() not in self.heard:
            if time.monotonic() > until:
                sys.exit(f"the console never said {words}:\n{self.heard[-3000:].decode(errors='replace')}")
            try:
                self.heard += self.line.recv(4096)
            except socket.timeout:
                pass
        self.heard = self.heard.split(words.encode(), 1)[1]


class Door:
    """QEMU's own protocol (QMP)."""

    def __init__(self, path):
        self.lines = connect(path).makefile("rw")
        self.lines.readline()
        self.do("qmp_capabilities")

    def do(self, execute, **arguments):
        self.lines.write(json.dumps({"execute": execute, "arguments": arguments}) + "\n")
        self.lines.flush()
        while True:
            answer = json.loads(self.lines.readline())
            if "error" in answer:
                sys.exit(f"QEMU refused {execute}: {answer['error']}")
            if "return" in answer:
                return answer["return"]

    def lit(self):
        told = self.do("human-monitor-command", **{"command-line": f"xp /1wx {LEVELS:#x}"})
        levels = int(told.split()[-1], 16)
        return {name for name, line in LINES.items() if levels >> line & 1}


main()
