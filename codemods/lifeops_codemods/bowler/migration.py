"""A script's queries as waves of edits: each sees what the former left, and all go through the same plan."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from bowler import Query

from lifeops_codemods.bowler.executed import Executed, compiled
from lifeops_codemods.bowler.naming import CLIENTS_SEE, RULE, description, rule_for
from lifeops_codemods.bowler.renames import in_words, left_behind, renames
from lifeops_codemods.bowler.scope import scope_of
from lifeops_codemods.bowler.script import run_expression, run_script
from lifeops_codemods.bowler.transform import Outcome, Task
from lifeops_codemods.bowler.workers import outcomes
from lifeops_codemods.config import Settings
from lifeops_codemods.facts.tokens import words
from lifeops_codemods.operation import ReplaceText, Span
from lifeops_codemods.outcome import FileError
from lifeops_codemods.pipeline import Clock, Progress, Unwritable
from lifeops_codemods.plan.gate import Gate, Unwanted
from lifeops_codemods.plan.mapping import apply_changes
from lifeops_codemods.plan.model import Change, Migration
from lifeops_codemods.plan.units import Settled, settle
from lifeops_codemods.report import Report
from lifeops_codemods.rule import Edit, Effect, Finding, Reason
from lifeops_codemods.source.discovery import discover
from lifeops_codemods.source.text import DecodeError
from lifeops_codemods.styles import Styles, first_party
from lifeops_codemods.workspace import Workspace

_NOT_READ = "a query names it, and it is not read: git ignores it, `exclude` names it, or it is no Python file"


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What to run, and on what.

    root: absolute. script: the file to run, or None. expressions: queries as text, run in their order. given: the paths
    as they were typed, which queries that name none of their own are run on; paths: the same, POSIX and relative to
    root, empty for everything.
    """

    root: Path
    script: Path | None = None
    expressions: tuple[str, ...] = ()
    given: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()
    settings: Settings = field(default_factory=Settings)
    jobs: int = 1
    progress: Progress | None = None


def plan(request: Request) -> Migration:
    """Run the script and plan what its queries do. Writes nothing. Raises ScriptError."""
    with _collector():
        session = _Session(request)
        for text in request.expressions:
            run_expression(text, request.given, session.execute)
        if request.script is not None:
            run_script(request.script, request.given, session.execute)
        return session.migration()


@contextmanager
def _collector() -> Iterator[None]:
    """Bowler's trees are full of cycles, and large: without the collector each would stay until the end."""
    enabled = gc.isenabled()
    gc.enable()
    try:
        yield
    finally:
        if not enabled:
            gc.disable()


