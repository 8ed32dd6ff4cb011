"""Processors: functions of a script that say yes or no to each hunk, as Bowler shows it to them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from difflib import SequenceMatcher

Processor = Callable[[str, list[str]], object]

_CONTEXT = 3


def accepted(before: str, after: str, filename: str, processors: Sequence[Processor]) -> str:
    """`after` without the hunks that a processor answers with False. All processors see all hunks, as with Bowler."""
    old, new = before.split("\n")[:-1], after.split("\n")[:-1]
    result: list[str] = []
    done = 0
    for group in SequenceMatcher(None, old, new).get_grouped_opcodes(_CONTEXT):
        start, end = group[0][1], group[-1][2]
        answers = [processor(filename, _hunk(old, new, group, filename)) for processor in processors]
        kept = old[start:end] if any(answer is False for answer in answers) else new[group[0][3] : group[-1][4]]
        result += [*old[done:start], *kept]
        done = end
    return "".join(f"{line}\n" for line in (*result, *old[done:]))


_Opcodes = Sequence[tuple[str, int, int, int, int]]


def _hunk(old: Sequence[str], new: Sequence[str], group: _Opcodes, filename: str) -> list[str]:
    head = f"@@ -{_range(group[0][1], group[-1][2])} +{_range(group[0][3], group[-1][4])} @@"
    return [f"--- {filename}", f"+++ {filename}", head, *_lines(old, new, group)]


def _lines(old: Sequence[str], new: Sequence[str], group: _Opcodes) -> Iterator[str]:
    for tag, start, end, new_start, new_end in group:
        if tag == "equal":
            yield from (f" {line}" for line in old[start:end])
            continue
        yield from (f"-{line}" for line in old[start:end])
        yield from (f"+{line}" for line in new[new_start:new_end])


def _range(start: int, end: int) -> str:
    """As `diff -u` counts lines."""
    length = end - start
    first = start + 1 if length else start
    return str(first) if length == 1 else f"{first},{length}"
