"""From windows to hunks: lines removed, added and kept, with three lines of context, as every diff shows them.

All line numbers here count from 0; a line has an index into the text before, the text after, or both.
"""

from __future__ import annotations

from collections import Counter
from difflib import SequenceMatcher
from itertools import chain, pairwise
from typing import TYPE_CHECKING, AnyStr, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from lifeops_migrate.diff.lines import Lines
    from lifeops_migrate.diff.windows import Windows

CONTEXT = 3

_MAX_EQUAL_PAIRS = 2_000_000
"""More equal pairs of lines than this make difflib too slow: such a window is shown as replaced whole."""


class Block(NamedTuple):
    """Lines `[start, end)` before became lines `[new_start, new_end)` after."""

    start: int
    end: int
    new_start: int
    new_end: int


class Line(NamedTuple):
    """One line of a hunk: kept (both indices), removed (`before` alone) or added (`after` alone)."""

    before: int | None
    after: int | None


class Hunk(NamedTuple):
    """Changed blocks close to each other. The four ends include the context; `blocks` do not."""

    start: int
    end: int
    new_start: int
    new_end: int
    blocks: tuple[Block, ...]

    def lines(self) -> Iterator[Line]:
        """The hunk from top to bottom; in each block what was removed comes first."""
        at, new_at = self.start, self.new_start
        for block in self.blocks:
            yield from map(Line, range(at, block.start), range(new_at, block.new_start))
            yield from (Line(i, None) for i in range(block.start, block.end))
            yield from (Line(None, j) for j in range(block.new_start, block.new_end))
            at, new_at = block.end, block.new_end
        yield from map(Line, range(at, self.end), range(new_at, self.new_end))

    @property
    def removed(self) -> int:
        return sum(block.end - block.start for block in self.blocks)

    @property
    def added(self) -> int:
        return sum(block.new_end - block.new_start for block in self.blocks)


def hunks(before: Lines, after: Lines, windows: Windows) -> tuple[Hunk, ...]:
    """The hunks between two texts, looking only inside `windows`."""
    coarse = _united(_lines_of(before, after, windows))
    if not _agree(before.items, after.items, coarse):
        coarse = [Block(0, len(before.items), 0, len(after.items))]
    fine = chain.from_iterable(_within(before.items, after.items, block) for block in coarse)
    return tuple(_grouped(fine, len(before.items)))


def fits(found: Sequence[Hunk], before: Sequence[AnyStr], after: Sequence[AnyStr]) -> bool:
    """Whether all is equal outside the changed blocks of the hunks."""
    return _agree(before, after, [block for hunk in found for block in hunk.blocks])


def _lines_of(before: Lines, after: Lines, windows: Windows) -> Iterator[Block]:
    for window in windows:
        yield Block(
            before.at(window.start),
            min(before.at(window.end) + 1, len(before.items)),
            after.at(window.new_start),
            min(after.at(window.new_end) + 1, len(after.items)),
        )


def _united(blocks: Iterable[Block]) -> list[Block]:
    """Blocks that share a line on either side become one."""
    united: list[Block] = []
    for block in blocks:
        last = united[-1] if united else None
        if last and (block.start < last.end or block.new_start < last.new_end):
            end, new_end = max(last.end, block.end), max(last.new_end, block.new_end)
            united[-1] = Block(last.start, end, last.new_start, new_end)
        else:
            united.append(block)
    return united


def _agree(before: Sequence[AnyStr], after: Sequence[AnyStr], blocks: Sequence[Block]) -> bool:
    """Whether all is equal outside the blocks. A change that cuts a CRLF in two is one way for it not to be."""
    edges = [Block(0, 0, 0, 0), *blocks, Block(len(before), len(before), len(after), len(after))]
    return all(before[a.end : b.start] == after[a.new_end : b.new_start] for a, b in pairwise(edges))


def _within(before: Sequence[str], after: Sequence[str], block: Block) -> Iterator[Block]:
    """The smaller blocks inside one: equal lines at both ends are cut off, difflib looks at the rest."""
    start, end, new_start, new_end = block
    while start < end and new_start < new_end and before[start] == after[new_start]:
        start, new_start = start + 1, new_start + 1
    while start < end and new_start < new_end and before[end - 1] == after[new_end - 1]:
        end, new_end = end - 1, new_end - 1
    if start == end or new_start == new_end:
        if start < end or new_start < new_end:
            yield Block(start, end, new_start, new_end)
        return
    old, new = before[start:end], after[new_start:new_end]
    if _equal_pairs(old, new) > _MAX_EQUAL_PAIRS:
        yield Block(start, end, new_start, new_end)
        return
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag != "equal":
            yield Block(start + i1, start + i2, new_start + j1, new_start + j2)


def _equal_pairs(old: Sequence[str], new: Sequence[str]) -> int:
    counts = Counter(new)
    return sum(counts[line] for line in old)


def _grouped(blocks: Iterable[Block], length: int) -> Iterator[Hunk]:
    """Blocks whose contexts touch form one hunk."""
    group: list[Block] = []
    for block in blocks:
        if group and block.start - group[-1].end > 2 * CONTEXT:
            yield _hunk(group, length)
            group = []
        group.append(block)
    if group:
        yield _hunk(group, length)


def _hunk(group: list[Block], length: int) -> Hunk:
    first, last = group[0], group[-1]
    above, below = min(CONTEXT, first.start), min(CONTEXT, length - last.end)
    return Hunk(first.start - above, last.end + below, first.new_start - above, last.new_end + below, tuple(group))
