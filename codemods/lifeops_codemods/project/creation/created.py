"""Whether an endpoint answers with what it makes: always, sometimes, or not."""

from __future__ import annotations

import ast
import re
from enum import StrEnum
from typing import NamedTuple

from lifeops_codemods.project import Project, question
from lifeops_codemods.project.creation.calls import run_on
from lifeops_codemods.project.creation.values import NOTHING, OTHER, Answer, Made, Value, flat, one
from lifeops_codemods.project.exceptions.reached import Callee
from lifeops_codemods.project.functions import FunctionRef, function, function_node, owner
from lifeops_codemods.project.parameters import Source, parameters
from lifeops_codemods.project.walking import own_nodes

_FROM_REQUEST = frozenset({Source.BODY, Source.QUERY, Source.PATH, Source.PATH_OR_QUERY, Source.FORM, Source.HEADER})
_ACTIONS = frozenset(
    {
        "login", "logout", "signin", "signout", "token", "authenticate", "auth", "authorize", "refresh", "search",
        "query", "find", "filter", "lookup", "list", "get", "fetch", "bulk", "batch", "run", "rerun", "execute",
        "exec", "upload", "import", "ingest", "sync", "resync", "upsert", "ensure", "check", "verify", "validate",
        "confirm", "test", "preview", "start", "stop", "restart", "retry", "trigger", "cancel", "resume", "pause",
        "process", "calculate", "compute", "generate", "predict", "update", "set", "save", "reset", "toggle", "mark",
        "move", "merge", "send", "join", "leave", "resubmit", "recreate", "replace", "restore", "regenerate", "reissue",
        "rotate", "renew", "republish", "revert", "rollback", "approve", "reject", "accept", "decline", "activate",
        "deactivate", "enable", "disable", "archive", "unarchive", "lock", "unlock",
    }
)  # fmt: skip
_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")


class Verdict(StrEnum):
    """What an endpoint answers with."""

    NEW = "new"
    SOMETIMES = "sometimes"
    OTHER = "other"


class Creation(NamedTuple):
    """What is known of an endpoint; made: where the instances are made that it answers with."""

    verdict: Verdict
    made: tuple[Made, ...] = ()


@question
def creation(project: Project, ref: FunctionRef) -> Creation:
    """Whether everything that an endpoint returns is new, and was added to a session."""
    node = function_node(project, ref)
    if node is None or _sets_its_status(node):
        return Creation(Verdict.OTHER)
    run = run_on(project, Callee(ref, owner(project, ref)), _handed(project, ref))
    returned = flat(run.returns)
    made = tuple(sorted({atom for atom in returned if isinstance(atom, Made) and atom.added}))
    if not made or one(Answer()) & returned:
        return Creation(Verdict.OTHER)
    others = [atom for atom in returned if not (isinstance(atom, Made) and atom.added)]
    return Creation(Verdict.SOMETIMES if others else Verdict.NEW, made)


def _handed(project: Project, ref: FunctionRef) -> dict[str, Value]:
    """What a request brings is nothing that was there before; what is injected may be."""
    taken = parameters(project, ref)
    return {one_.parameter.name: NOTHING if one_.source in _FROM_REQUEST else OTHER for one_ in taken}


def _sets_its_status(node: ast.AST) -> bool:
    """`response.status_code = 201`"""
    return any(
        isinstance(inner, ast.Attribute) and inner.attr == "status_code" and isinstance(inner.ctx, ast.Store)
        for inner in own_nodes(node)
    )


def is_action(project: Project, ref: FunctionRef, path: str | None) -> str | None:
    """The word by which an endpoint calls itself an action; None where it does not."""
    parts = [part for part in (path or "").split("/") if part and "{" not in part]
    last = (path or "").rstrip("/").rpartition("/")[2]
    words = _WORDS.findall(function(project, ref).name)[:1]
    words += _WORDS.findall(parts[-1])[:1] if parts and last == parts[-1] else []
    return next((word.lower() for word in words if word.lower() in _ACTIONS), None)
