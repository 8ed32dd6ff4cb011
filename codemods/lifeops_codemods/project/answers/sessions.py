"""Whether an endpoint's session is committed when it returns, and so rolled back when it raises."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import NamedTuple

from lifeops_codemods.project import Project, question
from lifeops_codemods.project.dependencies import provider, signature
from lifeops_codemods.project.exceptions.blocks import executed, yields
from lifeops_codemods.project.functions import FunctionRef, function, function_node
from lifeops_codemods.project.trees import dotted_parts, span_of


class Commit(NamedTuple):
    """A dependency that commits after its `yield`."""

    path: str
    start: int
    end: int


@question
def committed_after(project: Project, ref: FunctionRef) -> Commit | None:
    """The dependency of an endpoint, or of its dependencies, that commits once the endpoint has returned."""
    return next(_commits(project, ref, set()), None)


def _commits(project: Project, ref: FunctionRef, seen: set[FunctionRef]) -> Iterator[Commit]:
    seen.add(ref)
    for row in function(project, ref).parameters:
        for given in provider(project, ref, row[0]):
            inner = signature(project, given)
            if inner is not None and inner not in seen:
                yield from _own_commits(project, inner)
                yield from _commits(project, inner, seen)


def _own_commits(project: Project, ref: FunctionRef) -> Iterator[Commit]:
    node = function_node(project, ref)
    if node is not None and yields(node.body):
        for call in executed(node.body):
            if isinstance(call, ast.Call) and dotted_parts(call.func)[-1:] == ("commit",):
                yield Commit(ref.path, *span_of(project, ref.path, call))
