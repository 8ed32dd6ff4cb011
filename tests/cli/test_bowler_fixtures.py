"""Bowler scripts through the command line, each on a small project, and held against what Bowler itself writes.

A folder `fixtures/bowler/<case>` has `script.py`, `before`, `after` (none where nothing may change) and `case.toml`:
the exit code, the errors and findings to expect, and under `differs` each file that Bowler itself does otherwise, with
its fault.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from .making import Command

FOLDER = Path(__file__).parents[2] / "fixtures" / "bowler"
NAMES = sorted(path.name for path in FOLDER.iterdir())

BY_ITSELF = """
import runpy, sys
from bowler import Query

execute = Query.execute
def write(query, **given):
    return execute(query, **given | {"write": True, "silent": True, "interactive": False})
Query.execute = write
names = runpy.run_path(sys.argv[1])
if "main" in names:
    names["main"]()
offered = list(names.values()) + (names["query"](["."]) if callable(names.get("query")) else [])
for value in offered:
    for one in value if isinstance(value, list) else [value]:
        if isinstance(one, Query) and one.retcode is None:
            one.write()
"""


@dataclass(frozen=True)
class Case:
    """A case, copied to where it may be changed."""

    name: str
    project: Path
    before: dict[str, bytes]
    after: dict[str, bytes]
    expected: dict[str, Any]


@pytest.fixture(params=NAMES)
def case(request: pytest.FixtureRequest, root: Path) -> Case:
    folder = FOLDER / request.param
    shutil.copytree(folder / "before", root, dirs_exist_ok=True)
    before = files(folder / "before")
    after = before if request.param.startswith("skip_") else files(folder / "after")
    expected = tomllib.loads((folder / "case.toml").read_text(encoding="utf-8"))
    return Case(request.param, root, before, after, expected)


def test_the_script_does_what_the_fixture_says(case: Case, command: Command) -> None:
    done = command("bowler", str(FOLDER / case.name / "script.py"), "--yes", "--format", "json")
    assert done.code == case.expected.get("code", 0), done.err
    assert files(case.project) == case.after
    said = json.loads(done.out)
    for kind in ("errors", "findings"):
        agree(said[kind], case.expected.get(kind, []))
    assert said["applied"] is (case.before != case.after)


def test_a_dry_run_shows_the_same_and_undo_takes_it_back(case: Case, command: Command) -> None:
    script = str(FOLDER / case.name / "script.py")
    patch = str(case.project.parent / "a.patch")
    shown = command("bowler", script, "--dry-run", "--format", "json", "--patch", patch)
    assert files(case.project) == case.before
    assert shown.code == case.expected.get("code", 0)
    assert command("bowler", script, "--check").code == (3 if shown.code else int(case.before != case.after))
    command("bowler", script, "--yes", "--jobs", "1")
    assert files(case.project) == case.after
    if case.before != case.after:
        assert "bowler" in command("history").out
        assert command("undo").code == 0
        assert files(case.project) == case.before
        subprocess.run(["git", "apply", patch], cwd=case.project, check=True)
        assert files(case.project) == case.after


def test_bowler_itself_writes_the_same_where_it_is_right(case: Case) -> None:
    script = str(FOLDER / case.name / "script.py")
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    subprocess.run(
        [sys.executable, "-c", BY_ITSELF, script], cwd=case.project, env=environment, capture_output=True, check=False
    )
    theirs = files(case.project)
    assert {path for path in case.after if theirs[path] != case.after[path]} == case.expected.get("differs", {}).keys()


def files(folder: Path) -> dict[str, bytes]:
    """The Python files of a project, by their paths."""
    found = (path for path in folder.rglob("*.py") if "__pycache__" not in path.parts)
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


def agree(said: list[dict[str, Any]], expected: list[dict[str, Any]]) -> None:
    """Everything expected was said, at its place, and nothing else."""
    places = [(one["path"], one["line"]) for one in said]
    assert sorted(places) == sorted((one["path"], one["line"]) for one in expected), said
    for want in expected:
        assert any(want["contains"] in one["message"] for one in said if one["path"] == want["path"]), said
