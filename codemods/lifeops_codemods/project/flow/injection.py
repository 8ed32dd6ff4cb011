"""What FastAPI hands to a parameter."""

from __future__ import annotations

from lifeops_codemods.project.flow.frame import Frame
from lifeops_codemods.project.flow.values import Value
from lifeops_codemods.project.functions import FunctionRef


def injected(frame: Frame, ref: FunctionRef, name: str) -> Value | None:
    """The value that a dependency gives a parameter; None where it has no dependency."""
    return None
