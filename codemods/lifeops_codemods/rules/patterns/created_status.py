"""An endpoint that creates something answers 201.

Source: the LifeOps standard, required patterns, router endpoint: `@router.post("", …, status_code=201)`.

## Why

201 says that there is something new, and 200 that something was done. Clients, caches and those who read the document
go by it.

## Example

    @router.post("", response_model=ItemResponse)
    async def create_item(data: ItemCreate, db: AsyncSession = Depends(get_db)):
        return await ItemService(db).create(data)

## Use instead

    @router.post("", response_model=ItemResponse, status_code=201)
    async def create_item(data: ItemCreate, db: AsyncSession = Depends(get_db)):
        return await ItemService(db).create(data)

## What it changes

A `POST` endpoint without a status gets `status_code=201` where every way through it, over services, repositories and
helpers, ends with an instance of a model that the program has made and added to a session, or with what is made of that
instance. A file that imports `status` gets `status.HTTP_201_CREATED`. A documented `responses={200: …}` becomes 201,
and tests that expect 200 of this route expect 201.

Effect: unsafe. Clients that compare the status with 200 must take 201.

## What it leaves alone

Routes with a status, whatever it is; other decorators of the same function are looked at by themselves. Endpoints that
create nothing, answer with something else (a token, a flag, another object), make their own response, or set
`response.status_code`. Most `POST`s of real projects are such.

## When it refuses

Endpoints that sometimes answer with what was there before (get or create), that call themselves an action (`login`,
`search`, `upload`, `run`, …), routes that also answer other methods, project decorators that take no status. Where a
client in the program, or a test that cannot be shown to mean this route, compares the status, it is pointed at.

## Clauses

creates, through-layers, added-by-helper, made-of, whole-answer, status-spelling, per-decorator, documented-200,
tests-follow, clients, decorators-of-the-project, leave-explicit, leave-own-response, leave-actions, leave-not-new,
refuse-sometimes, refuse-actions, refuse-methods, refuse-decorators; law-prove, law-bytes, law-comments, law-suppression
"""

from __future__ import annotations

from collections.abc import Iterator

from lifeops_codemods.contract.change import Change
from lifeops_codemods.operation import Operation, SetArgument, Span
from lifeops_codemods.project import Project
from lifeops_codemods.project.answers.endpoints import Endpoint, endpoints, is_page
from lifeops_codemods.project.classes import definition
from lifeops_codemods.project.creation.created import Creation, Verdict, creation, is_action
from lifeops_codemods.project.creation.documented import Documented, Unclear, documented
from lifeops_codemods.project.creation.expecting import Expecting, expecting
from lifeops_codemods.project.creation.registering import status_argument, takes_keywords
from lifeops_codemods.project.functions import function
from lifeops_codemods.project.responses import status_code
from lifeops_codemods.project.routes import Route
from lifeops_codemods.rule import Category, Edit, Effect, Finding, NoOptions, Reason, Rule, Severity

NAME = "created-status"
_OLD, _NEW = 200, 201
_SEEN = f"the status of a success is {_NEW} instead of {_OLD}"


def check(project: Project, options: NoOptions) -> Iterator[Edit | Finding]:
    """Let each endpoint that creates something say so; a request that may be for several of them is told once."""
    told: set[tuple[str, Span, str]] = set()
    for said in _said(project):
        if isinstance(said, Finding):
            if (said.path, said.span, said.message) in told:
                continue
            told.add((said.path, said.span, said.message))
        yield said


def _said(project: Project) -> Iterator[Edit | Finding]:
    for endpoint in endpoints(project):
        for route in endpoint.routes:
            if "POST" in route.methods and _is_open(project, endpoint, route):
                found = creation(project, endpoint.ref)
                if found.verdict is not Verdict.OTHER:
                    yield from _answered(project, endpoint, route, found)


def _is_open(project: Project, endpoint: Endpoint, route: Route) -> bool:
    """Whether a route has no status of its own."""
    plain = route.keyword("status_code") is None and status_code(project, route) == _OLD
    return plain and route.proven and not is_page(project, endpoint)


