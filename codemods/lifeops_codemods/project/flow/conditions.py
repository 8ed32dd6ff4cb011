"""Branches that are taken only for some values of a parameter: `if include_members:`."""

from __future__ import annotations

import ast
from collections.abc import Mapping

from lifeops_codemods.project.flow.frame import UNGUARDED, Frame
from lifeops_codemods.project.flow.kept import kept
from lifeops_codemods.project.flow.values import Condition, Guard, Kept, Known, Parameter
from lifeops_codemods.project.functions import function
from lifeops_codemods.project.trees import dotted_parts


def conditions(frame: Frame, test: ast.expr, expected: bool = True) -> Guard:
    """What holds where `test` is true, or is not."""
    return _of_parameters(frame, test, expected) | kept(frame, test)


def _of_parameters(frame: Frame, test: ast.expr, expected: bool) -> Guard:
    """What is known of the function's parameters where `test` is true, or is not."""
    match test:
        case ast.Name() | ast.Attribute():
            parts = dotted_parts(test)
            if parts and is_parameter(frame, parts[0]):
                return frozenset((Condition(".".join(parts), False, expected),))
        case ast.UnaryOp(op=ast.Not(), operand=inner):
            return _of_parameters(frame, inner, not expected)
        case ast.BoolOp(op=ast.And(), values=values) if expected:
            return frozenset().union(*(_of_parameters(frame, value, True) for value in values))
        case ast.BoolOp(op=ast.Or(), values=values) if not expected:
            return frozenset().union(*(_of_parameters(frame, value, False) for value in values))
        case ast.Compare(left=ast.Name(id=name), ops=[operator], comparators=[ast.Constant(value=None)]):
            if isinstance(operator, (ast.Is, ast.IsNot)) and is_parameter(frame, name):
                return frozenset((Condition(name, True, isinstance(operator, ast.Is) is expected),))
    return UNGUARDED


def is_parameter(frame: Frame, name: str) -> bool:
    """Whether a name is a parameter of the function that nothing binds anew."""
    if frame.ref is None or frame.depth:
        return False
    row = function(frame.project, frame.ref)
    bound = frame.project.facts(frame.path).bound.get((row.own, name), ())
    return len(bound) == 1 and bound[0].kind == "parameter"


def remaining(guard: Guard, known: Mapping[str, Known]) -> Guard | None:
    """What of a callee's conditions is left to the caller's parameters; None where one of them does not hold."""
    left: set[Condition | Kept] = set()
    for condition in guard:
        if isinstance(condition, Kept):
            left.add(condition)
            continue
        value = known.get(condition.parameter)
        match value:
            case None:
                continue
            case Parameter(name=name):
                left.add(condition._replace(parameter=name))
            case (constant,):
                holds = (constant is None) if condition.is_none else bool(constant)
                if holds is not condition.expected:
                    return None
    return frozenset(left)


def known_value(frame: Frame, node: ast.expr) -> Known | None:
    """What is known of an argument as it is written: a constant, or one of the caller's own parameters."""
    match node:
        case ast.Constant(value=bool() | None as value):
            return (value,)
        case ast.Name(id=name) if is_parameter(frame, name):
            return Parameter(name)
    return None
