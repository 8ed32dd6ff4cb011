"""What Pydantic reads of an object."""

from __future__ import annotations

import ast

from lifeops_codemods.project.classes import ClassRef
from lifeops_codemods.project.flow.calls import Arguments
from lifeops_codemods.project.flow.frame import Frame
from lifeops_codemods.project.flow.values import Place, Value


def validated(frame: Frame, node: ast.Call, given: Arguments, place: Place) -> Value | None:
    """What `Schema.model_validate(x)` gives, and reads of `x`; None where a call is no validation."""
    return None


def constructed(frame: Frame, ref: ClassRef, given: Arguments, place: Place) -> Value | None:
    """What `Schema(…)` gives, and reads of its arguments; None where the class is no schema."""
    return None
