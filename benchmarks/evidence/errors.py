"""The rules about errors: one row for each place that was edited, refused, or left though it looks like one.

A place looks like one to `ast` alone: a bare `except:`; an `except` that names ValueError or KeyError in a function
under a decorator that is called like a router's method.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from evidence.source import File, Source
    from evidence.table import Row

RULES = ("bare-except", "value-error-400", "not-found-404")
COLUMNS = ("project", "path:line", "outcome", "reason")
LOOKS_ALIKE = {"value-error-400": "ValueError", "not-found-404": "KeyError"}
VERBS = frozenset({"get", "post", "put", "patch", "delete", "head", "options", "api_route"})


def subject(row: Row) -> Row:
    """What a verdict is about: the place and what became of it."""
    return row[:4]


def rows(project: str, rule: str, source: Source, document: Mapping[str, Any]) -> Iterator[Row]:
    """What the tool did at each place, then the places that only look like one."""
    seen: dict[str, tuple[str, str]] = {}
    for edit in document["edits"]:
        if not edit["message"].startswith(("expect ", "document ")) and edit["line"] > _head(source, edit["path"]):
            seen.setdefault(_place(edit), ("edited", edit["message"]))
    for finding in document["findings"]:
        seen.setdefault(_place(finding), ("refused", finding["reason"]))
    told = [*document["edits"], *document["findings"]]
    for path, first, last in _look_alikes(rule, source):
        if not any(item["path"] == path and first <= item["line"] <= last for item in told):
            seen.setdefault(f"{path}:{first}", ("left", ""))
    for place, (outcome, reason) in seen.items():
        yield project, place, outcome, reason


def _place(item: Mapping[str, Any]) -> str:
    return f"{item['path']}:{item['line']}"


def _head(source: Source, path: str) -> int:
    """The last line of a file's imports: an import is part of another edit."""
    tree = source.files[path].tree
    body = tree.body if tree else []
    heads = [item.end_lineno or 0 for item in body if isinstance(item, ast.Import | ast.ImportFrom)]
    return max(heads, default=0)


def _look_alikes(rule: str, source: Source) -> Iterator[tuple[str, int, int]]:
    for path, file in source.files.items():
        for handler in _bare(file) if rule == "bare-except" else _named(file, LOOKS_ALIKE[rule]):
            yield path, handler.lineno, handler.end_lineno or handler.lineno


def _bare(file: File) -> Iterator[ast.ExceptHandler]:
    for node in ast.walk(file.tree) if file.tree else ():
        if isinstance(node, ast.ExceptHandler) and node.type is None:
            yield node


def _named(file: File, name: str) -> Iterator[ast.ExceptHandler]:
    for function in ast.walk(file.tree) if file.tree else ():
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef) and _is_endpoint(function):
            for node in ast.walk(function):
                caught = node.type if isinstance(node, ast.ExceptHandler) else None
                names = [one.id for one in ast.walk(caught) if isinstance(one, ast.Name)] if caught else []
                if isinstance(node, ast.ExceptHandler) and name in names:
                    yield node


def _is_endpoint(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    calls = [one for one in function.decorator_list if isinstance(one, ast.Call)]
    return any(isinstance(one.func, ast.Attribute) and one.func.attr in VERBS for one in calls)
