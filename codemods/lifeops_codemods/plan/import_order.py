"""The order of imports as ruff's and isort's sorters have it, and statements put right that a rename put wrong.

Only what was in order before is brought into order again, and only where no comment would lose its place.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from lifeops_codemods.operation import Span
from lifeops_codemods.plan.comments import comments
from lifeops_codemods.plan.difference import differences
from lifeops_codemods.plan.document import Document, parse
from lifeops_codemods.plan.import_statement import (
    FromImport,
    Member,
    read_from_import,
    with_members,
    with_texts,
    written,
)
from lifeops_codemods.plan.mapping import apply_changes, map_back, new_spans
from lifeops_codemods.plan.model import Change
from lifeops_codemods.plan.regions import inner_blocks
from lifeops_codemods.plan.style import Style

_DIGITS = re.compile(r"(\d+)")
Key = tuple[object, ...]


def member_key(text: str, style: Style) -> Key:
    """Return by what a member, as written, is ordered: constants, classes, variables; then naturally."""
    name, _, alias = text.partition(" as ")
    kind = _kind(name, style) if style.order_by_type else 0
    return (kind, () if style.case_sensitive else natural(name.lower()), natural(name), natural(alias.strip()))


def natural(text: str) -> Key:
    """Return a key that orders numbers within names by their value."""
    parts: list[tuple[int, int, str]] = []
    for index, part in enumerate(_DIGITS.split(text)):
        parts += [(0, int(part), "")] if index % 2 else [(1, 0, letter) for letter in part]
    return tuple(parts)


def _kind(name: str, style: Style) -> int:
    for kind, names in enumerate((style.constants, style.classes, style.variables)):
        if name in names:
            return kind
    if len(name) > 1 and name.isupper():
        return 0
    return 1 if name[:1].isupper() else 2


def in_order(texts: Sequence[str], style: Style) -> bool:
    return all(member_key(one, style) <= member_key(other, style) for one, other in pairwise(texts))


def tidied(before: Document, after: Document, changes: Sequence[Change], style: Style) -> tuple[Change, ...]:
    """Return the changes on `after` that restore order and layout of the import statements that `changes` are in."""
    if not style.sorts_imports:
        return ()
    result: list[Change] = []
    for run in _runs(after, new_spans(changes)):
        statements = [read_from_import(after, node) for node in run]
        old = [_old_members(before, changes, after.span(node)) for node in run]
        moved = _run_in_order(statements, old, style) if len(run) > 1 else []
        result += moved
        for statement, members in zip(statements, old, strict=True):
            if members is not None and not _touches(moved, after.span(statement.node)):
                result += _member_order(statement, members, style) or _too_long(statement, style)
    return tuple(sorted(result))


def _touches(changes: Sequence[Change], span: Span) -> bool:
    return any(change.start < span.end and span.start < change.end for change in changes)


def _runs(document: Document, touched: Sequence[Span]) -> Iterator[list[ast.ImportFrom]]:
    """Yield statements with a touched span; together with their neighbours of the same module, if there are any."""
    lines = {document.line_at(span.start) + 1 for span in touched}
    for block in _blocks(document.tree):
        run: list[ast.ImportFrom] = []
        for statement in [*block, None]:
            if isinstance(statement, ast.ImportFrom) and (not run or _same_module(run[-1], statement)):
                run.append(statement)
                continue
            if any(node.lineno <= line <= (node.end_lineno or 0) for node in run for line in lines):
                yield run
            run = [statement] if isinstance(statement, ast.ImportFrom) else []


def _blocks(tree: ast.Module) -> Iterator[list[ast.stmt]]:
    rest: list[list[ast.stmt]] = [tree.body]
    while rest:
        block = rest.pop()
        yield block
        for statement in block:
            rest += inner_blocks(statement)


def _same_module(one: ast.ImportFrom, other: ast.ImportFrom) -> bool:
    return one.module == other.module and one.level == other.level and other.lineno == (one.end_lineno or 0) + 1


def _old_members(before: Document, changes: Sequence[Change], span: Span) -> list[str] | None:
    """Return the members that a statement had before the changes, or None where it was another statement."""
    text = before.text[map_back(changes, span.start) : map_back(changes, span.end)]
    try:
        body = parse(text).body
    except SyntaxError:
        return None
    if len(body) != 1 or not isinstance(body[0], ast.ImportFrom):
        return None
    return [written(alias) for alias in body[0].names]


def _member_order(statement: FromImport, old: Sequence[str], style: Style) -> list[Change]:
    texts = statement.texts
    wanted = sorted(dict.fromkeys(texts), key=lambda text: member_key(text, style))
    if wanted == texts or not in_order(old, style):
        return []
    if statement.inner is not None:
        if statement.inner.below:
            return []
        members: dict[str, Member] = {}
        for member in statement.inner.members:
            if members.setdefault(member.text, member) is not member and (member.above or member.behind):
                return []
        return with_members(statement, [members[text] for text in wanted])
    if comments(statement.source):
        return []
    if len(wanted) == len(texts):
        moved = with_texts(statement, wanted)
    elif "\n" in statement.source or "\r" in statement.source:
        return []
    else:
        moved = [Change(*statement.document.span(statement.node), statement.one_line(wanted))]
    if _width(statement) > style.line_length:
        return _exploding(statement, wanted)
    return moved


def _too_long(statement: FromImport, style: Style) -> list[Change]:
    """Explode a statement on one line that is too long now."""
    if _width(statement) <= style.line_length or statement.texts == ["*"]:
        return []
    return _exploding(statement, statement.texts)


def _width(statement: FromImport) -> int:
    """Return the length of the statement's line with its comment, 0 where it has more lines or is not alone."""
    document, node = statement.document, statement.node
    start, end = document.span(node)
    line = document.line(document.line_at(start))
    rest = document.text[end : document.line_end(end)].strip()
    if node.lineno != node.end_lineno or document.indent_at(start) is None or (rest and not rest.startswith("#")):
        return 0
    return len(line.rstrip())


