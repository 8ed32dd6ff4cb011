"""One rule's edits on one file: checked against the text, made, and the result parsed once more.

Names are replaced as text; operations that need a tree rewrite the region around them with LibCST, which is imported
only then. Nothing is dropped silently: an edit is either in the result or in `refused`, with the reason.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

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

    text: the decoded file. edits: their spans count in `text`. Equal operations are made once. Where any edit is
    refused the caller drops its whole unit and calls again.
    """
    from lifeops_codemods.plan.draft import drafted  # late: most runs of a rule have nothing to write

    return drafted(text, edits, style)
