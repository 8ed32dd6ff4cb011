"""One text with its tree: where its nodes, lines and indents are.

Lines end at `\\r\\n`, `\\r` and `\\n` only, as for Python's own parser; `str.splitlines` knows nine more. Columns of
`ast` are bytes of UTF-8, offsets here are code points.
"""

from __future__ import annotations

import ast
import re
import warnings
from bisect import bisect_right
from collections import Counter
from functools import cached_property
from typing import Protocol

from lifeops_codemods.operation import Span

NEWLINE = re.compile(r"\r\n|\r|\n")


class Located(Protocol):
    """What every `ast` node with a place has."""

    lineno: int
    col_offset: int
    end_lineno: int | None
    end_col_offset: int | None


def parse(text: str) -> ast.Module:
    """Parse `text`. Raises SyntaxError whatever is wrong with it, null bytes included, and RecursionError."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return ast.parse(text)
        except (ValueError, MemoryError) as error:
            raise SyntaxError(str(error)) from error


class Document:
    """A text, and what is found in it when asked for. `tree` raises SyntaxError where the text does not parse.

    indent_unit: what is known of it where the text is only a part of a file.
    """

    def __init__(self, text: str, indent_unit: str | None = None) -> None:
        self.text = text
        if indent_unit is not None:
            self.indent_unit = indent_unit

    @cached_property
    def tree(self) -> ast.Module:
        return parse(self.text)

    @cached_property
    def line_starts(self) -> list[int]:
        return [0, *(match.end() for match in NEWLINE.finditer(self.text))]

    @cached_property
    def _ascii(self) -> bool:
        return self.text.isascii()

    @cached_property
    def newline(self) -> str:
        """The commonest line ending."""
        found = Counter(NEWLINE.findall(self.text)) if "\r" in self.text else Counter()
        return found.most_common(1)[0][0] if found else "\n"

    @cached_property
    def indent_unit(self) -> str:
        """What the first indented block adds to its parent's indent."""
        for node in ast.walk(self.tree):
            body = getattr(node, "body", None)
            if isinstance(node, ast.stmt) and isinstance(body, list):
                outer, inner = self.indent_at(self.start(node)), self.indent_at(self.start(body[0]))
                if inner is not None and outer is not None and inner.startswith(outer) and inner != outer:
                    return inner[len(outer) :]
        return "    "

    @cached_property
    def quote(self) -> str | None:
        """The commonest quote of the strings on one line, or None where neither is commoner."""
        count = {"'": 0, '"': 0}
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str | bytes):
                token = self.text[(start := self.start(node)) : start + 5].lstrip("rRbBuUfF")
                if token[:1] in count and token[:3] not in ("'''", '"""'):
                    count[token[0]] += 1
        if count["'"] == count['"']:
            return None
        return "'" if count["'"] > count['"'] else '"'

    def offset(self, line: int, column: int) -> int:
        """Turn a line (from 1) and a column in UTF-8 bytes into an offset."""
        start = self.line_starts[line - 1]
        if self._ascii:
            return start + column
        piece = self.text[start : start + column]
        return start + (column if piece.isascii() else len(piece.encode()[:column].decode(errors="ignore")))

    def start(self, node: Located) -> int:
        return self.offset(node.lineno, node.col_offset)

    def end(self, node: Located) -> int:
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        return self.offset(node.end_lineno, node.end_col_offset)

    def span(self, node: Located) -> Span:
        return Span(self.start(node), self.end(node))

    def line_at(self, offset: int) -> int:
        """Return the index (from 0) of the line that `offset` is in."""
        return bisect_right(self.line_starts, offset) - 1

    def line_start(self, offset: int) -> int:
        return self.line_starts[self.line_at(offset)]

    def line_end(self, offset: int) -> int:
        """Return where the line of `offset` ends, before its line ending."""
        found = NEWLINE.search(self.text, offset)
        return found.start() if found else len(self.text)

    def next_line(self, offset: int) -> int:
        """Return where the line after that of `offset` starts, or the end of the text."""
        line = self.line_at(offset) + 1
        return self.line_starts[line] if line < len(self.line_starts) else len(self.text)

    def line(self, index: int) -> str:
        """Return the text of a line by its index, without its line ending."""
        start = self.line_starts[index]
        return self.text[start : self.line_end(start)]

    def indent_at(self, offset: int) -> str | None:
        """Return the blanks between the line's start and `offset`, or None where there is more than blanks."""
        before = self.text[self.line_start(offset) : offset]
        indent = before.rpartition("\f")[2]
        return None if before.strip(" \t\f") else indent


def first_offset(document: Document, statement: ast.stmt) -> int:
    """Return where a statement starts: for a decorated definition, at the `@` of its first decorator."""
    decorators: list[ast.expr] = getattr(statement, "decorator_list", [])
    if not decorators:
        return document.start(statement)
    return document.text.rindex("@", 0, document.start(decorators[0]))


def is_docstring(statement: ast.stmt) -> bool:
    """Tell whether a statement is a bare string, which is a docstring where it is the first of a body."""
    return (
        isinstance(statement, ast.Expr)
        and isinstance(statement.value, ast.Constant)
        and isinstance(statement.value.value, str)
    )
