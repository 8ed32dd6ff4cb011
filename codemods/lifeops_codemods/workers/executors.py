"""Work on many items by the workers of an executor, which may be other machines: data goes there, data comes back.

A worker that is killed costs nothing: its batch is given out again, by the executor where it does that, else here. An
item that every worker dies of is told from the others of its batch by being tried alone.
"""

from __future__ import annotations

import marshal
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, Future, wait
from typing import Any

from lifeops_codemods.workers.remote import pack, this_program

Batch = tuple[int, ...]
"""Numbers of items that are sent together."""

_SMALLEST, _LARGEST = 64_000, 1_000_000
_BATCHES = 256
"""Characters of a batch, and how many there are where that allows it: enough that no worker is the last for long."""

_UNDER_WAY = 256
"""Batches that are sent at a time: what is on its way takes memory twice."""

_PATIENCE = 600.0
"""Seconds without any answer after which there is no more hope for one."""

_KILLED = "KilledWorker"
"""The exception of dask for a task that several workers have died of."""

SAME = "install the same lifeops-migrate, for the same Python, on every worker"


class ExecutorError(Exception):
    """The executor is of no use, in a sentence. remedy: what to do."""

    def __init__(self, message: str, remedy: str) -> None:
        super().__init__(message)
        self.remedy = remedy


def in_executor(
    executor: Executor, work: Callable[..., bytes | str], items: Sequence[Any], sizes: Sequence[int], *given: Any
) -> Iterator[tuple[int, bytes | None]]:
    """Yield the number of each item with what `work` makes of it; None where every worker died of it.

    work: a function of `remote`. items: what `marshal` takes. sizes: of each, about as many as it has characters.
    given: what `work` is given besides. Leaves out what is left when the executor breaks. Raises ExecutorError.
    """
    sent = _Sent(executor, work, items, given)
    try:
        yield from sent.in_batches(_batches(sizes))
    except BrokenExecutor:
        return
    finally:
        sent.cancel()


class _Sent:
    """What is under way."""

    def __init__(
        self, executor: Executor, work: Callable[..., bytes | str], items: Sequence[Any], given: tuple[Any, ...]
    ) -> None:
        self._executor = executor
        self._work = work
        self._items = items
        self._given = given
        self._under_way: dict[Future[bytes | str], Batch] = {}

    def in_batches(self, batches: Iterator[Batch]) -> Iterator[tuple[int, bytes | None]]:
        suspects: list[Batch] = []
        for batch, answers in self._answers(batches):
            if answers is None:
                suspects.append(batch)
            else:
                yield from zip(batch, answers, strict=True)
        for batch in suspects:
            yield from self._alone(batch)

    def cancel(self) -> None:
        for future in self._under_way:
            future.cancel()

    def _alone(self, batch: Batch) -> Iterator[tuple[int, bytes | None]]:
        """Try a batch while nothing else is under way, and where its worker is killed again, its items one by one."""
        ((_, answers),) = self._answers(iter([batch]))
        if answers is not None:
            yield from zip(batch, answers, strict=True)
        elif len(batch) == 1:
            yield batch[0], None
        else:
            for number in batch:
                yield from self._alone((number,))

    def _answers(self, batches: Iterator[Batch]) -> Iterator[tuple[Batch, Sequence[bytes] | None]]:
        """Yield each batch with the answers about its items; None where the workers that had it were killed."""
        left = deque(batches)
        while left or self._under_way:
            while left and len(self._under_way) < _UNDER_WAY:
                self._send(left.popleft())
            done, _ = wait(self._under_way, _PATIENCE, FIRST_COMPLETED)
            if not done:
                raise ExecutorError(
                    f"no worker of the executor has answered for {_PATIENCE:.0f} seconds",
                    "see what its workers are doing, or leave --executor away",
                )
            for future in done:
                batch = self._under_way.pop(future)
                yield batch, _answers_in(future, len(batch))

    def _send(self, batch: Batch) -> None:
        items = pack(self._items[number] for number in batch)
        self._under_way[self._executor.submit(self._work, this_program(), items, *self._given)] = batch


def _answers_in(future: Future[bytes | str], count: int) -> Sequence[bytes] | None:
    try:
        answer = future.result()
    except BrokenExecutor:
        raise
    except (ImportError, AttributeError) as error:
        raise ExecutorError(
            f"a worker of the executor has no lifeops-migrate that it could run: {error}", SAME
        ) from error
    except BaseException as error:
        if isinstance(error, (KeyboardInterrupt, SystemExit)):
            raise
        if type(error).__name__ == _KILLED:
            return None
        said = f"{type(error).__name__}: {error}".rstrip(": ")
        raise ExecutorError(f"the executor failed: {said}", f"{SAME}; see what it logs") from error
    if isinstance(answer, str):
        raise ExecutorError(f"a worker of the executor is {answer}, and this is {this_program()}", SAME)
    answers: list[bytes] = marshal.loads(answer)
    if len(answers) != count:
        raise ExecutorError("a worker of the executor gave an answer that is none", SAME)
    return answers


def _batches(sizes: Sequence[int]) -> Iterator[Batch]:
    """The numbers of all items, the largest first, in batches of about the same size."""
    enough = min(max(sum(sizes) // _BATCHES, _SMALLEST), _LARGEST)
    batch: list[int] = []
    filled = 0
    for number in sorted(range(len(sizes)), key=lambda number: -sizes[number]):
        batch.append(number)
        filled += sizes[number]
        if filled >= enough:
            yield tuple(batch)
            batch, filled = [], 0
    if batch:
        yield tuple(batch)
