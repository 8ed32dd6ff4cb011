"""Code that reads the name of a model's class: in the class and what it inherits, and wherever the model is named."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from typing import NamedTuple

from lifeops_codemods.facts.expressions import parts as parts_of
from lifeops_codemods.facts.model import CLASS, Call, Expression, Member, Name
from lifeops_codemods.operation import Span
from lifeops_codemods.project import Project, file_question, question
from lifeops_codemods.project.classes import ClassRef, ancestors, classes_behind, definition, own_bindings
from lifeops_codemods.project.exceptions.reached import Callee, callees
from lifeops_codemods.project.functions import FunctionRef, is_static
from lifeops_codemods.project.functions import owner as owner_of
from lifeops_codemods.project.held_classes import reads_of_held_classes
from lifeops_codemods.project.locals import assigned_value
from lifeops_codemods.project.names import Variable, bindings_of, denoted, evaluate, resolve, variable
from lifeops_codemods.project.naming import NameRead, NameUse, name_reads
from lifeops_codemods.project.trees import class_tree, function_tree, span_of
from lifeops_codemods.project.walking import walk

_NAMES = ("__name__", "__qualname__")
_ANSWERS = frozenset({"HTTPException", "RequestValidationError", "WebSocketException"})
"""Exceptions whose text is the answer that a client gets."""

_LISTENS = "listens_for"
_WITHOUT_INSTANCES = frozenset(
    {
        *("checkin", "checkout", "close", "close_detached", "connect", "detach", "first_connect", "invalidate"),
        *("reset", "soft_invalidate", "begin", "begin_twophase", "commit_twophase", "prepare_twophase"),
        *("rollback_savepoint", "release_savepoint", "savepoint", "rollback_twophase", "engine_connect"),
        *("engine_disposed", "set_connection_execution_options", "set_engine_execution_options"),
        *("before_cursor_execute", "after_cursor_execute", "do_connect", "do_execute", "do_execute_no_params"),
        *("do_executemany", "do_setinputsizes", "handle_error"),
    }
)
"""Events that hand over connections, cursors and texts."""
_ALL_CLASSES = ("__subclasses__", "mappers", "class_", _LISTENS, "dirty", "deleted")
_ALL = re.compile(r"\b(__subclasses__\(\)|mappers|(?:session|db)\.(?:new|dirty|deleted))\b")


class Reader(NamedTuple):
    """A place that reads a class's name.

    shown: the name only goes into a text for people. literals: what it is compared with. answered: the text is the
    answer that a client gets.
    """

    path: str
    span: Span
    shown: bool
    literals: tuple[str, ...]
    answered: bool


@question
def readers_in_hierarchy(project: Project, ref: ClassRef) -> tuple[Reader, ...]:
    """Places in the class and its ancestors that read the name of the class at hand, table names aside."""
    found: list[Reader] = []
    for item in (ref, *ancestors(project, ref)):
        if isinstance(item, ClassRef):
            found += _readers_in_class(project, item)
    return (*found, *_readers_in_descriptors(project, ref))


@question
def _readers_in_class(project: Project, ref: ClassRef) -> tuple[Reader, ...]:
    if not project.mentions(ref.path, "__name__") and not project.mentions(ref.path, "__qualname__"):
        return ()
    tree = class_tree(project, ref)
    reads = [read for read in name_reads(tree) if read.own] if tree else []
    found = [_reader(project, ref.path, read) for read in reads if read.use is not NameUse.TABLE_NAME]
    own = definition(project, ref).own
    found += [
        Reader(ref.path, Span(row.start, row.start + len(row.name)), False, (), False)
        for row in project.facts(ref.path).names
        if row.name == "__qualname__" and row.scope == own
    ]
    return tuple(found)


def _readers_in_descriptors(project: Project, ref: ClassRef) -> list[Reader]:
    """Descriptors in the class's body whose `__set_name__` reads the name of their owner."""
    found: list[Reader] = []
    own = definition(project, ref).own
    for row in project.facts(ref.path).members_of.get(own, ()):
        if row.value is None or row.value[0] != "call":
            continue
        for target in evaluate(project, ref.path, own, row.value[3], row.start):
            if isinstance(target, Variable):
                found += [reader for item in classes_behind(project, target) for reader in _set_name(project, item)]
    return found


@question
def _set_name(project: Project, ref: ClassRef) -> tuple[Reader, ...]:
    for row in own_bindings(project, ref, "__set_name__"):
        if row.kind != "def":
            continue
        tree = function_tree(project, ref.path, project.facts(ref.path).functions[row.row])
        if tree is not None and len(tree.args.args) > 1:
            owner = tree.args.args[1].arg
            return tuple(
                _reader(project, ref.path, read)
                for read in name_reads(tree)
                if isinstance(read.owner, ast.Name) and read.owner.id == owner
            )
    return ()


