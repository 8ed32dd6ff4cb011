"""Complex endpoints have a docstring.

Source: the LifeOps standard, review checklist: "Docstrings on complex endpoints".

## Why

An endpoint with several branches and answers cannot be understood from its path. FastAPI shows the docstring in the
OpenAPI document.

## Example

    @router.post("/{guild_id}/join")
    async def join(guild_id: int, guilds: GuildService = Depends(service)):
        try:
            member = await guilds.join(guild_id)
        except KeyError:
            raise HTTPException(404, "unknown guild")
        except ValueError as error:
            raise HTTPException(400, str(error))
        return {"rank": member.rank}

## Use instead

    @router.post("/{guild_id}/join")
    async def join(guild_id: int, guilds: GuildService = Depends(service)):
        \"\"\"Join a guild. 404 if there is none, 400 if it is full.\"\"\"
        ...

## What it changes

Nothing: what an endpoint is for is not written in its code. Each complex endpoint without a docstring is a finding,
which names its statuses.

Complex is an endpoint with at least `branches` branches (conditions, handlers of exceptions, loops, cases) and more
than one status; with twice as many branches it is complex whatever it answers.

## What it leaves alone

Endpoints with a docstring, or whose registration has a `description`; simple ones; what is hidden from the document;
and functions that are no endpoints.

## Clauses

several-statuses, many-branches, names-statuses, branches-option, leave-docstring, leave-description, leave-simple,
leave-hidden, leave-others; law-suppression
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field

from lifeops_codemods.operation import Span
from lifeops_codemods.project import Project
from lifeops_codemods.project.answers.answer import status_value
from lifeops_codemods.project.answers.endpoints import Endpoint, endpoints
from lifeops_codemods.project.answers.explaining import endpoint_reason
from lifeops_codemods.project.exceptions.blocks import executed
from lifeops_codemods.project.functions import FunctionNode, function, function_node
from lifeops_codemods.project.responses import status_code
from lifeops_codemods.project.signatures.requested import is_documented
from lifeops_codemods.project.trees import dotted_parts
from lifeops_codemods.rule import Category, Edit, Effect, Finding, Rule, Severity

NAME = "endpoint-docstring"
_BRANCHES = (ast.If, ast.For, ast.AsyncFor, ast.While, ast.ExceptHandler, ast.match_case, ast.IfExp)


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """branches: so many make an endpoint with several statuses complex, and twice as many any other."""

    branches: int = field(default=2, metadata={"minimum": 1})


def check(project: Project, options: Options) -> Iterator[Edit | Finding]:
    """Tell of each complex endpoint that nothing describes."""
    for endpoint in endpoints(project):
        node = function_node(project, endpoint.ref)
        if node is None or not _is_open(project, endpoint, node):
            continue
        branches = sum(isinstance(one, _BRANCHES) for one in executed(node.body))
        statuses = _statuses(project, endpoint, node)
        if branches >= options.branches * (1 if len(statuses) > 1 else 2):
            yield _finding(project, endpoint, branches, statuses)


def _is_open(project: Project, endpoint: Endpoint, node: FunctionNode) -> bool:
    shown = [route for route in endpoint.routes if route.proven and is_documented(project, route)]
    described = any(route.keyword("description") is not None or not route.complete for route in shown)
    return bool(shown) and not described and ast.get_docstring(node) is None


def _statuses(project: Project, endpoint: Endpoint, node: FunctionNode) -> list[str]:
    """The statuses that an endpoint answers, as far as it says them."""
    found = {str(status) for route in endpoint.routes if (status := status_code(project, route)) is not None}
    for one in executed(node.body):
        if isinstance(one, ast.Call):
            name = dotted_parts(one.func)[-1:]
            given = next((keyword.value for keyword in one.keywords if keyword.arg == "status_code"), None)
            if name == ("HTTPException",) and given is None and one.args:
                given = one.args[0]
            is_text = isinstance(given, ast.JoinedStr) or (
                isinstance(given, ast.Constant) and isinstance(given.value, str)
            )  # `HTTPException("no such quest")` has its detail in the wrong place
            if given is not None and not is_text and name and name[0].endswith(("HTTPException", "Response")):
                code = status_value(project, endpoint.ref.path, given)
                found.add(ast.unparse(given) if code is None else str(code))
    return sorted(found)


def _finding(project: Project, endpoint: Endpoint, branches: int, statuses: list[str]) -> Finding:
    row = function(project, endpoint.ref)
    count = f"{branches} branch{'' if branches == 1 else 'es'}"
    return Finding(
        rule=NAME,
        path=endpoint.ref.path,
        span=_name_span(project, endpoint),
        message=f"{row.name} has {count}, answers {', '.join(statuses)}, and no docstring",
        reason="what an endpoint is for is not written in its code",
        fix="say in a docstring what it does, and when it answers what",
        severity=Severity.INFO,
        why=(endpoint_reason(project, endpoint),),
    )


def _name_span(project: Project, endpoint: Endpoint) -> Span:
    row = function(project, endpoint.ref)
    text = project.text(endpoint.ref.path)
    start = text.index(row.name, row.start)
    return Span(start, start + len(row.name))


RULE = Rule(
    name=NAME,
    category=Category.DOCUMENTATION,
    effect=Effect.SAFE,
    severity=Severity.INFO,
    summary="Complex endpoints have a docstring",
    documentation=__doc__,
    check=check,
    options=Options,
    option_help={"branches": "so many branches make an endpoint with several statuses complex"},
)
