"""From the lines of a later text of a chain back to the lines of the first."""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING, NamedTuple

from lifeops_migrate.diff.hunks import Block, hunks

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lifeops_migrate.diff.lines import Lines
    from lifeops_migrate.diff.windows import Windows


class Original(NamedTuple):
    """A line of the first text. `exact` is false where the line was made on the way: then it is the nearest."""

    line: int
    exact: bool


class Origin:
    """The way back, for one text."""

    def __init__(self, blocks: Iterable[Block] = ()) -> None:
        self._blocks = tuple(blocks)
        self._starts = [block.new_start for block in self._blocks]

    def of(self, line: int) -> Original:
        """Where the line with this index comes from."""
        at = bisect_right(self._starts, line) - 1
        if at < 0:
            return Original(line, True)
        block = self._blocks[at]
        if line < block.new_end:
            return Original(min(block.start + line - block.new_start, max(block.end - 1, block.start)), False)
        return Original(line - block.new_end + block.end, True)


def origin(first: Lines, later: Lines, windows: Windows) -> Origin:
    """The way from `later` back to `first`."""
    return Origin(block for hunk in hunks(first, later, windows) for block in hunk.blocks)
