"""A function on the way from an endpoint to a query: how it was called, and what it was given."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from lifeops_codemods.project import Project
from lifeops_codemods.project.exceptions.reached import Callee
from lifeops_codemods.project.flow.values import Place
from lifeops_codemods.project.functions import FunctionNode, FunctionRef, function_node, is_static, owner
from lifeops_codemods.project.trees import span_of


class StoppedError(Exception):
    """Rows cannot be followed any further: where that is, why, and what a person can do.

    from_query: whether it is sure by then that they are rows of a query. from_relationship: whether they are read as an
    attribute that is called as a relationship is.
    """

    def __init__(self, place: Place, reason: str, fix: str) -> None:
        super().__init__(reason)
        self.place, self.reason, self.fix = place, reason, fix
        self.from_query = False
        self.from_relationship = False


@dataclass(frozen=True, eq=False)
class Inside:
    """A function that was reached by a call in another one; the endpoint itself has no `outer`.

    call: the call in `outer` that reaches it, and that takes its keywords. given: what each parameter gets there.
    complete: False where something is unpacked into the call, so that any parameter may be given.
    """

    callee: Callee
    node: FunctionNode
    outer: Inside | None = None
    call: ast.Call | None = None
    given: Mapping[str, ast.expr] = field(default_factory=dict)
    complete: bool = True

    @cached_property
    def up(self) -> Mapping[ast.AST, ast.AST]:
        """What each node of the function's tree stands in."""
        return {child: node for node in ast.walk(self.node) for child in ast.iter_child_nodes(node)}

    @property
    def ref(self) -> FunctionRef:
        return self.callee.ref

    @property
    def path(self) -> str:
        return self.callee.ref.path

    def ways(self) -> Iterator[Inside]:
        """This function and those around it, up to the endpoint."""
        current: Inside | None = self
        while current is not None:
            yield current
            current = current.outer

    def place(self, project: Project, node: ast.expr | ast.stmt) -> Place:
        return Place(self.path, *span_of(project, self.path, node))


def start(project: Project, ref: FunctionRef) -> Inside | None:
    """The beginning of a way: a function that nobody of the project has called."""
    node = function_node(project, ref)
    return None if node is None else Inside(Callee(ref, owner(project, ref)), node)


def entered(
    project: Project, outer: Inside, call: ast.Call, callee: Callee, arguments: list[ast.expr]
) -> Inside | None:
    """A function as a call reaches it; arguments: those by position, without the function where a call hands it on."""
    node = function_node(project, callee.ref)
    if node is None:
        return None
    names = [item.arg for item in (*node.args.posonlyargs, *node.args.args)]
    if owner(project, callee.ref) is not None and not is_static(project, callee.ref):
        names = names[1:]
    plain = []
    for argument in arguments:
        if isinstance(argument, ast.Starred):
            break
        plain.append(argument)
    given = dict(zip(names, plain, strict=False))
    given |= {keyword.arg: keyword.value for keyword in call.keywords if keyword.arg is not None}
    complete = len(plain) == len(arguments) and all(keyword.arg is not None for keyword in call.keywords)
    return Inside(callee, node, outer, call, given, complete)


def parameter_names(node: FunctionNode) -> frozenset[str]:
    """The names of a function's parameters."""
    rows = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs, node.args.vararg, node.args.kwarg]
    return frozenset(row.arg for row in rows if row is not None)
