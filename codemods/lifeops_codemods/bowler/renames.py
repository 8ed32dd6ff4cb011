"""What a rename leaves behind: other uses of the old name in files that Bowler could not read."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from bowler import Query

from lifeops_codemods.operation import Span
from lifeops_codemods.plan.document import Document
from lifeops_codemods.rule import Finding, Reason, Severity

_SHOWN = 20


class Rename(NamedTuple):
    """What a query renames; both names may be dotted."""

    old: str
    new: str


def renames(query: Query) -> list[Rename]:
    """The renames that Bowler's own `rename` makes."""
    found: list[Rename] = []
    for callback in (callback for transform in query.transforms for callback in transform.callbacks):
        if getattr(callback, "__qualname__", "") == "Query.rename.<locals>.rename_transform":
            captured = inspect.getclosurevars(callback).nonlocals
            found.append(Rename(str(captured["old_name"]), str(captured["new_name"])))
    return found


def left_behind(rename: Rename, unread: Mapping[str, str], rule: str) -> Finding | None:
    """The finding that names the places, or None if there are none.

    unread: the texts of the files that Bowler could not read, by their path.
    """
    places = [
        Reason(path, span, f"still says {rename.old}")
        for path, text in sorted(unread.items())
        for span in _uses(text, rename.old)
    ]
    if not places:
        return None
    files = list(dict.fromkeys(place.path for place in places))
    count = "1 use" if len(places) == 1 else f"{len(places)} uses"
    return Finding(
        rule=rule,
        path=places[0].path,
        span=places[0].span,
        message=f"the rename of {rename.old} to {rename.new} leaves {count} of it in {', '.join(files)}",
        reason="Bowler cannot read these files, and other files have the new name already",
        fix=f"rename {rename.old} there by hand, or reject the change",
        severity=Severity.ERROR,
        why=tuple(places[:_SHOWN]),
    )


def _uses(text: str, name: str) -> Iterator[Span]:
    """Where code says the name: not in comments, nor in strings."""
    document = Document(text)
    try:
        tree = document.tree
    except SyntaxError:
        return
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=found) if found == name:
                yield document.span(node)
            case ast.Attribute() if name in (node.attr, _dotted(node)):
                yield Span(document.end(node) - len(node.attr), document.end(node))
            case ast.alias(name=found) | ast.ImportFrom(module=str(found)) if _names(found, name):
                yield document.span(node)
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef() if node.name == name:
                yield document.span(node)


def _names(module: str, name: str) -> bool:
    """Whether a dotted path begins with the name, or is an import of it."""
    return f"{module}.".startswith(f"{name}.")


def _dotted(node: ast.expr) -> str | None:
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute) and (before := _dotted(node.value)) is not None:
        return f"{before}.{node.attr}"
    return None
