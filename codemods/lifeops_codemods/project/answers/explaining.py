"""The chain of facts behind an edit of an endpoint, and the words for what was not edited."""

from __future__ import annotations

from lifeops_codemods.operation import Span
from lifeops_codemods.project import Project
from lifeops_codemods.project.answers.answer import Answer, How
from lifeops_codemods.project.answers.conversion import Change, Refused, arriving
from lifeops_codemods.project.answers.endpoints import Endpoint
from lifeops_codemods.project.answers.sessions import committed_after
from lifeops_codemods.project.answers.sites import Trouble
from lifeops_codemods.project.exceptions.escapes import chain
from lifeops_codemods.project.exceptions.kinds import Kind, is_a, name_of
from lifeops_codemods.project.exceptions.leaving import Items
from lifeops_codemods.project.functions import function
from lifeops_codemods.rule import Reason

_SHOWN = 3

REFUSED = {
    Refused.NEVER_RUNS: ("an earlier clause catches it, so this one never runs", "put this clause before that one"),
    Refused.STREAM: (
        "it stands in a generator: the answer has begun when it runs, and its status cannot change any more",
        "check before the first `yield`",
    ),
    Refused.ON_PURPOSE: ("it answers with another status of the client's on purpose", "decide which one is meant"),
    Refused.COMPUTED: ("its status is computed", "see that it is the right one"),
    Refused.OTHER_EXCEPTION: (
        "it raises another exception, and nothing shows what is answered for that",
        "raise HTTPException, or register an exception handler for what is raised",
    ),
    Refused.SEVERAL_ANSWERS: ("it answers in several ways", "decide for each of them"),
    Refused.PAGE: ("it answers with a page or a redirect", "decide whether people or programs read the answer"),
    Refused.VALUE: (
        "it answers with a value as if nothing were wrong",
        "decide whether that is a fallback or an error",
    ),
    Refused.RICH_BODY: (
        "the body of its answer is more than a text, and clients may read it",
        "decide what of the body is kept, and raise HTTPException with that as detail",
    ),
    Refused.SWALLOWED: (
        "a `try` around it catches HTTPException and answers otherwise",
        "put `except HTTPException: raise` before the broader clause",
    ),
    Refused.OWN_DATA: (
        "what arrives here is pydantic's ValidationError, which is about data and not necessarily the client's",
        "catch ValidationError by itself if the client sent the data; otherwise let it pass",
    ),
    Refused.UPSTREAM: (
        "the status speaks of another server, and no ValueError of the project is seen to arrive here",
        "decide whose fault it is",
    ),
    Refused.CATCHES_MORE: (
        "it catches classes that are no fault of the client's as well",
        "give them a clause of their own",
    ),
    Refused.BOTH_ERRORS: (
        "one clause catches ValueError and KeyError, and they are to be answered differently",
        "write two clauses: ValueError for 400, KeyError for 404",
    ),
    Refused.DECORATED: (
        "a decorator runs the endpoint in a way that cannot be followed, and may answer for it",
        "see what the decorator does with exceptions",
    ),
    Refused.MADE: (
        "the name of what returns None says that it makes something, and None may say that this failed",
        "answer 404 if something that it needs was not found, else with the status of what went wrong",
    ),
    Refused.LIST: (
        "it is a list or a mapping that may be None, and an empty one is nothing that was not found",
        "return an empty one, or raise what went wrong",
    ),
    Refused.NO_LOOKUP: (
        "nothing shows that the missing key is something that was asked for; a missing field raises KeyError too",
        "answer 404 if it is, 400 if the client left out a field",
    ),
}
TROUBLE = {
    Trouble.IN_HEAD: (
        "the call stands in the head of a block, and a `try` would go around all of it",
        "call it in a statement of its own, before the block",
    ),
    Trouble.SWALLOWED: REFUSED[Refused.SWALLOWED],
    Trouble.PAGE: REFUSED[Refused.PAGE],
    Trouble.STREAM: REFUSED[Refused.STREAM],
    Trouble.DECORATED: REFUSED[Refused.DECORATED],
    Trouble.STORED: (
        "what is wrong is a value that the project has stored, and not one of the request",
        "decide whether the client can do anything about it; if not, it is a fault of the server",
    ),
    Trouble.OWN_DATA: (
        "the `try` would catch pydantic's ValidationError too, and that is about the project's own data",
        "validate outside of what is tried, or put `except ValidationError: raise` before the new clause",
    ),
}


def endpoint_reason(project: Project, endpoint: Endpoint) -> Reason:
    """Where the endpoint is registered."""
    path, span = endpoint.routes[0].site
    return Reason(path, Span(*span), f"{function(project, endpoint.ref).name} answers {endpoint.title}")


def chains(project: Project, items: Items) -> tuple[Reason, ...]:
    """The ways of the exceptions, the nearest first; of many only some."""
    nearest = sorted(items, key=lambda item: (item.depth, item.start, repr(item.kind)))[:_SHOWN]
    found = [
        Reason(place.path, Span(place.start, place.end), f"{name_of(project, item.kind)}: this {place.text}")
        for item in nearest
        for place in chain(project, item)
    ]
    return tuple(dict.fromkeys(found))


def why_changed(project: Project, endpoint: Endpoint, change: Change, wanted: Kind) -> tuple[Reason, ...]:
    """Why a handler is changed: the route, what arrives, and what becomes of the session."""
    items = tuple(item for item in arriving(project, endpoint.ref, change.handler) if is_a(project, item.kind, wanted))
    found = [endpoint_reason(project, endpoint), *chains(project, items)]
    commit = committed_after(project, endpoint.ref)
    if commit is not None and change.answer.how not in {How.HTTP, How.RERAISED}:
        text = "an answer that is returned is followed by this commit; one that is raised is followed by a rollback"
        found.append(Reason(commit.path, Span(commit.start, commit.end), text))
    return tuple(found)


def told_before(one: Answer) -> str:
    """What clients get today."""
    match one.how:
        case How.HTTP | How.RESPONSE:
            return str(one.code)
        case How.RERAISED:
            return "500"
        case How.ERROR:
            return f"{one.code or 'a success'} with the error in the body"
    return "a success with null"
