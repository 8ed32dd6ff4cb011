"""One class of exceptions, one status: the edits and findings for all endpoints, for rules that differ in these two."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from lifeops_codemods.operation import Operation, Span
from lifeops_codemods.project import Project
from lifeops_codemods.project.answers.answer import How
from lifeops_codemods.project.answers.conversion import Change, Refused, arriving, judged
from lifeops_codemods.project.answers.documented import documented
from lifeops_codemods.project.answers.endpoints import Endpoint, direct_calls, endpoints, is_page
from lifeops_codemods.project.answers.explaining import (
    REFUSED,
    TROUBLE,
    chains,
    endpoint_reason,
    told_before,
    why_changed,
)
from lifeops_codemods.project.answers.following import Expecting, Followed, following
from lifeops_codemods.project.answers.handlers import Handler, handlers
from lifeops_codemods.project.answers.sites import Site, Trouble, sites
from lifeops_codemods.project.answers.writing import (
    Unwritable,
    Wording,
    changed_handler,
    guarded_site,
    raised_instead,
)
from lifeops_codemods.project.exceptions.heads import head_of
from lifeops_codemods.project.exceptions.kinds import Kind, name_of
from lifeops_codemods.project.exceptions.leaving import Items
from lifeops_codemods.project.functions import function
from lifeops_codemods.project.trees import span_of
from lifeops_codemods.rule import Edit, Effect, Finding, Reason


class Migration(NamedTuple):
    """What a rule wants: for which exceptions, which status, with which text. `words` gives the text of an answer.

    converts: whether handlers that are there are converted.
    """

    rule: str
    wanted: Kind
    code: int
    words: Callable[[Project, Endpoint, Items], str | None]
    convert_4xx: bool
    converts: bool = True

    @property
    def name(self) -> str:
        """The class's own name."""
        return str(self.wanted).rpartition(".")[2]


def migrated(project: Project, migration: Migration) -> Iterator[Edit | Finding]:
    """All edits and findings."""
    for endpoint in endpoints(project):
        for handler in handlers(project, endpoint.ref) if migration.converts else ():
            yield from _handler(project, migration, endpoint, handler)
        for site in sites(project, endpoint.ref, migration.wanted):
            shown = site._replace(trouble=Trouble.PAGE) if is_page(project, endpoint) else site
            yield from _site(project, migration, endpoint, shown)


# -- handlers that are there


def _handler(project: Project, migration: Migration, endpoint: Endpoint, handler: Handler) -> Iterator[Edit | Finding]:
    verdict = judged(
        project, endpoint.ref, handler, migration.wanted, migration.code, convert_4xx=migration.convert_4xx
    )
    if verdict is None:
        return
    if isinstance(verdict, Refused):
        reason, fix = REFUSED[verdict]
        yield _handler_finding(project, migration, endpoint, handler, reason, fix)
        return
    why = why_changed(project, endpoint, verdict, migration.wanted)
    wording = Wording(
        migration.name, migration.code, migration.words(project, endpoint, arriving(project, endpoint.ref, handler))
    )
    operations = changed_handler(project, endpoint.ref, verdict, wording)
    if isinstance(operations, Unwritable):
        yield _handler_finding(project, migration, endpoint, handler, operations.reason, _by_hand(migration))
        return
    outcome = Outcome(_message(migration, verdict), why, _seen(migration, verdict), _before(verdict))
    yield from edits(project, migration, endpoint, operations, outcome)


def _before(change: Change) -> int | None:
    if change.answer.how is How.RERAISED:
        return 500
    return change.answer.code if change.answer.code is not None and change.answer.code >= 400 else None


def _message(migration: Migration, change: Change) -> str:
    return f"answer {migration.code} for a {migration.name}, not {told_before(change.answer)}"


def _seen(migration: Migration, change: Change) -> str:
    return f"the answer for a {migration.name} is {migration.code} instead of {told_before(change.answer)}"


def _by_hand(migration: Migration) -> str:
    return f"raise HTTPException with status {migration.code} by hand"


def _handler_finding(
    project: Project, migration: Migration, endpoint: Endpoint, handler: Handler, reason: str, fix: str
) -> Finding:
    name = function(project, endpoint.ref).name
    return Finding(
        rule=migration.rule,
        path=endpoint.ref.path,
        span=Span(*head_of(project, endpoint.ref.path, handler.clause)),
        message=f"the handler of {migration.name} in {name} does not answer {migration.code}",
        reason=reason,
        fix=fix,
        why=(endpoint_reason(project, endpoint),),
    )


