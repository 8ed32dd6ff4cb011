"""Real files to try the collector on, and the other Pythons of this machine to try it with."""

from __future__ import annotations

import random
import subprocess
import sys
import sysconfig
from functools import cache
from glob import glob
from pathlib import Path

FIXTURES = Path(__file__).parents[2] / "fixtures"
LIBRARY = Path(__file__).parents[2] / "codemods"
SIZE = 60_000


def stdlib(count: int, seed: str) -> list[str]:
    """The texts of some files of the standard library that this Python parses."""
    return random.Random(seed).sample(_stdlib(), count)


@cache
def _stdlib() -> list[str]:
    found = sorted(Path(sysconfig.get_path("stdlib")).rglob("*.py"))
    small = [path for path in found if "site-packages" not in path.parts and 400 < path.stat().st_size < SIZE]
    return [text for path in random.Random("files").sample(small, min(len(small), 400)) if (text := _parsable(path))]


def fixtures() -> list[str]:
    return [text for path in sorted(FIXTURES.rglob("*.py")) if (text := _parsable(path))]


def _parsable(path: Path) -> str:
    try:
        text = path.read_text(encoding="utf-8")
        compile(text, "sample", "exec", dont_inherit=True)
    except (UnicodeDecodeError, SyntaxError, ValueError):
        return ""
    return text


@cache
def other_python(version: str) -> str:
    """A Python of this version on this machine; `""` where there is none."""
    for program in (f"python{version}", *sorted(glob(str(Path.home() / f".pyenv/versions/{version}.*/bin/python")))):
        try:
            done = subprocess.run([program, "-V"], capture_output=True, text=True, timeout=20, check=False)
        except OSError:
            continue
        if done.returncode == 0 and done.stdout.startswith(f"Python {version}."):
            return program
    return ""


def is_running(version: str) -> bool:
    return sys.version_info[:2] == tuple(map(int, version.split(".")))
