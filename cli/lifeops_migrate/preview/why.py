"""The chain of facts behind an edit or a finding, shown with `-v`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lifeops_migrate.preview.palette import DIM

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from lifeops_migrate.preview.screen import Screen
    from lifeops_migrate.shown import ShownEdit


def show_why(screen: Screen, edits: Iterable[ShownEdit]) -> None:
    """Each different edit of a hunk with its reasons; equal ones, as in a rename, are said once."""
    seen: dict[tuple[str, tuple[str, ...]], list[ShownEdit]] = {}
    for edit in edits:
        seen.setdefault((edit.message, edit.why), []).append(edit)
    for (message, why), equal in seen.items():
        lines = ", ".join(dict.fromkeys(f"{edit.line}:{edit.column}" for edit in equal))
        label = f"{screen.glyphs.arrow} "
        screen.prose(f"{message} (at {lines})", indent="    ", label=label)
        show_chain(screen, why, indent="      ")


def show_chain(screen: Screen, why: Sequence[str], *, indent: str) -> None:
    """The facts, in the order in which one leads to the next."""
    for number, fact in enumerate(why):
        screen.prose(fact, indent=indent, label=("because " if number == 0 else "    and ", DIM), style=DIM)
