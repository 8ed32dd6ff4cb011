"""Code of the project that sends a request to a route and looks at the status of its answer: tests, and clients."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from itertools import chain
from operator import itemgetter
from typing import NamedTuple

from lifeops_codemods.operation import ReplaceExpression, Span
from lifeops_codemods.project import Project, question
from lifeops_codemods.project.answers.answer import status_value
from lifeops_codemods.project.answers.spelling import status_like
from lifeops_codemods.project.constants import constant_text
from lifeops_codemods.project.creation.addresses import WILD as _WILD
from lifeops_codemods.project.creation.addresses import address_text
from lifeops_codemods.project.functions import FunctionNode
from lifeops_codemods.project.inclusions import around, variables
from lifeops_codemods.project.routes import Route, routes
from lifeops_codemods.project.suites import is_test_file
from lifeops_codemods.project.trees import span_of
from lifeops_codemods.project.walking import children

_VERBS = frozenset({"get", "post", "put", "patch", "delete", "head", "options"})
_STATUS = frozenset({"status_code", "status"})


class Request(NamedTuple):
    """A call that sends a request, by where it stands. open_start: what the address begins with is not known.

    statuses: the expressions that its answer's status is compared with; one that is compared by anything but `==` and
    `!=`, or with several, is told as a whole with `is_plain` false.
    """

    path: str
    start: int
    method: str
    url: tuple[str, ...]
    open_start: bool
    statuses: tuple[Status, ...]


class Status(NamedTuple):
    """A status that something expects."""

    node: ast.expr
    is_plain: bool


class Followed(NamedTuple):
    """An expected status that becomes another one."""

    path: str
    operation: ReplaceExpression


class Expecting(NamedTuple):
    """A place that expects the status of today, and why it is not edited."""

    path: str
    start: int
    end: int
    reason: str


def expecting(project: Project, route: Route, old: int, new: int) -> Iterator[Followed | Expecting]:
    """What becomes of each place that expects `old` of a route which answers `new`."""
    for request in _requests_of_all(project).get(route, ()):
        fits = fitting(project, request)
        is_sure = len({one.function for one in fits}) == 1 and fits[route] > 0
        for status in request.statuses:
            yield from _status(project, request, status, is_sure, old, new)


def _status(
    project: Project, request: Request, status: Status, is_sure: bool, old: int, new: int
) -> Iterator[Followed | Expecting]:
    start, end = span_of(project, request.path, status.node)
    text = project.text(request.path)[start:end]
    if not status.is_plain:
        numbers = {
            status_value(project, request.path, one) for one in ast.walk(status.node) if isinstance(one, ast.expr)
        }
        if old in numbers and new not in numbers:
            yield Expecting(request.path, start, end, "the status is compared with several, or not by ==")
        return
    if status_value(project, request.path, status.node) != old:
        return
    written = status_like(text, new)
    if not is_test_file(request.path):
        yield Expecting(request.path, start, end, "a client in the program compares the status")
    elif not is_sure:
        yield Expecting(request.path, start, end, "more than one route may answer this request")
    elif written is None:
        yield Expecting(request.path, start, end, f"nothing shows how {new} is written like {text}")
    else:
        operation = ReplaceExpression(span=Span(start, end), expected=text, code=written)
        yield Followed(request.path, operation)


@question
def _requests_of_all(project: Project) -> dict[Route, list[Request]]:
    """The requests that each route may answer, in their order."""
    found: dict[Route, list[Request]] = {}
    for request in requests(project):
        for route in fitting(project, request):
            found.setdefault(route, []).append(request)
    return found


def fitting(project: Project, request: Request) -> dict[Route, int]:
    """The routes that may answer a request: those with the most words of its address, and how many that are."""
    return _fitting(project, request.method, request.url, request.open_start)


@question
def _fitting(project: Project, method: str, url: tuple[str, ...], open_start: bool) -> dict[Route, int]:
    found: dict[int, list[tuple[int, Route]]] = {}
    for known, several in _may_answer(project, method, url):
        literal = _literal_parts(known, url, open_start)
        if literal is not None:
            found.setdefault(literal, []).extend(several)
    most = max(found, default=0)
    return {route: most for _, route in sorted(found.get(most, ()), key=itemgetter(0))}


_Known = tuple[tuple[str, ...], bool]
"""The parts of a route's path as far as they are known from its end, and whether that is all of it."""


def _may_answer(
    project: Project, method: str, url: tuple[str, ...]
) -> Iterable[tuple[_Known, list[tuple[int, Route]]]]:
    """The routes of a method whose path may end as an address does, by what is known of it; numbered in their order."""
    by_end = _by_end(project)
    if not url:
        return chain.from_iterable(paths.items() for key, paths in by_end.items() if key[0] == method)
    return chain.from_iterable(by_end.get((method, end), {}).items() for end in (None, url[-1]))


@question
def _by_end(project: Project) -> dict[tuple[str, str | None], dict[_Known, list[tuple[int, Route]]]]:
    """The program's routes by method and the last part of their path; None where that is not a word."""
    found: dict[tuple[str, str | None], dict[_Known, list[tuple[int, Route]]]] = {}
    for number, route in enumerate(routes(project)):
        known = _known_parts(project, route)
        if known is None or is_test_file(route.function.path):
            continue
        parts, _ = known
        end = parts[-1] if parts and "{" not in parts[-1] else None
        for method in route.methods:
            found.setdefault((method, end), {}).setdefault(known, []).append((number, route))
    return found


