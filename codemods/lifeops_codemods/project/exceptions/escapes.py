"""Which exceptions may leave a function, over the call graph: a fixpoint of what leaves each function's own code."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from lifeops_codemods.project import Project, question
from lifeops_codemods.project.exceptions.blocks import yields
from lifeops_codemods.project.exceptions.contexts import enters, is_context_manager, may_swallow
from lifeops_codemods.project.exceptions.decorators import Passing, passing
from lifeops_codemods.project.exceptions.driving import drives, handed_functions, returns_exceptions
from lifeops_codemods.project.exceptions.kinds import Kind
from lifeops_codemods.project.exceptions.leaving import NOTHING, Calls, Items, Leaving, Raised, suppressed
from lifeops_codemods.project.exceptions.needs import FAULT, LOADED, Needs, needs_of_call, needs_of_raise
from lifeops_codemods.project.exceptions.reached import callees
from lifeops_codemods.project.exceptions.request_values import from_request
from lifeops_codemods.project.exceptions.validation import validates
from lifeops_codemods.project.functions import FunctionNode, FunctionRef, function_node
from lifeops_codemods.project.trees import span_of

Key = tuple[Kind, bool]
"""A class, and whether the exception is the program's own fault."""
_ROUNDS = 60
_LOADED = frozenset({LOADED})


class Place(NamedTuple):
    """A place on the way of an exception, and what it says."""

    path: str
    start: int
    end: int
    text: str


class Flow(NamedTuple):
    """The exceptions in one function: what leaves it, and what arrives at each of its handlers (by line and column)."""

    leaves: Items
    arrives: Mapping[tuple[int, int], Items]


@question
def flow(project: Project, ref: FunctionRef) -> Flow:
    """The exceptions in a function, without what its decorators make of them."""
    graph = _Graph(project)
    graph.settle(ref)
    return graph.flow_of(ref)


def leaving(project: Project, ref: FunctionRef, statements: list[ast.stmt]) -> Items:
    """What may leave some statements of a function, whatever is around them."""
    graph = _Graph(project)
    graph.settle(ref)
    return graph.walker(ref).block(statements)


def passed_decorators(project: Project, ref: FunctionRef, items: Items) -> Items:
    """What passes the decorators of a function that the project defines, of what leaves its own code."""
    graph = _Graph(project)
    graph.settle(ref)
    for wrapper in passing(project, ref):
        if wrapper.ref is not None:
            passed = graph.through(wrapper, items)
            items = tuple(item for item in items if item in passed)
    return items


def chain(project: Project, item: Raised) -> tuple[Place, ...]:
    """The way of an exception, from where it leaves a function's code to where it is raised."""
    known = _summaries(project)
    places = []
    seen: set[tuple[FunctionRef, Kind]] = set()
    while item.through is not None and (item.through, item.kind) not in seen:
        seen.add((item.through, item.kind))
        places.append(Place(item.path, item.start, item.end, "calls what may raise it"))
        inner = known.get(item.through, {}).get((item.kind, item.is_fault)) or known.get(item.through, {}).get(
            (item.kind, False)
        )
        if inner is None:
            return tuple(places)
        item = inner
    places.append(Place(item.path, item.start, item.end, "is where it is raised"))
    return tuple(places)


@question
def _summaries(project: Project) -> dict[FunctionRef, dict[Key, Raised]]:
    """What leaves each function that has been looked at, decorators included: one for each class, the nearest."""
    return {}


