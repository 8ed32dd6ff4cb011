"""One function being run on values: its names, what it gives back, and what it reads of what it was given."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from lifeops_codemods.project import Project
from lifeops_codemods.project.classes import ClassRef
from lifeops_codemods.project.flow.values import (
    NOTHING,
    Arguments,
    Entity,
    Execution,
    Fresh,
    Guard,
    Kept,
    Place,
    Statement,
    Symbol,
    Value,
    let_go,
    trimmed,
)
from lifeops_codemods.project.functions import FunctionRef
from lifeops_codemods.project.trees import offsets
from lifeops_codemods.project.types import Type

if TYPE_CHECKING:
    from lifeops_codemods.project.flow.engine import Engine

Env = dict[str, Value]
FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
LONGEST_TRAIL = 8
MOST_READS = 200
_TIMES = 2
_MOST_PENDING = 16


class Step(NamedTuple):
    """One link of the chain that led to a read: where, and what happens there."""

    place: Place
    text: str


Trail = tuple[Step, ...]
Readable = Entity | Symbol | Fresh


def is_nearer(trail: Trail, known: Trail | None) -> bool:
    """Whether of two chains to the same read this one is told: the shorter one, else the one that stands first."""
    return known is None or (len(trail), trail) < (len(known), known)


UNGUARDED: Guard = frozenset()


class Run(NamedTuple):
    """A statement that a function runs, in the order of the text."""

    statement: Statement
    execution: Execution


class Pending(NamedTuple):
    """A call of something that the caller hands over: `schema.model_validate(quest)`, under which conditions."""

    callee: Symbol
    given: Arguments
    guard: Guard


class Summary(NamedTuple):
    """What a call of a function means to its caller, in terms of the function's own parameters.

    reads: what is read of them and under which conditions, with the way there. stores: what it puts into attributes of
    `self`. forgets: a place where it commits. runs: the statements that it and its callees run, in order.
    pending: the calls that only a caller can follow.
    """

    returns: Value = NOTHING
    yields: Value = NOTHING
    reads: Mapping[tuple[Readable, Guard], Trail] = {}
    stores: Mapping[str, Value] = {}
    forgets: Place | None = None
    runs: tuple[Run, ...] = ()
    pending: tuple[Pending, ...] = ()


@dataclass(slots=True)
class Frame:
    """The state of one run. `scope` is where names are looked up that `env` does not have."""

    engine: Engine
    path: str
    scope: int
    ref: FunctionRef | None = None
    receiver: ClassRef | None = None
    self_name: str = ""
    types: dict[str, Type] = field(default_factory=dict)
    classes: dict[Symbol, ClassRef | None] = field(default_factory=dict)
    env: Env = field(default_factory=dict)
    returns: Value = NOTHING
    yields: Value = NOTHING
    reads: dict[tuple[Readable, Guard], Trail] = field(default_factory=dict)
    guard: Guard = UNGUARDED
    stores: dict[str, Value] = field(default_factory=dict)
    forgets: Place | None = None
    runs: dict[Run, int] = field(default_factory=dict)
    sequence: list[Run] = field(default_factory=list)
    pending: dict[Pending, None] = field(default_factory=dict)
    closures: dict[int, tuple[FunctionNode, Env]] = field(default_factory=dict)
    suffix: Trail = ()
    quiet: int = 0
    depth: int = 0

    @property
    def project(self) -> Project:
        return self.engine.project

    def place(self, node: ast.expr | ast.stmt) -> Place:
        at = offsets(self.project, self.path).locate
        end = at(node.end_lineno or node.lineno, node.end_col_offset or 0)
        return Place(self.path, at(node.lineno, node.col_offset), end)

    @contextmanager
    def silence(self) -> Iterator[None]:
        """Look at values without that counting as a read."""
        self.quiet += 1
        try:
            yield
        finally:
            self.quiet -= 1

    def read(self, what: Readable, trail: Trail) -> None:
        """Something is read of an instance: told at once where it is known, else left to the callers."""
        if self.quiet:
            return
        whole = (*trail, *self.suffix)[:LONGEST_TRAIL]
        if isinstance(what, Symbol) or (isinstance(what, Entity) and is_symbolic(what)):
            if self.guard and (what, UNGUARDED) in self.reads:
                return
            if is_nearer(whole, self.reads.get((what, self.guard))):
                self.reads[what, self.guard] = whole
        elif not self.engine.is_loaded_if(self, what.path):
            kept = sorted(test.attribute for test in self.guard if isinstance(test, Kept))
            if kept:
                self.engine.may_touch(what, whole, kept[0])
            else:
                self.engine.touch(what, whole)

    def ran(self, statement: Statement, execution: Execution) -> None:
        """A statement is run here; the first two times are kept, which is enough to tell what comes before what."""
        run = Run(statement, execution)
        times = self.runs.get(run, 0)
        if times < _TIMES:
            self.runs[run] = times + 1
            self.sequence.append(run)

    def defer(self, callee: Symbol, given: Arguments) -> None:
        """Leave a call to the callers, who know what is called."""
        if not self.quiet and len(self.pending) < _MOST_PENDING and any((*given.positional, given.spread)):
            self.pending[Pending(callee, given, self.guard)] = None

    def summary(self) -> Summary:
        return Summary(
            trimmed(let_go(self.returns)),
            trimmed(let_go(self.yields)),
            self._nearest_reads(),
            dict(self.stores),
            self.forgets,
            tuple(self.sequence),
            tuple(self.pending),
        )

    def _nearest_reads(self) -> dict[tuple[Readable, Guard], Trail]:
        """What is read; of more than can be handed on, what is nearest to the parameters."""
        if len(self.reads) <= MOST_READS:
            return dict(self.reads)
        return dict(sorted(self.reads.items(), key=lambda row: len(row[0][0].path))[:MOST_READS])


def is_symbolic(entity: Entity) -> bool:
    """Whether the query, or what it selects, is only known to the callers."""
    if isinstance(entity.statement.site, Symbol):
        return True
    entities = entity.statement.entities
    return entity.position < len(entities) and isinstance(entities[entity.position], Symbol)