def _answered(project: Project, endpoint: Endpoint, route: Route, found: Creation) -> Iterator[Edit | Finding]:
    refused = _refused(project, endpoint, route, found)
    if refused is not None:
        reason, fix = refused
        yield _finding(project, endpoint, route, found, reason, fix)
        return
    entry = documented(project, route, _OLD, _NEW)
    if isinstance(entry, Unclear):
        yield _finding(project, endpoint, route, found, entry.reason, "document 201 where 200 is, and give the status")
        return
    yield from _edits(project, endpoint, route, found, entry)


def _refused(project: Project, endpoint: Endpoint, route: Route, found: Creation) -> tuple[str, str] | None:
    if found.verdict is Verdict.SOMETIMES:
        reason = "it also answers with something that it has not made"
        return reason, "answer each case with a status of its own, by response.status_code"
    word = is_action(project, endpoint.ref, route.path)
    if word is not None:
        return f"it calls itself an action: {word}", "give it status_code=201 if what it answers with is what it is for"
    if route.methods != {"POST"}:
        return "the route answers other methods too, and a status would be that of all", "register POST by itself"
    if not takes_keywords(project, route):
        return "the decorator that registers it is not shown to hand on a status", "let the decorator take status_code"
    return None


def _edits(
    project: Project, endpoint: Endpoint, route: Route, found: Creation, entry: Documented | None
) -> Iterator[Edit | Finding]:
    path, span = route.site
    why = _why(project, route, found)
    unit = f"{NAME}:{path}:{span[0]}"

    def edit(where: str, operation: Operation, message: str) -> Edit:
        return Edit(
            rule=NAME,
            path=where,
            operation=operation,
            message=message,
            unit=unit,
            effect=Effect.UNSAFE,
            why=why,
            clients_see=_SEEN,
        )

    expected = project.text(path)[span[0] : span[1]]
    value = status_argument(project, route, _NEW)
    operation = SetArgument(span=Span(*span), expected=expected, name="status_code", value=value)
    yield edit(path, operation, f"answer {_NEW} where {function(project, endpoint.ref).name} has created something")
    if entry is not None:
        yield edit(entry.path, entry.operation, f"document the answer as {_NEW}")
    for one in expecting(project, route, _OLD, _NEW):
        if isinstance(one, Expecting):
            yield Finding(
                rule=NAME,
                path=one.path,
                span=Span(one.start, one.end),
                message=f"this may expect {_OLD} where {_NEW} is answered now",
                reason=one.reason,
                fix=f"expect {_NEW} if it does",
                why=why,
            )
        else:
            yield edit(one.path, one.operation, f"expect {_NEW}, which the endpoint answers now")


def _why(project: Project, route: Route, found: Creation) -> tuple[Reason, ...]:
    verb, path = "/".join(sorted(route.methods)), route.path if route.path else '""'
    made = tuple(
        Reason(one.path, Span(one.start, one.start), f"makes a {definition(project, one.model).name}, which is added")
        for one in found.made
    )
    return (Reason(route.call.path, Span(*route.call.span), f"answers {verb} {path}"), *made)


def _finding(project: Project, endpoint: Endpoint, route: Route, found: Creation, reason: str, fix: str) -> Finding:
    path, span = route.site
    return Finding(
        rule=NAME,
        path=path,
        span=Span(*span),
        message=f"{function(project, endpoint.ref).name} creates something and answers {_OLD}",
        reason=reason,
        fix=fix,
        severity=Severity.INFO,
        why=_why(project, route, found),
    )


RULE = Rule(
    name=NAME,
    category=Category.PATTERNS,
    effect=Effect.UNSAFE,
    severity=Severity.WARNING,
    summary="A POST endpoint that creates something answers 201",
    documentation=__doc__,
    check=check,
    after=("not-found-404", "value-error-400"),
    contract=(Change.SUCCESS_STATUS,),
)
