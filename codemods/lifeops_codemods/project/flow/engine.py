"""Summaries of functions, to a fixpoint over recursion, and what all runs together found."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from typing import NamedTuple

from lifeops_codemods.facts.expressions import encode, parts
from lifeops_codemods.facts.model import CLASS, MODULE, Expression
from lifeops_codemods.project import Project, question
from lifeops_codemods.project.classes import ClassRef, ancestors, classes_behind, definition, own_bindings, subclasses
from lifeops_codemods.project.flow import attributes, expressions, injection, libraries, statements
from lifeops_codemods.project.flow.frame import Frame, Guard, Run, Summary, Trail
from lifeops_codemods.project.flow.values import (
    NOTHING,
    Arguments,
    ClassValue,
    Entity,
    Foreign,
    Fresh,
    FunctionValue,
    Items,
    Load,
    ModuleValue,
    Object,
    Path,
    Place,
    Statement,
    Symbol,
    Value,
    inside,
    join,
    one,
)
from lifeops_codemods.project.functions import (
    FunctionRef,
    function,
    function_node,
    functions_behind,
    is_class_method,
    is_static,
    methods,
    owner,
)
from lifeops_codemods.project.models import model_of
from lifeops_codemods.project.modules import External, Module
from lifeops_codemods.project.names import Target, Variable, bindings_of
from lifeops_codemods.project.relationships import relationships
from lifeops_codemods.project.trees import offsets
from lifeops_codemods.project.types import (
    UNKNOWN,
    ClassObject,
    Instance,
    Type,
    TypeVariable,
    alternatives,
    annotated,
    without_none,
)

_ROUNDS = 4
_DEEP = 20_000
Key = tuple[FunctionRef, ClassRef | None]
Callee = FunctionRef | str


class Refresh(NamedTuple):
    """A `session.refresh(x)`: where, and which attributes it names (None for none).

    target: the same call with names, where they can be filled in; None where it cannot be repeated as it stands.
    """

    place: Place
    names: tuple[str, ...] | None
    target: str | None


class Engine:
    """What is known of the project's functions; grows as they are asked for."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.touched: dict[Entity | Fresh, Trail] = {}
        self.polymorphic_reads: dict[tuple[Entity | Fresh, ClassRef, str], Trail] = {}
        self.computed_reads: dict[tuple[Entity | Fresh, Place], None] = {}
        self.refreshes: dict[Place, Refresh] = {}
        self.loaders_made: dict[tuple[FunctionRef | None, Path], set[Guard]] = {}
        self.callees: dict[FunctionRef, dict[tuple[int, int], dict[Callee, None]]] = {}
        self.given_to: dict[Place, dict[str, Value]] = {}
        self._done: dict[Key, Summary] = {}
        self._running: dict[Key, Summary] = {}
        self._provisional: dict[Key, tuple[Summary, set[Key]]] = {}
        self._used: list[set[Key]] = []
        self._values: dict[tuple[str, int, str], Value] = {}

    @cached_property
    def telling(self) -> frozenset[str]:
        """The names whose reading may load something."""
        return attributes.telling_names(self.project)

    # -- summaries

    def summary(self, ref: FunctionRef, receiver: ClassRef | None) -> Summary:
        """What a call of the function means, on an instance of `receiver` where it is a method."""
        key = (ref, receiver)
        if key in self._done:
            return self._done[key]
        if key in self._running:
            self._depend({key})
            return self._running[key]
        if key in self._provisional:
            found, used = self._provisional[key]
            self._depend(used)
            return found
        return self._settled(key)

    def _depend(self, keys: set[Key]) -> None:
        if self._used:
            self._used[-1] |= keys

    def _settled(self, key: Key) -> Summary:
        """Run until the answer about a function that calls itself, directly or not, stays the same."""
        self._running[key] = found = Summary()
        used: set[Key] = set()
        for _ in range(_ROUNDS):
            self._used.append(set())
            found = self._run(*key)
            used = self._used.pop()
            if key not in used or found == self._running[key]:
                break
            self._running[key] = found
            self._provisional.clear()
        del self._running[key]
        self._provisional = {inner: row for inner, row in self._provisional.items() if key not in row[1]}
        outer = used - {key}
        if outer:
            self._provisional[key] = (found, outer)
            self._depend(outer)
        else:
            self._done[key] = found
        return found

    def _run(self, ref: FunctionRef, receiver: ClassRef | None) -> Summary:
        node = function_node(self.project, ref)
        if node is None:
            return Summary()
        frame = self.frame(ref, receiver)
        statements.run(frame, node.body)
        return frame.summary()

    def frame(self, ref: FunctionRef, receiver: ClassRef | None) -> Frame:
        """The start of a run: parameters are symbols, but for those of simple types and those that FastAPI injects."""
        row = function(self.project, ref)
        frame = Frame(self, ref.path, row.own, ref, receiver)
        holder = owner(self.project, ref)
        bound = holder is not None and not is_static(self.project, ref)
        for index, (name, kind, _, annotation, _default) in enumerate(row.parameters):
            if index == 0 and bound and receiver is not None:
                if is_class_method(self.project, ref):
                    frame.env[name] = one(ClassValue(receiver))
                else:
                    frame.self_name = name
                    frame.types[name] = Instance(receiver)
                    frame.env[name] = one(Symbol(name))
                continue
            said = annotated(self.project, ref.path, row.scope, annotation) if kind not in {"*", "**"} else UNKNOWN
            said = attributes.meant(self.project, said, receiver)
            frame.types[name] = said
            frame.env[name] = injection.injected(frame, ref, name) or self.handed(name, said)
        return frame

    def handed(self, name: str, said: Type) -> Value:
        """What a parameter of a type may be: a symbol where that may matter."""
        known = self.of_type(said)
        plain = not known and not _may_matter(self.project, said)
        return NOTHING if plain else one(Symbol(name)) if not _is_foreign(known) else known

    def reading_names(self) -> frozenset[str]:
        """The names of the functions that read something of what they are given; a constructor has its class's."""
        found: set[str] = set()
        for (ref, _), summary in self._done.items():
            if summary.reads or summary.pending:
                name, holder = function(self.project, ref).name, owner(self.project, ref)
                found.add(definition(self.project, holder).name if name == "__init__" and holder else name)
        return frozenset(found)

    def all_runs(self) -> Iterator[Run]:
        """Every statement that any function runs, by itself or through others."""
        return (run for summary in self._done.values() for run in summary.runs)

    def all_returned(self) -> Iterator[Statement]:
        """Every statement that a function gives back without running it."""
        return (atom for summary in self._done.values() for atom in summary.returns if isinstance(atom, Statement))

    def runs_together(self, site: Place) -> Iterator[tuple[Run, ...]]:
        """The statements of each function that runs the one made at `site`, itself or through others."""
        for summary in self._done.values():
            if any(run.statement.site == site for run in summary.runs):
                yield summary.runs

    def _holds(self, ref: FunctionRef, site: Place) -> bool:
        """Whether the text of a function holds a place."""
        start, end = function(self.project, ref).definition
        return ref.path == site.path and start <= site.start and site.end <= end

    def run_all_that_hold(self, place: Place) -> None:
        """Run the method whose text holds a place for every class that inherits it."""
        for ref in {key[0] for key in self._done if self._holds(key[0], place)}:
            self._run_inherited(ref)

    def _run_inherited(self, ref: FunctionRef) -> None:
        holder = owner(self.project, ref)
        if holder is not None:
            for inner in subclasses(self.project, holder):
                if ref in methods(self.project, inner, function(self.project, ref).name):
                    self.summary(ref, inner)

    def receivers_running(self, site: Place, model: ClassRef) -> set[ClassRef]:
        """The classes on whose instances a method runs the statement made at `site` for a model."""
        found = set()
        for (ref, receiver), summary in self._done.items():
            if receiver is None or not self._holds(ref, site):
                continue
            if any(run.statement.site == site and model in run.statement.entities for run in summary.runs):
                found.add(receiver)
        return found

    # -- names

    def behind(self, target: Target) -> Value:
        """What a variable, a module or something outside the project is."""
        match target:
            case External(name=name):
                return one(Foreign(name)) if "()" not in name else NOTHING
            case Module():
                return one(ModuleValue(target))
            case Variable():
                return self._variable(target)
        return NOTHING

    def _variable(self, target: Variable) -> Value:
        key = (target.path, target.scope, target.name)
        if key not in self._values:
            self._values[key] = NOTHING
            self._values[key] = self._variable_value(target)
        return self._values[key]

    def _variable_value(self, target: Variable) -> Value:
        found: list[Value] = [one(ClassValue(ref)) for ref in classes_behind(self.project, target)]
        found += [one(FunctionValue(ref, NOTHING, None)) for ref in functions_behind(self.project, target)]
        if self.project.facts(target.path).scopes[target.scope].kind in {MODULE, CLASS}:
            found += [
                self._assigned_value(target.path, target.scope, row.value, row.annotation)
                for row in bindings_of(self.project, target)
                if row.kind == "assign" and row.value is not None
            ]
        return join(found)

    def _assigned_value(self, path: str, scope: int, value: Expression, annotation: Expression | None) -> Value:
        node = _expression_at(self.project, path, value)
        frame = Frame(self, path, scope)
        found = expressions.evaluate(frame, node) if node is not None else NOTHING
        return found or self.of_type(annotated(self.project, path, scope, annotation))

    # -- classes

    def class_value(self, ref: ClassRef, name: str) -> Value:
        """The value of a class attribute, of the nearest class that has it."""
        for item in (ref, *(item for item in ancestors(self.project, ref) if isinstance(item, ClassRef))):
            rows = own_bindings(self.project, item, name)
            if any(row.kind in {"assign", "class"} and (row.value is not None or row.kind == "class") for row in rows):
                return self._variable(Variable(item.path, definition(self.project, item).own, name))
        return NOTHING

    def instance_value(self, ref: ClassRef, name: str) -> Value:
        """The value of an attribute of instances: of the class, by its annotation, or as the constructor stores it."""
        key = (ref.path, -1 - ref.row, name)
        if key not in self._values:
            self._values[key] = NOTHING
            said = attributes.meant(self.project, attributes.declared(self.project, ref, name), ref)
            self._values[key] = join((self.class_value(ref, name), self.of_type(said), self._stored(ref, name)))
            if self._is_being_made(ref):
                return self._values.pop(key)
        return self._values[key]

    def _is_being_made(self, ref: ClassRef) -> bool:
        """Whether a constructor of the class is being run: what it stores is not known yet."""
        return any(
            receiver == ref and function(self.project, item).name == "__init__" for item, receiver in self._running
        )

    def _stored(self, ref: ClassRef, name: str) -> Value:
        """What the constructor puts there, as far as it does not depend on what it is given."""
        found = []
        for item in methods(self.project, ref, "__init__"):
            frame = self.frame(item, ref)
            stored = self.summary(item, ref).stores.get(name, NOTHING)
            for atom in stored:
                if isinstance(atom, Symbol):
                    found.append(self.of_type(attributes.symbol_type(frame, atom)))
                elif not isinstance(atom, (Entity, Fresh, Statement)):
                    found.append(one(inside(atom, _without_symbols)))
        return join(found)

    def receiver_of(self, ref: FunctionRef, start: ClassRef) -> ClassRef:
        """The class that a method runs for: the one it was asked of, or the subclass that overrides it."""
        holder = owner(self.project, ref)
        if holder is None or holder == start or holder in ancestors(self.project, start):
            return start
        return holder

    def field_names(self, ref: ClassRef) -> list[str]:
        """The annotated names of a class, its bases' first: the parameters of a dataclass."""
        family = [ref, *(item for item in ancestors(self.project, ref) if isinstance(item, ClassRef))]
        names: dict[str, None] = {}
        for item in reversed(family):
            rows = self.project.facts(item.path).members_of.get(definition(self.project, item).own, ())
            names |= dict.fromkeys(row.name for row in rows if row.annotation is not None)
        return list(names)

    def super_methods(self, frame: Frame, name: str) -> Value:
        """What `super().name` is in a method."""
        holder = owner(self.project, frame.ref) if frame.ref is not None else None
        if holder is None or frame.receiver is None:
            return NOTHING
        order = [frame.receiver, *ancestors(self.project, frame.receiver)]
        after = order[order.index(holder) + 1 :] if holder in order else []
        for item in after:
            if isinstance(item, ClassRef):
                rows = [row for row in own_bindings(self.project, item, name) if row.kind == "def"]
                if rows:
                    ref = FunctionRef(item.path, rows[-1].row)
                    me = one(ClassValue(frame.receiver)) if not frame.self_name else one(Symbol(frame.self_name))
                    return one(FunctionValue(ref, me, frame.receiver))
        return NOTHING

    # -- types

    def of_type(self, said: Type) -> Value:
        """What is known of a value by its type alone: of which class it is. Of a model's instance that says nothing."""
        return join(self._of_one(item) for item in alternatives(without_none(said)))

    def _of_one(self, item: Type) -> Value:
        match item:
            case Instance(of=ClassRef() as ref):
                return NOTHING if model_of(self.project, ref) is not None else one(Object(ref))
            case Instance(of=str() as name) if _is_session(name):
                return one(Foreign(name, True))
            case Instance(of=str() as name, arguments=inner) if inner and name.startswith(
                ("builtins.", "collections.")
            ):
                items = self.of_type(inner[-1] if "Mapping" in name or name.endswith("dict") else inner[0])
                return one(Items(items)) if items else NOTHING
            case ClassObject(of=Instance(of=ClassRef() as ref)):
                return one(ClassValue(ref))
            case ClassObject(of=TypeVariable(bound=Instance(of=ClassRef() as ref))):
                return one(ClassValue(ref)) if model_of(self.project, ref) is not None else NOTHING
        return NOTHING

    def typed(self, frame: Frame, annotation: ast.expr) -> Value:
        """What an annotated variable is, by its annotation."""
        expression = encode(annotation, offsets(self.project, frame.path).at)
        said = annotated(self.project, frame.path, frame.scope, expression)
        return self.of_type(attributes.meant(self.project, said, frame.receiver))

    def declared_return(self, ref: FunctionRef, receiver: ClassRef | None) -> Value:
        """What a function gives by its return annotation."""
        row = function(self.project, ref)
        said = annotated(self.project, ref.path, row.scope, row.returns)
        return self.of_type(attributes.meant(self.project, said, receiver))

    def is_plain(self, ref: FunctionRef, safe: frozenset[str]) -> bool:
        """Whether all decorators of a function are known to hand on its arguments as they come."""
        chains = [parts(item[3] if item[0] == "call" else item) for item in function(self.project, ref).decorators]
        return all(chain and (chain[-1] in safe or len(chain) > 1) for chain in chains)

    # -- what the runs find

    def touch(self, what: Entity | Fresh, trail: Trail) -> None:
        """A relationship is read of an instance; the shortest way there is kept."""
        known = self.touched.get(what)
        if known is None or len(trail) < len(known):
            self.touched[what] = trail

    def polymorphic(self, atom: Entity | Fresh, below: ClassRef, name: str, step: object) -> None:
        """A relationship is read that only a subclass of the queried model has."""
        self.polymorphic_reads.setdefault((atom, below, name), ())

    def computed(self, atom: Entity | Fresh, place: Place) -> None:
        """An attribute is read by a name that is computed."""
        self.computed_reads[(atom, place)] = None

    def loader_made(self, frame: Frame, loads: Value) -> None:
        """Remember under which conditions a function makes a loader."""
        for atom in loads:
            if isinstance(atom, Load) and atom.kind == "load":
                self.loaders_made.setdefault((frame.ref, atom.path), set()).add(frame.guard)

    def is_loaded_if(self, frame: Frame, path: Path) -> bool:
        """Whether the function makes a loader under conditions that hold here: `if with_tags:` for both."""
        return bool(frame.guard) and any(
            guard and guard <= frame.guard for guard in self.loaders_made.get((frame.ref, path), ())
        )

    def called(self, frame: Frame, place: Place, behind: Value) -> None:
        """Remember which functions a call reaches."""
        if frame.ref is None:
            return
        found = self.callees.setdefault(frame.ref, {}).setdefault((place.start, place.end), {})
        for atom in behind:
            match atom:
                case FunctionValue(ref=ref):
                    found[ref] = None
                case ClassValue(of=of):
                    found |= dict.fromkeys(methods(self.project, of, "__init__"))
                case Foreign(name=name, instance=False):
                    found[name] = None

    def library(self, frame: Frame, name: str, given: Arguments, place: Place) -> Value:
        """What a function or class of a library gives, where it hands on what it gets or builds queries."""
        return libraries.call(frame, name, given, place)

    # -- instances that the program makes

    def assigned(self, fresh: Fresh, values: Mapping[str, Value]) -> None:
        """Attributes that are set on a fresh instance."""
        self.given_to.setdefault(fresh.site, {}).update(values)

    def given(self, fresh: Fresh, name: str) -> Value | None:
        """What was set as an attribute of a fresh instance; None where nothing was, or where it was forgotten."""
        return None if fresh.since is not None else self.given_to.get(fresh.site, {}).get(name)

    def replaces_collection(self, frame: Frame, atom: Entity | Symbol, name: str) -> bool:
        """Whether assigning to the attribute replaces a collection of a loaded instance."""
        if isinstance(atom, Symbol):
            return False
        model = attributes.model_behind(frame, atom)
        found = relationships(self.project, model).get(name) if model is not None else None
        return found is not None and found.many

    def forget(self, frame: Frame, place: Place) -> None:
        """A commit makes all instances forget what was loaded, unless the session is told not to."""
        if not expires_on_commit(self.project):
            return
        frame.forgets = place
        for name, value in frame.env.items():
            frame.env[name] = _since(value, place)

    def refreshed(self, frame: Frame, node: ast.Call, given: Arguments, place: Place) -> Value:
        """`session.refresh(x)` loads columns anew, and of the relationships those that it names."""
        names = _names_given(node)
        simple = all(isinstance(argument, ast.Name) for argument in node.args) and not node.keywords
        again = f"{ast.unparse(node.func)}({ast.unparse(node.args[0])}, attribute_names=[{{names}}])"
        self.refreshes[place] = Refresh(place, names, again if simple else None)
        if not given.positional:
            return NOTHING
        told = given.positional[0]
        for name, value in frame.env.items():
            if value & told:
                same = frozenset(value & told)
                frame.env[name] = frozenset(value - same) | _since(same, place)
        return NOTHING


