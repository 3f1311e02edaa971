"""The development CA: the recipe's own commands make keys that sign as RAUC wants it, and only once."""
import pathlib
import stat
import subprocess
import tempfile

from .parsed import parsed

SHELL = "set -e\nbbwarn() { echo \"$*\" >&2; }\nbbfatal() { echo \"$*\" >&2; exit 1; }\n"


def check(root: pathlib.Path) -> list[str]:
    recipes = parsed(root, "qemux86-64").recipes
    d = next((d for file, d in recipes.items() if file.name.startswith("engawa-dev-ca")), None)
    if d is None:
        return ["the CA's recipe cannot be read"]
    with tempfile.TemporaryDirectory() as folder:
        ca = pathlib.Path(folder) / "ca"
        # The folder is the only thing that differs from a build.
        script = SHELL + d.getVar("do_make_ca").replace(d.getVar("ENGAWA_CA_DIR"), str(ca))
        made = _run(["bash", "-c", script])
        if made.returncode:
            return [f"the CA cannot be made: {made.stderr}"]
        problems = _keys(ca, d) + _signature(ca)
        before = {file.name: file.read_bytes() for file in ca.iterdir()}
        _run(["bash", "-c", script])
        if before != {file.name: file.read_bytes() for file in ca.iterdir()}:
            problems.append("the CA is made anew although it is there")
    return problems


def _keys(ca: pathlib.Path, d) -> list[str]:
    problems = []
    for word in ("RAUC_KEYRING_FILE", "RAUC_CERT_FILE", "RAUC_KEY_FILE"):
        if not (ca / pathlib.Path(d.getVar(word)).name).exists():
            problems.append(f"{word} is not made")
    for key in ca.glob("*.key.pem"):
        if stat.S_IMODE(key.stat().st_mode) != 0o600:
            problems.append(f"{key.name} can be read by others")
    return problems


def _signature(ca: pathlib.Path) -> list[str]:
    """A bundle's signature is CMS, checked for the purpose smimesign against the keyring alone."""
    text, signature = ca.parent / "text", ca.parent / "signature"
    text.write_text("a bundle")
    _run(["openssl", "cms", "-sign", "-binary", "-in", str(text), "-signer", str(ca / "bundle.cert.pem"),
          "-inkey", str(ca / "bundle.key.pem"), "-outform", "DER", "-out", str(signature)])
    verify = ["openssl", "cms", "-verify", "-binary", "-inform", "DER", "-in", str(signature), "-content", str(text),
              "-purpose", "smimesign", "-no-CApath", "-no-CAstore", "-CAfile", str(ca / "ca.cert.pem")]
    result = _run(verify)
    return [f"a signature is not believed: {result.stderr}"] if result.returncode else []


def _run(command: list[str]):
    return subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)
