"""What a project itself says a parameter is: the description of a field or a column of the same name.

Only what the endpoint is about counts: the schemas of its answer and of its body, and the models called like them. The
field must be of the parameter's type, else the two only share a name.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from lifeops_codemods.facts.expressions import parts as parts_of
from lifeops_codemods.facts.model import Binding
from lifeops_codemods.project import Project, question
from lifeops_codemods.project.annotations import metadata
from lifeops_codemods.project.answers.subjects import subject_of_class
from lifeops_codemods.project.classes import ClassRef, ancestors, definition, own_bindings
from lifeops_codemods.project.constants import Given, constant_text
from lifeops_codemods.project.models import model_of, models
from lifeops_codemods.project.parameters import Source, endpoint_parameters
from lifeops_codemods.project.routes import Route
from lifeops_codemods.project.schema_config import is_foreign
from lifeops_codemods.project.schema_fields import SchemaField, fields
from lifeops_codemods.project.schemas import schema_kind
from lifeops_codemods.project.serialisation import response_type
from lifeops_codemods.project.signatures.known_names import Company, in_words, known_text
from lifeops_codemods.project.signatures.requested import Requested, Signature, known_path
from lifeops_codemods.project.types import NONE, UNKNOWN, Instance, Type, alternatives, annotated, without_none

_COLUMNS = frozenset({"Column", "mapped_column"})
_SQL_TYPES = {
    "Integer": "builtins.int", "BigInteger": "builtins.int", "SmallInteger": "builtins.int", "String": "builtins.str",
    "Text": "builtins.str", "Unicode": "builtins.str", "UnicodeText": "builtins.str", "Boolean": "builtins.bool",
    "Float": "builtins.float", "DateTime": "datetime.datetime", "Date": "datetime.date", "UUID": "uuid.UUID",
    "Uuid": "uuid.UUID", "Numeric": "decimal.Decimal",
}  # fmt: skip
_COLLECTIONS = frozenset(
    {"builtins.list", "builtins.set", "builtins.frozenset", "builtins.tuple", "collections.abc.Sequence"}
)
_SCALARS = frozenset({*_SQL_TYPES.values(), "builtins.bytes", "datetime.time", "datetime.timedelta"})
_ITEMS = frozenset({"items", "results", "data", "records", "entries", "objects", "rows", "content", "values"})
"""What the list of a page is called. Other schemas within a schema have fields of their own meaning."""


class Said(NamedTuple):
    """A text, and where the project says it: the place and the class; both None for a text that everybody knows."""

    text: str
    given: Given | None = None
    holder: ClassRef | None = None


def described(project: Project, signature: Signature, one: Requested, own: Mapping[str, str]) -> Said | None:
    """What a parameter is for; own: texts of the project's configuration. None where nothing or several things are."""
    if one.shown in own:
        return Said(own[one.shown])
    kind = _type_of(one)
    found = [_by_field(project, route, one, kind) for route in signature.routes]
    texts = {said.text for said in found if said is not None}
    if texts:
        return next(said for said in found if said is not None) if len(texts) == 1 and None not in found else None
    known = {
        known_text(one.shown, kind, _company(project, signature, route), one.source is Source.PATH)
        for route in signature.routes
    }
    if not signature.is_endpoint:
        known.discard(None)  # where it is not about a list, the same function has the same parameters
    text = known.pop() if len(known) == 1 else None
    return None if text is None else Said(text)


def _type_of(one: Requested) -> Type:
    """The type of a parameter; that of its default where it has no annotation."""
    row = one.taken.parameter
    if row.annotation is not None or row.default is None:
        return one.taken.type
    match row.default:
        case ("constant", _, _, bool()):
            return Instance("builtins.bool")
        case ("constant", _, _, int()):
            return Instance("builtins.int")
        case ("string", *_):
            return Instance("builtins.str")
    return one.taken.type


def _company(project: Project, signature: Signature, route: Route) -> Company:
    beside = frozenset(in_words(one.shown) for one in signature.requested)
    many = route.methods <= {"GET", "HEAD"} and may_be_many(project, route)
    return Company(known_path(project, route), nouns(project), beside, many)


def _by_field(project: Project, route: Route, one: Requested, kind: Type) -> Said | None:
    wanted = _bare(kind)
    if wanted is None:
        return None
    schemas = schemas_of(project, route, one.source is Source.QUERY)
    for subjects in (schemas, _models_like(project, schemas)):
        found = [said for ref in subjects if (said := _said_by(project, ref, one.shown, wanted)) is not None]
        texts = {said.text for said in found}
        if texts:
            return found[0] if len(texts) == 1 else None
    return None


@question
def schemas_of(project: Project, route: Route, with_body: bool) -> tuple[ClassRef, ...]:
    """The schemas that an endpoint answers with, items of lists and pages included, and then those that it takes.

    What a body says of a name that is in the path too may be about another value, that it is to have.
    """
    kinds = [response_type(project, route) or UNKNOWN]
    if with_body:
        kinds += [one.type for one in endpoint_parameters(project, route) if one.source is Source.BODY]
    return tuple(dict.fromkeys(ref for kind in kinds for ref in _schemas_in(project, kind, 2)))


