"""What an application answers for exceptions that leave its endpoints: `@app.exception_handler(DomainError)`."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from posixpath import dirname
from typing import NamedTuple

from lifeops_codemods.facts.model import Expression
from lifeops_codemods.project import Project, question
from lifeops_codemods.project.classes import classes_behind
from lifeops_codemods.project.exceptions.kinds import BASE_EXCEPTION, EXCEPTION, Kind, external_kind, kinds_of, lineage
from lifeops_codemods.project.exceptions.leaving import handled_types
from lifeops_codemods.project.modules import External, top_package
from lifeops_codemods.project.names import Variable, evaluate
from lifeops_codemods.project.trees import span_of

_NEXT = "call_next"
_WORDS = frozenset({"exception_handler", "add_exception_handler", "exception_handlers"})


class AppHandler(NamedTuple):
    """An exception handler of an application: the class it is for, and where it is registered."""

    kind: Kind
    path: str
    start: int
    end: int


@question
def app_handlers(project: Project) -> tuple[AppHandler, ...]:
    """All exception handlers of the project's applications, but for those of statuses and of every `Exception`."""
    found = [handler for path in project.mentioning(_WORDS) for handler in _registered(project, path)]
    found += [handler for path in project.mentioning([_NEXT]) for handler in _in_middleware(project, path)]
    return tuple(handler for handler in found if handler.kind not in {EXCEPTION, BASE_EXCEPTION})


def handled_by_app(project: Project, path: str, kind: Kind) -> AppHandler | None:
    """The application's handler for exceptions of a class that leave an endpoint in `path`."""
    inherited = lineage(project, kind)[0]
    for handler in app_handlers(project):
        if handler.kind in inherited and _same_service(project, handler.path, path):
            return handler
    return None


def _same_service(project: Project, one: str, other: str) -> bool:
    """Whether two files may belong to one application: their packages lie in one folder, or one around the other."""
    first, second = (dirname(top_package(project, path)) for path in (one, other))
    return f"{first}/".startswith(f"{second}/") or f"{second}/".startswith(f"{first}/") or not first or not second


def _registered(project: Project, path: str) -> Iterator[AppHandler]:
    for call in project.facts(path).calls:
        last = call.function[-1:] or ("",)
        for key, value in call.arguments:
            if last[0] in {"exception_handler", "add_exception_handler"} and key in {0, "exc_class_or_status_code"}:
                yield from _handlers(project, path, call.scope, value)
    for expression, scope in _tables(project, path):
        for key in expression[3]:
            yield from _handlers(project, path, scope, key)


def _in_middleware(project: Project, path: str) -> Iterator[AppHandler]:
    """`except DomainError` around `await call_next(request)`."""
    if not project.parses(path):
        return
    for node in ast.walk(project.tree(path)):
        if isinstance(node, ast.Try) and _calls_next(node):
            for handler in node.handlers:
                for kind in (one for written in handled_types(handler) for one in kinds_of(project, path, written)):
                    yield AppHandler(kind, path, *span_of(project, path, node.body[0]))


def _calls_next(node: ast.Try) -> bool:
    calls = (one for statement in node.body for one in ast.walk(statement) if isinstance(one, ast.Call))
    return any(isinstance(one.func, ast.Name) and one.func.id == _NEXT for one in calls)


def _tables(project: Project, path: str) -> Iterator[tuple[Expression, int]]:
    """Dictionaries that are given as `exception_handlers`."""
    for binding in project.facts(path).bindings:
        if binding.value is not None and binding.value[0] == "dict" and binding.name == "exception_handlers":
            yield binding.value, binding.scope
        if binding.value is not None and binding.value[0] == "call":
            given = dict(binding.value[5]).get("exception_handlers")
            if given is not None and given[0] == "dict":
                yield given, binding.scope


def _handlers(project: Project, path: str, scope: int, expression: Expression | None) -> Iterator[AppHandler]:
    if expression is None or expression[0] not in {"name", "attribute"}:
        return
    for item in sorted(evaluate(project, path, scope, expression, expression[1]), key=repr):
        kinds: list[Kind] = []
        if isinstance(item, External):
            kinds = [external_kind(item.name)]
        elif isinstance(item, Variable):
            kinds = list(classes_behind(project, item))
        for kind in kinds:
            yield AppHandler(kind, path, expression[1], expression[2])
