"""Where words stand in a Python file, and in what: a comment, a string or code."""

from __future__ import annotations

import io
import re
import tokenize
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

STRINGS = {tokenize.STRING, *(getattr(tokenize, name, -1) for name in ("FSTRING_START", "FSTRING_MIDDLE"))}


class Occurrence(NamedTuple):
    """A whole word of a text. `column` counts code points from 0; `where` is comment, string, code or broken."""

    name: str
    line: int
    column: int
    where: str


def whole_words(names: Iterable[str]) -> re.Pattern[str]:
    """Matches each of the names, and nothing where there are none."""
    return re.compile(rf"\b(?:{'|'.join(sorted(map(re.escape, names))) or '(?!)'})\b")


def occurrences(text: str, words: re.Pattern[str]) -> Iterator[Occurrence]:
    """Every place of the text where one of the words stands."""
    if not words.search(text):
        return
    regions = _regions(text)
    for number, line in enumerate(_lines(text), 1):
        for found in words.finditer(line):
            yield Occurrence(found.group(), number, found.start(), _where(regions, number, found.start()))


def _lines(text: str) -> list[str]:
    """As the parser counts them: `splitlines` also breaks at form feeds."""
    return re.split(r"\r\n|\r|\n", text)


def _where(regions: list[tuple[tuple[int, int], tuple[int, int], str]] | None, line: int, column: int) -> str:
    if regions is None:
        return "broken"
    inside = (kind for start, end, kind in regions if start <= (line, column) < end)
    return next(inside, "code")


def _regions(text: str) -> list[tuple[tuple[int, int], tuple[int, int], str]] | None:
    """The comments and strings of the text, or None where it cannot be read."""
    try:
        tokens = list(tokenize.generate_tokens(io.StringIO(text).readline))
    except (tokenize.TokenError, SyntaxError):
        return None
    return [
        (token.start, token.end, "comment" if token.type == tokenize.COMMENT else "string")
        for token in tokens
        if token.type == tokenize.COMMENT or token.type in STRINGS
    ]
