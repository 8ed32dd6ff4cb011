"""Classes and what they inherit, across files."""

from __future__ import annotations

from typing import NamedTuple

from lifeops_codemods.facts.model import CLASS, Binding, Class, Expression
from lifeops_codemods.project import Project, question
from lifeops_codemods.project.modules import External
from lifeops_codemods.project.names import Target, Variable, bindings_of, denoted, evaluate, in_order


class ClassRef(NamedTuple):
    """A class definition: the row of `FileFacts.classes` in a file."""

    path: str
    row: int


Ancestor = ClassRef | External | Variable | None
"""A class of the project, one from outside, a variable that some expression makes a class, or something unknown."""


def definition(project: Project, ref: ClassRef) -> Class:
    """The facts of the class statement."""
    return project.facts(ref.path).classes[ref.row]


def variable_of(project: Project, ref: ClassRef) -> Variable:
    """The variable that the class statement binds."""
    row = definition(project, ref)
    return Variable(ref.path, row.scope, row.name)


def classes_behind(project: Project, target: Target) -> list[ClassRef]:
    """The classes that a target may be, imports and aliases followed."""
    found = []
    for item in in_order(denoted(project, target)):
        if isinstance(item, Variable):
            rows = [binding.row for binding in bindings_of(project, item) if binding.kind == "class"]
            found += [ClassRef(item.path, row) for row in rows]
    return found


@question
def bases(project: Project, ref: ClassRef) -> tuple[Ancestor, ...]:
    """The direct bases, in order."""
    row = definition(project, ref)
    found: list[Ancestor] = []
    for expression in row.bases:
        found += _base(project, ref.path, row.scope, expression, row.start)
    return tuple(found)


def _base(project: Project, path: str, scope: int, expression: Expression, start: int) -> list[Ancestor]:
    found: list[Ancestor] = []
    for item in in_order(evaluate(project, path, scope, expression, start)):
        match item:
            case Variable():
                classes = classes_behind(project, item)
                found += classes or [item]
            case External():
                found.append(item)
    return found or [None]


@question
def ancestors(project: Project, ref: ClassRef) -> tuple[Ancestor, ...]:
    """All that a class inherits from, nearest first: depth first, what comes twice counts where it comes last."""
    order: list[Ancestor] = []
    _collect(project, ref, order, (ref,))
    last = {item: index for index, item in enumerate(order)}
    return tuple(item for index, item in enumerate(order) if last[item] == index)


def _collect(project: Project, ref: ClassRef, order: list[Ancestor], path: tuple[ClassRef, ...]) -> None:
    for base in bases(project, ref):
        order.append(base)
        for inner in [base] if isinstance(base, ClassRef) else made_from(project, base):
            if inner != base:
                order.append(inner)
            if inner not in path:
                _collect(project, inner, order, (*path, inner))


def made_from(project: Project, made: Ancestor) -> list[ClassRef]:
    """The classes of the project that are arguments where a base is made: `declarative_base(cls=Named)`."""
    if not isinstance(made, Variable):
        return []
    calls = [row.value for row in bindings_of(project, made) if row.value is not None and row.value[0] == "call"]
    given = [argument for call in calls for argument in (*call[4], *(value for _, value in call[5]))]
    flat = [item for argument in given for item in (argument[3] if argument[0] in {"tuple", "list"} else [argument])]
    return [
        ref
        for expression in flat
        for target in in_order(evaluate(project, made.path, made.scope, expression, expression[1]))
        for ref in classes_behind(project, target)
    ]


@question
def subclasses(project: Project, ref: ClassRef) -> tuple[ClassRef, ...]:
    """Every class below `ref`, however far."""
    found: set[ClassRef] = set()
    names = [definition(project, ref).name]
    for name in names:
        for item in _heirs_where(project, name).get(ref, ()):
            if item not in found:
                found.add(item)
                if (own := definition(project, item).name) not in names:
                    names.append(own)
    return tuple(sorted(found))


@question
def _heirs_where(project: Project, name: str) -> dict[ClassRef, list[ClassRef]]:
    """What inherits each class, in the files that mention a name: one pass for all the classes that are called so."""
    found: dict[ClassRef, list[ClassRef]] = {}
    for path in project.mentioning([name]):
        for above, item in _heirs(project, path):
            found.setdefault(above, []).append(item)
    return found


@question
def _heirs(project: Project, path: str) -> tuple[tuple[ClassRef, ClassRef], ...]:
    """The classes of a file, each behind every class of the project that it inherits."""
    items = [ClassRef(path, row) for row, written in enumerate(project.facts(path).classes) if written.bases]
    return tuple((above, item) for item in items for above in ancestors(project, item) if isinstance(above, ClassRef))


def own_bindings(project: Project, ref: ClassRef, name: str) -> tuple[Binding, ...]:
    """What binds `name` in the body of the class itself."""
    return project.facts(ref.path).bound.get((definition(project, ref).own, name), ())


def enclosing_class(project: Project, path: str, scope: int) -> ClassRef | None:
    """The innermost class whose body `scope` is or stands in."""
    facts = project.facts(path)
    while scope >= 0:
        if facts.scopes[scope].kind == CLASS:
            own = facts.class_of_scope.get(scope)
            return ClassRef(path, facts.classes.index(own)) if own else None
        scope = facts.scopes[scope].parent
    return None