def readers_of(project: Project, path: str, starts: frozenset[int]) -> tuple[Reader, ...]:
    """Places in a file that read the name of a class which is named at one of `starts`: `Character.__name__`."""
    if not _reads_names(project, path):
        return ()
    found = []
    for read in _reads_in_file(project, path):
        end = span_of(project, path, read.owner)[1]
        owner_name = read.owner.attr if isinstance(read.owner, ast.Attribute) else getattr(read.owner, "id", "")
        if owner_name and end - len(owner_name) in starts:
            found.append(_reader(project, path, read))
    return tuple(found)


def readers_of_values(project: Project, path: str, starts: frozenset[int]) -> tuple[Reader, ...]:
    """Places that read the name of a class through a variable which may hold a class that is named at `starts`.

    The variable is a parameter that is annotated with the class, or runs over an expression that names it. A variable
    over all mapped classes may hold any: `Base.__subclasses__()`, `registry.mappers`, `mapper.class_`.
    """
    if not _reads_names(project, path):
        return ()
    found = []
    for read in _reads_in_file(project, path):
        if not read.own and _may_hold(project, path, read.owner, starts):
            found.append(_reader(project, path, read))
    return tuple(found)


def readers_of_arguments(project: Project, places: Mapping[str, frozenset[int]]) -> tuple[Reader, ...]:
    """Places in functions of the project, one call deep, that read the name of a class which is handed to them.

    As an argument, as an instance of the class, out of a table of classes, or under a decorator. `places`: where the
    class is named.
    """
    return tuple(
        reader
        for handed in _handed(project)
        if any(start <= at < end for path, start, end in handed.sources for at in places.get(path, ()))
        for reader in handed.readers
    )


class _Handed(NamedTuple):
    """What a function reads of one argument, and the places that may say which class it is: file, start, end."""

    readers: tuple[Reader, ...]
    sources: tuple[tuple[str, int, int], ...]


@question
def _handed(project: Project) -> tuple[_Handed, ...]:
    telling = _telling_functions(project)
    found: list[_Handed] = []
    for path in project.mentioning(telling) if telling else ():
        facts = project.facts(path)
        for call in facts.calls:
            if not call.function or call.function[-1] not in telling:
                continue
            for key, value in call.arguments:
                readers = _parameter_reads(project, path, call.scope, call.function, key)
                readers = readers or _reads_of_reached(project, path, call, key)
                if readers:
                    found.append(_Handed(readers, tuple(_sources_of_value(project, path, call, value))))
        for row in facts.classes:
            for decorator in row.decorators:
                readers = _parameter_reads(project, path, row.scope, parts_of(decorator), 0)
                found.append(_Handed(readers, ((path, row.start, row.start + 1),)))
    return tuple(found)


def _sources_of_value(project: Project, path: str, call: Call, value: Expression) -> list[tuple[str, int, int]]:
    """Where it is written what an argument is: itself, its annotation, its assignment, the table that it is out of."""
    if value[0] == "subscript":
        return _tables(project, path, call.scope, value[3])
    found = [(path, value[1], value[2])]
    holder = variable(project, path, call.scope, value[3], call.start) if value[0] == "name" else None
    if isinstance(holder, Variable) and holder.path == path:
        for row in bindings_of(project, holder):
            written = [expression for expression in (row.annotation, row.value) if expression is not None]
            found += [(path, expression[1], expression[2]) for expression in written]
            if row.value is not None and row.value[0] == "subscript":
                found += _tables(project, path, row.scope, parts_of(row.value[3]))
    return found


def _tables(project: Project, path: str, scope: int, chain: tuple[str, ...]) -> list[tuple[str, int, int]]:
    """The displays of classes that a variable holds: `MODELS = {"character": Character}`."""
    target = resolve(project, path, scope, chain) if chain and chain[0] else None
    return [
        (item.path, row.value[1], row.value[2])
        for item in (sorted(denoted(project, target), key=repr) if target is not None else ())
        if isinstance(item, Variable)
        for row in bindings_of(project, item)
        if row.value is not None and row.value[0] in {"dict", "list", "tuple", "set"}
    ]


@question
def _telling_functions(project: Project) -> frozenset[str]:
    """The names of the project's functions that read a class's name through a parameter."""
    found: set[str] = set()
    for path in project.mentioning(_NAMES):
        if _reads_names(project, path):
            facts = project.facts(path)
            for read in _reads_in_file(project, path):
                start = span_of(project, path, read.node)[0]
                found |= {
                    row.name
                    for index, row in enumerate(facts.functions)
                    if row.definition[0] <= start < row.definition[1]
                    and _parameter_read(project, path, index, read) in {parameter[0] for parameter in row.parameters}
                }
    return frozenset(found)