# -- handlers that are missing


def _site(project: Project, migration: Migration, endpoint: Endpoint, site: Site) -> Iterator[Edit | Finding]:
    why = (endpoint_reason(project, endpoint), *chains(project, site.proven))
    if site.trouble is not None:
        reason, fix = TROUBLE[site.trouble]
        yield _site_finding(project, migration, endpoint, site, why, reason, fix)
        return
    callers = direct_calls(project, endpoint.ref)
    if callers:
        places = tuple(
            Reason(one.path, Span(one.start, one.end), "calls the endpoint as a function") for one in callers
        )
        reason = "the endpoint is called as a function too, and its caller would get an HTTPException"
        fix = "move what both need into a function of its own"
        yield _site_finding(project, migration, endpoint, site, (*why, *places), reason, fix)
        return
    wording = Wording(migration.wanted, migration.code, migration.words(project, endpoint, site.proven))
    write = raised_instead if site.direct else guarded_site
    operations = write(project, endpoint.ref, site, wording)
    if isinstance(operations, Unwritable):
        yield _site_finding(project, migration, endpoint, site, why, operations.reason, _by_hand(migration))
        return
    named = " and ".join(sorted({name_of(project, item.kind) for item in site.proven}))
    message = f"answer {migration.code} where {named} is raised and nobody catches it"
    seen = f"the answer for a {migration.name} is {migration.code} instead of 500"
    yield from edits(project, migration, endpoint, operations, Outcome(message, why, seen, 500))


def _site_finding(
    project: Project,
    migration: Migration,
    endpoint: Endpoint,
    site: Site,
    why: tuple[Reason, ...],
    reason: str,
    fix: str,
) -> Finding:
    return Finding(
        rule=migration.rule,
        path=endpoint.ref.path,
        span=_head_span(project, endpoint.ref.path, site.statements[0]),
        message=f"a {migration.name} leaves {function(project, endpoint.ref).name} and is answered 500",
        reason=reason,
        fix=fix,
        why=why,
    )


def _head_span(project: Project, path: str, statement: ast.stmt) -> Span:
    """A statement up to where its first block begins, so that a finding points at a line."""
    start, end = span_of(project, path, statement)
    body = getattr(statement, "body", None)
    return Span(start, min(end, span_of(project, path, body[0])[0] - 1) if isinstance(body, list) and body else end)


# -- edits


class Outcome(NamedTuple):
    """What the edits of one answer have in common. before: the status of today, None for a success."""

    message: str
    why: tuple[Reason, ...]
    seen: str
    before: int | None


def edits(
    project: Project, migration: Migration, endpoint: Endpoint, operations: Sequence[Operation], outcome: Outcome
) -> Iterator[Edit | Finding]:
    """One unit: all operations that make one answer right, in the endpoint and in the tests that expect the old one."""
    place = min(operation.span.start for operation in operations if operation.expected)
    unit = f"{migration.rule}:{endpoint.ref.path}:{place}"

    def edit(path: str, operation: Operation, message: str) -> Edit:
        return Edit(
            rule=migration.rule,
            path=path,
            operation=operation,
            message=message,
            unit=unit,
            effect=Effect.UNSAFE,
            why=outcome.why,
            clients_see=outcome.seen,
        )

    for operation in operations:
        yield edit(endpoint.ref.path, operation, outcome.message)
    for entry in documented(project, endpoint, migration.code):
        if entry.operation is not None:
            yield edit(entry.path, entry.operation, f"document that the endpoint answers {migration.code}")
    for one in following(project, endpoint, migration.name, outcome.before, migration.code):
        if isinstance(one, Followed):
            yield edit(one.path, one.operation, f"expect {migration.code}, which the endpoint answers now")
        else:
            yield _expecting(migration, one, outcome)


def _expecting(migration: Migration, one: Expecting, outcome: Outcome) -> Finding:
    return Finding(
        rule=migration.rule,
        path=one.path,
        span=Span(one.start, one.end),
        message=f"a test may expect what is answered {migration.code} now",
        reason=one.reason,
        fix=f"expect {migration.code} if it is",
        why=outcome.why,
    )
