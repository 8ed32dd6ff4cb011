"""The number of all rows beside a page of them: a count of the same query in the place of `len(rows)`."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from lifeops_codemods.operation import ImportName, InsertBefore, Operation, ReplaceExpression, Span
from lifeops_codemods.project import Project
from lifeops_codemods.project.answers.spelling import free_name
from lifeops_codemods.project.flow.queries import RUNS, SELECTS
from lifeops_codemods.project.functions import function_node
from lifeops_codemods.project.pages.inside import StoppedError
from lifeops_codemods.project.pages.rows import Rows
from lifeops_codemods.project.pages.sources import Source, Total
from lifeops_codemods.project.pages.style import is_free, library_name
from lifeops_codemods.project.trees import span_of

_FUNC = frozenset(
    {
        "sqlalchemy.func",
        "sqlalchemy.sql.func",
        "sqlalchemy.sql.functions.func",
        "sqlmodel.func",
        "sqlalchemy.sql.expression.func",
    }
)
_NAMES = ("total", "total_count", "row_count")
_FIX = "count the rows in a query of its own, then add offset and limit"


def total_edits(project: Project, rows: Rows) -> Iterator[tuple[str, Operation]]:
    """The count, before the statement that reports it. Raises StoppedError where the query is out of sight there."""
    for total in rows.totals:
        place = total.inside.place(project, total.node)
        sources = [one for one in rows.sources if one.inside.ref == total.inside.ref]
        if len(rows.sources) != 1 or len(sources) != 1:
            raise StoppedError(place, "the total is the length of the list, whose query is in another function", _FIX)
        yield from _counted(project, sources[0], total)


def _counted(project: Project, source: Source, total: Total) -> Iterator[tuple[str, Operation]]:
    path = total.inside.path
    place = total.inside.place(project, total.node)
    node = function_node(project, total.inside.ref)
    name = free_name(project, total.inside.ref, total.node, *_NAMES) if node is not None else None
    count = _count(project, source)
    if name is None or count is None:
        raise StoppedError(place, "the total is the length of the list, and cannot be counted here", _FIX)
    text = project.text(path)
    up = total.inside.up
    statement: ast.AST = total.node
    while not isinstance(statement, ast.stmt):
        statement = up[statement]
    span = Span(*span_of(project, path, statement))
    yield path, InsertBefore(span=span, expected=text[span.start : span.end], code=f"{name} = {count}")
    inner = Span(*span_of(project, path, total.node))
    yield path, ReplaceExpression(span=inner, expected=text[inner.start : inner.end], code=name)
    if source.built.legacy:
        return
    for wanted, library in ((SELECTS, "select"), (_FUNC, "func")):
        if library_name(project, path, wanted) is None:
            if not is_free(project, path, library):
                raise StoppedError(place, f"the name {library} means something else in this file", _FIX)
            yield path, ImportName(span=Span(0, 0), expected="", module="sqlalchemy", name=library)


def _count(project: Project, source: Source) -> str | None:
    """The expression that counts all rows of a query."""
    path = source.inside.path
    start, end = span_of(project, path, source.node)
    text = project.text(path)
    query = text[start:end] if isinstance(source.node, ast.Name) else ast.unparse(source.node)
    whole = f"{query}.order_by(None)" if source.built.named("order_by") else query
    if source.built.legacy:
        return f"{whole}.count()"
    up = source.inside.up
    call = up.get(source.node)
    if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Attribute) or call.func.attr not in RUNS:
        return None
    session = ast.unparse(call.func.value)
    select = library_name(project, path, SELECTS) or "select"
    func = library_name(project, path, _FUNC) or "func"
    counting = f"{select}({func}.count()).select_from({whole}.subquery())"
    is_async = isinstance(up.get(call), ast.Await)
    if call.func.attr == "exec":
        run, one = f"{session}.exec({counting})", "one"
    else:
        run, one = f"{session}.execute({counting})", "scalar_one"
    return f"(await {run}).{one}()" if is_async else f"{run}.{one}()"
