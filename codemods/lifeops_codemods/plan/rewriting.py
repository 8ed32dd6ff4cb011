"""One rule's edits on one file: checked against the text, made, and the result parsed once more.

Names are replaced as text; operations that need a tree rewrite the region around them with LibCST, which is imported
only then. Nothing is dropped silently: an edit is either in the result or in `refused`, with the reason.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lifeops_codemods.operation import InsertFirst, Operation, ReplaceName, Span
from lifeops_codemods.plan.bodies import insert_first
from lifeops_codemods.plan.document import Document
from lifeops_codemods.plan.mapping import apply_changes, compose, map_span, narrowed
from lifeops_codemods.plan.model import Change
from lifeops_codemods.plan.style import Style
from lifeops_codemods.rule import Edit


@dataclass(frozen=True, slots=True)
class Refusal:
    """An edit that was not made, and why."""

    edit: Edit
    reason: str


@dataclass(frozen=True, slots=True)
class Rewritten:
    """The new text, the changes on the old text that make it, and the edits that were not made."""

    text: str
    changes: tuple[Change, ...]
    refused: tuple[Refusal, ...] = ()


def rewrite(text: str, edits: Sequence[Edit], style: Style) -> Rewritten:
    """Make all of one rule's edits on one file.

    text: the decoded file. edits: their spans count in `text`. Where any is refused the caller drops its whole unit and
    calls again.
    """
    refused: list[Refusal] = []
    document = Document(text)
    good: list[Edit] = []
    for edit in edits:
        span = edit.operation.span
        if text[span.start : span.end] != edit.operation.expected:
            refused.append(Refusal(edit, f"the text at this place is not {edit.operation.expected!r}"))
        else:
            good.append(edit)
    changes: tuple[Change, ...] = ()
    names = [edit for edit in good if isinstance(edit.operation, ReplaceName)]
    changes = _named(names, refused)
    document = Document(apply_changes(text, changes))
    firsts: list[Change] = []
    for edit in good:
        if isinstance(edit.operation, InsertFirst):
            made = insert_first(document, edit.operation, map_span(changes, edit.operation.span), style)
            if isinstance(made, str):
                refused.append(Refusal(edit, made))
            else:
                firsts.append(made)
        elif not isinstance(edit.operation, ReplaceName):
            refused.append(Refusal(edit, f"{type(edit.operation).__name__} is not supported yet"))
    firsts.sort()
    result = Document(apply_changes(document.text, firsts))
    try:
        _ = result.tree
    except SyntaxError as error:
        return Rewritten(text, (), tuple(Refusal(edit, f"the result does not parse: {error}") for edit in edits))
    return Rewritten(result.text, compose(len(text), changes, firsts), tuple(refused))


def _named(edits: Sequence[Edit], refused: list[Refusal]) -> tuple[Change, ...]:
    """Return the changes that replace names; of two that overlap both are refused."""
    changes: dict[Span, Change] = {}
    for edit in sorted(edits, key=lambda edit: edit.operation.span):
        operation = edit.operation
        assert isinstance(operation, ReplaceName)
        change = Change(operation.span.start, operation.span.end, operation.new)
        known = changes.setdefault(operation.span, change)
        if known != change:
            refused.append(Refusal(edit, f"another edit writes {known.text!r} at this place"))
    return tuple(changes.values())
