"""One line of the user's code: its colours, its changed words, its tabs, and what would hide on a screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lifeops_migrate.preview.cells import width
from lifeops_migrate.preview.palette import CODE, DIM, MARKER
from lifeops_migrate.visible import pieces

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from lifeops_migrate.highlight.kinds import Run
    from lifeops_migrate.preview.screen import Screen
    from lifeops_migrate.preview.style import Line, Span, Style
    from lifeops_migrate.preview.words import Range

TAB_STOP = 4


def code_line(screen: Screen, runs: Iterable[Run], marks: Sequence[Range] = (), mark: Style | None = None) -> Line:
    """The line. `marks` are the offsets to set off in the style `mark`."""
    spans = [(text, CODE[kind]) for text, kind in runs if text]
    if marks and mark:
        spans = list(_cut(spans, marks, mark))
    text = "".join([text for text, _ in spans])
    return spans if text.isascii() and text.isprintable() else list(_shown(screen, spans))


def end_mark(end: str) -> Span:
    """A line end that is not the usual one of its file, spelled out."""
    return end.replace("\r", "\\r").replace("\n", "\\n"), MARKER


def _shown(screen: Screen, spans: Iterable[Span]) -> Iterator[Span]:
    """The spans with tabs drawn to their stops, and with markers for what cannot be shown."""
    column = 0
    for part, style in spans:
        for number, piece in enumerate(part.split("\t")):
            if number:
                room = TAB_STOP - column % TAB_STOP
                yield screen.glyphs.tab_head + screen.glyphs.tab_body * (room - 1), style + DIM
                column += room
            for shown, is_marker in pieces(piece, screen.encoding):
                yield shown, style + MARKER if is_marker else style
                column += width(shown)


def _cut(spans: Iterable[Span], marks: Sequence[Range], mark: Style) -> Iterator[Span]:
    """The spans, cut where marks begin and end. The marks are sorted and apart."""
    borders = [(border, style) for span in marks for border, style in ((span.start, None), (span.end, mark))]
    borders.reverse()
    at = 0
    for text, style in spans:
        start, end = 0, at + len(text)
        while borders and at + start < end:
            border, before = borders[-1]
            stop = min(border, end) - at
            if start < stop:
                yield text[start:stop], before or style
            start = stop
            if border > end:
                break
            borders.pop()
        if at + start < end:
            yield text[start:], style
        at = end
