"""Where the expressions of an f-string stand, for interpreters whose `ast` does not say so (before 3.12)."""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator

_LITERAL = re.compile(r"""([A-Za-z]*)(\"\"\"|'''|"|')""")
_NAMED = re.compile(r"\\N\{[^}]*\}")
_OPENERS, _CLOSERS = "([{", ")]}"


def expressions(text: str, start: int, end: int) -> Iterator[tuple[int, str]]:
    """The replacement fields of the (implicitly concatenated) literals in `text[start:end]`: `(offset, expression)`.

    Fields in format specifications follow the field that they belong to.
    """
    position = start
    while position < end:
        opening = _LITERAL.match(text, position)
        if opening is None:
            position = _skip_between(text, position, end)
            continue
        prefix, quote = opening.groups()
        close = _closing(text, opening.end(), end, quote)
        if "f" in prefix.lower():
            yield from _fields(text, opening.end(), close, "r" in prefix.lower())
        position = close + len(quote)


def _skip_between(text: str, position: int, end: int) -> int:
    """Past one character, or one comment, between two pieces of a concatenation."""
    if text[position] != "#":
        return position + 1
    while position < end and text[position] not in "\r\n":
        position += 1
    return position


def _closing(text: str, position: int, end: int, quote: str) -> int:
    """Where the quote that ends a literal stands. A backslash takes its next character along, also in raw strings."""
    while position < end and not text.startswith(quote, position):
        position += 2 if text[position] == "\\" else 1
    return position


def _fields(text: str, position: int, end: int, raw: bool) -> Iterator[tuple[int, str]]:
    while position < end:
        if text[position] == "\\" and not raw:
            named = _NAMED.match(text, position)
            position = named.end() if named else position + (2 if text.startswith("\\", position + 1) else 1)
        elif text[position] != "{":
            position += 1
        elif text.startswith("{{", position):
            position += 2
        else:
            stop = _expression_end(text, position + 1, end)
            yield position + 1, text[position + 1 : stop]
            position = yield from _after_expression(text, stop, end, raw)


def _after_expression(text: str, position: int, end: int, raw: bool) -> Generator[tuple[int, str], None, int]:
    """Past `=`, `!r` and the specification, yielding the fields in it; returns the offset behind the closing brace."""
    while position < end and text[position] not in ":}":
        position += 1
    if position < end and text[position] == ":":
        depth, close = 0, position
        while close < end and not (text[close] == "}" and depth == 0):
            named = None if raw else _NAMED.match(text, close)
            depth += 0 if named else {"{": 1, "}": -1}.get(text[close], 0)
            close = named.end() if named else close + 1
        yield from _fields(text, position + 1, close, raw)
        position = close
    return position + 1


def _expression_end(text: str, position: int, end: int) -> int:
    """Where the expression of a field ends: at `}`, `:`, `!r` or a debugging `=`, outside brackets and strings."""
    depth = 0
    while position < end:
        character = text[position]
        if character in "'\"":
            quote = character * 3 if text.startswith(character * 3, position) else character
            position = _closing(text, position + len(quote), end, quote) + len(quote)
            continue
        if character in _OPENERS:
            depth += 1
        elif depth and character in _CLOSERS:
            depth -= 1
        elif depth == 0 and _ends_expression(text, position):
            return position
        elif character in "!=<>" and text.startswith("=", position + 1):
            position += 1
        position += 1
    return position


def _ends_expression(text: str, position: int) -> bool:
    match text[position]:
        case "}" | ":":
            return True
        case "!":
            return text[position + 1 : position + 2] != "="
        case "=":
            return re.match(r"=\s*[!:}]", text[position:]) is not None
    return False
