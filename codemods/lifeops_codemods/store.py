"""What is kept between runs: plain values in files of the user's own cache folder, and the facts of texts among them.

A file is read whole and written whole: the facts of a thousand files are there in some milliseconds. It holds what
`marshal` takes, behind a checksum; one that is damaged, of another version, or in a folder where another user could
have written it, counts as empty.
"""

from __future__ import annotations

import hashlib
import marshal
import os
import re
import stat
import sys
import time
from pathlib import Path
from typing import Any

Raw = tuple[Any, ...]
"""The raw facts of a file, or `("error", line, message)` where it does not parse."""

Kept = Raw | bytes
"""The same; facts as what `marshal` made of them, to be taken apart when somebody looks into that file."""

_CHECKSUM = 32
_OURS = re.compile(r"(?:facts|files|plan|shown|tree)-[0-9a-f]{24}[-.].*|crash-\d+\.txt")
_DAY = 24 * 60 * 60
_UNUSED = 30 * _DAY
_SWEPT = "swept"


class Store:
    """One value in one file. `key` names all that the value depends on; folder: None keeps nothing."""

    def __init__(self, folder: Path | None, name: str, key: str) -> None:
        self._key = f"{key} {_runtime()}"
        self._path = folder / name if folder else None

    def read(self) -> Any:
        """The value, or None."""
        if self._path is None or not _is_private(self._path.parent):
            return None
        try:
            data = self._path.read_bytes()
        except OSError:
            return None
        body = memoryview(data)[_CHECKSUM:]
        if hashlib.sha256(body).digest() != data[:_CHECKSUM]:
            return None
        try:
            key, value = marshal.loads(body)
        except (ValueError, EOFError, TypeError):
            return None
        return value if key == self._key else None

    def write(self, value: Any) -> None:
        """Keep the value. Failing to write is no error; raises ValueError for one that is nested too deeply."""
        if self._path is None:
            return
        body = marshal.dumps((self._key, value))
        try:
            _replace(self._path, hashlib.sha256(body).digest() + body)
        except OSError:
            return


def _runtime() -> str:
    """The interpreter, whose parser says other things of the same text from one patch release to the next."""
    return f"python {sys.hexversion:x} {sys.implementation.cache_tag}"


def name_for(kind: str, root: Path) -> str:
    """The start of the names of the files that are kept for a root."""
    return f"{kind}-{hashlib.sha256(os.fsencode(root)).hexdigest()[:24]}"


def forget_the_oldest(folder: Path, start: str, most: int) -> None:
    """Keep the `most` files that were written last, of those whose names begin with `start` and a hyphen."""
    try:
        for path in sorted(folder.glob(f"{start}-*.bin"), key=lambda path: path.stat().st_mtime_ns)[:-most]:
            path.unlink()
    except OSError:
        return


def sweep(folder: Path | None) -> None:
    """Once a day, delete what nobody has read or written for thirty days, and what a process left half written.

    A project that was moved or deleted leaves its files behind, and nothing else would ever look at them again.
    """
    if folder is None or not _is_private(folder):
        return
    stamp, now = folder / _SWEPT, time.time()
    try:
        if stamp.exists() and now - stamp.stat().st_mtime < _DAY:
            return
        stamp.touch(mode=0o600)
        for entry in os.scandir(folder):
            if _OURS.fullmatch(entry.name) and entry.is_file(follow_symlinks=False):
                found = entry.stat(follow_symlinks=False)
                is_whole = entry.name.endswith((".bin", ".txt"))
                if now - max(found.st_mtime, found.st_atime) > (_UNUSED if is_whole else _DAY):
                    os.unlink(entry.path)
    except OSError:
        return


class FactsCache:
    """Facts by content digest. `key` names all that the facts depend on besides the content."""

    def __init__(self, folder: Path | None, root: Path, key: str) -> None:
        self._store = Store(folder, f"{name_for('facts', root)}.bin", key)
        known = self._store.read()
        self._known: dict[str, Kept] = known if isinstance(known, dict) else {}
        self._fresh: dict[str, Kept] = {}

    def get(self, digest: str) -> Kept | None:
        """The facts of the content with this digest, if they are known."""
        found = self._fresh.get(digest) or self._known.get(digest)
        return found if isinstance(found, (tuple, bytes)) and found else None

    def put(self, digest: str, kept: Kept) -> None:
        """Keep what `marshal` takes."""
        self._fresh[digest] = kept

    def save(self, present: set[str]) -> None:
        """Write what is new, and forget the contents that are not `present` any more."""
        stale = self._known.keys() - present
        if not (self._fresh or len(stale) > len(self._known) // 2):
            return
        self._store.write(
            {digest: kept for digest, kept in {**self._known, **self._fresh}.items() if digest in present}
        )


def _is_private(folder: Path) -> bool:
    """Whether nobody but this user (or root) can have written what lies in a folder."""
    if not hasattr(os, "getuid"):
        return True
    try:
        found = folder.stat()
    except OSError:
        return False
    return found.st_uid in {os.getuid(), 0} and not found.st_mode & (stat.S_IWGRP | stat.S_IWOTH)


def _replace(path: Path, data: bytes) -> None:
    import tempfile  # late: a run that keeps nothing new needs none

    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(prefix=path.name, dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
        os.replace(name, path)
    except BaseException:
        os.unlink(name)
        raise
