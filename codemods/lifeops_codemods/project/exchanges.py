"""Requests that the project's own tests send, the endpoints that answer them, and what the tests expect.

`response = await client.post("/items/1")` and what is asserted of `response` after it, in the same function.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import NamedTuple

from lifeops_codemods.project import Project, question
from lifeops_codemods.project.constants import constant_text
from lifeops_codemods.project.functions import FunctionNode, FunctionRef
from lifeops_codemods.project.inclusions import around, variables
from lifeops_codemods.project.routes import Route, routes
from lifeops_codemods.project.suites import is_test_file

_VERBS = frozenset({"get", "post", "put", "patch", "delete", "head", "options"})
_WILD = "{}"


class Exchange(NamedTuple):
    """A request in a test. checks: the comparisons of its status with an expression. asserts: all that is asserted."""

    path: str
    function: FunctionNode
    call: ast.Call
    method: str
    url: tuple[str, ...]
    checks: tuple[tuple[ast.Compare, ast.expr], ...]
    asserts: tuple[ast.Assert, ...]


@question
def exchanges(project: Project) -> tuple[Exchange, ...]:
    """Every request of the project's tests whose address is a literal, in the order of the text."""
    files = [
        path for path in project.mentioning(_VERBS) if is_test_file(path) and project.mentions(path, "status_code")
    ]
    return tuple(found for path in files if project.parses(path) for found in _in_file(project, path))


def exchanges_with(project: Project, ref: FunctionRef) -> tuple[Exchange, ...]:
    """The requests that this endpoint answers and no other one."""
    return _by_endpoint(project).get(ref, ())


@question
def _by_endpoint(project: Project) -> dict[FunctionRef, tuple[Exchange, ...]]:
    found: dict[FunctionRef, list[Exchange]] = {}
    for exchange in exchanges(project):
        ref = _answering(project, exchange)
        if ref is not None:
            found.setdefault(ref, []).append(exchange)
    return {ref: tuple(several) for ref, several in found.items()}


_Key = tuple[str, int, str | None]
"""The method of a route, how many parts its address has, and the last one; None where that is not a word."""


def _answering(project: Project, exchange: Exchange) -> FunctionRef | None:
    """The endpoint that answers a request; None where several may, or none is known."""
    found: dict[FunctionRef, int] = {}
    patterns = _patterns(project)
    for end in {None, *exchange.url[-1:]}:
        for pattern, ref in patterns.get((exchange.method, len(exchange.url), end), ()):
            literal = _fits(pattern, exchange.url)
            if literal is not None:
                found[ref] = max(literal, found.get(ref, -1))
    best = [ref for ref, literal in found.items() if literal == max(found.values())]
    return best[0] if len(best) == 1 else None


@question
def _patterns(project: Project) -> dict[_Key, list[tuple[tuple[str, ...], FunctionRef]]]:
    """The parts of every route's address."""
    found: dict[_Key, list[tuple[tuple[str, ...], FunctionRef]]] = {}
    for route in routes(project):
        pattern = full_path(project, route)
        if pattern is not None:
            parts = _parts(pattern)
            end = parts[-1] if parts and "{" not in parts[-1] else None
            for method in route.methods:
                found.setdefault((method, len(parts), end), []).append((parts, route.function))
    return found


def _fits(pattern: tuple[str, ...], url: tuple[str, ...]) -> int | None:
    """How many parts of an address are those of the route literally; None where it does not fit."""
    literal = 0
    for wanted, given in zip(pattern, url, strict=True):
        if "{" in wanted:
            continue
        if given == _WILD or wanted != given:
            return None
        literal += 1
    return literal


@question
def full_path(project: Project, route: Route) -> str | None:
    """The path of a route with the prefixes of its routers; None where one of them is computed."""
    if route.path is None:
        return None
    prefixes = [value for name, value in around(project, variables(project, route.router)) if name == "prefix"]
    texts = [constant_text(project, value) for value in prefixes]
    if None in texts:
        return None
    return "".join([*(text for text in reversed(texts) if text is not None), route.path])


def _parts(address: str) -> tuple[str, ...]:
    return tuple(part for part in address.partition("?")[0].split("/") if part)


# -- tests


def _in_file(project: Project, path: str) -> Iterator[Exchange]:
    for node in ast.walk(project.tree(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield from _in_function(path, node)


class _Pending(NamedTuple):
    call: ast.Call
    asserts: list[ast.Assert]


def _in_function(path: str, function: FunctionNode) -> Iterator[Exchange]:
    current: dict[str, _Pending] = {}
    done: list[tuple[str, _Pending]] = []
    for statement in _statements(function.body):
        match statement:
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if (call := _request(value)) is not None:
                current[name] = _Pending(call, [])
                done.append((name, current[name]))
            case ast.Assign(targets=[ast.Name(id=name)]):
                current.pop(name, None)
            case ast.Expr(value=value) if (call := _request(value)) is not None:
                done.append(("", _Pending(call, [])))
            case ast.Assert(test=test):
                for name in {one.id for one in ast.walk(test) if isinstance(one, ast.Name)} & current.keys():
                    current[name].asserts.append(statement)
                for inner in ast.walk(test):
                    call = _request(inner.value) if isinstance(inner, ast.Attribute) else None
                    if call is not None:
                        done.append(("", _Pending(call, [statement])))
    for name, pending in done:
        method, url = _address(pending.call)
        checks = tuple(check for one in pending.asserts for check in _checks(one.test, name))
        yield Exchange(path, function, pending.call, method, url, checks, tuple(pending.asserts))


def _statements(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    for statement in body:
        yield statement
        for name in ("body", "orelse", "finalbody"):
            if not isinstance(statement, FunctionNode | ast.ClassDef):
                yield from _statements(getattr(statement, name, []))


def _request(node: ast.expr) -> ast.Call | None:
    """`client.get("/x")`, awaited or not."""
    call = node.value if isinstance(node, ast.Await) else node
    if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr in _VERBS:
        return call if _address(call)[1] or _is_root(call) else None
    return None


def _is_root(call: ast.Call) -> bool:
    return bool(call.args) and isinstance(call.args[0], ast.Constant) and call.args[0].value in {"", "/"}


def _address(call: ast.Call) -> tuple[str, tuple[str, ...]]:
    method = call.func.attr.upper() if isinstance(call.func, ast.Attribute) else ""
    match call.args[:1]:
        case [ast.Constant(value=str(text))] if text.startswith("/"):
            return method, _parts(text)
        case [ast.JoinedStr(values=values)] if values and isinstance(values[0], ast.Constant):
            pieces = [str(one.value) if isinstance(one, ast.Constant) else _WILD for one in values]
            return method, tuple(_WILD if _WILD in part else part for part in _parts("".join(pieces)))
    return method, ()


def _checks(test: ast.expr, name: str) -> Iterator[tuple[ast.Compare, ast.expr]]:
    for node in ast.walk(test):
        match node:
            case ast.Compare(left=ast.Attribute(value=of, attr="status_code"), ops=[ast.Eq()], comparators=[expected]):
                if (isinstance(of, ast.Name) and of.id == name) or (not name and _request(of) is not None):
                    yield node, expected
