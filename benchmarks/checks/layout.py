"""Whether edited lines that became too long are broken, where a formatter would break them."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from checks.outcome import Outcome, agree

USUAL = 88
PRAGMA = re.compile(r"#\s*(noqa|type:\s*ignore|pyright:|pylint:|fmt:|pragma:|nosec)")


def outcome(before: Path, after: Path, paths: Sequence[str]) -> Outcome:
    """Look for new lines over the project's limit that ruff's formatter does not leave as they are.

    A line with a comment that speaks to a tool about it stays one: the comment would go with one of its parts.
    """
    limit = _limit(before)
    formatted = _formatted(after, paths, limit)
    long = [
        f"{path}: {line.strip()}"
        for path in paths
        for line in _lines(after / path) - _lines(before / path) - _lines(formatted / path)
        if len(line.expandtabs(4)) > limit and not PRAGMA.search(line)
    ]
    return agree(f"lines of {limit} columns", sorted(long))


def _limit(project: Path) -> int:
    """The line length that the project's ruff or black is told."""
    tools = _read(project / "pyproject.toml").get("tool", {})
    for settings in (_read(project / "ruff.toml"), tools.get("ruff", {}), tools.get("black", {})):
        if "line-length" in settings:
            return int(settings["line-length"])
    return USUAL


def _read(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text()) if path.exists() else {}


def _formatted(after: Path, paths: Sequence[str], limit: int) -> Path:
    """A folder with the files as the formatter would have them."""
    folder = after.with_name("formatted")
    for path in paths:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes((after / path).read_bytes())
    options = ["--isolated", "--no-cache", "--quiet", "--line-length", str(limit)]
    subprocess.run([sys.executable, "-m", "ruff", "format", *options, str(folder)], check=True)
    return folder


def _lines(path: Path) -> set[str]:
    return set(path.read_text(encoding="utf-8", errors="replace").splitlines())
