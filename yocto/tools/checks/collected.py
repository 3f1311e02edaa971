"""tools/collect, on a folder that looks like a build's."""
import pathlib
import subprocess
import tempfile

MACHINE = "qemux86-64"
BUILT = {
    f"engawa-booth-image-{MACHINE}.rootfs.wic.zst": f"engawa-booth-{MACHINE}.img.zst",
    f"engawa-booth-image-{MACHINE}.rootfs.wic.bmap": f"engawa-booth-{MACHINE}.img.bmap",
    f"engawa-booth-bundle-{MACHINE}.raucb": f"engawa-booth-{MACHINE}.raucb",
}


def check(root: pathlib.Path) -> list[str]:
    problems = []
    with tempfile.TemporaryDirectory() as folder:
        deploy, target = pathlib.Path(folder) / "deploy", pathlib.Path(folder) / "target"
        deploy.mkdir()
        for built in BUILT:
            if _collect(root, deploy, target).returncode == 0:
                problems.append(f"collect is content without {built}")
            (deploy / built).write_text(built)
        result = _collect(root, deploy, target)
        if result.returncode:
            return [f"collect: {result.stderr}"]
        for built, name in BUILT.items():
            if (target / name).read_text() != built:
                problems.append(f"collect: {name} is not {built}")
        sums = f"engawa-booth-{MACHINE}.img.sha256"
        seen = subprocess.run(["sha256sum", "-c", sums], cwd=target, capture_output=True, text=True, timeout=10, check=False)
        if seen.returncode or seen.stdout.count(": OK") != 2:
            problems.append(f"collect: {sums}: {seen.stdout}{seen.stderr}")
    return problems


def _collect(root: pathlib.Path, deploy: pathlib.Path, target: pathlib.Path):
    command = [str(root / "yocto/tools/collect"), MACHINE, str(deploy), str(target)]
    return subprocess.run(command, capture_output=True, text=True, timeout=10, check=False)
