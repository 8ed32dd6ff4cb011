"""The rule about pages: one row for each list that was edited or refused, and for each that was left.

A list that was left is one to `ast` alone: a function under a decorator that is called `get`, whose response model or
return annotation is a list, and none of whose own parameters is called as those of pages are.
"""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from evidence.source import Source
    from evidence.table import Row

RULE = "pagination"
COLUMNS = ("project", "path:line", "outcome", "reason")
ASKED = frozenset({"skip", "limit", "offset", "page", "size", "page_size", "per_page"})
"""What an operation may have got."""
LISTS = re.compile(r"(?:typing\.)?(?:list|List|Sequence|Iterable)\b|\w*(?:List|Page)(?:Response|Out|Result|Schema)?\b")
PAGES = re.compile(r"limit|offset|skip|page|per_page|page_size|size|cursor|pagination|params", re.IGNORECASE)


def subject(row: Row) -> Row:
    """What a verdict is about: the place, what became of it, and why."""
    return row[:4]


def rows(project: str, source: Source, document: Mapping[str, Any]) -> Iterator[Row]:
    """What the tool did with each list, then what only looks like one."""
    seen: dict[str, tuple[str, str]] = {}
    for edit in document["edits"]:
        place, _, said = edit["why"][0].partition(" ")
        seen.setdefault(place, ("edited", said))
    for finding in document["findings"]:
        seen.setdefault(f"{finding['path']}:{finding['line']}", ("refused", finding["reason"]))
    for path, line in _look_alikes(source):
        seen.setdefault(f"{path}:{line}", ("left", ""))
    for place, (outcome, reason) in seen.items():
        yield project, place, outcome, reason


def _look_alikes(source: Source) -> Iterator[tuple[str, int]]:
    for path, file in source.files.items():
        for node in ast.walk(file.tree) if file.tree else ():
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and _is_list(node) and not _has_pages(node):
                yield path, node.lineno


def _is_list(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    for call in node.decorator_list:
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == "get":
            model = next((item.value for item in call.keywords if item.arg == "response_model"), node.returns)
            return model is not None and LISTS.match(ast.unparse(model)) is not None
    return False


def _has_pages(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    names = [item.arg for item in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)]
    return any(PAGES.fullmatch(name) for name in names)
