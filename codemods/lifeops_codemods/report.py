"""From what the waves did to what the user sees: one chain of steps a file, all positions those of the original."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Protocol

from lifeops_codemods.operation import Span
from lifeops_codemods.outcome import FileError, Skipped
from lifeops_codemods.plan.gate import Gate
from lifeops_codemods.plan.mapping import map_back
from lifeops_codemods.plan.model import Change, FilePlan, Migration, PlannedEdit, PlannedFinding, Position, Step
from lifeops_codemods.plan.units import Obstruction, Settled, first_edits
from lifeops_codemods.rule import Edit, Finding, Reason, Rule, Severity
from lifeops_codemods.source.lines import LineIndex
from lifeops_codemods.source.text import SourceText
from lifeops_codemods.suppressions import Complaint


class Files(Protocol):
    """What the report needs of the files that were read."""

    data: dict[str, bytes]
    digests: dict[str, str]
    errors: dict[str, FileError]

    def text(self, path: str) -> str:
        """The text before the current wave."""

    def original(self, path: str) -> str:
        """The text as read."""

    def source(self, path: str) -> SourceText | None:
        """The decoded file."""


class Report:
    """Grows by one rule at a time, in the order of the waves."""

    def __init__(self, root: Path, rules: Sequence[Rule], files: Files) -> None:
        self._root = root
        self._rules = tuple(rules)
        self._files = files
        self._steps: dict[str, list[Step]] = {}
        self._findings: list[PlannedFinding] = []
        self._lines: dict[str, LineIndex] = {}

    def add(self, rule: Rule, edits: Sequence[Edit], settled: Settled, findings: Iterable[Finding], gate: Gate) -> None:
        """Take over what one wave did, before its texts become the current ones."""
        refused = _refusals(rule, edits, settled, gate)
        self._findings += [self._planned_finding(finding) for finding in (*findings, *refused)]
        changed = {path: made for path, made in settled.files.items() if made.text != self._files.text(path)}
        # A chain of facts leads through other files of the same wave: all are placed before any of them has changed.
        planned = {path: tuple(self._planned_edit(edit) for edit in settled.edits[path]) for path in changed}
        for path, made in changed.items():
            step = Step(rule.name, self._files.text(path), made.text, made.changes, planned[path])
            self._steps.setdefault(path, []).append(step)

    def complain(self, path: str, complaint: Complaint) -> None:
        """Add a finding about a suppression itself."""
        finding = Finding(
            rule="suppression",
            path=path,
            span=complaint.span,
            message=complaint.message,
            reason="a suppression without effect hides what it was meant for",
            fix=complaint.fix,
            severity=Severity.INFO,
        )
        self._findings.append(self._planned_finding(finding))

    def migration(self, skipped: Sequence[Skipped], seconds: dict[str, float]) -> Migration:
        """The finished plan."""
        files = tuple(self._file_plan(path) for path in sorted(self._steps))
        return Migration(
            root=self._root,
            rules=self._rules,
            files=files,
            findings=tuple(sorted(self._findings, key=_by_place)),
            errors=tuple(self._files.errors[path] for path in sorted(self._files.errors)),
            skipped=tuple(skipped),
            # That a file does not mention a name is part of the proof as well.
            read=dict(sorted(self._files.digests.items())),
            files_read=len(self._files.data),
            seconds=seconds,
        )

    def _file_plan(self, path: str) -> FilePlan:
        steps = tuple(self._steps[path])
        source = self._files.source(path)
        after = steps[-1].after
        encoded = after.encode() if source is None else source.encode(after)
        return FilePlan(path, steps[0].before, after, self._files.data.get(path), encoded, steps)

    # -- positions

    def _planned_edit(self, edit: Edit) -> PlannedEdit:
        return PlannedEdit(edit, self._position(edit.path, edit.operation.span), self._chain(edit.why))

    def _planned_finding(self, finding: Finding) -> PlannedFinding:
        return PlannedFinding(finding, self._position(finding.path, finding.span), self._chain(finding.why))

    def _chain(self, why: Iterable[Reason]) -> tuple[str, ...]:
        return tuple(f"{link.path}:{self._position(link.path, link.span).line} {link.text}" for link in why)

    def _position(self, path: str, span: Span) -> Position:
        if path not in self._files.data:
            return Position(1, 1, 1, 1)
        chain: list[tuple[Change, ...]] = [step.changes for step in self._steps.get(path, ())]
        start, end = span
        for changes in reversed(chain):
            start, end = map_back(changes, start), map_back(changes, end)
        if path not in self._lines:
            self._lines[path] = LineIndex(self._files.original(path))
        index = self._lines[path]
        return Position(*index.position(start), *index.position(max(start, end)))


def _by_place(found: PlannedFinding) -> tuple[str, Position, str]:
    return found.finding.path, found.position, found.finding.rule


def _refusals(rule: Rule, edits: Sequence[Edit], settled: Settled, gate: Gate) -> list[Finding]:
    """A finding for each unit that was given up, unless the user asked for just that."""
    firsts = first_edits(edits)
    asked = {edit.unit for edit in edits if edit.unit in settled.refused and gate.asks_about(edit.path)}
    return [
        _refusal(rule, firsts[unit], obstructions)
        for unit, obstructions in settled.refused.items()
        if unit in asked and all(item.fix for item in obstructions) and not gate.silences(firsts[unit])
    ]


def _refusal(rule: Rule, first: Edit, obstructions: Sequence[Obstruction]) -> Finding:
    """The finding at the place that the unit is about. All files that stand in the way are named."""
    by_reason: dict[str, list[str]] = {}
    for obstruction in obstructions:
        paths = by_reason.setdefault(obstruction.reason, [])
        if obstruction.edit.path not in paths:
            paths.append(obstruction.edit.path)
    places = [Reason(item.edit.path, item.edit.operation.span, item.reason) for item in obstructions]
    return Finding(
        rule=rule.name,
        path=first.path,
        span=first.operation.span,
        message=f"refused: {first.message}",
        reason="; ".join(f"{', '.join(paths)} {reason}" for reason, paths in by_reason.items()),
        fix="; ".join(dict.fromkeys(obstruction.fix for obstruction in obstructions)),
        severity=rule.severity,
        why=(*places, *first.why),
        unit=first.unit,
    )
