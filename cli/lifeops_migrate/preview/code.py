"""One line of the user's code as `Text`: its colours, its changed words, its tabs, and what would hide on a screen."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.text import Text

from lifeops_migrate.preview.palette import DIM, MARKER
from lifeops_migrate.preview.syntax import Colored
from lifeops_migrate.visible import pieces

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from rich.style import Style

    from lifeops_migrate.preview.screen import Screen
    from lifeops_migrate.preview.words import Range

TAB_STOP = 4


def code_text(screen: Screen, runs: Iterable[Colored], marks: Sequence[Range] = (), mark: Style | None = None) -> Text:
    """The line. `marks` are the offsets to set off in the style `mark`."""
    text = Text()
    column = 0
    for part, style in _cut(runs, marks, mark):
        for number, piece in enumerate(part.split("\t")):
            if number:
                width = TAB_STOP - column % TAB_STOP
                text.append(screen.glyphs.tab_head + screen.glyphs.tab_body * (width - 1), style + DIM)
                column += width
            for shown, is_marker in pieces(piece, screen.encoding):
                text.append(shown, style + MARKER if is_marker else style)
                column += cell_len(shown)
    return text


def end_mark(end: str) -> Text:
    """A line end that is not the usual one of its file, spelled out."""
    return Text(end.replace("\r", "\\r").replace("\n", "\\n"), MARKER)


def _cut(runs: Iterable[Colored], marks: Sequence[Range], mark: Style | None) -> Iterator[Colored]:
    """The runs, cut where marks begin and end."""
    borders = sorted({border for span in marks for border in span})
    marked = {position for span in marks for position in borders if span.start <= position < span.end}
    offset = 0
    inside = False
    for text, style in runs:
        end = offset + len(text)
        cuts = [offset, *(border for border in borders if offset < border < end), end]
        for start, stop in itertools.pairwise(cuts):
            if start in borders:
                inside = start in marked
            yield Colored(text[start - offset : stop - offset], mark if inside and mark else style)
        offset = end
