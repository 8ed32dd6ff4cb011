"""The kinds of text that are told apart."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple


class Kind(StrEnum):
    """What a run of text is. NAME: where a function or a class is defined, and that of a special method."""

    PLAIN = "plain"
    COMMENT = "comment"
    STRING = "string"
    NUMBER = "number"
    KEYWORD = "keyword"
    DECORATOR = "decorator"
    NAME = "name"
    BUILTIN = "builtin"


class Run(NamedTuple):
    """Text of one kind."""

    text: str
    kind: Kind


State = tuple[str, ...]
"""What is open where a line ends, outermost first: a string as its prefix (`f`, `rf` or nothing) and its quotes; `{`
for an expression in an f-string; `(` for a bracket of any kind in such an expression."""
