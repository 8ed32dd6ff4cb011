"""Import every module of a package and print what came of it as one JSON line. Run by the project's own Python.

python import_all.py FOLDER PACKAGE
"""

from __future__ import annotations

import importlib
import json
import os
import sys
from pathlib import Path


def main(folder: str, package: str) -> None:
    real = os.dup(1)
    os.dup2(2, 1)  # whatever the modules print is not our answer
    sys.path.insert(0, folder)
    sys.argv = sys.argv[:1]
    found = {name: outcome(name) for name in modules(Path(folder), package)}
    os.write(real, (json.dumps(found) + "\n").encode())
    os._exit(0)


def modules(folder: Path, package: str) -> list[str]:
    """The dotted names of all modules but `__main__` and what is no identifier."""
    paths = sorted((folder / package).rglob("*.py"))
    parts = [path.relative_to(folder).with_suffix("").parts for path in paths]
    usual = [row for row in parts if row[-1] != "__main__" and all(part.isidentifier() for part in row)]
    return [".".join(row[:-1] if row[-1] == "__init__" else row) for row in usual]


def outcome(name: str) -> str:
    try:
        importlib.import_module(name)
    except BaseException as error:
        return f"{type(error).__name__}: {error}".replace(os.getcwd(), "")
    return "ok"


main(*sys.argv[1:])
