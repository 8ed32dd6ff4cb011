"""What else a function does with rows on their way, and whether it would see only a page of them then."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from typing import NamedTuple

from lifeops_codemods.project import Project
from lifeops_codemods.project.exceptions.blocks import executed
from lifeops_codemods.project.pages.inside import Inside
from lifeops_codemods.project.pages.loops import carries
from lifeops_codemods.project.trees import dotted_parts

_LOGS = frozenset({"debug", "info", "warning", "warn", "error", "exception", "critical", "log", "print", "trace"})
_REORDERS = frozenset({"sort", "reverse"})
_CHANGES = frozenset({"append", "extend", "insert", "pop", "remove", "clear"})


class Use(NamedTuple):
    """A use of rows for something else than to hand them on."""

    node: ast.expr
    reason: str
    fix: str


def other_use(project: Project, inside: Inside, name: str, known: set[ast.Name]) -> Use | None:
    """The first use of a variable that holds rows, beside the known ones, which a limit would change."""
    for node in _walked(inside.node):
        if isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Load) and node not in known:
            said = _judged(project, inside, node)
            if said is not None:
                return said
    return None


def _walked(function: ast.FunctionDef | ast.AsyncFunctionDef) -> list[ast.AST]:
    return [one for statement in function.body for one in ast.walk(statement)]


def _judged(project: Project, inside: Inside, node: ast.Name) -> Use | None:
    up = inside.up
    around = up.get(node)
    if _is_shown(up, node):
        return None
    match around:
        case ast.Attribute(attr=attr) if attr in _REORDERS:
            return Use(
                node, "the rows are put into another order in Python after the query", "order by it in the query"
            )
        case ast.Attribute(attr=attr) if attr in _CHANGES:
            return Use(node, "the list is changed in Python after the query", "do it in the query, or page by hand")
        case ast.For() | ast.AsyncFor() if around.iter is node:
            return _of_loop(inside, node, around)
        case ast.Call(func=ast.Name(id="len"), args=[_]):
            return Use(node, "the number of all rows is used, and is no total of the answer", "count them in a query")
    test = _tested(up, node)
    if test is not None:
        return _of_test(node, test)
    reason = f"{node.id} is used for more than the answer, which would see only a page of it"
    return Use(node, reason, "take what else needs all rows from a query of its own")


def _is_shown(up: Mapping[ast.AST, ast.AST], node: ast.AST) -> bool:
    """Whether it is only written into a log."""
    current: ast.AST | None = node
    while current is not None and not isinstance(current, ast.stmt):
        current = up.get(current)
    call = current.value if isinstance(current, ast.Expr) else None
    return isinstance(call, ast.Call) and dotted_parts(call.func)[-1:] != () and dotted_parts(call.func)[-1] in _LOGS


def _of_loop(inside: Inside, node: ast.Name, loop: ast.For | ast.AsyncFor) -> Use | None:
    inner = [*executed(loop.body)]
    leaves = any(isinstance(one, ast.Break | ast.Return) for one in inner)
    if leaves or loop.orelse or carries(loop, inside):
        reason = "a loop over the rows works out something of all of them"
        return Use(node, reason, "work it out in a query of its own, then add offset and limit")
    return None


def _tested(up: Mapping[ast.AST, ast.AST], node: ast.AST) -> ast.If | None:
    """The `if rows:`, `if not rows:` or `if rows is None:` whose test a use is."""
    around = up.get(node)
    negated = isinstance(around, ast.UnaryOp) and isinstance(around.op, ast.Not)
    if negated or (isinstance(around, ast.Compare) and around.left is node and _is_about_none(around)):
        assert around is not None
        node, around = around, up.get(around)
    return around if isinstance(around, ast.If) and around.test is node else None


def _is_about_none(node: ast.Compare) -> bool:
    return isinstance(node.ops[0], ast.Is | ast.IsNot)


def _of_test(node: ast.Name, test: ast.If) -> Use | None:
    if isinstance(test.test, ast.Compare):
        return None
    empty = test.body if isinstance(test.test, ast.UnaryOp) else test.orelse
    if all(_gives_nothing(one) for one in empty):
        return None
    reason = "an empty list is answered in a way of its own, and the page behind the last one is empty"
    return Use(node, reason, "answer an empty list as such, then add offset and limit")


def _gives_nothing(statement: ast.stmt) -> bool:
    match statement:
        case ast.Return(value=ast.List(elts=[])) | ast.Pass():
            return True
        case ast.Expr(value=ast.Call(func=func)):
            return dotted_parts(func)[-1:] != () and dotted_parts(func)[-1] in _LOGS
    return False
