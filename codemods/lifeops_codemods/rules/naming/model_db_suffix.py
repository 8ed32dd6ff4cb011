"""SQLAlchemy models are called `{Name}DB`.

Source: the LifeOps standard, naming conventions: "SQLAlchemy models: `{Name}DB` (e.g., `CharacterDB`)".

## Why

A model and the schemas of its domain live side by side. With the suffix a reader sees which of both a function takes,
and `Character` is free for the schema.

## Example

    class Character(Base):
        __tablename__ = "characters"

## Use instead

    class CharacterDB(Base):
        __tablename__ = "characters"

## What it changes

The class and every place that resolves to it, in the whole project: names, imports, re-exports, `__all__`, attributes
of modules, annotations and strings that are read as annotations, the strings that `relationship` evaluates, patched
paths in tests, roles and examples in docstrings. `CharacterModel` and `CharacterORM` become `CharacterDB` as well. A
table name that is computed from the class's name is written out, so that the database stays as it is; as `Any` where
it overrides a function, for the type checkers, and the module has that name.

## What it leaves alone

Mixins, abstract bases, enums, `Table` objects, schemas, names that are only spelled the same, aliases (`as`), names of
modules, and the models that an Alembic revision declares for itself.

## When it refuses

A rename is made in all places or in none. A model keeps its name, with a finding, where the new name is taken, where
the name is looked up or stored at run time, or where a file that mentions it cannot be read.

## Clauses

find-declarative-base, find-declarative-base-function, find-generate-base, find-registry-mapped, find-as-declarative,
find-mapped-as-dataclass, find-sqlmodel, find-third-party-base, find-through-chain, leave-mixins, leave-abstract-bases,
leave-enums, leave-tables; name-append, name-strip-suffix, name-configurable, name-kept, sqlmodel-effect; rename-class,
rename-scope, leave-shadowed, rename-imports, keep-alias, rename-reexports, rename-all, rename-star-import,
rename-attribute, rename-string-annotations, rename-mapped, relationship-target, relationship-secondary,
relationship-joins, relationship-order-by, relationship-foreign-keys, relationship-dotted-path, relationship-lambda,
rename-backref, leave-association-proxy, rename-type-checking, rename-match, rename-type-alias, rename-pep695,
rename-patched-paths, rename-migration-imports, rename-factories, library-names, rename-docs-roles, leave-equal-text,
leave-schemas, rename-explicit-reexport, keep-module-name, leave-revision-models; keep-table-name, refuse-table-name,
refuse-class-name; refuse-taken, refuse-broken-file, refuse-getattr, refuse-globals, refuse-class-registry,
refuse-keyword-lookup, refuse-client-names, refuse-pickled, one-unit; law-prove, law-whole-project, law-bytes, law-ruff,
law-comments, law-tests-follow, law-suppression
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from lifeops_codemods.operation import InsertFirst, Operation, ReplaceExpression, ReplaceName, Span
from lifeops_codemods.project import Project
from lifeops_codemods.project.api import shown_by_api
from lifeops_codemods.project.classes import definition
from lifeops_codemods.project.library_readers import Kept, library_reads
from lifeops_codemods.project.models import models
from lifeops_codemods.project.references import Obstacle, usages
from lifeops_codemods.project.renaming import Group, Pin, Renaming, clashes, pins, readers, unit_of
from lifeops_codemods.project.table_names import takes_any
from lifeops_codemods.rule import Category, Edit, Effect, Finding, Reason, Rule, Severity

NAME = "model-db-suffix"
SUFFIX = "DB"


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """strip_suffixes: endings that say no more than the new one. names: the new names of single models."""

    strip_suffixes: tuple[str, ...] = ("Model", "ORM")
    names: Mapping[str, str] = field(default_factory=dict)


def new_name(name: str, options: Options) -> str:
    """What a model called `name` is to be called; `name` itself where that is right already."""
    if name in options.names:
        return options.names[name]
    stem = name
    while ending := next((end for end in options.strip_suffixes if stem.endswith(end) and stem != end), ""):
        stem = stem.removesuffix(ending)
    return stem if stem.endswith(SUFFIX) else f"{stem}{SUFFIX}"


def check(project: Project, options: Options) -> Iterator[Edit | Finding]:
    """Rename each model and all that refers to it, or say why not."""
    wanted = [(model, new_name(model.name, options)) for model in models(project)]
    wanted = [(model, name) for model, name in wanted if name != model.name]
    found = usages(project, [model.variable for model, _ in wanted])
    renamings = [Renaming(model, name, found[model.variable]) for model, name in wanted]
    taken = clashes(project, renamings)
    refused: dict[Renaming, list[Obstacle]] = {}
    for group in pins(project, renamings):
        problems = _problems(project, group, taken)
        if problems:
            refused |= problems
        else:
            yield from _rename(project, group)
    yield from _refusals(refused)


def _problems(
    project: Project, group: Group, taken: Mapping[Renaming, list[Obstacle]]
) -> dict[Renaming, list[Obstacle]]:
    """What forbids the group, by the renaming that it concerns; the others of the group are refused with it."""
    own = {
        renaming: _distinct(
            *renaming.usage.obstacles.values(),
            *taken[renaming],
            *_name_is_read(project, renaming),
            *_library_reads(project, renaming)[0],
        )
        for renaming in group.renamings
    }
    if not any(own.values()) and not group.problems:
        return {}
    shared = [*group.problems, *(problem for problems in own.values() for problem in problems)]
    return {renaming: problems or shared for renaming, problems in own.items()}


def _distinct(*problems: Obstacle) -> list[Obstacle]:
    """The problems, one for each place."""
    return list({(problem.path, problem.start): problem for problem in reversed(problems)}.values())[::-1]


def _library_reads(project: Project, renaming: Renaming) -> tuple[tuple[Obstacle, ...], tuple[Kept, ...]]:
    return library_reads(project, renaming.model, renaming.usage, renaming.new)


def _name_is_read(project: Project, renaming: Renaming) -> Iterator[Obstacle]:
    """Places that do something with the class's name, other than to show it to people."""
    for reader in readers(project, renaming):
        compared = reader.literals and renaming.model.name not in reader.literals
        if not reader.shown and not compared:
            yield Obstacle(
                reader.path,
                *reader.span,
                "clients read the name of the class in this answer"
                if reader.answered
                else "the name of the class is read here and may be stored or compared",
                "write the text that is meant, then run again",
            )


