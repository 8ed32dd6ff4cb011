"""From a position in the value of a string literal back to the source: escapes and concatenations make them differ."""

from __future__ import annotations

import re
from typing import NamedTuple

_OPENING = re.compile(r"""([A-Za-z]*)(\"\"\"|'''|"|')""")
_ESCAPE = re.compile(r"\\(\r\n|[\n\r]|N\{[^}]*\}|x..|u.{4}|U.{8}|[0-7]{1,3}|[\\'\"abfnrtv])", re.DOTALL)


class Run(NamedTuple):
    """`length` characters that stand in the source as they do in the value."""

    value_start: int
    source_start: int
    length: int


def runs(text: str, start: int, end: int) -> tuple[Run, ...]:
    """The verbatim stretches of the (implicitly concatenated) string literal in `text[start:end]`, in order."""
    found: list[Run] = []
    value, position = 0, start
    while position < end:
        opening = _OPENING.match(text, position)
        if opening is None:
            position = (
                text.index("\n", position) if text[position] == "#" and "\n" in text[position:end] else position + 1
            )
            continue
        quote, raw = opening[2], "r" in opening[1].lower()
        value, position = _piece(text, opening.end(), quote, raw, value, found)
    return tuple(found)


def _piece(text: str, position: int, quote: str, raw: bool, value: int, found: list[Run]) -> tuple[int, int]:
    """Add the runs of one literal; returns the length of the value so far and the offset behind the closing quote."""
    source = position
    run_value = value

    def close_run() -> None:
        if position > source:
            found.append(Run(run_value, source, position - source))

    while not text.startswith(quote, position):
        escape = None if raw else _ESCAPE.match(text, position)
        newline = text.startswith("\r\n", position)
        if escape is None and not newline:
            step = 2 if text[position] == "\\" and text[position + 1] in "\\'\"" else 1
            value += step
            position += step
            continue
        close_run()
        value += 0 if escape is not None and escape[1] in {"\n", "\r", "\r\n"} else 1
        position += len(escape[0]) if escape is not None else 2
        source, run_value = position, value
    close_run()
    return value, position + len(quote)


def source_offset(pieces: tuple[Run, ...], value_start: int, length: int) -> int | None:
    """Where `length` characters of the value from `value_start` stand in the source; None if they are not verbatim."""
    for run in pieces:
        inside = value_start - run.value_start
        if inside >= 0 and inside + length <= run.length:
            return run.source_start + inside
    return None
