"""Attributes of instances that no column fills and other code sets: `run._prefetched`.

What stands under a test of one is done only where nobody has set it, or only where somebody has. That it is ever done
is no proof then, as the usual reason for such an attribute is to spare the reading of a relationship.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import lru_cache

from lifeops_codemods.facts.model import Binding
from lifeops_codemods.project import Project, file_question, question
from lifeops_codemods.project.classes import ClassRef, ancestors, own_bindings
from lifeops_codemods.project.flow import attributes
from lifeops_codemods.project.flow.frame import UNGUARDED, Frame
from lifeops_codemods.project.flow.values import Atom, Entity, Fresh, Guard, Kept, Symbol
from lifeops_codemods.project.functions import FunctionRef, function
from lifeops_codemods.project.models import model_of
from lifeops_codemods.project.relationships import relationships
from lifeops_codemods.project.suites import is_test_file
from lifeops_codemods.project.trees import dotted_parts, span_of
from lifeops_codemods.project.walking import walk

_LOOKS = frozenset({"hasattr", "getattr"})
_SETTERS = ("setattr", "set_attribute", "set_committed_value")
_UNSET = (None, False)
_TESTS = 4096


def kept(frame: Frame, test: ast.expr) -> Guard:
    """That a test asks for attributes of models' instances that code outside the function fills."""
    found = frozenset(
        Kept(name)
        for holder, name in _attributes(test)
        if any(_is_kept(frame, model, name) for model in _models(frame, holder))
    )
    return found or UNGUARDED


@lru_cache(maxsize=_TESTS)
def _attributes(test: ast.expr) -> tuple[tuple[str, str], ...]:
    """The attributes of variables that an expression looks at."""
    return tuple(_looked_at(test))


def _looked_at(test: ast.expr) -> Iterator[tuple[str, str]]:
    for node in walk(test):
        match node:
            case ast.Attribute(value=ast.Name(id=holder), attr=name):
                yield holder, name
            case ast.Call(
                func=ast.Name(id=asked), args=[ast.Name(id=holder), ast.Constant(value=str() as name), *_]
            ) if asked in _LOOKS:
                yield holder, name


def _models(frame: Frame, holder: str) -> Iterator[ClassRef]:
    for atom in frame.env.get(holder, ()):
        model = _model(frame, atom)
        if model is not None and model_of(frame.project, model) is not None:
            yield model


def _model(frame: Frame, atom: Atom) -> ClassRef | None:
    match atom:
        case Entity() | Fresh():
            return attributes.model_behind(frame, atom)
        case Symbol():
            return attributes.symbol_class(frame, atom)
    return None


def _is_kept(frame: Frame, model: ClassRef, name: str) -> bool:
    project = frame.project
    return (
        name not in relationships(project, model)
        and _is_unmapped(project, model, name)
        and (frame.ref is None or _is_filled(project, name, frame.ref))
    )


@question
def _is_unmapped(project: Project, model: ClassRef, name: str) -> bool:
    """Whether an attribute is a plain one: bound to a constant, or only declared or known by a private name."""
    family = (model, *(item for item in ancestors(project, model) if isinstance(item, ClassRef)))
    rows = [row for item in family for row in own_bindings(project, item, name)]
    return all(_is_plain(row, name) for row in rows) if rows else name.startswith("_")


def _is_plain(row: Binding, name: str) -> bool:
    if row.annotation is not None and not name.startswith("_"):
        return False
    return row.kind in {"assign", "declare"} and (row.value is None or row.value[0] == "constant")


@question
def _is_filled(project: Project, name: str, asking: FunctionRef) -> bool:
    """Whether code outside one function puts more than None or False into an attribute of this name."""
    own = function(project, asking).definition
    return any(
        path != asking.path or not own[0] <= start < own[1]
        for path in project.mentioning([name])
        if not is_test_file(path) and project.parses(path)
        for start in _stores(project, path, name)
    )


def _stores(project: Project, path: str, name: str) -> tuple[int, ...]:
    """Where a file puts something into an attribute of this name."""
    return tuple(_stored(project, path).get(name, ()))


@file_question
def _stored(project: Project, path: str) -> dict[str, list[int]]:
    """Where a file puts something into attributes, by the attribute's name."""
    found: dict[str, list[int]] = {}
    for node in walk(project.tree(path)):
        for target, value in _assignments(node):
            is_unset = isinstance(value, ast.Constant) and value.value in _UNSET
            if isinstance(target, ast.Attribute) and not is_unset:
                found.setdefault(target.attr, []).append(span_of(project, path, target)[0])
        if isinstance(node, ast.Call) and (name := _set_by(node)) is not None:
            found.setdefault(name, []).append(span_of(project, path, node)[0])
    return found


def _assignments(node: ast.AST) -> Iterator[tuple[ast.expr, ast.expr | None]]:
    match node:
        case ast.Assign(targets=targets, value=value):
            for target in targets:
                yield from (
                    ((item, None) for item in target.elts) if isinstance(target, ast.Tuple) else ((target, value),)
                )
        case ast.AnnAssign(target=target, value=value) if value is not None:
            yield target, value
        case ast.AugAssign(target=target) | ast.For(target=target):
            yield target, None


def _set_by(call: ast.Call) -> str | None:
    """The name in `setattr(x, "name", …)`, also of SQLAlchemy's `set_committed_value`."""
    if len(call.args) < 3 or dotted_parts(call.func)[-1:] not in {(setter,) for setter in _SETTERS}:
        return None
    match call.args[1]:
        case ast.Constant(value=str() as name):
            return name
    return None
