"""The stage of regions: operations that need a tree, made on the statements around them and spliced back."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

from lifeops_codemods.operation import AppendCall, Operation, RemoveStatement, ReplaceExpression
from lifeops_codemods.plan.comments import comments, is_pragma
from lifeops_codemods.plan.difference import differences
from lifeops_codemods.plan.document import Document, parse
from lifeops_codemods.plan.model import Change
from lifeops_codemods.plan.reformat import reformatted
from lifeops_codemods.plan.regions import Region, head_of, merged, region_of
from lifeops_codemods.plan.stages import Outcome, Placed
from lifeops_codemods.plan.style import Style
from lifeops_codemods.plan.wrap.anew import turns_formatter_off

if TYPE_CHECKING:
    from lifeops_codemods.plan.operations import Shelled


def rewrite_regions(document: Document, placed: Sequence[Placed], style: Style) -> Outcome:
    """Make operations on the smallest regions that hold them; regions that overlap are one."""
    if turns_formatter_off(document.text):
        style = replace(style, formatter=None)
    refused: dict[Operation, str] = {}
    at: dict[Placed, Region] = {}
    for one in placed:
        region = region_of(document, one.span)
        if region is None:
            refused[one.operation] = "no statement with lines of its own is at this place"
        else:
            at[one] = region
    changes: list[Change] = []
    for region in merged(document, set(at.values())):
        inside = [one for one, own in at.items() if region.start <= own.start and own.end <= region.end]
        outcome = _rewritten(document, head_of(document, region, [one.span for one in inside]), inside, style)
        changes += outcome.changes
        refused |= outcome.refused
    return Outcome(tuple(changes), refused)


def _rewritten(document: Document, region: Region, placed: Sequence[Placed], style: Style) -> Outcome:
    """Make the operations of one region. Those that fail alone are refused; where all only fail together, all are."""
    from lifeops_codemods.plan.fragments import UnmadeError

    try:
        return _made(document, region, placed, style)
    except UnmadeError as error:
        if len(placed) == 1:
            return _as_spans(document, placed, str(error))
        alone = [_rewritten(document, region, [one], style) for one in placed]
        refused = {operation: reason for outcome in alone for operation, reason in outcome.refused.items()}
        rest = [one for one in placed if one.operation not in refused]
        if len(rest) == len(placed):
            return _as_spans(document, placed, str(error))
        others = _rewritten(document, region, rest, style) if rest else Outcome()
        return Outcome(others.changes, {**refused, **others.refused})


def _made(document: Document, region: Region, placed: Sequence[Placed], style: Style) -> Outcome:
    """Make the operations of one region together. Raises UnmadeError."""
    from lifeops_codemods.plan.operations import rewrite_region

    lines, refusals = rewrite_region(document, region, placed, style)
    reasons = {placed[index].operation: reason for index, reason in refusals.items()}
    new = _checked(document, region, lines, placed, style)
    if not new.strip():
        return Outcome((_without_lines(document, region),), reasons)
    return Outcome(tuple(differences(document.text[region.start : region.end], new, region.start)), reasons)


def _checked(document: Document, region: Region, lines: str, placed: Sequence[Placed], style: Style) -> str:
    """Return the new lines, laid out as the project has it. Raises UnmadeError where they are wrong."""
    from lifeops_codemods.plan.fragments import UnmadeError
    from lifeops_codemods.plan.operations import shelled

    shell = shelled(document, region)
    lost = comments(shell.text) - comments(shell.prefix + lines + shell.suffix)
    if any(isinstance(one.operation, RemoveStatement) for one in placed):
        lost = Counter({comment: count for comment, count in lost.items() if not is_pragma(comment)})
    if lost:
        raise UnmadeError(f"a comment would be lost: {next(iter(lost))}")
    if not lines.strip():
        return lines
    end = f"{shell.suffix}{''.join(region.indents[-1:])}pass{document.newline}"  # where only comments are left
    new = shell._replace(lines=lines, suffix=end)
    try:
        parse(new.text)
    except SyntaxError as error:
        raise UnmadeError(f"the result does not parse: {error.msg}") from error
    return _laid_out(document, shell, new, style)


def _laid_out(document: Document, old: Shelled, new: Shelled, style: Style) -> str:
    unit = document.indent_unit
    changes = differences(old.lines, new.lines, len(old.prefix))
    text = reformatted(Document(old.text, unit), Document(new.text, unit), changes, style)
    return text[len(new.prefix) : len(text) - len(new.suffix)]


def _without_lines(document: Document, region: Region) -> Change:
    """Remove a region's lines, and the blank lines below where there are such above too."""
    start = document.line_start(region.start)
    end = document.next_line(region.end)
    line = document.line_at(start)
    if line == 0 or not document.line(line - 1).strip():
        while end < len(document.text) and not document.line(document.line_at(end)).strip():
            end = document.next_line(end)
    return Change(max(start, region.start), end, "")


def _as_spans(document: Document, placed: Sequence[Placed], reason: str) -> Outcome:
    """Make what can be made without a tree where LibCST fails; refuse the rest."""
    changes: list[Change] = []
    refused: dict[Operation, str] = {}
    for operation, span in placed:
        match operation:
            case ReplaceExpression(code=code) if not comments(operation.expected):
                changes.append(Change(span.start, span.end, _closed(code)))
            case AppendCall(call=call):
                changes.append(Change(span.start, span.end, f"{_closed(operation.expected)}.{call}"))
            case _:
                refused[operation] = reason
    if _overlap(sorted(changes)):
        return Outcome((), {one.operation: reason for one in placed})
    return Outcome(tuple(sorted(changes)), refused)


def _overlap(changes: Sequence[Change]) -> bool:
    return any(second.start < first.end for first, second in pairwise(changes))


def _closed(code: str) -> str:
    """Return an expression that holds together wherever it is put."""
    try:
        node = ast.parse(code, mode="eval").body
    except SyntaxError:
        return f"({code})"
    return (
        code
        if isinstance(node, ast.Name | ast.Attribute | ast.Call | ast.Subscript | ast.List | ast.Dict)
        else f"({code})"
    )
