"""The facts cache: what was found in a file's text, by the text's digest, so that it is never found twice.

One file per project root, read whole and written whole: a project of a thousand files is read in some milliseconds. It
holds what `marshal` takes, behind a checksum; a cache that is damaged, or of another version, counts as empty.
"""

from __future__ import annotations

import hashlib
import marshal
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

Raw = tuple[Any, ...]
"""The raw facts of a file, or `("error", line, message)` where it does not parse."""

_CHECKSUM = 32


class FactsCache:
    """Raw facts by content digest. `key` names all that the facts depend on besides the content."""

    def __init__(self, folder: Path | None, root: Path, key: str) -> None:
        self._key = f"{key} python {sys.version_info[:2]} {sys.implementation.cache_tag}"
        name = hashlib.sha256(os.fsencode(root)).hexdigest()[:24]
        self._path = folder / f"facts-{name}.bin" if folder else None
        self._known = self._read()
        self._fresh: dict[str, Raw] = {}

    def get(self, digest: str) -> Raw | None:
        """The facts of the content with this digest, if they are known."""
        found = self._fresh.get(digest) or self._known.get(digest)
        return found if isinstance(found, tuple) and found else None

    def put(self, digest: str, raw: Raw) -> None:
        self._fresh[digest] = raw

    def save(self, present: set[str]) -> None:
        """Write what is new, and forget the contents that are not `present` any more. Failing to write is no error."""
        stale = self._known.keys() - present
        if self._path is None or not (self._fresh or len(stale) > len(self._known) // 2):
            return
        kept = {digest: raw for digest, raw in {**self._known, **self._fresh}.items() if digest in present}
        body = marshal.dumps((self._key, kept))
        try:
            _replace(self._path, hashlib.sha256(body).digest() + body)
        except OSError:
            return

    def _read(self) -> dict[str, Raw]:
        if self._path is None:
            return {}
        try:
            data = self._path.read_bytes()
        except OSError:
            return {}
        body = memoryview(data)[_CHECKSUM:]
        if hashlib.sha256(body).digest() != data[:_CHECKSUM]:
            return {}
        try:
            key, known = marshal.loads(body)
        except (ValueError, EOFError, TypeError):
            return {}
        return known if key == self._key and isinstance(known, dict) else {}


def _replace(path: Path, data: bytes) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(prefix=path.name, dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
        os.replace(name, path)
    except BaseException:
        os.unlink(name)
        raise
