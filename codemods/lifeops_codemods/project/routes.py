"""Path operations: every function that is registered as an endpoint, however.

A route is one registration. It is found by what the router *is*; where nothing is known of it, a decorator that is
called `get`, `post`, … with a path counts too, and is not `proven`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import StrEnum
from typing import NamedTuple

from lifeops_codemods.facts.model import FUNCTION, Call
from lifeops_codemods.project import Project, file_question, question
from lifeops_codemods.project.classes import ClassRef
from lifeops_codemods.project.constants import Given
from lifeops_codemods.project.functions import FunctionRef, dispatched, function, functions_behind, methods
from lifeops_codemods.project.instances import inherits, value_type
from lifeops_codemods.project.names import evaluate
from lifeops_codemods.project.registrations import Registration, registered, registrations
from lifeops_codemods.project.route_wrappers import Bound, wrappers
from lifeops_codemods.project.routers import ADDING, DECORATING, RouterMethod, router_method
from lifeops_codemods.project.trees import call_at
from lifeops_codemods.project.types import Instance, alternatives

_ROUTE_CLASSES = frozenset({"fastapi.routing.APIRoute", "fastapi.routing.APIWebSocketRoute"})
_LIBRARY = frozenset({"fastapi", "FastAPI"})
_PARTIAL = frozenset({"functools.partial"})
_VERBS = "|".join(sorted(DECORATING))
_LIKELY = re.compile(rf"\.\s*(?:{_VERBS})\b|^\s*from\s.*\bimport\b.*\b(?:{_VERBS})\b|add_api_|APIRoute\b", re.MULTILINE)


class How(StrEnum):
    """How a function is registered."""

    DECORATOR = "decorator"
    CALL = "call"
    ADDED = "added"


class Route(NamedTuple):
    """One registration of a function as a path operation.

    call: the decorator or the call that registers, with the scope it stands in.
    methods: upper-case; empty for websockets and where `methods=` is computed.
    path: the literal path, without any prefix; None where it is computed.
    keywords: what is given by name, each with the place it is written at; in the order of the text.
    complete: False if something is unpacked (`**options`), so that a keyword that is missing may be given after all.
    router: the router or application, where it is named at the registration.
    proven: False if only names speak for it.
    """

    function: FunctionRef
    call: Given
    methods: frozenset[str]
    path: str | None
    keywords: tuple[tuple[str, Given], ...]
    complete: bool
    router: Given | None
    proven: bool
    websocket: bool
    how: How

    @property
    def site(self) -> tuple[str, tuple[int, int]]:
        """The file and the span of the registering call or decorator."""
        return self.call.path, self.call.span

    def keyword(self, name: str) -> Given | None:
        """What is given for a keyword of the registration."""
        return dict(self.keywords).get(name)


def routes(project: Project) -> tuple[Route, ...]:
    """All registrations of HTTP endpoints, by file and place."""
    return tuple(route for route in registered_functions(project) if not route.websocket)


def websocket_routes(project: Project) -> tuple[Route, ...]:
    """All registrations of websocket endpoints."""
    return tuple(route for route in registered_functions(project) if route.websocket)


def routes_of(project: Project, ref: FunctionRef) -> tuple[Route, ...]:
    """The registrations of one function as an HTTP endpoint."""
    return _by_function(project).get(ref, ())


@question
def _by_function(project: Project) -> dict[FunctionRef, tuple[Route, ...]]:
    found: dict[FunctionRef, list[Route]] = {}
    for route in routes(project):
        found.setdefault(route.function, []).append(route)
    return {ref: tuple(rows) for ref, rows in found.items()}


@question
def registered_functions(project: Project) -> tuple[Route, ...]:
    """All registrations, websockets too."""
    found: dict[Route, None] = {}
    for path in _files(project):
        found |= dict.fromkeys(_decorated(project, path))
        found |= dict.fromkeys(_called(project, path))
    return tuple(sorted(found, key=lambda route: (route.call.path, route.call.span, route.function)))


@question
def _files(project: Project) -> tuple[str, ...]:
    """The files that can register something: they name a router's method, or a decorator that calls one."""
    if not project.mentioning(_LIBRARY):
        return ()
    likely = [path for path in project.mentioning(DECORATING | ADDING | {"APIRoute"}) if _is_likely(project, path)]
    project.facts_of(likely)
    names = {
        function(project, ref).name
        for path in likely
        for ref in _functions_that_call(project, path)
        if wrappers(project, ref)
    }
    more = project.mentioning(names) if names else []
    return tuple(sorted({*likely, *more}))


@file_question
def _is_likely(project: Project, path: str) -> bool:
    """Whether the text of a file, not yet parsed, names what registers."""
    return _LIKELY.search(project.text(path)) is not None


def _functions_that_call(project: Project, path: str) -> Iterator[FunctionRef]:
    """The functions, all around one another, in which something like a router's method is called without a literal."""
    facts = project.facts(path)
    rows = {row.own: index for index, row in enumerate(facts.functions)}
    found: dict[FunctionRef, None] = {}
    for call in facts.calls:
        if not _may_register_what_it_is_given(call):
            continue
        scope = call.scope
        while scope >= 0:
            if facts.scopes[scope].kind == FUNCTION and scope in rows:
                found[FunctionRef(path, rows[scope])] = None
            scope = facts.scopes[scope].parent
    yield from found


def _may_register_what_it_is_given(call: Call) -> bool:
    if not call.function or call.function[-1] not in DECORATING | ADDING:
        return False
    return not call.arguments or call.arguments[0][1][0] != "string"


