"""Calls that validate a value against a schema: `Schema.model_validate(x)`, an adapter's, the schema's constructor."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from lifeops_codemods.facts.model import Expression
from lifeops_codemods.project import Project, question
from lifeops_codemods.project.classes import ClassRef
from lifeops_codemods.project.constants import Given
from lifeops_codemods.project.functions import FunctionRef, is_class_method, owner
from lifeops_codemods.project.instances import value_type
from lifeops_codemods.project.modules import External
from lifeops_codemods.project.names import Variable, bindings_of, evaluate
from lifeops_codemods.project.schema_fields import SchemaField, fields_of
from lifeops_codemods.project.schemas import ROOTS, is_schema
from lifeops_codemods.project.serialisation import Trust
from lifeops_codemods.project.types import ClassObject, Instance, Type, alternatives, annotated

_METHODS = frozenset({"model_validate", "from_orm", "parse_obj"})
_ARGUMENTS = ("obj", "object", "value")
_ADAPTERS = frozenset({"pydantic.TypeAdapter", "pydantic.type_adapter.TypeAdapter"})
_FUNCTIONS = frozenset({"pydantic.parse_obj_as", "pydantic.tools.parse_obj_as", "pydantic.v1.parse_obj_as"})


class Validation(NamedTuple):
    """A value that a call validates against a type.

    field: the schema's field that the value is given for, where the call constructs a schema.
    """

    type: Type
    argument: Given
    trust: Trust
    field: SchemaField | None = None


@question
def validations(project: Project, given: Given) -> tuple[Validation, ...]:
    """What a call validates; nothing where it is no validation."""
    return tuple(_validations(project, given)) if given.expression[0] == "call" else ()


def _validations(project: Project, given: Given) -> Iterator[Validation]:
    path, scope, expression = given
    called = expression[3]
    if called[0] == "attribute" and called[4] in _METHODS:
        for schema in _schemas_named(project, given._replace(expression=called[3])):
            yield from _argument(given, schema, 0)
    elif called[0] == "attribute" and called[4] == "validate_python":
        for kind in _adapted(project, given._replace(expression=called[3]), 3):
            yield from _argument(given, kind, 0)
    else:
        made = evaluate(project, path, scope, called, expression[1])
        if expression[4] and any(isinstance(item, External) and item.name in _FUNCTIONS for item in made):
            yield from _argument(given, annotated(project, path, scope, expression[4][0], expression[1]), 1)
        else:
            yield from _constructed(project, given)


def _argument(given: Given, kind: Type, position: int) -> Iterator[Validation]:
    _, _, _, _, arguments, keywords = given.expression
    named = {name: value for name, value in keywords if name is not None}
    handed = arguments[position] if len(arguments) > position else None
    handed = handed or next((named[name] for name in _ARGUMENTS if name in named), None)
    if handed is None or handed[0] == "starred":
        return
    runtime = named.get("from_attributes")
    reads = runtime is not None and runtime[0] == "constant" and runtime[3] is True
    yield Validation(kind, given._replace(expression=handed), Trust.RUNTIME if reads else Trust.OWN)


def _schemas_named(project: Project, given: Given) -> Iterator[Type]:
    """The schemas that an expression names: a class, `Page[Item]`, `cls` in a method of one, an attribute `type[X]`."""
    path, scope, expression = given
    found = [annotated(project, path, scope, expression, expression[1])]
    found += _own_class(project, given)
    held = value_type(project, path, scope, expression, expression[1])
    found += [one.of for one in alternatives(held) if isinstance(one, ClassObject)]
    for kind in found:
        for one in alternatives(kind):
            if isinstance(one, Instance) and _validates(project, one):
                yield one


def _validates(project: Project, item: Instance) -> bool:
    return item.of in ROOTS if isinstance(item.of, str) else is_schema(project, item.of)


def _own_class(project: Project, given: Given) -> Iterator[Type]:
    """`cls` in a class method."""
    facts = project.facts(given.path)
    expression: Expression = given.expression
    row = facts.function_of_scope.get(given.scope)
    if expression[0] != "name" or row is None or not row.parameters or row.parameters[0][0] != expression[3]:
        return
    ref = FunctionRef(given.path, facts.functions.index(row))
    holder = owner(project, ref)
    if holder is not None and is_class_method(project, ref):
        yield Instance(holder)


def _adapted(project: Project, given: Given, depth: int) -> Iterator[Type]:
    """The types of the adapters that an expression is: `TypeAdapter(list[Item])`, or a variable that holds one."""
    path, scope, expression = given
    start = expression[1]
    if not depth:
        return
    if expression[0] == "call":
        made = evaluate(project, path, scope, expression[3], start)
        wanted = any(isinstance(item, External) and item.name in _ADAPTERS for item in made)
        if wanted and expression[4]:
            yield annotated(project, path, scope, expression[4][0], start)
    elif expression[0] in {"name", "attribute"}:
        for item in sorted(evaluate(project, path, scope, expression, start), key=repr):
            if isinstance(item, Variable):
                for row in bindings_of(project, item):
                    if row.value is not None:
                        yield from _adapted(project, Given(item.path, item.scope, row.value), depth - 1)


def _constructed(project: Project, given: Given) -> Iterator[Validation]:
    """`Schema(items=rows)`: each value is validated against the type of its field."""
    path, scope, expression = given
    for schema in _schemas_named(project, given._replace(expression=expression[3])):
        if not isinstance(schema, Instance) or not isinstance(schema.of, ClassRef):
            continue
        by_name = {str(way[0]): field for field in fields_of(project, schema) for way in field.reads if len(way) == 1}
        for name, value in expression[5]:
            if name in by_name:
                field = by_name[name]
                yield Validation(field.type, Given(path, scope, value), Trust.OWN, field)
