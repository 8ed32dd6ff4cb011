"""Migrations made by hand, and streams that stand for terminals and pipes."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from lifeops_codemods.operation import ReplaceName, Span
from lifeops_codemods.plan.model import Change, FilePlan, Migration, PlannedEdit, PlannedFinding, Position, Step
from lifeops_codemods.rule import Category, Edit, Effect, Finding, Rule, Severity
from lifeops_migrate.__main__ import run_command

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    import pytest

Replacement = tuple[str, str]


def rule(name: str = "model-db-suffix", **given: Any) -> Rule:
    """A rule that does nothing."""
    defaults: dict[str, Any] = {
        "category": Category.NAMING,
        "effect": Effect.SAFE,
        "severity": Severity.INFO,
        "summary": f"What {name} is for",
        "documentation": f"What {name} is for",
        "check": lambda project, options: iter(()),
    }
    return Rule(name=name, **(defaults | given))


def step(before: str, changes: Iterable[Change], name: str = "model-db-suffix", **edit: Any) -> Step:
    """A step with one edit for each change."""
    listed = tuple(changes)
    after, at = "", 0
    for change in listed:
        after += before[at : change.start] + change.text
        at = change.end
    after += before[at:]
    return Step(name, before, after, listed, tuple(_edit(before, change, name, **edit) for change in listed))


def replacing(before: str, *replacements: Replacement, name: str = "model-db-suffix", **edit: Any) -> Step:
    """A step that replaces the first place of each old text by the new one."""
    changes = sorted(Change(before.index(old), before.index(old) + len(old), new) for old, new in replacements)
    return step(before, changes, name, **edit)


def file(path: str, *steps: Step, new: bool = False, encoding: str = "utf-8") -> FilePlan:
    """A file whose bytes are its texts in an encoding."""
    before, after = steps[0].before, steps[-1].after
    old = None if new else before.encode(encoding, "surrogatepass")
    return FilePlan(path, before, after, old, after.encode(encoding, "surrogatepass"), steps)


def finding(path: str = "app/a.py", line: int = 1, **given: Any) -> PlannedFinding:
    """A finding with every text filled in."""
    texts = {"message": "what was seen", "reason": "why it was left", "fix": "what to do"}
    rest: dict[str, Any] = {"rule": "bound-sql", "severity": Severity.ERROR}
    why = given.pop("why", ())
    made = Finding(path=path, span=Span(0, 1), **(texts | rest | given))
    return PlannedFinding(made, Position(line, 1, line, 2), why)


def migration(root: Path, files: Sequence[FilePlan] = (), **given: Any) -> Migration:
    """A migration of rules that are named in its steps."""
    names = {step.rule for plan in files for step in plan.steps}
    rules = given.pop("rules", None) or tuple(rule(name) for name in sorted(names | {"model-db-suffix"}))
    return Migration(root, rules, tuple(sorted(files, key=lambda plan: plan.path)), files_read=len(files), **given)


def write(root: Path, plan: Migration) -> None:
    """Put the files as they are before the migration on the disk."""
    for planned in plan.files:
        if planned.before_bytes is not None:
            (root / planned.path).parent.mkdir(parents=True, exist_ok=True)
            (root / planned.path).write_bytes(planned.before_bytes)


class Stream(io.TextIOWrapper):
    """A text stream over bytes in memory that may claim to be a terminal."""

    def __init__(self, content: str = "", *, tty: bool = False, encoding: str = "utf-8") -> None:
        self.memory = io.BytesIO(content.encode())
        self._tty = tty
        super().__init__(self.memory, encoding=encoding, write_through=True)

    def isatty(self) -> bool:
        return self._tty

    @property
    def text(self) -> str:
        return self.memory.getvalue().decode(self.encoding)


@dataclass
class Outcome:
    """What a command came to."""

    code: int
    out: str
    err: str
    raw: bytes


@dataclass
class Command:
    """Runs commands in this process, on a migration made by hand where one is given."""

    monkeypatch: pytest.MonkeyPatch
    folder: Path
    plan: Migration | None = None
    seen: list[Any] = field(default_factory=list)

    def __call__(self, *arguments: str, stdin: str = "", tty: bool = False, encoding: str = "utf-8") -> Outcome:
        self.monkeypatch.chdir(self.folder)
        if self.plan is not None:
            self.monkeypatch.setattr("lifeops_codemods.pipeline.plan", self._planned)
        streams = (Stream(stdin, tty=tty), Stream(tty=tty, encoding=encoding), Stream(tty=tty, encoding=encoding))
        code = run_command(arguments, *streams)
        return Outcome(code, streams[1].text, streams[2].text, streams[1].memory.getvalue())

    def _planned(self, request: Any) -> Migration:
        self.seen.append(request)
        assert self.plan is not None
        return self.plan


def _edit(before: str, change: Change, name: str, **given: Any) -> PlannedEdit:
    line = before.count("\n", 0, change.start) + 1
    column = change.start - (before.rfind("\n", 0, change.start) + 1) + 1
    why = given.pop("why", ())
    operation = ReplaceName(
        span=Span(change.start, change.end), expected=before[change.start : change.end], new=change.text
    )
    defaults: dict[str, Any] = {"path": "app/a.py", "message": f"what {name} does", "unit": name}
    end = before.count("\n", 0, change.end) + 1
    made = Edit(rule=name, operation=operation, **(defaults | given))
    return PlannedEdit(made, Position(line, column, end, column + 1), why)
