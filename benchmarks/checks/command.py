"""The tool's real command line, with a home of its own, so that all it writes can be seen."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any, NamedTuple

from checks.places import REPO

if TYPE_CHECKING:
    from pathlib import Path


class Ran(NamedTuple):
    """What one run did. Exit code 3 is fine: files that cannot be read are named and left."""

    code: int
    out: str
    err: str

    @property
    def well(self) -> bool:
        return self.code in {0, 3}

    @property
    def document(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.out)
        return found


class Tool:
    """`lifeops-migrate` from this repository, run by `python`; `home` is where it may keep state and cache."""

    def __init__(self, home: Path, python: str = sys.executable) -> None:
        self.home = home
        self.cache = home / "cache"
        self.python = python
        self.variables = {
            **os.environ,
            "PYTHONPATH": os.pathsep.join([str(REPO / "codemods"), str(REPO / "cli")]),
            "HOME": str(home),
            "XDG_STATE_HOME": str(home / "state"),
            "XDG_CACHE_HOME": str(home / "other-cache"),
            "PYTHONDONTWRITEBYTECODE": "1",
        }

    def run(self, root: Path, rule: str, *options: str) -> Ran:
        """`run` of one rule on the project at `root`."""
        where = ["--root", str(root), "--cache-dir", str(self.cache)]
        return self.call(root, "run", "--select", rule, *where, *options)

    def call(self, folder: Path, *arguments: str) -> Ran:
        command = [self.python, "-m", "lifeops_migrate", *arguments]
        ran = subprocess.run(
            command, cwd=folder, env=self.variables, capture_output=True, text=True, errors="replace", check=False
        )
        return Ran(ran.returncode, ran.stdout, ran.stderr)
