"""The walk through a migration: rule by rule, and down to files and hunks where the user wants to look closer.

A unit is made all or none, so whoever leaves out one place of it leaves it out everywhere; that is said. A later rule
works on what the former ones leave, so it is shown as it is planned without what was turned down.
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

from lifeops_migrate.choosing.letters import Letter, letter
from lifeops_migrate.choosing.places import FilePlace, these, units_of
from lifeops_migrate.messages import say
from lifeops_migrate.preview.change import RuleChanges, by_rule
from lifeops_migrate.preview.changes import show_change, show_rule
from lifeops_migrate.preview.screen import Screen
from lifeops_migrate.result import plural
from lifeops_migrate.showing import shown_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from lifeops_codemods.plan.model import Migration, PlannedEdit
    from lifeops_migrate.choosing.places import Place
    from lifeops_migrate.shown import Shown
    from lifeops_migrate.terminal import Terminal

_UNITS_NAMED = 5


class Rest(Enum):
    """What becomes of the rules that come later."""

    ASKED = "asked about"
    MADE = "made"
    LEFT_OUT = "left out"


class TurnedDown(NamedTuple):
    """Units, and whole rules, that the user does not want."""

    units: frozenset[str] = frozenset()
    rules: frozenset[str] = frozenset()


def choose(
    terminal: Terminal, migration: Migration, replan: Callable[[TurnedDown], Migration], *, diff_style: str
) -> Migration:
    """Ask about every rule that edits something, and return the migration without what was turned down.

    replan: plans the migration anew without it.
    """
    turned_down = TurnedDown()
    asked: set[str] = set()
    while (group := _next(shown := shown_of(migration), asked)) is not None:
        asked.add(group.rule)
        walk = _Walk(terminal, migration, shown, diff_style)
        walk.rule(group)
        turned_down = _more(turned_down, walk, group.rule, later={rule.name for rule in migration.rules} - asked)
        if walk.rejected or walk.whole or walk.rest is Rest.LEFT_OUT:
            migration = replan(turned_down)
        if walk.rest is not Rest.ASKED:
            break
    return migration


def _more(turned_down: TurnedDown, walk: _Walk, rule: str, *, later: set[str]) -> TurnedDown:
    rules = ({rule} if walk.whole else set()) | (later if walk.rest is Rest.LEFT_OUT else set())
    return TurnedDown(turned_down.units | walk.rejected, turned_down.rules | rules)


def _next(shown: Shown, asked: set[str]) -> RuleChanges | None:
    """The first rule in the order of the waves that has edits and was not asked about."""
    groups = {group.rule: group for group in by_rule(shown)}
    names = [rule.name for rule in shown.rules if rule.name in groups and rule.name not in asked]
    return groups[names[0]] if names else None


class _Walk:
    """One rule's questions.

    rejected: units left out. whole: the rule as a whole was.
    """

    def __init__(self, terminal: Terminal, migration: Migration, shown: Shown, diff_style: str) -> None:
        self._terminal = terminal
        self._planned = migration.edits
        self._diff_style = diff_style
        self._summaries = {rule.name: rule.summary for rule in shown.rules}
        self._edits: dict[str, list[PlannedEdit]] = {}
        sink = terminal.out if terminal.out.isatty() else terminal.err
        self._screen = Screen(sink, colored=terminal.colored(sink))
        self.rejected: frozenset[str] = frozenset()
        self.whole = False
        self.rest = Rest.ASKED

    def rule(self, group: RuleChanges) -> None:
        """Ask about all of it, then about its files if the user wants to choose."""
        places = [
            FilePlace(change, [self._planned[edit.order] for edit in change.edits], self._diff_style)
            for change in group.changes
        ]
        for planned in (planned for place in places for planned in place.edits()):
            self._edits.setdefault(planned.edit.unit, []).append(planned)
        show_rule(self._screen, group, self._summaries.get(group.rule, ""))
        edits = [planned for place in places for planned in place.edits()]
        question = f"Make {these(edits)} of {group.rule} in {plural(len(places), 'file')}?"

        def show() -> None:
            for place in places:
                show_change(self._screen, place.change, diff_style=self._diff_style, why=False, said=set())

        match letter(self._terminal, question, within="", smaller="file by file", show=show):
            case Letter.NO:
                self.whole = True
            case Letter.ALL:
                self.rest = Rest.MADE
            case Letter.NONE | Letter.QUIT:
                self.whole, self.rest = True, Rest.LEFT_OUT
            case Letter.SPLIT:
                self._each(places)

    def _each(self, places: Sequence[Place]) -> None:
        """Ask about each of the places in turn."""
        for number, place in enumerate(places):
            if units_of(place.edits()) <= self.rejected:
                continue
            place.show(self._screen)
            parts = place.parts()
            answer = letter(
                self._terminal,
                f"({number + 1}/{len(places)}) {place.question()}",
                within=place.within,
                smaller=place.smaller if parts else "",
                show=lambda place=place: place.show(self._screen),  # type: ignore[misc]
            )
            match answer:
                case Letter.NO:
                    self._reject(place.edits())
                case Letter.ALL:
                    return
                case Letter.NONE | Letter.QUIT:
                    self._reject(planned for rest in places[number:] for planned in rest.edits())
                    if answer is Letter.QUIT:
                        self.rest = Rest.LEFT_OUT
                    return
                case Letter.SPLIT:
                    self._each(parts)
            if self.rest is Rest.LEFT_OUT:
                self._reject(planned for rest in places[number + 1 :] for planned in rest.edits())
                return

    def _reject(self, edits: Iterable[PlannedEdit]) -> None:
        """Leave out the units of these edits, and say what else goes with them."""
        given = list(edits)
        units = list(dict.fromkeys(planned.edit.unit for planned in given))
        wider = [unit for unit in units if unit not in self.rejected and self._reaches_beyond(unit, given)]
        self.rejected |= frozenset(units)
        for unit in wider[:_UNITS_NAMED]:
            whole = self._edits[unit]
            files = {planned.edit.path for planned in whole}
            size = f"{plural(len(whole), 'edit')} in {plural(len(files), 'file')}"
            say(self._terminal, f"Left out everywhere, since it is made all or none: {whole[0].edit.message} ({size})")
        if len(wider) > _UNITS_NAMED:
            say(self._terminal, f"… and {len(wider) - _UNITS_NAMED} more of the kind.")

    def _reaches_beyond(self, unit: str, edits: Sequence[PlannedEdit]) -> bool:
        return len(self._edits[unit]) > sum(planned.edit.unit == unit for planned in edits)
