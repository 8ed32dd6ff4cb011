"""Calls that validate with Pydantic, and so may raise `ValidationError`, which is a `ValueError`."""

from __future__ import annotations

import ast

from lifeops_codemods.project import Project
from lifeops_codemods.project.classes import ClassRef, classes_behind
from lifeops_codemods.project.exceptions.kinds import VALIDATION_ERROR, Kind, lineage
from lifeops_codemods.project.functions import functions_behind
from lifeops_codemods.project.names import Variable
from lifeops_codemods.project.scopes import targets_of

_METHODS = frozenset(
    {
        "model_validate", "model_validate_json", "model_validate_strings", "from_orm", "parse_obj", "parse_raw",
        "validate_python", "validate_json",
    }
)  # fmt: skip
_BASES = frozenset({"pydantic.BaseModel", "pydantic.main.BaseModel", "pydantic.v1.BaseModel", "pydantic.RootModel"})


def validates(project: Project, path: str, call: ast.Call) -> list[Kind]:
    """`ValidationError` where the call may raise it: a schema is made, or something is validated by one."""
    targets = targets_of(project, path, call.func)
    if isinstance(call.func, ast.Attribute) and call.func.attr in _METHODS:
        own = [ref for item in targets for ref in functions_behind(project, item)]
        return [] if own else [VALIDATION_ERROR]
    made = [ref for item in targets if isinstance(item, Variable) for ref in classes_behind(project, item)]
    return [VALIDATION_ERROR] if any(is_schema(project, ref) for ref in made) else []


def is_schema(project: Project, ref: ClassRef) -> bool:
    """Whether making an instance of a class validates."""
    return bool(lineage(project, ref)[0] & _BASES)
