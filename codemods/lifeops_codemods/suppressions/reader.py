"""From a file's text to its suppressions."""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import TYPE_CHECKING

from lifeops_codemods.operation import Span
from lifeops_codemods.suppressions.logical_lines import layout
from lifeops_codemods.suppressions.suppression import Suppression

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lifeops_codemods.suppressions.logical_lines import Comment, Layout, LogicalLine

MARK = "lifeops:"
LINE = "ignore"
FILE = "ignore-file"
NOWHERE = Span(0, 0)

_DIRECTIVE = re.compile(r"#\s*lifeops:\s*(?P<word>[\w-]+)\s*(?P<list>\[(?P<names>[^\]#]*)(?P<closed>\])?)?")


def suppressions(text: str) -> tuple[Suppression, ...]:
    """The suppressions in a file's decoded text, in order. A file without any costs one search for a word."""
    return tuple(_read(layout(text))) if MARK in text else ()


def _read(file: Layout) -> Iterator[Suppression]:
    for comment in file.comments:
        for directive in _DIRECTIVE.finditer(comment.text):
            word = directive["word"]
            if word in {LINE, FILE}:
                yield _suppression(file, comment, directive)
            elif near := get_close_matches(word, [LINE, FILE], n=1, cutoff=0.75):
                yield Suppression(span=comment.span, region=NOWHERE, error=f"did you mean `{near[0]}`?")


def _suppression(file: Layout, comment: Comment, directive: re.Match[str]) -> Suppression:
    names = tuple(name.strip() for name in (directive["names"] or "").split(",") if name.strip())
    if error := _list_error(directive, names):
        return Suppression(span=comment.span, region=NOWHERE, error=error)
    if directive["word"] == FILE:
        return _for_file(file, comment, names)
    return _for_line(file, comment, names)


def _list_error(directive: re.Match[str], names: tuple[str, ...]) -> str:
    if directive["list"] and not directive["closed"]:
        return "its list of rules has no `]`"
    return "its list of rules is empty" if directive["list"] and not names else ""


def _for_file(file: Layout, comment: Comment, names: tuple[str, ...]) -> Suppression:
    code = file.lines[1:] if file.lines and file.lines[0].is_string else file.lines
    error = f"`{FILE}` stands above the first statement" if code and code[0].start < comment.span.start else ""
    everything = Span(0, file.starts[-1])
    return Suppression(span=comment.span, region=everything, rules=names, whole_file=True, error=error)


def _for_line(file: Layout, comment: Comment, names: tuple[str, ...]) -> Suppression:
    if comment.alone:
        error = "it stands on a line of its own, and is for the line that it ends"
        return Suppression(span=comment.span, region=NOWHERE, rules=names, error=error)
    physical = Span(*file.starts[comment.row - 1 : comment.row + 1])
    line = _line_around(file, comment)
    if line is None:
        return Suppression(span=comment.span, region=physical, rules=names)
    at_edge = comment.row in {line.first_row, line.last_row}
    region = physical if not at_edge else line.block if line.is_definition else line.span
    inside = line if line.is_definition and not at_edge else line.parent
    return Suppression(span=comment.span, region=region, rules=names, definition=inside.block if inside else None)


def _line_around(file: Layout, comment: Comment) -> LogicalLine | None:
    """None where the tokens end within the statement, in a file that does not parse."""
    return next((line for line in file.lines if line.first_row <= comment.row <= line.last_row), None)
