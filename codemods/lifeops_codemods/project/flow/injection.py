"""What FastAPI hands to a parameter: what its dependency returns or yields."""

from __future__ import annotations

from lifeops_codemods.project.classes import ClassRef
from lifeops_codemods.project.dependencies import dependency, depends_of, provider, yielded_expressions
from lifeops_codemods.project.flow import applying, expressions
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
from lifeops_codemods.project.trees import call_tree


def injected(frame: Frame, ref: FunctionRef, name: str) -> Value:
    """The value that a dependency gives a parameter; nothing where it has none, or nothing is known of it."""
    return join([_provided(frame, item, ref, name) for item in provider(frame.project, ref, name)])


def _provided(frame: Frame, item: FunctionRef | ClassRef, ref: FunctionRef, name: str) -> Value:
    if isinstance(item, ClassRef):
        return one(Object(item, (), True))
    row = function(frame.project, item)
    holder = owner(frame.project, item)
    receiver = (_made(frame, holder, ref, name) or one(Object(holder))) if holder is not None else NOTHING
    step = Step(Place(item.path, *_name_span(row.start, row.name)), f"{row.name} is a dependency")
    given = applying.call_function(frame, FunctionValue(item, receiver, holder), NO_ARGUMENTS, step)
    yields = yielded_expressions(frame.project, item)
    return expressions.iterated(frame, given, step.place) if yields else given


def _made(frame: Frame, holder: ClassRef, ref: FunctionRef, name: str) -> Value:
    """The instance that is the dependency, with what its constructor is given: `Depends(Repository(Quest))`."""
    mark = depends_of(frame.project, ref, name)
    said = dependency(mark) if mark is not None else None
    if said is None or said.expression[0] != "call":
        return NOTHING
    node = call_tree(frame.project, said.path, said.span)
    outside = Frame(frame.engine, said.path, said.scope)
    made = expressions.evaluate(outside, node) if node is not None else NOTHING
    return frozenset(atom for atom in made if isinstance(atom, Object) and atom.of == holder)


def _name_span(start: int, name: str) -> tuple[int, int]:
    return start, start + len(name)
