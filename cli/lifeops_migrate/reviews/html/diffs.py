"""A file's change side by side, with syntax colours and the changed words marked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise, zip_longest
from typing import TYPE_CHECKING

from lifeops_migrate.diff.hunks import Block, Hunk, hunks
from lifeops_migrate.diff.lines import Lines, python_lines, without_end
from lifeops_migrate.diff.windows import windows_of_file
from lifeops_migrate.highlight.kinds import Kind
from lifeops_migrate.highlight.line import colored
from lifeops_migrate.highlight.syntax import Syntax
from lifeops_migrate.preview.words import Range, changed_words
from lifeops_migrate.reviews.html.elements import Element, element
from lifeops_migrate.visible import pieces

if TYPE_CHECKING:
    from lifeops_codemods.plan.model import FilePlan
    from lifeops_migrate.highlight.kinds import Run

_CLASSES = {kind: kind.value for kind in Kind} | {Kind.PLAIN: "", Kind.NAME: "function", Kind.BUILTIN: "number"}
_TAB = "    "


class Diffs:
    """Makes the tables of diffs, and counts the hunks, so that one huge change does not drown the page."""

    def __init__(self, most: int) -> None:
        self._most = most

    def of(self, files: Sequence[FilePlan]) -> Iterator[Element]:
        """A table for each file, as long as there is room; then how many files are not shown."""
        left = self._most
        for number, file in enumerate(files):
            if left <= 0:
                rest = len(files) - number
                yield element(
                    "p", f"The same change goes on in {rest} more file{'s' if rest > 1 else ''}.", class_="more"
                )
                return
            before, after = python_lines(file.before), python_lines(file.after)
            found = hunks(before, after, windows_of_file(file))
            yield _table(file, before, after, found[:left])
            left -= len(found)


def _table(file: FilePlan, before: Lines, after: Lines, found: Sequence[Hunk]) -> Element:
    old, new = Syntax(file.before), Syntax(file.after)
    bodies = [element("tbody", *_rows(hunk, before, after, old, new)) for hunk in found]
    head = element(
        "thead",
        element(
            "tr",
            element("th", "Line", scope="col", class_="at"),
            element("th", "Before", scope="col"),
            element("th", "Line", scope="col", class_="at"),
            element("th", "After", scope="col"),
        ),
    )
    table = element("table", element("caption", element("code", file.path)), head, *bodies, class_="diff")
    return element("div", table, class_="scroll", role="region", tabindex="0", aria_label=f"Change of {file.path}")


def _rows(hunk: Hunk, before: Lines, after: Lines, old: Syntax, new: Syntax) -> Iterator[Element]:
    left = _runs(before, hunk.start, hunk.end, old)
    right = _runs(after, hunk.new_start, hunk.new_end, new)
    at, new_at = hunk.start, hunk.new_start
    for block in (*hunk.blocks, Block(hunk.end, hunk.end, hunk.new_end, hunk.new_end)):
        for line, other in zip(range(at, block.start), range(new_at, block.new_start), strict=True):
            yield element(
                "tr",
                *_side(line, left[line - hunk.start], (), ""),
                *_side(other, right[other - hunk.new_start], (), ""),
            )
        marks = _marks(block, before, after)
        lines = zip_longest(range(block.start, block.end), range(block.new_start, block.new_end))
        for number, (gone, come) in enumerate(lines):
            mark = marks[number] if number < len(marks) else ((), ())
            yield element(
                "tr",
                *(_nothing() if gone is None else _side(gone, left[gone - hunk.start], mark[0], "removed")),
                *(_nothing() if come is None else _side(come, right[come - hunk.new_start], mark[1], "added")),
            )
        at, new_at = block.end, block.new_end


def _runs(lines: Lines, start: int, end: int, syntax: Syntax) -> list[tuple[Run, ...]]:
    return [*colored(map(without_end, lines.items[start:end]), syntax.state(lines.starts[start]))]


def _marks(block: Block, before: Lines, after: Lines) -> list[tuple[Sequence[Range], Sequence[Range]]]:
    if block.end - block.start != block.new_end - block.new_start:
        return []
    pairs = zip(before.items[block.start : block.end], after.items[block.new_start : block.new_end], strict=True)
    return [changed_words(without_end(one), without_end(other)) for one, other in pairs]


def _nothing() -> tuple[Element, Element]:
    return element("td", class_="at none"), element("td", class_="none")


def _side(line: int, runs: Sequence[Run], marks: Sequence[Range], what: str) -> tuple[Element, Element]:
    """The number and the code of one side. Who does not see colours is told what was removed and added."""
    said = element("span", f"{what}: ", class_="said") if what else None
    code = element("code", *_code(runs, marks))
    return element("td", str(line + 1), class_="at"), element("td", said, code, class_=what or None)


def _code(runs: Sequence[Run], marks: Sequence[Range]) -> Iterator[Element | str]:
    offset = 0
    for text, kind in runs:
        for start, part in _cut(text, offset, marks):
            inside = any(mark.start <= start < mark.end for mark in marks)
            name = " ".join(filter(None, (_CLASSES[kind], "changed" if inside else "")))
            for shown, is_marker in pieces(part.replace("\t", _TAB)):
                shown_as = "odd" if is_marker else name
                yield element("span", shown, class_=shown_as) if shown_as else shown
        offset += len(text)


def _cut(text: str, offset: int, marks: Sequence[Range]) -> Iterator[tuple[int, str]]:
    """The text in pieces that lie whole within or without the marks, each with its offset in the line."""
    borders = {border - offset for mark in marks for border in mark if 0 < border - offset < len(text)}
    cuts = [0, *sorted(borders), len(text)]
    for start, end in pairwise(cuts):
        if start < end:
            yield offset + start, text[start:end]
