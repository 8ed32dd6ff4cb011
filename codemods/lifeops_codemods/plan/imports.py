"""Imports added: merged into a statement that is there, or put where their kind belongs.

An import inside `try` or `if` is never touched, but for `if TYPE_CHECKING:`, where imports for annotations go.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from lifeops_codemods.operation import ImportName, Operation
from lifeops_codemods.plan.document import Document, is_docstring
from lifeops_codemods.plan.import_order import Key, in_order, member_key, natural, shortened
from lifeops_codemods.plan.import_statement import module_of, read_from_import, with_new, written
from lifeops_codemods.plan.mapping import apply_changes, compose
from lifeops_codemods.plan.model import Change
from lifeops_codemods.plan.stages import Outcome, Placed
from lifeops_codemods.plan.style import Style

Import = ast.Import | ast.ImportFrom
_FUTURE, _STANDARD, _THIRD, _FIRST, _RELATIVE = range(5)


def add_imports(document: Document, placed: Sequence[Placed], style: Style) -> Outcome:
    """The stage of ImportName. Raises SyntaxError where the text does not parse."""
    changes: tuple[Change, ...] = ()
    refused: dict[Operation, str] = {}
    current = document
    for operation, _ in placed:
        assert isinstance(operation, ImportName)
        for made in _steps(current, operation, style):
            if isinstance(made, str):
                refused[operation] = made
                break
            changes = compose(len(document.text), changes, made)
            current = Document(apply_changes(document.text, changes))
    return Outcome(changes, refused)


def _steps(document: Document, operation: ImportName, style: Style) -> Iterator[list[Change] | str]:
    """Yield the changes that add one import, each on the text after those before; or why it cannot be added."""
    if _is_imported(document, operation):
        return
    if taken := _taken(document, operation):
        yield taken
        return
    if not operation.type_checking:
        yield _added(document, document.tree.body, operation, style)
        return
    if (block := type_checking_block(document)) is not None:
        yield _added_to_block(document, block, operation, style)
        return
    guard = replace(operation, module="typing", name="TYPE_CHECKING", alias=None, type_checking=False)
    if not _is_imported(document, guard):
        changes = _added(document, document.tree.body, guard, style)
        yield changes
        document = Document(apply_changes(document.text, changes))
    yield _new_block(document, operation)


def type_checking_block(document: Document) -> ast.If | None:
    """Return the module's `if TYPE_CHECKING:` statement."""
    for statement in document.tree.body:
        if isinstance(statement, ast.If) and _is_type_checking(statement.test):
            return statement
    return None


def _is_type_checking(test: ast.expr) -> bool:
    name = test.attr if isinstance(test, ast.Attribute) else test.id if isinstance(test, ast.Name) else ""
    return name == "TYPE_CHECKING"


def _is_imported(document: Document, operation: ImportName) -> bool:
    """Tell whether the module has the import already; one within `try` binds the name too."""
    text = f"{operation.name or operation.module}{f' as {operation.alias}' if operation.alias else ''}"
    for node in _module_level_imports(document, type_checking=operation.type_checking):
        same_module = operation.name is None if isinstance(node, ast.Import) else module_of(node) == operation.module
        if same_module and text in map(written, node.names):
            return True
    return False


def _module_level_imports(document: Document, *, type_checking: bool) -> Iterator[Import]:
    rest: list[ast.stmt] = list(document.tree.body)
    while rest:
        node = rest.pop()
        if isinstance(node, Import):
            yield node
        elif isinstance(node, ast.Try) or (isinstance(node, ast.If) and type_checking and _is_type_checking(node.test)):
            rest += node.body


def _taken(document: Document, operation: ImportName) -> str:
    """Return why the name cannot be bound: the module binds it to something else."""
    name = operation.alias or (operation.name or operation.module.partition(".")[0])
    for statement in document.tree.body:
        match statement:
            case (
                ast.ClassDef(name=bound)
                | ast.FunctionDef(name=bound)
                | ast.AsyncFunctionDef(name=bound)
                | ast.AnnAssign(target=ast.Name(id=bound))
            ):
                names = [bound]
            case ast.Import(names=aliases):
                names = [
                    a.asname or a.name.partition(".")[0] for a in aliases if a.asname or operation.name is not None
                ]
            case ast.ImportFrom(names=aliases):
                names = [a.asname or a.name for a in aliases]
            case ast.Assign(targets=targets):
                names = [target.id for target in targets if isinstance(target, ast.Name)]
            case _:
                names = []
        if name in names:
            return f"line {statement.lineno} binds {name!r} to something else"
    return ""


