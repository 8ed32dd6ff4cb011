"""Query and path parameters say what they are for.

Source: the LifeOps standard, review checklist: "Query params have descriptions".

## Why

What a parameter does is known to those who wrote the endpoint. Everybody else reads the OpenAPI document, its pages, or
a client generated from it, and sees a name and a type.

## Example

    @router.get("", response_model=list[QuestResponse])
    async def list_quests(status: str | None = None, limit: int = 20, db: AsyncSession = Depends(get_db)):
        ...

## Use instead

    @router.get("", response_model=list[QuestResponse])
    async def list_quests(
        status: str | None = Query(None, description="Where the quest stands"),
        limit: int = Query(20, description="Maximum number of items to return"),
        db: AsyncSession = Depends(get_db),
    ):
        ...

## What it changes

A parameter of the query or the path without a description gets one: that of the field or column of the same name and
type in the schema of the endpoint's answer or body, or in the model called like it; else a text of its own where its
name is known to everybody (`skip`, `limit`, `page`, `q`, `sort`, and `quest_id` where there are quests). `names` in the
configuration adds texts. A `Query(…)` or `Path(…)` that is there gets the argument, another parameter gets one, with
the default that it had: in its annotation where the file writes such things there, or where the program calls the
endpoint itself and would be handed a `Query` for its default. Parameters of functions that an endpoint depends on count
as the endpoint's.

Effect: safe. Only texts change in the OpenAPI document.

## What it leaves alone

Descriptions that are there, headers, cookies, bodies, forms and files, dependencies, models of a whole query,
parameters and routes that are hidden from the document, and parameters that some type makes a body.

## When it refuses

Names that nothing tells anything of, a `Query` that is made elsewhere and perhaps shared, arguments that are unpacked,
types in quotes, and a parameter that is of the path in one route and of the query in another. There is one finding for
each endpoint.

## Clauses

describe-query, describe-path, field-first, column, known-names, known-nouns, own-names, mark-there, default-style,
annotated-style, order-of-defaults, called-as-function, dependencies, aliases, types-agree, leave-described,
leave-others, leave-hidden, leave-bodies, refuse-unknown, refuse-shared, refuse-unpacked, refuse-either; law-prove,
law-bytes, law-imports, law-comments, law-suppression
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from lifeops_codemods.contract.change import Change
from lifeops_codemods.operation import Operation, SetParameter, Span
from lifeops_codemods.project import Project
from lifeops_codemods.project.classes import definition
from lifeops_codemods.project.functions import FunctionRef, function
from lifeops_codemods.project.signatures.requested import Signature, is_described, route_reason, signatures
from lifeops_codemods.project.signatures.texts import Said, described
from lifeops_codemods.project.signatures.writing import Wanted, Written, written
from lifeops_codemods.rule import Category, Edit, Effect, Finding, Reason, Rule, Severity

NAME = "query-description"
_UNKNOWN = "no field or column of that name and type in what is answered is described, and everybody knows no such name"
_EITHER = "it is a parameter of the path in one place and of the query in another, or that is not known"
_FIX = "describe it: Query(description=…), or a text for the name under `names` in the configuration"


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """names: texts for names of parameters, before all others."""

    names: Mapping[str, str] = field(default_factory=dict)


class Left(NamedTuple):
    """A parameter that stays without a description, and why."""

    name: str
    start: int
    reason: str
    fix: str


def check(project: Project, options: Options) -> Iterator[Edit | Finding]:
    """Describe what can be told of each parameter, and name the others."""
    for signature in signatures(project):
        yield from _signature(project, signature, options)


def _signature(project: Project, signature: Signature, options: Options) -> Iterator[Edit | Finding]:
    wanted: list[Wanted] = []
    why: dict[str, tuple[Reason, ...]] = {}
    left: list[Left] = []
    for one in signature.requested:
        row = one.taken.parameter
        if is_described(project, signature.ref, one.taken):
            continue
        said = described(project, signature, one, options.names)
        if one.source is not None and said is not None:
            wanted.append(Wanted(one.taken, one.source, (("description", _quoted(said.text)),)))
            why[row.name] = (route_reason(signature), *_said_reason(project, said))
        elif one.source is None:
            left.append(Left(row.name, row.start, _EITHER, "describe it by hand"))
        else:
            left.append(Left(row.name, row.start, _UNKNOWN, _FIX))
    for made in written(project, signature.ref, wanted):
        if isinstance(made, Written):
            yield from _edits(project, signature.ref, made, why[made.wanted.name])
        else:
            left.append(Left(made.wanted.name, made.wanted.taken.parameter.start, made.reason, made.fix))
    if left:
        yield _finding(project, signature, sorted(left, key=lambda one: one.start))


def _said_reason(project: Project, said: Said) -> tuple[Reason, ...]:
    if said.given is None or said.holder is None:
        return ()
    name = definition(project, said.holder).name
    return (Reason(said.given.path, Span(*said.given.span), f"{name} describes a field of that name"),)


def _edits(project: Project, ref: FunctionRef, made: Written, why: tuple[Reason, ...]) -> Iterator[Edit]:
    """One unit for each parameter; but a required one that gets a default needs one for all behind it."""
    row = made.wanted.taken.parameter
    needs_others = any(isinstance(one, SetParameter) and one.default for one in made.operations) and row.default is None
    place = function(project, ref).start if needs_others else row.start
    message = f"describe the parameter {row.name} of {function(project, ref).name}"
    operations: tuple[Operation, ...] = (*made.operations, *made.imports)
    for operation in operations:
        yield Edit(
            rule=NAME, path=ref.path, operation=operation, message=message, unit=f"{NAME}:{ref.path}:{place}", why=why
        )


def _finding(project: Project, signature: Signature, left: list[Left]) -> Finding:
    """One finding for all that is left of an endpoint, each parameter with its reason where these differ."""
    name, names = function(project, signature.ref).name, ", ".join(one.name for one in left)
    reasons: dict[str, list[str]] = {}
    for one in left:
        reasons.setdefault(one.reason, []).append(one.name)
    said = [reason if len(reasons) == 1 else f"{', '.join(ones)}: {reason}" for reason, ones in reasons.items()]
    return Finding(
        rule=NAME,
        path=signature.ref.path,
        span=Span(left[0].start, left[0].start + len(left[0].name)),
        message=f"{name} does not say what {names} {'is' if len(left) == 1 else 'are'} for",
        reason="; ".join(said),
        fix="; ".join(dict.fromkeys(one.fix for one in left)),
        severity=Severity.INFO,
        why=(route_reason(signature),),
    )


def _quoted(text: str) -> str:
    """A text as formatters write it: in single quotes where it has double ones."""
    inside = json.dumps(text, ensure_ascii=False)
    return f"'{inside[1:-1]}'".replace('\\"', '"') if '"' in text and not set(text) & {"'", "\\"} else inside


RULE = Rule(
    name=NAME,
    category=Category.DOCUMENTATION,
    effect=Effect.SAFE,
    severity=Severity.INFO,
    summary="Query and path parameters have descriptions",
    documentation=__doc__,
    check=check,
    options=Options,
    option_help={"names": 'texts for names of parameters, such as { tz = "Time zone of the caller" }'},
    after=("typed-query", "path-bounds"),
    contract=(Change.DESCRIPTION,),
)
