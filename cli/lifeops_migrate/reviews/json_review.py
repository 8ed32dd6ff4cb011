"""A review as JSON: keys and their order change only with a major version."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from lifeops_codemods import __version__
from lifeops_codemods.rule import Severity

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lifeops_codemods.review.model import Issue, Named, Review, Score

SCHEMA = 1


def document(review: Review, root: str) -> str:
    """The document of a review. `root` is the root as it is shown."""
    state = review.state
    return _dumped(
        {
            "schema": SCHEMA,
            "version": __version__,
            "topic": review.topic,
            "root": root,
            "state": {
                "endpoints": [
                    {
                        "methods": list(endpoint.verbs),
                        "path": endpoint.path,
                        "name": endpoint.name,
                        "file": endpoint.spot.path,
                        "line": endpoint.spot.line,
                        "models": [model.name for model in endpoint.models],
                    }
                    for endpoint in state.endpoints
                ],
                "services": _named(state.services),
                "models": _named(state.models),
                "schemas": _named(state.schemas),
                "sessions": _named(state.sessions),
            },
            "scores": [_score(score) for score in review.scores],
            "issues": [_issue(review, issue) for issue in review.issues],
            "errors": [{"path": error.path, "line": error.line, "message": error.message} for error in review.errors],
            "summary": {
                "files_read": review.files_read,
                "issues": len(review.issues),
                **{severity.value: review.count(severity) for severity in Severity},
                "edits": sum(issue.is_edit for issue in review.issues),
                "findings": sum(not issue.is_edit for issue in review.issues),
                "errors": len(review.errors),
                "in_baseline": review.known,
            },
        }
    )


def failure(root: str, messages: Sequence[str]) -> str:
    """The document of a review that came to nothing: the same keys, empty, and the errors."""
    state: dict[str, list[Any]] = {"endpoints": [], "services": [], "models": [], "schemas": [], "sessions": []}
    counts = ["files_read", "issues", *(severity.value for severity in Severity), "edits", "findings"]
    return _dumped(
        {
            "schema": SCHEMA,
            "version": __version__,
            "topic": "",
            "root": root,
            "state": state,
            "scores": [],
            "issues": [],
            "errors": [{"path": "", "line": 0, "message": message} for message in messages],
            "summary": {**dict.fromkeys(counts, 0), "errors": len(messages), "in_baseline": 0},
        }
    )


def _dumped(value: dict[str, Any]) -> str:
    return json.dumps(value, indent=2) + "\n"


def _named(items: Sequence[Named]) -> list[dict[str, Any]]:
    return [{"name": item.name, "file": item.spot.path, "line": item.spot.line} for item in items]


def _score(score: Score) -> dict[str, Any]:
    return {
        "standard": score.standard,
        "rule": score.rule or None,
        "what": score.noun,
        "follows": score.follows,
        "total": score.total,
        "score": score.share,
        "issues": score.issues,
    }


def _issue(review: Review, issue: Issue) -> dict[str, Any]:
    position = issue.position
    return {
        "fingerprint": issue.fingerprint,
        "rule": issue.name,
        "category": issue.rule.category.value if issue.rule is not None else None,
        "severity": issue.severity.value,
        "effect": issue.effect.value if issue.effect is not None else None,
        "path": issue.path,
        "line": position.line,
        "column": position.column,
        "end_line": position.end_line,
        "end_column": position.end_column,
        "message": issue.message,
        "clients_see": issue.clients_see,
        "reason": issue.reason,
        "fix": issue.advice or f"lifeops-migrate --select {issue.name}",
        "why": list(issue.why),
        "endpoints": [review.state.endpoints[number].label for number in issue.endpoints],
        "through": list(issue.way),
        "edits": issue.edits,
        "files": list(issue.files),
    }
