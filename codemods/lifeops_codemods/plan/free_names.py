"""Imports that nothing uses any more, removed.

What counts as a use errs on the side of keeping: names in strings that read as an expression, `__all__`, type comments,
a re-export `X as X`, an import that tells its linter it is meant. Imports within `try` are never removed.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence

from lifeops_codemods.operation import FreeName
from lifeops_codemods.plan.document import Document, is_docstring, parse
from lifeops_codemods.plan.import_sections import Import
from lifeops_codemods.plan.import_statement import read_from_import, without
from lifeops_codemods.plan.imports import type_checking_block
from lifeops_codemods.plan.mapping import apply_changes, compose
from lifeops_codemods.plan.model import Change
from lifeops_codemods.plan.stages import Outcome, Placed
from lifeops_codemods.plan.style import Style

_MEANT = re.compile(r"#.*\bnoqa\b(?!:)|#.*\bnoqa:.*\bF401\b|#.*unused-import")


def free_names(document: Document, placed: Sequence[Placed], style: Style) -> Outcome:
    """The stage of FreeName: a name that is still used keeps its import, and that is no refusal."""
    changes: tuple[Change, ...] = ()
    current = document
    wanted = [operation.name for operation, _ in placed if isinstance(operation, FreeName)]
    while wanted:
        name = wanted.pop(0)
        made = _freed(current, name)
        if made and name != "TYPE_CHECKING":
            wanted.append("TYPE_CHECKING") if _guards(current, name) else None
        changes = compose(len(document.text), changes, made)
        current = Document(apply_changes(document.text, changes))
    return Outcome(changes)


def _guards(document: Document, name: str) -> bool:
    """Tell whether `if TYPE_CHECKING:` goes with the name."""
    block = type_checking_block(document)
    return block is not None and any(
        _binds(alias, name) for node in block.body if isinstance(node, Import) for alias in node.names
    )


def _freed(document: Document, name: str) -> list[Change]:
    if _is_used(document, name):
        return []
    for node, block, owner in _imports(document):
        for index, alias in enumerate(node.names):
            if _binds(alias, name) and not _is_meant(document, node, alias):
                return _without(document, node, index, block, owner)
    return []


def _imports(document: Document) -> Iterator[tuple[Import, list[ast.stmt], ast.If | None]]:
    """Yield the imports that may go, with their block and the `if TYPE_CHECKING:` that it is of."""
    body = document.tree.body
    guarded = type_checking_block(document)
    for node in body:
        if isinstance(node, Import) and getattr(node, "module", "") != "__future__":
            yield node, body, None
    for node in guarded.body if guarded is not None else ():
        if isinstance(node, Import) and guarded is not None:
            yield node, guarded.body, guarded


def _binds(alias: ast.alias, name: str) -> bool:
    if alias.asname is not None:
        return alias.asname == name != alias.name
    return alias.name.partition(".")[0] == name


def _is_meant(document: Document, node: Import, alias: ast.alias) -> bool:
    lines = {
        document.line_at(document.start(node)),
        document.line_at(document.start(alias)),
        document.line_at(document.end(node)),
    }
    return any(_MEANT.search(document.line(line)) for line in lines)


def _is_used(document: Document, name: str) -> bool:
    """Tell whether anything but an import may mean the name."""
    whole_word = re.compile(rf"\b{re.escape(name)}\b")
    if re.search(rf"#\s*type:.*\b{re.escape(name)}\b", document.text):
        return True
    docstrings = {id(node.body[0].value) for node in ast.walk(document.tree) if _has_docstring(node)}  # type: ignore[attr-defined]
    for node in ast.walk(document.tree):
        match node:
            case ast.Name(id=found) if found == name:
                return True
            case ast.Global(names=names) | ast.Nonlocal(names=names) if name in names:
                return True
            case ast.Constant(value=str(text)) if whole_word.search(text) and id(node) not in docstrings:
                if _reads_name(text, name):
                    return True
    return False


def _has_docstring(node: ast.AST) -> bool:
    if not isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
        return False
    return bool(node.body) and is_docstring(node.body[0])


def _reads_name(text: str, name: str) -> bool:
    try:
        tree = parse(text.strip())
    except SyntaxError:
        return False
    return any(isinstance(node, ast.Name) and node.id == name for node in ast.walk(tree))


def _without(document: Document, node: Import, index: int, block: list[ast.stmt], owner: ast.If | None) -> list[Change]:
    if len(node.names) > 1:
        if isinstance(node, ast.ImportFrom):
            return without(read_from_import(document, node), index)
        before, here = node.names[index - 1], node.names[index]
        if index == 0:
            return [Change(document.start(here), document.start(node.names[1]), "")]
        return [Change(document.end(before), document.end(here), "")]
    if owner is not None and len(block) == 1:
        return [] if owner.orelse else _removed(document, owner)
    return _removed(document, node)


def _removed(document: Document, node: ast.stmt) -> list[Change]:
    """Remove a statement's lines; one that shares its lines, or has comments to keep, goes the way of a region."""
    from lifeops_codemods.operation import RemoveStatement
    from lifeops_codemods.plan.regional import rewrite_regions

    span = document.span(node)
    operation = RemoveStatement(span=span, expected=document.text[span.start : span.end])
    return list(rewrite_regions(document, [Placed(operation, span)], Style()).changes)
