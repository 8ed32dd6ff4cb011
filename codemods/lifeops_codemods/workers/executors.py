"""Facts of many texts from the workers of an executor, which may be other machines: texts go there, facts come back.

A worker that is killed costs nothing: its batch is given out again, by the executor where it does that, else here. A
text that every worker dies of is told from the others of its batch by being tried alone.
"""

from __future__ import annotations

import marshal
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, Future, wait

from lifeops_codemods.facts.collect import Collector
from lifeops_codemods.workers.remote import facts_of, pack, this_program

Batch = tuple[str, ...]
"""Digests of texts that are sent together."""

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
    executor: Executor, collectors: Mapping[str, Collector], texts: Mapping[str, str]
) -> Iterator[tuple[str, bytes | None]]:
    """Yield the digest of each text with what `gathering.read_text` makes of it; None where every worker died of it.

    Leaves out what is left when the executor breaks. Raises ExecutorError.
    """
    sent = _Sent(executor, collectors, texts)
    try:
        yield from sent.in_batches(_batches(texts))
    except BrokenExecutor:
        return
    finally:
        sent.cancel()


class _Sent:
    """What is under way."""

    def __init__(self, executor: Executor, collectors: Mapping[str, Collector], texts: Mapping[str, str]) -> None:
        self._executor = executor
        self._collectors = dict(collectors)
        self._texts = texts
        self._under_way: dict[Future[bytes | str], Batch] = {}

    def in_batches(self, batches: Iterator[Batch]) -> Iterator[tuple[str, bytes | None]]:
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

    def _alone(self, batch: Batch) -> Iterator[tuple[str, bytes | None]]:
        """Try a batch while nothing else is under way, and where its worker is killed again, its texts one by one."""
        ((_, answers),) = self._answers(iter([batch]))
        if answers is not None:
            yield from zip(batch, answers, strict=True)
        elif len(batch) == 1:
            yield batch[0], None
        else:
            for digest in batch:
                yield from self._alone((digest,))

    def _answers(self, batches: Iterator[Batch]) -> Iterator[tuple[Batch, Sequence[bytes] | None]]:
        """Yield each batch with the answers about its texts; None where the workers that had it were killed."""
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
        texts = pack(self._texts[digest] for digest in batch)
        self._under_way[self._executor.submit(facts_of, this_program(), texts, self._collectors)] = batch


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


def _batches(texts: Mapping[str, str]) -> Iterator[Batch]:
    """The digests of all texts, the longest first, in batches of about the same length."""
    enough = min(max(sum(map(len, texts.values())) // _BATCHES, _SMALLEST), _LARGEST)
    batch: list[str] = []
    filled = 0
    for digest in sorted(texts, key=lambda digest: (-len(texts[digest]), digest)):
        batch.append(digest)
        filled += len(texts[digest])
        if filled >= enough:
            yield tuple(batch)
            batch, filled = [], 0
    if batch:
        yield tuple(batch)