def _exploding(statement: FromImport, texts: Sequence[str]) -> list[Change]:
    """Return the changes that give each member a line; a comment at the end goes where ruff puts it.

    That is behind a lone member, and behind the opening bracket before several.
    """
    document = statement.document
    start, end = document.span(statement.node)
    new = statement.exploded(texts, document.indent_unit)
    comment = document.text[end : document.line_end(end)].strip()
    if comment:
        lines = new.split(document.newline)
        lines[1 if len(texts) == 1 else 0] += f"  {comment}"
        new = document.newline.join(lines)
        end = document.line_end(end)
    return differences(document.text[start:end], new, start)


def _run_in_order(statements: Sequence[FromImport], old: Sequence[list[str] | None], style: Style) -> list[Change]:
    """Restore the order of one-line statements of one module, as `force-single-line` and lone aliases have it."""
    firsts = [members[0] for members in old if members]
    lines = [_whole_line(statement) for statement in statements]
    stays = in_order([statement.texts[0] for statement in statements], style)
    if stays or None in lines or len(firsts) != len(old) or not in_order(firsts, style):
        return [
            change
            for statement, members in zip(statements, old, strict=True)
            if members
            for change in _member_order(statement, members, style) or _too_long(statement, style)
        ]
    keyed = sorted(statements, key=lambda statement: member_key(statement.texts[0], style))
    text = statements[0].document.text
    return [
        change
        for line, statement in zip(lines, keyed, strict=True)
        if line is not None and (new := _whole_line(statement)) is not None and new != line
        for change in differences(text[line.start : line.end], text[new.start : new.end], line.start)
    ]


def _whole_line(statement: FromImport) -> Span | None:
    """Return a statement with its comment, or None where it is not all of one line."""
    if not _width(statement):
        return None
    document = statement.document
    start = document.start(statement.node)
    return Span(start, document.line_end(start))


def shortened(document: Document, node: ast.ImportFrom, changes: Sequence[Change], style: Style) -> list[Change]:
    """Return `changes` on a statement, or those that explode it too where its line would become too long."""
    statement = read_from_import(document, node)
    grown = sum(len(change.text) - (change.end - change.start) for change in changes)
    width = _width(statement)
    if not width or width + grown <= style.line_length or comments(statement.source):
        return list(changes)
    after = Document(apply_changes(document.text, changes))
    new = next(one for one in ast.walk(after.tree) if isinstance(one, ast.ImportFrom) and one.lineno == node.lineno)
    return _exploding(statement, [written(alias) for alias in new.names])
