"""FastAPI's applications and routers, and which of their methods an expression is."""

from __future__ import annotations

from enum import IntEnum
from typing import NamedTuple

from lifeops_codemods.facts.model import Expression
from lifeops_codemods.project import Project
from lifeops_codemods.project.classes import ClassRef, ancestors
from lifeops_codemods.project.instances import inherits, value_type
from lifeops_codemods.project.modules import External
from lifeops_codemods.project.names import Variable, bindings_of, denoted, evaluate, variable
from lifeops_codemods.project.types import Instance, Type, Unknown, alternatives, external_name

VERBS = frozenset({"get", "post", "put", "patch", "delete", "head", "options", "trace"})
WEBSOCKET = "websocket"
DECORATING = VERBS | {"api_route", WEBSOCKET, "websocket_route"}
"""Methods of a router that return a decorator."""
ADDING = frozenset({"add_api_route", "add_api_websocket_route"})
"""Methods of a router that are handed the function."""

ROUTER_CLASSES = frozenset(
    {
        "fastapi.FastAPI", "fastapi.applications.FastAPI", "fastapi.APIRouter", "fastapi.routing.APIRouter",
        "fastapi.FastAPI().router", "fastapi.applications.FastAPI().router",
        "fastapi_utils.inferring_router.InferringRouter", "fastapi_utils.InferringRouter",
        "fastapi_restful.inferring_router.InferringRouter", "fastapi_restful.InferringRouter",
        "fastapi_router_controller.Controller().route", "cadwyn.VersionedAPIRouter", "cadwyn.Cadwyn",
        "fastapi_versionizer.VersionedAPIRouter", "nicegui.app", "nicegui.App",
    }
)  # fmt: skip
ROUTER_DECORATORS = frozenset({"classy_fastapi", "fastapi_controllers", "fastapi_class.decorators", "fastapi_class"})
"""Libraries of class-based controllers whose functions `get`, `post`, … decorate methods."""

_OTHERS = frozenset(
    {
        "aiohttp", "aioresponses", "apiflask", "blacksheep", "bottle", "builtins", "celery", "click", "django",
        "ellar", "esmerald", "falcon", "flask", "flask_restx", "flask_smorest", "httpretty", "httpx", "hug",
        "litestar", "mock", "molten", "muffin", "ninja", "pook", "pyramid", "pytest", "quart", "redis", "requests",
        "requests_mock", "responder", "responses", "respx", "robyn", "sanic", "starlite", "tornado", "typer",
        "unittest", "vcr", "webob", "werkzeug", "xpresso",
    }
)  # fmt: skip
"""Libraries with a `get` or `route` of their own."""
_PARTIAL = frozenset({"functools.partial", "functools.partialmethod"})
_DEPTH = 5


class Kind(IntEnum):
    """What a receiver of `.get(…)` is."""

    OTHER = 0
    UNKNOWN = 1
    ROUTER = 2


class RouterMethod(NamedTuple):
    """A method of a router, as an expression names it, with keywords that a partial has given already.

    proven: False if nothing is known of the receiver, and so only the name speaks for it.
    """

    name: str
    proven: bool
    receiver: Expression | None
    given: tuple[tuple[str | None, Expression], ...] = ()


def receiver_kind(project: Project, path: str, scope: int, expression: Expression, start: int) -> Kind:
    """Whether an expression is a router, something else, or nothing that is known."""
    held = value_type(project, path, scope, expression, start)
    kinds = [_kind(project, item) for item in alternatives(held) if not isinstance(item, Unknown)]
    if Kind.ROUTER in kinds:
        return Kind.ROUTER
    targets = evaluate(project, path, scope, expression, start)
    outside = [item.name for item in targets if isinstance(item, External)]
    if any(external_name(name) in ROUTER_CLASSES for name in outside):
        return Kind.ROUTER
    if any(name.partition(".")[0] in _OTHERS for name in outside) or Kind.OTHER in kinds:
        return Kind.OTHER
    return Kind.UNKNOWN


def _kind(project: Project, item: Type) -> Kind:
    if not isinstance(item, Instance):
        return Kind.OTHER
    if inherits(project, item.of, ROUTER_CLASSES):
        return Kind.ROUTER
    if isinstance(item.of, str):
        return Kind.OTHER if item.of.partition(".")[0] in _OTHERS else Kind.UNKNOWN
    return Kind.UNKNOWN if _has_unknown_base(project, item) else Kind.OTHER


def _has_unknown_base(project: Project, item: Instance) -> bool:
    return isinstance(item.of, ClassRef) and any(
        base is None
        or isinstance(base, Variable)
        or (isinstance(base, External) and base.name.partition(".")[0] not in _OTHERS | {"typing", "abc"})
        for base in ancestors(project, item.of)
    )


def router_method(
    project: Project, path: str, scope: int, expression: Expression, start: int, depth: int = _DEPTH
) -> RouterMethod | None:
    """The method of a router that an expression is: `router.get`, a variable that holds it, a partial of it."""
    if not depth:
        return None
    match expression:
        case ("attribute", _, _, value, name) if name in DECORATING | ADDING:
            kind = receiver_kind(project, path, scope, value, start)
            if kind is not Kind.OTHER:
                return RouterMethod(name, kind is Kind.ROUTER, value)
            return _library_decorator(project, path, scope, expression, start)
        case ("call", _, _, called, (first, *_), keywords):
            makers = evaluate(project, path, scope, called, start)
            if any(isinstance(item, External) and item.name in _PARTIAL for item in makers):
                inner = router_method(project, path, scope, first, start, depth - 1)
                return inner and inner._replace(given=(*keywords, *inner.given))
        case ("name", _, _, name):
            held = _held_method(project, path, scope, name, start, depth)
            return held or _library_decorator(project, path, scope, expression, start)
    return None


def _held_method(project: Project, path: str, scope: int, name: str, start: int, depth: int) -> RouterMethod | None:
    """The method that a variable holds: `get = router.get`."""
    found = variable(project, path, scope, name, start)
    for item in sorted(denoted(project, found), key=repr) if found is not None else ():
        match item:
            case External(name=whole):
                held, _, method = whole.rpartition(".")
                if held.removesuffix("()") in ROUTER_CLASSES and held.endswith("()") and method in DECORATING | ADDING:
                    return RouterMethod(method, True, None)
            case Variable():
                for row in bindings_of(project, item):
                    if row.kind == "assign" and row.value is not None and row.value[0] in {"attribute", "call"}:
                        inner = router_method(project, item.path, item.scope, row.value, row.start, depth - 1)
                        if inner is not None:
                            return inner._replace(receiver=None)
    return None


def _library_decorator(
    project: Project, path: str, scope: int, expression: Expression, start: int
) -> RouterMethod | None:
    for item in evaluate(project, path, scope, expression, start):
        if isinstance(item, External):
            library, _, name = item.name.rpartition(".")
            if library.partition(".")[0] in ROUTER_DECORATORS and name in DECORATING:
                return RouterMethod(name, True, None)
    return None
