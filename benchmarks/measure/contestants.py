"""Who takes part: this tool, and LibCST, rope and Bowler in an environment of their own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from checks.places import MADE, REPO

PEERS = {"libcst": "1.9.0", "rope": "1.15.2", "bowler": "0.9.0"}
HERE = Path(__file__).parent
RULE = "model-db-suffix"


class Task(NamedTuple):
    """A project, and the one class that the others rename in it: `file` holds it, `module` is its dotted name."""

    project: str
    file: str
    module: str
    name: str
    new: str


class Contestant(NamedTuple):
    """`command` makes the command for a task on a copy of the project and an empty folder.

    `with_cache`: one run that does not count fills the cache first.
    """

    name: str
    command: Callable[[Task, Path, Path], list[str]]
    with_cache: bool = False


TASKS = (
    Task(
        "conda-store-server",
        "conda_store_server/_internal/orm.py",
        "conda_store_server._internal.orm",
        "Build",
        "BuildDB",
    ),
    Task(
        "ethyca-fides",
        "src/fides/api/models/connectionconfig.py",
        "fides.api.models.connectionconfig",
        "ConnectionConfig",
        "ConnectionConfigDB",
    ),
    Task(
        "dstack",
        "src/dstack/_internal/server/models.py",
        "dstack._internal.server.models",
        "UserModel",
        "UserDB",
    ),
)


def contestants() -> list[Contestant]:
    """All of them, in the order of the table."""
    return [
        Contestant("lifeops-migrate, cold", _cold),
        Contestant("lifeops-migrate, warm", _warm, with_cache=True),
        Contestant("LibCST", _libcst),
        Contestant("rope", _rope),
        Contestant("Bowler", _bowler),
    ]


def help_commands() -> dict[str, list[str]]:
    """How each command line is asked for its help; rope has none."""
    peers = peer_python()
    return {
        "lifeops-migrate": [sys.executable, "-m", "lifeops_migrate", "--help"],
        "LibCST": [peers, "-m", "libcst.tool", "--help"],
        "Bowler": [peers, "-m", "bowler", "--help"],
    }


def _cold(task: Task, folder: Path, empty: Path) -> list[str]:
    return _ours(folder, empty)


def _warm(task: Task, folder: Path, empty: Path) -> list[str]:
    return _ours(folder, folder.with_name(f"{folder.name}-cache"))


def _ours(folder: Path, cache: Path) -> list[str]:
    where = ["--root", str(folder), "--cache-dir", str(cache)]
    return [sys.executable, "-m", "lifeops_migrate", "run", "--dry-run", "--select", RULE, *where]


def _libcst(task: Task, folder: Path, empty: Path) -> list[str]:
    names = ["--old_name", f"{task.module}.{task.name}", "--new_name", f"{task.module}.{task.new}"]
    quiet = ["--jobs", "1", "--unified-diff", "3", "--no-format", "--hide-progress"]
    return [peer_python(), "-m", "libcst.tool", "codemod", "rename.RenameCommand", *names, *quiet, "."]


def _rope(task: Task, folder: Path, empty: Path) -> list[str]:
    return [peer_python(), str(HERE / "rope_rename.py"), str(folder), task.file, task.name, task.new]


def _bowler(task: Task, folder: Path, empty: Path) -> list[str]:
    return [peer_python(), str(HERE / "bowler_rename.py"), str(folder), task.name, task.new]


def variables() -> dict[str, str]:
    """The environment of every run; the tool is the one of this repository."""
    path = os.pathsep.join([str(REPO / "codemods"), str(REPO / "cli")])
    return {**os.environ, "PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1"}


def peer_python() -> str:
    """The interpreter of the others' environment, made once with the same Python."""
    venv = MADE / "peers"
    python = venv / "bin" / "python"
    if not (venv / ".done").exists():
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(venv)], check=True)
        wanted = [f"{name}=={version}" for name, version in PEERS.items()]
        command = [str(python), "-m", "pip", "install", "-q", *wanted]
        subprocess.run(command, stderr=subprocess.DEVNULL, check=True)
        (venv / ".done").touch()
    return str(python)
