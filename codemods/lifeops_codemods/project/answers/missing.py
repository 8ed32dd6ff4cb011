"""Places of an endpoint that answer with `None`, or with an error as a success, where something was not found."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from enum import Enum, auto
from typing import NamedTuple

from lifeops_codemods.project import Project, question
from lifeops_codemods.project.answers.absence import (
    Absence,
    may_be_absent,
)
from lifeops_codemods.project.answers.answer import Answer, How, answers_of
from lifeops_codemods.project.answers.asking import is_asked_for
from lifeops_codemods.project.answers.endpoints import Endpoint
from lifeops_codemods.project.answers.handlers import Try
from lifeops_codemods.project.answers.sites import blocks, swallows_answer
from lifeops_codemods.project.exceptions.blocks import executed
from lifeops_codemods.project.functions import FunctionNode, FunctionRef, function, function_node
from lifeops_codemods.project.locals import assigned_value, assignment_of, is_examined, returns_value
from lifeops_codemods.project.responses import ModelKind, response_model
from lifeops_codemods.project.types import NONE, Instance, Type, Unknown, alternatives, annotated, union

_FROM_OBJECT = frozenset({"model_validate", "from_orm", "parse_obj", "validate_python"})


class Where(Enum):
    """What stands at the place."""

    GUARD = auto()
    ASSIGNED = auto()
    RETURNED = auto()
    NESTED = auto()


class Missing(NamedTuple):
    """A place where None is answered.

    statement: what ends the guard, assigns the value or returns it. name: the variable that may be None.
    value: the expression that may be None. answer: how a guard ends.
    """

    where: Where
    statement: ast.stmt
    absence: Absence
    name: str = ""
    value: ast.expr | None = None
    answer: Answer | None = None
    swallowed: bool = False


class Promise(Enum):
    """What an endpoint says of its answer."""

    NOT_NONE = auto()
    MAYBE_NONE = auto()
    NOTHING = auto()


@question
def missing(project: Project, endpoint: Endpoint) -> tuple[Missing, ...]:
    """All such places of an endpoint, in the order of the text."""
    node = function_node(project, endpoint.ref)
    if node is None:
        return ()
    promise = promised(project, endpoint)
    if promise is Promise.MAYBE_NONE:
        return tuple(one for one in _in_block(project, endpoint.ref, node, node.body, ()) if _tells_error(one))
    found = list(_in_block(project, endpoint.ref, node, node.body, ()))
    if not returns_value(node):
        found = [one for one in found if _tells_error(one)]
    if promise is Promise.NOTHING:
        found = [one for one in found if one.where is Where.GUARD or _is_validated(one)]
    unique = {(one.where, one.statement): one for one in found}
    return tuple(unique.values())


def _tells_error(one: Missing) -> bool:
    return one.answer is not None and one.answer.how in {How.ERROR, How.RESPONSE}


def _is_validated(one: Missing) -> bool:
    return one.answer is None and one.value is None


def promised(project: Project, endpoint: Endpoint) -> Promise:
    """Whether the response may be null, by `response_model` or the return annotation."""
    types = []
    for route in endpoint.routes:
        model = response_model(route)
        if model.kind is ModelKind.GIVEN and model.given is not None:
            given = model.given
            types.append(annotated(project, given.path, given.scope, given.expression, given.expression[1]))
        elif model.kind is ModelKind.ABSENT:
            row = function(project, endpoint.ref)
            types.append(annotated(project, endpoint.ref.path, row.scope, row.returns, row.start))
        else:
            return Promise.NOTHING
    return _promise(union(tuple(types)))


def _promise(said: Type) -> Promise:
    kinds = alternatives(said)
    if NONE in kinds:
        return Promise.MAYBE_NONE if len(kinds) > 1 else Promise.NOTHING
    if any(isinstance(one, Unknown) or not isinstance(one, Instance) for one in kinds):
        return Promise.NOTHING
    outside = [one.of for one in kinds if isinstance(one, Instance) and isinstance(one.of, str)]
    return Promise.NOTHING if any("esponse" in name for name in outside) else Promise.NOT_NONE


def _in_block(
    project: Project, ref: FunctionRef, tree: FunctionNode, body: Sequence[ast.stmt], around: tuple[Try, ...]
) -> Iterator[Missing]:
    swallowed = any(swallows_answer(project, ref.path, one) for one in around)
    for index, statement in enumerate(body):
        found: Missing | None = None
        if isinstance(statement, ast.If):
            found = _guard(project, ref, tree, statement, body[index + 1 :])
        elif isinstance(statement, ast.Return) and statement.value is not None:
            found = _returned(project, ref, tree, statement, statement.value)
        if found is not None:
            yield found._replace(swallowed=swallowed)
        for block in blocks(statement):
            inside = isinstance(statement, Try) and block is statement.body
            yield from _in_block(project, ref, tree, block, (statement, *around) if inside else around)  # type: ignore[arg-type]


# -- a condition that is there


def _guard(
    project: Project, ref: FunctionRef, tree: FunctionNode, statement: ast.If, rest: Sequence[ast.stmt]
) -> Missing | None:
    name, negative = _tested(statement.test)
    value = assigned_value(tree, name) if name else None
    if value is None:
        return None
    block = list(statement.body)
    if not negative:
        falls = statement.orelse or list(rest[:1])
        block = falls if len(falls) == 1 and isinstance(falls[0], ast.Return) else []
    found = answers_of(project, ref.path, block) if block else ()
    if len(found) != 1 or not _is_wrong(found[0]):
        return None
    ending, absence = found[0].statement, may_be_absent(project, ref, value)
    if ending is None or absence is None:
        return None
    return Missing(Where.GUARD, ending, absence, name, answer=found[0])


def _is_wrong(one: Answer) -> bool:
    if one.how in {How.NONE, How.ERROR}:
        return one.code is None or one.code < 400
    return (
        one.how is How.RESPONSE
        and one.code is not None
        and (one.code < 300 or one.code >= 500)
        and one.text is not None
    )


def _tested(test: ast.expr) -> tuple[str, bool]:
    """The variable that a condition tells to be None (`True`), or not to be None (`False`); of several the first."""
    match test:
        case ast.UnaryOp(op=ast.Not(), operand=ast.Name(id=name)):
            return name, True
        case ast.Compare(left=ast.Name(id=name), ops=[ast.Is() | ast.Eq()], comparators=[ast.Constant(value=None)]):
            return name, True
        case ast.Compare(
            left=ast.Name(id=name), ops=[ast.IsNot() | ast.NotEq()], comparators=[ast.Constant(value=None)]
        ):
            return name, False
        case ast.Name(id=name):
            return name, False
        case ast.BoolOp(op=ast.Or(), values=[first, *others]) if all(_tested(one)[1] for one in (first, *others)):
            return _tested(first)
    return "", False


# -- a condition that is missing


def _returned(
    project: Project, ref: FunctionRef, tree: FunctionNode, statement: ast.Return, value: ast.expr
) -> Missing | None:
    match value:
        case ast.Name(id=name):
            return _assigned(project, ref, tree, name, value)
        case ast.Call(func=ast.Attribute(attr=attr), args=[argument, *_]) if attr in _FROM_OBJECT:
            if isinstance(argument, ast.Name):
                return _assigned(project, ref, tree, argument.id, None)
            absence = may_be_absent(project, ref, argument)
            return Missing(Where.NESTED, statement, absence) if absence is not None else None
        case ast.Await() | ast.Call() if is_asked_for(project, ref, value):
            absence = may_be_absent(project, ref, value)
            return Missing(Where.RETURNED, statement, absence, value=value) if absence is not None else None
    return None


def _assigned(
    project: Project, ref: FunctionRef, tree: FunctionNode, name: str, value: ast.expr | None
) -> Missing | None:
    assignment = assignment_of(tree, name)
    if assignment is None or assignment.value is None or is_examined(tree, name) or _in_nested_block(tree, assignment):
        return None
    absence = may_be_absent(project, ref, assignment.value)
    if not is_asked_for(project, ref, assignment.value):
        return None
    return Missing(Where.ASSIGNED, assignment, absence, name, value) if absence is not None else None


def _in_nested_block(tree: FunctionNode, statement: ast.stmt) -> bool:
    """Whether the assignment may not have run where the value is returned: it stands in a branch or a loop."""
    branches = (ast.If, ast.For, ast.AsyncFor, ast.While, ast.Match)
    return any(statement in list(executed([one])) for one in executed(tree.body) if isinstance(one, branches))
