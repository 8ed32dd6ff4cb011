"""From offsets in a text to lines and columns, and back, as Python's own parser counts them.

A line ends at `\\r\\n`, `\\r` or `\\n`. `str.splitlines` would also end it at form feeds and at Unicode separators,
which stand inside the lines of a program.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from itertools import accumulate

_ENDING = re.compile(r"\r\n|\r|\n")


class LineIndex:
    """The lines of one text. `starts` holds the offset of the first character of each line; there is at least one."""

    __slots__ = ("_ascii", "_widths", "starts", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self.starts = _starts(text)
        self._ascii = text.isascii()
        self._widths: dict[int, list[int] | None] = {}

    def __len__(self) -> int:
        """Return the number of lines; a text that ends with a line ending has an empty last line."""
        return len(self.starts)

    def line(self, number: int) -> str:
        """Return line `number` (from 1) without its line ending. Raises IndexError if there is none."""
        start, end = self._bounds(number)
        return self.text[start:end].rstrip("\r\n")

    def position(self, offset: int) -> tuple[int, int]:
        """Return the line and the column, both from 1 and in code points, of `offset` (at most the text's length).

        Raises IndexError for an offset outside the text.
        """
        if not 0 <= offset <= len(self.text):
            raise IndexError(f"offset {offset} in a text of {len(self.text)}")
        line = bisect_right(self.starts, offset)
        return line, offset - self.starts[line - 1] + 1

    def offset(self, line: int, byte_column: int) -> int:
        """Return the offset of an `ast` position: `line` from 1, `byte_column` from 0 in UTF-8 bytes.

        Raises ValueError for a column within a character or behind the line's end, IndexError for a line that is not.
        """
        if self._ascii and line > 0:
            return self.starts[line - 1] + byte_column
        return self._wide_offset(line, byte_column)

    def _wide_offset(self, line: int, byte_column: int) -> int:
        start, end = self._bounds(line)
        if line not in self._widths:
            content = self.text[start:end]
            self._widths[line] = None if content.isascii() else _byte_columns(content)
        columns = self._widths[line]
        if columns is None:
            return start + byte_column
        column = bisect_left(columns, byte_column)
        if column == len(columns) or columns[column] != byte_column:
            raise ValueError(f"no character starts at byte {byte_column} of line {line}")
        return start + column

    def _bounds(self, line: int) -> tuple[int, int]:
        """Return the offsets of line `line` with its line ending."""
        if not 1 <= line <= len(self.starts):
            raise IndexError(f"line {line} in a text of {len(self.starts)} lines")
        return self.starts[line - 1], self.starts[line] if line < len(self.starts) else len(self.text)


def _starts(text: str) -> list[int]:
    """Return the offset of each line's first character."""
    if "\r" in text:
        return [0, *(ending.end() for ending in _ENDING.finditer(text))]
    lengths = (len(line) + 1 for line in text.split("\n")[:-1])
    return list(accumulate(lengths, initial=0))


def _byte_columns(content: str) -> list[int]:
    """Return the UTF-8 byte column at which each character of `content` starts, and that of its end."""
    encoded = content.encode("utf-8", "surrogatepass")
    columns = [column for column, byte in enumerate(encoded) if byte & 0xC0 != 0x80]
    columns.append(len(encoded))
    return columns
