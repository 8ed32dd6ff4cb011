"""Where the project hands a model to a library that reads the class's name, by the table in `class_name_readers`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from lifeops_codemods.facts.expressions import parts as parts_of
from lifeops_codemods.facts.model import Call, Expression
from lifeops_codemods.operation import InsertFirst, Operation, SetArgument, Span
from lifeops_codemods.project import Project, question
from lifeops_codemods.project.class_name_readers import (
    READERS,
    ClassNameReader,
    Follow,
    Harmless,
    Pin,
    PinnedValue,
    Place,
    Refuse,
    Seen,
    Use,
    strictest,
)
from lifeops_codemods.project.classes import ClassRef, ancestors, classes_behind, definition, enclosing_class
from lifeops_codemods.project.models import Model
from lifeops_codemods.project.modules import External
from lifeops_codemods.project.names import Variable, evaluate, external_names, spelled
from lifeops_codemods.project.references import Obstacle, Usage
from lifeops_codemods.project.registry import in_declarative_class

Starts = frozenset[int]


class Kept(NamedTuple):
    """What has to be written so that a library goes on as before: an operation on a file, and why."""

    path: str
    operation: Operation
    message: str


class Handed(NamedTuple):
    """A place where a model is handed to a library: the class that takes it, or the call."""

    path: str
    span: Span
    view: ClassRef | None
    call: Call | None


def library_reads(
    project: Project, model: Model, usage: Usage, new: str
) -> tuple[tuple[Obstacle, ...], tuple[Kept, ...]]:
    """What forbids to call `model` `new`, and what has to be written if it is done."""
    obstacles: list[Obstacle] = []
    kept: list[Kept] = []
    for reader, place in _meetings(project, model, usage):
        remedy = strictest(reader.remedies)
        match remedy:
            case Harmless():
                continue
            case Refuse(reason=reason):
                obstacles.append(_obstacle(place, f"{reader.library}: {reason}"))
            case Follow(keyword=keyword) if place.call is not None:
                kept.append(_follow(project, place, keyword, new))
            case Pin():
                outcome = _pin(project, model, usage, reader, remedy, place)
                obstacles += [item for item in outcome if isinstance(item, Obstacle)]
                kept += [item for item in outcome if isinstance(item, Kept)]
    return tuple(obstacles), tuple(kept)


def _obstacle(place: Handed, reason: str) -> Obstacle:
    return Obstacle(place.path, *place.span, reason, "give the library a name of your own, or leave the model")


def _meetings(project: Project, model: Model, usage: Usage) -> Iterator[tuple[ClassNameReader, Handed]]:
    by_path: dict[str, set[int]] = {}
    for path, start in usage.references:
        by_path.setdefault(path, set()).add(start)
    for reader, use in _present(project):
        if use.only and use.only != model.name:
            continue
        for place in _places(project, use, model, {path: frozenset(starts) for path, starts in by_path.items()}):
            yield reader, place


@question
def _present(project: Project) -> tuple[tuple[ClassNameReader, Use], ...]:
    """The rows of libraries that the project uses at all, as far as the words of its files tell."""
    return tuple(
        (reader, use)
        for reader in READERS
        for use in reader.uses
        if not all(isinstance(remedy, Harmless) for remedy in reader.remedies) and _spelling(project, use.names)
    )


@question
def _spelling(project: Project, names: tuple[str, ...]) -> frozenset[str]:
    """The files that hold both the package and the last word of one of the dotted names."""
    found: set[str] = set()
    for name in names:
        parts = name.replace("()", "").split(".")
        found |= set(project.mentioning([parts[0]])) & set(project.mentioning([parts[-1]]))
    return frozenset(found)


@question
def _near(project: Project, names: tuple[str, ...]) -> frozenset[str]:
    """The files that may use one of the names: as they stand, or by a class of the project below them."""
    return _spelling(project, names) | set(project.mentioning(_project_classes_below(project, names)))


def _places(project: Project, use: Use, model: Model, starts: dict[str, Starts]) -> Iterator[Handed]:
    match use.seen:
        case Seen.EVERY_MODEL:
            yield from _every_use(project, use.names)
        case Seen.BASE:
            yield from _inherited(project, use, model)
        case _:
            near = _near(project, use.names)
            for path, here in starts.items():
                if path in near:
                    yield from _in_file(project, use, path, here)


def _in_file(project: Project, use: Use, path: str, starts: Starts) -> Iterator[Handed]:
    match use.seen:
        case Seen.CLASS_KEYWORD:
            yield from _class_keywords(project, use, path, starts)
        case Seen.CLASS_ATTRIBUTE:
            yield from _class_attributes(project, use, path, starts)
        case Seen.ARGUMENT | Seen.VALUE:
            yield from _arguments(project, use, path, starts)
        case Seen.TYPE_ARGUMENT:
            yield from _type_arguments(project, use, path, starts)


@question
def _project_classes_below(project: Project, names: tuple[str, ...]) -> frozenset[str]:
    """Names of the project's own classes that inherit from one of the library's."""
    return frozenset(
        row.name
        for path in _spelling(project, names)
        for index, row in enumerate(project.facts(path).classes)
        if _inherits(project, ClassRef(path, index), names)
    )


def _inherits(project: Project, ref: ClassRef, names: tuple[str, ...]) -> bool:
    return any(isinstance(item, External) and item.name in names for item in ancestors(project, ref))


def _names_model(expression: Expression | None, starts: Starts) -> bool:
    """Whether an expression is a chain whose last part is one of the places that name the model."""
    chain = parts_of(expression)
    return bool(chain) and expression is not None and expression[2] - len(chain[-1]) in starts


def _class_keywords(project: Project, use: Use, path: str, starts: Starts) -> Iterator[Handed]:
    for index, row in enumerate(project.facts(path).classes):
        ref = ClassRef(path, index)
        given = [value for key, value in row.keywords if key == use.parameter]
        if any(_names_model(value, starts) for value in given) and _inherits(project, ref, use.names):
            yield Handed(path, Span(row.start, row.start + len(row.name)), ref, None)


def _class_attributes(project: Project, use: Use, path: str, starts: Starts) -> Iterator[Handed]:
    facts = project.facts(path)
    inner, _, attribute = use.parameter.rpartition(".")
    for row in facts.bindings:
        if row.name != attribute or not _names_model(row.value, starts):
            continue
        scope = facts.scopes[row.scope]
        if inner and scope.name != inner:
            continue
        owner = enclosing_class(project, path, scope.parent if inner else row.scope)
        if owner is not None and _inherits(project, owner, use.names):
            yield Handed(path, Span(row.start, row.start + len(row.name)), owner, None)


def _arguments(project: Project, use: Use, path: str, starts: Starts) -> Iterator[Handed]:
    takes = _is_instance if use.seen is Seen.VALUE else _is_model
    for call in _calls(project, path, use.names):
        given = [
            value
            for key, value in call.arguments
            if use.seen is Seen.VALUE or key == use.parameter or (use.position is not None and key == use.position)
        ]
        if any(takes(project, path, call, value, starts) for value in given):
            yield Handed(path, Span(call.start, call.end), _called_class(project, path, call), call)


def _is_model(project: Project, path: str, call: Call, value: Expression, starts: Starts) -> bool:
    return _names_model(value, starts)


def _is_instance(project: Project, path: str, call: Call, value: Expression, starts: Starts) -> bool:
    """Whether a value is a variable that is annotated with the model, or assigned from a call of it."""
    chain = parts_of(value)
    rows = project.facts(path).bound.get((call.scope, chain[0]), ()) if chain else ()
    return any(
        expression is not None and any(expression[1] <= start < expression[2] for start in starts)
        for row in rows
        for expression in (row.annotation, row.value)
    )


@question
def _calls(project: Project, path: str, names: tuple[str, ...]) -> tuple[Call, ...]:
    """The calls in a file of one of the names, or of a class that inherits from one."""
    known = set(names)
    return tuple(
        call
        for call in project.facts(path).calls
        if call.function
        and (
            external_names(project, path, call.scope, call.function, call.start) & known
            or ((view := _called_class(project, path, call)) is not None and _inherits(project, view, names))
        )
    )


def _called_class(project: Project, path: str, call: Call) -> ClassRef | None:
    if not call.function or call.function[0] == "":
        return None
    expression: Expression = ("name", call.function_start, call.function_start, call.function[0])
    for name in call.function[1:]:
        expression = ("attribute", call.function_start, call.function_start, expression, name)
    for item in sorted(evaluate(project, path, call.scope, expression, call.start), key=repr):
        if isinstance(item, Variable):
            for ref in classes_behind(project, item):
                return ref
    return None


def _type_arguments(project: Project, use: Use, path: str, starts: Starts) -> Iterator[Handed]:
    facts = project.facts(path)
    written = [(row.scope, row.start, base) for row in facts.classes for base in row.bases]
    written += [(row.scope, row.start, row.value) for row in facts.bindings if row.value is not None]
    for scope, start, expression in written:
        if expression[0] == "subscript" and any(expression[4][1] <= at < expression[4][2] for at in starts):
            found = evaluate(project, path, scope, expression[3], start)
            if any(isinstance(item, External) and item.name in use.names for item in found):
                yield Handed(path, Span(expression[1], expression[2]), None, None)


def _inherited(project: Project, use: Use, model: Model) -> Iterator[Handed]:
    made = {
        name
        for item in ancestors(project, model.ref)
        for name in (
            [item.name] if isinstance(item, External) else spelled(project, item) if isinstance(item, Variable) else []
        )
    }
    if made & set(use.names):
        yield Handed(model.ref.path, Span(model.start, model.start + len(model.name)), None, None)


@question
def _every_use(project: Project, names: tuple[str, ...]) -> tuple[Handed, ...]:
    """Every call of one of the names, or its import where it is not called by that name."""
    words = {name.replace("()", "").rpartition(".")[2] for name in names}
    found: list[Handed] = []
    for path in sorted(_spelling(project, names)):
        facts = project.facts(path)
        calls = [call for call in facts.calls if call.function and call.function[-1] in words]
        found += [
            Handed(path, Span(call.start, call.end), None, call)
            for call in calls
            if external_names(project, path, call.scope, call.function, call.start) & set(names)
        ]
    return tuple(found)


# -- what to write


def _follow(project: Project, place: Handed, keyword: str, new: str) -> Kept:
    assert place.call is not None
    text = project.text(place.path)[place.call.start : place.call.end]
    operation = SetArgument(span=Span(place.call.start, place.call.end), expected=text, name=keyword, value=f'"{new}"')
    return Kept(place.path, operation, f"tell the library that the class is called {new}")


def _pin(
    project: Project, model: Model, usage: Usage, reader: ClassNameReader, pin: Pin, place: Handed
) -> list[Obstacle | Kept]:
    if pin.unless_related and _is_related(project, model, usage):
        return [_obstacle(place, f"{reader.library}: {pin.unless_related}")]
    missing = [value for value in pin.values if not _given(project, place, value)]
    unsure = [value for value in missing if value.later is not None]
    if unsure:
        wanted = ", ".join(f'{value.name}="{value.formula(model.name)}"' for value in unsure)
        return [
            Obstacle(
                place.path,
                *place.span,
                f"{reader.library} makes names from the class's name, under keywords that differ by version",
                f"write {wanted} (or what your version calls them), then run again",
            )
        ]
    return [item for value in missing for item in _written(project, model, pin, place, value)]


def _written(project: Project, model: Model, pin: Pin, place: Handed, value: PinnedValue) -> list[Obstacle | Kept]:
    text = f'"{value.formula(model.name)}"'
    message = f"keep {value.name} {text}, which is made from the class's name"
    if pin.place is Place.CALL and place.call is not None:
        span = Span(place.call.start, place.call.end)
        expected = project.text(place.path)[span.start : span.end]
        return [Kept(place.path, SetArgument(span=span, expected=expected, name=value.name, value=text), message)]
    if place.view is None:
        return [_obstacle(place, "a name that is made from the class's name cannot be written down here")]
    row = definition(project, place.view)
    span = Span(*row.definition)
    expected = project.text(place.view.path)[span.start : span.end]
    return [Kept(place.view.path, InsertFirst(span=span, expected=expected, code=f"{value.name} = {text}"), message)]


def _given(project: Project, place: Handed, value: PinnedValue) -> bool:
    names = {value.name} | ({value.later[1]} if value.later else set())
    keys = {key for key, _ in place.call.arguments} if place.call else set()
    if keys & names or (value.position is not None and value.position in keys):
        return True
    if place.view is None:
        return False
    own = definition(project, place.view).own
    return any((own, name) in project.facts(place.view.path).bound for name in names)


def _is_related(project: Project, model: Model, usage: Usage) -> bool:
    """Whether another model's body names this one."""
    for path, start in usage.references:
        facts = project.facts(path)
        for ref in (ClassRef(path, index) for index in range(len(facts.classes))):
            scope = facts.scopes[definition(project, ref).own]
            if ref != model.ref and scope.start <= start < scope.end and in_declarative_class(project, ref):
                return True
    return False
