"""The few drawn characters, with what stands for them where the encoding has only ASCII."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lifeops_migrate.terminal import Sink


@dataclass(frozen=True, slots=True)
class Glyphs:
    """Where their names do not say it:

    rule: a horizontal line. bar: between line numbers and code. tab_head, tab_body: a tab, made visible. more: before
    the rest of a folded line. arrow: before what an edit does. full, empty: a progress bar.
    skip: where lines are left out.
    """

    rule: str
    bar: str
    tab_head: str
    tab_body: str
    more: str
    arrow: str
    dot: str
    minus: str
    full: str
    empty: str
    skip: str


UNICODE = Glyphs("─", "│", "→", " ", "↪", "→", "·", "−", "█", "░", "┆")
ASCII = Glyphs("-", "|", ">", "-", "\\", "->", "-", "-", "#", ".", ":")


def glyphs_for(sink: Sink) -> Glyphs:
    """The drawn ones if the stream's encoding has them all."""
    drawn = "".join(getattr(UNICODE, name) for name in UNICODE.__slots__)
    return UNICODE if sink.shows(drawn) else ASCII
