"""One `from module import …` statement as text: its members with their comments, and how it is laid out.

A statement is *exploded* where each member has a line of its own between brackets. Members are added, removed and
reordered with as few changes as its layout allows.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from typing import NamedTuple

from lifeops_codemods.plan.comments import is_pragma
from lifeops_codemods.plan.difference import differences
from lifeops_codemods.plan.document import Document
from lifeops_codemods.plan.model import Change

_MEMBER_LINE = re.compile(r"[ \t]*(?P<text>[^\s#,][^#,]*?)[ \t]*(?P<comma>,?)[ \t]*(?P<comment>#.*)?$")
_COMMENT_LINE = re.compile(r"[ \t]*#.*$")


class Member(NamedTuple):
    """One imported name as written (`a as b`), the comment lines above it, and the comment behind it."""

    text: str
    above: tuple[str, ...] = ()
    behind: str = ""


class Exploded(NamedTuple):
    """The lines between the brackets of an exploded statement. below: comment lines after the last member."""

    start: int
    end: int
    indent: str
    members: tuple[Member, ...]
    below: tuple[str, ...]
    trailing_comma: bool


class FromImport(NamedTuple):
    """A statement in its document. inner: what is between its brackets if it is exploded."""

    document: Document
    node: ast.ImportFrom
    inner: Exploded | None

    @property
    def texts(self) -> list[str]:
        """The members as written."""
        return [written(alias) for alias in self.node.names]

    @property
    def source(self) -> str:
        span = self.document.span(self.node)
        return self.document.text[span.start : span.end]

    def one_line(self, texts: Sequence[str]) -> str:
        """Return the statement on one line."""
        return f"from {module_of(self.node)} import {', '.join(texts)}"

    def exploded(self, texts: Sequence[str], unit: str) -> str:
        """Return the statement with a member a line, without comments."""
        indent = self.document.indent_at(self.document.start(self.node)) or ""
        newline = self.document.newline
        lines = [f"from {module_of(self.node)} import (", *(f"{indent}{unit}{text}," for text in texts), f"{indent})"]
        return newline.join(lines)


def read_from_import(document: Document, node: ast.ImportFrom) -> FromImport:
    """Read a statement with its layout."""
    return FromImport(document, node, _exploded(document, node))


def written(alias: ast.alias) -> str:
    """Return an imported name as it is written in a statement."""
    return f"{alias.name} as {alias.asname}" if alias.asname else alias.name


def module_of(node: ast.ImportFrom) -> str:
    """Return the module as it is written, dots included."""
    return "." * node.level + (node.module or "")


def with_members(statement: FromImport, members: Sequence[Member]) -> list[Change]:
    """Return the changes that give an exploded statement other members, or the same in another order."""
    inner = statement.inner
    assert inner is not None
    newline = statement.document.newline
    lines: list[str] = []
    for index, member in enumerate(members):
        comma = "," if index < len(members) - 1 or inner.trailing_comma else ""
        behind = f"  {member.behind}" if member.behind else ""
        lines += [*member.above, f"{inner.indent}{member.text}{comma}{behind}"]
    text = "".join(line + newline for line in (*lines, *inner.below))
    return differences(statement.document.text[inner.start : inner.end], text, inner.start)


def with_texts(statement: FromImport, texts: Sequence[str]) -> list[Change]:
    """Return the changes that put other texts into the members' places; there are as many."""
    document = statement.document
    return [
        Change(*document.span(alias), text)
        for alias, text in zip(statement.node.names, texts, strict=True)
        if written(alias) != text
    ]


def with_new(statement: FromImport, index: int, text: str) -> list[Change]:
    """Return the changes that put a new member at `index`."""
    if statement.inner is not None:
        members = list(statement.inner.members)
        members.insert(index, Member(text))
        return with_members(statement, members)
    names = statement.node.names
    if index < len(names):
        start = statement.document.start(names[index])
        return [Change(start, start, f"{text}, ")]
    end = statement.document.end(names[-1])
    return [Change(end, end, f", {text}")]


def without(statement: FromImport, index: int) -> list[Change]:
    """Return the changes that take one of several members out; its comments stay."""
    if statement.inner is not None:
        members = list(statement.inner.members)
        gone = members.pop(index)
        kept = [*gone.above, *([statement.inner.indent + gone.behind] if _says_something(gone.behind) else [])]
        if index < len(members):
            members[index] = members[index]._replace(above=(*kept, *members[index].above))
            return with_members(statement, members)
        below = (*kept, *statement.inner.below)
        return with_members(statement._replace(inner=statement.inner._replace(below=below)), members)
    document, names = statement.document, statement.node.names
    if index < len(names) - 1:
        return [Change(document.start(names[index]), document.start(names[index + 1]), "")]
    return [Change(document.end(names[index - 1]), document.end(names[index]), "")]


def _says_something(comment: str) -> bool:
    return bool(comment) and not is_pragma(comment)


def _exploded(document: Document, node: ast.ImportFrom) -> Exploded | None:
    """Read the lines between the brackets, or return None where they are not one member each."""
    first, last = document.line_at(document.start(node)), document.line_at(document.end(node))
    if last - first < 2 or not re.search(r"\([ \t]*(#.*)?$", document.line(first)):
        return None
    if document.line(last)[: document.end(node) - document.line_starts[last]].strip() != ")":
        return None
    members: list[Member] = []
    above: list[str] = []
    commas: list[bool] = []
    for line in map(document.line, range(first + 1, last)):
        if _COMMENT_LINE.match(line):
            above.append(line)
        elif match := _MEMBER_LINE.match(line):
            members.append(Member(match["text"], tuple(above), (match["comment"] or "").rstrip()))
            commas.append(bool(match["comma"]))
            above = []
        else:
            return None
    if [member.text for member in members] != [written(alias) for alias in node.names]:
        return None
    indent = document.indent_at(document.start(node.names[0])) or ""
    start, end = document.line_starts[first + 1], document.line_starts[last]
    return Exploded(start, end, indent, tuple(members), tuple(above), commas[-1])
