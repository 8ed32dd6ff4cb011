"""One line that is too long, broken by itself, where the lines around it are as a person chose them."""

from __future__ import annotations

from collections.abc import Sequence

from lifeops_codemods.operation import Span
from lifeops_codemods.plan.document import NEWLINE
from lifeops_codemods.plan.wrap.anew import is_safe
from lifeops_codemods.plan.wrap.leaves import Leaf, copied
from lifeops_codemods.plan.wrap.line import Format, Line
from lifeops_codemods.plan.wrap.splits import lay_out
from lifeops_codemods.plan.wrap.units import Unit


def broken_alone(whole: Unit, line: int, form: Format) -> tuple[Span, str] | None:
    """Return where a line of a statement is and its new text, or None where it cannot be broken safely."""
    document = whole.document
    leaves = copied(whole.leaves)
    indexes = [index for index, leaf in enumerate(leaves) if leaf.line == line]
    if not indexes:
        return None
    first, end = indexes[0], indexes[-1] + 1
    own, last = leaves[first:end], leaves[end - 1]
    span = Span(own[0].start, document.line_end(last.end))
    indent = document.indent_at(span.start)
    rest = document.text[last.end : span.end].strip()
    if indent is None or rest != last.comment.strip() or any(NEWLINE.search(leaf.text) for leaf in own):
        return None
    lines = lay_out(Line(own, indent, form, inside=_are_items(leaves[:first], own, leaves[end:])))
    if any(leaf.comment for one in lines for leaf in one.leaves[:-1]):
        return None
    text = document.newline.join(map(str, lines))[len(indent) :]
    before, behind = whole.text[: span.start - whole.span.start], whole.text[span.end - whole.span.start :]
    return (span, text) if is_safe(whole, before + text + behind) else None


def _are_items(before: Sequence[Leaf], leaves: Sequence[Leaf], behind: Sequence[Leaf]) -> bool:
    """Tell whether a line holds whole items of the brackets around it."""
    depth = 0
    for leaf in leaves:
        depth += leaf.opens - leaf.closes
        if depth < 0:
            return False
    starts = bool(before) and (before[-1].opens or before[-1].text == ",")
    ends = leaves[-1].text == "," or (bool(behind) and behind[0].closes)
    return depth == 0 and starts and ends
