"""Query parameters have a type, and optional ones a default.

Source: the LifeOps standard, review checklist: "Query params have type hints and defaults".

## Why

A parameter without a type takes anything: FastAPI hands on the text that was sent, and the document says nothing. A
parameter that is `Optional` and has no default must be sent all the same.

## Example

    @router.get("")
    async def list_quests(status: str | None, limit=20, db: AsyncSession = Depends(get_db)):
        ...

## Use instead

    @router.get("")
    async def list_quests(status: str | None = None, limit: int = 20, db: AsyncSession = Depends(get_db)):
        ...

## What it changes

A query parameter without an annotation gets the type of its default (`int`, `float`, `bool`, `str`), also of that in
its `Query(…)`. One that may be None and has no default gets `= None`.

Effect: unsafe. Values of another type are answered 422, and what had to be sent may be left out.

## What it leaves alone

Parameters with a type and a default, required ones, those whose `Query(...)` says that they must be sent, dependencies,
the request, and functions that are no endpoints.

## When it refuses

Parameters without a type whose default tells none (None, no default, a call), those that the function takes as a text
although their default is a number, and an optional one before parameters without a default. There is one finding for
each endpoint.

## Clauses

default-type, mark-type, optional-default, keyword-only, dependencies, leave-typed, leave-required, leave-others,
refuse-no-default, refuse-used-as-text, refuse-order; law-prove, law-bytes, law-comments, law-suppression
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

from lifeops_codemods.contract.change import Change
from lifeops_codemods.facts.model import Parameter
from lifeops_codemods.operation import SetParameter, Span
from lifeops_codemods.project import Project
from lifeops_codemods.project.functions import function
from lifeops_codemods.project.parameters import Source, Taken
from lifeops_codemods.project.signatures.requested import Signature, route_reason, signatures
from lifeops_codemods.project.signatures.untyped import Typed, is_bare_optional, type_of_default
from lifeops_codemods.rule import Category, Edit, Effect, Finding, NoOptions, Rule, Severity

NAME = "typed-query"
_BY_HAND = "give it the type that it is to have; `str` is what it is today"


class Left(NamedTuple):
    """A parameter that stays as it is, and why."""

    row: Parameter
    reason: str
    fix: str


def check(project: Project, options: NoOptions) -> Iterator[Edit | Finding]:
    """Give each query parameter a type, and optional ones their default."""
    for signature in signatures(project):
        left: list[Left] = []
        optional = _optional(project, signature)
        for one in signature.requested:
            if one.source is Source.QUERY:
                made = _made(project, signature, one.taken, optional)
                if isinstance(made, Left):
                    left.append(made)
                elif made is not None:
                    yield made
        if left:
            yield _finding(project, signature, left)


def _made(project: Project, signature: Signature, taken: Taken, optional: frozenset[int]) -> Edit | Left | None:
    """What becomes of a parameter. optional: where the parameters start that get None as their default."""
    row, ref = taken.parameter, signature.ref
    if row.annotation is None:
        found = type_of_default(project, ref, taken)
        if not isinstance(found, Typed):
            return Left(row, found.reason, _BY_HAND)
        message = f"the parameter {row.name} of {function(project, ref).name} is of type {found.name}"
        seen = f"a value of {row.name} that is no {found.name} is answered 422"
        return _edit(signature, row, message, seen, annotation=found.name)
    if not is_bare_optional(taken):
        return None
    if row.start not in optional:
        reason = "it must be sent although it may be None, and parameters without a default follow"
        return Left(row, reason, "move it behind them, and give it its default")
    message = f"the parameter {row.name} of {function(project, ref).name} may be left out"
    edit = _edit(signature, row, message, f"{row.name} may be left out", default="None")
    return edit if row.kind == "k" else replace(edit, unit=f"{NAME}:{ref.path}:{max(optional)}")


def _optional(project: Project, signature: Signature) -> frozenset[int]:
    """Where the parameters start that get None as their default: nothing without a default may follow them."""
    bare = {
        one.taken.parameter.start
        for one in signature.requested
        if one.source is Source.QUERY and is_bare_optional(one.taken)
    }
    rows = [Parameter._make(raw) for raw in function(project, signature.ref).parameters]
    found = {row.start for row in rows if row.kind == "k" and row.start in bare}
    for row in reversed([row for row in rows if row.kind in {"/", "."}]):
        if row.start in bare:
            found.add(row.start)
        elif row.default is None:
            break
    return frozenset(found)


def _edit(
    signature: Signature, row: Parameter, message: str, seen: str, *, annotation: str = "", default: str = ""
) -> Edit:
    return Edit(
        rule=NAME,
        path=signature.ref.path,
        operation=SetParameter(
            span=Span(row.start, row.start + len(row.name)), expected=row.name, annotation=annotation, default=default
        ),
        message=message,
        unit=f"{NAME}:{signature.ref.path}:{row.start}",
        effect=Effect.UNSAFE,
        why=(route_reason(signature),),
        clients_see=seen,
    )


def _finding(project: Project, signature: Signature, left: list[Left]) -> Finding:
    names = ", ".join(one.row.name for one in left)
    reasons: dict[str, list[str]] = {}
    for one in left:
        reasons.setdefault(one.reason, []).append(one.row.name)
    said = [reason if len(reasons) == 1 else f"{', '.join(ones)}: {reason}" for reason, ones in reasons.items()]
    first = left[0].row
    return Finding(
        rule=NAME,
        path=signature.ref.path,
        span=Span(first.start, first.start + len(first.name)),
        message=f"{function(project, signature.ref).name} does not say what {names} may be",
        reason="; ".join(said),
        fix="; ".join(dict.fromkeys(one.fix for one in left)),
        why=(route_reason(signature),),
    )


RULE = Rule(
    name=NAME,
    category=Category.VALIDATION,
    effect=Effect.UNSAFE,
    severity=Severity.WARNING,
    summary="Query parameters have a type, and optional ones a default",
    documentation=__doc__,
    check=check,
    contract=(
        Change.PARAMETER_NARROWED,
        Change.PARAMETER_OPTIONAL,
        Change.PARAMETER_WIDENED,  # a bound without a type has a key that JSON schema does not know (`le`)
    ),
)
