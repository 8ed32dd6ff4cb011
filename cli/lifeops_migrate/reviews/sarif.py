"""A review as SARIF 2.1.0, which code hosts and editors show beside the code.

Source: OASIS, "Static Analysis Results Interchange Format (SARIF) Version 2.1.0". Fixes are those of each issue by
itself, against the files as they are.
"""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from lifeops_codemods import __version__
from lifeops_codemods.review.model import link_of
from lifeops_codemods.rule import Severity
from lifeops_codemods.source.lines import LineIndex
from lifeops_migrate.explain import page
from lifeops_migrate.visible import visible

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lifeops_codemods.outcome import FileError
    from lifeops_codemods.plan.model import FilePlan, Position
    from lifeops_codemods.review.model import Issue, Review
    from lifeops_codemods.rule import Rule

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
_FINGERPRINT = "lifeopsMigrate/v1"


def sarif(review: Review, base: str) -> str:
    """The log. `base` is the way from the top of the repository to the root, "" or with a slash at its end."""
    known = {rule.name: number for number, rule in enumerate(review.rules)}
    run = {
        "tool": {
            "driver": {
                "name": "lifeops-migrate",
                "semanticVersion": __version__,
                "rules": [_rule(rule) for rule in review.rules],
            }
        },
        "automationDetails": {"id": f"lifeops-migrate/{visible(review.topic)}/"},
        "columnKind": "unicodeCodePoints",
        "invocations": [
            {
                "executionSuccessful": not review.errors,
                "toolExecutionNotifications": [_notification(error, base) for error in review.errors],
            }
        ],
        "results": [_result(review, issue, known, base) for issue in review.issues],
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2) + "\n"


def _rule(rule: Rule) -> dict[str, Any]:
    return {
        "id": rule.name,
        "shortDescription": {"text": rule.summary},
        "help": {"text": rule.summary, "markdown": page(rule)},
        "defaultConfiguration": {"level": _LEVELS[rule.severity]},
        "properties": {"tags": [rule.category.value], "effect": rule.effect.value},
    }


def _notification(error: FileError, base: str) -> dict[str, Any]:
    location: dict[str, Any] = {"artifactLocation": _artifact(base + error.path)}
    if error.line > 0:
        location["region"] = {"startLine": error.line}
    return {
        "level": "error",
        "message": {"text": _text(error.message)},
        "locations": [{"physicalLocation": location}],
    }


def _result(review: Review, issue: Issue, known: dict[str, int], base: str) -> dict[str, Any]:
    result: dict[str, Any] = {"ruleId": issue.name}
    if issue.name in known:
        result["ruleIndex"] = known[issue.name]
    result |= {
        "level": _LEVELS[issue.severity],
        "message": {"text": _text(_said(issue))},
        "locations": [{"physicalLocation": _place(base + issue.path, issue.position)}],
        "partialFingerprints": {_FINGERPRINT: issue.fingerprint, "primaryLocationLineHash": f"{issue.fingerprint}:1"},
    }
    flow = [step for link in issue.why for step in _step(link, base)]
    if flow:
        result["codeFlows"] = [{"threadFlows": [{"locations": flow}]}]
    fix = _fix(review, issue, base)
    if fix is not None:
        result["fixes"] = [fix]
    result["properties"] = {
        "effect": issue.effect.value if issue.effect is not None else "none",
        "endpoints": [visible(review.state.endpoints[number].label) for number in issue.endpoints],
    }
    return result


def _said(issue: Issue) -> str:
    """What was seen, and what to do."""
    if not issue.is_edit:
        return f"{issue.message}. Left alone: {issue.reason}. What to do: {issue.advice}."
    clients = f" Clients will see: {issue.clients_see}." if issue.clients_see else ""
    return f"{issue.message}.{clients} `lifeops-migrate --select {issue.name}` does it."


def _step(link: str, base: str) -> Iterator[dict[str, Any]]:
    """A link of the chain: `app/a.py:12 what is there`."""
    found = link_of(link)
    if found is not None:
        where = {"artifactLocation": _artifact(base + found.path), "region": {"startLine": max(found.line, 1)}}
        yield {"location": {"physicalLocation": where, "message": {"text": _text(found.text)}}}


def _place(path: str, position: Position) -> dict[str, Any]:
    return {"artifactLocation": _artifact(path), "region": _region(position)}


def _region(position: Position) -> dict[str, int]:
    line, column, end_line, end_column = position
    return {"startLine": line, "startColumn": column, "endLine": end_line, "endColumn": end_column}


def _artifact(path: str) -> dict[str, str]:
    return {"uri": quote(os.fsencode(path)), "uriBaseId": "%SRCROOT%"}


def _fix(review: Review, issue: Issue, base: str) -> dict[str, Any] | None:
    """None for a finding, and where a text could not be written as JSON."""
    changes = [_artifact_change(file, base) for file in review.change(issue)]
    if not changes or None in changes:
        return None
    return {"description": {"text": _text(f"{issue.name}: {issue.message}")}, "artifactChanges": changes}


def _artifact_change(file: FilePlan, base: str) -> dict[str, Any] | None:
    index = LineIndex(file.before)
    replacements: list[dict[str, Any]] = []
    changes = [(one.start, one.end, one.text) for step in file.steps for one in step.changes]
    for start, end, text in changes or [(0, 0, file.after)]:
        if not _is_text(text):
            return None
        line, column = index.position(start)
        end_line, end_column = index.position(end)
        region = {"startLine": line, "startColumn": column, "endLine": end_line, "endColumn": end_column}
        replacements.append({"deletedRegion": region, "insertedContent": {"text": text}})
    return {"artifactLocation": _artifact(base + file.path), "replacements": replacements}


def _is_text(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _text(text: str) -> str:
    """A message in which nothing is taken for a link, and nothing acts on a screen."""
    return visible(text).replace("\\", "\\\\").replace("[", "\\[").replace("]", "\\]")
