"""The `except` clauses of an endpoint's own code, and where they stand."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from lifeops_codemods.project import Project, question
from lifeops_codemods.project.exceptions.blocks import yields
from lifeops_codemods.project.functions import FunctionNode, FunctionRef, function_node

Try = ast.Try | ast.TryStar


class Handler(NamedTuple):
    """A clause. last: nothing runs after the `try` but the function's end. looped: it stands in a loop.

    stream: it is in a generator within the endpoint, or the endpoint is one. around: the `try`s whose bodies hold this
    one, innermost first.
    """

    clause: ast.ExceptHandler
    statement: Try
    last: bool
    looped: bool
    stream: bool
    around: tuple[Try, ...]


@question
def handlers(project: Project, ref: FunctionRef) -> tuple[Handler, ...]:
    """All clauses of a function, in the order of the text; of functions within it only those of generators."""
    node = function_node(project, ref)
    if node is None:
        return ()
    found = list(_in_block(node.body, _Place(True, False, yields(node.body), ())))
    for inner in _generators(node):
        found += _in_block(inner.body, _Place(True, False, True, ()))
    return tuple(found)


class _Place(NamedTuple):
    last: bool
    looped: bool
    stream: bool
    around: tuple[Try, ...]


def _in_block(body: Sequence[ast.stmt], place: _Place) -> Iterator[Handler]:
    for index, statement in enumerate(body):
        here = place._replace(last=place.last and index == len(body) - 1)
        match statement:
            case ast.If():
                yield from _in_block(statement.body, here)
                yield from _in_block(statement.orelse, here)
            case ast.With() | ast.AsyncWith():
                yield from _in_block(statement.body, here)
            case ast.For() | ast.AsyncFor() | ast.While():
                yield from _in_block(statement.body, here._replace(last=False, looped=True))
                yield from _in_block(statement.orelse, here)
            case ast.Match():
                for case in statement.cases:
                    yield from _in_block(case.body, here)
            case ast.Try() | ast.TryStar():
                yield from _in_try(statement, here)


def _in_try(statement: Try, place: _Place) -> Iterator[Handler]:
    inside = place._replace(last=place.last and not statement.orelse, around=(statement, *place.around))
    yield from _in_block(statement.body, inside)
    for clause in statement.handlers:
        yield Handler(clause, statement, *place)
        yield from _in_block(clause.body, place)
    yield from _in_block(statement.orelse, place)
    yield from _in_block(statement.finalbody, place._replace(last=False))


def _generators(node: FunctionNode) -> list[FunctionNode]:
    inside = [child for child in ast.walk(node) if isinstance(child, FunctionNode) and child is not node]
    return [child for child in inside if yields(child.body)]
