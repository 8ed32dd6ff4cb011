"""The whole change of one file as a unified diff: exact bytes for a patch, text for a report."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from lifeops_migrate.diff.hunks import fits, hunks
from lifeops_migrate.diff.lines import git_lines
from lifeops_migrate.diff.unified import unified_body
from lifeops_migrate.diff.windows import Window, windows_of_file

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from lifeops_codemods.plan.model import FilePlan
    from lifeops_migrate.diff.hunks import Hunk
    from lifeops_migrate.diff.lines import Lines

_BYTE_LINE = re.compile(rb"[^\n]*\n|[^\n]+")


class FileDiff(NamedTuple):
    """How a file differs.

    body: the hunks of its bytes. text: those of its text, where that is anything but the same in UTF-8. added, removed:
    lines of the text.
    """

    body: bytes
    text: str | None
    added: int
    removed: int


def file_diff(file: FilePlan) -> FileDiff:
    """The diff of a file."""
    before, after = git_lines(file.before), git_lines(file.after)
    found = hunks(before, after, windows_of_file(file))
    text = b"".join(unified_body(_utf8(before.items), _utf8(after.items), found))
    body = text if _is_utf8(file) else b"".join(_byte_body(file, before, after, found))
    own = None if body == text else text.decode("utf-8", "surrogatepass")
    return FileDiff(body, own, sum(hunk.added for hunk in found), sum(hunk.removed for hunk in found))


def _is_utf8(file: FilePlan) -> bool:
    """Whether the bytes are the texts in UTF-8, so that a diff of one is a diff of the other."""
    return (file.before_bytes or b"", file.after_bytes) == tuple(_utf8((file.before, file.after)))


def _byte_body(file: FilePlan, before: Lines, after: Lines, found: Sequence[Hunk]) -> Iterator[bytes]:
    """The hunks of the texts where each line of text is a line of bytes, else those of the bytes themselves.

    A byte order mark is in no text, and an edited coding cookie can change every line.
    """
    old, new = _byte_lines(file.before_bytes or b""), _byte_lines(file.after_bytes)
    if not fits(found, old, new):
        before, after = (git_lines(b"".join(lines).decode("latin-1")) for lines in (old, new))
        found = hunks(before, after, (Window(0, before.starts[-1], 0, after.starts[-1]),))
    return unified_body(old, new, found)


def _byte_lines(data: bytes) -> list[bytes]:
    return _BYTE_LINE.findall(data)


def _utf8(lines: Sequence[str]) -> list[bytes]:
    return [line.encode("utf-8", "surrogatepass") for line in lines]
