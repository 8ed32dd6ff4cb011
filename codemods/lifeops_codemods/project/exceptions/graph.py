"""What leaves each function over the call graph: summaries, brought to a fixpoint from one function on."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from lifeops_codemods.project import Project, question
from lifeops_codemods.project.exceptions.blocks import yields
from lifeops_codemods.project.exceptions.contexts import enters, is_context_manager, may_swallow
from lifeops_codemods.project.exceptions.decorators import Passing, passing
from lifeops_codemods.project.exceptions.driving import drives, returns_exceptions
from lifeops_codemods.project.exceptions.kinds import NO_RESULT, Kind
from lifeops_codemods.project.exceptions.leaving import NOTHING, Calls, Items, Leaving, Raised, suppressed
from lifeops_codemods.project.exceptions.needs import FAULT, LOADED, Needs, needs_of_call, needs_of_raise, roots
from lifeops_codemods.project.exceptions.queries import conditions_of_one
from lifeops_codemods.project.exceptions.reached import Callee, callees, handed_over
from lifeops_codemods.project.exceptions.request_values import from_request, looked_up
from lifeops_codemods.project.exceptions.validation import validates
from lifeops_codemods.project.functions import function_node
from lifeops_codemods.project.trees import span_of

Key = tuple[Kind, bool]
"""A class, and whether the exception is the program's own fault."""
Summary = dict[Key, Raised]
_LOADED = frozenset({LOADED})
_VISITS = 60
"""So often is one function looked at again before its summary is taken as it is."""


class Flow(NamedTuple):
    """The exceptions in one function: what leaves it, and what arrives at each of its handlers (by line and column)."""

    leaves: Items
    arrives: Mapping[tuple[int, int], Items]


@question
def summaries(project: Project) -> dict[Callee, Summary]:
    """What leaves each function that has been looked at, decorators included: for each class the nearest."""
    return {}


