"""The kas files: their schema, their pins, and that every machine has one."""
import pathlib
import re

import jsonschema
import yaml
from kas.configschema import CONFIGSCHEMA

from .parsed import MACHINES


def check(root: pathlib.Path) -> list[str]:
    problems = []
    machines = set()
    folder = root / "yocto/kas"
    for file in sorted(folder.glob("*.yml")):
        config = yaml.safe_load(file.read_text())
        for problem in jsonschema.Draft7Validator(CONFIGSCHEMA).iter_errors(config):
            problems.append(f"{file.name}: {'/'.join(map(str, problem.path))}: {problem.message}")
        if problems:
            continue
        machines.add(config.get("machine"))
        for include in config["header"].get("includes", []):
            if not (root / include).exists():
                problems.append(f"{file.name}: {include} is not there")
        for name, repo in config.get("repos", {}).items():
            if "url" in (repo or {}) and not re.fullmatch("[0-9a-f]{40}", repo.get("commit", "")):
                problems.append(f"{file.name}: {name} is not pinned to a commit")
        for layer in (config.get("repos", {}).get("engawa") or {}).get("layers", {}):
            if not (root / layer / "conf/layer.conf").exists():
                problems.append(f"{file.name}: {layer} is no layer")
    return problems + [f"no kas file builds {machine}" for machine in sorted(set(MACHINES) - machines)]
