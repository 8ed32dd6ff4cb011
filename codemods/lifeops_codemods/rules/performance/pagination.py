"""Lists from the database are answered in pages.

Source: the LifeOps standard, review checklist, performance: "Pagination for list endpoints".

## Why

A list that grows with the table grows without an end: the query, the memory, the answer. The client that needs the
first twenty rows waits for all of them, and one day the endpoint does not answer any more.

## Example

    @router.get("/quests", response_model=list[QuestRead])
    async def list_quests(db: AsyncSession = Depends(get_db)):
        return await QuestService(db).all()

## Use instead

    @router.get("/quests", response_model=list[QuestRead])
    async def list_quests(
        skip: int = Query(0, ge=0, description="Number of items to skip"),
        limit: int = Query(100, ge=1, le=1000, description="Maximum number of items to return"),
        db: AsyncSession = Depends(get_db),
    ):
        return await QuestService(db).all(skip=skip, limit=limit)

## What it changes

A `GET` endpoint that answers with the rows of a query gets two parameters, and every function on the way to the query
takes them and hands them on by keyword. Their defaults are no offset and no limit, so every other caller still gets all
rows. Overrides, abstract methods, protocols and what tests put in their place change together. The parameters are those
that the project's endpoints have already (`limit` and `offset`, `page` and `size`), else `skip` and `limit`.

The query gets offset and limit behind its last clause, and an order: the primary key, if it has none. An order that may
leave two rows equal is followed by the primary key, since a database may give such rows in another order on each page,
so that one comes twice and another never; which rows come first does not change. A total that was `len(rows)` becomes a
count of the same query.

Clients that want everything get the first page now; each edit says so.

## What it leaves alone

Endpoints with pages, however they ask for them; lists that are not from the database; answers that are no list.

## When it refuses

Where rows are filtered, sorted, cut or summed up in Python after the query, or used for more than the answer: a page
would change more than the number of rows. For `DISTINCT`, `GROUP BY`, unions, raw SQL, and a limit of the query's own;
for joins that repeat rows which are put together afterwards; for a total whose query is in another function. Where a
name is taken, a decorator or a cache would not see the page, an override cannot be paged, the program calls the
endpoint as a function, or another endpoint beside it answers with the same list in pages.

## Clauses

find-direct, find-class, find-several-routes, find-nested, find-path-parameter, find-wrapped, find-wrapped-generic,
find-tuple, write-skip-limit, write-bounds, write-limit-offset, write-page-size, write-own-style, write-annotated,
write-default-style, write-annotated-if-called, write-before-dependencies, write-keyword-only, write-import-merged,
write-known-import, write-alias, option-limits, write-order, write-tie-break, write-unique-order, write-composite-key,
write-model-attribute, write-model-import, write-definition, query-steps, query-conditional-order, query-branches,
query-several, query-returned, query-handed-over, query-legacy, query-iterated, query-unique, query-joinedload,
query-columns, query-join, total-count, hand-on-comprehension, hand-on-loop, hand-on-each, hand-on-log, thread-service,
thread-repository, thread-function, thread-keyword, thread-other-callers, thread-generic, thread-override, thread-super,
thread-protocol, thread-abstract, thread-fake, thread-patched, thread-lambda, thread-pool, thread-existing,
write-optional, refuse-filtered, refuse-sorted, refuse-cut, refuse-aggregated, refuse-used, refuse-empty,
refuse-distinct, refuse-grouped, refuse-union, refuse-limit, refuse-join, refuse-two-lists, refuse-total, refuse-no-key,
refuse-library, refuse-name-taken, refuse-cached, refuse-decorator, refuse-dependency, refuse-chosen, refuse-override,
refuse-called, refuse-keywords, refuse-attribute, refuse-twin, refuse-whole, leave-paged, leave-paged-dependency,
leave-paged-library, leave-other-lists, leave-single, leave-other-methods, law-prove, law-bytes, law-comments,
write-wrapped, law-tests-follow, law-suppression
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from lifeops_codemods.contract.change import Change
from lifeops_codemods.operation import Span
from lifeops_codemods.project import Project
from lifeops_codemods.project.flow.engine import deep
from lifeops_codemods.project.flow.values import Place
from lifeops_codemods.project.functions import function
from lifeops_codemods.project.pages.inside import StoppedError
from lifeops_codemods.project.pages.lists import Listing, holder, is_paginated, listings, runs_queries, twin, whole_word
from lifeops_codemods.project.pages.paging import AlreadyPaged, Paging, paging, way
from lifeops_codemods.project.pages.style import Names, Style, names
from lifeops_codemods.rule import Category, Edit, Effect, Finding, Reason, Rule, Severity

NAME = "pagination"


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What clients say to get a page, how many items a page has by default, and at most."""

    style: Style = Style.AUTO
    default_limit: int = field(default=100, metadata={"minimum": 1})
    max_limit: int = field(default=1000, metadata={"minimum": 1})

    def __post_init__(self) -> None:
        if self.default_limit > self.max_limit:
            raise ValueError("default-limit must not be greater than max-limit")