class _Session:
    """The files as the queries so far left them."""

    def __init__(self, request: Request) -> None:
        self._request = request
        self._rule = rule_for(request.script)
        self._clock = Clock()
        with self._clock("discover"):
            self._found = discover(request.root, exclude=request.settings.exclude)
        self._styles = Styles(request.root, first_party(self._found.files))
        self._unwritable = Unwritable(request.root)
        self._errors: dict[str, FileError] = {}
        self._refused: set[str] = set()
        self._looked_at: set[str] = set()
        self._start()

    def _start(self) -> None:
        """All files as they are on disk, and no edit yet."""
        request = self._request
        with self._clock("read"):
            self._workspace = Workspace(request.root, self._found.files, (), None)
        self._workspace.errors |= {error.path: error for error in self._found.errors}
        text = self._workspace.text
        self._gate = Gate(request.paths, Unwanted(), request.settings, text, self._unwritable)
        self._report = Report(request.root, (self._rule,), self._workspace)
        self._executed: list[Executed] = []

    def execute(self, query: Query, **given: Any) -> Query:
        """In the place of `Query.execute`: take the query's edits into the plan instead of printing or writing them.

        A script that shows its queries and then writes means the edits once: what it only shows counts as long as it
        writes nothing. Raises ScriptError.
        """
        writes = bool(given.get("write") or (given.get("interactive", True) and not given.get("silent")))
        wrote = any(earlier.writes for earlier in self._executed)
        if not writes and any(earlier.query is query for earlier in self._executed):
            return query
        if writes and self._executed and not wrote:
            self._start()
        with self._clock(f"rule:{RULE}"):
            failed = self._run(self._compiled(query, given, writes), keep=writes or not wrote)
        query.exceptions = [Exception(error.message) for error in failed]
        query.retcode = int(bool(failed))
        return query

    def _compiled(self, query: Query, given: dict[str, Any], writes: bool) -> Executed:
        request = self._request
        scope = scope_of(query, given, root=request.root, typed=request.given, limits=request.paths)
        for path in scope.named_files() - self._workspace.data.keys():
            self._errors.setdefault(path, FileError(path, 0, _NOT_READ))
        return compiled(query, given, scope, writes=writes)

    def _run(self, executed: Executed, *, keep: bool) -> list[FileError]:
        """Run a query on all files that it may match; return the errors that are the script's own."""
        number = len(self._executed) + 1
        found = outcomes(
            executed.transformer,
            self._tasks(executed),
            executed.state,
            self._request.jobs,
            self._bar(f"query {number}"),
        )
        found = [_encodable(outcome, self._workspace) for outcome in found]
        for outcome in found:
            self._note(outcome)
        if keep:
            self._take(executed, found)
        return [outcome.error for outcome in found if outcome.error is not None and not outcome.unread]

    def _tasks(self, executed: Executed) -> list[Task]:
        """The files that the query can match, in Bowler's order: what the script's functions keep may depend on it."""
        tasks: list[Task] = []
        for path in sorted(self._workspace.paths, key=executed.scope.order):
            name = executed.scope.filename(path)
            if name is None or not executed.can_match(name, self._workspace.words(path)):
                continue
            self._looked_at.add(path)
            if self._workspace.source(path) is not None:
                tasks.append(Task(path, self._workspace.text(path), name))
        return tasks

    def _bar(self, stage: str) -> Callable[[int, int], None]:
        progress = self._request.progress
        return partial(progress, stage) if progress is not None else _unseen

    def _note(self, outcome: Outcome) -> None:
        """Name a file that could not be done, with every reason there is."""
        if (error := outcome.error) is None:
            return
        self._refused.add(outcome.path)
        known = self._errors.setdefault(error.path, error)
        if error.message not in known.message:
            self._errors[error.path] = known._replace(message=f"{known.message}; {error.message}")

    def _take(self, executed: Executed, found: list[Outcome]) -> None:
        """Let the edits of a query be a wave of the plan."""
        said = description(executed.query)
        edits = [edit for outcome in found for edit in _edits(outcome, self._workspace.text(outcome.path), said)]
        settled = settle(edits, self._workspace.text, self._styles.of, self._gate.blocks)
        self._report.add(self._rule, edits, settled, (), self._gate)
        self._refused |= {edit.path for edit in edits if edit.unit in settled.refused}
        executed.changed = frozenset(settled.files)
        self._executed.append(executed)
        self._workspace.change({path: made.text for path, made in settled.files.items()})

    # -- what a person must know of it

    def migration(self) -> Migration:
        """The finished plan."""
        with self._clock("check"):
            # Not asked of the gate: what a rename leaves outside of PATHS is left all the same.
            findings = [*self._left_behind(), *self._not_settled()]
        self._report.add(self._rule, (), Settled(), findings, self._gate)
        known = self._workspace.errors
        for path in self._workspace.data.keys() & known.keys() - self._looked_at:
            del known[path]  # nothing that a query could match
        known.update(self._errors)
        return self._report.migration(self._found.skipped, self._clock.seconds)

    def _left_behind(self) -> Iterator[Finding]:
        done = [rename for executed in self._executed if executed.changed for rename in renames(executed.query)]
        for rename in dict.fromkeys(done):
            if any(rename.old == other.new for other in done):
                continue  # it means something else by now
            word = rename.old.rpartition(".")[2].encode()
            texts = {path: self._workspace.text(path) for path in self._workspace.mentioning(word)}
            yield from left_behind(rename, texts, self._refused, RULE)

    def _not_settled(self) -> Iterator[Finding]:
        """A finding that names the files which the same queries would change once more."""
        paths = sorted({path for executed in self._executed for path in executed.changed})
        tasks = [Task(path, self._workspace.text(path), "") for path in paths]
        found = outcomes(self._again, tasks, self._state, self._request.jobs, self._bar("second run"))
        places = [
            Reason(path, Span(changes[0].start, changes[0].end), "would be changed again")
            for path, changes, *_ in found
            if changes
        ]
        if places:
            yield Finding(
                rule=RULE,
                path=places[0].path,
                span=places[0].span,
                message=f"a second run would change again {in_words([place.path for place in places])}",
                reason="a query matches what it has made itself",
                fix="apply it only once, or give the query a filter that leaves alone what is done",
                why=tuple(places),
            )

    def _state(self) -> tuple[str, ...]:
        return tuple(item for executed in self._executed for item in executed.state())

    def _again(self, task: Task) -> Outcome:
        """All queries, in their order, on a file as they left it."""
        text = task.text
        first: tuple[Change, ...] = ()
        held = words(text.encode("utf-8", "surrogatepass"))
        for executed in self._executed:
            name = executed.scope.filename(task.path)
            if name is None or not executed.can_match(name, held):
                continue
            if changes := executed.transformer(Task(task.path, text, name)).changes:
                first, text = first or changes, apply_changes(text, changes)
                held = words(text.encode("utf-8", "surrogatepass"))
        return Outcome(task.path, first if text != task.text else ())


def _encodable(outcome: Outcome, workspace: Workspace) -> Outcome:
    """The outcome, or an error where the file's encoding lacks a character of the result."""
    source = workspace.source(outcome.path)
    try:
        if source is not None and outcome.changes:
            source.encode(apply_changes(workspace.text(outcome.path), outcome.changes))
    except DecodeError as error:
        return Outcome(outcome.path, error=FileError(outcome.path, error.line, error.message))
    return outcome


def _edits(outcome: Outcome, text: str, message: str) -> Iterator[Edit]:
    """The edits of a file; all of them are made, or none."""
    for start, end, new in outcome.changes:
        yield Edit(
            rule=RULE,
            path=outcome.path,
            operation=ReplaceText(span=Span(start, end), expected=text[start:end], new=new),
            message=message,
            unit=f"{RULE}:{outcome.path}",
            effect=Effect.UNSAFE,
            clients_see=CLIENTS_SEE,
        )


def _unseen(done: int, total: int) -> None:
    """Nobody watches."""
