"""From the lines and UTF-8 columns of `ast` to offsets in code points."""

from __future__ import annotations

import re
from collections.abc import Callable

_LINE_END = re.compile(r"\r\n|\r|\n")


class Offsets:
    """Offsets of positions in `text`, each plus `base`. Lines end at CR LF, CR and LF only, as in Python's grammar."""

    def __init__(self, text: str, base: int = 0) -> None:
        self._text = text
        self._base = base
        starts = [0]
        if "\r" in text:
            starts += [match.end() for match in _LINE_END.finditer(text)]
        else:
            find, position = text.find, -1
            while (position := find("\n", position + 1)) >= 0:
                starts.append(position + 1)
        self.starts = starts
        self.plain = text.isascii()
        self._located: Callable[[int, int], int] | None = None
        self._wide: dict[int, bytes | None] = {}

    @property
    def locate(self) -> Callable[[int, int], int]:
        """`at`, or where every character is one byte what does the same with less ado."""
        if not self.plain:
            return self.at
        if self._located is None:
            starts = [0, *(self._base + start for start in self.starts)]
            self._located = lambda line, column: starts[line] + column
        return self._located

    def at(self, line: int, column: int) -> int:
        """The offset of the 1-based `line` and the 0-based UTF-8 `column`."""
        start = self.starts[line - 1]
        if self.plain or not column:
            return self._base + start + column
        if line not in self._wide:
            end = self.starts[line] if line < len(self.starts) else len(self._text)
            content = self._text[start:end]
            self._wide[line] = None if content.isascii() else content.encode("utf-8", "surrogatepass")
        encoded = self._wide[line]
        if encoded is None:
            return self._base + start + column
        return self._base + start + len(encoded[:column].decode("utf-8", "surrogatepass"))
