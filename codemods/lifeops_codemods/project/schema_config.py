"""The configuration of schemas, inherited and merged as Pydantic merges it."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping

from lifeops_codemods.project import Project, cyclic_question, question
from lifeops_codemods.project.classes import Ancestor, ClassRef, ancestors, bases, definition, own_bindings
from lifeops_codemods.project.constants import Given
from lifeops_codemods.project.modules import External
from lifeops_codemods.project.names import Variable, bindings_of, evaluate
from lifeops_codemods.project.schemas import SCHEMA_BASES

UNKNOWN_KEYS = "**"
"""Stands in a configuration for what it takes over from something that is not followed."""

_FROM_ATTRIBUTES = frozenset(
    {
        "sqlmodel.SQLModel", "sqlmodel.main.SQLModel", "fastapi_users.schemas.BaseUser",
        "fastapi_users.schemas.BaseUserCreate", "fastapi_users.schemas.BaseUserUpdate",
        "fastapi_users.schemas.BaseOAuthAccount", "fastapi_utils.api_model.APIModel", "fastapi_utils.APIModel",
        "fastapi_restful.api_model.APIModel", "fastapi_restful.APIModel", "fastapi_pagination.bases.AbstractPage",
        "fastapi_pagination.Page", "fastapi_pagination.default.Page",
    }
)  # fmt: skip
"""Bases of libraries that are configured to read attributes."""
_PLAIN = frozenset({*sys.stdlib_module_names, "typing_extensions", "pydantic"})


@question
def config(project: Project, ref: ClassRef) -> Mapping[str, Given]:
    """The keys of a schema's configuration, each with the expression that is in force."""
    found: dict[str, Given] = {}
    for base in bases(project, ref):
        if isinstance(base, ClassRef) and base != ref:
            found |= _config(project, base)
    found |= dict(_own(project, ref))
    return found


@cyclic_question({})
def _config(project: Project, ref: ClassRef) -> Mapping[str, Given]:
    return config(project, ref)


def _own(project: Project, ref: ClassRef) -> Iterator[tuple[str, Given]]:
    row = definition(project, ref)
    for name in ("model_config", "Config"):
        for binding in own_bindings(project, ref, name):
            if binding.kind == "class":
                inner = ClassRef(ref.path, binding.row)
                for item in reversed((inner, *ancestors(project, inner))):
                    if isinstance(item, ClassRef):
                        yield from _attributes(project, item)
            elif binding.kind == "assign" and binding.value is not None:
                yield from _keys(project, Given(ref.path, row.own, binding.value), 4)
    for key, value in row.keywords:
        yield key, Given(ref.path, row.scope, value)


def _attributes(project: Project, ref: ClassRef) -> Iterator[tuple[str, Given]]:
    own = definition(project, ref).own
    for binding in project.facts(ref.path).members_of.get(own, ()):
        if binding.kind == "assign" and binding.value is not None:
            yield binding.name, Given(ref.path, own, binding.value)


def _keys(project: Project, given: Given, depth: int) -> Iterator[tuple[str, Given]]:
    """The keys of `ConfigDict(…)`, a dictionary, two of them joined, a variable that holds one."""
    if not depth:
        return
    match given.expression:
        case ("call", _, _, _, _, keywords):
            for name, value in keywords:
                if name is not None:
                    yield name, given._replace(expression=value)
                else:
                    yield from _keys(project, given._replace(expression=value), depth - 1)
        case ("dict", _, _, keys, values):
            for key, value in zip(keys, values, strict=True):
                if key is None:
                    yield from _keys(project, given._replace(expression=value), depth - 1)
                elif key[0] == "string":
                    yield key[3], given._replace(expression=value)
        case ("operator", _, _, "|", sides):
            for side in sides:
                yield from _keys(project, given._replace(expression=side), depth - 1)
        case ("name" | "attribute", start, *_):
            held = [
                Given(item.path, item.scope, row.value)
                for item in evaluate(project, given.path, given.scope, given.expression, start)
                if isinstance(item, Variable)
                for row in bindings_of(project, item)
                if row.value is not None
            ]
            if not held:
                yield UNKNOWN_KEYS, given
            for one in held:
                yield from _keys(project, one, depth - 1)
        case _:
            yield UNKNOWN_KEYS, given


def flag(project: Project, ref: ClassRef, *keys: str) -> bool | None:
    """Whether a configuration switches one of `keys` on; None where that cannot be read."""
    found = config(project, ref)
    for key in keys:
        if key in found:
            value = found[key].expression
            return bool(value[3]) if value[0] == "constant" else None
    return None if UNKNOWN_KEYS in found or any(map(is_foreign, ancestors(project, ref))) else False


def from_attributes(project: Project, ref: ClassRef) -> bool | None:
    """Whether the schema's own configuration lets it read the attributes of an object; None where unknown."""
    own = flag(project, ref, "from_attributes", "orm_mode")
    if own is False or own is None:
        given = config(project, ref)
        outside = {item.name for item in ancestors(project, ref) if isinstance(item, External)}
        if outside & _FROM_ATTRIBUTES and "from_attributes" not in given:
            return True
    return own


def is_foreign(item: Ancestor) -> bool:
    """Whether an ancestor is not in the project, and is no base of which it is known what it configures."""
    if isinstance(item, External):
        return item.name not in SCHEMA_BASES and item.name.partition(".")[0] not in _PLAIN
    return not isinstance(item, ClassRef)
