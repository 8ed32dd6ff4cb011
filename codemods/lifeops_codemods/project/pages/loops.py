"""A list that a loop fills with one item for each row."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from typing import NamedTuple

from lifeops_codemods.project import Project
from lifeops_codemods.project.exceptions.blocks import executed
from lifeops_codemods.project.pages.definitions import Definition, dominates
from lifeops_codemods.project.pages.inside import Inside


class Filling(NamedTuple):
    """source: what the loop goes through. fills: the name of the list where it is filled."""

    source: ast.expr
    fills: frozenset[ast.Name]


def filled_by(project: Project, inside: Inside, use: ast.Name, empty: Definition) -> Filling | None:
    """The loop that appends exactly one item a round to a list that begins empty; None where there is no such loop.

    What goes from one round to the next (sums, what was seen before) would be another thing with a page of the rows.
    """
    up = inside.up
    names = [one for one in executed(inside.node.body) if isinstance(one, ast.Name) and one.id == use.id]
    appended = [one for one in names if _appends(up, one)]
    if len(appended) != 1:
        return None
    statement = up[up[up[appended[0]]]]
    loop = up.get(statement)
    if not isinstance(loop, ast.For | ast.AsyncFor) or statement not in loop.body or loop.orelse:
        return None
    if empty.statement is None or not dominates(inside, empty.statement, loop):
        return None
    if not dominates(inside, loop, use) or not _is_one_each(loop, inside, use.id):
        return None
    return Filling(loop.iter, frozenset(appended))


def is_filled(inside: Inside, name: str) -> bool:
    """Whether anything is put into a list of that name."""
    return any(
        isinstance(one, ast.Call)
        and isinstance(one.func, ast.Attribute)
        and isinstance(one.func.value, ast.Name)
        and one.func.value.id == name
        and one.func.attr in _FILLS
        for one in executed(inside.node.body)
    )


def _appends(up: Mapping[ast.AST, ast.AST], node: ast.Name) -> bool:
    attribute = up.get(node)
    call = up.get(attribute) if attribute is not None else None
    return (
        isinstance(attribute, ast.Attribute)
        and attribute.attr == "append"
        and isinstance(call, ast.Call)
        and isinstance(up.get(call), ast.Expr)
    )


def _is_one_each(loop: ast.For | ast.AsyncFor, inside: Inside, name: str) -> bool:
    inner = [*executed(loop.body)]
    if any(isinstance(one, ast.Break | ast.Continue | ast.Return) for one in inner):
        return False
    return not carries(loop, inside, name)


def carries(loop: ast.For | ast.AsyncFor, inside: Inside, name: str = "") -> bool:
    """Whether a loop hands something from one round to the next, or to what comes after it; `name` is known to be."""
    inner = [*executed(loop.body)]
    target = {one.id for one in ast.walk(loop.target) if isinstance(one, ast.Name)}
    stored = {one.id for one in inner if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store)}
    if any(isinstance(one, ast.AugAssign) and isinstance(one.target, ast.Name) for one in inner):
        return True
    if any(_goes_in(loop, inside, one) for one in stored - target):
        return True
    if any(_goes_out(loop, inside, one) for one in stored | target):
        return True
    return any(_changes(one, stored | target, name) for one in inner)


def _goes_in(loop: ast.For | ast.AsyncFor, inside: Inside, name: str) -> bool:
    """Whether a round may find what was bound before the loop, or in another round."""
    if not any(_is_before(one, loop) for one in _named(inside, name)):
        return False
    for statement in loop.body:
        match statement:
            case ast.Assign(targets=[ast.Name(id=bound)], value=value) if bound == name:
                return any(isinstance(one, ast.Name) and one.id == name for one in ast.walk(value))
        if any(isinstance(one, ast.Name) and one.id == name for one in ast.walk(statement)):
            return True
    return False


def _goes_out(loop: ast.For | ast.AsyncFor, inside: Inside, name: str) -> bool:
    """Whether what the last round bound is read after the loop."""
    end = (loop.end_lineno or loop.lineno, loop.end_col_offset or 0)
    after = sorted((one.lineno, one.col_offset, isinstance(one.ctx, ast.Load)) for one in _named(inside, name))
    later = [is_read for line, column, is_read in after if (line, column) >= end]
    return bool(later) and later[0]


def _named(inside: Inside, name: str) -> list[ast.Name]:
    return [one for one in executed(inside.node.body) if isinstance(one, ast.Name) and one.id == name]


def _is_before(node: ast.Name, loop: ast.For | ast.AsyncFor) -> bool:
    return (node.lineno, node.col_offset) < (loop.lineno, loop.col_offset) and isinstance(node.ctx, ast.Store)


_FILLS = frozenset({"append", "add", "extend", "update", "insert", "setdefault", "pop", "remove", "discard", "clear"})


def _changes(node: ast.AST, own: set[str], name: str) -> bool:
    """Whether something is changed that outlives a round: `seen.add(x)`, `found[x] = y`."""
    match node:
        case ast.Call(func=ast.Attribute(value=ast.Name(id=holder), attr=attr)) if attr in _FILLS:
            return holder not in own and holder != name
        case ast.Subscript(value=ast.Name(id=holder), ctx=ast.Store() | ast.Del()):
            return holder not in own
        case ast.Delete(targets=targets):
            return any(isinstance(one, ast.Name) for one in targets)
    return False
