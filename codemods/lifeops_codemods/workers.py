"""Facts of many texts, gathered in worker processes; one that dies costs the text that it died of and no other."""

from __future__ import annotations

import gc
import marshal
import os
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from functools import partial

from lifeops_codemods.collecting import collected
from lifeops_codemods.facts.collect import Collector
from lifeops_codemods.store import Raw

DIED = "the process that read it died, for want of memory perhaps; leave it out with `exclude`"
_AT_A_TIME = 16
_SAFE = "PYTHONSAFEPATH"
_NOT_TO_BE_PACKED = b""

Read = Callable[[str], bytes]


def collected_in_workers(
    collectors: Mapping[str, Collector], texts: Mapping[str, str], jobs: int
) -> Iterator[tuple[str, Raw | str | None]]:
    """Yield each path with its facts, or with the reason why no process could gather them.

    None stands for facts that are nested too deeply to be handed from process to process: gather them here.
    """
    read = partial(_packed, collectors)
    with _safe_path():
        yield from _all(read, texts, jobs)


def _all(read: Read, texts: Mapping[str, str], jobs: int) -> Iterator[tuple[str, Raw | str | None]]:
    done = 0
    try:
        with ProcessPoolExecutor(jobs) as pool:
            for path, packed in zip(texts, pool.map(read, texts.values(), chunksize=_AT_A_TIME), strict=True):
                yield path, _unpacked(packed)
                done += 1
    except BrokenProcessPool:
        yield from _one_by_one(read, dict(list(texts.items())[done:]))


def _one_by_one(read: Read, texts: Mapping[str, str]) -> Iterator[tuple[str, Raw | str | None]]:
    """Slower, but it is known which text a process died of."""
    left = list(texts)
    while left:
        with ProcessPoolExecutor(1) as pool:
            while left:
                path = left.pop(0)
                try:
                    yield path, _unpacked(pool.submit(read, texts[path]).result())
                except BrokenProcessPool:
                    yield path, DIED
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


def _packed(collectors: Mapping[str, Collector], text: str) -> bytes:
    """Facts as bytes, which go from process to process faster than a million tuples."""
    gc.disable()
    try:
        return marshal.dumps(collected(collectors, text))
    except (RecursionError, ValueError):
        return _NOT_TO_BE_PACKED


def _unpacked(packed: bytes) -> Raw | None:
    found: Raw | None = marshal.loads(packed) if packed else None
    return found
