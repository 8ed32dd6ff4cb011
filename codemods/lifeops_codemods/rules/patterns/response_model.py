"""An endpoint says which schema it answers with.

Source: the LifeOps standard, required patterns, router endpoint: `response_model=ResponseModel`; review checklist:
"Response model documented".

## Why

Without a model the OpenAPI document says that anything may come, though the code always sends the same. Clients that
are generated from it know nothing of the answer.

## Example

    @router.get("/{item_id}")
    async def get_item(item_id: int, db: AsyncSession = Depends(get_db)):
        return ItemResponse.model_validate(await ItemService(db).get(item_id))

## Use instead

    @router.get("/{item_id}", response_model=ItemResponse)
    async def get_item(item_id: int, db: AsyncSession = Depends(get_db)):
        return ItemResponse.model_validate(await ItemService(db).get(item_id))

## What it changes

A route without `response_model` whose function has no return annotation gets one where every way through the function
returns an instance of exactly one schema, or a list of such instances. Proven is what the code makes, in the function
or in those that it calls: `Schema(…)`, `Schema.model_validate(…)`. The body of the answer stays the same: it is made of
that very instance either way.

Effect: unsafe. The OpenAPI document says more than before.

## What it leaves alone

Routes with a `response_model`, also `None`; functions with a return annotation, which FastAPI takes for the model;
responses that are made by hand, streams, `response_class`, 204; and answers that are dictionaries, rows of the
database, or unknown: as the model of those a schema would filter and validate them.

## When it refuses

Answers with one of several schemas, or with None beside one; a decorator that may change what is returned; other
`response_model_…` options of the route; a schema for which there may be no JSON schema, or whose validators would see
the instance again; one that cannot be imported without a circle, or stands further down.

## Clauses

proven-schema, proven-list, through-calls, all-ways, own-style, import-schema, decorators-of-the-project,
leave-model, leave-annotation, leave-responses, leave-unproven, refuse-several, refuse-none, refuse-decorated,
refuse-options, refuse-undescribed, refuse-revalidated, refuse-circle; law-prove, law-bytes, law-imports,
law-suppression
"""

from __future__ import annotations

from collections.abc import Iterator

from lifeops_codemods.contract.change import Change
from lifeops_codemods.facts.expressions import parts as parts_of
from lifeops_codemods.operation import ImportName, Operation, SetArgument, Span
from lifeops_codemods.project import Project
from lifeops_codemods.project.answers.endpoints import Endpoint, endpoints
from lifeops_codemods.project.answers.spelling import names_for
from lifeops_codemods.project.classes import ClassRef, definition
from lifeops_codemods.project.creation.registering import takes_keywords
from lifeops_codemods.project.exceptions.reached import Callee
from lifeops_codemods.project.functions import function, owner
from lifeops_codemods.project.responses import ModelKind, response_model, status_code
from lifeops_codemods.project.returning.describing import revalidated, undescribed
from lifeops_codemods.project.returning.shapes import Shape, Unproven, shapes
from lifeops_codemods.project.routes import How, Route
from lifeops_codemods.project.spelling import Spelling, spelled
from lifeops_codemods.rule import Category, Edit, Effect, Finding, NoOptions, Reason, Rule, Severity

NAME = "response-model"
_SEEN = "the OpenAPI document says which schema is answered"
_NO_BODY = frozenset({204, 304, 205})


def check(project: Project, options: NoOptions) -> Iterator[Edit | Finding]:
    """Name the schema that each endpoint is proven to answer with."""
    for endpoint in endpoints(project):
        opened = [route for route in endpoint.routes if _is_open(project, endpoint, route)]
        found = shapes(project, Callee(endpoint.ref, owner(project, endpoint.ref)), True) if opened else frozenset()
        made = {one for one in found if isinstance(one, Shape) and one.of is not None}
        unknown = {one for one in found if isinstance(one, Unproven) and not one.none}
        for route in opened if made and not unknown else ():
            yield from _named(project, endpoint, route, found, sorted(made))


def _is_open(project: Project, endpoint: Endpoint, route: Route) -> bool:
    """Whether FastAPI knows no model for a route, and would take one."""
    returns = function(project, endpoint.ref).returns
    is_any = returns is not None and parts_of(returns)[-1:] == ("Any",)
    return (
        route.proven
        and response_model(route).kind is ModelKind.ABSENT
        and (returns is None or is_any)
        and route.keyword("response_class") is None
        and status_code(project, route) not in _NO_BODY
    )


