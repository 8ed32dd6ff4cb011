"""Text that can hide or fake something on a screen, made visible: escapes, bidirectional marks, stray bytes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

_SURROGATE_BYTES = range(0xDC80, 0xDD00)


class Piece(NamedTuple):
    """A run of text as it is shown. `marker`: it stands for a character that cannot be shown as itself."""

    text: str
    marker: bool


def visible(text: str, encoding: str = "utf-8") -> str:
    """The text on one line, every character that is not printable, or that `encoding` lacks, spelled out."""
    return "".join(piece.text for piece in pieces(text, encoding))


def pieces(text: str, encoding: str = "utf-8") -> Iterator[Piece]:
    """The same as runs, so that the spelled out ones can be styled."""
    if _shows(text, encoding):
        if text:
            yield Piece(text, False)
        return
    start = 0
    for at, character in enumerate(text):
        if not _shows(character, encoding):
            if start < at:
                yield Piece(text[start:at], False)
            yield Piece(spelled(character), True)
            start = at + 1
    if start < len(text):
        yield Piece(text[start:], False)


def spelled(character: str) -> str:
    r"""`\x1b` for ASCII and for a byte that is no text, `<U+202E>` for the rest."""
    code = ord(character)
    if character in _SHORT:
        return _SHORT[character]
    if code in _SURROGATE_BYTES:
        return f"\\x{code - 0xDC00:02x}"
    return f"\\x{code:02x}" if code < 0x80 else f"<U+{code:04X}>"


def _shows(text: str, encoding: str) -> bool:
    """`isprintable` is false for controls, formats (the bidirectional ones), surrogates and odd spaces alike."""
    if not text.isprintable():
        return False
    if _UTF.match(encoding) or text.isascii():
        return True
    try:
        text.encode(encoding)
    except (UnicodeEncodeError, LookupError):
        return False
    return True


_SHORT = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}
_UTF = re.compile(r"utf[-_]?(8|16|32)", re.IGNORECASE)
