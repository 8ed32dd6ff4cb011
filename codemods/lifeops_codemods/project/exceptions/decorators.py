"""What the decorators of a function make of the exceptions that leave it."""

from __future__ import annotations

import ast
from typing import NamedTuple

from lifeops_codemods.facts.expressions import parts as parts_of
from lifeops_codemods.facts.model import Expression
from lifeops_codemods.project import Project, question
from lifeops_codemods.project.functions import (
    FunctionNode,
    FunctionRef,
    function,
    function_at,
    function_node,
    functions_behind,
)
from lifeops_codemods.project.modules import External
from lifeops_codemods.project.names import Variable, evaluate

_TRANSPARENT = frozenset(
    {
        "staticmethod", "classmethod", "property", "cached_property", "abstractmethod", "override", "final", "cache",
        "lru_cache", "alru_cache", "contextmanager", "asynccontextmanager", "overload", "wraps", "deprecated", "cbv",
        "inject", "instrument", "observe", "timed", "limit", "cache_page", "cached", "setter", "singledispatch",
        "validate_call", "validate_arguments", "no_type_check", "hybrid_method", "hybrid_property",
        "get", "post", "put", "patch", "delete", "head", "options", "trace", "api_route", "route",
    }
)  # fmt: skip
"""Last names of decorators of libraries that hand on what the function raises."""


class Passing(NamedTuple):
    """A decorator on the way out. ref: the wrapper that runs, which calls the function under the name `called`.

    opaque: nothing is known of what it does with exceptions. ref None: it hands everything on.
    """

    ref: FunctionRef | None
    called: str = ""
    opaque: bool = False


@question
def passing(project: Project, ref: FunctionRef) -> tuple[Passing, ...]:
    """The decorators that an exception passes, innermost first."""
    row = function(project, ref)
    found: list[Passing] = []
    for decorator in reversed(row.decorators):
        found += _of(project, ref.path, row.scope, decorator)
    return tuple(found)


def _of(project: Project, path: str, scope: int, decorator: Expression) -> list[Passing]:
    name = decorator[3] if decorator[0] == "call" else decorator
    targets = evaluate(project, path, scope, name, decorator[1])
    own = [
        ref
        for item in sorted(targets, key=repr)
        if isinstance(item, Variable)
        for ref in functions_behind(project, item)
    ]
    if own:
        return [wrapper for ref in own for wrapper in wrappers(project, ref)]
    last = parts_of(name)[-1:]
    libraries = [item.name.rpartition(".")[2] for item in targets if isinstance(item, External)]
    known = all(one in _TRANSPARENT for one in libraries or last) and bool(libraries or last)
    return [] if known else [Passing(None, opaque=True)]


@question
def wrappers(project: Project, ref: FunctionRef) -> tuple[Passing, ...]:
    """The functions within a decorator that call what it decorates; none where it hands the function back as it is."""
    node = function_node(project, ref)
    if node is None:
        return (Passing(None, opaque=True),)
    found: list[Passing] = []
    for inner, called in _calling(node, ()):
        wrapper = function_at(project, ref.path, inner)
        if wrapper is not None:
            found.append(Passing(wrapper, called))
    if not found and _hands_on(node):
        return (Passing(ref, opaque=True),)
    return tuple(found)


def _hands_on(node: FunctionNode) -> bool:
    """Whether a nested function runs what is decorated through something else: `run(function, *args)`.

    What that answers for an exception is not known: `translated = answering_errors(function)`, `execute(translated)`.
    """
    inside = [child for child in ast.walk(node) if isinstance(child, FunctionNode) and child is not node]
    takers = [node, *inside]
    handed = {
        argument.id
        for outer in takers
        for call in ast.walk(outer)
        if isinstance(call, ast.Call) and not _names_wraps(call)
        for argument in call.args
        if isinstance(argument, ast.Name)
    }
    first = {taker.args.args[0].arg for taker in takers if taker.args.args}
    return bool(inside) and bool(handed & first)


def _names_wraps(call: ast.Call) -> bool:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    return name in {"wraps", "update_wrapper"}


def _calling(node: FunctionNode, outer: tuple[str, ...]) -> list[tuple[FunctionNode, str]]:
    """The innermost functions that call a first parameter of a function around them."""
    parameters = [argument.arg for argument in (*node.args.posonlyargs, *node.args.args)][:1]
    inside = [child for child in ast.walk(node) if isinstance(child, FunctionNode) and child is not node]
    direct = [child for child in inside if not any(child in ast.walk(other) for other in inside if other is not child)]
    found = [pair for child in direct for pair in _calling(child, (*outer, *parameters))]
    calls = {
        call.func.id
        for call in ast.walk(node)
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in outer
    }
    return found or [(node, name) for name in sorted(calls)]
