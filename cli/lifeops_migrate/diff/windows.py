"""Windows: the parts of a text that a step replaces.

A chain of steps composes into windows from its first text to its last. Diffing looks only inside windows, so two
changed lines among a hundred thousand equal ones stay two.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from functools import reduce
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from lifeops_codemods.plan.model import FilePlan, Step


class Window(NamedTuple):
    """Offsets `[start, end)` of one text became `[new_start, new_end)` of the next."""

    start: int
    end: int
    new_start: int
    new_end: int


Windows = tuple[Window, ...]


def windows_of_step(step: Step) -> Windows:
    """The windows from the step's `before` to its `after`."""
    found: list[Window] = []
    shift = 0
    for change in step.changes:
        start = change.start + shift
        found.append(Window(change.start, change.end, start, start + len(change.text)))
        shift += len(change.text) - (change.end - change.start)
    return tuple(found)


def windows_of_file(file: FilePlan) -> Windows:
    """The windows from the file's `before` to its `after`."""
    return composed(windows_of_step(step) for step in file.steps)


def composed(chain: Iterable[Windows]) -> Windows:
    """The windows from the first text of a chain to its last."""
    return reduce(lambda first, second: tuple(_compose(first, second)), chain, ())


def _compose(first: Windows, second: Windows) -> Iterator[Window]:
    """Where windows of both overlap or touch in the text between them, they become one."""
    between = sorted([(w.new_start, w.new_end) for w in first] + [(w.start, w.end) for w in second])
    backward = [Window(w.new_start, w.new_end, w.start, w.end) for w in first]
    for low, high in _united(between):
        yield Window(*_carried(backward, low, high), *_carried(second, low, high))


def _united(intervals: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    united: list[tuple[int, int]] = []
    for low, high in intervals:
        if united and low <= united[-1][1]:
            united[-1] = (united[-1][0], max(united[-1][1], high))
        else:
            united.append((low, high))
    return united


def _carried(windows: Sequence[Window], low: int, high: int) -> tuple[int, int]:
    """An interval that cuts no window, in the coordinates of the windows' other text."""
    before, through = bisect_left(windows, low, key=_start), bisect_right(windows, high, key=_start)
    return low + _shift(windows, before), high + _shift(windows, through)


def _shift(windows: Sequence[Window], passed: int) -> int:
    """How far the first `passed` windows move what follows them."""
    return windows[passed - 1].new_end - windows[passed - 1].end if passed else 0


def _start(window: Window) -> int:
    return window.start
