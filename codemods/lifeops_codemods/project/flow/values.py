"""What an expression may stand for: a set of atoms; the empty set is "nothing is known".

A *path* is what is done to a thing, step by step: attributes by their name, `ITEM` for one of its items, `CALL` for a
call of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

from lifeops_codemods.project.classes import ClassRef
from lifeops_codemods.project.functions import FunctionRef
from lifeops_codemods.project.modules import Module

ITEM = "[]"
CALL = "()"
Path = tuple[str, ...]
LONGEST_PATH = 6
"""Longer paths are cut: what a tree of rows reads of itself has no end."""
DEEPEST = 5
"""Collections within collections are followed so far."""
DEEPEST_OBJECT = 2
"""What objects hold in what they hold is followed so far: a program's objects all hold each other."""
LARGEST = 300
"""A function's answer that is and holds more things is cut."""
WIDEST = 24
"""Of a value that may be more things than this, what the things hold is forgotten."""


class Place(NamedTuple):
    """A stretch of a file."""

    path: str
    start: int
    end: int


class Symbol(NamedTuple):
    """What the caller hands over: a parameter, and what was done to it."""

    root: str
    path: Path = ()


class Load(NamedTuple):
    """A loader option: the relationships on its way from the entity. kind: `load`, `raise`, or `pass` for neither.

    is_plain: it has no keywords; with some it is another strategy.
    """

    path: Path
    kind: str
    loader: str
    is_plain: bool = True


class Condition(NamedTuple):
    """A test of one of the function's own parameters: that it is true, or with `is_none` that it is None."""

    parameter: str
    is_none: bool
    expected: bool


class Kept(NamedTuple):
    """A test of what other code may have put into an attribute of an instance, which no column fills."""

    attribute: str


Guard = frozenset[Condition | Kept]
"""What holds where something is read."""


class Criterion(NamedTuple):
    """That `name` of a model, a column or a relationship, says that rows belong to an instance of `target` at hand.

    holder: the parameter that keeps the instance alive, None for a variable of the function itself.
    """

    model: ClassRef
    name: str
    target: ClassRef
    holder: Symbol | None


class Statement(NamedTuple):
    """A query that is not run yet.

    site: the expression that makes it, or the symbol that hands it over. kind: `select`, `query` (legacy), `get`
    (`session.get`) or `library` (built and run by a library). entities: what it selects, None for what is no model.
    opaque: it has options that are not understood. handed: options that the caller gives it.
    held: what it is filtered by. guard: what holds of the function's parameters where it is this one of several.
    """

    site: Place | Symbol
    kind: str
    entities: tuple[ClassRef | Symbol | None, ...]
    loads: frozenset[Load] = frozenset()
    opaque: bool = False
    handed: frozenset[Symbol] = frozenset()
    held: frozenset[Criterion] = frozenset()
    guard: Guard = frozenset()


class Execution(NamedTuple):
    """Where a statement is run: the expression that is the statement there, and whether by an async session."""

    place: Place
    is_async: bool


class Outcome(NamedTuple):
    """What running a statement gives. kind: `result`, `scalars` or `row`; position: the entity that scalars are of."""

    kind: str
    statement: Statement
    execution: Execution
    position: int = 0


class Entity(NamedTuple):
    """A model's instance that a query loaded, or what was reached from one by `path`.

    many: one of several. since: where a commit or refresh made it forget what was loaded.
    """

    statement: Statement
    execution: Execution
    position: int
    path: Path = ()
    many: bool = False
    since: Place | None = None


class Fresh(NamedTuple):
    """An instance of a model that the program made itself, and what was reached from it by `path`."""

    model: ClassRef
    site: Place
    path: Path = ()
    since: Place | None = None


class Object(NamedTuple):
    """An instance of another class of the project; exact: of no subclass. fields: what its constructor was given."""

    of: ClassRef
    fields: tuple[tuple[str, Value], ...] = ()
    exact: bool = False


class Foreign(NamedTuple):
    """Something outside the project by its dotted name; instance: an instance of the class of that name."""

    name: str
    instance: bool = False


