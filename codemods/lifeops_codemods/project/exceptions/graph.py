"""What leaves each function over the call graph: summaries, brought to a fixpoint from one function on."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from lifeops_codemods.project import Project, question
from lifeops_codemods.project.exceptions.blocks import is_generator
from lifeops_codemods.project.exceptions.contexts import enters, is_context_manager, may_swallow
from lifeops_codemods.project.exceptions.decorators import passing
from lifeops_codemods.project.exceptions.demands import NO_DEMANDS, demands_at, demands_of_call
from lifeops_codemods.project.exceptions.driving import drives, handed_function, returns_exceptions
from lifeops_codemods.project.exceptions.kinds import NO_RESULT, VALIDATION_ERROR, Kind, lineage
from lifeops_codemods.project.exceptions.leaving import NOTHING, Calls, Items, Key, Leaving, Raised, suppressed
from lifeops_codemods.project.exceptions.needs import FAULT, data_of_call, keys_of_call, needs_of_call, needs_of_raise
from lifeops_codemods.project.exceptions.queries import conditions_of_one, is_key_of_row, sides
from lifeops_codemods.project.exceptions.reached import Callee, callees, handed_over
from lifeops_codemods.project.exceptions.request_values import from_request, looked_up
from lifeops_codemods.project.exceptions.roots import LOADED, is_stored, origins, roots
from lifeops_codemods.project.exceptions.running import Running, handed_names, parameter_at, wrappers_in
from lifeops_codemods.project.exceptions.validation import validates
from lifeops_codemods.project.exceptions.wrappers import Passing
from lifeops_codemods.project.functions import FunctionRef, function_node
from lifeops_codemods.project.trees import span_of

Summary = dict[Key, Raised]
_LOADED = frozenset({LOADED})
_DISTINCT = 12
"""So many exceptions of one function are told apart by what they depend on."""
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
        return found | {Callee(ref) for ref in wrappers_in(passing(self.project, caller.ref))}

    def _summary(self, callee: Callee) -> Summary:
        leaves = self._through_all(passing(self.project, callee.ref), self.flow_of(callee).leaves)
        found: Summary = {}
        for item in sorted(leaves, key=lambda one: (one.depth, one.path, one.start, repr(one.through))):
            found.setdefault(item.key, item)
        return found if len(found) <= _DISTINCT else _coarser(found)

    def through(self, wrapper: Passing, items: Items) -> Items:
        """What passes a decorator; everything may where that is not known, and is lost then."""
        node = function_node(self.project, wrapper.ref) if wrapper.ref is not None else None
        if wrapper.ref is None or node is None:
            return _lost(items)
        running = Running({name: self._through_all(made, items) for name, made in wrapper.runs})
        left = self.walker(Callee(wrapper.ref), running=running).block(node.body)
        if not running.ran:
            return _lost(tuple(item for handed in running.items.values() for item in handed))
        return left

    def _through_all(self, wrappers: Iterable[Passing], items: Items) -> Items:
        for wrapper in wrappers:
            items = self.through(wrapper, items)
        return items

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

    def walker(self, caller: Callee, injected: Items = NOTHING, running: Running | None = None) -> Leaving:
        """What walks a function's code. injected: what comes in where it yields. running: of a decorator's wrapper."""
        project, path = self.project, caller.ref.path
        node = function_node(project, caller.ref)

        def of_call(call: ast.Call, driven: bool) -> Items:
            span = span_of(project, path, call)
            if running is not None:
                ran = self._run(caller, call, span, running)
                if ran is not None:
                    return ran
            found = self._of_callees(caller, call, span, driven=driven)
            if driven and drives(project, path, call) and not returns_exceptions(call):
                handed = [argument for argument in call.args if isinstance(argument, ast.Call)]
                found += [item for argument in handed for item in of_call(argument, True)]
            found += [
                Raised(kind, path, *span, needs=_LOADED) for kind in from_request(project, caller.ref, node, call)
            ]
            found += self._of_validation(caller, call, span)
            return (*found, *self._of_query(caller, call, span))

        def of_context(item: ast.withitem, inside: Items) -> Items:
            passed = suppressed(project, path, item, inside)
            return passed if passed is not None else self._of_context(caller, item, inside)

        def of_raise(statement: ast.Raise, kinds: tuple[Kind, ...]) -> Items:
            demands = demands_at(project, caller.ref, statement) if kinds else None
            needs = FAULT if demands is None else needs_of_raise(project, caller.ref, statement)
            span = span_of(project, path, statement)
            return tuple(Raised(kind, path, *span, needs=needs, demands=demands or NO_DEMANDS) for kind in kinds)

        def of_lookup(lookup: ast.Subscript) -> Items:
            kinds = looked_up(project, caller.ref, node, lookup)
            return tuple(Raised(kind, path, *span_of(project, path, lookup), needs=_LOADED) for kind in kinds)

        return Leaving(project, path, Calls(of_call, of_raise, of_lookup, of_context), injected)

    def _run(self, caller: Callee, call: ast.Call, span: tuple[int, int], running: Running) -> Items | None:
        """What leaves a call that runs what a decorator decorates; None for another call."""
        if isinstance(call.func, ast.Name) and call.func.id in running.items:
            running.ran = True
            return running.items[call.func.id]
        handed = handed_function(self.project, caller.ref.path, call)
        if isinstance(handed, ast.Name) and handed.id in running.items:
            running.ran = True
            return running.items[handed.id]
        found: list[Items] = []
        for position, name in handed_names(call, running.items):
            for callee in callees(self.project, caller).get(span, ()):
                found.append(self._run_within(callee, position, running, name))
        return tuple(dict.fromkeys(item for items in found for item in items)) if found and running.ran else None

    def _run_within(self, callee: Callee, position: int | str, running: Running, name: str) -> Items:
        """What leaves a function that is handed the decorated one: `execute(function, *args)`."""
        node = function_node(self.project, callee.ref)
        parameter = parameter_at(self.project, callee.ref, position)
        if node is None or not parameter or callee in self.entering:
            return NOTHING
        self.entering.append(callee)
        inner = Running({parameter: running.items[name]})
        left = self.walker(callee, running=inner).block(node.body)
        self.entering.pop()
        running.ran = running.ran or inner.ran
        return self._through_all(passing(self.project, callee.ref), left)

    def _of_query(self, caller: Callee, call: ast.Call, span: tuple[int, int]) -> list[Raised]:
        """`scalar_one()`, for what its conditions compare with."""
        conditions = conditions_of_one(self.project, caller.ref, call)
        parts = [part for one in conditions for part in sides(one) if not is_key_of_row(part)]
        asked = [part for part in parts if not is_stored(self.project, caller.ref, part)]
        needs = roots(self.project, caller.ref, asked) - _LOADED
        return [Raised(NO_RESULT, caller.ref.path, *span, needs=needs)] if needs else []

    def _of_validation(self, caller: Callee, call: ast.Call, span: tuple[int, int]) -> list[Raised]:
        """`ValidationError`, for the data that is validated; nothing where that is written in the code."""
        kinds = validates(self.project, caller.ref.path, call)
        needs = _validated(self.project, caller.ref, call) if kinds else FAULT
        return [Raised(kind, caller.ref.path, *span, needs=needs) for kind in kinds if needs]

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
        return driven or not (isinstance(node, ast.AsyncFunctionDef) or is_generator(self.project, callee.ref))

    def _out_of(self, callee: Callee, caller: Callee, call: ast.Call | None, span: tuple[int, int]) -> list[Raised]:
        known = summaries(self.project).get(callee, {}).values()
        found = [self._out(item, callee, caller, call, span) for item in known]
        return [one for one in found if one is not None]

    def _out(
        self, item: Raised, callee: Callee, caller: Callee, call: ast.Call | None, span: tuple[int, int]
    ) -> Raised | None:
        """An exception that leaves a function, as it comes out of a call; None where the call cannot make it so."""
        here = Raised(
            item.kind, caller.ref.path, *span, callee, item.depth + 1, _LOADED, inner=item.key, lost=item.lost
        )
        if call is None:
            return here._replace(needs=item.needs) if item.is_fault or item.is_of_stored else here
        demands = demands_of_call(self.project, caller.ref, call, callee.ref, item.demands)
        if demands is None:
            return None
        is_data = VALIDATION_ERROR in lineage(self.project, item.kind)[0]
        depends = data_of_call if is_data else keys_of_call if item.kind == NO_RESULT else needs_of_call
        needs = depends(self.project, caller.ref, call, callee.ref, item.needs)
        return None if is_data and not needs else here._replace(needs=needs, demands=demands)

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
                Raised(one.kind, path, *span, callee, one.depth + 1, FAULT if one.is_fault else _LOADED, inner=one.key)
                for one in out
                if one not in inside
            ]
            inside = (*(one for one in out if one in inside), *own)
        return inside


@question
def _validated(project: Project, ref: FunctionRef, call: ast.Call) -> frozenset[str]:
    """Where the data comes from that a call validates."""
    return origins(project, ref, (*call.args, *(keyword.value for keyword in call.keywords)))


def _lost(items: Items) -> Items:
    return tuple(item._replace(lost=True) for item in items)


def _coarser(summary: Summary) -> Summary:
    """One exception for each class that may be asked for, and one for each that is the program's fault."""
    found: dict[tuple[Kind, bool, bool], Raised] = {}
    for item in summary.values():
        place = (item.kind, item.is_fault, item.lost)
        known = found.setdefault(place, item)
        needs = None if known.needs is None or item.needs is None else known.needs | item.needs
        found[place] = known._replace(needs=needs, demands=known.demands & item.demands)
    return {item.key: item for item in found.values()}