# -- edits


def _rename(project: Project, group: Group) -> Iterator[Edit]:
    """All edits of the group, each place once; what clients see of one of them holds for all."""
    edits: dict[tuple[str, Operation], Edit] = {}
    named = (edit for renaming in group.renamings for edit in _names(project, renaming, group.unit))
    kept = (edit for renaming in group.renamings for edit in _kept(project, renaming, group.unit))
    for edit in (*named, *kept, *(_pin(project, pin, group.unit) for pin in group.pins)):
        known = edits.get((edit.path, edit.operation))
        if known is None or len(edit.why) < len(known.why):  # a definition explains itself
            edits[edit.path, edit.operation] = edit
    seen = "; ".join(filter(None, (_seen_by_clients(project, renaming) for renaming in group.renamings)))
    for edit in edits.values():
        yield replace(edit, effect=Effect.UNSAFE, clients_see=seen) if seen else edit


def _names(project: Project, renaming: Renaming, unit: str) -> Iterator[Edit]:
    old, new = renaming.model.name, renaming.new
    mapped = Reason(renaming.model.ref.path, renaming.span, f"{old} is a mapped class")
    home = (renaming.model.ref.path, renaming.model.start)
    for key, place in sorted(renaming.usage.references.items(), key=lambda item: (item[0] != home, item[0])):
        span = Span(place.start, place.start + place.length)
        yield Edit(
            rule=NAME,
            path=place.path,
            operation=ReplaceName(span=span, expected=project.text(place.path)[span.start : span.end], new=new),
            message=f"rename model {old} to {new}",
            unit=unit,
            why=(mapped,) if key == home else (mapped, Reason(place.path, span, f"{place.kind} that refers to it")),
        )


