"""What names, attributes of classes and annotations of the project stand for, as values of the abstract run."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from lifeops_codemods.facts.expressions import encode, parts
from lifeops_codemods.facts.model import CLASS, MODULE, Expression
from lifeops_codemods.project import Project, question
from lifeops_codemods.project.classes import ClassRef, ancestors, classes_behind, definition, own_bindings
from lifeops_codemods.project.flow import attributes, expressions
from lifeops_codemods.project.flow.frame import Frame
from lifeops_codemods.project.flow.values import (
    NOTHING,
    ClassValue,
    Entity,
    Foreign,
    Fresh,
    FunctionValue,
    Items,
    ModuleValue,
    Object,
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
    functions_behind,
    methods,
    owner,
)
from lifeops_codemods.project.models import model_of
from lifeops_codemods.project.modules import External, Module
from lifeops_codemods.project.names import Target, Variable, bindings_of
from lifeops_codemods.project.trees import offsets
from lifeops_codemods.project.types import (
    ClassObject,
    Instance,
    Type,
    TypeVariable,
    alternatives,
    annotated,
    without_none,
)

if TYPE_CHECKING:
    from lifeops_codemods.project.flow.engine import Engine


def behind(engine: Engine, target: Target) -> Value:
    """What a variable, a module or something outside the project is."""
    match target:
        case External(name=name):
            return one(Foreign(name)) if "()" not in name else NOTHING
        case Module():
            return one(ModuleValue(target))
        case Variable():
            return _variable(engine, target)
    return NOTHING


def _variable(engine: Engine, target: Variable) -> Value:
    key = (target.path, target.scope, target.name)
    if key not in engine.values:
        engine.values[key] = NOTHING
        engine.values[key] = _variable_value(engine, target)
    return engine.values[key]


def _variable_value(engine: Engine, target: Variable) -> Value:
    found: list[Value] = [one(ClassValue(ref)) for ref in classes_behind(engine.project, target)]
    found += [one(FunctionValue(ref, NOTHING, None)) for ref in functions_behind(engine.project, target)]
    if engine.project.facts(target.path).scopes[target.scope].kind in {MODULE, CLASS}:
        found += [
            _assigned_value(engine, target.path, target.scope, row.value, row.annotation)
            for row in bindings_of(engine.project, target)
            if row.kind == "assign" and row.value is not None
        ]
    return join(found)


def _assigned_value(engine: Engine, path: str, scope: int, value: Expression, annotation: Expression | None) -> Value:
    node = _expression_at(engine.project, path, value)
    frame = Frame(engine, path, scope)
    found = expressions.evaluate(frame, node) if node is not None else NOTHING
    return found or of_type(engine, annotated(engine.project, path, scope, annotation))


def class_value(engine: Engine, ref: ClassRef, name: str) -> Value:
    """The value of a class attribute, of the nearest class that has it."""
    for item in (ref, *(item for item in ancestors(engine.project, ref) if isinstance(item, ClassRef))):
        rows = own_bindings(engine.project, item, name)
        if any(row.kind in {"assign", "class"} and (row.value is not None or row.kind == "class") for row in rows):
            return _variable(engine, Variable(item.path, definition(engine.project, item).own, name))
    return NOTHING


def instance_value(engine: Engine, ref: ClassRef, name: str) -> Value:
    """The value of an attribute of instances: of the class, by its annotation, or as the constructor stores it."""
    key = (ref.path, -1 - ref.row, name)
    if key not in engine.values:
        engine.values[key] = NOTHING
        said = attributes.meant(engine.project, attributes.declared(engine.project, ref, name), ref)
        engine.values[key] = join((class_value(engine, ref, name), of_type(engine, said), _stored(engine, ref, name)))
        if _is_being_made(engine, ref):
            return engine.values.pop(key)
    return engine.values[key]


def _is_being_made(engine: Engine, ref: ClassRef) -> bool:
    """Whether a constructor of the class is being run: what it stores is not known yet."""
    return any(
        receiver == ref and function(engine.project, item).name == "__init__" for item, receiver in engine.running
    )


def _stored(engine: Engine, ref: ClassRef, name: str) -> Value:
    """What the constructor puts there, as far as it does not depend on what it is given."""
    found = []
    for item in methods(engine.project, ref, "__init__"):
        frame = engine.frame(item, ref)
        stored = engine.summary(item, ref).stores.get(name, NOTHING)
        for atom in stored:
            if isinstance(atom, Symbol):
                found.append(of_type(engine, attributes.symbol_type(frame, atom)))
            elif not isinstance(atom, (Entity, Fresh, Statement)):
                found.append(one(inside(atom, _without_symbols)))
    return join(found)


def receiver_of(engine: Engine, ref: FunctionRef, start: ClassRef) -> ClassRef:
    """The class that a method runs for: the one it was asked of, or the subclass that overrides it."""
    holder = owner(engine.project, ref)
    if holder is None or holder == start or holder in ancestors(engine.project, start):
        return start
    return holder


def field_names(engine: Engine, ref: ClassRef) -> list[str]:
    """The annotated names of a class, its bases' first: the parameters of a dataclass."""
    family = [ref, *(item for item in ancestors(engine.project, ref) if isinstance(item, ClassRef))]
    names: dict[str, None] = {}
    for item in reversed(family):
        rows = engine.project.facts(item.path).members_of.get(definition(engine.project, item).own, ())
        names |= dict.fromkeys(row.name for row in rows if row.annotation is not None)
    return list(names)


