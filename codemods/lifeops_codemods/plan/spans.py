"""The stage of pieces of text: names, heads of `except` clauses, and what a rule's own function makes of a region."""

from __future__ import annotations

import ast
import keyword
from collections.abc import Sequence
from importlib import import_module

from lifeops_codemods.operation import Operation, ReplaceName, ReplaceText, Rewrite, SetExceptHead
from lifeops_codemods.plan.difference import differences
from lifeops_codemods.plan.document import Document
from lifeops_codemods.plan.model import Change
from lifeops_codemods.plan.stages import Outcome, Placed
from lifeops_codemods.plan.style import Style


def replace_spans(document: Document, placed: Sequence[Placed], style: Style) -> Outcome:
    """Replace names and heads of clauses, and regions by what their functions return."""
    changes: list[Change] = []
    refused: dict[Operation, str] = {}
    for operation, span in placed:
        if isinstance(operation, ReplaceName):
            if operation.new.isidentifier() and not keyword.iskeyword(operation.new):
                changes.append(Change(span.start, span.end, operation.new))
            else:
                refused[operation] = f"{operation.new!r} is no name"
        elif isinstance(operation, ReplaceText):
            changes.append(Change(span.start, span.end, operation.new))
        elif isinstance(operation, SetExceptHead):
            if _is_head(operation.code) and _is_head(operation.expected):
                changes.append(Change(span.start, span.end, operation.code))
            else:
                refused[operation] = "there is no head of an `except` clause at this place"
        elif isinstance(operation, Rewrite):
            try:
                changes += differences(operation.expected, _own(operation), span.start)
            except Exception as error:  # a rule's own code may raise anything
                refused[operation] = f"{operation.function} failed: {error!r}"
    return Outcome(tuple(sorted(changes)), refused)


def _is_head(code: str) -> bool:
    """Tell whether `code` and a colon begin an `except` clause, and lose no comment."""
    if not code.startswith("except") or "#" in code:
        return False
    try:
        statement = ast.parse(f"try:\n    pass\n{code}:\n    pass\n").body
    except SyntaxError:
        return False
    return len(statement) == 1


def _own(operation: Rewrite) -> str:
    """Call the function that a rule names. Raises what it raises, and ImportError where there is none."""
    module, _, name = operation.function.partition(":")
    result = getattr(import_module(module), name)(operation.expected, dict(operation.data))
    if not isinstance(result, str):
        raise TypeError(f"it returned {type(result).__name__}, not text")
    return result
