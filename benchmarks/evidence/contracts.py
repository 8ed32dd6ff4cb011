"""The rules about what endpoints promise: one row for each place that was edited or refused.

The place of a finding is the first parameter, or the route, that it is about; its reason tells the rest.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from evidence.table import Row

RULES = (
    "created-status",
    "response-model",
    "query-description",
    "typed-query",
    "path-bounds",
    "endpoint-docstring",
)
COLUMNS = ("project", "path:line", "outcome", "what", "reason")


def subject(row: Row) -> Row:
    """What a verdict is about: the place and what became of it."""
    return row[:4]


def rows(project: str, document: Mapping[str, Any]) -> Iterator[Row]:
    """What the tool did at each place. An import, which stands for the top of its file, is part of another edit."""
    seen: dict[tuple[str, str], Row] = {}
    for edit in document["edits"]:
        if edit["line"] > 1:
            place = f"{edit['path']}:{edit['line']}"
            seen[place, edit["message"]] = (project, place, "edited", edit["message"], "")
    for finding in document["findings"]:
        place = f"{finding['path']}:{finding['line']}"
        seen[place, finding["message"]] = (project, place, "refused", finding["message"], finding["reason"])
    yield from seen.values()