@dataclass(slots=True)
class Graph:
    """The call graph from one function on."""

    project: Project
    callers: dict[Callee, set[Callee]] = field(default_factory=dict)
    entering: list[Callee] = field(default_factory=list)

    def settle(self, root: Callee) -> None:
        """Bring the summaries of all that `root` reaches to their fixpoint."""
        known = summaries(self.project)
        if root in known:
            return
        new = [callee for callee in self._reached(root) if callee not in known]
        known.update({callee: {} for callee in new})
        rest = dict.fromkeys(reversed(new))
        visits = dict.fromkeys(new, _VISITS)
        while rest:
            callee = next(iter(rest))
            del rest[callee]
            made = self._summary(callee)
            visits[callee] -= 1
            if made != known[callee] and visits[callee]:
                known[callee] = made
                rest |= dict.fromkeys(sorted(self.callers.get(callee, ()), key=repr))

    def _reached(self, root: Callee) -> list[Callee]:
        """Everything that `root` reaches and that is not settled, in the order in which it is met."""
        found: dict[Callee, None] = {root: None}
        rest = [root]
        known = summaries(self.project)
        while rest:
            caller = rest.pop()
            for callee in sorted(self._all_callees(caller), key=repr):
                self.callers.setdefault(callee, set()).add(caller)
                if callee not in found and callee not in known:
                    found[callee] = None
                    rest.append(callee)
        return list(found)

    def _all_callees(self, caller: Callee) -> set[Callee]:
        """Every function whose summary that of `caller` depends on."""
        by_call = (callees(self.project, caller), handed_over(self.project, caller))
        found = {one for groups in by_call for group in groups.values() for one in group}
        return found | {Callee(one.ref) for one in passing(self.project, caller.ref) if one.ref is not None}

    def _summary(self, callee: Callee) -> Summary:
        leaves = self.flow_of(callee).leaves
        for wrapper in passing(self.project, callee.ref):
            leaves = self.through(wrapper, leaves)
        found: Summary = {}
        for item in sorted(leaves, key=lambda one: (one.depth, one.path, one.start, repr(one.through))):
            key = (item.kind, item.is_fault)
            known = found.setdefault(key, item)
            found[key] = known._replace(needs=_either(known.needs, item.needs))
        return found

    def through(self, wrapper: Passing, items: Items) -> Items:
        """What passes a decorator."""
        if wrapper.opaque:
            return NOTHING
        node = function_node(self.project, wrapper.ref) if wrapper.ref is not None else None
        if wrapper.ref is None or node is None:
            return items
        return self.walker(Callee(wrapper.ref), at_calls=(wrapper.called, items)).block(node.body)

    def flow_of(self, callee: Callee) -> Flow:
        """The exceptions in a function."""
        node = function_node(self.project, callee.ref)
        if node is None:
            return Flow(NOTHING, {})
        walker = self.walker(callee)
        try:
            return Flow(walker.block(node.body), walker.arrives)
        except RecursionError:  # an expression of a thousand operands: nothing is known of what it raises
            return Flow(NOTHING, {})

    def walker(self, caller: Callee, injected: Items = NOTHING, at_calls: tuple[str, Items] = ("", NOTHING)) -> Leaving:
        """What walks a function's code. injected: what comes in where it yields. at_calls: what a name raises."""
        project, path = self.project, caller.ref.path
        node = function_node(project, caller.ref)

        def of_call(call: ast.Call, driven: bool) -> Items:
            if at_calls[0] and isinstance(call.func, ast.Name) and call.func.id == at_calls[0]:
                return at_calls[1]
            span = span_of(project, path, call)
            found = self._of_callees(caller, call, span, driven=driven)
            if driven and drives(project, path, call) and not returns_exceptions(call):
                handed = [argument for argument in call.args if isinstance(argument, ast.Call)]
                found += [item for argument in handed for item in of_call(argument, True)]
            own = [*from_request(project, caller.ref, node, call), *validates(project, path, call)]
            found += [Raised(kind, path, *span, needs=_LOADED) for kind in own]
            return (*found, *self._of_query(caller, call, span))

        def of_context(item: ast.withitem, inside: Items) -> Items:
            passed = suppressed(project, path, item, inside)
            return passed if passed is not None else self._of_context(caller, item, inside)

        def of_raise(statement: ast.Raise) -> Needs:
            return needs_of_raise(project, caller.ref, statement)

        def of_lookup(lookup: ast.Subscript) -> Items:
            kinds = looked_up(project, caller.ref, node, lookup)
            return tuple(Raised(kind, path, *span_of(project, path, lookup), needs=_LOADED) for kind in kinds)

        return Leaving(project, path, Calls(of_call, of_raise, of_lookup, of_context), injected)

    def _of_query(self, caller: Callee, call: ast.Call, span: tuple[int, int]) -> list[Raised]:
        """`scalar_one()`, for what its conditions compare with."""
        conditions = conditions_of_one(self.project, caller.ref, call)
        needs = roots(self.project, caller.ref, conditions) - _LOADED
        return [Raised(NO_RESULT, caller.ref.path, *span, needs=needs)] if needs else []

    def _of_callees(self, caller: Callee, call: ast.Call, span: tuple[int, int], *, driven: bool) -> list[Raised]:
        reached = callees(self.project, caller).get(span, ())
        found = [
            item
            for callee in reached
            if self._runs(callee, driven=driven)
            for item in self._out_of(callee, caller, call, span)
        ]
        for callee in handed_over(self.project, caller).get(span, ()):
            found += self._out_of(callee, caller, None, span)
        return found

    def _runs(self, callee: Callee, *, driven: bool) -> bool:
        """Whether a call runs the function's body: of a coroutine or generator, only if it is awaited or iterated."""
        node = function_node(self.project, callee.ref)
        if node is None or is_context_manager(self.project, callee.ref):
            return False
        return driven or not (isinstance(node, ast.AsyncFunctionDef) or yields(node.body))

    def _out_of(self, callee: Callee, caller: Callee, call: ast.Call | None, span: tuple[int, int]) -> list[Raised]:
        found = []
        for (kind, _), item in summaries(self.project).get(callee, {}).items():
            needs = item.needs
            if needs != FAULT:
                needs = _LOADED if call is None else needs_of_call(self.project, caller.ref, call, callee.ref, needs)
            found.append(Raised(kind, caller.ref.path, *span, callee, item.depth + 1, needs))
        return found

    def _of_context(self, caller: Callee, item: ast.withitem, inside: Items) -> Items:
        """What passes a context manager of the project, and what that raises itself."""
        path = caller.ref.path
        span = span_of(self.project, path, item.context_expr)
        reached = callees(self.project, caller).get(span, ())
        for callee in enters(self.project, reached):
            node = function_node(self.project, callee.ref)
            if node is None or callee in self.entering:
                continue
            if not is_context_manager(self.project, callee.ref):
                inside = NOTHING if may_swallow(node) else inside
                continue
            self.entering.append(callee)
            out = self.walker(callee, injected=inside).block(node.body)
            self.entering.pop()
            own = [
                Raised(one.kind, path, *span, callee, one.depth + 1, FAULT if one.is_fault else _LOADED)
                for one in out
                if one not in inside
            ]
            inside = (*(one for one in out if one in inside), *own)
        return inside


def _either(one: Needs, other: Needs) -> Needs:
    return None if one is None or other is None else one | other
