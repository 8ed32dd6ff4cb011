"""Where a new import statement goes: in the section of its kind, sorted where the section is.

Sections are groups of imports that blank lines part: `__future__`, standard, third party, first party, relative.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Sequence
from itertools import pairwise

from lifeops_codemods.operation import ImportName
from lifeops_codemods.plan.document import Document, is_docstring
from lifeops_codemods.plan.import_order import Key, member_key, natural
from lifeops_codemods.plan.import_statement import module_of, written
from lifeops_codemods.plan.model import Change
from lifeops_codemods.plan.style import Style

Import = ast.Import | ast.ImportFrom
_FUTURE, _STANDARD, _THIRD, _FIRST, _RELATIVE = range(5)


def head_imports(document: Document) -> list[Import]:
    """Return the module's imports on lines of their own before its first definition."""
    imports: list[Import] = []
    for statement in document.tree.body:
        if _is_definition(statement):
            break
        if isinstance(statement, Import) and _owns_line(document, statement):
            imports.append(statement)
    return imports


def insert_into_head(document: Document, operation: ImportName, style: Style) -> Change:
    """Return the change that writes a new statement among the imports that a module begins with."""
    imports = head_imports(document)
    return _insert(document, imports, operation, style) if imports else _first_import(document, operation)


def insert_into_block(document: Document, block: ast.If, operation: ImportName, style: Style) -> list[Change]:
    """Return the changes that write a new statement among those of `if TYPE_CHECKING:`."""
    first, last = block.body[0], block.body[-1]
    newline = document.newline
    indent = document.indent_at(document.start(first))
    if indent is None:
        start, end = document.start(first), document.end(last)
        inner = newline + (document.indent_at(document.start(block)) or "") + document.indent_unit
        colon = len(document.text[:start].rstrip(" \t"))
        return [Change(colon, start, inner), Change(end, end, inner + statement_of(operation))]
    imports = [node for node in block.body if isinstance(node, Import) and _owns_line(document, node)]
    if imports:
        return [_insert(document, imports, operation, style)]
    start = document.line_start(document.start(first))
    return [Change(start, start, indent + statement_of(operation) + newline)]


def statement_of(operation: ImportName) -> str:
    """Return the import as a statement of its own."""
    alias = f" as {operation.alias}" if operation.alias else ""
    if operation.name is None:
        return f"import {operation.module}{alias}"
    return f"from {operation.module} import {operation.name}{alias}"


def _insert(document: Document, imports: Sequence[Import], operation: ImportName, style: Style) -> Change:
    sections = _sections(document, imports)
    top = operation.module.partition(".")[0]
    kind = _kind(operation.module, style)
    section = next((group for group in sections if top and any(_top(node) == top for node in group)), None)
    if section is None:
        section = next(
            (group for group in reversed(sections) if any(_kind_of(node, style) == kind for node in group)), None
        )
    if section is not None:
        return _into_section(document, section, operation, style)
    return _new_section(document, sections, kind, operation, style)


def _sections(document: Document, imports: Sequence[Import]) -> list[list[Import]]:
    """Return the imports in groups that blank lines or other statements part."""
    sections: list[list[Import]] = []
    for node in imports:
        if sections and _adjacent(document, sections[-1][-1], node):
            sections[-1].append(node)
        else:
            sections.append([node])
    return sections


def _adjacent(document: Document, one: ast.stmt, other: ast.stmt) -> bool:
    between = range(document.line_at(document.end(one)) + 1, document.line_at(document.start(other)))
    return all(document.line(line).lstrip().startswith("#") for line in between)


def _into_section(document: Document, section: Sequence[Import], operation: ImportName, style: Style) -> Change:
    keys = [_order(node, style) for node in section]
    key = _order(operation, style)
    is_sorted = all(one <= other for one, other in pairwise(keys))
    anchor = next((node for node, known in zip(section, keys, strict=True) if known > key), None) if is_sorted else None
    indent = document.indent_at(document.start(section[0])) or ""
    if anchor is not None and _module(anchor) != "__future__":
        return _above(document, anchor, indent + statement_of(operation) + document.newline)
    end = document.line_end(document.end(section[-1]))
    return Change(end, end, document.newline + indent + statement_of(operation))


