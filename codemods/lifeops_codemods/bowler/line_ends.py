"""Bowler works on lines that end with `\\n`; the file's own line ends, and the lack of a last one, are put back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lifeops_codemods.plan.difference import differences
from lifeops_codemods.plan.document import NEWLINE, Document
from lifeops_codemods.plan.model import Change

_LOOK_AHEAD = 400
_IN_STEP = 3


def plain(text: str) -> str:
    """`text` as Bowler wants it: every line, the last one too, ends with a newline."""
    flat = NEWLINE.sub("\n", text)
    return flat if flat.endswith("\n") else f"{flat}\n"


def changes(text: str, result: str) -> tuple[Change, ...]:
    """The changes on `text` that do to it what turned `plain(text)` into `result`.

    What is new ends its lines as most lines of `text` do. A last line without an end stays without one.
    """
    before = plain(text)
    end = len(NEWLINE.sub("\n", text))
    if end < len(before):
        before, result = before[:end], result.removesuffix("\n")
    newline = Document(text).newline
    places = _places(text) if "\r\n" in text else range(len(text) + 1)
    return tuple(
        _placed(text, places[change.start], places[change.end], change.text, newline)
        for change in local_differences(before, result)
    )


def _placed(text: str, start: int, end: int, new: str, newline: str) -> Change:
    """A change on `text`, with its line ends; one that is there and one that is new must not become one CRLF."""
    follows = text[end : end + 1]
    new = new.replace("\n", "\n" if newline == "\r" and follows == "\n" else newline)
    if text[start - 1 : start] == "\r" and (new or follows).startswith("\n"):
        return Change(start - 1, end, f"\n{new}")
    return Change(start, end, new)


def _places(text: str) -> list[int]:
    """Where each character of the plain text, and its end, stands in `text`."""
    places = [index for index, char in enumerate(text) if char != "\n" or text[index - 1 : index] != "\r"]
    return [*places, len(text)]


def local_differences(before: str, after: str) -> Iterator[Change]:
    """The differences, looked for only where lines differ: a file may be long, and is changed here and there."""
    old, new = _lines(before), _lines(after)
    at = offset = 0
    for start, end, new_start, new_end in _windows(old, new):
        offset += sum(map(len, old[at:start]))
        window = "".join(old[start:end])
        yield from differences(window, "".join(new[new_start:new_end]), offset)
        offset += len(window)
        at = end


def _lines(text: str) -> list[str]:
    pieces = text.split("\n")
    return [f"{piece}\n" for piece in pieces[:-1]] + pieces[-1:]


_Window = tuple[int, int, int, int]
"""A run of lines that differ, as `[start, end)` in both."""


def _windows(old: Sequence[str], new: Sequence[str]) -> list[_Window]:
    """Where the two differ. As many lines as before are mostly the same lines, whatever they repeat."""
    stepwise = list(_in_step(old, new))
    if len(old) != len(new):
        return stepwise
    paired = list(_line_by_line(old, new))
    return paired if _size(paired) <= _size(stepwise) else stepwise


def _size(windows: Sequence[_Window]) -> int:
    return sum(end - start + new_end - new_start for start, end, new_start, new_end in windows)


def _line_by_line(old: Sequence[str], new: Sequence[str]) -> Iterator[_Window]:
    start = -1
    for index, (before, after) in enumerate(zip(old, new, strict=True)):
        if before != after and start < 0:
            start = index
        elif before == after and start >= 0:
            yield start, index, start, index
            start = -1
    if start >= 0:
        yield start, len(old), start, len(old)


def _in_step(old: Sequence[str], new: Sequence[str]) -> Iterator[_Window]:
    i = j = 0
    while i < len(old) or j < len(new):
        if i < len(old) and j < len(new) and old[i] == new[j]:
            i, j = i + 1, j + 1
            continue
        next_i, next_j = next(_meetings(old, new, i, j), (len(old), len(new)))
        yield i, next_i, j, next_j
        i, j = next_i, next_j


def _meetings(old: Sequence[str], new: Sequence[str], i: int, j: int) -> Iterator[tuple[int, int]]:
    """Where the two are in step again, the nearest first."""
    for distance in range(1, _LOOK_AHEAD):
        for skipped in _outwards(distance):
            there, here = i + skipped, j + distance - skipped
            if there <= len(old) and here <= len(new) and old[there : there + _IN_STEP] == new[here : here + _IN_STEP]:
                yield there, here


def _outwards(distance: int) -> Iterator[int]:
    """0 to `distance`, the middle first: a line that was changed is one line in both."""
    middle = distance // 2
    yield middle
    for step in range(1, distance + 1):
        for candidate in (middle - step, middle + step):
            if 0 <= candidate <= distance:
                yield candidate
