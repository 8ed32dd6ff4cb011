"""A report as blocks of text, before Markdown or a terminal decides how they look.

Text is a string or, for code, names and places, `Code`. Nothing in either is ever read as markup.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple


class Code(NamedTuple):
    """Text in the user's own words: code, a name, a path, a command."""

    text: str


Inline = tuple[str | Code, ...]


def marked(text: str) -> Inline:
    """The program's own words, in which backticks mark code."""
    parts = text.split("`")
    if len(parts) % 2 == 0:
        return (text,)
    return tuple(Code(part) if number % 2 else part for number, part in enumerate(parts) if part)


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading; the report's title has level 2."""

    level: int
    text: Inline


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph."""

    text: Inline


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list, numbered where its order matters."""

    items: tuple[Inline, ...]
    numbered: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table. numbers: the columns that hold numbers."""

    head: tuple[str, ...]
    rows: tuple[tuple[Inline, ...], ...]
    numbers: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Snippet:
    """Python code before and after."""

    before: str
    after: str


Block = Heading | Paragraph | Bullets | Table | Snippet