def _parameter_read(project: Project, path: str, row: int, read: NameRead) -> str:
    """The name whose class's name is read; of `model = type(item)` before it `item`."""
    owner = _instance_or_class(read.owner)
    if not isinstance(owner, ast.Name):
        return ""
    tree = function_tree(project, path, project.facts(path).functions[row])
    value = assigned_value(tree, owner.id) if tree is not None else None
    inner = _instance_or_class(value) if value is not None else owner
    return inner.id if isinstance(inner, ast.Name) else ""


def _reads_of_reached(project: Project, path: str, call: Call, key: int | str) -> tuple[Reader, ...]:
    """The same where the types of receivers say what runs: `db=Depends(get_db)`, `self.repository`."""
    if len(call.function) < 2 or resolve(project, path, call.scope, call.function) is not None:
        return ()
    rows = project.facts(path).functions
    around = [index for index, row in enumerate(rows) if row.definition[0] <= call.start < row.definition[1]]
    found: list[Reader] = []
    if around:
        ref = FunctionRef(path, max(around, key=lambda index: rows[index].definition[0]))
        for callee in callees(project, Callee(ref, owner_of(project, ref))).get((call.start, call.end), ()):
            if _reads_names(project, callee.ref.path):
                bound = callee.of is not None and not is_static(project, callee.ref)
                place = key + 1 if bound and isinstance(key, int) else key
                found += _reads_of_parameter(project, callee.ref.path, callee.ref.row, place)
    return tuple(reader for reader in found if not reader.shown)


def _parameter_reads(
    project: Project, path: str, scope: int, function: tuple[str, ...], key: int | str
) -> tuple[Reader, ...]:
    target = resolve(project, path, scope, function) if function and function[0] else None
    found: list[Reader] = []
    for item in sorted(denoted(project, target), key=repr) if target is not None else ():
        if isinstance(item, Variable):
            facts = project.facts(item.path)
            bound = facts.scopes[item.scope].kind == CLASS  # a method, called on an instance
            for row in bindings_of(project, item):
                if row.kind == "def" and _reads_names(project, item.path):
                    place = key + 1 if bound and isinstance(key, int) else key
                    found += _reads_of_parameter(project, item.path, row.row, place)
    return tuple(reader for reader in found if not reader.shown)


@question
def _reads_of_parameter(project: Project, path: str, row: int, key: int | str) -> tuple[Reader, ...]:
    function = project.facts(path).functions[row]
    names = [parameter[0] for parameter in function.parameters if parameter[1] in {"/", "."}]
    name = key if isinstance(key, str) else names[key] if key < len(names) else ""
    start, end = project.facts(path).scopes[function.own].start, project.facts(path).scopes[function.own].end
    return tuple(
        _reader(project, path, read)
        for read in _reads_in_file(project, path)
        if start <= span_of(project, path, read.node)[0] < end
        if name and _parameter_read(project, path, row, read) == name
    )


def readers_of_held(project: Project, places: Mapping[str, frozenset[int]]) -> tuple[Reader, ...]:
    """Places that read the name of a class which a repository or the like holds; `places`: where the class is named."""
    return tuple(
        _reader(project, held.path, held.read)
        for held in reads_of_held_classes(project)
        if any(place.start <= start < place.end for place in held.places for start in places.get(place.path, ()))
    )


@question
def readers_of_all(project: Project) -> tuple[Reader, ...]:
    """Places that read the names of all mapped classes."""
    paths = [path for path in project.mentioning(_ALL_CLASSES) if _reads_names(project, path)]
    return tuple(
        _reader(project, path, read)
        for path in paths
        for read in _reads_in_file(project, path)
        if not read.own and _ranges_over_all(project, path, read.owner)
    )


def _instance_or_class(owner: ast.expr) -> ast.expr:
    """`x` for `type(x)` and `x.__class__`."""
    match owner:
        case ast.Call(func=ast.Name(id="type"), args=[inner]) | ast.Attribute(value=inner, attr="__class__"):
            return inner
    return owner


def _may_hold(project: Project, path: str, owner: ast.expr, starts: frozenset[int]) -> bool:
    sources = _sources(project, path, _instance_or_class(owner))
    return any(start <= place < end for start, end, _ in sources for place in starts)


def _ranges_over_all(project: Project, path: str, owner: ast.expr) -> bool:
    if isinstance(owner, ast.Attribute) and owner.attr == "class_":
        return True
    text = project.text(path)
    inner = _instance_or_class(owner)
    if any(over and _ALL.search(text[start:end]) for start, end, over in _sources(project, path, inner)):
        return True
    return isinstance(inner, ast.Name) and _is_listeners(project, path, inner)


