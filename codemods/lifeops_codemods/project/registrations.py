"""What a decorator says when it registers a function as a path operation, however it is spelled."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from lifeops_codemods.facts.model import Expression
from lifeops_codemods.project import Project, question
from lifeops_codemods.project.classes import ClassRef
from lifeops_codemods.project.constants import Given, constant_text
from lifeops_codemods.project.functions import FunctionRef, functions_behind, methods
from lifeops_codemods.project.instances import value_type
from lifeops_codemods.project.names import Variable, bindings_of, evaluate
from lifeops_codemods.project.route_wrappers import Bound, Wrapper, bind, wrappers
from lifeops_codemods.project.routers import ADDING, VERBS, WEBSOCKET, RouterMethod, router_method
from lifeops_codemods.project.types import Instance, alternatives

_PATH_NAMES = ("path", "url", "route")


class Registration(NamedTuple):
    """A decorator of a path operation; see `routes.Route` for the fields."""

    call: Given
    methods: frozenset[str]
    path: str | None
    keywords: tuple[tuple[str, Given], ...]
    complete: bool
    router: Given | None
    proven: bool
    websocket: bool


@question
def registrations(project: Project, path: str, scope: int, decorator: Expression) -> tuple[Registration, ...]:
    """What `decorator`, written in `scope`, registers the decorated function as; usually one or none."""
    return tuple(_registrations(project, Given(path, scope, decorator), 4))


def _registrations(project: Project, given: Given, depth: int) -> Iterator[Registration]:
    if not depth:
        return
    path, scope, expression = given
    if expression[0] == "call":
        yield from _called(project, given)
    elif expression[0] in {"name", "attribute"}:
        for item in sorted(evaluate(project, path, scope, expression, expression[1]), key=repr):
            if not isinstance(item, Variable):
                continue
            for row in bindings_of(project, item):
                if row.kind == "assign" and row.value is not None and row.value[0] == "call":
                    yield from _registrations(project, Given(item.path, item.scope, row.value), depth - 1)
        for ref in callables(project, given):
            for wrapper in wrappers(project, ref):
                yield from _through(project, given, wrapper, None)


def _called(project: Project, given: Given) -> Iterator[Registration]:
    path, scope, expression = given
    called, arguments, keywords = expression[3], expression[4], expression[5]
    method = router_method(project, path, scope, called, expression[1])
    if method is not None and method.proven and method.name not in ADDING:
        yield registered(project, given, method, Bound.of_call(given))
        return
    found = [
        made
        for ref in callables(project, Given(path, scope, called))
        for wrapper in wrappers(project, ref)
        for made in _through(project, given, wrapper, bind(project, ref, given, called[0] == "attribute"))
    ]
    if found:
        yield from found
        return
    if method is not None and method.name not in ADDING:
        made = registered(project, given, method, Bound.of_call(given))
        if made.path is not None and (made.path == "" or made.path.startswith("/")):
            yield made
        return
    for item in (*arguments, *(value for _, value in keywords)):
        handed = router_method(project, path, scope, item, item[1])
        if handed is not None and handed.name not in ADDING and item[0] in {"attribute", "name"}:
            yield from _handed(project, given, handed, item)


def _handed(project: Project, given: Given, method: RouterMethod, argument: Expression) -> Iterator[Registration]:
    """A decorator of which nothing is known but that it is handed a router's method, and a path."""
    bound = Bound.of_call(given)
    strings = [item for item in bound.positional if item.expression != argument]
    texts = [text for item in strings if (text := constant_text(project, item)) is not None]
    named = [constant_text(project, value) for key, value in bound.keywords if key in _PATH_NAMES]
    paths = [text for text in (*texts, *named) if text is not None and (text == "" or text.startswith("/"))]
    if paths or method.proven:
        made = registered(project, given, method, bound)
        yield made._replace(path=paths[0] if paths else None, complete=False)


def registered(project: Project, call: Given, method: RouterMethod, bound: Bound) -> Registration:
    """The registration that a call of a router's method makes."""
    keywords = (*bound.keywords, *_named(call, method))
    where = bound.positional[0] if bound.positional else dict(keywords).get("path")
    verbs, known = _verbs(project, method.name, dict(keywords).get("methods"))
    return Registration(
        call=call,
        methods=verbs,
        path=constant_text(project, where),
        keywords=keywords,
        complete=bound.complete and known and all(name is not None for name, _ in method.given),
        router=None if method.receiver is None else call._replace(expression=method.receiver),
        proven=method.proven,
        websocket=WEBSOCKET in method.name,
    )


def _named(call: Given, method: RouterMethod) -> tuple[tuple[str, Given], ...]:
    return tuple((name, call._replace(expression=value)) for name, value in method.given if name is not None)


def _verbs(project: Project, name: str, given: Given | None) -> tuple[frozenset[str], bool]:
    """The HTTP methods, and whether all of them are known."""
    if name in VERBS:
        return frozenset({name.upper()}), True
    if WEBSOCKET in name:
        return frozenset(), True
    if given is None or given.expression[0] == "constant":
        return frozenset({"GET"}), True
    if given.expression[0] not in {"list", "tuple", "set"}:
        return frozenset(), False
    words = [_verb(project, given._replace(expression=item)) for item in given.expression[3]]
    return frozenset(word for word in words if word), all(words)


def _verb(project: Project, given: Given) -> str | None:
    text = constant_text(project, given)
    if text is None and given.expression[0] == "attribute" and given.expression[4].lower() in VERBS:
        text = given.expression[4]  # http.HTTPMethod.GET
    return None if text is None else text.upper()


def _through(project: Project, given: Given, wrapper: Wrapper, bound: Bound | None) -> Iterator[Registration]:
    """What a call of a project's own decorator registers, given what its parameters stand for."""
    inner = wrapper.call
    method = wrapper.method
    if method is None and bound is not None:
        handed = bound.named.get(wrapper.parameter)
        if handed is None:
            return
        expression = handed.expression
        if wrapper.verb:
            expression = ("attribute", expression[1], expression[2], expression, wrapper.verb)
        found = router_method(project, handed.path, handed.scope, expression, expression[1])
        method = found if found is None or found.receiver is None else found._replace(receiver=None)
    if method is None or (method.name in ADDING and wrapper.endpoint is None):
        return
    made = registered(project, inner, method, wrapper.filled(project, bound))
    yield made._replace(call=given, router=made.router if made.proven else None)


def callables(project: Project, given: Given) -> tuple[FunctionRef, ...]:
    """The functions of the project that an expression may be: functions, methods of what it is taken from."""
    path, scope, expression = given
    start = expression[1]
    found: list[FunctionRef] = []
    for item in sorted(evaluate(project, path, scope, expression, start), key=repr):
        found += functions_behind(project, item)
    if not found and expression[0] == "attribute":
        held = value_type(project, path, scope, expression[3], start)
        for one in alternatives(held):
            if isinstance(one, Instance) and isinstance(one.of, ClassRef):
                found += methods(project, one.of, expression[4])
    return tuple(dict.fromkeys(found))