def _added(document: Document, block: Sequence[ast.stmt], operation: ImportName, style: Style) -> list[Change]:
    return _merged(document, block, operation, style) or _inserted(document, operation, style)


def _added_to_block(document: Document, block: ast.If, operation: ImportName, style: Style) -> list[Change]:
    if merged := _merged(document, block.body, operation, style):
        return merged
    last = block.body[-1]
    indent = document.indent_at(document.start(last))
    if indent is None:
        start, end = document.start(block.body[0]), document.end(last)
        inner = document.newline + (document.indent_at(document.start(block)) or "") + document.indent_unit
        colon = len(document.text[:start].rstrip(" \t"))
        return [Change(colon, start, inner), Change(end, end, inner + _statement(operation))]
    imports = [node for node in block.body if isinstance(node, Import)]
    anchor = next((node for node in imports if _order_of(node) > _order_of(operation)), None)
    if anchor is not None and document.indent_at(document.start(anchor)) is not None:
        start = document.start(anchor)
        return [Change(start, start, _statement(operation) + document.newline + indent)]
    end = document.line_end(document.end(last))
    return [Change(end, end, document.newline + indent + _statement(operation))]


def _new_block(document: Document, operation: ImportName) -> list[Change]:
    """Return the change that writes `if TYPE_CHECKING:` below the imports."""
    last = _head_imports(document)[-1]
    end, newline = document.line_end(document.end(last)), document.newline
    return [Change(end, end, f"{newline * 2}if TYPE_CHECKING:{newline}{document.indent_unit}{_statement(operation)}")]


def _merged(document: Document, block: Sequence[ast.stmt], operation: ImportName, style: Style) -> list[Change]:
    """Return the changes that add the name to a `from` import of its module, or none where there is no fit one."""
    if operation.name is None or style.force_single_line:
        return []
    apart = operation.alias is not None and not style.combine_as_imports and style.sorts_imports
    for node in block:
        if not isinstance(node, ast.ImportFrom) or module_of(node) != operation.module or node.names[0].name == "*":
            continue
        if apart or (len(node.names) == 1 and node.names[0].asname and not style.combine_as_imports):
            continue
        statement = read_from_import(document, node)
        text = _member(operation)
        changes = with_new(statement, _index(statement.texts, text, style), text)
        return shortened(document, node, changes, style)
    return []


def _index(texts: Sequence[str], text: str, style: Style) -> int:
    """Return where a member goes in a list: by the order that the list has, else last."""
    for known in (style, replace(style, order_by_type=not style.order_by_type)):
        if in_order(texts, known):
            return sum(member_key(other, known) <= member_key(text, known) for other in texts)
    return len(texts)


def _member(operation: ImportName) -> str:
    return f"{operation.name}{f' as {operation.alias}' if operation.alias else ''}"


def _statement(operation: ImportName) -> str:
    if operation.name is None:
        return f"import {operation.module}{f' as {operation.alias}' if operation.alias else ''}"
    return f"from {operation.module} import {_member(operation)}"