def _without_symbols(value: Value) -> Value:
    return frozenset(inside(atom, _without_symbols) for atom in value if not isinstance(atom, Symbol))


def _since(value: Value, place: Place) -> Value:
    if not value:
        return value
    return frozenset(
        atom._replace(since=place)
        if isinstance(atom, (Entity, Fresh))
        else inside(atom, lambda inner: _since(inner, place))
        for atom in value
    )


def _names_given(node: ast.Call) -> tuple[str, ...] | None:
    given = node.args[1] if len(node.args) > 1 else None
    for keyword in node.keywords:
        if keyword.arg == "attribute_names":
            given = keyword.value
    if not isinstance(given, (ast.List, ast.Tuple, ast.Set)):
        return None if given is None else ("?",)
    values = [item.value if isinstance(item, ast.Constant) else "?" for item in given.elts]
    return tuple(str(value) for value in values)


def _is_session(name: str) -> bool:
    return name.startswith(("sqlalchemy.", "sqlmodel.")) and name.rpartition(".")[2].endswith(("Session", "session"))


def _is_foreign(value: Value) -> bool:
    return bool(value) and all(isinstance(atom, Foreign) for atom in value)


_PLAIN = (
    "builtins.str",
    "builtins.int",
    "builtins.bool",
    "builtins.float",
    "builtins.bytes",
    "datetime.",
    "uuid.",
    "decimal.",
    "pathlib.",
    "enum.",
    "fastapi.",
    "starlette.",
    "logging.",
    "httpx.",
    "pydantic.",
)


