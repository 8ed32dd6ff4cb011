"""A statement as leaves: its tokens with their brackets, and how readily a formatter breaks a line at each."""

from __future__ import annotations

import io
import keyword
import tokenize
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from lifeops_codemods.operation import Span
from lifeops_codemods.plan.document import NEWLINE, Document

COMPREHENSION = 20
COMMA = 18
TERNARY = 16
LOGIC = 14
STRING = 12
COMPARATOR = 10
DOT = 1

_OPENING, _CLOSING = ("(", "[", "{"), (")", "]", "}")
_BLANK = (tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER)
_VALUES = ("True", "False", "None")


_MOST = 50_000


class UnreadableError(Exception):
    """Code that is not laid out anew: it holds something that must keep its lines, or is not known."""


@dataclass(slots=True, eq=False)
class Leaf:
    """A token. Brackets that a formatter would add where a line needs them have no text.

    start: its offset, -1 for what is not in the text. prefix: the blanks before it where it does not start a line.
    before: the priority of a line break before it, 0 where there is none; a comma is broken behind. line: the index of
    its line in the text. keeps_lines: it holds or follows what must stay on lines of its own.
    """

    text: str
    prefix: str
    start: int = -1
    kind: int = tokenize.OP
    before: int = 0
    is_delimiter: bool = True
    opens: bool = False
    opening: Leaf | None = None
    is_trailer: bool = False
    comment: str = ""
    line: int = -1
    keeps_lines: bool = False

    @property
    def closes(self) -> bool:
        return self.opening is not None

    @property
    def end(self) -> int:
        return self.start + len(self.text)

    def __str__(self) -> str:
        return self.prefix + self.text


def read_leaves(document: Document, span: Span) -> list[Leaf]:
    """Read the leaves within `span`, which starts and ends with a token. Raises UnreadableError."""
    leaves: list[Leaf] = []
    stack: list[Leaf] = []
    commented = False
    for kind, start, text in _tokens(document, span):
        line = document.line_at(start)
        if kind == tokenize.COMMENT:
            if leaves and leaves[-1].line == line:
                leaves[-1].comment = "  " + text.rstrip()
            else:
                commented = True
            continue
        several = "\n" in text or "\r" in text
        leaf = Leaf(text, "", start, kind, line=line, keeps_lines=commented or several)
        if leaves:
            _join(document, leaves[-1], leaf)
        _match(leaf, leaves, stack)
        leaves.append(leaf)
        commented = False
        if len(leaves) > _MOST:
            raise UnreadableError("it is too long")
    if stack or not leaves:
        raise UnreadableError("brackets stay open")
    return leaves


def _join(document: Document, previous: Leaf, leaf: Leaf) -> None:
    """Give a leaf what stands between it and the one before where they share a line."""
    if previous.line == leaf.line:
        leaf.prefix = document.text[previous.end : leaf.start]
        return
    tight = previous.text in (*_OPENING, ".") or leaf.text in (*_CLOSING, ".", ",", ":")
    leaf.prefix = "" if tight else " "
    leaf.keeps_lines |= document.line(previous.line).endswith("\\")


def _match(leaf: Leaf, leaves: Sequence[Leaf], stack: list[Leaf]) -> None:
    if leaf.kind != tokenize.OP:
        return
    if leaf.text in _OPENING:
        leaf.opens = True
        leaf.is_trailer = bool(leaves) and _ends_a_value(leaves[-1])
        stack.append(leaf)
    elif leaf.text in _CLOSING:
        if not stack:
            raise UnreadableError("brackets do not match")
        leaf.opening = stack.pop()
        leaf.is_trailer = leaf.opening.is_trailer


def _ends_a_value(leaf: Leaf) -> bool:
    if leaf.kind == tokenize.NAME:
        return leaf.text in _VALUES or not keyword.iskeyword(leaf.text)
    return leaf.closes or leaf.kind == tokenize.STRING


def _tokens(document: Document, span: Span) -> Iterator[tuple[int, int, str]]:
    """Yield kind, offset and text of the tokens within `span`; an f-string is one token."""
    first = document.line_at(span.start)
    source = NEWLINE.sub("\n", document.text[span.start : span.end])
    depth, opened = 0, 0
    for token in _tokenized(source):
        row, column = token.start
        start = span.start + column if row == 1 else document.line_starts[first + row - 1] + column
        name = tokenize.tok_name[token.type]
        if name in ("FSTRING_START", "TSTRING_START"):
            opened = start if depth == 0 else opened
            depth += 1
        elif name in ("FSTRING_END", "TSTRING_END"):
            depth -= 1
            if depth == 0:
                row, column = token.end
                end = span.start + column if row == 1 else document.line_starts[first + row - 1] + column
                yield tokenize.STRING, opened, document.text[opened:end]
        elif depth == 0 and token.type not in _BLANK:
            yield token.type, start, token.string


def _tokenized(source: str) -> Iterator[tokenize.TokenInfo]:
    """Tokenize within brackets of our own, so that line ends mean nothing."""
    try:
        for token in tokenize.generate_tokens(io.StringIO(f"(\n{source}\n)").readline):
            (row, column), (end_row, end_column) = token.start, token.end
            if row > 1 and token.type != tokenize.ERRORTOKEN and row <= source.count("\n") + 2:
                yield token._replace(start=(row - 1, column), end=(end_row - 1, end_column))
            elif token.type == tokenize.ERRORTOKEN:
                raise UnreadableError("a token cannot be read")
    except (tokenize.TokenError, SyntaxError) as error:
        raise UnreadableError("the statement cannot be read") from error


def copied(leaves: Sequence[Leaf]) -> list[Leaf]:
    """Return leaves that may be changed, with their brackets among themselves."""
    copies = {id(leaf): replace(leaf) for leaf in leaves}
    for leaf in copies.values():
        if leaf.opening is not None:
            leaf.opening = copies[id(leaf.opening)]
    return list(copies.values())


def visible(opening: Leaf, closing: Leaf) -> tuple[Leaf, Leaf]:
    """Return brackets with their text."""
    first = replace(opening, text="(")
    return first, replace(closing, text=")", opening=first)
