"""What an annotation says: the type it stands for, across files, aliases, strings and generics.

A type is a value: an instance of a class of the project or of a library, a class object, a union, a type variable. What
is not understood is `UNKNOWN`; it is never guessed.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from lifeops_codemods.facts.expressions import encode
from lifeops_codemods.facts.model import TYPES, Binding, Expression
from lifeops_codemods.project import Project, question
from lifeops_codemods.project.classes import ClassRef, bases, classes_behind, definition
from lifeops_codemods.project.modules import External
from lifeops_codemods.project.names import Target, Variable, bindings_of, denoted, evaluate, in_order


class Instance(NamedTuple):
    """An instance of a class: one of the project, or one outside by its dotted name; with its type arguments."""

    of: ClassRef | str
    arguments: tuple[Type, ...] = ()


class ClassObject(NamedTuple):
    """A class itself, as `type[X]` says it: `of` is the type of its instances."""

    of: Type


class Union(NamedTuple):
    """One of several types, in the order of the text, each once."""

    items: tuple[Type, ...]


class TypeVariable(NamedTuple):
    """A type parameter, by the variable that it is bound to, with the type it is bounded by."""

    variable: Variable
    bound: Type


@dataclass(frozen=True, slots=True)
class NoneType:
    """The type of `None`. No tuple, as an empty one would equal `Unknown`."""


@dataclass(frozen=True, slots=True)
class Unknown:
    """Nothing is known, or anything is allowed (`Any`)."""


Type = Instance | ClassObject | Union | TypeVariable | NoneType | Unknown
NONE = NoneType()
UNKNOWN = Unknown()

_CONTAINERS = {
    "List": "builtins.list",
    "Dict": "builtins.dict",
    "Set": "builtins.set",
    "FrozenSet": "builtins.frozenset",
    "Tuple": "builtins.tuple",
    "Type": "builtins.type",
    "DefaultDict": "collections.defaultdict",
    "OrderedDict": "collections.OrderedDict",
    "Deque": "collections.deque",
    "Text": "builtins.str",
}
_ABSTRACT = frozenset(
    {
        "Sequence", "MutableSequence", "Iterable", "Iterator", "Collection", "Generator", "Mapping", "MutableMapping",
        "AsyncIterable", "AsyncIterator", "AsyncGenerator", "Awaitable", "Coroutine", "Callable", "Set", "Reversible",
        "AsyncContextManager", "ContextManager",
    }
)  # fmt: skip
_TYPING = ("typing.", "typing_extensions.")
_WRAPPERS = frozenset({"Annotated", "Required", "NotRequired", "ReadOnly", "Final", "ClassVar", "InitVar"})
_DEPTH = 12
"""So many aliases, strings and generics within each other are followed."""


def annotated(
    project: Project, path: str, scope: int, expression: Expression | None, start: int = -1, depth: int = _DEPTH
) -> Type:
    """The type that an annotation in `scope` of `path` stands for; `start` is where it stands, -1 for anywhere."""
    if expression is None or not depth:
        return UNKNOWN
    match expression:
        case ("constant", _, _, None):
            return NONE
        case ("string", _, _, text):
            inner = parsed(text)
            return UNKNOWN if inner is None else annotated(project, path, scope, inner, -1, depth - 1)
        case ("operator", _, _, "|", (left, right)):
            return union(annotated(project, path, scope, side, start, depth - 1) for side in (left, right))
        case ("name" | "attribute", *_):
            targets = evaluate(project, path, scope, expression, start)
            return union(_named(project, target, (), depth - 1) for target in in_order(targets))
        case ("subscript", _, _, value, index):
            return _subscripted(project, path, scope, value, index, start, depth - 1)
    return UNKNOWN


@lru_cache(maxsize=4096)
def parsed(text: str) -> Expression | None:
    """The expression that a string is the source of; its offsets mean nothing."""
    try:
        node = ast.parse(f"({text})", mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    return encode(node, lambda _line, _column: -1)


def union(types: Iterator[Type] | tuple[Type, ...]) -> Type:
    """One type for several; unions within are flattened. Of no types it is `UNKNOWN`."""
    flat: dict[Type, None] = {}
    for item in types:
        if isinstance(item, Union):
            flat.update(dict.fromkeys(item.items))
        else:
            flat[item] = None
    kinds = tuple(flat)
    if not kinds:
        return UNKNOWN
    return kinds[0] if len(kinds) == 1 else Union(kinds)


def alternatives(item: Type) -> tuple[Type, ...]:
    """The types that a type may be: those of a union, else itself."""
    return item.items if isinstance(item, Union) else (item,)


def without_none(item: Type) -> Type:
    """`X | None` as `X`."""
    return union(tuple(one for one in alternatives(item) if one != NONE))


def external_name(name: str) -> str:
    """The dotted name of a library's class as it is known here: `typing.List` is `builtins.list`."""
    for prefix in _TYPING:
        if name.startswith(prefix):
            short = name.removeprefix(prefix)
            if short in _CONTAINERS:
                return _CONTAINERS[short]
            return f"collections.abc.{short}" if short in _ABSTRACT else f"typing.{short}"
    return name