def _is_listeners(project: Project, path: str, name: ast.Name) -> bool:
    """Whether a name is a parameter of a function that SQLAlchemy calls with any mapped object."""
    start, _ = span_of(project, path, name)
    return any(
        name.id in {parameter[0] for parameter in function.parameters}
        and function.definition[0] <= start < function.definition[1]
        and any(_hands_over_instances(decorator) for decorator in function.decorators)
        for function in project.facts(path).functions
    )


def _hands_over_instances(decorator: Expression) -> bool:
    """Whether a decorator registers for an event that may come with a mapped object.

    Source: https://docs.sqlalchemy.org/en/20/core/events.html, the events of pools, connections, engines, dialects.
    """
    if decorator[0] != "call" or _LISTENS not in parts_of(decorator[3])[-1:]:
        return _LISTENS in parts_of(decorator)[-1:]
    event = decorator[4][1] if len(decorator[4]) > 1 else None
    return event is None or event[0] != "string" or event[3] not in _WITHOUT_INSTANCES


def _sources(project: Project, path: str, owner: ast.expr) -> list[tuple[int, int, bool]]:
    """Where the values of a variable come from: spans of annotations, and of what loops run over (True)."""
    if not isinstance(owner, ast.Name):
        return []
    start, _ = span_of(project, path, owner)
    facts = project.facts(path)
    scope = max(
        (index for index, row in enumerate(facts.scopes) if row.start <= start < row.end),
        key=lambda index: (facts.scopes[index].start, index),
        default=0,
    )
    holder = variable(project, path, scope, owner.id, start)
    if not isinstance(holder, Variable) or holder.path != path:
        return []
    rows = bindings_of(project, holder)
    written = [(row.annotation[1], row.annotation[2], False) for row in rows if row.annotation is not None]
    loops = _loops(project, path)
    return written + [(*loops[row.start], True) for row in rows if row.start in loops]


@file_question
def _loops(project: Project, path: str) -> dict[int, tuple[int, int]]:
    """For the offset of each loop variable the span of what the loop runs over."""
    found: dict[int, tuple[int, int]] = {}
    for node in walk(project.tree(path)):
        if isinstance(node, (ast.For, ast.AsyncFor, ast.comprehension)):
            for name in ast.walk(node.target):
                if isinstance(name, ast.Name):
                    found[span_of(project, path, name)[0]] = span_of(project, path, node.iter)
    return found


@question
def _reads_names(project: Project, path: str) -> bool:
    """Whether a file takes the name of any class: a filter before its tree is walked."""
    if not any(project.mentions(path, name) for name in _NAMES):
        return False
    text = project.text(path)
    if not any(f".{name}" in text or f'"{name}"' in text or f"'{name}'" in text for name in _NAMES):
        return False
    facts = project.facts(path)
    rows: list[Name | Member] = [*facts.names, *facts.members]
    if any(name in _NAMES for row in rows for name, _ in row.attributes):
        return True
    return any(row.value in _NAMES for row in facts.strings)


@question
def _reads_in_file(project: Project, path: str) -> tuple[NameRead, ...]:
    return name_reads(project.tree(path))


def _reader(project: Project, path: str, read: NameRead) -> Reader:
    answered = read.within.rpartition(".")[2] in _ANSWERS
    shown = (read.use is NameUse.DISPLAY and not answered) or _handed_to_a_text(project, path, read)
    span = Span(*span_of(project, path, read.node))
    return Reader(path, span, shown, read.literals if read.use is NameUse.COMPARED else (), answered)


def _handed_to_a_text(project: Project, path: str, read: NameRead) -> bool:
    """Whether the name is an argument of a project's function that does nothing with it but show it."""
    start, _ = span_of(project, path, read.node)
    for call in project.facts(path).calls:
        for key, argument in call.arguments:
            if argument[1] == start and argument[0] == "attribute":
                return _only_shows(project, path, call.scope, call.function, key)
    return False


def _only_shows(project: Project, path: str, scope: int, function: tuple[str, ...], key: int | str) -> bool:
    target = resolve(project, path, scope, function)
    for item in denoted(project, target) if target is not None else ():
        if not isinstance(item, Variable):
            return False
        rows = [row for row in bindings_of(project, item) if row.kind == "def"]
        trees = [function_tree(project, item.path, project.facts(item.path).functions[row.row]) for row in rows]
        return bool(trees) and all(tree is not None and _shows_parameter(tree, key) for tree in trees)
    return False


def _shows_parameter(tree: ast.FunctionDef, key: int | str) -> bool:
    from lifeops_codemods.project.naming.reads import shown_only

    names = [argument.arg for argument in (*tree.args.posonlyargs, *tree.args.args)]
    name = key if isinstance(key, str) else names[key] if key < len(names) else ""
    return bool(name) and shown_only(name, tree)