class ClassValue(NamedTuple):
    """A class of the project."""

    of: ClassRef


class ModuleValue(NamedTuple):
    """A module of the project."""

    module: Module


class FunctionValue(NamedTuple):
    """A function of the project, bound to what it is called on (the empty set for none), for a class of receiver."""

    ref: FunctionRef
    receiver: Value
    owner: ClassRef | None


class Closure(NamedTuple):
    """A function or lambda within the function that is run, by where it stands."""

    path: str
    start: int


class Method(NamedTuple):
    """A method of a thing that is no instance of a class of the project."""

    of: Atom
    name: str


class Attribute(NamedTuple):
    """An attribute of a model's class: `Quest.tags`."""

    model: ClassRef
    name: str


class Column(NamedTuple):
    """A column of a model that refers to another table: `Quest.hero_id`."""

    model: ClassRef
    name: str


class Key(NamedTuple):
    """The primary key of an instance of a model; holder: the parameter that it is reached from."""

    model: ClassRef
    holder: Symbol | None


class Criteria(NamedTuple):
    """A filter, by what it says for certain; within a list, what all its filters say together."""

    of: frozenset[Criterion]


class Items(NamedTuple):
    """A collection, or a generator, by what its items may be; a mapping by its values."""

    of: Value


class Fixed(NamedTuple):
    """A tuple of so many items."""

    of: tuple[Value, ...]


class Record(NamedTuple):
    """A dictionary with constant keys."""

    fields: tuple[tuple[str, Value], ...]


class Constant(NamedTuple):
    """A string or number."""

    value: str | int


Atom = (
    Symbol
    | Statement
    | Outcome
    | Entity
    | Fresh
    | Object
    | Foreign
    | ClassValue
    | ModuleValue
    | FunctionValue
    | Closure
    | Method
    | Attribute
    | Items
    | Fixed
    | Record
    | Constant
    | Load
    | Column
    | Key
    | Criteria
)
Value = frozenset[Atom]
NOTHING: Value = frozenset()


def one(atom: Atom) -> Value:
    return frozenset((atom,))


def join(values: Iterable[Value]) -> Value:
    """What may be any of `values`; collections become one, and of filters stays what all of them say."""
    several = list(values)
    found = several[0] if len(several) == 1 else NOTHING.union(*several)
    if not found:
        return found
    if _holds(found, Criteria):
        both = frozenset.intersection(*(certain(value) for value in several))
        found = frozenset(atom for atom in found if not isinstance(atom, Criteria))
        found |= {Criteria(both)} if both else NOTHING
    return merged(found) if len(found) > 1 else found


def _holds(value: Value, kinds: type | tuple[type, ...]) -> bool:
    """Whether an atom is of one of the kinds; asked so often that a loop is worth more than a generator."""
    for atom in value:  # noqa: SIM110
        if isinstance(atom, kinds):
            return True
    return False


def merged(atoms: Value) -> Value:
    """Collections among the atoms put together, so that a loop that fills one comes to an end."""
    items = [atom for atom in atoms if isinstance(atom, Items)]
    if len(items) < 2:
        return atoms
    inner: set[Atom] = set()
    for atom in items:
        inner |= {item for item in atom.of if not isinstance(item, Criteria)}
    both = frozenset.intersection(*(within(atom.of) for atom in items))
    inner |= {Criteria(both)} if both else set()
    return frozenset((*(atom for atom in atoms if not isinstance(atom, Items)), Items(frozenset(inner))))


def certain(value: Value) -> frozenset[Criterion]:
    """What a filter says, where it is nothing else."""
    only = next(iter(value)) if len(value) == 1 else None
    return only.of if isinstance(only, Criteria) else frozenset()


def within(items: Value) -> frozenset[Criterion]:
    """What the filters in a list say together."""
    return frozenset[Criterion]().union(*(atom.of for atom in items if isinstance(atom, Criteria)))


def without_criteria(value: Value) -> Value:
    return frozenset(atom for atom in value if not isinstance(atom, Criteria))


