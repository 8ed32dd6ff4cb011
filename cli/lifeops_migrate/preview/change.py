"""What each rule does to each file, made ready to be shown."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from graphlib import CycleError, TopologicalSorter
from itertools import islice, pairwise
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lifeops_migrate.shown import Shown, ShownEdit, ShownFile, ShownHunk, ShownStep


@dataclass(frozen=True)
class Change:
    """One step, `number` of `total` steps on its file, with its edits."""

    file: ShownFile
    step: ShownStep
    number: int
    total: int
    edits: tuple[ShownEdit, ...]

    @cached_property
    def hunks(self) -> tuple[ShownHunk, ...]:
        return self.step.hunks

    def edits_in(self, hunk: ShownHunk) -> list[ShownEdit]:
        """The edits of one of the hunks."""
        return [self.edits[number] for number in hunk.edits]

    @property
    def added(self) -> int:
        return sum(block.new_end - block.new_start for hunk in self.hunks for block in hunk.blocks)

    @property
    def removed(self) -> int:
        return sum(block.end - block.start for hunk in self.hunks for block in hunk.blocks)


class RuleChanges(NamedTuple):
    """All steps of one rule."""

    rule: str
    changes: tuple[Change, ...]


def by_rule(shown: Shown) -> list[RuleChanges]:
    """The steps of all files by rule, in the order in which the rules work."""
    edits = iter(shown.edits_in_order)
    changes: dict[str, list[Change]] = {}
    for file in shown.files:
        for number, step in enumerate(file.steps, 1):
            change = Change(file, step, number, len(file.steps), tuple(islice(edits, step.edits)))
            changes.setdefault(step.rule, []).append(change)
    return [RuleChanges(rule, tuple(changes[rule])) for rule in _order(shown.files, changes)]


def _order(files: Iterable[ShownFile], rules: Iterable[str]) -> list[str]:
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
