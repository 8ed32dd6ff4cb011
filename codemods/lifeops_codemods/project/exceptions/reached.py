"""Which functions of the project a call runs: by name, by the type of what a method is called on, by injection.

A method is looked up in the class of its receiver, which goes with it: what `self.save()` runs in a method of a base
depends on whose method is running. Of a receiver that is only known by a base class every subclass counts; of a
protocol, every class that has its methods as well, if that one is among them. What is not known reaches nothing.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import NamedTuple

from lifeops_codemods.facts.expressions import encode
from lifeops_codemods.project import Project, question
from lifeops_codemods.project.classes import ClassRef, ancestors, classes_behind, subclasses
from lifeops_codemods.project.exceptions.driving import handed_function
from lifeops_codemods.project.exceptions.receivers import is_first_parameter, type_of
from lifeops_codemods.project.exceptions.validation import is_schema
from lifeops_codemods.project.functions import (
    FunctionNode,
    FunctionRef,
    function_node,
    functions_behind,
    methods,
    owner,
)
from lifeops_codemods.project.names import Target, evaluate
from lifeops_codemods.project.protocols import asks_for, implementations, is_protocol
from lifeops_codemods.project.trees import offsets, span_of
from lifeops_codemods.project.types import ClassObject, Instance, Type, alternatives
from lifeops_codemods.project.walking import walk


class Callee(NamedTuple):
    """A function that runs, and the class of what it runs for; None for a plain function."""

    ref: FunctionRef
    of: ClassRef | None = None


@question
def callees(project: Project, caller: Callee) -> Mapping[tuple[int, int], tuple[Callee, ...]]:
    """The functions that each call in a function may run, by the call's offsets."""
    tree = function_node(project, caller.ref)
    found: dict[tuple[int, int], tuple[Callee, ...]] = {}
    for call in _calls(tree) if tree is not None else ():
        reached = tuple(dict.fromkeys(_reached(project, caller, call.func)))
        if reached:
            found[span_of(project, caller.ref.path, call)] = reached
    return found


@question
def handed_over(project: Project, caller: Callee) -> Mapping[tuple[int, int], tuple[Callee, ...]]:
    """The functions that each call in a function runs in a thread, by the call's offsets."""
    tree = function_node(project, caller.ref)
    found: dict[tuple[int, int], tuple[Callee, ...]] = {}
    for call in _calls(tree) if tree is not None else ():
        handed = handed_function(project, caller.ref.path, call)
        if handed is not None:
            reached = dict.fromkeys(_reached(project, caller, handed))
            found[span_of(project, caller.ref.path, call)] = tuple(reached)
    return found


@lru_cache(maxsize=64)
def _calls(tree: FunctionNode) -> tuple[ast.Call, ...]:
    return tuple(node for node in walk(tree) if isinstance(node, ast.Call))


def _reached(project: Project, caller: Callee, function: ast.expr) -> Iterator[Callee]:
    match function:
        case ast.Attribute(value=value, attr=name):
            yield from _of_attribute(project, caller, function, value, name)
        case ast.Name():
            yield from _named(project, caller, function)


def _named(project: Project, caller: Callee, node: ast.expr) -> Iterator[Callee]:
    """A function or class by its name; making a schema is validation, and not the business of its `__init__`."""
    for target in _targets(project, caller.ref, node):
        for ref in functions_behind(project, target):
            yield Callee(ref, owner(project, ref))
        for made in classes_behind(project, target):
            if not is_schema(project, made):
                yield from (Callee(ref, made) for ref in methods(project, made, "__init__"))


def _of_attribute(project: Project, caller: Callee, node: ast.expr, value: ast.expr, name: str) -> Iterator[Callee]:
    if _is_super(value):
        yield from _of_super(project, caller, name)
        return
    receiver = caller.of or owner(project, caller.ref)
    if receiver is not None and is_first_parameter(project, caller.ref, value):
        yield from (Callee(ref, receiver) for ref in methods(project, receiver, name))
        return
    found = [one for made in _classes(project, caller.ref, value) for one in _methods(project, made, name, exact=True)]
    found = found or list(_of_type(project, type_of(project, caller.ref, value, caller.of), name))
    yield from found or _named(project, caller, node)


def _classes(project: Project, ref: FunctionRef, node: ast.expr) -> list[ClassRef]:
    return [made for target in _targets(project, ref, node) for made in classes_behind(project, target)]


def _targets(project: Project, ref: FunctionRef, node: ast.expr) -> list[Target]:
    expression = encode(node, offsets(project, ref.path).at)
    scope = project.facts(ref.path).functions[ref.row].own
    return sorted(evaluate(project, ref.path, scope, expression, expression[1]), key=repr)


def _of_type(project: Project, held: Type, name: str) -> Iterator[Callee]:
    for item in alternatives(held):
        meant = item.of if isinstance(item, ClassObject) else item
        if isinstance(meant, Instance) and isinstance(meant.of, ClassRef):
            yield from _methods(project, meant.of, name, exact=False)


def _methods(project: Project, of: ClassRef, name: str, *, exact: bool) -> Iterator[Callee]:
    others: tuple[ClassRef, ...] = ()
    if not exact:
        alike = implementations(project, of) if is_protocol(project, of) and asks_for(project, of, name) else ()
        others = tuple(dict.fromkeys((*subclasses(project, of), *alike)))
    for one in (of, *others):
        yield from (Callee(ref, one) for ref in methods(project, one, name))


def _is_super(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "super"


def _of_super(project: Project, caller: Callee, name: str) -> Iterator[Callee]:
    holder = owner(project, caller.ref)
    for base in ancestors(project, holder) if holder is not None else ():
        found = methods(project, base, name) if isinstance(base, ClassRef) else ()
        if found:
            yield from (Callee(ref, caller.of or holder) for ref in found)
            return
