"""One rule's edits on one file, made stage by stage; after each the result is parsed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from lifeops_codemods.operation import (
    CreateFile,
    FreeName,
    ImportName,
    InsertFirst,
    Operation,
    ReplaceName,
    ReplaceText,
    Rewrite,
    SetExceptHead,
)
from lifeops_codemods.plan.bodies import insert_at_tops
from lifeops_codemods.plan.conflicts import contradictions, describe
from lifeops_codemods.plan.document import Document
from lifeops_codemods.plan.free_names import free_names
from lifeops_codemods.plan.import_order import tidied
from lifeops_codemods.plan.imports import add_imports
from lifeops_codemods.plan.mapping import apply_changes, compose, map_span
from lifeops_codemods.plan.model import Change
from lifeops_codemods.plan.regional import rewrite_regions
from lifeops_codemods.plan.rewrap import rewrapped
from lifeops_codemods.plan.rewriting import Refusal, Rewritten
from lifeops_codemods.plan.spans import replace_spans
from lifeops_codemods.plan.stages import Placed, Stage
from lifeops_codemods.plan.style import Style
from lifeops_codemods.rule import Edit


def drafted(text: str, edits: Sequence[Edit], style: Style) -> Rewritten:
    """What `rewrite` says."""
    draft = _Draft(text, style)
    refused = dict(_unfit(draft.document, edits))
    operations = list(dict.fromkeys(edit.operation for edit in edits if edit.operation not in refused))
    for stage, wanted in _stages(operations):
        refused |= draft.advance(stage, wanted)
    if any(isinstance(operation, ReplaceName) for operation in operations):
        draft.tidy(tidied)
        draft.tidy(rewrapped)
    return Rewritten(
        draft.document.text,
        draft.changes,
        tuple(Refusal(edit, refused[edit.operation]) for edit in edits if edit.operation in refused),
    )


Layout = Callable[[Document, Document, Sequence[Change], Style], tuple[Change, ...]]
"""Says how a text is laid out anew, by what it was and the changes that made it."""


class _Draft:
    """The text so far, and the changes on the first text that make it."""

    def __init__(self, text: str, style: Style) -> None:
        self.first = self.document = Document(text)
        self.style = style
        self.changes: tuple[Change, ...] = ()

    def advance(self, stage: Stage, operations: Sequence[Operation]) -> dict[Operation, str]:
        """Go one stage on and return what was refused: all of its operations where the result does not parse."""
        placed = [Placed(operation, map_span(self.changes, operation.span)) for operation in operations]
        try:
            outcome = stage(self.document, placed, self.style)
            document = Document(apply_changes(self.document.text, outcome.changes))
            _ = document.tree
        except SyntaxError as error:
            return dict.fromkeys(operations, f"the result does not parse: {error}")
        if outcome.changes:
            self.document = document
            self.changes = compose(len(self.first.text), self.changes, outcome.changes)
        return dict(outcome.refused)

    def tidy(self, layout: Layout) -> None:
        """Put right what names that have changed put wrong. Last, as it moves what spans point at."""
        try:
            changes = layout(self.first, self.document, self.changes, self.style)
            document = Document(apply_changes(self.document.text, changes)) if changes else self.document
            _ = document.tree
        except SyntaxError:
            return
        self.document = document
        self.changes = compose(len(self.first.text), self.changes, changes)


def _unfit(document: Document, edits: Sequence[Edit]) -> Iterator[tuple[Operation, str]]:
    """Yield the operations that cannot even be tried, with the reason."""
    fit: list[Edit] = []
    for edit in edits:
        span = edit.operation.span
        if isinstance(edit.operation, CreateFile):
            yield edit.operation, "the file to create exists already"
        elif document.text[span.start : span.end] == edit.operation.expected:
            fit.append(edit)
        else:
            yield edit.operation, f"the text at this place is not {edit.operation.expected[:80]!r}"
    try:
        for one, other in contradictions(document, fit):
            yield one.operation, f"it contradicts {describe(other)}"
            yield other.operation, f"it contradicts {describe(one)}"
    except SyntaxError as error:
        yield from ((edit.operation, f"the file does not parse: {error}") for edit in fit)


def _stages(operations: Sequence[Operation]) -> Iterator[tuple[Stage, list[Operation]]]:
    """Yield the stages that have something to do, in their order, with their operations."""
    kinds: tuple[tuple[Stage, tuple[type[Operation], ...]], ...] = (
        (replace_spans, (ReplaceName, ReplaceText, SetExceptHead, Rewrite)),
        (rewrite_regions, ()),
        (insert_at_tops, (InsertFirst,)),
        (add_imports, (ImportName,)),
        (free_names, (FreeName,)),
    )
    named = tuple(kind for _, kinds_of in kinds for kind in kinds_of)
    for stage, wanted in kinds:
        mine = [one for one in operations if (isinstance(one, wanted) if wanted else not isinstance(one, named))]
        if mine:
            yield stage, mine
