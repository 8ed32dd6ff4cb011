"""The top of a class's or function's body: statements are inserted there as whole lines, without a tree of LibCST."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from lifeops_codemods.operation import InsertFirst, Operation, Span
from lifeops_codemods.plan.document import Document, first_offset, is_docstring
from lifeops_codemods.plan.model import Change
from lifeops_codemods.plan.stages import Outcome, Placed
from lifeops_codemods.plan.style import Style
from lifeops_codemods.plan.wording import block


def insert_at_tops(document: Document, placed: Sequence[Placed], style: Style) -> Outcome:
    """The stage of InsertFirst."""
    changes: list[Change] = []
    refused: dict[Operation, str] = {}
    for operation, span in placed:
        assert isinstance(operation, InsertFirst)
        made = insert_first(document, operation, span, style)
        if isinstance(made, str):
            refused[operation] = made
        else:
            changes.append(made)
    return Outcome(tuple(sorted(changes, key=lambda change: change.start)), refused)


Definition = ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


def insert_first(document: Document, operation: InsertFirst, span: Span, style: Style) -> Change | str:
    """Return the change that inserts `operation.code` on top of the body of the definition at `span`, or why not."""
    definition = definition_at(document, span)
    if definition is None:
        return "there is no class or function at this place"
    body = definition.body
    has_docstring = is_docstring(body[0])
    if _is_placeholder(definition) and _stands_alone(document, body[0]):
        return _instead(document, body[0], operation.code, style)
    if document.indent_at(first_offset(document, body[0])) is None:
        return _open_suite(document, definition, operation.code, style)
    if has_docstring and len(body) == 1:
        return _below_lone_docstring(document, definition, operation.code, style)
    if has_docstring and document.line_at(document.end(body[0])) == document.line_at(document.start(body[1])):
        return "the docstring shares its line with another statement"
    return _above(document, definition, body[1 if has_docstring else 0], operation, style)


def definition_at(document: Document, span: Span) -> Definition | None:
    """Return the class or function that starts, with or without its decorators, where `span` does.

    Its end may have moved: other operations have changed its body.
    """
    for node in definitions(document.tree):
        if first_offset(document, node) <= span.start <= document.start(node):
            return node
    return None


def definitions(tree: ast.Module) -> Iterator[Definition]:
    """Yield every class and function definition; expressions, which hold none, are not walked."""
    rest: list[ast.AST] = [tree]
    while rest:
        node = rest.pop()
        if isinstance(node, Definition):
            yield node
        for name in ("body", "orelse", "finalbody", "handlers", "cases"):
            children = getattr(node, name, None)
            if isinstance(children, list):
                rest.extend(children)


def _above(
    document: Document, definition: Definition, statement: ast.stmt, operation: InsertFirst, style: Style
) -> Change:
    """Insert above a statement and the comments that lead it."""
    at = document.line_at(first_offset(document, statement))
    indent = document.indent_at(first_offset(document, statement)) or ""
    while at > 0 and _is_comment(document.line(at - 1)):
        at -= 1
    text = block(operation.code, indent, document, style)
    before_method = isinstance(statement, Definition) and isinstance(definition, ast.ClassDef)
    blank = document.newline if before_method or operation.set_off else ""
    start = document.line_starts[at]
    return Change(start, start, text + blank)


def _is_comment(line: str) -> bool:
    return line.lstrip(" \t\f").startswith("#")


def _stands_alone(document: Document, statement: ast.stmt) -> bool:
    """Tell whether nothing else, not even a comment, is on a statement's line."""
    end = document.end(statement)
    return (
        bool(document.indent_at(document.start(statement))) and not document.text[end : document.line_end(end)].strip()
    )


def _instead(document: Document, placeholder: ast.stmt, code: str, style: Style) -> Change:
    """Replace the `pass` that a body needs only while it is empty."""
    start, end = document.line_start(document.start(placeholder)), document.line_end(document.end(placeholder))
    text = block(code, document.indent_at(document.start(placeholder)) or "", document, style)
    return Change(start, end, text.removesuffix(document.newline))


def _below_lone_docstring(document: Document, definition: Definition, code: str, style: Style) -> Change:
    docstring = definition.body[0]
    text = block(code, document.indent_at(document.start(docstring)) or "", document, style)
    blank = document.newline if isinstance(definition, ast.ClassDef) else ""
    at = document.next_line(document.end(docstring))
    if at == document.line_end(document.end(docstring)):
        return Change(at, at, document.newline + blank + text.removesuffix(document.newline))
    return Change(at, at, blank + text)


def _open_suite(document: Document, definition: Definition, code: str, style: Style) -> Change | str:
    """Put the body that stands behind the colon on lines of its own, below `code`; a lone `pass` or `...` goes."""
    start, end = document.start(definition.body[0]), document.end(definition.body[-1])
    header = document.indent_at(first_offset(document, definition))
    colon = len(document.text[:start].rstrip(" \t"))
    if header is None or document.text[colon - 1] != ":":
        return "the definition does not own its lines"
    indent = header + document.indent_unit
    text = document.newline + block(code, indent, document, style)
    lone = len(definition.body) == 1 and not document.text[end : document.line_end(end)].strip(" \t;")
    if lone and _is_placeholder(definition):
        return Change(colon, document.line_end(end), text.removesuffix(document.newline))
    if is_docstring(definition.body[0]):
        docstring = document.newline + indent + document.text[start:end] + text.removesuffix(document.newline)
        return Change(colon, document.line_end(end), docstring) if lone else "the docstring shares its line"
    return Change(colon, start, text + indent)


def _is_placeholder(definition: Definition) -> bool:
    """Tell whether the body is one `pass` or `...`."""
    only = definition.body[0]
    if len(definition.body) != 1:
        return False
    return isinstance(only, ast.Pass) or (
        isinstance(only, ast.Expr) and isinstance(only.value, ast.Constant) and only.value.value is Ellipsis
    )
