#!/usr/bin/env python3
"""Writes the crates that the booth's recipe fetches, from Cargo.lock.

    crates.py           writes engawa-booth-crates.inc
    crates.py --print   shows it and writes nothing

The list is the whole lockfile: cargo --frozen reads every locked package of the workspace, also those
that only tests or other systems use.
"""
import pathlib
import sys
import tomllib

ROOT = pathlib.Path(__file__).resolve().parents[2]
INC = ROOT / "yocto/meta-engawa/recipes-engawa/engawa/engawa-booth-crates.inc"
REGISTRY = "registry+https://github.com/rust-lang/crates.io-index"


def listed(lock: str) -> str:
    """The text of the include file for a Cargo.lock."""
    crates = [package for package in tomllib.loads(lock)["package"] if "source" in package]
    for crate in crates:
        if crate["source"] != REGISTRY:
            raise ValueError(f"{crate['name']} {crate['version']} comes from {crate['source']}, not from crates.io")
    uris = "".join(f"    crate://crates.io/{crate['name']}/{crate['version']} \\\n" for crate in crates)
    sums = "".join(
        f'SRC_URI[{crate["name"]}-{crate["version"]}.sha256sum] = "{crate["checksum"]}"\n' for crate in crates
    )
    return f'# From Cargo.lock by yocto/tools/crates.py.\nSRC_URI += "\\\n{uris}"\n\n{sums}'


def main() -> None:
    text = listed((ROOT / "Cargo.lock").read_text())
    if sys.argv[1:] == ["--print"]:
        print(text, end="")
    elif not sys.argv[1:]:
        INC.write_text(text)
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main()
