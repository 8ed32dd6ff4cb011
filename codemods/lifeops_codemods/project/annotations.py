"""What `Annotated[…]` adds to a type."""

from __future__ import annotations

from lifeops_codemods.facts.expressions import parts as parts_of
from lifeops_codemods.project import Project
from lifeops_codemods.project.constants import Given
from lifeops_codemods.project.names import Variable, bindings_of, evaluate
from lifeops_codemods.project.types import parsed


def metadata(project: Project, annotation: Given, depth: int = 6) -> tuple[Given, ...]:
    """What `Annotated[…]` adds to a type, aliases and quotes followed; only of the outermost one, inner ones first."""
    expression = annotation.expression
    if not depth or not expression:
        return ()
    match expression:
        case ("string", _, _, text):
            inner = annotation._replace(expression=parsed(text) or ())
            return metadata(project, inner, depth - 1)
        case ("subscript", _, _, value, ("tuple", _, _, (first, *rest))) if parts_of(value)[-1:] == ("Annotated",):
            inner_ones = metadata(project, annotation._replace(expression=first), depth - 1)
            return (*inner_ones, *(annotation._replace(expression=item) for item in rest))
        case ("name" | "attribute", start, *_):
            held = [
                Given(item.path, item.scope, row.value)
                for item in evaluate(project, annotation.path, annotation.scope, expression, start)
                if isinstance(item, Variable)
                for row in bindings_of(project, item)
                if row.kind in {"assign", "type"} and row.value is not None
            ]
            return metadata(project, held[0], depth - 1) if len(held) == 1 else ()
    return ()
