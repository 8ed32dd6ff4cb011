"""What FastAPI hands to a parameter: what its dependency returns or yields."""

from __future__ import annotations

from lifeops_codemods.project.classes import ClassRef
from lifeops_codemods.project.dependencies import provider, yielded_expressions
from lifeops_codemods.project.flow import calls, expressions
from lifeops_codemods.project.flow.frame import Frame, Step
from lifeops_codemods.project.flow.values import (
    NO_ARGUMENTS,
    NOTHING,
    FunctionValue,
    Object,
    Place,
    Value,
    join,
    one,
)
from lifeops_codemods.project.functions import FunctionRef, function, owner


def injected(frame: Frame, ref: FunctionRef, name: str) -> Value:
    """The value that a dependency gives a parameter; nothing where it has none, or nothing is known of it."""
    return join([_provided(frame, item) for item in provider(frame.project, ref, name)])


def _provided(frame: Frame, item: FunctionRef | ClassRef) -> Value:
    if isinstance(item, ClassRef):
        return one(Object(item, (), True))
    row = function(frame.project, item)
    holder = owner(frame.project, item)
    receiver = one(Object(holder)) if holder is not None else NOTHING
    step = Step(Place(item.path, *_name_span(row.start, row.name)), f"{row.name} is a dependency")
    given = calls.call_function(frame, FunctionValue(item, receiver, holder), NO_ARGUMENTS, step)
    yields = yielded_expressions(frame.project, item)
    return expressions.iterated(frame, given, step.place) if yields else given


def _name_span(start: int, name: str) -> tuple[int, int]:
    return start, start + len(name)
