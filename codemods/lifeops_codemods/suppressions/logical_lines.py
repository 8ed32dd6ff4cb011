"""Python text as logical lines and comments, read from its tokens.

Tokens need no tree, tell a comment from a string that looks like one, and are had up to the first error in a file that
does not parse. Offsets are code points into the text as it was given, whatever its line endings are.
"""

from __future__ import annotations

import io
import re
import tokenize
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from lifeops_codemods.operation import Span

if TYPE_CHECKING:
    from collections.abc import Iterator
    from tokenize import TokenInfo

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
_BETWEEN = frozenset({tokenize.NL, tokenize.COMMENT, tokenize.ENDMARKER})


class Comment(NamedTuple):
    """A comment's text and place; `alone` if nothing else stands on its line."""

    text: str
    span: Span
    row: int
    alone: bool


@dataclass(slots=True, kw_only=True)
class LogicalLine:
    """A simple statement (or several, with `;`), or the header of a compound one.

    rows: of the first and the last token. span: without decorators. block: the span with decorators and with the
    indented block below. parent: the innermost definition around it.
    """

    first_row: int
    start: int
    keyword: str
    is_string: bool
    block_start: int
    parent: LogicalLine | None
    last_row: int = 0
    end: int = 0
    block_end: int = 0

    @property
    def is_definition(self) -> bool:
        return self.keyword in {"def", "class"}

    @property
    def span(self) -> Span:
        return Span(self.start, self.end)

    @property
    def block(self) -> Span:
        return Span(self.block_start, self.block_end)


class Layout(NamedTuple):
    """A file's logical lines in order, its comments in order, and the offset where each physical line starts.

    The offsets end with the text's length.
    """

    lines: tuple[LogicalLine, ...]
    comments: tuple[Comment, ...]
    starts: tuple[int, ...]


def layout(text: str) -> Layout:
    """The layout of a file's text, as far as it can be read as tokens."""
    rows = _LINE.findall(text)
    starts = _starts(rows)
    tokens = tuple(_tokens(rows))
    return Layout(
        tuple(_logical_lines(tokens, starts)),
        tuple(_comment(token, rows, starts) for token in tokens if token.type == tokenize.COMMENT),
        starts,
    )


def _starts(rows: list[str]) -> tuple[int, ...]:
    starts = [0]
    for row in rows:
        starts.append(starts[-1] + len(row))
    return tuple(starts)


def _tokens(rows: list[str]) -> Iterator[TokenInfo]:
    # Newer tokenizers know no lone `\r`; columns do not depend on how a line ends.
    text = "".join(row.rstrip("\r\n") + "\n" for row in rows)
    try:
        yield from tokenize.generate_tokens(io.StringIO(text, newline="\n").readline)
    except (tokenize.TokenError, SyntaxError):
        return


def _comment(token: TokenInfo, rows: list[str], starts: tuple[int, ...]) -> Comment:
    row, column = token.start
    start = starts[row - 1] + column
    return Comment(token.string, Span(start, start + len(token.string)), row, not rows[row - 1][:column].strip())


def _logical_lines(tokens: tuple[TokenInfo, ...], starts: tuple[int, ...]) -> list[LogicalLine]:
    lines: list[LogicalLine] = []
    around: list[LogicalLine] = []
    current: LogicalLine | None = None
    # A broken file may start with an indent that no header opens.
    last = LogicalLine(first_row=0, start=0, keyword="", is_string=False, block_start=0, parent=None)
    for token in tokens:
        if token.type == tokenize.INDENT:
            around.append(last)
        elif token.type == tokenize.DEDENT:
            around.pop().block_end = last.end
        elif token.type == tokenize.NEWLINE and current:
            _finish(current, token, starts)
            lines.append(current)
            last, current = current, None
        elif current is None and token.type not in _BETWEEN:
            current = _begin(token, starts, last, around)
        elif current and current.keyword == "async":
            current.keyword = token.string
    for unfinished in around:
        unfinished.block_end = last.end
    return lines


def _begin(token: TokenInfo, starts: tuple[int, ...], last: LogicalLine, around: list[LogicalLine]) -> LogicalLine:
    row, column = token.start
    start = starts[row - 1] + column
    return LogicalLine(
        first_row=row,
        start=start,
        keyword=token.string,
        is_string=token.type == tokenize.STRING,
        block_start=last.block_start if last.keyword == "@" else start,
        parent=next((line for line in reversed(around) if line.is_definition), None),
    )


def _finish(line: LogicalLine, newline: TokenInfo, starts: tuple[int, ...]) -> None:
    row, column = newline.start
    line.last_row = row
    line.end = line.block_end = starts[row - 1] + column
