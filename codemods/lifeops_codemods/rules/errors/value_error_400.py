"""A `ValueError` becomes 400.

Source: the LifeOps standard, review checklist: "ValueError → 400, KeyError/None → 404", and its router endpoint.

## Why

A service says with `ValueError` that what the client asked for cannot be. Nobody catches it: the client gets 500, and
somebody is woken up. It is caught and answered as a success: the client never learns of it.

## Example

    @router.post("", status_code=201)
    async def create_item(data: ItemCreate, db: AsyncSession = Depends(get_db)):
        return await ItemService(db).create(data)

## Use instead

    @router.post("", status_code=201)
    async def create_item(data: ItemCreate, db: AsyncSession = Depends(get_db)):
        try:
            return await ItemService(db).create(data)
        except ValueError as e:
            raise HTTPException(status_code=400, detail=str(e))

## What it changes

A handler of `ValueError` in an endpoint that answers anything else raises `HTTPException(status_code=400)`; its
logging, its rollback and its other statements stay. Where it raises `HTTPException` with 422 or 5xx already, only the
status changes. An endpoint from which a `ValueError` can be shown to leave gets a `try` around exactly the calls that
can raise; the chain from the route to the `raise` is the edit's why.

Effect: unsafe. Clients get another status.

## What it leaves alone

Handlers that go on (a fallback, `continue`, another lookup), handlers that answer 400 in any form, endpoints under a
decorator or an exception handler of the application that answers for `ValueError`, and subclasses with an answer of
their own. An `except Exception` around the call is an answer too, whatever its status. And what only the program can
be at fault for: a `ValueError` that depends on nothing but constants and settings, that no argument of the caller can
bring about, that a helper raises for a value of the wrong type or for None, or that is marked `# pragma: no cover`.

## When it refuses

A status that says something else on purpose (unless `convert-4xx` is set), bodies that tell more than a text, pages and
redirects, generators, clauses that catch what is no fault of the client's, a `try` around that would swallow the
answer, and calls in the head of a block. A new `try` that would catch pydantic's `ValidationError` about the project's
own data, which is a `ValueError` and no fault of the client's. A `ValueError` about a value that the project stores. A
decorator that runs the endpoint in a way that cannot be followed.

## Clauses

convert-handler, convert-status, keep-detail, returned-body, fall-through, bare-reraise, keep-statements, say-rollback,
own-data, leave-going-on, leave-400, refuse-streams, refuse-pages, refuse-4xx, convert-4xx, handled-elsewhere,
missing-handler, minus-caught, exact-calls, tuple-of-classes, beside-handlers, broader-first, else-finally, nested-try,
http-exception-inside, subclasses, chain-b904, name-exception; faults, request-values, responses-documented; law-prove,
law-bytes, law-imports, law-comments, law-tests-follow, law-suppression
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lifeops_codemods.contract.change import Change
from lifeops_codemods.project import Project
from lifeops_codemods.project.answers.endpoints import Endpoint
from lifeops_codemods.project.answers.migration import Migration, migrated
from lifeops_codemods.project.exceptions.kinds import VALUE_ERROR
from lifeops_codemods.project.exceptions.leaving import Items
from lifeops_codemods.rule import Category, Edit, Effect, Finding, Rule, Severity

NAME = "value-error-400"


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """convert_4xx: also convert handlers that answer with another status of the client's."""

    convert_4xx: bool = False


def check(project: Project, options: Options) -> Iterator[Edit | Finding]:
    """Let every ValueError that an endpoint can raise be answered 400."""
    yield from migrated(project, Migration(NAME, VALUE_ERROR, 400, _words, options.convert_4xx))


def _words(project: Project, endpoint: Endpoint, items: Items) -> str | None:
    """The text of the answer is that of the exception."""
    return None


RULE = Rule(
    name=NAME,
    category=Category.ERRORS,
    effect=Effect.UNSAFE,
    severity=Severity.WARNING,
    summary="A ValueError is answered 400, and never 500 or a success",
    documentation=__doc__,
    check=check,
    options=Options,
    option_help={"convert_4xx": "convert handlers that answer 401, 403, 404, 409 and the like as well"},
    contract=(Change.RESPONSE_ADDED,),
)
