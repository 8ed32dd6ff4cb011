"""One line of a layout: its leaves, where it may be broken, and whether it fits."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from lifeops_codemods.plan.style import Formatter
from lifeops_codemods.plan.wrap.leaves import COMMA, Leaf


class Format(NamedTuple):
    """How a formatter breaks lines. limit: how long one may be. unit: what the file indents by."""

    limit: int
    unit: str
    formatter: Formatter = "black"


_UNCOUNTED: dict[Formatter, re.Pattern[str]] = {
    "black": re.compile(r"  #\s*type:\s*ignore"),
    "ruff": re.compile(r"  #\s*(noqa|(type|pyright|pylint|flake8|ruff|isort|nosec|ty):)", re.IGNORECASE),
}


@dataclass(slots=True)
class _Marks:
    """What the brackets of a line say. delimiters: priorities by the index of the leaf that a break comes behind."""

    delimiters: dict[int, int] = field(default_factory=dict)
    depths: list[int] = field(default_factory=list)
    optional: list[tuple[Leaf, int]] = field(default_factory=list)
    has_magic_comma: bool = False


class Line:
    """Leaves at a depth. inside: they stand between brackets that were broken. tracked: which of them are looked at."""

    def __init__(
        self, leaves: Sequence[Leaf], indent: str, form: Format, *, inside: bool, tracked: str = "all"
    ) -> None:
        self.leaves = list(leaves)
        self.indent = indent
        self.form = form
        self.inside = inside
        self.must_split = False
        self._tracked = tracked

    def of(self, leaves: Sequence[Leaf]) -> Line:
        """Return a line like this one with other leaves."""
        return Line(leaves, self.indent, self.form, inside=self.inside, tracked=self._tracked)

    def __str__(self) -> str:
        return self.indent + self.code + "".join(leaf.comment for leaf in self.leaves)

    @cached_property
    def code(self) -> str:
        first, *rest = self.leaves
        return first.text + "".join(map(str, rest))

    @property
    def fits(self) -> bool:
        return self.columns <= self.form.limit

    @property
    def columns(self) -> int:
        """How long the line counts; a comment that speaks to a tool does not count, for each formatter some."""
        uncounted = _UNCOUNTED[self.form.formatter]
        counted = (leaf.comment for leaf in self.leaves if not uncounted.match(leaf.comment))
        return columns(self.indent + self.code + "".join(counted))

    @property
    def is_definition(self) -> bool:
        first = [leaf.text for leaf in self.leaves[:2]]
        return first[:1] == ["def"] or first == ["async", "def"]

    @property
    def delimiters(self) -> dict[int, int]:
        return self._marks.delimiters

    @property
    def depths(self) -> list[int]:
        return self._marks.depths

    @property
    def optional(self) -> list[tuple[Leaf, int]]:
        """The brackets without text, with their depths."""
        return self._marks.optional

    @property
    def has_magic_comma(self) -> bool:
        """Whether a comma before a closing bracket asks for an item a line."""
        return self._marks.has_magic_comma

    @cached_property
    def _marks(self) -> _Marks:
        marks = _Marks()
        depth = 0
        for index in self._tracked_indexes():
            leaf = self.leaves[index]
            depth = max(0, depth - leaf.closes)
            marks.depths.append(depth)
            previous = self.leaves[index - 1] if index else None
            if depth == 0 and leaf.is_delimiter and previous is not None and leaf.before:
                marks.delimiters[index - 1] = leaf.before
            elif depth == 0 and leaf.is_delimiter and leaf.text == ",":
                marks.delimiters[index] = COMMA
            depth += leaf.opens
            if not leaf.text:
                marks.optional.append((leaf, depth - leaf.opens))
            if leaf.closes and previous is not None and previous.text == ",":
                marks.has_magic_comma |= is_magic(self.leaves, index)
        return marks

    def _tracked_indexes(self) -> Sequence[int]:
        if self._tracked == "all":
            return range(len(self.leaves))
        return sorted(_matching(self.leaves)) if self._tracked == "matching" else ()

    def lengths(self) -> list[tuple[int, Leaf, int]]:
        """The leaves with their indexes and how much room each takes."""
        return [(i, leaf, len(str(leaf)) + len(leaf.comment.strip())) for i, leaf in enumerate(self.leaves)]


def columns(text: str) -> int:
    return len(text.expandtabs(4))


def _matching(leaves: Sequence[Leaf]) -> Iterator[int]:
    """Yield the indexes of the leaves within brackets that open and close among them."""
    stack: list[tuple[Leaf, list[int]]] = []
    started = False
    for index, leaf in enumerate(leaves):
        if leaf.opens:
            started = True
            stack.append((leaf, [index]))
        elif leaf.closes and started:
            if not stack or stack[-1][0] is not leaf.opening:
                return
            yield from stack.pop()[1]
            yield index
        elif stack:
            stack[-1][1].append(index)


def is_magic(leaves: Sequence[Leaf], closing: int) -> bool:
    """Tell whether the comma before a closing bracket is there for the layout only."""
    leaf = leaves[closing]
    if leaf.text == "}":
        return True
    lone = _commas(leaves, closing) < 2
    if leaf.text == "]":
        return not (leaf.is_trailer and lone)
    return leaf.is_trailer or not lone


def _commas(leaves: Sequence[Leaf], closing: int) -> int:
    """Count the commas between a closing bracket and its opening one."""
    depth, count = 0, 0
    for leaf in reversed(leaves[:closing]):
        if leaf is leaves[closing].opening:
            return count
        depth += leaf.closes
        count += depth == 0 and leaf.text == ","
        depth -= leaf.opens
    return 2
