"""Worker processes of `concurrent.futures`, where a fork is not safe; one that dies costs the item that it died of."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager

_AT_A_TIME = 16
_SAFE = "PYTHONSAFEPATH"

Read = Callable[[str], bytes]


def in_pool(read: Read, texts: Sequence[str], jobs: int) -> Iterator[tuple[int, bytes | None]]:
    """Yield the number of each text with what `read` makes of it; None where a process died of it."""
    with _safe_path():
        yield from _all(read, texts, jobs)


def _all(read: Read, texts: Sequence[str], jobs: int) -> Iterator[tuple[int, bytes | None]]:
    done = 0
    try:
        with ProcessPoolExecutor(jobs) as pool:
            for answer in pool.map(read, texts, chunksize=_AT_A_TIME):
                yield done, answer
                done += 1
    except BrokenProcessPool:
        yield from _one_by_one(read, texts, done)


def _one_by_one(read: Read, texts: Sequence[str], done: int) -> Iterator[tuple[int, bytes | None]]:
    """Slower, but it is known which text a process died of."""
    while done < len(texts):
        with ProcessPoolExecutor(1) as pool:
            while done < len(texts):
                number = done
                done += 1
                try:
                    yield number, pool.submit(read, texts[number]).result()
                except BrokenProcessPool:
                    yield number, None
                    break


@contextmanager
def _safe_path() -> Iterator[None]:
    """A process that is not forked must not look for modules in the current folder, which is mostly the target's."""
    before = os.environ.get(_SAFE)
    os.environ[_SAFE] = "1"
    try:
        yield
    finally:
        if before is None:
            del os.environ[_SAFE]
        else:
            os.environ[_SAFE] = before
