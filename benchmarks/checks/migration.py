"""A real project under some rules: what must hold of every migration, whichever rules it is of."""

from __future__ import annotations

import ast
import subprocess
import sys
from typing import TYPE_CHECKING, Any

from checks import complaints, layout
from checks.behaviour import outcomes as behaviour
from checks.command import Tool
from checks.environment import own_python, roots
from checks.outcome import Outcome, agree
from checks.places import CORPORA, MADE
from checks.snapshot import changed, snapshot

if TYPE_CHECKING:
    import re
    from collections.abc import Mapping
    from pathlib import Path


def published(name: str, folder: Path) -> None:
    """A copy of the pinned project."""
    command = [sys.executable, str(CORPORA / "get.py"), name, "--copy", str(folder)]
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True)


class Migration:
    """One project: `before` is as published and stays so, `after` is a copy that the rules migrate."""

    def __init__(self, name: str, before: Path, place: Path, *rules: str) -> None:
        self.name = name
        self.rules = rules
        self.before = before
        self.after = place / "after"
        self.tool = Tool(place / "home")
        self.document: dict[str, Any] = {}
        published(name, self.after)

    # -- the command line

    def migrated(self) -> list[Outcome]:
        """Dry run, run, run again, undo, run: leaves `after` migrated and `document` told."""
        rules = ",".join(self.rules)
        original = snapshot(self.after)
        whole = snapshot(self.after, leave_out=())
        dry = self.tool.run(self.after, rules, "--dry-run", "--format", "json")
        self.document = dry.document
        self._keep_diff()
        wrote = changed(whole, snapshot(self.after, leave_out=())) + self._outside_cache()
        applied = self.tool.run(self.after, rules, "--yes")
        migrated = snapshot(self.after)
        touched = changed(original, migrated)
        again = self.tool.run(self.after, rules, "--yes", "--format", "json")
        repeated = changed(migrated, snapshot(self.after))
        undone = self.tool.call(self.after, "undo") if touched else None
        restored = changed(original, snapshot(self.after))
        self.tool.run(self.after, rules, "--yes")
        summary = self.document["summary"]
        told = f"{summary['edits']} edits in {len(touched)} of {summary['files_read']} files"
        planned = [] if len(touched) == summary["files_changed"] else ["other files than planned were written"]
        return [
            agree("dry run writes nothing", wrote),
            agree("applied", planned + ([] if applied.well else [applied.err[-500:]]), told),
            agree("second run changes nothing", repeated + [edit["path"] for edit in again.document["edits"]]),
            agree(
                "undo restores every byte", restored + ([] if undone is None or undone.well else [undone.err[-500:]])
            ),
            agree("same again after undo", changed(migrated, snapshot(self.after))),
            agree("read all files", [f"{e['path']}: {e['message']}" for e in self.document["errors"]]),
            agree("every file parses", self._broken()),
        ]

    @property
    def paths(self) -> list[str]:
        """The files that the rules changed."""
        return [file["path"] for file in self.document["files"]]

    def _keep_diff(self) -> None:
        """The whole diff, for whoever gives the verdicts."""
        MADE.mkdir(exist_ok=True)
        place = MADE / f"diff-{self.name}-{'-'.join(self.rules)}.patch"
        place.write_text("".join(file["diff"] for file in self.document["files"]))

    def _outside_cache(self) -> list[str]:
        home = self.tool.home
        return [path for path in snapshot(home) if not path.startswith("cache/")] if home.exists() else []

    def _broken(self) -> list[str]:
        return [path for path in self.paths if not _parses(self.after / path)]

    # -- what others say of it. `renamed` has the new name by the old one

    def ruff(self, renamed: Mapping[str, str]) -> list[Outcome]:
        first, second = (complaints.ruff(folder) for folder in (self.before, self.after))
        return [
            complaints.same(f"ruff {complaints.RUFF_RULES}", first, second, renamed),
            layout.outcome(self.before, self.after, self.paths),
        ]

    def pyright(self, renamed: Mapping[str, str], explained: re.Pattern[str] | None = None) -> list[Outcome]:
        command = complaints.pyright_command()
        if command is None:
            return [Outcome("pyright", None, "npm is not there to install it")]
        python = own_python(self.name) or sys.executable
        states = (self.before, self.after)
        first, second = (complaints.pyright(command, folder, python, roots(self.name)) for folder in states)
        return [complaints.same("pyright", first, second, renamed, explained)]

    def behaviour(self, renamed: Mapping[str, str], added: frozenset[str] = frozenset()) -> list[Outcome]:
        return behaviour(self.name, self.before, self.after, renamed, added)


def _parses(path: Path) -> bool:
    try:
        ast.parse(path.read_bytes())
    except (SyntaxError, ValueError):
        return False
    return True
