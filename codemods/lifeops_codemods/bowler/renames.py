"""What a rename leaves behind: uses of the old name in files that were refused, and those that Bowler went past."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import NamedTuple

from bowler import Query

from lifeops_codemods.operation import Span
from lifeops_codemods.plan.document import Document
from lifeops_codemods.rule import Finding, Reason, Severity

_SHOWN = 20
_NAMED = 12


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


def left_behind(rename: Rename, texts: Mapping[str, str], refused: Collection[str], rule: str) -> Iterator[Finding]:
    """What a person must know of a rename: one finding for files that were refused, one for what Bowler went past.

    texts: the files that hold the name after the rename, by their path. refused: those that a query should have edited.
    """
    places = [
        Reason(path, span, f"still says {rename.old}")
        for path, text in sorted(texts.items())
        for span in _uses(text, rename.old)
    ]
    left = [place for place in places if place.path in refused]
    if left:
        yield Finding(
            rule=rule,
            path=left[0].path,
            span=left[0].span,
            message=f"the rename of {rename.old} to {rename.new} leaves {_counted(left)}",
            reason="these files were refused, and others have the new name already",
            fix=f"rename {rename.old} there by hand, or do not apply it",
            severity=Severity.ERROR,
            why=tuple(left[:_SHOWN]),
        )
    passed = [place for place in places if place.path not in refused]
    if passed:
        yield Finding(
            rule=rule,
            path=passed[0].path,
            span=passed[0].span,
            message=f"the rename of {rename.old} to {rename.new} goes past {_counted(passed)}",
            reason="Bowler goes by the shape of the code and not by what a name means, so it does not find every use",
            fix="look at each, and rename by hand those that mean the same",
            why=tuple(passed[:_SHOWN]),
        )


def _counted(places: Sequence[Reason]) -> str:
    """`3 uses of it, in a.py, b.py and 2 more`."""
    count = f"{len(places)} {'use' if len(places) == 1 else 'uses'} of it"
    return f"{count}, in {in_words(list(dict.fromkeys(place.path for place in places)))}"


def in_words(paths: Sequence[str]) -> str:
    """The first paths by name, the others by number: `why` has them."""
    more = f" and {len(paths) - _NAMED} more" if len(paths) > _NAMED else ""
    return ", ".join(paths[:_NAMED]) + more


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