def _literal_parts(known: _Known, url: tuple[str, ...], open_start: bool) -> int | None:
    """How many parts of an address are the route's own words; None where it cannot be the route's.

    Where the beginning of the route's path or of the address is not known, only their ends are compared.
    """
    parts, is_whole = known
    too_long = len(url) > len(parts) and is_whole
    too_short = len(url) < len(parts) and not open_start
    if too_long or too_short:
        return None
    count = min(len(parts), len(url))
    pairs = zip(parts[len(parts) - count :], url[len(url) - count :], strict=True)
    literal = 1 if is_whole and not open_start else 0
    for wanted, given in pairs:
        if "{" not in wanted:
            if given != wanted:
                return None
            literal += 1
    return literal


@question
def _known_parts(project: Project, route: Route) -> _Known | None:
    if route.path is None:
        return None
    text, whole = route.path, True
    held = variables(project, route.router)
    for name, value in around(project, held):
        if name == "prefix":
            prefix = constant_text(project, value)
            whole = whole and prefix is not None
            text = f"{prefix}{text}" if whole else text
    return _parts(text), whole and bool(held)


def _parts(address: str) -> tuple[str, ...]:
    return tuple(part for part in address.partition("?")[0].split("/") if part)


# -- requests


@question
def requests(project: Project) -> tuple[Request, ...]:
    """Every request that code of the project sends, and the statuses that are compared with that of its answer."""
    files = [path for path in project.mentioning(["post"]) if any(project.mentions(path, name) for name in _STATUS)]
    found: list[Request] = []
    for path in files:
        if project.parses(path):
            for node in ast.walk(project.tree(path)):
                if isinstance(node, FunctionNode):
                    found += _sent_in(project, path, node)
    return tuple(found)


def _sent_in(project: Project, path: str, function: FunctionNode) -> Iterator[Request]:
    """The requests of one function: `response = client.post(…)`, and what its status is compared with afterwards."""
    held: dict[str, list[Status]] = {}
    sent: list[tuple[ast.Call, list[Status]]] = []
    for node in _in_order(function.body):
        match node:
            case (
                ast.Assign(targets=[ast.Name(id=name)], value=value)
                | ast.NamedExpr(target=ast.Name(id=name), value=value)
            ):
                call = _request(value)
                held.pop(name, None)
                if call is not None:
                    held[name] = []
                    sent.append((call, held[name]))
            case ast.withitem(context_expr=value, optional_vars=ast.Name(id=name)):
                call = _request(value)
                if call is not None:
                    held[name] = []
                    sent.append((call, held[name]))
            case ast.Compare():
                for status, of in _compared(node):
                    call = _request(of)
                    if call is not None:
                        sent.append((call, [status]))
                    elif isinstance(of, ast.Name) and of.id in held:
                        held[of.id].append(status)
    for call, statuses in sent:
        method, url, open_start = _address(project, path, function, call)
        start, _ = span_of(project, path, call)
        if url or not open_start:
            yield Request(path, start, method, url, open_start, tuple(statuses))


def _in_order(body: list[ast.stmt]) -> Iterator[ast.AST]:
    """Everything in a function as the text has it, an assignment after what it assigns; nested functions apart."""
    rest: list[ast.AST] = list(reversed(body))
    while rest:
        node = rest.pop()
        yield node
        if not isinstance(node, FunctionNode | ast.ClassDef | ast.Lambda):
            rest += reversed(children(node))


def _compared(node: ast.Compare) -> Iterator[tuple[Status, ast.expr]]:
    """What the status of an answer is compared with."""
    sides = [node.left, *node.comparators]
    for index, side in enumerate(sides):
        if isinstance(side, ast.Attribute) and side.attr in _STATUS:
            plain = len(sides) == 2 and isinstance(node.ops[0], ast.Eq | ast.NotEq)
            other = sides[1 - index] if plain else node
            of = side.value.value if isinstance(side.value, ast.Await) else side.value
            yield Status(other, plain), of


def _request(node: ast.expr) -> ast.Call | None:
    call = node.value if isinstance(node, ast.Await) else node
    if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr in _VERBS:
        return call if _written(call) is not None else None
    return None


def _written(call: ast.Call) -> ast.expr | None:
    """The expression of the address."""
    named = [keyword.value for keyword in call.keywords if keyword.arg == "url"]
    return call.args[0] if call.args else named[0] if named else None


def _address(project: Project, path: str, function: FunctionNode, call: ast.Call) -> tuple[str, tuple[str, ...], bool]:
    """The method, the known parts of the address, and whether something unknown may stand before them."""
    method = call.func.attr.upper() if isinstance(call.func, ast.Attribute) else ""
    text = address_text(project, path, function, _written(call)).partition("?")[0]
    if text.startswith(("http://", "https://")):
        text = "/" + text.partition("://")[2].partition("/")[2]
    if text.startswith("/"):
        return method, tuple(_part(part) for part in _parts(text)), False
    return method, tuple(_part(part) for part in _parts(text.partition("/")[2])), True


def _part(part: str) -> str:
    return _WILD if _WILD in part else part
