"""What `x.name` is, for everything that `x` may be."""

from __future__ import annotations

from lifeops_codemods.project import Project, question
from lifeops_codemods.project.classes import ClassRef, ancestors, definition, own_bindings, subclasses
from lifeops_codemods.project.flow import applying, libraries, lifetimes, meanings
from lifeops_codemods.project.flow.frame import Frame, Step, is_symbolic
from lifeops_codemods.project.flow.values import (
    ITEM,
    LONGEST_PATH,
    NO_ARGUMENTS,
    NOTHING,
    Atom,
    Attribute,
    ClassValue,
    Column,
    Entity,
    Foreign,
    Fresh,
    FunctionValue,
    Key,
    Method,
    ModuleValue,
    Object,
    Outcome,
    Place,
    Record,
    Statement,
    Symbol,
    Value,
    join,
    one,
)
from lifeops_codemods.project.functions import (
    FunctionRef,
    decorated_with,
    dispatched,
    is_class_method,
    is_property,
    is_static,
    methods,
)
from lifeops_codemods.project.mentions import mentions
from lifeops_codemods.project.models import model_of, models
from lifeops_codemods.project.names import denoted, member
from lifeops_codemods.project.parent_keys import foreign_columns, primary_key
from lifeops_codemods.project.relationships import Relationship, proxied, relationship_names, relationships
from lifeops_codemods.project.schemas import is_schema
from lifeops_codemods.project.types import (
    UNKNOWN,
    Instance,
    Type,
    TypeVariable,
    alternatives,
    annotated,
    class_of,
    parameter_meanings,
    substituted,
    union,
    without_none,
)

VALIDATING = frozenset({"model_validate", "from_orm", "parse_obj"})
"""Methods of schemas that read the attributes of what they get."""
_AWAITABLE = "awaitable_attrs"


def attribute(frame: Frame, value: Value, name: str, place: Place, step: Step | None = None) -> Value:
    """What `value.name` is at `place`. A relationship that is read there is told; `step` explains it."""
    if not value:
        return NOTHING
    said = step or Step(place, f".{name} is read")
    return join([_attribute(frame, atom, name, said) for atom in value])


def _attribute(frame: Frame, atom: Atom, name: str, step: Step) -> Value:
    match atom:
        case Entity() | Fresh():
            return _of_instance(frame, atom, name, step)
        case Symbol():
            return _of_symbol(frame, atom, name, step)
        case Object(of=of, fields=fields, exact=exact):
            for key, value in fields:
                if key == name:
                    return value
            return of_object(frame, one(atom), of, name, exact=exact)
        case ClassValue(of=of):
            return _of_class(frame, of, name)
        case ModuleValue(module=module):
            target = member(frame.project, module, name)
            found = denoted(frame.project, target) if target is not None else ()
            return join([meanings.behind(frame.engine, item) for item in found])
        case Foreign(name=outer, instance=False):
            return one(Foreign(f"{outer}.{name}"))
        case Outcome(kind="row"):
            return _of_row(frame, atom, name)
        case FunctionValue():
            return NOTHING
        case Record(fields=fields):  # of a page of a library `page.items` is a field, of a dictionary a method
            return join((one(Method(atom, name)), *(value for key, value in fields if key == name)))
    return one(Method(atom, name))


# -- instances of models


def model_at(project: Project, start: ClassRef | None, path: tuple[str, ...]) -> ClassRef | None:
    """The model that a way of relationships leads to."""
    for name in path:
        if start is None:
            return None
        found = relationships(project, start).get(name)
        start = found.target if found is not None else None
    return start


def model_behind(frame: Frame, atom: Entity | Fresh) -> ClassRef | None:
    """The model that a loaded or fresh instance is of."""
    if isinstance(atom, Fresh):
        return model_at(frame.project, atom.model, atom.path)
    entities = atom.statement.entities
    start = entities[atom.position] if atom.position < len(entities) else None
    return model_at(frame.project, start, atom.path) if isinstance(start, ClassRef) else None


def _of_instance(frame: Frame, atom: Entity | Fresh, name: str, step: Step) -> Value:
    if isinstance(atom, Entity) and is_symbolic(atom):
        return _further(frame, atom, name, step, tell=name in frame.engine.telling)
    model = model_behind(frame, atom)
    return NOTHING if model is None else _of_model(frame, atom, model, name, step)


