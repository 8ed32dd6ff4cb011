"""How to test what the review recommends: which routes, which status codes, which statements."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from lifeops_codemods.rule import Category
from lifeops_migrate.reviews.blocks import Block, Bullets, Code, Inline, Paragraph

if TYPE_CHECKING:
    from lifeops_codemods.review.model import Issue, Review

_LISTED = 8
"""So many routes are named; of the rest only how many there are."""

_GENERAL = {
    Category.PERFORMANCE: "Ask with two rows and with six, and assert that as many SQL statements are sent",
    Category.NAMING: "Run the project's own tests; tables, columns and the OpenAPI document must be the same as before",
    Category.STRUCTURE: "Run the project's own tests, and import each package by itself",
    Category.DOCUMENTATION: "Compare the OpenAPI document: nothing but descriptions may have changed",
    Category.UPGRADE: "Run the project's own tests with warnings as errors (`-W error`)",
}


def suggestions(review: Review) -> Iterator[Block]:
    """A list of what to assert, where."""
    items = tuple(_suggestions(review))
    yield Bullets(items) if items else Paragraph(("None.",))


def _suggestions(review: Review) -> Iterator[Inline]:
    seen: dict[str, list[Issue]] = {}
    for issue in review.issues:
        if issue.clients_see:
            seen.setdefault(issue.clients_see, []).append(issue)
    for text, issues in seen.items():
        where = _routes(review, issues)
        yield (f"Assert that {text}", *((": ", *where) if where else ()), ".")
    for category, text in _GENERAL.items():
        issues = [one for one in review.issues if one.rule is not None and one.rule.category is category]
        if issues:
            # What a renamed class is used by is no list of routes to ask one by one.
            where = _routes(review, issues) if category is not Category.NAMING else ()
            yield (text, *((": ", *where) if where else ()), ".")


def _routes(review: Review, issues: Sequence[Issue]) -> Inline:
    """`GET /a`, `GET /b` and 3 more."""
    numbers = dict.fromkeys(number for issue in issues for number in issue.endpoints)
    labels = list(dict.fromkeys(review.state.endpoints[number].label for number in numbers))
    parts = [part for label in labels[:_LISTED] for part in (", ", Code(label))][1:]
    return (*parts, f" and {len(labels) - _LISTED} more") if len(labels) > _LISTED else tuple(parts)
