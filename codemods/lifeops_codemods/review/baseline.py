"""The issues that a team knows already: a file of fingerprints, so that only new ones are reported."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from lifeops_codemods.review.model import Issue, Review

SCHEMA = 1


class BaselineError(Exception):
    """The text is no baseline; the message says why."""


def baseline(issues: Iterable[Issue]) -> str:
    """The file. One issue a line, in the order of places, so that a diff of it can be read."""
    lines = [
        json.dumps(_entry(issue)) for issue in sorted(issues, key=lambda one: (one.path, one.name, one.fingerprint))
    ]
    listed = ",\n    ".join(lines)
    body = f"[\n    {listed}\n  ]" if lines else "[]"
    return f'{{\n  "schema": {SCHEMA},\n  "issues": {body}\n}}\n'


def known_in(text: str) -> frozenset[str]:
    """The fingerprints in a baseline. Raises BaselineError."""
    try:
        found: Any = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BaselineError(f"is no JSON: {error}") from error
    if not isinstance(found, dict) or found.get("schema") != SCHEMA or not isinstance(found.get("issues"), list):
        raise BaselineError(f"is no baseline of schema {SCHEMA}: `--write-baseline` makes one")
    marks = [item.get("fingerprint") if isinstance(item, dict) else None for item in found["issues"]]
    known = frozenset(mark for mark in marks if isinstance(mark, str))
    if any(not isinstance(mark, str) for mark in marks):
        raise BaselineError("has an issue without a fingerprint: `--write-baseline` makes a new one")
    return known


def without_known(review: Review, known: frozenset[str]) -> Review:
    """The review of what the baseline lacks."""
    there = {issue.fingerprint for issue in review.issues}
    fresh = tuple(issue for issue in review.issues if issue.fingerprint not in known)
    return replace(review, issues=fresh, known=len(review.issues) - len(fresh), gone=len(known - there))


def _entry(issue: Issue) -> dict[str, str]:
    """What a person reads beside the fingerprint changes with it."""
    return {"fingerprint": issue.fingerprint, "rule": issue.name, "path": issue.path, "message": issue.message}