@dataclass(slots=True)
class _Graph:
    project: Project
    callers: dict[FunctionRef, set[FunctionRef]] = field(default_factory=dict)

    def settle(self, root: FunctionRef) -> None:
        """Bring the summaries of all that `root` reaches to their fixpoint."""
        known = _summaries(self.project)
        new = [ref for ref in self._reached(root) if ref not in known]
        known.update({ref: {} for ref in new})
        rest = sorted(new, reverse=True)
        for _ in range(_ROUNDS * max(len(rest), 1)):
            if not rest:
                return
            ref = rest.pop(0)
            made = self._summary(ref)
            if made != known[ref]:
                known[ref] = made
                rest += [caller for caller in sorted(self.callers.get(ref, ())) if caller not in rest]

    def _reached(self, root: FunctionRef) -> list[FunctionRef]:
        found: dict[FunctionRef, None] = {root: None}
        rest = [root]
        known = _summaries(self.project)
        while rest:
            ref = rest.pop()
            for callee in sorted(_all_callees(self.project, ref)):
                self.callers.setdefault(callee, set()).add(ref)
                if callee not in found:
                    found[callee] = None
                    if callee not in known:
                        rest.append(callee)
        return list(found)

    def _summary(self, ref: FunctionRef) -> dict[Key, Raised]:
        leaves = self.flow_of(ref).leaves
        for wrapper in passing(self.project, ref):
            leaves = self.through(wrapper, leaves)
        found: dict[Key, Raised] = {}
        for item in sorted(leaves, key=lambda one: (one.depth, one.path, one.start, repr(one.through))):
            key = (item.kind, item.is_fault)
            known = found.setdefault(key, item)
            found[key] = known._replace(needs=_either(known.needs, item.needs))
        return found

    def through(self, wrapper: Passing, items: Items) -> Items:
        if wrapper.opaque:
            return NOTHING
        walker = self.walker(wrapper.ref, at_calls=(wrapper.called, items)) if wrapper.ref is not None else None
        node = function_node(self.project, wrapper.ref) if wrapper.ref is not None else None
        return items if walker is None or node is None else walker.block(node.body)

    def flow_of(self, ref: FunctionRef) -> Flow:
        node = function_node(self.project, ref)
        if node is None:
            return Flow(NOTHING, {})
        walker = self.walker(ref)
        return Flow(walker.block(node.body), walker.arrives)

    def walker(
        self, ref: FunctionRef, injected: Items = NOTHING, at_calls: tuple[str, Items] = ("", NOTHING)
    ) -> Leaving:
        reached = callees(self.project, ref)
        node = function_node(self.project, ref)
        wrapped, items = at_calls

        def of_call(call: ast.Call, driven: bool) -> Items:
            if wrapped and isinstance(call.func, ast.Name) and call.func.id == wrapped:
                return items
            span = span_of(self.project, ref.path, call)
            found = [
                item
                for callee in reached.get(span, ())
                if self._runs(callee, driven=driven)
                for item in self._out_of(callee, ref, call, span)
            ]
            for callee in handed_functions(self.project, ref.path, call):
                found += self._out_of(callee, ref, None, span)
            if driven and drives(self.project, ref.path, call) and not returns_exceptions(call):
                found += self._of_arguments(ref, call, of_call)
            own = [*from_request(self.project, ref, node, call), *validates(self.project, ref.path, call)]
            found += [Raised(kind, ref.path, *span, needs=_LOADED) for kind in own]
            return tuple(found)

        def of_context(item: ast.withitem, inside: Items) -> Items:
            passed = suppressed(self.project, ref.path, item, inside)
            return passed if passed is not None else self._of_context(ref, item, inside)

        def of_raise(node: ast.Raise) -> Needs:
            return needs_of_raise(self.project, ref, node)

        return Leaving(self.project, ref.path, Calls(of_call, of_raise, of_context), injected)

    def _of_arguments(self, ref: FunctionRef, call: ast.Call, of_call: object) -> Items:
        """`asyncio.gather(f(), g())`: what is handed over is awaited there."""
        assert callable(of_call)
        return tuple(
            item for argument in call.args if isinstance(argument, ast.Call) for item in of_call(argument, True)
        )

    def _runs(self, callee: FunctionRef, *, driven: bool) -> bool:
        """Whether a call runs the function's body: of a coroutine or generator, only if it is awaited or iterated."""
        node = function_node(self.project, callee)
        if node is None or is_context_manager(self.project, callee):
            return False
        return driven or not (isinstance(node, ast.AsyncFunctionDef) or yields(node.body))

    def _out_of(self, callee: FunctionRef, ref: FunctionRef, call: ast.Call | None, span: tuple[int, int]) -> Items:
        found = []
        for (kind, _), item in _summaries(self.project).get(callee, {}).items():
            needs = item.needs
            if needs != FAULT:
                needs = _LOADED if call is None else needs_of_call(self.project, ref, call, callee, needs)
            found.append(Raised(kind, ref.path, *span, callee, item.depth + 1, needs))
        return tuple(found)

    def _of_context(self, ref: FunctionRef, item: ast.withitem, inside: Items) -> Items:
        """What passes a context manager of the project, and what that raises itself."""
        span = span_of(self.project, ref.path, item.context_expr)
        for callee in enters(self.project, ref, item, callees(self.project, ref).get(span, ())):
            node = function_node(self.project, callee)
            if node is None:
                continue
            if not is_context_manager(self.project, callee):
                inside = NOTHING if may_swallow(node) else inside
                continue
            out = self.walker(callee, injected=inside).block(node.body)
            own = [
                Raised(one.kind, ref.path, *span, callee, one.depth + 1, _LOADED) for one in out if one not in inside
            ]
            inside = (*(one for one in out if one in inside), *own)
        return inside


def _either(one: Needs, other: Needs) -> Needs:
    return None if one is None or other is None else one | other


def _all_callees(project: Project, ref: FunctionRef) -> set[FunctionRef]:
    """Every function whose summary that of `ref` depends on."""
    found = {one for group in callees(project, ref).values() for one in group}
    node = function_node(project, ref)
    if node is not None:
        calls = [call for call in ast.walk(node) if isinstance(call, ast.Call)]
        found |= {one for call in calls for one in handed_functions(project, ref.path, call)}
    found |= {wrapper.ref for wrapper in passing(project, ref) if wrapper.ref is not None}
    return found


def is_generator(node: FunctionNode) -> bool:
    """Whether calling the function gives a generator."""
    return yields(node.body)
