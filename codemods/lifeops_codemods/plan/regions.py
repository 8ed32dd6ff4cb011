"""Which lines to cut out for an edit: the smallest run of statements around it that owns whole lines.

A statement that shares its lines (`;`, `if x: y`, a `\\` before it) or that is no statement of its own (`elif`) widens
to its neighbours and then to its parent.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from lifeops_codemods.operation import Span
from lifeops_codemods.plan.document import Document, first_offset

_AFTER_STATEMENT = re.compile(r"[ \t\f]*;?[ \t\f]*(#.*)?$")


class Region(NamedTuple):
    """Whole lines of one block.

    start: where the first line's indent starts. end: before the last line's ending. indents: those of the blocks
    around, outermost first, the region's own last. fills_block: there is nothing else in the block. stub: the line that
    stands for the rest of a statement that is cut.
    """

    start: int
    end: int
    indents: tuple[str, ...]
    fills_block: bool
    stub: str = ""


def region_of(document: Document, span: Span) -> Region | None:
    """Return the smallest region around `span`, or None where no statements with lines of their own hold it."""
    path = list(_path(document, span))
    for depth in range(len(path) - 1, -1, -1):
        found = _whole_lines(document, *path[depth])
        if found is not None:
            first, last = found
            block = path[depth].block
            indents = _indents(document, [*(level.block[level.first] for level in path[:depth]), block[first]])
            fills = depth > 0 and first == 0 and last == len(block) - 1
            start = first_offset(document, block[first])
            return Region(start - len(indents[-1] if indents else ""), _end(document, block[last]), indents, fills)
    return None


def merged(document: Document, regions: Iterable[Region]) -> list[Region]:
    """Return the regions that cover all of `regions` and do not overlap, in order."""
    result: list[Region] = []
    for region in sorted(regions, key=lambda region: (region.start, -region.end)):
        if result and region.start < result[-1].end:
            if region.end > result[-1].end:
                union = region_of(document, Span(result[-1].start + len("".join(result[-1].indents[-1:])), region.end))
                result[-1] = union or result[-1]
        else:
            result.append(region)
    return result


def head_of(document: Document, region: Region, spans: Iterable[Span]) -> Region:
    """Return the decorators and the signature of the function that a region is, where all of `spans` are in them."""
    start = region.start + len(region.indents[-1] if region.indents else "")
    for level in _path(document, Span(start, start + 1)):
        node = level.block[level.first]
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and first_offset(document, node) == start:
            first = first_offset(document, node.body[0])
            indent = document.indent_at(first)
            body = document.line_at(first)
            end = document.line_end(document.line_starts[body - 1])
            if indent is not None and document.end(node) <= region.end and all(span.end <= end for span in spans):
                return region._replace(end=end, stub=f"{indent}pass")
    return region


class _Level(NamedTuple):
    block: Sequence[ast.stmt]
    first: int
    last: int


def _path(document: Document, span: Span) -> Iterator[_Level]:
    """Yield, from the module inwards, the blocks that hold `span` and the run of statements that covers it."""
    blocks: list[list[ast.stmt]] = [document.tree.body]
    while blocks:
        level = next((found for block in blocks if (found := _covering(document, block, span))), None)
        if level is None:
            return
        yield level
        blocks = list(inner_blocks(level.block[level.first])) if level.first == level.last else []


def _covering(document: Document, block: list[ast.stmt], span: Span) -> _Level | None:
    if not block or first_offset(document, block[0]) > span.start or document.end(block[-1]) < span.end:
        return None
    first = next(index for index in range(len(block) - 1, -1, -1) if first_offset(document, block[index]) <= span.start)
    last = next(index for index in range(first, len(block)) if document.end(block[index]) >= span.end)
    return _Level(block, first, last)


def inner_blocks(node: ast.AST) -> Iterator[list[ast.stmt]]:
    """Yield the blocks of statements that a statement holds."""
    for name in ("body", "orelse", "finalbody"):
        if block := getattr(node, name, None):
            yield block
    for name in ("handlers", "cases"):
        for part in getattr(node, name, ()):
            yield part.body


def _whole_lines(document: Document, block: Sequence[ast.stmt], first: int, last: int) -> tuple[int, int] | None:
    """Return the run around `first` to `last` that owns whole lines, or None."""
    while first > 0 and _joins(document, block[first - 1], block[first]):
        first -= 1
    while last + 1 < len(block) and _joins(document, block[last], block[last + 1]):
        last += 1
    start = first_offset(document, block[first])
    if document.indent_at(start) is None or document.text.startswith("elif", start):
        return None
    if _continues(document, start) or not _AFTER_STATEMENT.match(_rest(document, document.end(block[last]))):
        return None
    return first, last


def _joins(document: Document, before: ast.stmt, after: ast.stmt) -> bool:
    """Tell whether two neighbours share a logical line."""
    between = document.text[document.end(before) : first_offset(document, after)]
    return between.lstrip(" \t\f").startswith(";") and not _ends_line(between)


def _ends_line(between: str) -> bool:
    """Tell whether a logical line ends in the text between two statements."""
    return re.search(r"(?<!\\)(\r|\n)", between.replace("\\\r\n", "")) is not None


def _continues(document: Document, start: int) -> bool:
    """Tell whether the line of `start` continues the one before by a backslash."""
    line = document.line_at(start)
    before = document.line(line - 1) if line else ""
    return before.endswith("\\") and "#" not in before


def _rest(document: Document, offset: int) -> str:
    return document.text[offset : document.line_end(offset)]


def _indents(document: Document, statements: Sequence[ast.stmt]) -> tuple[str, ...]:
    """Return the growing indents of statements from the outermost in."""
    indents: list[str] = [""]
    for statement in statements:
        indent = document.indent_at(first_offset(document, statement)) or ""
        if len(indent) > len(indents[-1]):
            indents.append(indent)
    return tuple(indents[1:])


def _end(document: Document, last: ast.stmt) -> int:
    """Return where the lines of a run end: comments below that are indented deeper belong to its last block."""
    end = document.line_end(document.end(last))
    if not any(inner_blocks(last)):
        return end
    indent = document.indent_at(first_offset(document, last)) or ""
    for index in range(document.line_at(end) + 1, len(document.line_starts)):
        line = document.line(index)
        body = line.lstrip(" \t\f")
        if body.startswith("#") and line.startswith(indent) and len(line) - len(body) > len(indent):
            end = document.line_end(document.line_starts[index])
        elif body:
            break
    return end
