"""What can be chosen: the files of a rule, the hunks of a file, the edits of a hunk; each with the units it holds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from lifeops_migrate.preview.changes import show_change, show_file, show_hunk
from lifeops_migrate.result import plural

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from lifeops_codemods.plan.model import PlannedEdit
    from lifeops_migrate.preview.change import Change
    from lifeops_migrate.preview.screen import Screen
    from lifeops_migrate.shown import ShownHunk


class Place(Protocol):
    """Something that is chosen or left out, or looked at in parts."""

    @property
    def within(self) -> str:
        """Where "all later ones" ends."""

    @property
    def smaller(self) -> str:
        """How it is looked at in parts."""

    def edits(self) -> Sequence[PlannedEdit]:
        """What is made there."""

    def parts(self) -> Sequence[Place]:
        """What it can be split into; nothing where it is one edit."""

    def show(self, screen: Screen) -> None:
        """Print it."""

    def question(self) -> str:
        """What is asked about it."""


@dataclass(frozen=True, slots=True)
class FilePlace:
    """What a rule does to one file. planned: the edits of the change, with their units."""

    change: Change
    planned: Sequence[PlannedEdit]
    diff_style: str
    within: str = " of this rule"
    smaller: str = "hunk by hunk"

    def edits(self) -> Sequence[PlannedEdit]:
        return self.planned

    def parts(self) -> Sequence[Place]:
        return [
            HunkPlace(self.change, hunk, tuple(self.planned[number] for number in hunk.edits), self.diff_style)
            for hunk in self.change.hunks
            if hunk.edits
        ]

    def show(self, screen: Screen) -> None:
        show_change(screen, self.change, diff_style=self.diff_style, why=False, said=set())

    def question(self) -> str:
        return f"Make {these(self.edits())} in this file?"


@dataclass(frozen=True, slots=True)
class HunkPlace:
    """One hunk of it."""

    change: Change
    hunk: ShownHunk
    planned: Sequence[PlannedEdit]
    diff_style: str
    within: str = " in this file"
    smaller: str = "edit by edit"

    def edits(self) -> Sequence[PlannedEdit]:
        return self.planned

    def parts(self) -> Sequence[Place]:
        units: dict[str, list[PlannedEdit]] = {}
        for planned in self.planned:
            units.setdefault(planned.edit.unit, []).append(planned)
        return [EditPlace(self.change, tuple(edits)) for edits in units.values()] if len(units) > 1 else []

    def show(self, screen: Screen) -> None:
        show_hunk(screen, self.change, self.hunk, diff_style=self.diff_style)

    def question(self) -> str:
        return "Make this hunk?"


@dataclass(frozen=True, slots=True)
class EditPlace:
    """The edits of one unit in a hunk; there is nothing smaller."""

    change: Change
    held: tuple[PlannedEdit, ...]
    within: str = " in this hunk"
    smaller: str = ""

    def edits(self) -> Sequence[PlannedEdit]:
        return self.held

    def parts(self) -> Sequence[Place]:
        return []

    def show(self, screen: Screen) -> None:
        show_file(screen, self.change)
        for planned in self.held:
            screen.line(f"   line {planned.position.line}: ", screen.user(planned.edit.message))

    def question(self) -> str:
        return f"Make {these(self.held)}?"


def these(edits: Sequence[PlannedEdit]) -> str:
    """`this edit`, `these 3 edits`."""
    return "this edit" if len(edits) == 1 else f"these {plural(len(edits), 'edit')}"


def units_of(edits: Iterable[PlannedEdit]) -> frozenset[str]:
    """The units that the edits belong to."""
    return frozenset(planned.edit.unit for planned in edits)
