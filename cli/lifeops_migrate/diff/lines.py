"""A text as lines that keep their ends, and the way from an offset to its line."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from itertools import accumulate

_PYTHON_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")


@dataclass(frozen=True, slots=True)
class Lines:
    """The lines of a text, and the offset at which each starts (and, last, the length of the text)."""

    items: tuple[str, ...]
    starts: tuple[int, ...]

    def at(self, offset: int) -> int:
        """The index of the line that holds `offset`; past a final line end, the index after the last line."""
        line = bisect_right(self.starts, offset) - 1
        if line == len(self.items) and self.items and not self.items[-1].endswith(("\n", "\r")):
            return line - 1
        return line


def python_lines(text: str) -> Lines:
    """Lines as Python counts them: they end at CRLF, CR or LF and at nothing else."""
    return _lines(_PYTHON_LINE.findall(text)) if "\r" in text else git_lines(text)


def git_lines(text: str) -> Lines:
    """Lines as git counts them: they end at LF."""
    *ended, last = text.split("\n")
    items = [f"{line}\n" for line in ended]
    return _lines([*items, last] if last else items)


def without_end(line: str) -> str:
    """The line without its line end."""
    return line.removesuffix("\n").removesuffix("\r")


def end_of(line: str) -> str:
    """The line's end: CRLF, CR, LF or nothing."""
    return line[len(without_end(line)) :]


def _lines(items: list[str]) -> Lines:
    return Lines(tuple(items), tuple(accumulate(map(len, items), initial=0)))
