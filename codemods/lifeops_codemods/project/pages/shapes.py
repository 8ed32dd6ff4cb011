"""Shapes of expressions that lists are made in, and what is said of those that do more than to hand on rows."""

from __future__ import annotations

import ast
from collections.abc import Mapping

from lifeops_codemods.project.pages.inside import StoppedError

IN_PYTHON = {
    "builtins.sorted": "the rows are sorted in Python after the query",
    "builtins.reversed": "the rows are put into another order in Python after the query",
    "builtins.set": "equal rows are put together in Python after the query",
    "builtins.dict": "equal rows are put together in Python after the query",
    "builtins.filter": "rows are left out in Python after the query",
    "itertools.islice": "the rows are cut in Python after the query",
    "itertools.groupby": "the rows are grouped in Python after the query",
}
_TOTALS = frozenset({"total", "total_count", "total_items", "totalcount", "totalitems", "count", "num_results"})
_ABLE = (ast.Name, ast.ListComp, ast.Call, ast.Await)
_LISTS = frozenset({"items", "results", "data", "result", "records", "rows", "objects", "entries", "content", "#0"})


def nearest(said: Mapping[str, StoppedError | None], fields: Mapping[str, ast.expr]) -> StoppedError | None:
    """Why the field that is called as lists are is none, or the only one that could be a list."""
    able = [name for name, value in fields.items() if isinstance(value, _ABLE) and not is_length(value)]
    named = [name for name in fields if name in _LISTS] or (able if len(able) == 1 else [])
    return next((stopped for name in named if (stopped := said[name]) is not None), None)


def keys_of(node: ast.Dict) -> list[str]:
    keys = [key.value if isinstance(key, ast.Constant) else None for key in node.keys]
    return [key if isinstance(key, str) else f"#{number}" for number, key in enumerate(keys)]


def is_empty_list(node: ast.expr) -> bool:
    match node:
        case ast.List(elts=[]) | ast.Call(func=ast.Name(id="list"), args=[], keywords=[]):
            return True
    return False


def is_length(node: ast.expr) -> bool:
    match node:
        case ast.Call(func=ast.Name(id="len"), args=[_], keywords=[]):
            return True
    return False


def is_in_python(reason: str) -> bool:
    return "in Python" in reason and "not followed" not in reason


def short(node: ast.expr) -> str:
    text = ast.unparse(node)
    return text if len(text) <= 40 else f"…{text[-39:]}"


def is_total(name: str, node: ast.expr) -> bool:
    """Whether a field reports the length of a list as the number of all that there are."""
    plain = name.lower().replace("_", "")
    return plain in {one.replace("_", "") for one in _TOTALS} and is_length(node)
