"""A file's diff as it is written: as the text of a report, or as a patch to the byte."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lifeops_migrate.shown import ShownFile

_TO_QUOTE = re.compile(rb'[\x00-\x1f"\\\x7f-\xff]')
_SHORT = {7: b"a", 8: b"b", 9: b"t", 10: b"n", 11: b"v", 12: b"f", 13: b"r", 34: b'"', 92: b"\\"}


def as_text(file: ShownFile) -> str:
    """The diff of the decoded texts, from the `---` line on."""
    text = file.body.decode("utf-8", "surrogatepass") if file.text is None else file.text
    return _names(file.path, is_new=file.is_new).decode("utf-8", "surrogatepass") + text


def as_patch(file: ShownFile, path: str) -> bytes:
    """The change of the file's own bytes as `git apply` takes it. `path`: the name to write, from git's top folder."""
    header = b"diff --git %b %b\n" % (quoted("a/", path), quoted("b/", path))
    if file.is_new:
        header += b"new file mode 100644\n"
    elif not file.body:
        return b""
    return header + (_names(path, is_new=file.is_new) + file.body if file.body else b"")


def quoted(prefix: str, path: str) -> bytes:
    """A name as git writes it in a patch: in C quotes where it holds anything but printable ASCII."""
    name = os.fsencode(prefix + path)
    if not _TO_QUOTE.search(name):
        return name
    return b'"' + _TO_QUOTE.sub(_escape, name) + b'"'


def _names(path: str, *, is_new: bool) -> bytes:
    old = b"/dev/null" if is_new else _name("a/", path)
    return b"--- %b\n+++ %b\n" % (old, _name("b/", path))


def _name(prefix: str, path: str) -> bytes:
    """A tab ends a name with spaces, or GNU patch would cut it there."""
    name = quoted(prefix, path)
    return name + b"\t" if b" " in name else name


def _escape(match: re.Match[bytes]) -> bytes:
    code = match[0][0]
    return b"\\" + (_SHORT.get(code) or b"%03o" % code)
