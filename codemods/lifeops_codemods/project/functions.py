"""Functions and methods: which a name, a class or an attribute of an instance leads to, and their trees."""

from __future__ import annotations

import ast
from typing import NamedTuple

from lifeops_codemods.facts.expressions import parts as parts_of
from lifeops_codemods.facts.model import Function
from lifeops_codemods.project import Project, file_question, question
from lifeops_codemods.project.classes import ClassRef, ancestors, own_bindings, subclasses
from lifeops_codemods.project.names import Target, Variable, bindings_of, denoted, in_order
from lifeops_codemods.project.trees import offsets, tree_of

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef


class FunctionRef(NamedTuple):
    """A function definition: the row of `FileFacts.functions` in a file."""

    path: str
    row: int


def function(project: Project, ref: FunctionRef) -> Function:
    """The facts of the `def` statement."""
    return project.facts(ref.path).functions[ref.row]


def function_node(project: Project, ref: FunctionRef) -> FunctionNode | None:
    """The tree of a function or coroutine function; None where the file does not parse any more."""
    node = tree_of(project, ref.path, function(project, ref).own)
    return node if isinstance(node, FunctionNode) else None


def function_variable(project: Project, ref: FunctionRef) -> Variable:
    """The variable that the `def` statement binds."""
    row = function(project, ref)
    return Variable(ref.path, row.scope, row.name)


def functions_behind(project: Project, target: Target) -> list[FunctionRef]:
    """The functions that a target may be, imports and aliases followed."""
    found = []
    for item in in_order(denoted(project, target)):
        if isinstance(item, Variable):
            rows = [binding.row for binding in bindings_of(project, item) if binding.kind == "def"]
            found += [FunctionRef(item.path, row) for row in rows]
    return found


@question
def owner(project: Project, ref: FunctionRef) -> ClassRef | None:
    """The class in whose body the function is defined; None for functions of modules and of functions."""
    facts = project.facts(ref.path)
    own = facts.class_of_scope.get(function(project, ref).scope)
    return None if own is None else ClassRef(ref.path, facts.classes.index(own))


def decorated_with(project: Project, ref: FunctionRef, *names: str) -> bool:
    """Whether one of the function's decorators is spelled with one of `names` as its last part, called or not."""
    for item in function(project, ref).decorators:
        chain = parts_of(item[3] if item[0] == "call" else item)
        if chain and chain[-1] in names:
            return True
    return False


def is_property(project: Project, ref: FunctionRef) -> bool:
    """Whether reading the attribute calls the function."""
    return decorated_with(project, ref, "property", "cached_property", "hybrid_property", "computed_field")


def is_static(project: Project, ref: FunctionRef) -> bool:
    """Whether the function gets neither instance nor class."""
    return decorated_with(project, ref, "staticmethod")


def is_class_method(project: Project, ref: FunctionRef) -> bool:
    """Whether the function's first argument is the class."""
    implicit = {"__new__", "__init_subclass__", "__class_getitem__"}
    return function(project, ref).name in implicit or decorated_with(project, ref, "classmethod")


@question
def methods(project: Project, ref: ClassRef, name: str) -> tuple[FunctionRef, ...]:
    """The functions that `instance.name` may be, for an instance of exactly this class; the nearest class has it.

    Several where the class body defines the name in branches or as overloads and setters.
    """
    for item in (ref, *ancestors(project, ref)):
        if isinstance(item, ClassRef):
            rows = own_bindings(project, item, name)
            found = tuple(FunctionRef(item.path, row.row) for row in rows if row.kind == "def")
            real = tuple(one for one in found if not decorated_with(project, one, "overload", "setter", "deleter"))
            if rows:
                return real
    return ()


@question
def dispatched(project: Project, ref: ClassRef, name: str) -> tuple[FunctionRef, ...]:
    """The functions that `instance.name` may be, for an instance of this class or of a subclass."""
    found = dict.fromkeys(methods(project, ref, name))
    for inner in subclasses(project, ref):
        rows = own_bindings(project, inner, name)
        found |= dict.fromkeys(FunctionRef(inner.path, row.row) for row in rows if row.kind == "def")
    return tuple(found)


def function_around(project: Project, path: str, offset: int) -> FunctionRef | None:
    """The innermost function whose text holds a place."""
    rows = enumerate(project.facts(path).functions)
    around = [(row.definition[0], index) for index, row in rows if row.definition[0] <= offset < row.definition[1]]
    return FunctionRef(path, max(around)[1]) if around else None


def function_at(project: Project, path: str, node: FunctionNode) -> FunctionRef | None:
    """The reference of a definition that was found in the file's tree."""
    start = offsets(project, path).at(node.lineno, node.col_offset)
    row = _rows_by_start(project, path).get(start)
    return None if row is None else FunctionRef(path, row)


@file_question
def _rows_by_start(project: Project, path: str) -> dict[int, int]:
    facts = project.facts(path)
    return {facts.scopes[row.own].start: index for index, row in enumerate(facts.functions)}
