"""Whether the brackets that a formatter could add are better left out, as another break reads better."""

from __future__ import annotations

from lifeops_codemods.plan.wrap.leaves import COMMA, DOT, Leaf
from lifeops_codemods.plan.wrap.line import Line, columns


def can_omit_brackets(head: Line, body: Line) -> bool:
    """Tell whether a line has a good break within `body`, what optional brackets would hold."""
    is_ruff = body.form.formatter == "ruff"
    if not body.delimiters:
        return not (
            is_ruff
            and _is_message(head, body)
            and (head.columns < head.form.limit or not _fits_behind_bracket(body, head.indent))
        )
    priority = max(body.delimiters.values())
    if list(body.delimiters.values()).count(priority) > 1:
        return False
    if priority == COMMA and (is_ruff or head.leaves[0].text in ("with", "async")):
        return False
    if priority == DOT:
        return True
    first, second = body.leaves[0], body.leaves[1]
    if first.opens and not second.closes and _rest_fits(body, first):
        return True
    last = body.leaves[-1]
    if last.opening is None:
        return False
    if last.text in (")", "}") or (last.text == "]" and not last.is_trailer):
        return not body.leaves[-2].opens and _start_fits(body, last)
    return False


def _is_message(head: Line, body: Line) -> bool:
    """Tell whether `body` is what an assertion says, without brackets of its own."""
    is_second = len(head.leaves) > 1 and head.leaves[-2].text == ","
    return head.leaves[0].text == "assert" and is_second and not any(leaf.opens for leaf in body.leaves)


def _fits_behind_bracket(body: Line, indent: str) -> bool:
    return columns(f"{indent}), {body.code}") <= body.form.limit


def _rest_fits(line: Line, first: Leaf) -> bool:
    """Tell whether what follows the brackets that the line starts with fits on one line or can be broken."""
    behind = False
    length = columns(line.indent)
    for _, leaf, size in line.lengths():
        behind |= leaf.opening is first
        if behind:
            length += size
            if length > line.form.limit:
                return False
            if leaf.opens:
                behind = False
    return True


def _start_fits(line: Line, last: Leaf) -> bool:
    """Tell whether what stands before the brackets that the line ends with fits on one line or can be broken."""
    length = columns(line.indent)
    others = False
    for _, leaf, size in line.lengths():
        length += size
        if leaf is last.opening:
            return others or length <= line.form.limit
        others |= leaf.opens
    return False