def super_methods(engine: Engine, frame: Frame, name: str) -> Value:
    """What `super().name` is in a method."""
    holder = owner(engine.project, frame.ref) if frame.ref is not None else None
    if holder is None or frame.receiver is None:
        return NOTHING
    order = [frame.receiver, *ancestors(engine.project, frame.receiver)]
    after = order[order.index(holder) + 1 :] if holder in order else []
    for item in after:
        if isinstance(item, ClassRef):
            rows = [row for row in own_bindings(engine.project, item, name) if row.kind == "def"]
            if rows:
                ref = FunctionRef(item.path, rows[-1].row)
                me = one(ClassValue(frame.receiver)) if not frame.self_name else one(Symbol(frame.self_name))
                return one(FunctionValue(ref, me, frame.receiver))
    return NOTHING


def of_type(engine: Engine, said: Type) -> Value:
    """What is known of a value by its type alone: of which class it is. Of a model's instance that says nothing."""
    return join(_of_one(engine, item) for item in alternatives(without_none(said)))


def _of_one(engine: Engine, item: Type) -> Value:
    match item:
        case Instance(of=ClassRef() as ref):
            return NOTHING if model_of(engine.project, ref) is not None else one(Object(ref))
        case Instance(of=str() as name) if _is_session(name):
            return one(Foreign(name, True))
        case Instance(of=str() as name, arguments=inner) if inner and name.startswith(("builtins.", "collections.")):
            items = of_type(engine, inner[-1] if "Mapping" in name or name.endswith("dict") else inner[0])
            return one(Items(items)) if items else NOTHING
        case ClassObject(of=Instance(of=ClassRef() as ref)):
            return one(ClassValue(ref))
        case ClassObject(of=TypeVariable(bound=Instance(of=ClassRef() as ref))):
            return one(ClassValue(ref)) if model_of(engine.project, ref) is not None else NOTHING
    return NOTHING


def typed(engine: Engine, frame: Frame, annotation: ast.expr) -> Value:
    """What an annotated variable is, by its annotation."""
    expression = encode(annotation, offsets(engine.project, frame.path).at)
    said = annotated(engine.project, frame.path, frame.scope, expression)
    return of_type(engine, attributes.meant(engine.project, said, frame.receiver))


def declared_return(engine: Engine, ref: FunctionRef, receiver: ClassRef | None) -> Value:
    """What a function gives by its return annotation."""
    row = function(engine.project, ref)
    said = annotated(engine.project, ref.path, row.scope, row.returns)
    return of_type(engine, attributes.meant(engine.project, said, receiver))


def is_plain(engine: Engine, ref: FunctionRef, safe: frozenset[str]) -> bool:
    """Whether all decorators of a function are known to hand on its arguments as they come."""
    chains = [parts(item[3] if item[0] == "call" else item) for item in function(engine.project, ref).decorators]
    return all(chain and (chain[-1] in safe or len(chain) > 1) for chain in chains)


def handed(engine: Engine, name: str, said: Type) -> Value:
    """What a parameter of a type may be: a symbol where that may matter."""
    known = of_type(engine, said)
    plain = not known and not _may_matter(engine.project, said)
    return NOTHING if plain else one(Symbol(name)) if not _is_foreign(known) else known


def _without_symbols(value: Value) -> Value:
    return frozenset(inside(atom, _without_symbols) for atom in value if not isinstance(atom, Symbol))


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
