"""Which assignments a use of a local variable may mean."""

from __future__ import annotations

import ast
from typing import NamedTuple

from lifeops_codemods.project.exceptions.blocks import executed
from lifeops_codemods.project.functions import FunctionNode
from lifeops_codemods.project.pages.inside import Inside, parameter_names

_LOOPS = (ast.For, ast.AsyncFor, ast.While)
_BLOCKS = ("body", "orelse", "finalbody", "handlers", "cases")


class Definition(NamedTuple):
    """A value that a variable is given; item: the number of it, where several are unpacked. None: the parameter."""

    value: ast.expr | None
    item: int | None = None
    statement: ast.stmt | ast.NamedExpr | None = None


def definitions(inside: Inside, use: ast.Name) -> list[Definition] | None:
    """What a variable may hold where it is used; None where that is not known, empty where it is no local."""
    found: list[Definition] = []
    bindings = _bindings(inside.node, use.id)
    if bindings is None:
        return None
    above = _above(inside, use)
    before = [one for one in bindings if _position(one) < (use.lineno, use.col_offset) and _holder(one) not in above]
    if any(isinstance(item, _LOOPS) for one in bindings for item in _above(inside, _holder(one))):
        return None
    for one in reversed(before):
        if _excludes(inside, _holder(one), above):
            continue
        found.append(one)
        if _dominates(inside, _holder(one), above):
            return found
    if use.id in parameter_names(inside.node):
        found.append(Definition(None))
    return found


def dominates(inside: Inside, statement: ast.AST, use: ast.AST) -> bool:
    """Whether a statement runs whenever what comes after it at `use` does."""
    return _dominates(inside, statement, _above(inside, use))


def bindings(inside: Inside, name: str) -> list[Definition] | None:
    """All assignments of a local variable, whichever of them a use may mean; None where something else binds it."""
    return _bindings(inside.node, name)


def _bindings(function: FunctionNode, name: str) -> list[Definition] | None:
    """Every assignment of a name in the order of the text; None where something else binds it."""
    found: list[Definition] = []
    stores = 0
    for node in executed(function.body):
        match node:
            case ast.Assign(targets=[ast.Name(id=bound)], value=value) if bound == name:
                found.append(Definition(value, None, node))
            case ast.AnnAssign(target=ast.Name(id=bound), value=ast.expr() as value) if bound == name:
                found.append(Definition(value, None, node))
            case ast.AnnAssign(target=ast.Name(id=bound), value=None) if bound == name:
                stores -= 1
            case ast.NamedExpr(target=ast.Name(id=bound), value=value) if bound == name:
                found.append(Definition(value, None, node))
            case ast.Assign(targets=[ast.Tuple(elts=items) | ast.List(elts=items)], value=value):
                found += [
                    Definition(value, index, node)
                    for index, item in enumerate(items)
                    if isinstance(item, ast.Name) and item.id == name
                ]
            case ast.Global(names=names) | ast.Nonlocal(names=names) if name in names:
                return None
            case ast.ExceptHandler(name=bound) if bound == name:
                return None
        stores += isinstance(node, ast.Name) and node.id == name and not isinstance(node.ctx, ast.Load)
    found.sort(key=_position)
    return found if stores == len(found) else None


def _holder(one: Definition) -> ast.AST:
    assert one.statement is not None
    return one.statement


def _position(one: Definition) -> tuple[int, int]:
    holder = _holder(one)
    return (holder.lineno, holder.col_offset)  # type: ignore[attr-defined]


def _above(inside: Inside, node: ast.AST) -> list[ast.AST]:
    """A node and all that it stands in, up to its function."""
    found = [node]
    up = inside.up
    current: ast.AST | None = up.get(node)
    while current is not None:
        found.append(current)
        if isinstance(current, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            break
        current = up.get(current)
    return found


def _dominates(inside: Inside, statement: ast.AST, above: list[ast.AST]) -> bool:
    up = inside.up
    current: ast.AST | None = statement
    while current is not None and not isinstance(current, ast.stmt):
        current = up.get(current)
    while current is not None and (owner := up.get(current)) is not None:
        blocks = [block for name in _BLOCKS if current in (block := getattr(owner, name, None) or [])]
        if any(item in above for block in blocks for item in block):
            return True
        if not isinstance(owner, ast.With | ast.AsyncWith):
            return False
        current = owner
    return False


def _excludes(inside: Inside, statement: ast.AST, above: list[ast.AST]) -> bool:
    """Whether a statement is in one branch of a condition of which the use is in another, or leaves the function."""
    up = inside.up
    current: ast.AST = statement
    while (owner := up.get(current)) is not None and not isinstance(owner, ast.FunctionDef | ast.AsyncFunctionDef):
        if isinstance(owner, ast.If) and owner in above:
            mine = next((name for name in ("body", "orelse") if current in getattr(owner, name)), "")
            other = {"body": "orelse", "orelse": "body"}.get(mine, "")
            if other and any(item in above for item in getattr(owner, other)):
                return True
        if isinstance(owner, ast.If) and owner not in above:
            block = owner.body if current in owner.body else owner.orelse if current in owner.orelse else []
            if block and isinstance(block[-1], ast.Return | ast.Raise):
                return True
        current = owner
    return False