def _new_section(
    document: Document, sections: Sequence[Sequence[Import]], kind: int, operation: ImportName, style: Style
) -> Change:
    newline = document.newline
    text = (document.indent_at(document.start(sections[0][0])) or "") + statement_of(operation)
    later = next((section for section in sections if _kind_of(section[0], style) > kind), None)
    if later is not None:
        return _above(document, later[0], text + newline * 2)
    end = document.line_end(document.end(sections[-1][-1]))
    return Change(end, end, newline * 2 + text)


def _above(document: Document, anchor: ast.stmt, text: str) -> Change:
    """Insert lines above a statement and the comments right above it, but below those that the file begins with."""
    line = document.line_at(document.start(anchor))
    while line > 0 and _is_comment(document, line - 1) and not _starts_file(document, line - 1):
        line -= 1
    return Change(document.line_starts[line], document.line_starts[line], text)


def _is_comment(document: Document, line: int) -> bool:
    return document.line(line).lstrip(" \t\f").startswith("#")


def _starts_file(document: Document, line: int) -> bool:
    """Tell whether a comment line belongs to the comments that the file begins with."""
    return all(_is_comment(document, index) for index in range(line + 1))


def _first_import(document: Document, operation: ImportName) -> Change:
    """Return the change that writes the file's only import, below its docstring or the comments that it begins with."""
    newline, text, body = document.newline, statement_of(operation), document.tree.body
    if not document.text.strip():
        return Change(0, 0, text + newline)
    if body and is_docstring(body[0]) and _owns_line(document, body[0]):
        end = document.line_end(document.end(body[0]))
        crowded = len(body) > 1 and document.line_at(document.start(body[1])) == document.line_at(end) + 1
        return Change(end, end, newline * 2 + text + (newline if crowded else ""))
    line = 0
    while line < len(document.line_starts) and document.line(line).startswith("#"):
        line += 1
    if line == len(document.line_starts):
        return Change(len(document.text), len(document.text), newline * 2 + text + newline)
    start = document.line_starts[line]
    if line and not document.line(line).strip():
        return Change(start, start, newline + text + newline)
    below = newline * (3 if body and _is_definition(body[0]) else 2)
    return Change(start, start, (newline if line else "") + text + below)


def _owns_line(document: Document, statement: ast.stmt) -> bool:
    end = document.end(statement)
    rest = document.text[end : document.line_end(end)].strip()
    return document.indent_at(document.start(statement)) is not None and (not rest or rest.startswith("#"))


def _is_definition(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)


def _module(node: Import) -> str:
    return module_of(node) if isinstance(node, ast.ImportFrom) else node.names[0].name


def _top(node: Import) -> str:
    return _module(node).partition(".")[0]


def _kind_of(node: Import, style: Style) -> int:
    return _kind(_module(node), style)


def _kind(module: str, style: Style) -> int:
    top = module.partition(".")[0]
    if not top:
        return _RELATIVE
    if top == "__future__":
        return _FUTURE
    if top in style.known_first_party:
        return _FIRST
    if top in style.known_third_party:
        return _THIRD
    return _STANDARD if top in sys.stdlib_module_names else _THIRD


def _order(import_: Import | ImportName, style: Style) -> Key:
    """Return by what imports of a section are ordered: `import` before `from`, then module, then first member."""
    if isinstance(import_, ImportName):
        module, is_from = import_.module, import_.name is not None
        first = f"{import_.name or import_.module}{f' as {import_.alias}' if import_.alias else ''}"
    else:
        module, is_from, first = _module(import_), isinstance(import_, ast.ImportFrom), written(import_.names[0])
    path = module.lstrip(".")
    place = (-(len(module) - len(path)), natural(path.lower()), natural(path))
    mixed = style.force_sort_within_sections
    return (0 if mixed else is_from, *place, is_from, member_key(first, style))