def _subscripted(
    project: Project, path: str, scope: int, value: Expression, index: Expression, start: int, depth: int
) -> Type:
    inner: tuple[Expression, ...] = index[3] if index[0] == "tuple" else (index,)

    def argument(expression: Expression) -> Type:
        return annotated(project, path, scope, expression, start, depth)

    found = []
    for target in in_order(evaluate(project, path, scope, value, start)):
        name = external_name(target.name) if isinstance(target, External) else ""
        short = name.removeprefix("typing.")
        if short in _WRAPPERS:
            found.append(argument(inner[0]))
        elif short == "Optional":
            found.append(union((argument(inner[0]), NONE)))
        elif short == "Union":
            found.append(union(argument(item) for item in inner))
        elif name == "builtins.type":
            found.append(_class_of(argument(inner[0])))
        elif short == "Literal":
            found.append(UNKNOWN)
        elif name == "builtins.tuple":
            found.append(
                _named(project, target, tuple(argument(item) for item in inner if not _is_ellipsis(item)), depth)
            )
        else:
            found.append(_named(project, target, tuple(argument(item) for item in inner), depth))
    return union(tuple(found))


def _is_ellipsis(expression: Expression) -> bool:
    """Whether an argument is the `...` of `tuple[int, ...]`, which is not a type of an item."""
    return expression[0] == "constant" and bool(expression[3] == "Ellipsis")


def _class_of(item: Type) -> Type:
    return union(tuple(one if one in {NONE, UNKNOWN} else ClassObject(one) for one in alternatives(item)))


def _named(project: Project, target: Target, arguments: tuple[Type, ...], depth: int) -> Type:
    """The type that a target stands for, given type arguments."""
    match target:
        case External(name=name):
            outside = external_name(name)
            return UNKNOWN if outside in {"typing.Any", "builtins.object"} else Instance(outside, arguments)
        case Variable():
            refs = classes_behind(project, target)
            if refs:
                return union(tuple(Instance(ref, arguments) for ref in refs))
            return _alias(project, target, arguments, depth)
    return UNKNOWN


def _alias(project: Project, target: Variable, arguments: tuple[Type, ...], depth: int) -> Type:
    """The type behind a variable that an assignment or a `type` statement makes a name for one."""
    rows = [row for row in bindings_of(project, target) if row.kind in {"assign", "type"}]
    if len(rows) != 1 or not depth:
        return UNKNOWN
    row = rows[0]
    if _is_type_parameter(project, target, row):
        return TypeVariable(target, _bound(project, target, row, depth))
    if row.value is not None and row.value[0] == "call":
        named = row.value[4][1] if _is_made_by(project, target, row, "NewType") and len(row.value[4]) == 2 else None
        return annotated(project, target.path, target.scope, named, row.start, depth - 1)
    meant = annotated(project, target.path, target.scope, row.value, row.start, depth - 1)
    return substituted(meant, dict(zip(type_variables(meant), arguments, strict=False))) if arguments else meant


def _is_type_parameter(project: Project, target: Variable, row: Binding) -> bool:
    if project.facts(target.path).scopes[target.scope].kind == TYPES and row.kind == "type":
        return True
    return _is_made_by(project, target, row, "TypeVar")


def _is_made_by(project: Project, target: Variable, row: Binding, name: str) -> bool:
    """Whether a variable is assigned a call of `typing`'s function `name`."""
    if row.value is None or row.value[0] != "call":
        return False
    made = evaluate(project, target.path, target.scope, row.value[3], row.start)
    return any(isinstance(item, External) and external_name(item.name) == f"typing.{name}" for item in made)


