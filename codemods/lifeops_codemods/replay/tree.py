"""Which files a project has, told by the status of what discovery looked at.

A folder's status changes with the names in it. Where all folders, ignore files and links are as they were, discovery
would find what it found, so nobody needs to list a folder or to compile a pattern.
"""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Iterable, Iterator, Sequence
from operator import eq
from pathlib import Path
from stat import S_IFMT
from typing import Any

from lifeops_codemods.outcome import Skipped
from lifeops_codemods.replay import status
from lifeops_codemods.replay.program import own_program
from lifeops_codemods.replay.status import Status
from lifeops_codemods.source.git_folder import git_top
from lifeops_codemods.source.looked import Discovery, Link, Looked, followed
from lifeops_codemods.store import Store, name_for

_Kept = tuple[Any, ...]


def discovered(folder: Path | None, root: Path, exclude: Sequence[str] = ()) -> Discovery:
    """What `discover` finds below `root`. folder: that of the cache; None keeps nothing."""
    root = root.resolve()
    way = hashlib.sha256(repr(tuple(exclude)).encode("utf-8", "surrogatepass")).hexdigest()
    store = Store(folder, f"{name_for('tree', root)}-{way[:8]}.bin", f"tree 1 {own_program()} {way}")
    kept = store.read()
    if kept is not None:
        try:
            if _is_as_it_was(root, kept):
                return _discovery(kept)
        except (TypeError, ValueError, LookupError):  # a value of another shape counts as not there
            pass
    from lifeops_codemods.source.discovery import explore  # late: it is the exception

    start = time.time_ns()
    found, looked = explore(root, exclude=exclude)
    if folder is not None and not found.errors:
        kept = _to_keep(root, found, looked, start)
        if kept is not None:
            store.write(kept)
    return found


def _to_keep(root: Path, found: Discovery, looked: Looked, start: int) -> _Kept | None:
    """None where something was modified so short ago that it may change and not show it."""
    folders = dict(zip(looked.listed, _of_folders(root, looked.listed), strict=True))
    files = {path: _of_file(path) for path in looked.read}
    statuses = [*folders.values(), *(known for known in files.values() if isinstance(known, tuple))]
    if not all(known is not None and status.is_settled(known, start) for known in statuses):
        return None
    top = None if looked.top is None else os.fspath(looked.top)
    links = tuple(map(tuple, looked.links))
    skipped = tuple(map(tuple, found.skipped))
    return top, tuple(folders), tuple(folders.values()), files, links, found.files, found.others, skipped


def _is_as_it_was(root: Path, kept: _Kept) -> bool:
    top, folders, statuses, files, links, *_ = kept
    here = git_top(root)
    return (
        all(map(eq, _of_folders(root, folders), statuses))
        and (None if here is None else os.fspath(here)) == top
        and all(_of_file(path) == known for path, known in files.items())
        and all(followed(root, link[0]) == Link(*link) for link in links)
    )


def _discovery(kept: _Kept) -> Discovery:
    *_, files, others, skipped = kept
    return Discovery(files, others, tuple(Skipped(*one) for one in skipped))


def _of_folders(root: Path, folders: Iterable[str]) -> Iterator[Status | None]:
    top = os.path.join(root, "")
    return (status.status_of_folder(top + folder) for folder in folders)


def _of_file(path: str) -> Status | int:
    """The status of a file that is read; what else is there is told by its kind, and 0 is nothing."""
    found = status.status_of_file(path)
    if found is not None:
        return found
    try:
        return S_IFMT(os.lstat(path).st_mode)
    except (OSError, ValueError):
        return 0
