"""How a query is built: what it selects, and every clause that it gets, through variables and functions."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import NamedTuple

from lifeops_codemods.project import Project
from lifeops_codemods.project.exceptions.blocks import executed
from lifeops_codemods.project.exceptions.reached import callees
from lifeops_codemods.project.flow.queries import FLUENT, SELECTS
from lifeops_codemods.project.pages.definitions import bindings, definitions
from lifeops_codemods.project.pages.inside import Inside, StoppedError, entered, parameter_names
from lifeops_codemods.project.scopes import library_names
from lifeops_codemods.project.trees import span_of

_SETS = frozenset({"union", "union_all", "intersect", "except_", "intersect_all", "except_all"})
_CHANGING = frozenset(
    {"add_columns", "add_column", "add_entity", "with_only_columns", "with_entities", "subquery", "from_self", "cte"}
)
_KNOWN = FLUENT | _SETS | _CHANGING | {"options"}
_DEEPEST = 8


class _Trace(NamedTuple):
    """How deep the calls still may go, and which loops are gone round already: a function and its variable."""

    depth: int = _DEEPEST
    loops: frozenset[tuple[ast.AST, str]] = frozenset()

    def deeper(self) -> _Trace:
        return self._replace(depth=self.depth - 1)


@dataclass(frozen=True, slots=True, eq=False)
class Clause:
    """A method that a statement is given: `.where(…)`, and the function whose text it stands in."""

    name: str
    call: ast.Call
    inside: Inside


@dataclass(frozen=True, slots=True, eq=False)
class Root:
    """Where a statement begins: `select(…)` or `session.query(…)`."""

    call: ast.Call
    inside: Inside


@dataclass(frozen=True, slots=True, eq=False)
class Built:
    """A statement. legacy: it is a `Query`. roots: several where branches begin with different ones."""

    legacy: bool
    roots: tuple[Root, ...]
    clauses: tuple[Clause, ...] = ()

    def named(self, *names: str) -> tuple[Clause, ...]:
        return tuple(clause for clause in self.clauses if clause.name in names)


def statement(project: Project, node: ast.expr, inside: Inside) -> Built | None:
    """The statement that an expression is; None where it is none. Raises StoppedError where it is not understood."""
    found = _statement(project, node, inside, _Trace())
    return found if found is not None and found.roots else None


def _statement(project: Project, node: ast.expr, inside: Inside, trace: _Trace) -> Built | None:
    if trace.depth <= 0:
        return None
    match node:
        case ast.Await(value=inner):
            return _statement(project, inner, inside, trace)
        case ast.Name():
            return _named(project, node, inside, trace)
        case ast.IfExp(body=first, orelse=second):
            return _joined([_statement(project, item, inside, trace) for item in (first, second)])
        case ast.NamedExpr(value=inner):
            return _statement(project, inner, inside, trace)
        case ast.Call():
            return _called(project, node, inside, trace)
    return None


def _named(project: Project, node: ast.Name, inside: Inside, trace: _Trace) -> Built | None:
    found: list[Built | None] = []
    known = definitions(inside, node)
    if known is None:
        return _looped(project, node, inside, trace)
    for one in known:
        if one.item is not None:
            return None
        if one.value is not None:
            found.append(_statement(project, one.value, inside, trace))
        elif inside.outer is not None and node.id in inside.given:
            found.append(_statement(project, inside.given[node.id], inside.outer, trace))
        else:
            found.append(None)
    return _joined(found)


def _looped(project: Project, node: ast.Name, inside: Inside, trace: _Trace) -> Built | None:
    """A statement that a loop goes on with: `for one in criteria: stmt = stmt.where(one)`."""
    key = (inside.node, node.id)
    if key in trace.loops:
        return Built(False, ())
    within = trace._replace(loops=trace.loops | {key})
    begun: list[Built | None] = []
    more: list[Clause] = []
    for one in bindings(inside, node.id) or ():
        chain = _chain_on(one.value, node.id) if one.value is not None and one.item is None else None
        if chain is None:
            begun.append(_statement(project, one.value, inside, within) if one.value is not None else None)
        else:
            more += [Clause(call.func.attr, call, inside) for call in chain if isinstance(call.func, ast.Attribute)]
    if any(clause.name not in _KNOWN for clause in more):
        return None
    start = _joined(begun)
    return replace(start, clauses=(*start.clauses, *more)) if start is not None else None


def _chain_on(node: ast.expr, name: str) -> list[ast.Call] | None:
    """The calls of a chain that begins at a variable."""
    found: list[ast.Call] = []
    while isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        found.append(node)
        node = node.func.value
    return found[::-1] if isinstance(node, ast.Name) and node.id == name and found else None


def _joined(found: list[Built | None]) -> Built | None:
    """One of several statements; None where one of them is none."""
    known = [item for item in found if item is not None]
    if not known or len(known) != len(found):
        return None
    roots = {root.call: root for item in known for root in item.roots}
    clauses = {clause.call: clause for item in known for clause in item.clauses}
    return Built(any(item.legacy for item in known), tuple(roots.values()), tuple(clauses.values()))


def _called(project: Project, node: ast.Call, inside: Inside, trace: _Trace) -> Built | None:
    reached = callees(project, inside.callee).get(span_of(project, inside.path, node), ())
    if reached:
        return _joined([_returned(project, one, trace.deeper()) for one in _entered(project, node, inside)])
    if library_names(project, inside.path, node.func) & SELECTS:
        return Built(False, (Root(node, inside),))
    if isinstance(node.func, ast.Attribute):
        return _method(project, node, node.func, inside, trace)
    if any(_is_statement(project, item, inside, trace) for item in node.args):
        name = ast.unparse(node.func)
        place = inside.place(project, node)
        raise StoppedError(place, f"{name}() of a library changes the query", "add offset and limit by hand")
    return None


def _method(project: Project, node: ast.Call, func: ast.Attribute, inside: Inside, trace: _Trace) -> Built | None:
    if func.attr == "query" and node.args and not any(isinstance(item, ast.Starred) for item in node.args):
        return Built(True, (Root(node, inside),))
    if func.attr == "with_session":
        return _statement(project, func.value, inside, trace)
    inner = _statement(project, func.value, inside, trace)
    if inner is None or func.attr not in _KNOWN:
        return None
    return replace(inner, clauses=(*inner.clauses, Clause(func.attr, node, inside)))


def _is_statement(project: Project, node: ast.expr, inside: Inside, trace: _Trace) -> bool:
    return _statement(project, node, inside, trace.deeper()) is not None


def _entered(project: Project, node: ast.Call, inside: Inside) -> Iterator[Inside]:
    for callee in callees(project, inside.callee).get(span_of(project, inside.path, node), ()):
        found = entered(project, inside, node, callee, node.args)
        if found is not None:
            yield found


def _returned(project: Project, inside: Inside, trace: _Trace) -> Built | None:
    """The statement that a function gives back, without running it."""
    values = [one.value for one in executed(inside.node.body) if isinstance(one, ast.Return)]
    return _joined([_statement(project, value, inside, trace) if value is not None else None for value in values])


def origin(project: Project, node: ast.expr, inside: Inside) -> tuple[ast.expr, Inside]:
    """Where a statement that is only handed on comes from: the argument of the call that hands it over."""
    while isinstance(node, ast.Name) and inside.outer is not None and node.id in parameter_names(inside.node):
        found = definitions(inside, node)
        if not found or any(one.value is not None for one in found) or node.id not in inside.given:
            break
        node, inside = inside.given[node.id], inside.outer
    return node, inside