def _of_model(frame: Frame, atom: Entity | Fresh | Symbol, model: ClassRef, name: str, step: Step) -> Value:
    """An attribute of an instance of a known model: a relationship, a property, a method. Columns do not matter."""
    project = frame.project
    found = relationships(project, model).get(name)
    if found is not None and found.lazy == "dynamic" and _stands_at(project, name, step.place):
        return one(Statement(step.place, "query", (found.target,)))
    if found is not None:
        return _further(frame, atom, name, step, tell=True)
    through = proxied(project, model, name)
    if through:
        _further(frame, atom, through, step, tell=True)
        return NOTHING
    refs = methods(project, model, name)
    if refs:
        return _bound(frame, refs, one(atom), model, step)
    if name == _AWAITABLE:
        return NOTHING
    if name == primary_key(project, model):
        return one(Key(model, atom if isinstance(atom, Symbol) else None))
    below = _of_subclasses(project, model, name)
    if below is not None and not isinstance(atom, Symbol):
        frame.engine.polymorphic(atom, below, name, step)
    return NOTHING


def _stands_at(project: Project, name: str, place: Place) -> bool:
    """Whether an attribute is written at a place, and not in a function that is called there."""
    return project.text(place.path)[place.start : place.end].endswith(f".{name}")


def _of_subclasses(project: Project, model: ClassRef, name: str) -> ClassRef | None:
    """The model below `model` that alone has a relationship of this name."""
    if name not in relationship_names(project) or is_attribute(project, model, name):
        return None
    return next((ref for ref in subclasses(project, model) if name in relationships(project, ref)), None)


@question
def is_attribute(project: Project, ref: ClassRef, name: str) -> bool:
    """Whether the body of a class or of one above it binds or declares `name`."""
    family = (ref, *(item for item in ancestors(project, ref) if isinstance(item, ClassRef)))
    return any(own_bindings(project, item, name) for item in family)


def _further(frame: Frame, atom: Entity | Fresh | Symbol, name: str, step: Step, *, tell: bool) -> Value:
    if len(atom.path) >= LONGEST_PATH:
        return NOTHING
    if isinstance(atom, Fresh) and not atom.path and (given := lifetimes.given(frame.engine, atom, name)) is not None:
        return given
    reached = atom._replace(path=(*atom.path, name))
    if tell:
        frame.read(reached, (step,))
    return one(reached)


@question
def telling_names(project: Project) -> frozenset[str]:
    """The names whose reading may load something: relationships, proxies, methods of models that name one of these."""
    found = set(relationship_names(project))
    methods_of = {}
    for holder in _holders(project):
        for row in project.facts(holder.path).members_of.get(definition(project, holder).own, ()):
            if row.kind == "def":
                methods_of[FunctionRef(holder.path, row.row)] = row.name
            elif proxied(project, holder, row.name):
                found.add(row.name)
    size = 0
    while size != (size := len(found)):
        found |= {name for ref, name in methods_of.items() if name not in found and mentions(project, ref, found)}
    return frozenset(found)


@question
def _holders(project: Project) -> tuple[ClassRef, ...]:
    """The classes in whose bodies attributes of models are defined."""
    family = {item for model in models(project) for item in (model.ref, *ancestors(project, model.ref))}
    return tuple(sorted(item for item in family if isinstance(item, ClassRef)))


# -- symbols


def _of_symbol(frame: Frame, atom: Symbol, name: str, step: Step) -> Value:
    ref = symbol_class(frame, atom)
    if ref is None:
        return _further(frame, atom, name, step, tell=name in frame.engine.telling)
    if model_of(frame.project, ref) is not None:
        return _of_model(frame, atom, ref, name, step)
    exact = atom.root == frame.self_name and not atom.path
    found = of_object(frame, one(atom), ref, name, exact=exact)
    return found or _further(frame, atom, name, step, tell=False)


def symbol_class(frame: Frame, symbol: Symbol) -> ClassRef | None:
    """The class of the project that what a caller hands over is an instance of, as the annotations tell."""
    if symbol not in frame.classes:
        frame.classes[symbol] = class_of(symbol_type(frame, symbol))
    return frame.classes[symbol]


def symbol_type(frame: Frame, symbol: Symbol) -> Type:
    """The type of what a caller hands over, as the annotations tell."""
    found = frame.types.get(symbol.root, UNKNOWN)
    for step in symbol.path:
        found = without_none(found)
        found = element(found) if step == ITEM else _declared(frame.project, found, step)
    return found