def _schemas_in(project: Project, kind: Type, depth: int) -> Iterator[ClassRef]:
    for one in alternatives(kind):
        if not isinstance(one, Instance):
            continue
        if isinstance(one.of, ClassRef) and schema_kind(project, one.of) is not None:
            yield one.of
            for field in fields(project, one.of) if depth else ():
                if field.name in _ITEMS and _is_collection(field.type):
                    yield from _schemas_in(project, field.type, depth - 1)
        for argument in one.arguments:
            yield from _schemas_in(project, argument, depth)


def may_be_many(project: Project, route: Route) -> bool:
    """Whether an endpoint may answer a list, by itself or in a field: unless its answer is known to have none."""
    kind = response_type(project, route)
    return kind is None or any(_may_hold_many(project, one, 2) for one in alternatives(kind))


def _may_hold_many(project: Project, kind: Type, depth: int) -> bool:
    if not isinstance(kind, Instance):
        return kind != NONE
    if isinstance(kind.of, str):
        return kind.of not in _SCALARS
    inner = [one for field in fields(project, kind.of) for one in alternatives(field.type)]
    foreign = any(is_foreign(one) for one in ancestors(project, kind.of))
    return bool(kind.arguments) or foreign or not depth or any(_may_hold_many(project, one, depth - 1) for one in inner)


def _is_collection(kind: Type) -> bool:
    return any(isinstance(one, Instance) and one.of in _COLLECTIONS for one in alternatives(kind))


@question
def nouns(project: Project) -> frozenset[str]:
    """What the project has models for: `journal entry`."""
    return frozenset(_models_by_subject(project)) - {""}


def _models_like(project: Project, schemas: tuple[ClassRef, ...]) -> tuple[ClassRef, ...]:
    names = {subject_of_class(definition(project, ref).name).lower() for ref in schemas} - {""}
    by_subject = _models_by_subject(project)
    return tuple(sorted(ref for name in names for ref in by_subject.get(name, ())))


@question
def _models_by_subject(project: Project) -> dict[str, tuple[ClassRef, ...]]:
    found: dict[str, tuple[ClassRef, ...]] = {}
    for model in models(project):
        subject = subject_of_class(model.name).lower()
        found[subject] = (*found.get(subject, ()), model.ref)
    return found


def _said_by(project: Project, ref: ClassRef, name: str, wanted: Type) -> Said | None:
    if model_of(project, ref) is not None and schema_kind(project, ref) is None:
        return _said_by_column(project, ref, name, wanted)
    for field in fields(project, ref):
        if field.name == name and _bare(field.type) == wanted:
            given = _keyword(project, field, "description")
            text = constant_text(project, given)
            return Said(text, given, ref) if given is not None and text else None
    return None


def _keyword(project: Project, field: SchemaField, name: str) -> Given | None:
    """What a `Field(…)` says under a keyword, in the annotation or as the default."""
    for given in (*metadata(project, field.annotation), field.default):
        if given is not None and given.expression[0] == "call" and parts_of(given.expression[3])[-1:] == ("Field",):
            for keyword, value in given.expression[5]:
                if keyword == name:
                    return given._replace(expression=value)
    return None


def _said_by_column(project: Project, ref: ClassRef, name: str, wanted: Type) -> Said | None:
    for item in (ref, *ancestors(project, ref)):
        if isinstance(item, ClassRef):
            for row in own_bindings(project, item, name):
                scope = definition(project, item).own
                if row.value is not None and _column_type(project, item, row) == wanted:
                    for keyword, value in row.value[5]:
                        given = Given(item.path, scope, value)
                        text = constant_text(project, given) if keyword in {"comment", "doc"} else None
                        if text:
                            return Said(text, given, item)
                return None
    return None


def _column_type(project: Project, ref: ClassRef, row: Binding) -> Type | None:
    """The plain type that a column holds, by its annotation or its type of SQLAlchemy."""
    value = row.value
    if value is None or value[0] != "call" or parts_of(value[3])[-1:] == () or parts_of(value[3])[-1] not in _COLUMNS:
        return None
    if row.annotation is not None:
        kind = annotated(project, ref.path, definition(project, ref).own, row.annotation, row.start)
        inner = [one.arguments[0] for one in alternatives(kind) if isinstance(one, Instance) and one.arguments]
        return _bare(inner[0]) if len(inner) == 1 else None
    for argument in value[4]:
        named = parts_of(argument[3] if argument[0] == "call" else argument)
        if named and named[-1] in _SQL_TYPES:
            return Instance(_SQL_TYPES[named[-1]])
    return None


def _bare(kind: Type) -> Type | None:
    """A type without None; the item of a list of values to choose from. None where it is not known."""
    found = without_none(kind)
    if isinstance(found, Instance) and found.of in _COLLECTIONS and len(found.arguments) == 1:
        found = found.arguments[0]
    return found if isinstance(found, Instance) else None
