"""Runs every check, or those named: python -m checks [NAME…]"""
import pathlib
import sys
import time

from . import boot, collected, files, kas, lint, parsed, plugins, red, signing, slots, uplinks

CHECKS = {
    "parsed": parsed,
    "files": files,
    "slots": slots,
    "boot": boot,
    "uplinks": uplinks,
    "plugins": plugins,
    "signing": signing,
    "collected": collected,
    "kas": kas,
    "lint": lint,
}
ROOT = pathlib.Path(__file__).resolve().parents[3]


def main() -> int:
    failed = False
    for name in sys.argv[1:] or [*CHECKS, "red"]:
        begun = time.monotonic()
        problems = red.check(ROOT, CHECKS) if name == "red" else CHECKS[name].check(ROOT)
        print(f"{name}: {'ok' if not problems else 'FAILED'} ({time.monotonic() - begun:.1f} s)")
        for problem in problems:
            print(f"  {problem}")
        failed |= bool(problems)
    return failed


if __name__ == "__main__":
    sys.exit(main())
