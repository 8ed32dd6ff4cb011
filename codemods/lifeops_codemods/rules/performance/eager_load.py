"""Relationships that a response or a loop reads are loaded by the query.

Source: the LifeOps standard, review checklist, performance: "N+1 query prevention (use joinedload/selectinload)".

## Why

SQLAlchemy loads a relationship when it is first read. In a loop that is one more query for each row; under an async
session it is no query at all but a `MissingGreenlet` error, mostly while the response is being made, far from the
query that should have loaded it.

## Example

    stmt = select(Quest).where(Quest.done.is_(False))
    return (await db.scalars(stmt)).all()        # response_model=list[QuestRead], which has tags

## Use instead

    stmt = select(Quest).where(Quest.done.is_(False)).options(selectinload(Quest.tags))

## What it changes

Each query gets loaders for the relationships that are read of its instances: in the same function, in functions that
they are handed to, in properties of the model, and by the schemas that a response goes through, to the full depth.
Loaders that are there are continued, options that are there get more. `session.get` gets `options`, an object that is
fresh from `refresh` is refreshed once more with `attribute_names`. Each edit shows the way from the route to the read.

## What it leaves alone

Relationships that load with their owner (`lazy="selectin"`), that are no collections (`dynamic`, `write_only`) or stay
empty (`noload`); what `awaitable_attrs` or `refresh` load; queries of columns; single lazy loads of a sync session.

## When it refuses

Where the query is built by a library, serves several models, or has options that are not understood; where a commit
comes before the read and makes the instance forget what was loaded; where `session.get` may return an object that the
session holds already; where attributes are read by computed names or belong to a subclass; where they are read only for
some values of an attribute that other code sets, as for what was prefetched; where the loader needs an import that
would close a cycle; where a tree of rows is walked through and more is read on the way; where the query selects an
alias that has no name; where a caller of the query's function may give it another loader for the same relationship;
where a sync session would need more than eight loaders for one query.

## Clauses

find-loop, find-comprehension, find-length, find-truth-test, find-handed-on, find-recursion, find-property, find-dunder,
find-collection-replaced, find-response-model, find-return-annotation, find-model-validate, find-type-adapter,
find-list, find-generic, find-annotated, find-union, find-nested-schema, find-inheritance, find-field-alias,
find-excluded-field, find-computed-field, find-any-route, find-inherited-relationship, find-before-validator,
find-manual-construction, find-service-to-router, find-dependency, find-background, find-several-readers, query-execute,
query-scalars, query-scalar, query-stream, query-unique, query-steps, query-branches, query-conditional, query-entities,
query-aliased, query-join, query-returned, query-handed-on, query-repository, query-class-attribute,
query-type-parameter, query-constant, query-shared, query-union, query-dynamic, query-legacy, query-iterated,
query-session-get, query-sync, loaded-selectinload, loaded-joinedload, loaded-subqueryload, loaded-contains-eager,
loaded-immediateload, loaded-chain, loaded-wildcard, loaded-splatted, loaded-lazy-eager, loaded-awaitable-attrs,
loaded-refresh, loaded-raise, loaded-raiseload, loaded-noload, loaded-viewonly, loaded-dynamic, loaded-write-only,
loaded-backref, write-new-import, write-import-merged, write-nested-model-import, write-model-as-named, write-merge,
write-prefix-extended, write-chain, write-recursion, write-definition-order, write-line-of-its-own, write-wrapped,
write-beside-others, write-get-options, write-refresh, write-strategy-auto, refuse-library, refuse-getattr,
refuse-polymorphic, refuse-held, refuse-prefetched, refuse-no-hook, refuse-import-cycle, refuse-walk, refuse-alias,
refuse-another-loader, refuse-many, leave-no-read, leave-columns, leave-class-attribute, leave-other-objects,
leave-assigned, leave-fresh-append, leave-scalar-assigned, leave-parents, leave-forgotten, law-prove, law-whole-project,
law-bytes, law-comments, law-suppression
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from lifeops_codemods.operation import AppendCall, AppendItem, ImportName, InsertAfter, Operation, SetArgument, Span
from lifeops_codemods.project import Project
from lifeops_codemods.project.classes import ClassRef, definition
from lifeops_codemods.project.flow.frame import Trail
from lifeops_codemods.project.flow.values import Place
from lifeops_codemods.project.loader_chains import Chain, Disputed, Joined, Unnamed, Walked, chains
from lifeops_codemods.project.missing_loads import Doubt, Forgotten, Missing, Need, missing_loads
from lifeops_codemods.project.modules import External
from lifeops_codemods.project.names import Variable
from lifeops_codemods.project.other_loaders import strategies_at
from lifeops_codemods.project.query_hooks import Target, Unplaced, target_of
from lifeops_codemods.project.query_sites import statement_at
from lifeops_codemods.project.relationships import relationships
from lifeops_codemods.project.scopes import meant_at
from lifeops_codemods.project.trees import span_of
from lifeops_codemods.rule import Category, Edit, Effect, Finding, Reason, Rule, Severity

NAME = "eager-load"
_MANY = 8
"""More loaders than that are too many for one query, where a sync session loads what is read."""


class Strategy(StrEnum):
    """How what is missing is loaded."""

    SELECTIN = "selectinload"
    AUTO = "auto"


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """strategy: one loader for all, or `auto`: `joinedload` for a single object, `selectinload` for a collection."""

    strategy: Strategy = Strategy.SELECTIN


def check(project: Project, options: Options) -> Iterator[Edit | Finding]:
    """Load with each query what is read of its instances, or say why not."""
    answers = missing_loads(project)
    yield from _doubts(project, [answer for answer in answers if isinstance(answer, Doubt)])
    for answer in answers:
        match answer:
            case Missing():
                yield from _load(project, answer, options)
            case Forgotten():
                yield from _refresh(project, answer)


# -- queries


def _load(project: Project, missing: Missing, options: Options) -> Iterator[Edit | Finding]:
    target = target_of(project, missing)
    if isinstance(target, Unplaced):
        yield _finding(project, missing, missing.needs, target.reason, target.fix)
        return
    paths = [need.path for need in missing.needs]
    made = chains(
        project, target.site.path, missing.model, target.entity, paths, target.site.options,
        strategies_at(project, missing.site, missing.is_made_here), options.strategy.value,
    )  # fmt: skip
    for item in made:
        if isinstance(item, Joined):
            needs = [need for need in missing.needs if need.path == item.path]
            reason = "a join fills part of the way by contains_eager, which cannot be repeated here"
            yield _finding(project, missing, needs, reason, "continue the contains_eager option")
        if isinstance(item, Disputed):
            needs = [need for need in missing.needs if need.path == item.path]
            reason = "callers may give the query another loader for the same relationship, which is an error"
            yield _finding(project, missing, needs, reason, "say the loader once, where the others are said")
        if isinstance(item, Unnamed):
            needs = [need for need in missing.needs if need.path == item.path]
            other = definition(project, item.model).name
            reason = f"to name {other} here, its module would have to be imported, which imports this one"
            yield _finding(project, missing, needs, reason, f"import {other} where both modules can")
    if walked := {item.path for item in made if isinstance(item, Walked)}:
        needs = [need for need in missing.needs if need.path in walked]
        reason = "rows are walked through until nothing is left, and loaders go only so far"
        yield _finding(project, missing, needs, reason, "load the whole tree by one query of its own, and walk that")
    written = [item for item in made if isinstance(item, Chain)]
    if len(written) > _MANY and not missing.is_async:
        needs = [need for need in missing.needs if any(need.path == item.path for item in written)]
        reason = f"{len(written)} ways lead on from what it loads, and to load all of them each time may cost more"
        yield _finding(project, missing, needs, reason, "load what each reader needs by a query of its own")
    elif written:
        yield from _edits(project, missing, target, written)


def _edits(project: Project, missing: Missing, target: Target, written: list[Chain]) -> Iterator[Edit]:
    path, unit = target.site.path, f"{NAME}:{missing.site.path}:{missing.site.start}:{missing.position}"
    unit += f":{definition(project, missing.model).name}"
    name = definition(project, missing.model).name
    shown = [need for need in missing.needs if any(need.path == item.path for item in written)]
    message = f"load {_listed(name, (item.path for item in written))} with the query"
    why = _why(project, missing.model, missing.site, shown)
    operations = [*_operations(project, target, written), *_imports(project, target, written)]
    for operation in operations:
        yield Edit(rule=NAME, path=path, operation=operation, message=message, unit=unit, why=why)


def _operations(project: Project, target: Target, written: list[Chain]) -> Iterator[Operation]:
    site = target.site
    text = project.text(site.path)

    def at(span: Span) -> tuple[Span, str]:
        return span, text[span.start : span.end]

    fresh = [item.code for item in written if item.extends is None]
    for item in written:
        if item.extends is not None:
            span, expected = at(item.extends)
            yield AppendCall(span=span, expected=expected, call=item.code)
    if not fresh:
        return
    if target.method and target.items is not None:
        span, expected = at(target.items)
        yield InsertAfter(span=span, expected=expected, code=target.method.format(options=", ".join(fresh)))
        return
    holder = target.items or site.options_call or site.get_options
    if holder is not None:
        span, expected = at(holder)
        for code in fresh:
            yield AppendItem(span=span, expected=expected, code=code)
    elif target.is_get:
        span, expected = at(site.chain)
        yield SetArgument(span=span, expected=expected, name="options", value=f"[{', '.join(fresh)}]")
    else:
        span, expected = at(site.chain)
        yield AppendCall(span=span, expected=expected, call=f"options({', '.join(fresh)})")


def _imports(project: Project, target: Target, written: list[Chain]) -> Iterator[ImportName]:
    """What the file has to import; a function may have imports of its own."""
    empty = Span(0, 0)
    path, start = target.site.path, target.site.chain.start
    for loader in sorted({loader for item in written if item.extends is None for loader in item.loaders}):
        if External(f"sqlalchemy.orm.{loader}") not in meant_at(project, path, start, loader):
            yield ImportName(span=empty, expected="", module="sqlalchemy.orm", name=loader)
    for spelling in sorted({*target.imports, *(spelling for item in written for spelling in item.imports)}):
        meant = meant_at(project, path, start, spelling.name)
        if not any(isinstance(one, Variable) and one.path != path for one in meant):
            yield ImportName(span=empty, expected="", module=spelling.module, name=spelling.name)


# -- refreshed objects


def _refresh(project: Project, forgotten: Forgotten) -> Iterator[Edit | Finding]:
    """Refresh once more, by name; a refresh that names attributes gets more of them."""
    refresh = forgotten.refresh
    place = refresh.place
    node = statement_at(project, place)
    text = project.text(place.path)
    code = text[place.start : place.end]
    names = [need.path[0] for need in forgotten.needs]
    name = definition(project, forgotten.model).name
    unit = f"{NAME}:{place.path}:{place.start}:refresh"
    message = f"load {_listed(name, (need.path for need in forgotten.needs))} with the refreshed object"
    why = _why(project, forgotten.model, place, forgotten.needs)
    if node is None or refresh.target is None or refresh.names is not None:
        reason = "the refresh is not a statement of its own that can be repeated by name"
        fix = f"refresh with attribute_names={names}"
        yield _said(project, forgotten.model, place, forgotten.needs, reason, fix, Severity.ERROR)
        return
    span = Span(*span_of(project, place.path, node))
    statement = text[span.start : span.end]
    again = statement.replace(code, refresh.target.format(names=", ".join(f'"{item}"' for item in names)), 1)
    operation = InsertAfter(span=span, expected=statement, code=again)
    yield Edit(rule=NAME, path=place.path, operation=operation, message=message, unit=unit, why=why)


# -- findings


def _doubts(project: Project, doubts: list[Doubt]) -> Iterator[Finding]:
    """One finding for all that is doubted of a model at a place for the same reason."""
    alike: dict[tuple[Place, ClassRef, str, bool], list[Doubt]] = {}
    for doubt in doubts:
        alike.setdefault((doubt.place, doubt.model, doubt.reason, doubt.is_async), []).append(doubt)
    for (place, model, reason, is_async), found in alike.items():
        severity = Severity.ERROR if is_async else Severity.WARNING
        needs = {doubt.path: Need(doubt.path, doubt.trail) for doubt in reversed(found)}
        yield _said(project, model, place, [needs[path] for path in sorted(needs)], reason, found[0].fix, severity)


def _finding(project: Project, missing: Missing, needs: Iterable[Need], reason: str, fix: str) -> Finding:
    severity = Severity.ERROR if missing.is_async else Severity.WARNING
    return _said(project, missing.model, missing.site, tuple(needs), reason, fix, severity)


def _said(
    project: Project,
    model: ClassRef,
    place: Place,
    needs: Iterable[Need],
    reason: str,
    fix: str,
    severity: Severity,
) -> Finding:
    wanted = tuple(needs)
    name = definition(project, model).name
    return Finding(
        rule=NAME,
        path=place.path,
        span=Span(place.start, place.end),
        message=f"{_listed(name, (need.path for need in wanted))} is read and may not be loaded",
        reason=reason,
        fix=fix,
        severity=severity,
        why=_why(project, model, place, wanted),
    )


# -- words


def _listed(name: str, paths: Iterable[tuple[str, ...]]) -> str:
    return ", ".join(".".join((name, *path)) for path in paths)


def _why(project: Project, model: ClassRef, site: Place, needs: Iterable[Need]) -> tuple[Reason, ...]:
    """From the route, through the calls, to the query and to what is read; each place once."""
    found: dict[Reason, None] = {}
    for need in needs:
        found |= dict.fromkeys(_steps(need.trail))
        way = relationships(project, model).get(need.path[0]) if need.path else None
        if way is not None:
            name = definition(project, model).name
            found[Reason(way.path, Span(*way.span), f"{name}.{need.path[0]} loads when it is read")] = None
    query = Reason(site.path, Span(site.start, site.end), "the query")
    return (*found, query)


def _steps(trail: Trail) -> Iterator[Reason]:
    for step in reversed(trail):
        if step.place.end:
            yield Reason(step.place.path, Span(step.place.start, step.place.end), step.text)


RULE = Rule(
    name=NAME,
    category=Category.PERFORMANCE,
    effect=Effect.SAFE,
    severity=Severity.ERROR,
    summary="Relationships that a response or a loop reads are loaded by the query",
    documentation=__doc__,
    check=check,
    options=Options,
    after=("model-db-suffix",),
    option_help={"strategy": "the loader for what is missing; auto takes joinedload for a single object"},
)