def _may_matter(project: Project, said: Type) -> bool:
    """Whether a value of the type may be, or hold, an instance of a model, a statement or a function."""
    return any(_matters(project, item) for item in alternatives(without_none(said)))


def _matters(project: Project, item: Type) -> bool:
    match item:
        case Instance(of=str() as name, arguments=inner):
            if name.startswith(_PLAIN):
                return False
            return not inner or any(_may_matter(project, one) for one in inner)
        case Instance(of=ClassRef() as ref):
            return (
                not any(
                    isinstance(base, External) and base.name.startswith(("enum.", "pydantic."))
                    for base in ancestors(project, ref)
                )
                or model_of(project, ref) is not None
            )
    return True


@question
def expires_on_commit(project: Project) -> bool:
    """Whether a commit expires instances: it does unless every session maker of the project says otherwise.

    Where some make async sessions these count alone: only under those is it an error to load anew.
    """
    makers: list[tuple[bool, bool]] = []
    for path in project.mentioning(["expire_on_commit", "sessionmaker", "async_sessionmaker", "AsyncSession"]):
        for row in project.facts(path).calls:
            last = row.function[-1] if row.function else ""
            keywords = dict(row.arguments)
            value = keywords.get("expire_on_commit")
            if value is not None or last in {"sessionmaker", "async_sessionmaker"}:
                made = parts(keywords["class_"])[-1:] if "class_" in keywords else (last,)
                is_async = made in {("AsyncSession",), ("async_sessionmaker",)}
                makers.append((is_async, value is not None and value[0] == "constant" and value[3] is False))
    asked = [kept for is_async, kept in makers if is_async] or [kept for _, kept in makers]
    return not asked or not all(asked)


def _expression_at(project: Project, path: str, expression: Expression) -> ast.expr | None:
    """The tree of an expression of the facts."""
    return _assigned_expressions(project, path).get((expression[1], expression[2]))


@question
def _assigned_expressions(project: Project, path: str) -> Mapping[tuple[int, int], ast.expr]:
    """The values that are assigned in modules and classes, by their spans."""
    at = offsets(project, path).at
    found = {}
    for node in _lasting(project.tree(path).body):
        value = node.value if isinstance(node, (ast.Assign, ast.AnnAssign)) else None
        if value is not None:
            start = at(value.lineno, value.col_offset)
            found[start, at(value.end_lineno or value.lineno, value.end_col_offset or 0)] = value
    return found


def _lasting(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    for node in body:
        yield node
        for name in ("body", "orelse", "finalbody"):
            if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                yield from _lasting(getattr(node, name, []))


@contextmanager
def deep() -> Iterator[None]:
    """Runs of functions lie within each other as deep as the project's calls do."""
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(max(before, _DEEP))
    try:
        yield
    finally:
        sys.setrecursionlimit(before)


@question
def engine(project: Project) -> Engine:
    """The one engine of a project."""
    return Engine(project)
