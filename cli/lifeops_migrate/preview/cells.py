"""How many columns a text takes, and where it is folded. rich has the table, and is asked where it may be needed."""

from __future__ import annotations

import re
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lifeops_migrate.preview.style import Line

_NARROW = re.compile(r"[ -~\xa1-\xac\xae-\u02ff\u2190-\u2199\u21aa\u2212\u2500-\u259f]*\Z")
"""Characters of one column each: those of most code, and those that `glyphs` draws."""


def width(text: str) -> int:
    """The columns of a text without controls."""
    if _NARROW.match(text):
        return len(text)
    from rich.cells import cell_len

    return cell_len(text)


def line_width(line: Line) -> int:
    """The columns of a line."""
    return sum(width(text) for text, _ in line)


def folded(line: Line, room: int) -> list[Line]:
    """The line in pieces of at most `room` columns."""
    text = "".join(text for text, _ in line)
    if width(text) <= room:
        return [line]
    if _NARROW.match(text):
        ends = [*range(room, len(text), room), len(text)]
    else:
        from rich.cells import chop_cells

        ends = list(accumulate(map(len, chop_cells(text, room))))
    return [_part(line, start, end) for start, end in pairwise([0, *ends])]


def _part(line: Line, start: int, end: int) -> Line:
    """What of the line lies between two offsets."""
    found: Line = []
    at = 0
    for text, style in line:
        if part := text[max(start - at, 0) : max(end - at, 0)]:
            found.append((part, style))
        at += len(text)
    return found
