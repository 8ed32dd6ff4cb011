"""What decides whether a `raise`, `return` or call runs: conditions around it, and those before it that may return."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import NamedTuple

from lifeops_codemods.project import Project, question
from lifeops_codemods.project.exceptions.blocks import executed
from lifeops_codemods.project.exceptions.endings import Ending, endings
from lifeops_codemods.project.functions import FunctionRef, function_node
from lifeops_codemods.project.trees import dotted_parts
from lifeops_codemods.project.walking import children

_NEVER_RETURN = frozenset({"assert_never", "assert_unreachable"})


class Condition(NamedTuple):
    """An expression that decides. holds: whether it is true or false there; None where only its value matters.

    is_passed: it is what an earlier `if …: raise` asked, which says only that nothing was wrong so far.
    """

    test: ast.expr
    holds: bool | None = None
    is_passed: bool = False


class Around(NamedTuple):
    """The conditions under which a node runs, the lines of the branches that it stands in, whether it can run."""

    conditions: tuple[Condition, ...] = ()
    branches: tuple[int, ...] = ()
    unreachable: bool = False


@question
def surroundings(project: Project, ref: FunctionRef) -> dict[ast.AST, Around]:
    """For each `raise`, `return` and call of a function, what decides whether it runs."""
    tree = function_node(project, ref)
    found: dict[ast.AST, Around] = {}
    if tree is not None:
        _in_block(tree.body, Around(), found)
    return found


def _in_block(body: list[ast.stmt], around: Around, found: dict[ast.AST, Around]) -> None:
    for statement in body:
        for node in _own(statement):
            found[node] = around
        for conditions, line, block in _branches(statement):
            inner = around._replace(conditions=(*around.conditions, *conditions), branches=(*around.branches, line))
            _in_block(block, inner, found)
        around = _after(statement, around)


def _after(statement: ast.stmt, around: Around) -> Around:
    """What decides whether the next statement runs."""
    match statement:
        case ast.Expr(value=ast.Call(func=function)) if dotted_parts(function)[-1:] in {
            (one,) for one in _NEVER_RETURN
        }:
            return around._replace(unreachable=True)
    ended = _ended(statement)
    return around._replace(conditions=(*around.conditions, *ended)) if ended else around


def _ended(statement: ast.stmt) -> tuple[Condition, ...]:
    """The conditions of a statement that may return, as they are where it does not."""
    match statement:
        case ast.If(orelse=orelse) if Ending.FALLS not in endings(statement.body):
            is_chain = len(orelse) == 1 and isinstance(orelse[0], ast.If)
            rest = _ended(orelse[0]) if is_chain else tuple(_ways_out(orelse))
            return (Condition(statement.test, False, endings(statement.body) == {Ending.RAISES}), *rest)
        case (
            ast.If() | ast.For() | ast.AsyncFor() | ast.While() | ast.Match() | ast.With() | ast.AsyncWith() | ast.Try()
        ):
            return tuple(_ways_out([statement]))
    return ()


def _ways_out(statements: list[ast.stmt]) -> Iterator[Condition]:
    """What decides within statements whether they return: `for row in rows: if row.name == name: return row`."""
    for statement in statements:
        if not any(isinstance(node, ast.Return) for node in executed([statement])):
            continue
        for conditions, _, block in _branches(statement):
            if any(isinstance(node, ast.Return) for node in executed(block)):
                yield from (one._replace(holds=None) for one in conditions)
                yield from _ways_out(block)


def _own(statement: ast.stmt) -> Iterator[ast.AST]:
    """The `raise` or `return` that a statement is, and the calls in it, without those in its blocks."""
    blocks = {id(inner) for _, _, block in _branches(statement) for inner in block}
    rest: list[ast.AST] = [statement]
    while rest:
        node = rest.pop()
        if isinstance(node, ast.Raise | ast.Return | ast.Call):
            yield node
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef):
            continue
        rest += [child for child in children(node) if id(child) not in blocks]


def _branches(statement: ast.stmt) -> Iterator[tuple[tuple[Condition, ...], int, list[ast.stmt]]]:
    match statement:
        case ast.If() | ast.While():
            yield (Condition(statement.test, holds=True),), statement.lineno, statement.body
            line = _line_before(statement.orelse, statement.lineno)
            yield (Condition(statement.test, holds=False),), line, statement.orelse
        case ast.For() | ast.AsyncFor():
            yield (Condition(statement.iter),), statement.lineno, statement.body
            yield (Condition(statement.iter),), statement.lineno, statement.orelse
        case ast.With() | ast.AsyncWith():
            yield (), statement.lineno, statement.body
        case ast.Match():
            for case in statement.cases:
                yield (Condition(statement.subject),), case.pattern.lineno, case.body
        case ast.Try() | ast.TryStar():
            yield (), statement.lineno, statement.body
            for handler in statement.handlers:
                yield _tried(statement.body, handler), handler.lineno, handler.body
            yield (), statement.lineno, statement.orelse
            yield (), statement.lineno, statement.finalbody


def _tried(body: list[ast.stmt], handler: ast.ExceptHandler) -> tuple[Condition, ...]:
    """What decides whether a handler runs: the lookups for one of `KeyError`, else all that is tried."""
    tried = tuple(node for one in body for node in ast.walk(one) if isinstance(node, ast.expr))
    lookups = tuple(node for node in tried if isinstance(node, ast.Subscript))
    names = {one.id for one in ast.walk(handler.type) if isinstance(one, ast.Name)} if handler.type else set()
    return tuple(map(Condition, lookups if lookups and names == {"KeyError"} else tried))


def _line_before(block: list[ast.stmt], otherwise: int) -> int:
    return block[0].lineno - 1 if block else otherwise
