"""What was made of a plan, given back without the plan: without rules, settings or a request.

It is kept by the words in which it was asked for, with all that the plan was made of, and counts as long as every one
of those is as it was.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from lifeops_codemods.outcome import Skipped
from lifeops_codemods.replay.index import FileIndex
from lifeops_codemods.replay.inputs import Inputs, are_as_they_were
from lifeops_codemods.replay.program import own_program
from lifeops_codemods.replay.tree import discovered
from lifeops_codemods.store import Store, forget_the_oldest, name_for

MOST_KEPT = 8


class Recalled(NamedTuple):
    """value: what was kept. files_read: of the project. skipped: what discovery left out."""

    value: Any
    files_read: int
    skipped: tuple[Skipped, ...]


class Recall:
    """One way to ask about one root.

    folder: of the cache; None keeps nothing. words: all that a request is made of, besides the root. program: tells
    what makes the value from another program that makes it.
    """

    def __init__(self, folder: Path | None, root: Path, words: str, program: str) -> None:
        self._folder = folder
        self._root = root
        self._kind = name_for("shown", root)
        way = hashlib.sha256(words.encode("utf-8", "surrogatepass")).hexdigest()
        self._store = Store(folder, f"{self._kind}-{way[:24]}.bin", f"shown {own_program()} {program} {way}")

    def find(self) -> Recalled | None:
        """What was kept, where all is as it was."""
        kept = self._store.read()
        if kept is None:
            return None
        try:
            exclude, digests, styles, writable, value = kept
            inputs = Inputs(digests, styles, writable)
            found = discovered(self._folder, self._root, exclude)
            index = FileIndex(self._folder, self._root)
            index.look(found.files)
            if not are_as_they_were(self._root, found, index, inputs):
                return None
        except (TypeError, ValueError, LookupError, AttributeError):  # a value of another shape counts as not there
            return None
        index.learn(digests)
        return Recalled(value, len(digests), found.skipped)

    def holds(self, inputs: Inputs) -> bool:
        """Whether something is kept that was made of these."""
        kept = self._store.read()
        return isinstance(kept, tuple) and kept[1:4] == inputs.plain()

    def keep(self, value: Any, exclude: Sequence[str], inputs: Inputs) -> None:
        """Keep a plain value. exclude: the patterns of the settings."""
        if self._folder is None:
            return
        self._store.write((tuple(exclude), *inputs.plain(), value))
        forget_the_oldest(self._folder, self._kind, MOST_KEPT)
