"""What it comes to: a table by rule, what clients will see, what to type next."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from lifeops_migrate.preview.palette import COMMAND, DIM, PATH, PLAIN, RULE, SAFE, UNSAFE
from lifeops_migrate.preview.table import Row, number, show_table
from lifeops_migrate.result import counts_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lifeops_migrate.preview.screen import Screen
    from lifeops_migrate.preview.style import Span
    from lifeops_migrate.result import Result
    from lifeops_migrate.shown import Shown, ShownEdit

_HEAD = ("Rule", "Files", "Safe", "Unsafe", "Findings", "Time")
_PLACES_NAMED = 3


def show_summary(screen: Screen, result: Result) -> None:
    """The table; rules that found nothing are only counted below it."""
    shown, counts, seconds = result.shown, counts_of(result.shown), result.seconds_by_rule
    effects = Counter((edit.rule, edit.effect) for edit in shown.edits)
    files = Counter(step.rule for file in shown.files for step in file.steps)
    findings = Counter(finding.rule for finding in shown.findings)
    names = [rule.name for rule in shown.rules]
    names += sorted({*files, *findings} - set(names))
    active = [name for name in names if files[name] or findings[name]]
    rows = [
        _row(
            (name, RULE),
            (files[name], effects[name, "safe"], effects[name, "unsafe"], findings[name]),
            seconds.get(name),
        )
        for name in active
    ]
    total = _row(("all", PLAIN), (counts.files, counts.safe, counts.unsafe, counts.findings), result.seconds)
    if active:
        screen.heading("Summary")
        show_table(screen, _HEAD, rows, total if len(rows) > 1 else None)
    idle = len(names) - len(active)
    if active and idle:
        screen.line("  ", (f"{idle} more {'rule' if idle == 1 else 'rules'} found nothing to do", DIM))


def show_clients(screen: Screen, shown: Shown) -> None:
    """What clients will see of the unsafe edits, each thing once."""
    seen: dict[tuple[str, str], list[ShownEdit]] = {}
    for edit in shown.edits_in_order:
        if edit.effect == "unsafe":
            seen.setdefault((edit.rule, edit.clients_see or edit.message), []).append(edit)
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


def _row(name: Span, counts: tuple[int, int, int, int], seconds: float | None) -> Row:
    styles = (PLAIN, SAFE, UNSAFE, PATH)
    time = ("-", DIM) if seconds is None else (f"{seconds:.1f} s", DIM)
    return [[cell] for cell in (name, *map(number, counts, styles), time)]


def _places(edits: list[ShownEdit]) -> str:
    """The first places by name, the others by number: the diff has them all."""
    places = list(dict.fromkeys(f"{edit.path}:{edit.line}" for edit in edits))
    named = ", ".join(places[:_PLACES_NAMED])
    more = len(places) - _PLACES_NAMED
    return f"{named} and {more} more" if more > 0 else named
