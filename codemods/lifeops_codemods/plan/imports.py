"""Imports added: merged into a statement that is there, or put where their kind belongs.

An import inside `try` or `if` is never touched, but for `if TYPE_CHECKING:`, where imports for annotations go.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import replace

from lifeops_codemods.operation import ImportName, Operation
from lifeops_codemods.plan.document import Document
from lifeops_codemods.plan.import_order import in_order, member_key, shortened
from lifeops_codemods.plan.import_sections import (
    Import,
    head_imports,
    insert_into_block,
    insert_into_head,
    statement_of,
)
from lifeops_codemods.plan.import_statement import module_of, read_from_import, with_new, written
from lifeops_codemods.plan.mapping import apply_changes, compose
from lifeops_codemods.plan.model import Change
from lifeops_codemods.plan.stages import Outcome, Placed
from lifeops_codemods.plan.style import Style


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
        yield _added(document, operation, style)
        return
    if (block := type_checking_block(document)) is not None:
        yield _merged(document, block.body, operation, style) or insert_into_block(document, block, operation, style)
        return
    guard = replace(operation, module="typing", name="TYPE_CHECKING", alias=None, type_checking=False)
    if not _is_imported(document, guard):
        changes = _added(document, guard, style)
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


def _added(document: Document, operation: ImportName, style: Style) -> list[Change]:
    merged = _merged(document, document.tree.body, operation, style)
    return merged or [insert_into_head(document, operation, style)]


def _new_block(document: Document, operation: ImportName) -> list[Change]:
    """Return the change that writes `if TYPE_CHECKING:` below the imports."""
    last = head_imports(document)[-1]
    end, newline = document.line_end(document.end(last)), document.newline
    return [Change(end, end, f"{newline * 2}if TYPE_CHECKING:{newline}{document.indent_unit}{statement_of(operation)}")]


def _merged(document: Document, block: Sequence[ast.stmt], operation: ImportName, style: Style) -> list[Change]:
    """Return the changes that add the name to a `from` import of its module, or none where there is no fit one."""
    if operation.name is None or style.force_single_line or _is_one_a_line(block):
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


def _is_one_a_line(block: Sequence[ast.stmt]) -> bool:
    """Tell whether each `from` import of a block has one name, although one module gives several."""
    modules = [(module_of(node), len(node.names)) for node in block if isinstance(node, ast.ImportFrom)]
    names = [module for module, _ in modules]
    return all(count == 1 for _, count in modules) and len(set(names)) < len(names)


def _index(texts: Sequence[str], text: str, style: Style) -> int:
    """Return where a member goes in a list: by the order that the list has, else last."""
    for known in (style, replace(style, order_by_type=not style.order_by_type)):
        if in_order(texts, known):
            return sum(member_key(other, known) <= member_key(text, known) for other in texts)
    return len(texts)


def _member(operation: ImportName) -> str:
    return f"{operation.name}{f' as {operation.alias}' if operation.alias else ''}"
