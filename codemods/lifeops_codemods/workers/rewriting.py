"""Rewriting many files at once, in processes of this machine or by the workers of an executor.

What comes back is data: the text, its changes, and the numbers of the edits that were refused.
"""

from __future__ import annotations

import gc
import marshal
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from lifeops_codemods.operation import FreeName, ReplaceName, ReplaceText
from lifeops_codemods.plan.model import Change
from lifeops_codemods.plan.rewriting import Refusal, Rewritten, rewrite
from lifeops_codemods.plan.style import Style
from lifeops_codemods.plan.units import Task
from lifeops_codemods.replay.codec import UnknownClassError, from_plain, to_plain
from lifeops_codemods.rule import Edit
from lifeops_codemods.workers.forks import NOT_DONE, in_forks, may_fork

if TYPE_CHECKING:
    from concurrent.futures import Executor

WORTH_WORKERS = 2_000_000
"""Size of all tasks below which workers are not worth it: half a second, of which two processes save the half."""

_REGION = 25_000
"""So many characters of text take as long as one edit that needs LibCST."""

_SPANS = (ReplaceName, ReplaceText, FreeName)
_DIED = "the process that rewrote the file died, for want of memory perhaps"


class Rewriter:
    """Rewrites in workers where that is worth it, as `plan.units.settle` wants it."""

    def __init__(self, jobs: int, executor: Executor | None = None) -> None:
        self._jobs = jobs
        self._executor = executor

    def __call__(self, tasks: Sequence[Task]) -> Sequence[Rewritten]:
        """The files as `rewrite` makes them, in the order of the tasks. Raises ExecutorError."""
        sizes = [_size(task) for task in tasks]
        made: dict[int, Rewritten] = {}
        if sum(sizes) >= WORTH_WORKERS and len(tasks) > 1:
            made = {number: found for number, found in self._by_workers(tasks, sizes) if found is not None}
        return [made[number] if number in made else rewrite(*task) for number, task in enumerate(tasks)]

    def _by_workers(self, tasks: Sequence[Task], sizes: Sequence[int]) -> Iterator[tuple[int, Rewritten | None]]:
        answers: Iterator[tuple[int, bytes | None]]
        if self._executor is not None:
            from lifeops_codemods.workers.executors import in_executor
            from lifeops_codemods.workers.remote import rewritten

            try:
                data = [to_data(task) for task in tasks]
            except UnknownClassError:  # an edit of somebody's own class, which no worker need know
                return
            answers = in_executor(self._executor, rewritten, data, sizes)
        elif self._jobs > 1 and may_fork():
            import lifeops_codemods.plan.draft  # noqa: F401 - once, and not in each process

            if any(not isinstance(edit.operation, _SPANS) for task in tasks for edit in task.edits):
                import libcst  # noqa: F401 - the same
            answers = in_forks(lambda number: _sent(rewrite(*tasks[number]), tasks[number].edits), sizes, self._jobs)
        else:
            return
        for number, said in answers:
            yield number, _received(said, tasks[number])


def _size(task: Task) -> int:
    return len(task.text) + _REGION * sum(not isinstance(edit.operation, _SPANS) for edit in task.edits)


# -- there and back


def to_data(task: Task) -> tuple[Any, ...]:
    """The task as `marshal` takes it. Raises UnknownClassError for an edit of a class of somebody's own."""
    return task.text, to_plain(tuple(task.edits)), to_plain(task.style)


def answer(data: tuple[Any, ...]) -> bytes:
    """What is sent back for a task."""
    text, edits, style = data[0], from_plain(data[1]), from_plain(data[2])
    assert isinstance(style, Style)
    enabled = gc.isenabled()
    gc.disable()
    try:
        return _sent(rewrite(text, edits, style), edits)
    finally:
        if enabled:
            gc.enable()


def _sent(found: Rewritten, edits: Sequence[Edit]) -> bytes:
    numbers = {id(edit): number for number, edit in enumerate(edits)}
    refused = [(numbers[id(refusal.edit)], refusal.reason) for refusal in found.refused]
    return marshal.dumps((found.text, [tuple(change) for change in found.changes], refused), 4)


def _received(said: bytes | None, task: Task) -> Rewritten | None:
    """None where it has to be done here."""
    if said is None:
        return Rewritten(task.text, (), tuple(Refusal(edit, _DIED) for edit in task.edits))
    if said == NOT_DONE:
        return None
    text, changes, refused = marshal.loads(said)
    refusals = tuple(Refusal(task.edits[number], reason) for number, reason in refused)
    return Rewritten(text, tuple(Change(*change) for change in changes), refusals)
