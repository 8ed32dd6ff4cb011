"""Interruptions wait for a moment at which everything can be put back."""

from __future__ import annotations

import signal
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

from lifeops_codemods.apply.errors import Interrupted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_HELD = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@contextmanager
def held_signals() -> Iterator[Callable[[], None]]:
    """Hold SIGINT, SIGTERM and SIGHUP back inside. What is yielded raises Interrupted if one of them came.

    A signal that nobody asked about until the end goes to the handler that was there before. Ignored signals stay
    ignored. Off the main thread, where Python allows no handlers, nothing is held.
    """
    caught: list[int] = []

    def check() -> None:
        if caught:
            raise Interrupted(caught[0])

    if threading.current_thread() is not threading.main_thread():
        yield check
        return
    before = {number: signal.getsignal(number) for number in _HELD}
    ours = [number for number, handler in before.items() if handler not in (signal.SIG_IGN, None)]
    for number in ours:
        signal.signal(number, lambda signum, frame: caught.append(signum))
    try:
        yield check
    except Interrupted:
        caught.clear()
        raise
    finally:
        for number in ours:
            signal.signal(number, before[number])
        if caught:
            signal.raise_signal(caught[0])
