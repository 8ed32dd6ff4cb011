"""What differs between two versions of a region: first by lines, then by tokens within lines that differ."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

from lifeops_codemods.plan.document import NEWLINE
from lifeops_codemods.plan.mapping import narrowed
from lifeops_codemods.plan.model import Change

_TOKEN = re.compile(r"\w+|[ \t]+|\r\n|.", re.DOTALL)
_WORD = re.compile(r"\w")
_COMPARED_LINES = 3000
_COMPARED_TOKENS = 1500


def differences(old: str, new: str, base: int = 0) -> list[Change]:
    """Return the changes that turn `old`, which starts at offset `base`, into `new`.

    Lines that differ only in their indent change only there. Windows that are too large to compare are one change.
    """
    window = narrowed(old, Change(0, len(old), new))
    start = _line_start(old, window.start)
    end, new_end = _line_end(old, window.end), _line_end(new, window.start + len(window.text))
    changes: list[Change] = []
    for change in _by_lines(_lines(old[start:end]), _lines(new[start:new_end])):
        small = narrowed(old[start:end], change)
        if small.start < small.end or small.text:
            changes.append(Change(base + start + small.start, base + start + small.end, small.text))
    return _joined(changes)


def _line_start(text: str, offset: int) -> int:
    return max(text.rfind("\n", 0, offset), text.rfind("\r", 0, offset)) + 1


def _line_end(text: str, offset: int) -> int:
    found = NEWLINE.search(text, offset)
    return found.end() if found else len(text)


def _lines(text: str) -> list[str]:
    starts = [0, *(match.end() for match in NEWLINE.finditer(text))]
    return [text[start:end] for start, end in zip(starts, [*starts[1:], len(text)], strict=True) if start < end]


def _by_lines(old: Sequence[str], new: Sequence[str]) -> Iterator[Change]:
    if len(old) + len(new) > _COMPARED_LINES:
        yield Change(0, sum(map(len, old)), "".join(new))
        return
    matcher = SequenceMatcher(None, [line.strip() for line in old], [line.strip() for line in new], autojunk=False)
    offsets = _offsets(old)
    for tag, old_from, old_to, new_from, new_to in matcher.get_opcodes():
        if tag == "equal":
            for index, line in enumerate(old[old_from:old_to]):
                yield from _by_tokens(line, new[new_from + index], offsets[old_from + index])
        else:
            yield from _by_tokens("".join(old[old_from:old_to]), "".join(new[new_from:new_to]), offsets[old_from])


def _by_tokens(old: str, new: str, base: int) -> Iterator[Change]:
    if old == new:
        return
    window = narrowed(old, Change(0, len(old), new))
    before, after = _TOKEN.findall(old), _TOKEN.findall(new)
    if not old or not new or len(before) + len(after) > _COMPARED_TOKENS:
        yield Change(base + window.start, base + window.end, window.text)
        return
    offsets = _offsets(before)
    pending: Change | None = None
    for tag, old_from, old_to, new_from, new_to in SequenceMatcher(None, before, after, False).get_opcodes():
        start, end = offsets[old_from], offsets[old_to]
        if tag == "equal":
            if pending is not None and not _WORD.search(kept := old[start:end]):
                pending = Change(pending.start, pending.end + len(kept), pending.text + kept)
            elif pending is not None:
                yield pending
                pending = None
            continue
        text = "".join(after[new_from:new_to])
        if pending is not None:
            pending = Change(pending.start, base + end, pending.text + text)
        else:
            pending = Change(base + start, base + end, text)
    if pending is not None:
        yield pending


def _offsets(pieces: Sequence[str]) -> list[int]:
    offsets = [0]
    for piece in pieces:
        offsets.append(offsets[-1] + len(piece))
    return offsets


def _joined(changes: Sequence[Change]) -> list[Change]:
    """Join changes that touch each other."""
    result: list[Change] = []
    for change in changes:
        if result and result[-1].end == change.start:
            result[-1] = Change(result[-1].start, change.end, result[-1].text + change.text)
        else:
            result.append(change)
    return result
