"""Results of queries, as far as the text of the function that runs them tells."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import NamedTuple

from lifeops_codemods.project import Project
from lifeops_codemods.project.classes import ClassRef, classes_behind, definition
from lifeops_codemods.project.functions import FunctionRef, function_node
from lifeops_codemods.project.locals import assigned_value
from lifeops_codemods.project.models import model_of
from lifeops_codemods.project.scopes import targets_of

_QUERIES = frozenset({"execute", "scalars", "query", "exec", "stream_scalars"})
_SELECTS = frozenset({"select", "query"})
_CONDITIONS = frozenset({"where", "filter", "filter_by"})
_EXACTLY_ONE = frozenset({"scalar_one", "one"})
_ONE_OR_NONE = frozenset({"scalar_one_or_none", "one_or_none", "first"})


def models_named(project: Project, path: str, node: ast.expr) -> list[str]:
    """The names of the models that an expression stands for."""
    return [definition(project, one).name for one in _models(project, path, node)]


def _models(project: Project, path: str, node: ast.expr) -> list[ClassRef]:
    refs = [one for item in sorted(targets_of(project, path, node), key=repr) for one in classes_behind(project, item)]
    return [one for one in refs if model_of(project, one) is not None]


class One(NamedTuple):
    """What a query for one row gives: an instance of a model, or None where there may be none."""

    of: ClassRef
    or_none: bool


def one_of_query(project: Project, ref: FunctionRef, name: str) -> One | None:
    """What a local variable holds that is assigned the one row of a query for a model."""
    tree = function_node(project, ref)
    value = assigned_value(tree, name) if tree is not None else None
    call = value.value if isinstance(value, ast.Await) else value
    if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Attribute):
        return None
    if call.func.attr not in _EXACTLY_ONE | _ONE_OR_NONE or call.args or not is_of_query(project, ref, call.func.value):
        return None
    selects = [
        inner
        for part in sources(project, ref, call.func.value)
        for inner in ast.walk(part)
        if isinstance(inner, ast.Call) and _last(inner.func) in _SELECTS
    ]
    found = _models(project, ref.path, selects[0].args[0]) if len(selects) == 1 and len(selects[0].args) == 1 else []
    return One(found[0], call.func.attr in _ONE_OR_NONE) if len(found) == 1 else None


def is_of_query(project: Project, ref: FunctionRef, node: ast.expr) -> bool:
    """Whether an expression is the result of a query."""
    return any(
        isinstance(one, ast.Attribute) and one.attr in _QUERIES
        for part in sources(project, ref, node)
        for one in ast.walk(part)
    )


def selected(project: Project, ref: FunctionRef, node: ast.expr) -> str:
    """The name of the model that a query selects, as far as its text tells."""
    for part in sources(project, ref, node):
        for one in ast.walk(part):
            if isinstance(one, ast.Call) and one.args and _last(one.func) in _SELECTS and len(one.args) == 1:
                found = models_named(project, ref.path, one.args[0])
                if found:
                    return found[0]
    return ""


def _last(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def sources(project: Project, ref: FunctionRef, node: ast.expr, depth: int = 4) -> Iterator[ast.expr]:
    """An expression, and what the local variables in it are assigned."""
    yield node
    tree = function_node(project, ref)
    if tree is None or not depth:
        return
    for name in sorted({one.id for one in ast.walk(node) if isinstance(one, ast.Name)}):
        value = assigned_value(tree, name)
        if value is not None:
            yield from sources(project, ref, value, depth - 1)


def sides(condition: ast.expr) -> Iterator[ast.expr]:
    """The two sides of a comparison in a query; another condition as it is."""
    yield from (condition.left, *condition.comparators) if isinstance(condition, ast.Compare) else (condition,)


def is_key_of_row(node: ast.expr) -> bool:
    """`dataset.id`: a row that is there already, and not one that somebody asks for."""
    return isinstance(node, ast.Attribute) and node.attr in {"id", "pk"} and isinstance(node.value, ast.Name)


def conditions_of_one(project: Project, ref: FunctionRef, call: ast.Call) -> tuple[ast.expr, ...]:
    """The conditions of a query of which there must be exactly one row: `….where(Item.id == x)….scalar_one()`.

    Only of a query for a model: of a count there always is one.
    """
    if not isinstance(call.func, ast.Attribute) or call.func.attr not in _EXACTLY_ONE or call.args or call.keywords:
        return ()
    result = call.func.value
    if not is_of_query(project, ref, result) or not selected(project, ref, result):
        return ()
    return tuple(
        value
        for one in _chained(project, ref, result)
        if _last(one.func) in _CONDITIONS
        for value in (*one.args, *(keyword.value for keyword in one.keywords))
    )


def _chained(project: Project, ref: FunctionRef, node: ast.expr, depth: int = 6) -> Iterator[ast.Call]:
    """The calls that a query is built and run by, and not those in what its conditions compare with."""
    while isinstance(node, ast.Call | ast.Attribute | ast.Await):
        if isinstance(node, ast.Call):
            yield node
            if depth and _last(node.func) in _QUERIES - {"query"}:
                for argument in node.args[:1]:
                    yield from _chained(project, ref, argument, depth - 1)
            node = node.func
        else:
            node = node.value
    tree = function_node(project, ref)
    value = assigned_value(tree, node.id) if depth and tree is not None and isinstance(node, ast.Name) else None
    if value is not None:
        yield from _chained(project, ref, value, depth - 1)
