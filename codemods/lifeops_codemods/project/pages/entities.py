"""What a query selects: models, columns of one, or what no page can be made of."""

from __future__ import annotations

import ast
from typing import NamedTuple

from lifeops_codemods.project import Project
from lifeops_codemods.project.classes import ClassRef, classes_behind
from lifeops_codemods.project.flow.engine import engine
from lifeops_codemods.project.flow.queries import ALIASES
from lifeops_codemods.project.flow.values import Place
from lifeops_codemods.project.functions import FunctionRef, function, owner
from lifeops_codemods.project.load_places import models_queried
from lifeops_codemods.project.mentions import functions_mentioning
from lifeops_codemods.project.models import model_of
from lifeops_codemods.project.pages.definitions import definitions
from lifeops_codemods.project.pages.inside import Inside, StoppedError
from lifeops_codemods.project.pages.statements import Root
from lifeops_codemods.project.scopes import library_names, targets_of

_AGGREGATES = frozenset(
    {"count", "sum", "avg", "max", "min", "array_agg", "string_agg", "group_concat", "json_agg", "jsonb_agg", "every"}
)


class Selected(NamedTuple):
    """One thing that is selected: the model, as it is written there. models: all that it may be. whole: no column."""

    text: str
    models: frozenset[ClassRef]
    whole: bool


def selected(project: Project, root: Root) -> tuple[Selected, ...]:
    """What a statement selects. Raises StoppedError for what is no model or column of one."""
    return tuple(_selected(project, root, node, number) for number, node in enumerate(root.call.args))


def _selected(project: Project, root: Root, node: ast.expr, number: int) -> Selected:
    inside = root.inside
    inner = _unlabelled(node)
    if isinstance(inner, ast.Call) and isinstance(inner.func, ast.Attribute) and inner.func.attr in _AGGREGATES:
        raise StoppedError(
            inside.place(project, node),
            "the query sums up rows",
            "decide what a page of it is, and add offset and limit by hand",
        )
    place = Place(inside.path, *_span(project, root))
    whole = _models(project, inside, inner, place, number)
    if whole:
        return Selected(ast.unparse(inner), whole, True)
    if isinstance(inner, ast.Attribute):
        of = _models(project, inside, inner.value, place, -1)
        if of:
            return Selected(ast.unparse(inner.value), of, False)
    what = ast.unparse(node)
    reason = f"{what if len(what) < 50 else 'what it selects'} is no model that could be followed"
    raise StoppedError(inside.place(project, node), reason, "add order, offset and limit to the query by hand")


_CALLERS_UP = 3
_CALLERS = 100
"""So many calls up, and so many functions, callers are run for what they hand over."""


def _span(project: Project, root: Root) -> tuple[int, int]:
    place = root.inside.place(project, root.call)
    return place.start, place.end


def _unlabelled(node: ast.expr) -> ast.expr:
    while (
        isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in {"label", "of_type"}
    ):
        node = node.func.value
    return node


def _models(project: Project, inside: Inside, node: ast.expr, root: Place, number: int) -> frozenset[ClassRef]:
    """The models that an expression names."""
    found = named_models(project, inside, node)
    if found or number < 0 or not isinstance(node, ast.Name | ast.Attribute):
        return found
    if not _is_held(node, inside):
        return frozenset()
    if not _is_of_self(node) and not _run_callers(project, inside.ref):
        return frozenset()
    engine(project).summary(inside.ref, inside.callee.of)
    return models_queried(project, root, number)


def _is_of_self(node: ast.expr) -> bool:
    while isinstance(node, ast.Attribute):
        node = node.value
    return isinstance(node, ast.Name) and node.id in {"self", "cls"}


def _run_callers(project: Project, called: FunctionRef) -> bool:
    """Run what may hand a model to a function that takes it as a parameter; whether they are few enough for that.

    What other questions have run before must not decide what is known here, so where they are too many nothing is.
    """
    seen, fresh = {called}, [called]
    for _ in range(_CALLERS_UP):
        names = {function(project, ref).name for ref in fresh}
        paths = project.mentioning(sorted(names))
        fresh = [ref for path in paths for ref in functions_mentioning(project, path, names) if ref not in seen]
        if len(seen) + len(fresh) > _CALLERS:
            return False
        for ref in fresh:
            engine(project).summary(ref, owner(project, ref))
        seen |= set(fresh)
    return True


def _is_held(node: ast.expr, inside: Inside) -> bool:
    """`self.model`, `cls`, or a parameter that is a model."""
    first = node
    while isinstance(first, ast.Attribute):
        first = first.value
    arguments = [*inside.node.args.posonlyargs, *inside.node.args.args, *inside.node.args.kwonlyargs]
    return isinstance(first, ast.Name) and first.id in {one.arg for one in arguments}


def named_models(project: Project, inside: Inside, node: ast.expr) -> frozenset[ClassRef]:
    """The model that a name or dotted name stands for, through `aliased` too."""
    refs = [ref for target in targets_of(project, inside.path, node) for ref in classes_behind(project, target)]
    found = frozenset(ref for ref in refs if model_of(project, ref) is not None)
    if found or not isinstance(node, ast.Name):
        return found
    found_values = definitions(inside, node) or ()
    values = [one.value for one in found_values if one.value is not None]
    match values:
        case [ast.Call(func=func, args=[model, *_])] if library_names(project, inside.path, func) & ALIASES:
            return named_models(project, inside, model)
        case [ast.Attribute() | ast.Name() as value] if not _same(value, node):
            return named_models(project, inside, value)
    return frozenset()


def _same(one: ast.expr, other: ast.Name) -> bool:
    return isinstance(one, ast.Name) and one.id == other.id
