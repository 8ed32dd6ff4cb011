"""Processes that are forked for one batch of work: each item costs nothing to hand over, as they inherit it.

They are fed the largest items first, and answer through pipes. One that dies costs the item that it died of. Never
fork beside another thread: what that one holds locked stays locked in the new process.
"""

from __future__ import annotations

import gc
import os
import selectors
import signal
import struct
import sys
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import suppress
from typing import NoReturn

Work = Callable[[int], bytes]
"""Makes of an item, given by its number, what is sent back."""

NOT_DONE = b""
"""Sent back, or yielded, for an item that has to be done by the process that asked."""

_AHEAD = 64_000
"""Sizes of items that a process is given together, and that it has before it, so that it never waits for the next."""

_COUNT = struct.Struct("<I")
_ANSWER = struct.Struct("<IQ")
_SIGNALS = {signal.SIGINT, signal.SIGTERM}


def may_fork() -> bool:
    """Whether a fork is safe here: on Linux, and where no other thread runs, Python's or a library's own."""
    if sys.platform != "linux" or threading.active_count() > 1:
        return False
    try:
        return len(os.listdir("/proc/self/task")) == 1
    except OSError:
        return False


def in_forks(work: Work, sizes: Sequence[int], jobs: int) -> Generator[tuple[int, bytes | None]]:
    """Yield the number of each item with what `work` makes of it, as they come; None where a process died of it.

    sizes: of each item, in proportion to the time that it takes. Items are `NOT_DONE` where `work` raised an exception
    and where the system has no room for another process.
    """
    crew = _Crew(work, sizes)
    try:
        while len(crew.members) < jobs and crew.left:
            if not crew.hire():
                break
        while crew.members:
            yield from crew.listen()
        yield from ((number, NOT_DONE) for batch in crew.left for number in batch)
    finally:
        crew.dismiss()


class _Member:
    """A process as its parent sees it. owed: the items that it was given and has not answered, in their order."""

    def __init__(self, process: int, tasks: int, answers: int) -> None:
        self.process = process
        self.tasks = tasks
        self.answers = answers
        self.heard = bytearray()
        self.owed: deque[int] = deque()

    def give(self, batch: Sequence[int]) -> None:
        self.owed.extend(batch)
        with suppress(BrokenPipeError):  # that it has died is heard from its answers
            os.write(self.tasks, _COUNT.pack(len(batch)) + struct.pack(f"<{len(batch)}I", *batch))

    def answered(self) -> Iterator[tuple[int, bytes]]:
        """Yield the answers that have come whole."""
        while len(self.heard) >= _ANSWER.size:
            number, length = _ANSWER.unpack_from(self.heard)
            end = _ANSWER.size + length
            if len(self.heard) < end:
                return
            answer = bytes(memoryview(self.heard)[_ANSWER.size : end])
            del self.heard[:end]
            self.owed.popleft()
            yield number, answer

    def close(self) -> None:
        os.close(self.answers)
        os.close(self.tasks)
        os.waitpid(self.process, 0)


class _Crew:
    """The processes at work, and the batches that nobody has yet."""

    def __init__(self, work: Work, sizes: Sequence[int]) -> None:
        self._work = work
        self._sizes = sizes
        self._selector = selectors.DefaultSelector()
        self.left = deque(_batches(sizes))
        self.members: dict[int, _Member] = {}

    def hire(self) -> bool:
        """Fork one more process and give it work; False where the system has no room for it."""
        try:
            member = self._forked()
        except OSError:
            return False
        self.members[member.answers] = member
        self._selector.register(member.answers, selectors.EVENT_READ)
        self._feed(member)
        return True

    def listen(self) -> Iterator[tuple[int, bytes | None]]:
        """Wait for some answers and yield them."""
        for key, _ in self._selector.select():
            member = self.members[key.fd]
            said = os.read(key.fd, 1 << 20)
            if not said:
                yield from self._ended(member)
                continue
            member.heard += said
            yield from member.answered()
            self._feed(member)
            if not member.owed:
                self._leave(member)

    def dismiss(self) -> None:
        """End all that are still at work."""
        for member in list(self.members.values()):
            os.kill(member.process, signal.SIGKILL)
            self._leave(member)
        self._selector.close()

    def _feed(self, member: _Member) -> None:
        while self.left and sum(self._sizes[number] for number in member.owed) < _AHEAD:
            member.give(self.left.popleft())

    def _ended(self, member: _Member) -> Iterator[tuple[int, None]]:
        """It died of the first item that it owes; another one takes over the others."""
        self._leave(member)
        culprit, *others = member.owed
        if others:
            self.left.appendleft(others)
        yield culprit, None
        if self.left:
            self.hire()

    def _leave(self, member: _Member) -> None:
        del self.members[member.answers]
        self._selector.unregister(member.answers)
        member.close()

    def _forked(self) -> _Member:
        tasks, give = os.pipe()
        answers, answer = os.pipe()
        before = signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)  # none may find a process that is not ready
        try:
            process = os.fork()
            if process == 0:
                others = [end for member in self.members.values() for end in (member.tasks, member.answers)]
                _live(self._work, tasks, answer, [give, answers, *others])
        except OSError:
            os.close(give)
            os.close(answers)
            raise
        finally:
            os.close(tasks)
            os.close(answer)
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
        return _Member(process, give, answers)


def _batches(sizes: Sequence[int]) -> Iterator[list[int]]:
    """The items, the largest first, small ones together."""
    batch: list[int] = []
    filled = 0
    for number in sorted(range(len(sizes)), key=lambda number: -sizes[number]):
        batch.append(number)
        filled += sizes[number]
        if filled >= _AHEAD:
            yield batch
            batch, filled = [], 0
    if batch:
        yield batch


# -- in the process that was forked


def _live(work: Work, tasks: int, answers: int, not_ours: Sequence[int]) -> NoReturn:
    """Answer until there are no more tasks. Nothing of the parent's is flushed or run at the end."""
    try:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent ends it
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _SIGNALS)
        gc.disable()
        for end in not_ours:
            os.close(end)
        for number in _tasks(tasks):
            answer = _done(work, number)
            _write(answers, _ANSWER.pack(number, len(answer)) + answer)
        os._exit(0)
    finally:
        os._exit(1)


def _done(work: Work, number: int) -> bytes:
    try:
        return work(number)
    except Exception:
        return NOT_DONE  # the parent meets it, too, and can raise it


def _tasks(end: int) -> Iterator[int]:
    while head := _read(end, _COUNT.size):
        (count,) = _COUNT.unpack(head)
        yield from struct.unpack(f"<{count}I", _read(end, 4 * count))


def _read(end: int, size: int) -> bytes:
    """So many bytes, or none where the other end was closed."""
    found = b""
    while len(found) < size:
        more = os.read(end, size - len(found))
        if not more:
            return b""
        found += more
    return found


def _write(end: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(end, view) :]