def _bound(project: Project, target: Variable, row: Binding, depth: int) -> Type:
    if row.value is None or row.value[0] != "call":
        return UNKNOWN
    bound = dict(row.value[5]).get("bound")
    return annotated(project, target.path, target.scope, bound, -1, depth - 1)


def type_variables(item: Type) -> tuple[Variable, ...]:
    """The type parameters within a type, in the order of the text, each once."""
    return tuple(dict.fromkeys(_type_variables(item)))


def _type_variables(item: Type) -> Iterator[Variable]:
    match item:
        case TypeVariable(variable=variable):
            yield variable
        case Instance(arguments=inner) | Union(items=inner):
            for one in inner:
                yield from _type_variables(one)
        case ClassObject(of=one):
            yield from _type_variables(one)


def substituted(item: Type, meanings: Mapping[Variable, Type]) -> Type:
    """`item` with type parameters replaced by what they stand for; others stay."""
    if not meanings:
        return item
    return mapped(item, lambda one: meanings.get(one.variable, one) if isinstance(one, TypeVariable) else one)


def mapped(item: Type, change: Callable[[Type], Type]) -> Type:
    """`item` with each of its innermost types changed."""
    match item:
        case Instance(of=of, arguments=inner):
            return change(Instance(of, tuple(mapped(one, change) for one in inner)))
        case Union(items=inner):
            return union(tuple(mapped(one, change) for one in inner))
        case ClassObject(of=one):
            return ClassObject(mapped(one, change))
    return change(item)


@question
def own_parameters(project: Project, ref: ClassRef) -> tuple[Variable, ...]:
    """The type parameters of a class in their order: of `Generic[…]` or `Protocol[…]`, else of its bases; PEP 695."""
    row = definition(project, ref)
    scope = project.facts(ref.path).scopes[row.own].parent
    if scope >= 0 and project.facts(ref.path).scopes[scope].kind == TYPES:
        rows = project.facts(ref.path).members_of.get(scope, ())
        return tuple(Variable(ref.path, scope, one.name) for one in rows)
    found: list[Variable] = []
    for expression in row.bases:
        if expression[0] == "subscript":
            base = annotated(project, ref.path, row.scope, expression, row.start)
            inner = type_variables(base)
            if isinstance(base, Instance) and base.of in {"typing.Generic", "typing.Protocol"}:
                return inner
            found += inner
    return tuple(dict.fromkeys(found))


@question
def parameter_meanings(project: Project, item: Instance) -> Mapping[Variable, Type]:
    """What the type parameters of a class and of all its bases stand for in an instance of it.

    `class ItemRepository(BaseRepository[Item])`: the parameter of `BaseRepository` stands for `Item`.
    """
    found: dict[Variable, Type] = {}
    _learn(project, item, found, 0)
    return found


def _learn(project: Project, item: Instance, found: dict[Variable, Type], depth: int) -> None:
    if not isinstance(item.of, ClassRef) or depth > _DEPTH:
        return
    own = dict(zip(own_parameters(project, item.of), item.arguments, strict=False))
    for variable, meaning in own.items():
        found.setdefault(variable, meaning)
    row = definition(project, item.of)
    if not any(expression[0] == "subscript" for expression in row.bases):
        for base in bases(project, item.of):
            if isinstance(base, ClassRef):
                _learn(project, Instance(base), found, depth + 1)
        return
    for expression in row.bases:
        base_type = annotated(project, item.of.path, row.scope, expression, row.start)
        for one in alternatives(substituted(base_type, own)):
            if isinstance(one, Instance):
                _learn(project, one, found, depth + 1)


def class_of(item: Type) -> ClassRef | None:
    """The class of the project that a type is an instance of, if it is just one; `None` beside it does not count."""
    found = {one.of for one in alternatives(without_none(item)) if isinstance(one, Instance)}
    only = found.pop() if len(found) == 1 else None
    return only if isinstance(only, ClassRef) else None


def behind_variable(project: Project, target: Target) -> Type:
    """The type that a name means where it is used as an annotation."""
    return union(tuple(_named(project, item, (), _DEPTH) for item in in_order(denoted(project, target))))
