"""Work on code that is nested deeper than Python's own limit of recursion: a thread with room for it.

A chain of 1,500 calls, or an `if` with as many `elif`, is a tree of some thousand levels. No person nests like that,
but generators do, and one such file must not end a run.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

STACK = 1 << 30
"""Bytes of address space. Only what is used becomes memory."""

LEVELS = 250_000
"""Frames of Python. Those that reach into C take the most of the stack, some kilobytes each."""


def with_room(work: Callable[[], T]) -> T:
    """Return what `work` returns, or raise what it raises, from a thread in which recursion may go very deep.

    An interruption that comes meanwhile is raised at once; the thread then ends with the process. Where the system has
    no room for such a thread, `work` is done as usual.
    """
    outcome: list[T] = []
    failure: list[BaseException] = []

    def run() -> None:
        try:
            outcome.append(work())
        except BaseException as error:
            failure.append(error)

    limit = sys.getrecursionlimit()
    thread = _started(run)
    if thread is None:
        return work()
    try:
        while thread.is_alive():
            thread.join(0.05)
    finally:
        sys.setrecursionlimit(limit)
    if failure:
        raise failure[0]
    return outcome[0]


def _started(run: Callable[[], None]) -> threading.Thread | None:
    usual = threading.stack_size(STACK)
    try:
        sys.setrecursionlimit(LEVELS)
        thread = threading.Thread(target=run, daemon=True)
        thread.start()
    except (RuntimeError, MemoryError):
        return None
    finally:
        threading.stack_size(usual)
    return thread
