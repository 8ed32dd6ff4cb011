"""Between a file's bytes and its text, without losing a byte.

The encoding is found as PEP 263 says: a byte order mark, a cookie in line 1 or 2, else UTF-8. Line endings stay as they
are in the file. The cookie comes from a stranger's file, so only encodings that map bytes to characters one by one
and contain ASCII as it is are taken; Python's codecs that compute, escape or switch tables are refused.
"""

from __future__ import annotations

import codecs
import hashlib
import re
from dataclasses import dataclass

from lifeops_codemods.source.lines import LineIndex as LineIndex

_COOKIE = re.compile(rb"[ \t\f]*#[^\r\n]*?coding[:=][ \t]*([-\w.]+)")
_BLANK_LINE = re.compile(rb"[ \t\f]*(?:#[^\r\n]*)?(?:\r\n|\r|\n)")
_LINE_END = re.compile(rb"\r\n|\r|\n")
_ASCII = bytes(range(1, 128))
_REFUSED = frozenset({"idna", "punycode", "raw-unicode-escape", "unicode-escape", "utf-7", "rot13", "hz"})
_REMEDY = "save the file as UTF-8 or leave it out with `exclude`"


class DecodeError(Exception):
    """Bytes that cannot be read as text, or text that cannot be written in the file's encoding.

    line: where it was seen, from 1; 0 for the file as a whole. message: what is wrong and the remedy.
    """

    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line = line
        self.message = message


@dataclass(frozen=True, slots=True)
class SourceText:
    """One file's text and all that is needed to write it again.

    text: without the byte order mark, line endings raw. encoding: Python's canonical name. bom: whether the file starts
    with a UTF-8 byte order mark. digest: SHA-256 (hex) of the original bytes.
    """

    text: str
    encoding: str
    bom: bool
    digest: str

    def encode(self, text: str) -> bytes:
        """Return the bytes of a file like this one that holds `text`: its encoding and its byte order mark.

        Raises DecodeError, with the line, for a character that the encoding lacks.
        """
        try:
            body = text.encode(self.encoding)
        except UnicodeEncodeError as error:
            line = LineIndex(text).position(error.start)[0]
            raise DecodeError(line, f"{self.encoding} has no {text[error.start]!r}; {_REMEDY}") from error
        return codecs.BOM_UTF8 + body if self.bom else body


def decode(data: bytes) -> SourceText:
    """Decode a Python file. `result.encode(result.text) == data` holds for every result.

    Raises DecodeError for an unknown or refused encoding, a cookie that contradicts the byte order mark, NUL, bytes
    that are not valid in the encoding, and bytes that would not be written back as they were.
    """
    bom = data.startswith(codecs.BOM_UTF8)
    body = data[len(codecs.BOM_UTF8) :] if bom else data
    if (nul := body.find(b"\0")) >= 0:
        raise DecodeError(_line_of(body, nul), f"a NUL byte: this is no Python source; {_REMEDY}")
    encoding = _encoding(body, bom)
    try:
        text = body.decode(encoding)
    except UnicodeDecodeError as error:
        raise _undecodable(body, error, encoding) from error
    source = SourceText(text, encoding, bom, hashlib.sha256(data).hexdigest())
    if source.encode(text) != data:
        raise DecodeError(0, f"{encoding} spells these bytes in more than one way, so they could change; {_REMEDY}")
    return source


def _encoding(body: bytes, bom: bool) -> str:
    """Return the canonical name of the encoding that `body` declares, "utf-8" if none."""
    cookie = _cookie(body)
    if cookie is None:
        return "utf-8"
    line, name = cookie
    encoding = _canonical(name, line)
    if bom and encoding != "utf-8":
        raise DecodeError(
            line, f"the file starts with a UTF-8 byte order mark but declares {name!r}; remove one of them"
        )
    return encoding


def _cookie(body: bytes) -> tuple[int, str] | None:
    """Return the line and the name of the encoding declaration. A second line counts only below a blank or comment."""
    if found := _COOKIE.match(body):
        return 1, found[1].decode("ascii")
    first = _BLANK_LINE.match(body)
    if first and (found := _COOKIE.match(body, first.end())):
        return 2, found[1].decode("ascii")
    return None


def _canonical(name: str, line: int) -> str:
    """Return Python's name for the encoding `name`; raise DecodeError if it is unknown or refused."""
    folded = name.lower().replace("_", "-")
    if folded == "utf-8" or folded.startswith("utf-8-"):
        return "utf-8"  # the tokenizer looks no further: utf-8-sig and utf-8-unix are UTF-8
    try:
        found = codecs.lookup(name).name
    except (LookupError, ValueError) as error:
        raise DecodeError(line, f"unknown encoding {name!r}; {_REMEDY}") from error
    if not _holds_ascii(found):
        raise DecodeError(line, f"the encoding {name!r} is refused: ASCII does not stand for itself in it; {_REMEDY}")
    return found


def _holds_ascii(encoding: str) -> bool:
    """Whether `encoding` maps text to bytes, keeps no state between characters, and leaves ASCII as it is."""
    folded = encoding.replace("_", "-")
    if folded in _REFUSED or folded.startswith("iso2022"):
        return False
    try:
        return _ASCII.decode(encoding) == _ASCII.decode("ascii")
    except (LookupError, UnicodeError):
        return False


def _undecodable(body: bytes, error: UnicodeDecodeError, encoding: str) -> DecodeError:
    """Return the error for bytes that `encoding` does not know, at their line."""
    remedy = "save the file as UTF-8 or declare its encoding in line 1 (# -*- coding: latin-1 -*-)"
    return DecodeError(_line_of(body, error.start), f"byte 0x{body[error.start]:02x} is not valid {encoding}; {remedy}")


def _line_of(body: bytes, offset: int) -> int:
    """Return the line, from 1, of the byte at `offset`."""
    return 1 + len(_LINE_END.findall(body, 0, offset))
