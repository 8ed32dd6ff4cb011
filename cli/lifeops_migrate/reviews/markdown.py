"""A review as Markdown (CommonMark with GitHub's tables). Text of the user's can neither format nor link anything."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from lifeops_migrate.reviews.blocks import Bullets, Code, Heading, Paragraph, Snippet, Table
from lifeops_migrate.reviews.content import blocks
from lifeops_migrate.visible import visible

if TYPE_CHECKING:
    from lifeops_codemods.review.model import Review
    from lifeops_migrate.reviews.blocks import Block, Inline

_SPECIAL = re.compile(r"[\\`*\[\]|~#!]|(?<![^\W_])_|_(?![^\W_])")
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "@": "&#64;", "$": "&#36;"}
_ENTITY = re.compile(r"[&<>@$]|(?<=www)\.|:(?=//)")
_STARTS_A_BLOCK = re.compile(r"^(\d*)(?=[-+=.)])")
_BACKTICKS = re.compile(r"`+")
_FENCES = re.compile(r"`{3,}")
_LINE_ENDS = re.compile(r"\r\n|\r|\n")


def markdown(review: Review) -> str:
    """The document."""
    return "\n\n".join(map(_block, blocks(review))) + "\n"


def _block(block: Block) -> str:
    match block:
        case Heading(level=level, text=text):
            return f"{'#' * level} {inline(text)}"
        case Paragraph(text=text):
            return _start(inline(text))
        case Bullets(items=items, numbered=numbered):
            return "\n".join(
                f"{f'{number}.' if numbered else '-'} {_start(inline(item))}" for number, item in enumerate(items, 1)
            )
        case Table():
            return _table(block)
        case Snippet(before=before, after=after):
            return _snippet(before, after)


def inline(text: Inline, *, cell: bool = False) -> str:
    """Text on one line. In a cell of a table a bar ends even code, unless it is escaped."""
    return "".join(_code(part.text, cell=cell) if isinstance(part, Code) else escaped(part) for part in text)


def escaped(text: str) -> str:
    """Plain text that stays plain text."""
    shown = _SPECIAL.sub(lambda found: "\\" + found[0], visible(text))
    return _ENTITY.sub(lambda found: _ENTITIES.get(found[0]) or f"&#{ord(found[0])};", shown)


def _code(text: str, *, cell: bool) -> str:
    shown = visible(text)
    if not shown.strip():
        return escaped(repr(text))
    fence = "`" * (max(map(len, _BACKTICKS.findall(shown)), default=0) + 1)
    room = " " if shown[0] in "` " or shown[-1] in "` " else ""
    code = f"{fence}{room}{shown}{room}{fence}"
    if not cell or "|" not in code:
        return code
    # A backslash before a bar is taken away with it, wherever the bar stands.
    return code.replace("|", "\\|") if "\\|" not in code else escaped(shown)


def _start(text: str) -> str:
    """A line that cannot be taken for the start of a list, a rule or an underline."""
    return _STARTS_A_BLOCK.sub(r"\1\\", text)


def _table(table: Table) -> str:
    rule = ["---:" if column in table.numbers else "---" for column in range(len(table.head))]
    rows = [list(table.head), rule, *([inline(cell, cell=True) for cell in row] for row in table.rows)]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _snippet(before: str, after: str) -> str:
    code = f"# Before\n{_lines(before)}\n\n# After\n{_lines(after)}"
    fence = "`" * max(3, max(map(len, _FENCES.findall(code)), default=0) + 1)
    return f"{fence}python\n{code}\n{fence}"


def _lines(code: str) -> str:
    """The code with nothing in it that could act on what shows it."""
    return "\n".join("\t".join(map(visible, line.split("\t"))) for line in _LINE_ENDS.split(code))