def check(project: Project, options: Options) -> Iterator[Edit | Finding]:
    """Answer every list in pages, or say why not."""
    found = listings(project)
    if not found:
        return
    wanted = names(project, options.style, options.default_limit, options.max_limit)
    with deep():
        for listing in found:
            if not is_paginated(project, listing.endpoint):
                yield from _page(project, listing, wanted)


def _page(project: Project, listing: Listing, wanted: Names) -> Iterator[Edit | Finding]:
    try:
        made = paging(project, listing, wanted)
        _refuse_whole(project, listing)
    except AlreadyPaged:
        return
    except StoppedError as stopped:
        if stopped.from_query or (listing.declared and _is_of_database(project, listing, stopped)):
            yield _finding(project, listing, stopped)
        return
    yield from _edits(project, listing, made, wanted)
    for (path, span), name in made.expected.items():
        yield _expected(path, span, name, wanted)


def _is_of_database(project: Project, listing: Listing, stopped: StoppedError) -> bool:
    return stopped.from_relationship or runs_queries(project, holder(project, listing.endpoint))


def _refuse_whole(project: Project, listing: Listing) -> None:
    """A list stays whole that somebody wants so: it is an export, or there are pages of it beside it."""
    other = twin(project, listing)
    word = whole_word(project, listing)
    if other is not None:
        row = function(project, other.ref)
        place = Place(other.ref.path, row.start, row.start + len(row.name))
        reason = f"{row.name}() answers with the same list in pages"
        raise _stopped(place, reason, f"let clients ask for {other.title} instead, or page this one by hand")
    if word:
        row = function(project, listing.endpoint.ref)
        place = Place(listing.endpoint.ref.path, row.start, row.start + len(row.name))
        reason = f"it is called {word}, which is of use in one piece only"
        raise _stopped(place, reason, "stream it, or page it by hand if clients can put it together")


def _stopped(place: Place, reason: str, fix: str) -> StoppedError:
    stopped = StoppedError(place, reason, fix)
    stopped.from_query = True
    return stopped


def _edits(project: Project, listing: Listing, made: Paging, wanted: Names) -> Iterator[Edit]:
    title = listing.endpoint.title
    asked = " and ".join(one.name for one in wanted.asked)
    default = wanted.asked[-1 if wanted.asked[0].name != "limit" else 0].default
    seen = f"a list holds the first {default} items unless others are asked for by {asked}"
    why = tuple(_why(project, listing, made))
    for one in made.changes:
        yield Edit(
            rule=NAME,
            path=one.path,
            operation=one.operation,
            message=f"{title}: {one.message}",
            unit=f"{NAME}:{listing.endpoint.ref.path}:{function(project, listing.endpoint.ref).start}",
            effect=Effect.UNSAFE,
            why=why,
            clients_see=seen,
        )


def _why(project: Project, listing: Listing, made: Paging) -> Iterator[Reason]:
    path, row = listing.endpoint.ref.path, function(project, listing.endpoint.ref)
    yield Reason(path, Span(row.start, row.start + len(row.name)), f"{listing.endpoint.title} is a list")
    for place, text in way(project, made.steps):
        yield Reason(place.path, Span(place.start, place.end), text)
    for source in made.sources:
        place = source.inside.place(project, source.node)
        yield Reason(place.path, Span(place.start, place.end), "the query")


def _expected(path: str, span: Span, name: str, wanted: Names) -> Finding:
    """A test that says what a function is called with: it gets the page as well now."""
    added = " and ".join(one.name for one in wanted.added)
    return Finding(
        rule=NAME,
        path=path,
        span=span,
        message=f"a test says what {name}() is called with",
        reason=f"it gets {added} as well now, if this is the call that an endpoint makes",
        fix=f"expect {added} too",
        severity=Severity.WARNING,
    )


def _finding(project: Project, listing: Listing, stopped: StoppedError) -> Finding:
    row = function(project, listing.endpoint.ref)
    place = stopped.place
    return Finding(
        rule=NAME,
        path=listing.endpoint.ref.path,
        span=Span(row.start, row.start + len(row.name)),
        message=f"{listing.endpoint.title} answers with the whole list",
        reason=stopped.reason,
        fix=stopped.fix,
        severity=Severity.WARNING,
        why=(Reason(place.path, Span(place.start, place.end), stopped.reason),),
    )


RULE = Rule(
    name=NAME,
    category=Category.PERFORMANCE,
    effect=Effect.UNSAFE,
    severity=Severity.WARNING,
    summary="Lists from the database are answered in pages",
    documentation=__doc__,
    check=check,
    options=Options,
    contract=(Change.PARAMETER_ADDED, Change.RESPONSE_ADDED),
    after=("model-db-suffix", "eager-load"),
    option_help={
        "style": "what clients say to get a page; auto takes what the project's endpoints ask for already",
        "default_limit": "how many items a page has unless the client says so",
        "max_limit": "how many items a client can ask for at most",
    },
)
