"""One apply or undo per root at a time."""

from __future__ import annotations

import os
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from lifeops_codemods.apply.errors import Refused, naming
from lifeops_codemods.apply.state import Place, prepare

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def locked(place: Place) -> Iterator[None]:
    """Hold the root's lock inside; the kernel lets go of it if the process dies.

    Raises Refused, naming the holder's process, if somebody else has it.
    """
    prepare(place)
    path = os.path.join(place.folder, "lock")
    with naming(path):
        descriptor = place.disk.open_lock(path)
    try:
        _take(place, path, descriptor)
        yield
    finally:
        with suppress(OSError):
            place.disk.close(descriptor)


def _take(place: Place, path: str, descriptor: int) -> None:
    with naming(path):
        try:
            place.disk.lock(descriptor)
        except BlockingIOError:
            raise Refused((_held(place, path),)) from None
        place.disk.truncate(descriptor)
        place.disk.write(descriptor, b"%d\n" % os.getpid())


def _held(place: Place, path: str) -> str:
    pid = place.disk.read(path).strip().decode("ascii", "replace")
    holder = f"process {pid}" if pid.isdigit() else "another process"
    return f"{place.root}: {holder} is writing here at this moment: wait until it ends, then run again"
