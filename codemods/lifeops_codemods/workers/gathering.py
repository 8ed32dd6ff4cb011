"""Facts of many texts, gathered at once; a worker that dies costs the text that it died of and no other."""

from __future__ import annotations

import gc
import marshal
import sys
import threading
from collections.abc import Iterator, Mapping
from functools import partial
from time import monotonic, sleep
from typing import TYPE_CHECKING

from lifeops_codemods.collecting import collected, is_error, packed
from lifeops_codemods.facts.collect import Collector
from lifeops_codemods.store import Kept
from lifeops_codemods.workers.forks import NOT_DONE, in_forks, may_fork

if TYPE_CHECKING:
    from concurrent.futures import Executor

DIED = "the process that read it died, for want of memory perhaps; leave it out with `exclude`"

_ENDING = 2.0
"""Seconds for the threads of an executor that broke."""

Collectors = Mapping[str, Collector]


def gathered(
    collectors: Collectors, texts: Mapping[str, str], jobs: int, executor: Executor | None = None
) -> Iterator[tuple[str, Kept | str | None]]:
    """Yield the digest of each text with its facts, or with the reason why no process could gather them.

    None stands for facts that have to be gathered here: they are nested too deeply to be handed on, or a rule's own
    collector raised an exception. So has what is left out, as no process may be started for it. texts: by digest.
    Raises ExecutorError.
    """
    if executor is None:
        yield from gathered_here(collectors, texts, jobs)
        return
    from lifeops_codemods.workers.executors import in_executor
    from lifeops_codemods.workers.remote import facts_of

    left = dict(texts)
    digests, contents = list(texts), list(texts.values())
    for number, answer in in_executor(executor, facts_of, contents, list(map(len, contents)), dict(collectors)):
        del left[digests[number]]
        yield digests[number], unpacked(answer)
    if left and _threads_have_ended():
        yield from gathered_here(collectors, left, jobs)


def _threads_have_ended() -> bool:
    """Whether those of an executor that broke are gone, beside which no process may be forked."""
    until = monotonic() + _ENDING
    while threading.active_count() > 1 and monotonic() < until:
        sleep(0.01)
    return threading.active_count() == 1


def gathered_here(
    collectors: Collectors, texts: Mapping[str, str], jobs: int
) -> Iterator[tuple[str, Kept | str | None]]:
    """As `gathered`, in processes of this machine."""
    digests, contents = list(texts), list(texts.values())
    read = partial(read_text, collectors)
    answers: Iterator[tuple[int, bytes | None]]
    if may_fork() and _wants_forks():
        answers = in_forks(lambda number: read(contents[number]), list(map(len, contents)), jobs)
    else:
        from lifeops_codemods.workers.pools import in_pool

        answers = in_pool(read, contents, jobs)
    for number, answer in answers:
        yield digests[number], unpacked(answer)


def _wants_forks() -> bool:
    """Whether nobody in this process has chosen another way to start processes."""
    multiprocessing = sys.modules.get("multiprocessing")
    return multiprocessing is None or multiprocessing.get_start_method(allow_none=True) in {None, "fork"}


def read_text(collectors: Collectors, text: str) -> bytes:
    """The facts of a text as bytes, which go from process to process faster than a million tuples."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        kept = packed(collected(collectors, text))
    except RecursionError:
        return NOT_DONE
    finally:
        if enabled:
            gc.enable()
    return marshal.dumps(kept) if isinstance(kept, bytes) or is_error(kept) else NOT_DONE


def unpacked(answer: bytes | None) -> Kept | str | None:
    """What `read_text` has sent; None: the process died."""
    if answer is None:
        return DIED
    kept: Kept | None = marshal.loads(answer) if answer else None
    return kept
