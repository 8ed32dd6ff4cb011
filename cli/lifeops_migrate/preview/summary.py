"""What it comes to: a table by rule, what clients will see, what to type next."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from rich.text import Text

from lifeops_codemods.rule import Effect
from lifeops_migrate.preview.palette import COMMAND, DIM, PATH, PLAIN, RULE, SAFE, UNSAFE
from lifeops_migrate.preview.table import Row, number, show_table

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lifeops_codemods.plan.model import Migration, PlannedEdit
    from lifeops_migrate.preview.screen import Screen

_HEAD = ("Rule", "Files", "Safe", "Unsafe", "Findings", "Time")
_PLACES_NAMED = 3


def show_summary(screen: Screen, migration: Migration, seconds: float) -> None:
    """The table; rules that found nothing are only counted below it."""
    effects = Counter((planned.edit.rule, planned.edit.effect) for planned in migration.edits)
    files = Counter(step.rule for file in migration.files for step in file.steps)
    findings = Counter(planned.finding.rule for planned in migration.findings)
    names = [rule.name for rule in migration.rules]
    names += sorted({*files, *findings} - set(names))
    active = [name for name in names if files[name] or findings[name]]
    rows = [
        _row(
            Text(name, RULE),
            (files[name], effects[name, Effect.SAFE], effects[name, Effect.UNSAFE], findings[name]),
            migration.seconds.get(f"rule:{name}"),
        )
        for name in active
    ]
    total = _row(
        Text("all"),
        (
            len(migration.files),
            migration.edits_with(Effect.SAFE),
            migration.edits_with(Effect.UNSAFE),
            len(migration.findings),
        ),
        seconds,
    )
    if active:
        screen.heading("Summary")
        show_table(screen, _HEAD, rows, total if len(rows) > 1 else None)
    idle = len(names) - len(active)
    if active and idle:
        screen.line("  ", (f"{idle} more {'rule' if idle == 1 else 'rules'} found nothing to do", DIM))


def show_clients(screen: Screen, migration: Migration) -> None:
    """What clients will see of the unsafe edits, each thing once."""
    seen: dict[tuple[str, str], list[PlannedEdit]] = {}
    for planned in migration.edits:
        if planned.edit.effect is Effect.UNSAFE:
            text = planned.edit.clients_see or planned.edit.message
            seen.setdefault((planned.edit.rule, text), []).append(planned)
    if not seen:
        return
    screen.heading("What clients will see")
    for (_, text), equal in sorted(seen.items(), key=lambda item: item[0]):
        screen.prose(text, indent="  ", label=("! ", UNSAFE))
        screen.line("    ", screen.user(_places(equal), DIM))


def show_next(screen: Screen, commands: Iterable[tuple[str, str]]) -> None:
    """Commands to type, each with what it does; the words stand below each other where there is room."""
    listed = list(commands)
    if not listed:
        return
    screen.heading("Next")
    width = max(len(command) for command, _ in listed)
    beside = width + max(len(what) for _, what in listed) + 6 <= screen.width
    for command, what in listed:
        if beside:
            screen.line("  ", (command.ljust(width), COMMAND), "  ", (what, DIM))
        else:
            screen.line("  ", (command, COMMAND))
            screen.line("      ", (what, DIM))


def _row(name: Text, counts: tuple[int, int, int, int], seconds: float | None) -> Row:
    styles = (PLAIN, SAFE, UNSAFE, PATH)
    time = Text("-", DIM) if seconds is None else Text(f"{seconds:.1f} s", DIM)
    return [name, *(number(count, style) for count, style in zip(counts, styles, strict=True)), time]


def _places(edits: list[PlannedEdit]) -> str:
    """The first places by name, the others by number: the diff has them all."""
    places = list(dict.fromkeys(f"{planned.edit.path}:{planned.position.line}" for planned in edits))
    named = ", ".join(places[:_PLACES_NAMED])
    more = len(places) - _PLACES_NAMED
    return f"{named} and {more} more" if more > 0 else named
