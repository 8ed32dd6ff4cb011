"""What the decorators of a function make of the exceptions that leave it."""

from __future__ import annotations

import ast

from lifeops_codemods.facts.expressions import parts as parts_of
from lifeops_codemods.facts.model import Expression
from lifeops_codemods.project import Project, cyclic_question, question
from lifeops_codemods.project.classes import classes_behind
from lifeops_codemods.project.exceptions.wrappers import OPAQUE, TRANSPARENT, Passing, ends_nothing, made_of
from lifeops_codemods.project.functions import (
    FunctionNode,
    FunctionRef,
    decorated_with,
    function,
    function_node,
    functions_behind,
    is_static,
    owner,
)
from lifeops_codemods.project.modules import External
from lifeops_codemods.project.names import Variable, evaluate


@question
def passing(project: Project, ref: FunctionRef) -> tuple[Passing, ...]:
    """The decorators that an exception passes, innermost first."""
    row = function(project, ref)
    found: list[Passing] = []
    for decorator in reversed(row.decorators):
        found += _of(project, ref.path, row.scope, decorator)
    return tuple(found)


def _of(project: Project, path: str, scope: int, decorator: Expression) -> list[Passing]:
    called = decorator[0] == "call"
    name = decorator[3] if called else decorator
    targets = evaluate(project, path, scope, name, decorator[1])
    own = [
        ref
        for item in sorted(targets, key=repr)
        if isinstance(item, Variable)
        for ref in functions_behind(project, item)
        if not decorated_with(project, ref, "overload")
    ]
    if own:
        return [wrapper for ref in own for wrapper in applied(project, ref, called=called)]
    classes = [ref for item in sorted(targets, key=repr) for ref in classes_behind(project, item)]
    if classes:
        return [] if all(ends_nothing(project, ref) for ref in classes) else [OPAQUE]
    last = parts_of(name)[-1:]
    libraries = [item.name.rpartition(".")[2] for item in targets if isinstance(item, External)]
    known = all(one in TRANSPARENT for one in libraries or last) and bool(libraries or last)
    return [] if known else [OPAQUE]


@cyclic_question(())
def applied(project: Project, ref: FunctionRef, called: bool) -> tuple[Passing, ...]:
    """What a function of the project makes of what it decorates: `@ref`, or `@ref(…)` where it is called."""
    node = function_node(project, ref)
    if node is None:
        return (OPAQUE,)
    if not called:
        skipped = 1 if owner(project, ref) is not None and not is_static(project, ref) else 0
        return made_of(project, ref.path, node, skipped, applied)
    inner = [one for one in node.body if isinstance(one, FunctionNode)]
    returned = {
        one.value.id for one in ast.walk(node) if isinstance(one, ast.Return) and isinstance(one.value, ast.Name)
    }
    found = [one for one in inner if one.name in returned]
    return tuple(each for one in found for each in made_of(project, ref.path, one, 0, applied)) if found else (OPAQUE,)
