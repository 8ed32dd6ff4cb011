"""What Pydantic reads of an object: in a call that validates it, and where FastAPI makes a response of it."""

from __future__ import annotations

import ast

from lifeops_codemods.facts.expressions import encode
from lifeops_codemods.project import Project
from lifeops_codemods.project.classes import ClassRef
from lifeops_codemods.project.constants import Given
from lifeops_codemods.project.flow import attributes, expressions
from lifeops_codemods.project.flow.frame import Frame, Step
from lifeops_codemods.project.flow.values import (
    ITEM,
    NOTHING,
    Arguments,
    ClassValue,
    Place,
    Record,
    Value,
    join,
)
from lifeops_codemods.project.schema_validators import asks_what_is_loaded
from lifeops_codemods.project.schemas import is_schema
from lifeops_codemods.project.serialisation import Read, Trust, attribute_reads
from lifeops_codemods.project.trees import offsets
from lifeops_codemods.project.types import Instance, Type, alternatives, union
from lifeops_codemods.project.validations import validations

_DEEPEST = 8
_VALIDATING = frozenset({"model_validate", "from_orm", "parse_obj", "validate_python", "parse_obj_as"})


def validated(frame: Frame, node: ast.Call, behind: Value, given: Arguments) -> Value | None:
    """What `Schema.model_validate(x)` or `Schema(items=xs)` gives, and reads; None where a call validates nothing.

    What comes out is data: nothing that is read of it later loads anything.
    """
    if not _may_validate(frame, node, behind):
        return None
    expression = encode(node, offsets(frame.project, frame.path).at)
    found = validations(frame.project, Given(frame.path, frame.scope, expression))
    by_span = _argument_values(frame, node, given)
    for one in found:
        value = by_span.get(one.argument.span, NOTHING)
        validate(frame, value, one.type, one.trust)
    is_made = any(isinstance(atom, ClassValue) and is_schema(frame.project, atom.of) for atom in behind)
    return NOTHING if found or is_made else None


def _may_validate(frame: Frame, node: ast.Call, behind: Value) -> bool:
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    if name in _VALIDATING:
        return True
    return any(isinstance(atom, ClassValue) and is_schema(frame.project, atom.of) for atom in behind) or isinstance(
        node.func, ast.Subscript
    )


def _argument_values(frame: Frame, node: ast.Call, given: Arguments) -> dict[tuple[int, int], Value]:
    """The values of the arguments by where they stand."""
    named = dict(given.keywords)
    found = {}
    for index, argument in enumerate(item for item in node.args if not isinstance(item, ast.Starred)):
        place = frame.place(argument)
        if index < len(given.positional):
            found[place.start, place.end] = given.positional[index]
    for keyword in node.keywords:
        place = frame.place(keyword.value)
        found[place.start, place.end] = named.get(keyword.arg or "", NOTHING)
    return found


def validate(frame: Frame, value: Value, kind: Type, trust: Trust, depth: int = 0) -> None:
    """Tell what validating `value` against a type reads of it, field by field, to the full depth."""
    if not value or depth > _DEEPEST:
        return
    for read in attribute_reads(frame.project, _read(frame.project, kind), trust):
        inner = value
        for name in read.path:
            inner = _taken(frame, inner, str(name), read)
        validate(frame, inner, read.type, trust, depth + 1)


def _read(project: Project, kind: Type) -> Type:
    """A type without the schemas that leave out by themselves what is not loaded: to load it would change answers."""
    kept = [
        one
        for one in alternatives(kind)
        if not (isinstance(one, Instance) and isinstance(one.of, ClassRef) and asks_what_is_loaded(project, one.of))
    ]
    return union(tuple(kept))


def _taken(frame: Frame, value: Value, name: str, read: Read) -> Value:
    if name == ITEM:
        return expressions.iterated(frame, value, Place(frame.path, 0, 0))
    keyed = [held for atom in value if isinstance(atom, Record) for key, held in atom.fields if key == name]
    rest = frozenset(atom for atom in value if not isinstance(atom, Record))
    return join((*keyed, attributes.attribute(frame, rest, name, Place(frame.path, 0, 0), _step(frame, name, read))))


def _step(frame: Frame, name: str, read: Read) -> Step:
    if read.why is None:
        return Step(Place(frame.path, 0, 0), f".{name} is read")
    owner = frame.project.facts(read.why.path).class_of_scope.get(read.why.scope)
    of = f" of {owner.name}" if owner is not None else ""
    return Step(Place(read.why.path, *read.why.span), f"the field {name}{of} reads it")
