"""Summaries of functions, to a fixpoint over recursion, and what all runs together found."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property

from lifeops_codemods.project import Project, question
from lifeops_codemods.project.classes import ClassRef
from lifeops_codemods.project.flow import (
    attributes,
    injection,
    meanings,
    statements,
)
from lifeops_codemods.project.flow.frame import Frame, Summary, Trail, is_nearer
from lifeops_codemods.project.flow.lifetimes import Refresh
from lifeops_codemods.project.flow.run_index import Key, RunIndex
from lifeops_codemods.project.flow.values import (
    ClassValue,
    Entity,
    Fresh,
    Guard,
    Load,
    Path,
    Place,
    Symbol,
    Value,
    one,
)
from lifeops_codemods.project.functions import (
    FunctionRef,
    function,
    function_node,
    is_class_method,
    is_static,
    owner,
)
from lifeops_codemods.project.types import (
    UNKNOWN,
    Instance,
    annotated,
)

_ROUNDS = 4
_MOST_TIMES = 12
"""So often a function is run again because others that call it in a circle are; then its answer stands."""
_DEEP = 20_000


class Engine:
    """What is known of the project's functions; grows as they are asked for."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.touched: dict[Entity | Fresh, Trail] = {}
        self.possibly_touched: dict[Entity | Fresh, tuple[Trail, str]] = {}
        self.polymorphic_reads: dict[tuple[Entity | Fresh, ClassRef, str], Trail] = {}
        self.computed_reads: dict[tuple[Entity | Fresh, Place], None] = {}
        self.refreshes: dict[Place, Refresh] = {}
        self.loaders_made: dict[tuple[FunctionRef | None, Path], set[Guard]] = {}
        self.given_to: dict[Place, dict[str, Value]] = {}
        self.done: dict[Key, Summary] = {}
        self.index = RunIndex(self.done)
        self.running: dict[Key, Summary] = {}
        self._provisional: dict[Key, tuple[Summary, set[Key]]] = {}
        self._times: dict[Key, int] = {}
        self._last: dict[Key, Summary] = {}
        self._used: list[set[Key]] = []
        self.values: dict[tuple[str, int, str], Value] = {}

    @cached_property
    def telling(self) -> frozenset[str]:
        """The names whose reading may load something."""
        return attributes.telling_names(self.project)

    def summary(self, ref: FunctionRef, receiver: ClassRef | None) -> Summary:
        """What a call of the function means, on an instance of `receiver` where it is a method."""
        key = (ref, receiver)
        if key in self.done:
            return self.done[key]
        if key in self.running:
            self._depend({key})
            return self.running[key]
        if key in self._provisional:
            found, used = self._provisional[key]
            self._depend(used)
            return found
        return self._settled(key)

    def _depend(self, keys: set[Key]) -> None:
        if self._used:
            self._used[-1] |= keys

    def _settled(self, key: Key) -> Summary:
        """Run until the answer about a function that calls itself, directly or not, stays the same.

        Of functions that call each other only the outermost goes round; the others begin where they were left.
        """
        found = self._last.get(key, Summary())
        used: set[Key] = set()
        for _ in range(_ROUNDS):
            self.running[key] = before = found
            self._used.append(set())
            found = self._run(*key)
            used = self._used.pop()
            if key not in used or used != {key} or found == before:
                break
            self._provisional.clear()
        del self.running[key]
        self._provisional = {inner: row for inner, row in self._provisional.items() if key not in row[1]}
        outer = used - {key}
        self._times[key] = self._times.get(key, 0) + 1
        if outer and self._times[key] < _MOST_TIMES:
            self._last[key] = found
            self._provisional[key] = (found, outer)
            self._depend(outer)
        else:
            self._last.pop(key, None)
            self.done[key] = found
        return found

    def _run(self, ref: FunctionRef, receiver: ClassRef | None) -> Summary:
        """Run a function once. Of one that is nested too deeply to be run nothing is known."""
        node = function_node(self.project, ref)
        if node is None:
            return Summary()
        try:
            frame = self.frame(ref, receiver)
            statements.run(frame, node.body)
        except RecursionError:
            return Summary()
        return frame.summary()

    def frame(self, ref: FunctionRef, receiver: ClassRef | None) -> Frame:
        """The start of a run: parameters are symbols, but for those of simple types and those that FastAPI injects."""
        row = function(self.project, ref)
        frame = Frame(self, ref.path, row.own, ref, receiver)
        holder = owner(self.project, ref)
        bound = holder is not None and not is_static(self.project, ref)
        for index, (name, kind, _, annotation, _default) in enumerate(row.parameters):
            if index == 0 and bound and receiver is not None:
                if is_class_method(self.project, ref):
                    frame.env[name] = one(ClassValue(receiver))
                else:
                    frame.self_name = name
                    frame.types[name] = Instance(receiver)
                    frame.env[name] = one(Symbol(name))
                continue
            said = annotated(self.project, ref.path, row.scope, annotation) if kind not in {"*", "**"} else UNKNOWN
            said = attributes.meant(self.project, said, receiver)
            frame.types[name] = said
            frame.env[name] = injection.injected(frame, ref, name) or meanings.handed(self, name, said)
        return frame

    def touch(self, what: Entity | Fresh, trail: Trail) -> None:
        """A relationship is read of an instance; the nearest way there is kept."""
        if is_nearer(trail, self.touched.get(what)):
            self.touched[what] = trail

    def may_touch(self, what: Entity | Fresh, trail: Trail, attribute: str) -> None:
        """A relationship is read only for some values of an attribute that other code fills."""
        known = self.possibly_touched.get(what)
        if known is None or (len(trail), trail, attribute) < (len(known[0]), *known):
            self.possibly_touched[what] = (trail, attribute)

    def polymorphic(self, atom: Entity | Fresh, below: ClassRef, name: str, step: object) -> None:
        """A relationship is read that only a subclass of the queried model has."""
        self.polymorphic_reads.setdefault((atom, below, name), ())

    def computed(self, atom: Entity | Fresh, place: Place) -> None:
        """An attribute is read by a name that is computed."""
        self.computed_reads[(atom, place)] = None

    def loader_made(self, frame: Frame, loads: Value) -> None:
        """Remember under which conditions a function makes a loader."""
        for atom in loads:
            if isinstance(atom, Load) and atom.kind == "load":
                self.loaders_made.setdefault((frame.ref, atom.path), set()).add(frame.guard)

    def is_loaded_if(self, frame: Frame, path: Path) -> bool:
        """Whether the function makes a loader under conditions that hold here: `if with_tags:` for both."""
        return bool(frame.guard) and any(
            guard and guard <= frame.guard for guard in self.loaders_made.get((frame.ref, path), ())
        )


@contextmanager
def deep() -> Iterator[None]:
    """Runs of functions lie within each other as deep as the project's calls do."""
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(max(before, _DEEP))
    try:
        yield
    finally:
        sys.setrecursionlimit(before)


@question
def engine(project: Project) -> Engine:
    """The one engine of a project."""
    project.changes_with_everything()
    return Engine(project)
