"""Hunks as the text of a unified diff, in bytes, so that one writer serves the patch and the JSON report."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from lifeops_migrate.diff.hunks import Hunk

NO_NEWLINE = b"\\ No newline at end of file\n"


def unified_body(before: Sequence[bytes], after: Sequence[bytes], hunks: Iterable[Hunk]) -> Iterator[bytes]:
    """The hunks with their `@@` headers; `before` and `after` are lines with their ends."""
    for hunk in hunks:
        yield b"@@ -%b +%b @@\n" % (_range(hunk.start, hunk.end), _range(hunk.new_start, hunk.new_end))
        for line in hunk.lines():
            if line.before is None:
                assert line.after is not None
                yield from _line(b"+", after[line.after])
            else:
                yield from _line(b"-" if line.after is None else b" ", before[line.before])


def _range(start: int, end: int) -> bytes:
    """As diff writes it: from 1, the count left out where it is 1; an empty range names the line above it."""
    if end - start == 1:
        return b"%d" % (start + 1)
    return b"%d,%d" % (start + 1 if end > start else start, end - start)


def _line(sign: bytes, line: bytes) -> Iterator[bytes]:
    yield sign + line
    if not line.endswith(b"\n"):
        yield b"\n" + NO_NEWLINE
