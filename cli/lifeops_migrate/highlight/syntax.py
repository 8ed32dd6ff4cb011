"""What is open at a line of a long file, so that its colours are known without reading all of it.

Lines are read from the first that is wanted or, if that lies within a string of several lines, from where the string
begins.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from lifeops_migrate.diff.lines import python_lines, without_end

if TYPE_CHECKING:
    from lifeops_migrate.highlight.kinds import State

_STRING_OR_COMMENT = re.compile(
    r'"""(?:\\.|[^\\])*?"""|\'\'\'(?:\\.|[^\\])*?\'\'\'|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'|#[^\n]*',
    re.DOTALL,
)


class Syntax:
    """What is open at places of a text. They are asked for from the first to the last, and no further is looked."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._found = _STRING_OR_COMMENT.finditer(text)
        self._next = next(self._found, None)
        self._long: list[tuple[int, int]] = []

    def state(self, line: int) -> State:
        """What is open before the line that begins at this offset."""
        start = self._safe_start(line)
        if start == line:
            return ()
        from lifeops_migrate.highlight.line import runs_of  # late: most hunks begin in no string

        state: State = ()
        for earlier in python_lines(self._text[start:line]).items:
            _, state = runs_of(without_end(earlier), state)
        return state

    def _safe_start(self, line: int) -> int:
        """The start of the nearest line, going up, that begins in no string."""
        self._look(line)
        for start, end in reversed(self._long):
            if end <= line:
                break
            if start < line:
                line = max(self._text.rfind(end, 0, start) for end in "\r\n") + 1
        return line

    def _look(self, line: int) -> None:
        """Find all strings of several lines that begin before an offset."""
        while self._next is not None and self._next.start() < line:
            if "\n" in self._next[0] or "\r" in self._next[0]:
                self._long.append(self._next.span())
            self._next = next(self._found, None)
