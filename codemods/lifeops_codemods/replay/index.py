"""The digests of files that are as they were: told by their status, without reading them."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Iterable, Mapping
from pathlib import Path

from lifeops_codemods.replay import status
from lifeops_codemods.replay.status import Status
from lifeops_codemods.source.reading import ReadError, read_file
from lifeops_codemods.store import Store, name_for


class FileIndex:
    """The digests of one root's files, by path and status, as the last run left them."""

    def __init__(self, folder: Path | None, root: Path) -> None:
        self._store = Store(folder, f"{name_for('files', root)}.bin", "files 2")
        self._root = root
        known = self._store.read()
        self._known: Mapping[str, tuple[Status, str]] = known if isinstance(known, dict) else {}
        self._status: dict[str, Status] = {}
        self._looked_at = time.time_ns()

    def look(self, paths: Iterable[str]) -> None:
        """Note the status of files, before anybody reads them."""
        self._looked_at = time.time_ns()
        top = os.path.join(self._root, "")
        found = ((path, status.status_of_file(top + path)) for path in paths)
        self._status.update((path, known) for path, known in found if known is not None)

    def digest(self, path: str) -> str | None:
        """The SHA-256 (hex) of a file that was looked at; None where it cannot be read."""
        found = self._status.get(path)
        if found is None:
            return None
        known = self._known.get(path)
        if known is not None and known[0] == found:
            return known[1]
        try:
            return hashlib.sha256(read_file(self._root, path)).hexdigest()
        except ReadError:
            return None

    def learn(self, digests: Mapping[str, str]) -> None:
        """Take over what was read since `look`, and write it where anything is new."""
        known = {
            path: (found, digests[path])
            for path, found in self._status.items()
            if path in digests and status.is_settled(found, self._looked_at)
        }
        if known != self._known:
            self._store.write(known)