def _named(
    project: Project, endpoint: Endpoint, route: Route, found: frozenset[Shape | Unproven], made: list[Shape]
) -> Iterator[Edit | Finding]:
    refused = _refused(project, endpoint, route, found, made)
    spelling = None
    if refused is None and made[0].of is not None:
        spelling = spelled(project, route.call.path, made[0].of)
        if made[0].of.path == route.call.path and definition(project, made[0].of).start > route.call.span[0]:
            refused = ("the schema is defined further down in the file", "move the schema up")
        elif spelling is None:
            refused = ("its module would have to be imported, which imports this one", "import it where both can")
    if refused is not None or spelling is None:
        reason, fix = refused or ("the schema cannot be named here", "give the route its response_model")
        yield _finding(project, endpoint, route, made, reason, fix)
        return
    yield from _edits(project, endpoint, route, made[0], spelling)


def _refused(
    project: Project, endpoint: Endpoint, route: Route, found: frozenset[Shape | Unproven], made: list[Shape]
) -> tuple[str, str] | None:
    if len(made) > 1:
        return "it answers with one of several schemas", "name their union, or answer with one"
    if any(isinstance(one, Unproven) for one in found):
        return (
            "nothing shows that it never answers null",
            "raise where there is nothing to answer, or name the schema or None",
        )
    if any(one.of is None for one in found if isinstance(one, Shape)) and not made[0].many:
        return "it also answers with an empty list", "answer with one kind of thing"
    if len(function(project, endpoint.ref).decorators) > sum(one.how is How.DECORATOR for one in endpoint.routes):
        return "another decorator may change what is returned", "give the route its response_model"
    options = [name for name, _ in route.keywords if name.startswith("response_model_")]
    if options:
        return f"{', '.join(options)} would begin to do something", "give the route its response_model"
    if not takes_keywords(project, route):
        return "the decorator that registers it is not shown to hand on a model", "let it take response_model"
    if made[0].of is None:
        return None
    again = revalidated(project, made[0].of)
    if again is not None:
        return again, "give the route its response_model, and look at what is answered"
    missing = undescribed(project, made[0].of)
    if missing is not None:
        return f"there may be no JSON schema for it: {missing}", "give the route its response_model"
    return None


def _edits(project: Project, endpoint: Endpoint, route: Route, made: Shape, spelling: Spelling) -> Iterator[Edit]:
    path, span = route.site
    value = f"{_list(project, path)}[{spelling.text}]" if made.many else spelling.text
    operations: list[Operation] = [
        SetArgument(
            span=Span(*span), expected=project.text(path)[span[0] : span[1]], name="response_model", value=value
        )
    ]
    if spelling.module:
        empty = Span(0, 0)
        operations.append(ImportName(span=empty, expected="", module=spelling.module, name=spelling.name))
    for operation in operations:
        yield Edit(
            rule=NAME,
            path=path,
            operation=operation,
            message=f"say that {function(project, endpoint.ref).name} answers {value}",
            unit=f"{NAME}:{path}:{span[0]}",
            effect=Effect.UNSAFE,
            why=_why(project, route, [made]),
            clients_see=_SEEN,
        )


def _list(project: Project, path: str) -> str:
    """How a file writes the type of a list: `List` where it imports that."""
    return next(iter(names_for(project, path, frozenset({"typing.List"}))), "list")


def _why(project: Project, route: Route, made: list[Shape]) -> tuple[Reason, ...]:
    verb, shown = "/".join(sorted(route.methods)) or "any method", route.path if route.path else '""'
    refs = [one.of for one in made if one.of is not None]
    return (
        Reason(route.call.path, Span(*route.call.span), f"answers {verb} {shown}"),
        *(Reason(ref.path, _place(project, ref), "is what is returned") for ref in refs),
    )


def _place(project: Project, ref: ClassRef) -> Span:
    row = definition(project, ref)
    return Span(row.start, row.start + len(row.name))


def _finding(project: Project, endpoint: Endpoint, route: Route, made: list[Shape], reason: str, fix: str) -> Finding:
    path, span = route.site
    names = " or ".join(definition(project, one.of).name for one in made if one.of is not None)
    return Finding(
        rule=NAME,
        path=path,
        span=Span(*span),
        message=f"{function(project, endpoint.ref).name} answers {names} and does not say so",
        reason=reason,
        fix=fix,
        severity=Severity.INFO,
        why=_why(project, route, made),
    )


RULE = Rule(
    name=NAME,
    category=Category.PATTERNS,
    effect=Effect.UNSAFE,
    severity=Severity.WARNING,
    summary="An endpoint names the schema that it answers with",
    documentation=__doc__,
    check=check,
    after=("not-found-404", "value-error-400", "created-status"),
    contract=(Change.RESPONSE_NARROWED, Change.DESCRIPTION),
)
