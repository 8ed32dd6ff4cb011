"""Many files, in several processes where that is worth it and changes nothing."""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool

from lifeops_codemods.bowler.errors import ScriptError
from lifeops_codemods.bowler.transform import Outcome, Task

Work = Callable[[Task], Outcome]
State = Callable[[], tuple[str, ...]]

WORTH_WORKERS = 60_000
"""Characters below which further processes cost more than they save."""

_CHUNKS_EACH = 6


class _Stateful(Exception):  # noqa: N818 - no error: what was tried has to be done in another way
    """The functions of the script keep something between files."""


def outcomes(
    work: Work, tasks: Sequence[Task], state: State, jobs: int, progress: Callable[[int, int], None]
) -> list[Outcome]:
    """What becomes of each file, in the order of `tasks`.

    work: told of one file at a time. state: what `work` keeps between files; if it changes, one process goes over all
    files in their order, as with Bowler itself. Raises ScriptError where a process dies.
    """
    if _worth(tasks, jobs):
        try:
            return list(_in_processes(work, tasks, state, jobs, progress))
        except _Stateful:
            pass
    return list(_here(work, tasks, progress))


def _worth(tasks: Sequence[Task], jobs: int) -> bool:
    if jobs < 2 or len(tasks) < 2 or threading.active_count() > 1 or not hasattr(os, "fork"):
        return False  # to fork beside a thread may lock up
    return sum(len(task.text) for task in tasks) >= WORTH_WORKERS


def _here(work: Work, tasks: Sequence[Task], progress: Callable[[int, int], None]) -> Iterator[Outcome]:
    for number, task in enumerate(tasks):
        progress(number, len(tasks))
        yield work(task)


class _Job:
    """What the processes inherit when they are forked: a query holds functions, which cannot be sent."""

    work: Work | None = None
    state: State | None = None


def _in_processes(
    work: Work, tasks: Sequence[Task], state: State, jobs: int, progress: Callable[[int, int], None]
) -> Iterator[Outcome]:
    _Job.work, _Job.state = work, state
    if sys.stderr is not None:
        sys.stderr.flush()  # else every process writes what waits there
    chunks = _chunks(tasks, jobs * _CHUNKS_EACH)
    pool = ProcessPoolExecutor(jobs, multiprocessing.get_context("fork"), _begin)
    try:
        done = 0
        futures: list[Future[list[Outcome]]] = [pool.submit(_chunk, chunk) for chunk in chunks]
        for future in futures:
            progress(done, len(tasks))
            yield from (found := future.result())
            done += len(found)
        pool.shutdown()
    except BrokenProcessPool as error:
        raise ScriptError("a process that ran the script's functions died; nothing was written") from error
    except BaseException:
        for process in list((pool._processes or {}).values()):
            process.terminate()
        pool.shutdown(wait=False, cancel_futures=True)
        raise
    finally:
        _Job.work = _Job.state = None


def _begin() -> None:
    """A process that ends when it is told to, whatever the parent does with its signals."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    gc.enable()


def _chunk(tasks: Sequence[Task]) -> list[Outcome]:
    assert _Job.work is not None
    assert _Job.state is not None
    before = _Job.state()
    found = [_Job.work(task) for task in tasks]
    if _Job.state() != before:
        raise _Stateful
    return found


def _chunks(tasks: Sequence[Task], count: int) -> Iterator[list[Task]]:
    """Runs of files with about the same amount of text."""
    size = sum(len(task.text) for task in tasks) / count
    chunk: list[Task] = []
    filled = 0
    for task in tasks:
        chunk.append(task)
        filled += len(task.text)
        if filled >= size:
            yield chunk
            chunk, filled = [], 0
    if chunk:
        yield chunk