def guarded(value: Value, guard: Guard) -> Value:
    """A value that is only had under conditions on parameters: its statements, and what they gave, remember them."""
    tests = frozenset(test for test in guard if isinstance(test, Condition))
    return frozenset(_guarded(atom, tests) for atom in value) if tests else value


def _guarded(atom: Atom, guard: frozenset[Condition]) -> Atom:
    match atom:
        case Statement():
            return atom._replace(guard=atom.guard | guard)
        case Entity(statement=statement) | Outcome(statement=statement):
            return atom._replace(statement=statement._replace(guard=statement.guard | guard))
    return inside(atom, lambda inner: guarded(inner, guard))


def let_go(value: Value) -> Value:
    """What a function gives its caller: the session forgets what only variables of the function kept alive."""
    return frozenset(_let_go(atom) for atom in value)


def _let_go(atom: Atom) -> Atom:
    match atom:
        case Statement(held=held) if held:
            return atom._replace(held=frozenset(item for item in held if item.holder is not None))
        case Entity(statement=statement) | Outcome(statement=statement) if statement.held:
            kept = _let_go(statement)
            return atom._replace(statement=kept) if isinstance(kept, Statement) else atom
        case Criteria(of=held):
            return Criteria(frozenset(item for item in held if item.holder is not None))
    return inside(atom, let_go)


_HOLDERS = (Items, Fixed, Record, Object)


def bounded(value: Value, depth: int = DEEPEST) -> Value:
    """`value` with what lies deeper than `depth` forgotten."""
    if not _holds(value, _HOLDERS):
        return value
    if len(value) > WIDEST:
        value = frozenset(atom._replace(fields=()) if isinstance(atom, Object) else atom for atom in value)
    return frozenset(_bounded(atom, depth) for atom in value if depth or not isinstance(atom, (Items, Fixed, Record)))


def _bounded(atom: Atom, depth: int) -> Atom:
    return inside(atom, lambda value: bounded(value, depth - 1) if depth > 0 else NOTHING)


def trimmed(value: Value) -> Value:
    """`value` with no more in it than can be handed on: what lies deepest is forgotten first."""
    for depth in range(DEEPEST - 1, -1, -1):
        if _size(value) <= LARGEST:
            return value
        value = bounded(value, depth)
    return value if _size(value) <= LARGEST else NOTHING


def _size(value: Value) -> int:
    """How many things a value is and holds, as far as that is not too many."""
    count = len(value)
    for atom in value:
        if count > LARGEST:
            break
        match atom:
            case Items(of=of):
                count += _size(of)
            case Fixed(of=items):
                count += sum(_size(item) for item in items)
            case Record(fields=fields) | Object(fields=fields):
                count += sum(_size(held) for _, held in fields)
    return count


def inside(atom: Atom, change: Callable[[Value], Value]) -> Atom:
    """An atom with the values within it changed."""
    match atom:
        case Items(of=of):
            return Items(change(of))
        case Fixed(of=items):
            return Fixed(tuple(change(item) for item in items))
        case Record(fields=fields):
            return Record(tuple((name, change(value)) for name, value in fields))
        case Object(of=of, fields=fields, exact=exact) if fields:
            return Object(of, tuple((name, change(value)) for name, value in fields), exact)
        case FunctionValue(ref=ref, receiver=receiver, owner=owner) if receiver:
            return FunctionValue(ref, change(receiver), owner)
    return atom


class Parameter(NamedTuple):
    """A parameter of the caller that is handed on as it is."""

    name: str


Known = Parameter | tuple[bool | None]
"""What is known of an argument: a parameter of the caller's, or a constant (in a tuple of one)."""


class Arguments(NamedTuple):
    """The values that a call hands over: by position, by keyword, and what `*` spreads.

    known: constants and parameters among them, by position or keyword. complete: nothing is unpacked into keywords.
    """

    positional: tuple[Value, ...] = ()
    keywords: tuple[tuple[str, Value], ...] = ()
    spread: Value = NOTHING
    known: tuple[tuple[int | str, Known], ...] = ()
    complete: bool = False


NO_ARGUMENTS = Arguments()