def _kept(project: Project, renaming: Renaming, unit: str) -> Iterator[Edit]:
    """What a library made of the old name, written down."""
    mapped = Reason(renaming.model.ref.path, renaming.span, f"{renaming.model.name} is a mapped class")
    for path, operation, message in _library_reads(project, renaming)[1]:
        yield Edit(rule=NAME, path=path, operation=operation, message=message, unit=unit, why=(mapped,))


def _seen_by_clients(project: Project, renaming: Renaming) -> str:
    """A table class of SQLModel is a schema too: where an endpoint shows it, the OpenAPI document has its name."""
    if renaming.model.sqlmodel and shown_by_api(project, renaming.model.variable, renaming.usage):
        return f"the schema {renaming.model.name} is called {renaming.new} in the OpenAPI document"
    return ""


def _pin(project: Project, pin: Pin, unit: str) -> Edit:
    row = definition(project, pin.ref)
    value = "None" if pin.table is None else f'"{pin.table}"'
    text = project.text(pin.ref.path)
    operation: Operation
    if pin.source.own is not None:
        operation = ReplaceExpression(
            span=pin.source.own, expected=text[pin.source.own.start : pin.source.own.end], code=value
        )
    else:
        span = Span(*row.definition)
        kind = ": Any" if pin.source.overrides and takes_any(project, pin.ref) else ""
        operation = InsertFirst(
            span=span, expected=text[span.start : span.end], code=f"__tablename__{kind} = {value}", set_off=True
        )
    return Edit(
        rule=NAME,
        path=pin.ref.path,
        operation=operation,
        message=f"keep the table name {pin.table} of {row.name}",
        unit=unit,
        why=(Reason(pin.source.path, pin.source.span, "the table's name is computed from the class's name"),),
    )


# -- findings


def _refusals(refused: Mapping[Renaming, list[Obstacle]]) -> Iterator[Finding]:
    """One finding at each model that keeps its name, and one at each place that is the reason."""
    places: dict[tuple[str, int], tuple[Obstacle, list[Renaming]]] = {}
    for renaming, problems in refused.items():
        first = problems[0]
        yield Finding(
            rule=NAME,
            path=renaming.model.ref.path,
            span=renaming.span,
            message=f"model {renaming.model.name} is not renamed to {renaming.new}",
            reason=first.reason,
            fix=first.fix or "rename it by hand",
            why=tuple(Reason(problem.path, Span(problem.start, problem.end), problem.reason) for problem in problems),
            severity=Severity.INFO,
            unit=unit_of(renaming),
        )
        for problem in problems:
            places.setdefault((problem.path, problem.start), (problem, []))[1].append(renaming)
    homes = {(renaming.model.ref.path, renaming.model.start) for renaming in refused}
    for key, (problem, renamings) in places.items():
        if key not in homes:
            yield _place(problem, renamings)


def _place(problem: Obstacle, renamings: list[Renaming]) -> Finding:
    names = [f"{renaming.model.name} ({renaming.new})" for renaming in renamings]
    listed = ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
    return Finding(
        rule=NAME,
        path=problem.path,
        span=Span(problem.start, problem.end),
        message=f"keeps from renaming {listed}",
        reason=problem.reason,
        fix=problem.fix or "rename it by hand",
        severity=Severity.INFO,
        why=tuple(Reason(item.model.ref.path, item.span, f"{item.model.name} is a mapped class") for item in renamings),
    )


RULE = Rule(
    name=NAME,
    category=Category.NAMING,
    effect=Effect.SAFE,
    severity=Severity.INFO,
    summary="SQLAlchemy models are called {Name}DB, wherever they are named",
    documentation=__doc__,
    check=check,
    options=Options,
    option_help={
        "strip_suffixes": "endings that the new one takes the place of",
        "names": "new names of single models, by their old ones",
    },
)
