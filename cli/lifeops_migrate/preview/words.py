"""Which words of a changed line changed: what the eye looks for in a rename."""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from typing import NamedTuple

_WORD = re.compile(r"\w+|\s+|.", re.DOTALL)
_MAX_LENGTH = 2_000
_LEAST_LIKENESS = 0.4


class Range(NamedTuple):
    """Offsets `[start, end)` in a line."""

    start: int
    end: int


def changed_words(old: str, new: str) -> tuple[list[Range], list[Range]]:
    """The changed parts of both lines; none where the lines have little in common, as all of it is new then."""
    if max(len(old), len(new)) > _MAX_LENGTH:
        return [], []
    before, after = _WORD.findall(old), _WORD.findall(new)
    if found := _one_word(before, after):
        return found
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    if matcher.ratio() < _LEAST_LIKENESS:
        return [], []
    left: list[Range] = []
    right: list[Range] = []
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        if tag != "equal":
            left += _range(before, i1, i2)
            right += _range(after, j1, j2)
    return left, right


def _one_word(before: list[str], after: list[str]) -> tuple[list[Range], list[Range]] | None:
    """The only word that differs, as in most renames: this needs no search for what is alike."""
    if len(before) != len(after) or len(before) < 2:
        return None
    different = [index for index, (one, other) in enumerate(zip(before, after, strict=True)) if one != other]
    if len(different) != 1:
        return None
    at = different[0]
    return _range(before, at, at + 1), _range(after, at, at + 1)


def _range(words: list[str], first: int, last: int) -> list[Range]:
    start = sum(map(len, words[:first]))
    length = sum(map(len, words[first:last]))
    return [Range(start, start + length)] if length else []
