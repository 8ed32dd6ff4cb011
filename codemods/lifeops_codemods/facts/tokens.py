"""The bytes prefilter: which words a file holds, without parsing it."""

from __future__ import annotations

from bisect import insort
from collections.abc import Iterable

_SPACE = bytes(
    byte if (chr(byte).isalnum() and byte < 128) or byte == 0x5F or byte >= 128 else 0x20 for byte in range(256)
)


def words(data: bytes) -> frozenset[bytes]:
    """Every maximal run of identifier characters in UTF-8 `data`, wherever it stands: code, string or comment."""
    return frozenset(data.translate(_SPACE).split())


class WordIndex:
    """Which files hold which words. Files are told by their numbers; those of a word are in ascending order."""

    def __init__(self) -> None:
        self._of: dict[int, frozenset[bytes]] = {}
        self._holding: dict[bytes, list[int]] = {}

    def put(self, number: int, words: frozenset[bytes]) -> frozenset[bytes]:
        """Take over the words of a file; the words that it holds now and did not, or the other way round."""
        before = self._of.get(number, frozenset[bytes]())
        holding = self._holding
        for word in before - words:
            holding[word].remove(number)
        new = words - before
        for word in new:
            files = holding.get(word)
            if files is None:
                holding[word] = [number]
            elif files and files[-1] > number:
                insort(files, number)
            else:
                files.append(number)
        self._of[number] = words
        return before ^ words

    def holds(self, number: int, word: bytes) -> bool:
        """Whether a file holds the word."""
        return word in self._of[number]

    def holding(self, words: Iterable[bytes]) -> list[int]:
        """The files that hold at least one of the words."""
        found = [files for word in words if (files := self._holding.get(word))]
        return found[0] if len(found) == 1 else sorted(set().union(*found))
