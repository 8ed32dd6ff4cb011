"""Edits made short for tests: a span is found by the text that it holds."""

from __future__ import annotations

from itertools import pairwise
from typing import Any, TypeVar

from lifeops_codemods.operation import Operation, Span
from lifeops_codemods.plan.mapping import apply_changes
from lifeops_codemods.plan.rewriting import Rewritten, rewrite
from lifeops_codemods.plan.style import Style
from lifeops_codemods.rule import Edit

Made = TypeVar("Made", bound=Operation)


def at(kind: type[Made], text: str, piece: str, nth: int = 0, **fields: Any) -> Made:
    """Return an operation on the nth occurrence of `piece` in `text`."""
    start = -1
    for _ in range(nth + 1):
        start = text.index(piece, start + 1)
    return kind(span=Span(start, start + len(piece)), expected=piece, **fields)


def between(kind: type[Made], text: str, first: str, last: str, **fields: Any) -> Made:
    """Return an operation on the text from `first` up to the end of the next `last`."""
    start = text.index(first)
    end = text.index(last, start) + len(last)
    return kind(span=Span(start, end), expected=text[start:end], **fields)


def nowhere(kind: type[Made], **fields: Any) -> Made:
    """Return an operation that has no place: an import."""
    return kind(span=Span(0, 0), expected="", **fields)


def edit(operation: Operation) -> Edit:
    return Edit(rule="some-rule", path="app/a.py", operation=operation, message="says so", unit="one")


def run(text: str, *operations: Operation, style: Style | None = None) -> Rewritten:
    """Rewrite, and check that the changes are what makes the text."""
    result = rewrite(text, [edit(operation) for operation in operations], style or Style())
    assert apply_changes(text, result.changes) == result.text
    assert all(one.end <= two.start for one, two in pairwise(result.changes))
    return result


def made(text: str, *operations: Operation, style: Style | None = None) -> str:
    """Rewrite and return the new text; nothing may be refused."""
    result = run(text, *operations, style=style)
    assert not result.refused, [refusal.reason for refusal in result.refused]
    return result.text


def reasons(text: str, *operations: Operation) -> list[str]:
    return [refusal.reason for refusal in run(text, *operations).refused]
