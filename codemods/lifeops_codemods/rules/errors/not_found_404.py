"""A `KeyError`, or None where something was asked for, becomes 404.

Source: the LifeOps standard, review checklist: "ValueError → 400, KeyError/None → 404".

## Why

What is not there is no fault of the server's, and no success either. Without an answer for it the client gets 500, or
200 with `null` or with an error that only people can read.

## Example

    @router.get("/{character_id}", response_model=CharacterResponse)
    async def get_character(character_id: int, db: AsyncSession = Depends(get_db)):
        return await CharacterService(db).get(character_id)

## Use instead

    @router.get("/{character_id}", response_model=CharacterResponse)
    async def get_character(character_id: int, db: AsyncSession = Depends(get_db)):
        character = await CharacterService(db).get(character_id)
        if character is None:
            raise HTTPException(status_code=404, detail="Character not found")
        return character

## What it changes

An endpoint that returns what a service or a query may not find, as a response that may not be null, gets the condition.
An existing condition that returns None or an error raises instead. A handler of `KeyError` that answers anything else
raises `HTTPException(status_code=404)` with a text of its own, since `str(KeyError)` is only the quoted key; its other
statements stay. An endpoint from which a `KeyError` can be shown to leave, or SQLAlchemy's `NoResultFound` for a key
that the client sent, gets a `try` around exactly the calls that can raise.

Effect: unsafe. Clients get another status.

## What it leaves alone

Responses that may be null by their declaration, handlers that go on, those that answer 404 in any form, what a
decorator or an exception handler of the application answers, endpoints that answer nothing where there is nothing to
do, plain values (`str | None`), and what the endpoint itself has made a line above.

## When it refuses

A status that says something else on purpose (unless `convert-4xx` is set), a `KeyError` that may be about a field which
the client left out, bodies that tell more than a text, pages and redirects, generators, a `try` around that would
swallow the answer, and calls in the head of a block. None from what makes something, or in place of a list.

## Clauses

key-error-handler, own-text, leave-going-on, none-annotated, none-queried, non-optional, guard-none, guard-error,
missing-handler, leave-404, refuse-4xx, refuse-fields, handled-elsewhere, subject, responses-documented; law-prove,
law-bytes, law-imports, law-comments, law-tests-follow, law-suppression
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lifeops_codemods.contract.change import Change
from lifeops_codemods.operation import Span
from lifeops_codemods.project import Project
from lifeops_codemods.project.answers.absence import Doubt
from lifeops_codemods.project.answers.conditions import conditioned
from lifeops_codemods.project.answers.conversion import Refused, says_more
from lifeops_codemods.project.answers.endpoints import Endpoint, endpoints, is_page
from lifeops_codemods.project.answers.explaining import REFUSED, endpoint_reason
from lifeops_codemods.project.answers.migration import Migration, Outcome, edits, migrated
from lifeops_codemods.project.answers.missing import Missing, Where, missing
from lifeops_codemods.project.answers.subjects import not_found, subject_of
from lifeops_codemods.project.answers.writing import Unwritable
from lifeops_codemods.project.exceptions.kinds import KEY_ERROR, NO_RESULT
from lifeops_codemods.project.exceptions.leaving import Items
from lifeops_codemods.project.functions import function
from lifeops_codemods.project.trees import span_of
from lifeops_codemods.rule import Category, Edit, Effect, Finding, Reason, Rule, Severity

NAME = "not-found-404"

_DOUBTS = {Doubt.MADE: Refused.MADE, Doubt.LIST: Refused.LIST}


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """convert_4xx: also convert handlers that answer with another status of the client's."""

    convert_4xx: bool = False


def check(project: Project, options: Options) -> Iterator[Edit | Finding]:
    """Let everything that is not found be answered 404."""
    migration = Migration(NAME, KEY_ERROR, 404, _words, options.convert_4xx)
    yield from migrated(project, migration)
    yield from migrated(project, migration._replace(wanted=NO_RESULT, converts=False))
    for endpoint in endpoints(project):
        for place in missing(project, endpoint):
            yield from _missing(project, migration, endpoint, place)


def _words(project: Project, endpoint: Endpoint, items: Items) -> str | None:
    return not_found(subject_of(project, endpoint.routes, items))


def _missing(project: Project, migration: Migration, endpoint: Endpoint, place: Missing) -> Iterator[Edit | Finding]:
    why = (
        endpoint_reason(project, endpoint),
        *(Reason(one.path, Span(one.start, one.end), f"this {one.text}") for one in place.absence.places),
    )
    refused = _refused(project, endpoint, place)
    if refused is not None:
        yield _finding(project, endpoint, place, why, *REFUSED[refused])
        return
    operations = conditioned(project, endpoint, place)
    if isinstance(operations, Unwritable):
        fix = "look at the value before it is answered, and raise HTTPException with status 404"
        yield _finding(project, endpoint, place, why, operations.reason, fix)
        return
    before = _answered_today(place)
    message = f"answer 404 where there is none, not {before}"
    seen = f"the answer is 404 instead of {before} where there is none"
    outcome = Outcome(message, why, seen, None if place.where is Where.GUARD else 500)
    yield from edits(project, migration, endpoint, operations, outcome)


def _refused(project: Project, endpoint: Endpoint, place: Missing) -> Refused | None:
    if is_page(project, endpoint):
        return Refused.PAGE
    if place.swallowed:
        return Refused.SWALLOWED
    if place.absence.doubt is not None:
        return _DOUBTS[place.absence.doubt]
    return Refused.RICH_BODY if place.answer is not None and says_more(place.answer) else None


def _answered_today(place: Missing) -> str:
    if place.where is not Where.GUARD or place.answer is None:
        return "500 or null"
    return "null" if place.answer.text is None else "an error as a success"


def _finding(
    project: Project, endpoint: Endpoint, place: Missing, why: tuple[Reason, ...], reason: str, fix: str
) -> Finding:
    return Finding(
        rule=NAME,
        path=endpoint.ref.path,
        span=Span(*span_of(project, endpoint.ref.path, place.statement)),
        message=f"{function(project, endpoint.ref).name} does not answer 404 where there is none",
        reason=reason,
        fix=fix,
        why=why,
    )


RULE = Rule(
    name=NAME,
    category=Category.ERRORS,
    effect=Effect.UNSAFE,
    severity=Severity.WARNING,
    summary="What is not found is answered 404: a KeyError, or None from a service or a query",
    documentation=__doc__,
    check=check,
    options=Options,
    option_help={"convert_4xx": "convert handlers that answer 400, 401, 403, 409 and the like as well"},
    contract=(Change.RESPONSE_ADDED,),
)
