"""Python's syntax colours for a few lines of a long file, without reading all of it with pygments.

A fragment is read from its first line or, if that lies within a string of several lines, from where the string begins.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import cache, cached_property
from itertools import accumulate
from typing import TYPE_CHECKING, Any, NamedTuple

from rich.style import Style

from lifeops_migrate.preview.palette import PLAIN

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_STRING_OR_COMMENT = re.compile(
    r'"""(?:\\.|[^\\])*?"""|\'\'\'(?:\\.|[^\\])*?\'\'\'|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'|#[^\n]*',
    re.DOTALL,
)
STYLES = {
    "Token.Comment": Style(dim=True, italic=True),
    "Token.Literal.String": Style(color="yellow"),
    "Token.Literal.Number": Style(color="cyan"),
    "Token.Keyword": Style(color="magenta"),
    "Token.Operator.Word": Style(color="magenta"),
    "Token.Name.Decorator": Style(color="blue"),
    "Token.Name.Function": Style(color="blue", bold=True),
    "Token.Name.Class": Style(color="blue", bold=True),
    "Token.Name.Builtin": Style(color="cyan"),
}


class Colored(NamedTuple):
    """A run of text in one style."""

    text: str
    style: Style


class Syntax:
    """The lines of one file, without their ends, and the colours of any of them."""

    def __init__(self, lines: Sequence[str]) -> None:
        self._lines = lines
        self._starts = list(accumulate((len(line) + 1 for line in lines), initial=0))

    def colored(self, start: int, end: int) -> list[list[Colored]]:
        """The runs of each line in `[start, end)`."""
        first = self._safe_start(start)
        found: list[list[Colored]] = [[] for _ in range(first, end)]
        row = 0
        for text, style in _tokens("\n".join(self._lines[first:end])):
            for number, part in enumerate(text.split("\n")):
                row += number > 0
                if part:
                    found[row].append(Colored(part, style))
        return found[start - first :]

    @cached_property
    def _long_strings(self) -> list[tuple[int, int]]:
        """The offsets of the strings that span lines."""
        found = _STRING_OR_COMMENT.finditer("\n".join(self._lines))
        return [match.span() for match in found if "\n" in match[0]]

    def _safe_start(self, line: int) -> int:
        offset = self._starts[line]
        at = bisect_right(self._long_strings, (offset,)) - 1
        if at < 0 or self._long_strings[at][1] <= offset:
            return line
        return self._safe_start(bisect_right(self._starts, self._long_strings[at][0]) - 1)


def _tokens(text: str) -> Iterator[Colored]:
    for _, token, part in _lexer().get_tokens_unprocessed(text):
        yield Colored(part, _style(str(token)))


@cache
def _lexer() -> Any:
    from pygments.lexers.python import PythonLexer  # type: ignore[import-untyped]  # late: only colour needs it

    return PythonLexer()


@cache
def _style(token: str) -> Style:
    """The style of the token's nearest ancestor that has one."""
    while token:
        if token in STYLES:
            return STYLES[token]
        token = token.rpartition(".")[0]
    return PLAIN
