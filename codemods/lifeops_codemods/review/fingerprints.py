"""Names for issues that outlast unrelated edits: no line number, no offset, nothing of the code around."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import replace

from lifeops_codemods.review.model import Issue

_DIGITS = 32


def fingerprinted(issues: Iterable[Issue]) -> Iterator[Issue]:
    """The issues in their order, each with its fingerprint.

    It is made of the rule, the file, the definition around, the line itself and what is said of it; where several agree
    in all of that, they are counted from the top of the file.
    """
    seen: dict[tuple[str, ...], int] = {}
    for issue in issues:
        key = (issue.name, issue.path, issue.scope, " ".join(issue.anchor.split()), issue.message)
        seen[key] = number = seen.get(key, -1) + 1
        parts = "\0".join((*key, str(number)))
        digest = hashlib.sha256(parts.encode("utf-8", "surrogatepass")).hexdigest()
        yield replace(issue, fingerprint=digest[:_DIGITS])
