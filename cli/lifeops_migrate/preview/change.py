"""What one rule does to one file, made ready to be shown: its hunks, their edits, and numbers for the lines."""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from lifeops_migrate.diff.hunks import Hunk, hunks
from lifeops_migrate.diff.lines import Lines, python_lines, without_end
from lifeops_migrate.diff.origin import Origin, origin
from lifeops_migrate.diff.windows import composed, windows_of_step

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from lifeops_codemods.plan.model import FilePlan, Migration, PlannedEdit, Step

_FARTHEST_SCOPE = 1_000
_DEFINITION = re.compile(r"(?:async\s+def|def|class)\s+\w")


class ShownHunk(NamedTuple):
    """A hunk, the edits it holds, and the definition it is within, if that is not on the screen by itself."""

    hunk: Hunk
    edits: tuple[PlannedEdit, ...]
    scope: str


@dataclass(frozen=True, slots=True)
class Change:
    """One step. `number` of `total` steps on its file; `origin` leads from its lines to those of the original file."""

    file: FilePlan
    step: Step
    number: int
    total: int
    before: Lines
    after: Lines
    origin: Origin
    hunks: tuple[ShownHunk, ...]

    @property
    def added(self) -> int:
        return sum(shown.hunk.added for shown in self.hunks)

    @property
    def removed(self) -> int:
        return sum(shown.hunk.removed for shown in self.hunks)


class RuleChanges(NamedTuple):
    """All steps of one rule; each is only worked out when it is asked for."""

    rule: str
    places: tuple[tuple[FilePlan, int], ...]

    def changes(self) -> Iterator[Change]:
        for file, index in self.places:
            yield change_of(file, index)


def by_rule(migration: Migration) -> list[RuleChanges]:
    """The steps of all files by rule, in the order in which the rules work."""
    places: dict[str, list[tuple[FilePlan, int]]] = {}
    for file in migration.files:
        for index, step in enumerate(file.steps):
            places.setdefault(step.rule, []).append((file, index))
    return [RuleChanges(rule, tuple(places[rule])) for rule in _order(migration.files, places)]


def change_of(file: FilePlan, index: int) -> Change:
    """One step of a file, worked out."""
    step = file.steps[index]
    before, after = python_lines(step.before), python_lines(step.after)
    back = origin(python_lines(file.before), before, composed(map(windows_of_step, file.steps[:index])))
    shown = _shown(hunks(before, after, windows_of_step(step)), step.edits, before, back)
    return Change(file, step, index + 1, len(file.steps), before, after, back, shown)


def _order(files: Iterable[FilePlan], rules: Iterable[str]) -> list[str]:
    """An order in which every file's chain holds; of rules that never meet, the name decides."""
    sorter: TopologicalSorter[str] = TopologicalSorter(dict.fromkeys(sorted(rules), ()))
    for file in files:
        for first, second in pairwise(step.rule for step in file.steps):
            sorter.add(second, first)
    try:
        sorter.prepare()
    except CycleError:
        return sorted(rules)
    order: list[str] = []
    while sorter.is_active():
        ready = sorted(sorter.get_ready())
        order += ready
        sorter.done(*ready)
    return order


def _shown(found: Sequence[Hunk], edits: Iterable[PlannedEdit], before: Lines, back: Origin) -> tuple[ShownHunk, ...]:
    """Each edit goes to the hunk nearest to it: an import's edit has no place of its own."""
    held: list[list[PlannedEdit]] = [[] for _ in found]
    spans = [_original_lines(hunk, back) for hunk in found]
    for edit in edits if found else ():
        held[_nearest(spans, edit.position.line - 1)].append(edit)
    return tuple(ShownHunk(hunk, tuple(inside), _scope(before, hunk)) for hunk, inside in zip(found, held, strict=True))


def _original_lines(hunk: Hunk, back: Origin) -> tuple[int, int]:
    """The first and the last line of the original file that the hunk changes."""
    return back.of(hunk.blocks[0].start).line, back.of(max(hunk.blocks[-1].end - 1, 0)).line


def _nearest(spans: Sequence[tuple[int, int]], line: int) -> int:
    """The index of the span that holds the line or is next to it; of two that are as near, the first."""
    after = bisect_left(spans, line, key=lambda span: span[0])
    around = [index for index in (after - 1, after) if 0 <= index < len(spans)]
    return min(around, key=lambda index: max(spans[index][0] - line, line - spans[index][1], 0))


def _scope(before: Lines, hunk: Hunk) -> str:
    """The header of the innermost definition that is open where the hunk begins and stands above it."""
    first = next((line for line in before.items[hunk.start : hunk.end] if line.strip()), "")
    indent = _indent(first)
    for text in reversed(before.items[max(hunk.start - _FARTHEST_SCOPE, 0) : hunk.start]):
        if not indent:
            break
        if text.strip() and _indent(text) < indent:
            indent = _indent(text)
            if _DEFINITION.match(text.strip()):
                return without_end(text).strip()
    return ""


def _indent(line: str) -> int:
    """Columns of white space before the text."""
    shown = line.expandtabs()
    return len(shown) - len(shown.lstrip())
