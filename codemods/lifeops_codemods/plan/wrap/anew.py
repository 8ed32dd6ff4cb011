"""Whether code is as a formatter leaves it, and its new text where that is safe to write."""

from __future__ import annotations

import ast
import re

from lifeops_codemods.plan.comments import comments, is_pragma
from lifeops_codemods.plan.document import NEWLINE, parse
from lifeops_codemods.plan.style import Formatter
from lifeops_codemods.plan.wrap.leaves import UnreadableError
from lifeops_codemods.plan.wrap.units import Unit

_ELIF = re.compile(r"^el(?=if\b)")
_STATEMENTS = (("", ""), ("", "\n    pass"), ("match x:\n  ", "\n    pass"), ("", " pass"))
_ITEMS = (
    ("f(\n", "\n)"),
    ("{\n", "\n}"),
    ("x[\n", "\n]"),
    ("def f(\n", "\n): pass"),
    ("with (\n", "\n): pass"),
    ("", "\ndef f(): pass"),
)
"""What makes a module of a part."""

_FORMATTER_OFF = re.compile(r"#\s*(fmt|yapf):\s*(off|disable)")


def turns_formatter_off(text: str) -> bool:
    """Tell whether a comment of a file turns its formatter off somewhere."""
    return _FORMATTER_OFF.search(text) is not None


def is_formatted(unit: Unit, limit: int, formatter: Formatter) -> bool:
    """Tell whether a unit is as the formatter leaves it."""
    try:
        return unit.laid_out(limit, formatter) == unit.text
    except UnreadableError:
        return False


def laid_out_anew(unit: Unit, limit: int, formatter: Formatter) -> str | None:
    """Return a unit as the formatter writes it, or None where that is not known or not safe."""
    try:
        text = unit.laid_out(limit, formatter)
    except UnreadableError:
        return None
    return text if is_safe(unit, text) else None


def is_safe(unit: Unit, text: str) -> bool:
    """Tell whether the unit means the same with its new text, and comments to tools still stand at what they mean."""
    return text == unit.text or (_pragma_lines(unit.text) <= _pragma_lines(text) and _means_the_same(unit, text))


def _pragma_lines(text: str) -> set[str]:
    """Return the lines with a comment that speaks to a tool about them."""
    return {line.strip() for line in NEWLINE.split(text) if any(map(is_pragma, comments(line)))}


def _means_the_same(unit: Unit, text: str) -> bool:
    """Tell whether the unit parses to the same tree with its new text."""
    for start, end in _STATEMENTS if unit.is_whole else _ITEMS:
        try:
            old, new = (ast.dump(parse(f"{start}{_ELIF.sub('', code)}{end}")) for code in (unit.text, text))
        except SyntaxError:
            continue
        return old == new
    return False
