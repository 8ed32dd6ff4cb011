"""What is wrong with a configuration, and the words that help to mend it."""

from __future__ import annotations

from difflib import SequenceMatcher
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection

CLOSE = 0.6
"""From this likeness on a word is taken for a slip of the pen."""


class ConfigError(Exception):
    """A configuration that cannot be used.

    path: the file, or the option of the command line (`--select`). line: from 1, or 0 where there is none. key: dotted,
    relative to our table; empty where the file as a whole is at fault.
    """

    def __init__(self, path: str, line: int, key: str, message: str) -> None:
        super().__init__(path, line, key, message)
        self.path = path
        self.line = line
        self.key = key
        self.message = message

    def __str__(self) -> str:
        place = f"{self.path}:{self.line}" if self.line else self.path
        return ": ".join(part for part in (place, self.key, self.message) if part)


def did_you_mean(word: str, known: Collection[str]) -> str:
    """The end of a message about an unknown `word`: the known word that is most like it."""
    if not known:
        return "there is none to choose from"
    likeness, nearest = max((SequenceMatcher(None, word, other).ratio(), other) for other in known)
    return f"did you mean `{nearest}`?" if likeness >= CLOSE else f"the nearest known one is `{nearest}`"
