"""Integer ids in a path have bounds.

Source: the LifeOps standard, review checklist: "Path params validated where needed".

## Why

No row has the id 0 or -1. Without bounds such a request goes all the way to the database to find nothing there, and the
document does not say what an id is.

## Example

    @router.get("/{item_id}")
    async def get_item(item_id: int, db: AsyncSession = Depends(get_db)):
        ...

## Use instead

    @router.get("/{item_id}")
    async def get_item(
        item_id: int = Path(ge=1, description="ID of the item"), db: AsyncSession = Depends(get_db)
    ):
        ...

## What it changes

With `edit = true` in the configuration, a parameter of the path that is an `int` and is called like an id gets `ge=1`,
in the style of its file, and a description where it has none and one is known. Without it there is a finding for each
endpoint: whether ids begin at 1 is not written in the code.

Effect: unsafe. An id below 1 is answered 422 instead of what it is answered today.

## What it leaves alone

Parameters with a bound (`ge`, `gt`, `le`, `lt`, `PositiveInt`, a validator), texts and UUIDs, numbers that are no ids
(`year`, `page`), parameters of the query.

## When it refuses

Whatever stands in the way of writing a `Path(…)`: one that is made elsewhere, arguments that are unpacked, types in
quotes. Tests that send such an id to the endpoint are pointed at.

## Clauses

bound-ids, say-without-option, describe-too, mark-there, annotated-style, order-of-defaults, tests-pointed-at,
leave-bounds, leave-other-types, leave-other-numbers, leave-query, refuse-elsewhere; law-prove, law-bytes, law-imports,
law-suppression
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

from lifeops_codemods.contract.change import Change
from lifeops_codemods.operation import Operation, SetParameter, Span
from lifeops_codemods.project import Project
from lifeops_codemods.project.exchanges import exchanges_with
from lifeops_codemods.project.functions import function
from lifeops_codemods.project.parameters import Source
from lifeops_codemods.project.signatures.bounds import has_bounds, is_id
from lifeops_codemods.project.signatures.requested import Requested, Signature, is_described, route_reason, signatures
from lifeops_codemods.project.signatures.texts import described
from lifeops_codemods.project.signatures.writing import Wanted, Written, written
from lifeops_codemods.project.trees import span_of
from lifeops_codemods.rule import Category, Edit, Effect, Finding, Rule, Severity

NAME = "path-bounds"
_UNASKED = "whether ids begin at 1 is not written in the code"


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """edit: write the bounds, and do not only tell of them."""

    edit: bool = False


def check(project: Project, options: Options) -> Iterator[Edit | Finding]:
    """Bound the integer ids of each path."""
    for signature in signatures(project):
        found = [one for one in signature.requested if _is_open(project, signature, one)]
        if found and not options.edit:
            fix = f"bound it by Path(ge=1), or set edit = true for {NAME} in the configuration"
            yield _finding(project, signature, found, _UNASKED, fix)
        elif found:
            yield from _bounded(project, signature, found)


def _is_open(project: Project, signature: Signature, one: Requested) -> bool:
    return one.source is Source.PATH and is_id(one) and not has_bounds(project, signature.ref, one.taken)


def _bounded(project: Project, signature: Signature, found: list[Requested]) -> Iterator[Edit | Finding]:
    wanted = [Wanted(one.taken, Source.PATH, _arguments(project, signature, one)) for one in found]
    for made in written(project, signature.ref, wanted):
        if isinstance(made, Written):
            yield from _edits(project, signature, made)
        else:
            one = next(one for one in found if one.taken is made.wanted.taken)
            yield _finding(project, signature, [one], made.reason, made.fix)
    yield from _sent_below(project, signature)


def _arguments(project: Project, signature: Signature, one: Requested) -> tuple[tuple[str, str], ...]:
    bound = (("ge", "1"),)
    said = None if is_described(project, signature.ref, one.taken) else described(project, signature, one, {})
    return bound if said is None else (*bound, ("description", json.dumps(said.text, ensure_ascii=False)))


def _edits(project: Project, signature: Signature, made: Written) -> Iterator[Edit]:
    ref, row = signature.ref, made.wanted.taken.parameter
    needs_others = any(isinstance(one, SetParameter) and one.default for one in made.operations)
    place = function(project, ref).start if needs_others else row.start
    operations: tuple[Operation, ...] = (*made.operations, *made.imports)
    for operation in operations:
        yield Edit(
            rule=NAME,
            path=ref.path,
            operation=operation,
            message=f"{row.name} of {function(project, ref).name} is at least 1",
            unit=f"{NAME}:{ref.path}:{place}",
            effect=Effect.UNSAFE,
            why=(route_reason(signature),),
            clients_see=f"a {row.name} below 1 is answered 422",
        )


def _sent_below(project: Project, signature: Signature) -> Iterator[Finding]:
    """Tests that send an id that is out of bounds now."""
    for exchange in exchanges_with(project, signature.ref):
        if any(part.lstrip("-").isdigit() and int(part) < 1 for part in exchange.url):
            yield Finding(
                rule=NAME,
                path=exchange.path,
                span=Span(*span_of(project, exchange.path, exchange.call)),
                message="a test sends an id that is answered 422 now",
                reason="what it expects may be another answer",
                fix="expect 422, or send an id that no row has",
                why=(route_reason(signature),),
            )


def _finding(project: Project, signature: Signature, found: list[Requested], reason: str, fix: str) -> Finding:
    first = found[0].taken.parameter
    names = ", ".join(one.taken.parameter.name for one in found)
    return Finding(
        rule=NAME,
        path=signature.ref.path,
        span=Span(first.start, first.start + len(first.name)),
        message=f"{function(project, signature.ref).name} takes any number for {names}",
        reason=reason,
        fix=fix,
        severity=Severity.INFO,
        why=(route_reason(signature),),
    )


RULE = Rule(
    name=NAME,
    category=Category.VALIDATION,
    effect=Effect.UNSAFE,
    severity=Severity.INFO,
    summary="Integer ids in a path have bounds",
    documentation=__doc__,
    check=check,
    options=Options,
    option_help={"edit": "write Path(ge=1); without it each endpoint is only told of"},
    contract=(Change.PARAMETER_NARROWED, Change.DESCRIPTION),
)
