"""Whether naming a schema as the model of an answer can do anything but describe it.

Pydantic makes no JSON schema for some types. FastAPI validates what is returned against the model, and Pydantic 2 lets
an instance of it pass as it is, unless validators of the model want to see it again; Pydantic 1 makes a new one.
"""

from __future__ import annotations

import sys

from lifeops_codemods.facts.expressions import parts as parts_of
from lifeops_codemods.project import Project, cyclic_question
from lifeops_codemods.project.classes import ClassRef, ancestors, definition
from lifeops_codemods.project.functions import FunctionRef, decorated_with
from lifeops_codemods.project.instances import inherits
from lifeops_codemods.project.schema_config import is_foreign
from lifeops_codemods.project.schema_fields import SchemaField, fields
from lifeops_codemods.project.schemas import schema_kind
from lifeops_codemods.project.types import NONE, UNKNOWN, Instance, Type, alternatives

_ENUMS = frozenset({"enum.Enum", "enum.StrEnum", "enum.IntEnum"})
_LIBRARIES = frozenset(
    {
        "builtins", "datetime", "decimal", "uuid", "pathlib", "ipaddress", "enum", "typing", "collections", "fractions",
        "pydantic",
    }
)  # fmt: skip
_WITHOUT = frozenset({"builtins.object", "builtins.type", "builtins.complex", "collections.abc.Callable"})
_UNTYPED = frozenset({"Any", "Literal", "Json", "JsonValue"})
_CALLS = frozenset({"constr", "conint", "confloat", "conlist", "condecimal", "conset"})


_AGAIN = ("model_validator", "root_validator")
_FIRST = frozenset({"orm_mode", "validator", "root_validator", "allow_population_by_field_name", "parse_obj"})
_SECOND = frozenset(
    {
        "model_config", "ConfigDict", "model_dump", "model_validate", "field_validator", "model_validator",
        "model_dump_json", "pydantic_settings", "RootModel", "TypeAdapter", "computed_field", "field_serializer",
        "model_serializer", "from_attributes",
    }
)  # fmt: skip


def revalidated(project: Project, ref: ClassRef) -> str | None:
    """Why an instance of a schema may not be answered as it is once the schema is the model; None where it is."""
    if project.mentioning(_FIRST) and not project.mentioning(_SECOND):
        return "the project seems to run on Pydantic 1, which makes the answer anew"
    if project.mentioning(["revalidate_instances"]):
        return "revalidate_instances is set"
    for item in (ref, *ancestors(project, ref)):
        if isinstance(item, ClassRef):
            facts, own = project.facts(item.path), definition(project, item).own
            for index, row in enumerate(facts.functions):
                again = row.scope == own and decorated_with(project, FunctionRef(item.path, index), *_AGAIN)
                if again or (row.scope == own and row.name == "__get_pydantic_core_schema__"):
                    return f"{row.name} of {definition(project, item).name} would see the instance again"
    return None


@cyclic_question(None)
def undescribed(project: Project, ref: ClassRef) -> str | None:
    """A field of a schema, or of one within it, for which there may be no JSON schema; None where all have one."""
    if any(is_foreign(one) for one in ancestors(project, ref)):
        return "a base class of a library"
    for field in fields(project, ref):
        if field.type == UNKNOWN and not _is_untyped(field):
            return f"the field {field.name}"
        found = _of_type(project, field.type)
        if found is not None:
            return found or f"the field {field.name}"
    return None


def _is_untyped(field: SchemaField) -> bool:
    """Whether a field takes anything, or one of some values, which has a schema too."""
    expression = field.annotation.expression
    if expression[:1] == ("subscript",):
        expression = expression[3]
    if expression[:1] == ("call",):
        return parts_of(expression[3])[-1:] != () and parts_of(expression[3])[-1] in _CALLS
    return parts_of(expression)[-1:] != () and parts_of(expression)[-1] in _UNTYPED


def _of_type(project: Project, kind: Type) -> str | None:
    """What within a type has no schema; `""` where it is the type itself."""
    for one in alternatives(kind):
        if not isinstance(one, Instance):
            if one not in (NONE, UNKNOWN):
                return ""
            continue
        if isinstance(one.of, str):
            known = one.of.partition(".")[0] in _LIBRARIES & {*sys.stdlib_module_names, "pydantic"}
            if not known or one.of in _WITHOUT:
                return ""
        elif schema_kind(project, one.of) is not None:
            found = undescribed(project, one.of)
            if found is not None:
                return found
        elif not inherits(project, one.of, _ENUMS):
            return ""
        for argument in one.arguments:
            found = _of_type(project, argument)
            if found is not None:
                return found
    return None
