"""Edits of one file that contradict each other: both sides are named, neither is made."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from lifeops_codemods.operation import (
    AddParameter,
    FreeName,
    ImportName,
    InsertAfter,
    InsertBefore,
    Operation,
    RemoveArgument,
    RemoveStatement,
    ReplaceExpression,
    ReplaceName,
    ReplaceStatement,
    Rewrite,
    SetArgument,
    SetDecoratorArgument,
    SetExceptHead,
    SetParameter,
    Span,
    WrapStatements,
)
from lifeops_codemods.plan.document import Document
from lifeops_codemods.rule import Edit

_DESTROYERS = (ReplaceExpression, ReplaceStatement, RemoveStatement, Rewrite, SetExceptHead)
_ON_ARGUMENTS = (SetArgument, RemoveArgument, SetDecoratorArgument)
_Pair = tuple[Edit, Edit]


class _Claim(NamedTuple):
    """Text that an edit throws away, so that no other may write there."""

    edit: Edit
    span: Span


def contradictions(document: Document, edits: Sequence[Edit]) -> Iterator[_Pair]:
    """Yield each pair of edits that cannot both be made. Equal operations do not contradict each other."""
    placed = [edit for edit in edits if not isinstance(edit.operation, ImportName | FreeName)]
    yield from _overlapping_names([edit for edit in placed if isinstance(edit.operation, ReplaceName)])
    others = [edit for edit in placed if not isinstance(edit.operation, ReplaceName)]
    if not others:
        return
    for claim in [*_whole_spans(others), *_arguments(document, others)]:
        for edit in placed:
            if edit.operation != claim.edit.operation and _writes_into(edit.operation, claim):
                yield claim.edit, edit
    yield from _same_argument(others)
    yield from _tangled_wraps([edit for edit in others if isinstance(edit.operation, WrapStatements)])


def describe(edit: Edit) -> str:
    """Name an edit for the reason of a refusal."""
    return f"{edit.rule}: {edit.message} ({type(edit.operation).__name__} at {edit.operation.expected[:40]!r})"


def _overlapping_names(edits: Sequence[Edit]) -> Iterator[_Pair]:
    ordered = sorted(edits, key=lambda edit: edit.operation.span)
    for first, second in pairwise(ordered):
        if second.operation.span.start < first.operation.span.end and first.operation != second.operation:
            yield first, second


def _whole_spans(edits: Sequence[Edit]) -> Iterator[_Claim]:
    for edit in edits:
        if isinstance(edit.operation, _DESTROYERS):
            yield _Claim(edit, edit.operation.span)


def _arguments(document: Document, edits: Sequence[Edit]) -> Iterator[_Claim]:
    """Claim the old values of arguments that get another, and whole arguments that go."""
    wanted = [edit for edit in edits if isinstance(edit.operation, _ON_ARGUMENTS)]
    if not wanted:
        return
    calls = {document.span(node): node for node in ast.walk(document.tree) if isinstance(node, ast.Call)}
    for edit in wanted:
        call = calls.get(edit.operation.span)
        for keyword in call.keywords if call is not None else ():
            if keyword.arg == getattr(edit.operation, "name", None):
                whole = isinstance(edit.operation, RemoveArgument)
                yield _Claim(edit, document.span(keyword if whole else keyword.value))


def _writes_into(operation: Operation, claim: _Claim) -> bool:
    span, taken = operation.span, claim.span
    if span == taken == claim.edit.operation.span:
        return not _composes(operation, claim.edit.operation)
    if span != taken and span.start <= taken.start and taken.end <= span.end:
        return False
    return span.start < taken.end and taken.start < span.end


def _composes(operation: Operation, destroyer: Operation) -> bool:
    """Tell whether an operation on the very span that another replaces works on what it is replaced by."""
    if isinstance(operation, InsertBefore | InsertAfter):
        return isinstance(destroyer, ReplaceStatement | RemoveStatement)
    return isinstance(operation, WrapStatements) and isinstance(destroyer, ReplaceStatement)


def _same_argument(edits: Sequence[Edit]) -> Iterator[_Pair]:
    """Yield edits that want different things of one argument or parameter."""
    seen: dict[tuple[Span, str], Edit] = {}
    for edit in edits:
        match edit.operation:
            case SetArgument(name=name) | RemoveArgument(name=name) | SetDecoratorArgument(name=name):
                key = (edit.operation.span, name)
            case AddParameter(code=code):
                key = (edit.operation.span, code.partition(":")[0].partition("=")[0].strip())
            case SetParameter():
                key = (edit.operation.span, "")
            case _:
                continue
        known = seen.setdefault(key, edit)
        if known.operation != edit.operation:
            yield known, edit


def _tangled_wraps(edits: Sequence[Edit]) -> Iterator[_Pair]:
    """Yield wraps of the same statements, or of runs that overlap without one holding the other."""
    ordered = sorted(edits, key=lambda edit: (edit.operation.span.start, -edit.operation.span.end))
    for index, first in enumerate(ordered):
        for second in ordered[index + 1 :]:
            outer, inner = first.operation.span, second.operation.span
            if inner.start >= outer.end:
                break
            if first.operation != second.operation and (inner == outer or inner.end > outer.end):
                yield first, second