def element(of: Type) -> Type:
    """What iterating over an instance of a type gives."""
    inner = [
        item.arguments[0]
        for item in alternatives(without_none(of))
        if isinstance(item, Instance) and isinstance(item.of, str) and item.arguments and _is_iterable(item.of)
    ]
    return union(tuple(inner))


def _is_iterable(name: str) -> bool:
    return name.startswith(("builtins.", "collections.", "sqlalchemy.")) and not name.endswith(
        ("Awaitable", "Callable")
    )


def _declared(project: Project, owner: Type, name: str) -> Type:
    ref = class_of(owner)
    if ref is None:
        return UNKNOWN
    if model_of(project, ref) is not None:
        found = relationships(project, ref).get(name)
        if found is None or found.target is None:
            return UNKNOWN
        target = Instance(found.target)
        return Instance("builtins.list", (target,)) if found.many else target
    return declared(project, ref, name)


@question
def declared(project: Project, ref: ClassRef, name: str) -> Type:
    """The annotated type of an attribute in the body of a class or of one above it."""
    for item in (ref, *(item for item in ancestors(project, ref) if isinstance(item, ClassRef))):
        for row in own_bindings(project, item, name):
            if row.annotation is not None:
                found = annotated(project, item.path, row.scope, row.annotation, row.start)
                return substituted(found, parameter_meanings(project, Instance(ref)))
    return UNKNOWN


# -- instances of other classes


def of_object(frame: Frame, receiver: Value, ref: ClassRef, name: str, *, exact: bool) -> Value:
    """An attribute of an instance of a class that is no model; of a subclass too unless it is `exact`."""
    project = frame.project
    refs = methods(project, ref, name) if exact else dispatched(project, ref, name)
    if refs:
        return _bound(frame, refs, receiver, ref, Step(Place(frame.path, 0, 0), name))
    found = meanings.instance_value(frame.engine, ref, name)
    if found:
        return found
    return frozenset(Method(atom, name) for atom in libraries.repository(project, ref))


def _bound(frame: Frame, refs: tuple[FunctionRef, ...], receiver: Value, owner: ClassRef, step: Step) -> Value:
    """Methods as they are had from an instance; a property is called at once."""
    found = []
    for ref in refs:
        holder = meanings.receiver_of(frame.engine, ref, owner)
        if is_property(frame.project, ref):
            found.append(applying.call_function(frame, FunctionValue(ref, receiver, holder), NO_ARGUMENTS, step))
        elif decorated_with(frame.project, ref, "expression", "comparator"):
            continue
        else:
            bound = one(ClassValue(holder)) if is_class_method(frame.project, ref) else receiver
            found.append(one(FunctionValue(ref, NOTHING if is_static(frame.project, ref) else bound, holder)))
    return join(found)


# -- classes


def _of_class(frame: Frame, ref: ClassRef, name: str) -> Value:
    project = frame.project
    if model_of(project, ref) is not None and name in relationships(project, ref):
        return one(Attribute(ref, name))
    refs = methods(project, ref, name)
    if refs:
        unbound = [item for item in refs if not is_property(project, item)]
        return join(
            one(FunctionValue(item, one(ClassValue(ref)) if is_class_method(project, item) else NOTHING, ref))
            for item in unbound
        )
    if name in VALIDATING and is_schema(project, ref):
        return one(Method(ClassValue(ref), name))
    if model_of(project, ref) is not None and name in foreign_columns(project, ref):
        return one(Column(ref, name))
    return meanings.class_value(frame.engine, ref, name)


def _of_row(frame: Frame, row: Outcome, name: str) -> Value:
    """`row.Quest` is the entity of that name."""
    for position, entity in enumerate(row.statement.entities):
        if isinstance(entity, ClassRef) and definition(frame.project, entity).name == name:
            return one(Entity(row.statement, row.execution, position, (), True))
    return one(Method(row, name))


def relationship_at(project: Project, start: ClassRef, path: tuple[str, ...]) -> Relationship | None:
    """The last relationship of a way that begins at a model."""
    owner = model_at(project, start, path[:-1])
    return None if owner is None or not path else relationships(project, owner).get(path[-1])


def meant(project: Project, item: Type, receiver: ClassRef | None) -> Type:
    """A type with the type parameters of the receiver's class replaced by what they stand for, else their bounds."""
    if receiver is not None:
        item = substituted(item, parameter_meanings(project, Instance(receiver)))
    return union(tuple(one.bound if isinstance(one, TypeVariable) else one for one in alternatives(item)))