def _head_imports(document: Document) -> list[Import]:
    """Return the imports on lines of their own before the first definition."""
    imports: list[Import] = []
    for statement in document.tree.body:
        if isinstance(statement, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            break
        if isinstance(statement, Import) and _owns_line(document, statement):
            imports.append(statement)
    return imports


def _owns_line(document: Document, statement: ast.stmt) -> bool:
    end = document.end(statement)
    rest = document.text[end : document.line_end(end)].strip()
    return document.indent_at(document.start(statement)) == "" and (not rest or rest.startswith("#"))


def _inserted(document: Document, operation: ImportName, style: Style) -> list[Change]:
    """Return the change that writes a new statement in the section of its kind."""
    sections = _sections(document)
    if not sections:
        return [_first_import(document, operation)]
    top = operation.module.partition(".")[0]
    kind = _kind(operation.module, style)
    section = next((s for s in sections if any(_top(node) == top for node in s)), None) if top else None
    if section is None:
        section = next((s for s in reversed(sections) if any(_kind(_module(node), style) == kind for node in s)), None)
    if section is not None:
        return [_into_section(document, section, operation, style)]
    return [_new_section(document, sections, kind, operation, style)]


def _sections(document: Document) -> list[list[Import]]:
    """Return the head's imports in groups that blank lines or other statements part."""
    sections: list[list[Import]] = []
    for node in _head_imports(document):
        if sections and _adjacent(document, sections[-1][-1], node):
            sections[-1].append(node)
        else:
            sections.append([node])
    return sections


def _adjacent(document: Document, one: ast.stmt, other: ast.stmt) -> bool:
    between = range(document.line_at(document.end(one)) + 1, document.line_at(document.start(other)))
    return all(document.line(line).lstrip().startswith("#") for line in between)


def _into_section(document: Document, section: Sequence[Import], operation: ImportName, style: Style) -> Change:
    order = _order_of if not style.force_sort_within_sections else _flat_order_of
    keys = [order(node) for node in section]
    key = order(operation)
    is_sorted = all(one <= other for one, other in pairwise(keys))
    anchor = next((node for node, known in zip(section, keys, strict=True) if known > key), None) if is_sorted else None
    if anchor is not None and _module(anchor) != "__future__":
        return _above(document, anchor, _statement(operation) + document.newline)
    end = document.line_end(document.end(section[-1]))
    return Change(end, end, document.newline + _statement(operation))


def _above(document: Document, anchor: ast.stmt, text: str) -> Change:
    """Insert lines above a statement and the comments right above it."""
    line = document.line_at(document.start(anchor))
    while line > 0 and document.line(line - 1).startswith("#") and not _starts_file(document, line - 1):
        line -= 1
    return Change(document.line_starts[line], document.line_starts[line], text)


def _starts_file(document: Document, line: int) -> bool:
    """Tell whether a comment line belongs to the comments that the file begins with."""
    return all(document.line(index).startswith("#") for index in range(line + 1))


def _new_section(
    document: Document, sections: Sequence[Sequence[Import]], kind: int, operation: ImportName, style: Style
) -> Change:
    newline, text = document.newline, _statement(operation)
    later = next((section for section in sections if _kind(_module(section[0]), style) > kind), None)
    if later is not None:
        return _above(document, later[0], text + newline * 2)
    end = document.line_end(document.end(sections[-1][-1]))
    return Change(end, end, newline * 2 + text)


def _first_import(document: Document, operation: ImportName) -> Change:
    """Return the change that writes the file's only import, below its docstring or the comments that it begins with."""
    newline, text, body = document.newline, _statement(operation), document.tree.body
    if body and is_docstring(body[0]) and _owns_line(document, body[0]):
        end = document.line_end(document.end(body[0]))
        crowded = len(body) > 1 and document.line_at(document.start(body[1])) == document.line_at(end) + 1
        return Change(end, end, newline * 2 + text + (newline if crowded else ""))
    if not document.text.strip():
        return Change(0, 0, text + newline)
    line = 0
    while line < len(document.line_starts) and document.line(line).startswith("#"):
        line += 1
    if line == len(document.line_starts):
        end = len(document.text)
        return Change(end, end, newline * 2 + text + newline)
    start = document.line_starts[line]
    parted = not document.line(line).strip()
    above = newline if line and not parted else newline if line else ""
    below = "" if line and parted else newline * (3 if body and _is_definition(body[0]) else 2)
    if line and parted:
        return Change(start, start, newline + text + newline)
    return Change(start, start, above + text + below)


def _is_definition(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)


def _module(node: Import) -> str:
    return module_of(node) if isinstance(node, ast.ImportFrom) else node.names[0].name


def _top(node: Import) -> str:
    return _module(node).partition(".")[0]


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


def _order_of(import_: Import | ImportName) -> Key:
    """Return by what imports of a section are ordered: `import` before `from`, then by module."""
    return (_is_from(import_), *_flat_order_of(import_))


def _flat_order_of(import_: Import | ImportName) -> Key:
    module = import_.module if isinstance(import_, ImportName) else _module(import_)
    path = module.lstrip(".")
    return (-(len(module) - len(path)), natural(path.lower()), natural(path), _is_from(import_))


def _is_from(import_: Import | ImportName) -> bool:
    return import_.name is not None if isinstance(import_, ImportName) else isinstance(import_, ast.ImportFrom)
