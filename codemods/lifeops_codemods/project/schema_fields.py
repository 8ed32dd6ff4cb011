"""The fields of schemas: their types, and which attributes of an object each is read from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from lifeops_codemods.facts.expressions import parts as parts_of
from lifeops_codemods.facts.model import Binding, Expression
from lifeops_codemods.project import Project, question
from lifeops_codemods.project.aliases import Generated, generated_aliases
from lifeops_codemods.project.annotations import metadata
from lifeops_codemods.project.classes import ClassRef, ancestors, definition
from lifeops_codemods.project.constants import Given, constant_text
from lifeops_codemods.project.functions import FunctionRef
from lifeops_codemods.project.modules import External
from lifeops_codemods.project.names import evaluate
from lifeops_codemods.project.schema_config import config, flag
from lifeops_codemods.project.schema_validators import field_intercepts
from lifeops_codemods.project.types import Instance, Type, annotated, parameter_meanings, parsed, substituted

AttributePath = tuple[str | int, ...]
_CHOICES, _PATH = "AliasChoices", "AliasPath"
_METADATA = frozenset({"BeforeValidator", "PlainValidator", "WrapValidator"})


class SchemaField(NamedTuple):
    """A field of a schema.

    owner: the class that declares it. type: with the type parameters of its class. annotation: where it is written.
    reads: the attributes of an object that validation reads for it, each as a path, in the order in which they are
    tried; normally just one name. certain: False where an alias is computed, so that `reads` is a guess.
    intercepts: validators that see what was read before the field's type does.
    """

    name: str
    owner: ClassRef
    type: Type
    annotation: Given
    default: Given | None
    reads: tuple[AttributePath, ...]
    certain: bool
    excluded: bool
    intercepts: tuple[FunctionRef | Given, ...]


@question
def fields(project: Project, ref: ClassRef) -> tuple[SchemaField, ...]:
    """The fields of a schema in Pydantic's order: those of its bases first; one declared anew keeps its place."""
    found: dict[str, SchemaField] = {}
    for item in reversed((ref, *ancestors(project, ref))):
        if isinstance(item, ClassRef):
            for binding in _declared(project, item):
                found[binding.name] = _field(project, ref, item, binding)
    return tuple(found.values())


def fields_of(project: Project, item: Instance) -> tuple[SchemaField, ...]:
    """The fields of an instance, type parameters replaced by what they stand for in it."""
    if not isinstance(item.of, ClassRef):
        return ()
    meanings = parameter_meanings(project, item)
    return tuple(field._replace(type=substituted(field.type, meanings)) for field in fields(project, item.of))


def _declared(project: Project, ref: ClassRef) -> Iterator[Binding]:
    """The annotated names of a class body that are fields, the last of each name."""
    rows = project.facts(ref.path).members_of.get(definition(project, ref).own, ())
    last = {row.name: row for row in rows if row.annotation is not None and row.kind in {"assign", "declare"}}
    for name, row in last.items():
        private = name.startswith("_") or name == "model_config"
        if not private and not _is_class_variable(row.annotation) and not _is_relationship(row.value):
            yield row


def _is_class_variable(annotation: Expression | None) -> bool:
    if annotation is None:
        return False
    if annotation[0] == "string":
        return _is_class_variable(parsed(annotation[3]))
    inner = annotation[3] if annotation[0] == "subscript" else annotation
    return parts_of(inner)[-1:] == ("ClassVar",)


def _is_relationship(value: Expression | None) -> bool:
    """`items: list["Item"] = Relationship()` of a table of SQLModel is no field of its schema."""
    return value is not None and value[0] == "call" and parts_of(value[3])[-1:] == ("Relationship",)


def _field(project: Project, ref: ClassRef, owner: ClassRef, row: Binding) -> SchemaField:
    scope = definition(project, owner).own
    annotation = Given(owner.path, scope, row.annotation or ())
    default = None if row.value is None else Given(owner.path, scope, row.value)
    said = _said(project, annotation, default)
    reads, certain = _reads(project, ref, row.name, said)
    exclude = said.get("exclude")
    return SchemaField(
        name=row.name,
        owner=owner,
        type=annotated(project, owner.path, scope, row.annotation, row.start),
        annotation=annotation,
        default=default,
        reads=reads,
        certain=certain,
        excluded=exclude is not None and exclude.expression[0] == "constant" and exclude.expression[3] is True,
        intercepts=(*field_intercepts(project, ref, row.name), *_metadata(project, annotation)),
    )


def _said(project: Project, annotation: Given, default: Given | None) -> Mapping[str, Given]:
    """The keywords of `Field(…)`, in the annotation and then as the default."""
    found: dict[str, Given] = {}
    for given in (*metadata(project, annotation), default):
        if given is not None and given.expression[0] == "call" and _is_field(project, given):
            found |= {name: given._replace(expression=value) for name, value in given.expression[5] if name}
    return found


def _is_field(project: Project, given: Given) -> bool:
    callee = given.expression[3]
    outside = evaluate(project, given.path, given.scope, callee, given.expression[1])
    names = {item.name.rpartition(".")[2] for item in outside if isinstance(item, External)}
    return "Field" in names or parts_of(callee)[-1:] == ("Field",)


def _reads(
    project: Project, ref: ClassRef, name: str, said: Mapping[str, Given]
) -> tuple[tuple[AttributePath, ...], bool]:
    """The paths that are read for a field, and whether that is certain."""
    by_name = flag(project, ref, "validate_by_name", "populate_by_name", "allow_population_by_field_name")
    if config(project, ref).get("validate_by_alias") and flag(project, ref, "validate_by_alias") is False:
        return ((name,),), True
    alias = said.get("validation_alias") or said.get("alias")
    if alias is not None:
        paths = _alias_paths(project, alias)
    else:
        generated = generated_aliases(project, config(project, ref).get("alias_generator"), name)
        paths = None if generated is Generated.UNKNOWN else (((name,),) if generated is None else ((generated,),))
    if paths is None:
        return ((name,),), False
    return tuple(dict.fromkeys((*paths, (name,)) if by_name else paths)), by_name is not None or paths == ((name,),)


def _alias_paths(project: Project, alias: Given) -> tuple[AttributePath, ...] | None:
    """The paths of a validation alias: a string, `AliasPath(…)`, `AliasChoices(…)`; None where it is computed."""
    text = constant_text(project, alias)
    if text is not None:
        return ((text,),)
    match alias.expression:
        case ("call", _, _, called, arguments, _):
            kind = parts_of(called)[-1:]
            inner = [alias._replace(expression=item) for item in arguments]
            if kind == (_PATH,):
                steps = [
                    item.expression[3] if item.expression[0] == "constant" else constant_text(project, item)
                    for item in inner
                ]
                return None if None in steps else (tuple(step for step in steps if step is not None),)
            if kind == (_CHOICES,):
                choices = [_alias_paths(project, item) for item in inner]
                known = [choice for choice in choices if choice is not None]
                return tuple(path for choice in known for path in choice) if len(known) == len(choices) else None
    return None


def _metadata(project: Project, annotation: Given) -> Iterator[Given]:
    for given in metadata(project, annotation):
        if (
            given.expression[0] == "call"
            and parts_of(given.expression[3])[-1:]
            and (parts_of(given.expression[3])[-1] in _METADATA)
        ):
            yield given