def _decorated(project: Project, path: str) -> Iterator[Route]:
    for index, row in enumerate(project.facts(path).functions):
        for decorator in row.decorators:
            for made in registrations(project, path, row.scope, decorator):
                yield _route(FunctionRef(path, index), made, How.DECORATOR)


def _called(project: Project, path: str) -> Iterator[Route]:
    """Registrations without a decorator: `app.get("/x")(f)`, `app.add_api_route("/x", f)`, `APIRoute("/x", f)`."""
    for row in project.facts(path).calls:
        last = row.function[-1] if row.function else ""
        if last in ADDING:
            yield from _added(project, path, row)
        elif len(row.function) == 1 and last.endswith("()") and last[:-2] in DECORATING:
            yield from _applied(project, path, row)
        elif "APIRoute" in last or "WebSocketRoute" in last:
            yield from _constructed(project, path, row)


def _added(project: Project, path: str, row: Call) -> Iterator[Route]:
    expression = call_at(project, path, row.start, row.end)
    if expression is not None:
        method = router_method(project, path, row.scope, expression[3], row.start)
        if method is not None:
            yield from _with_endpoint(project, Given(path, row.scope, expression), method)


def _constructed(project: Project, path: str, row: Call) -> Iterator[Route]:
    expression = call_at(project, path, row.start, row.end)
    if expression is None:
        return
    made = value_type(project, path, row.scope, expression, row.start)
    if any(isinstance(item, Instance) and inherits(project, item.of, _ROUTE_CLASSES) for item in alternatives(made)):
        name = "add_api_websocket_route" if "WebSocket" in row.function[-1] else "add_api_route"
        yield from _with_endpoint(project, Given(path, row.scope, expression), RouterMethod(name, True, None))


def _with_endpoint(project: Project, call: Given, method: RouterMethod) -> Iterator[Route]:
    """The routes of a call that is handed the path and the function."""
    bound = Bound.of_call(call)
    endpoint = bound.positional[1] if len(bound.positional) > 1 else dict(bound.keywords).get("endpoint")
    if endpoint is None:
        return
    made = registered(project, call, method, bound)
    made = made._replace(keywords=tuple(item for item in made.keywords if item[0] != "endpoint"))
    for ref in endpoint_functions(project, endpoint):
        yield _route(ref, made, How.ADDED)


def _applied(project: Project, path: str, row: Call) -> Iterator[Route]:
    expression = call_at(project, path, row.start, row.end)
    if expression is None or expression[3][0] != "call" or len(expression[4]) != 1:
        return
    for made in registrations(project, path, row.scope, expression[3]):
        if not made.proven:  # `handlers.get("/x")(value)` of a dictionary looks the same
            continue
        for ref in endpoint_functions(project, Given(path, row.scope, expression[4][0])):
            yield _route(ref, made, How.CALL)


def endpoint_functions(project: Project, given: Given) -> tuple[FunctionRef, ...]:
    """The functions that an expression hands over: a function, a method of an instance, one that a call wraps."""
    return tuple(dict.fromkeys(_endpoints(project, given, 4)))


def _endpoints(project: Project, given: Given, depth: int) -> Iterator[FunctionRef]:
    path, scope, expression = given
    if not depth:
        return
    if expression[0] == "attribute":
        holders = _classes_of(project, given._replace(expression=expression[3]))
        found = [ref for of in holders for ref in _method(project, given, of)]
        if found:
            yield from found
            return
    if expression[0] != "call":
        for target in sorted(evaluate(project, path, scope, expression, expression[1]), key=repr):
            yield from functions_behind(project, target)
    instances = [ref for of in _classes_of(project, given) for ref in methods(project, of, "__call__")]
    yield from instances
    if expression[0] == "call" and not instances:
        yield from _wrapped(project, given, depth)


def _classes_of(project: Project, given: Given) -> tuple[ClassRef, ...]:
    """The classes of the project that the value of an expression is an instance of."""
    held = value_type(project, given.path, given.scope, given.expression, given.span[0])
    classes = [item.of for item in alternatives(held) if isinstance(item, Instance)]
    return tuple(of for of in classes if isinstance(of, ClassRef))


def _method(project: Project, given: Given, of: ClassRef) -> tuple[FunctionRef, ...]:
    """`self.handler` may be a subclass's own."""
    name = given.expression[4]
    return dispatched(project, of, name) if _is_self(given) else methods(project, of, name)


def _is_self(given: Given) -> bool:
    match given.expression[3]:
        case ("name", _, _, "self"):
            return True
    return False


def _wrapped(project: Project, given: Given, depth: int) -> Iterator[FunctionRef]:
    """The one function among the arguments of `partial(f, …)`, `require_login(f)`."""
    inner = [item for item in given.expression[4] if item[0] in {"name", "attribute", "call"}]
    found = [tuple(_endpoints(project, given._replace(expression=item), depth - 1)) for item in inner]
    handed = [refs for refs in found if refs]
    if len(handed) == 1:
        yield from handed[0]


def _route(ref: FunctionRef, made: Registration, how: How) -> Route:
    return Route(
        function=ref,
        call=made.call,
        methods=made.methods,
        path=made.path,
        keywords=tuple(item for item in made.keywords if item[0] != "path"),
        complete=made.complete,
        router=made.router,
        proven=made.proven,
        websocket=made.websocket,
        how=how,
    )
