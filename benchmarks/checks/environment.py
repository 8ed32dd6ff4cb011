"""Environments of projects without tests of their own, made once and kept in a folder that git ignores."""

from __future__ import annotations

import os
import shutil
import subprocess
import tomllib
from pathlib import Path
from typing import Any

from checks.places import MADE, pinned

TABLE: dict[str, dict[str, Any]] = tomllib.loads(Path(__file__).with_name("environments.toml").read_text())
PINS: dict[str, dict[str, Any]] = tomllib.loads(pinned().read_text())
LONGEST = 900  # seconds for one installation


def roots(name: str) -> tuple[str, ...]:
    return tuple(TABLE[name]["roots"])


def own_python(name: str) -> str | None:
    """The interpreter with the project's dependencies; None where they cannot be installed."""
    if "requires" in PINS[name]:
        return _from_corpora(name)
    if "install" not in TABLE[name]:
        return None
    return _made_here(name)


def interpreter(version: str) -> str | None:
    """A Python of that minor version: pyenv's or one on PATH."""
    found = sorted((Path.home() / ".pyenv/versions").glob(f"{version}.*/bin/python"))
    return str(found[-1]) if found else shutil.which(f"python{version}")


def _from_corpora(name: str) -> str | None:
    home = Path(os.environ.get("CORPORA_HOME", Path.home() / ".cache" / "lifeops-corpora"))
    venv = home / f"venv-{name}"
    return str(venv / "bin/python") if (venv / ".done").exists() else None


def _made_here(name: str) -> str | None:
    venv = MADE / f"venv-{name}"
    python = venv / "bin" / "python"
    if (venv / ".done").exists():
        return str(python)
    base = interpreter(TABLE[name]["python"])
    if base is None:
        return None
    try:
        subprocess.run([base, "-m", "venv", "--clear", str(venv)], check=True, timeout=LONGEST)
        for wanted in (["pip<24.1"], TABLE[name]["install"]):
            command = [str(python), "-m", "pip", "install", "-q", *wanted]
            subprocess.run(command, stderr=subprocess.DEVNULL, check=True, timeout=LONGEST)
    except (subprocess.SubprocessError, OSError):
        return None
    (venv / ".done").touch()
    return str(python)
