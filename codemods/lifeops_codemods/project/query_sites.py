"""Where a query is written: the chain of calls that builds it, and the loader options that stand in it."""

from __future__ import annotations

import ast
from typing import NamedTuple

from lifeops_codemods.operation import Span
from lifeops_codemods.project import Project, question
from lifeops_codemods.project.flow.loaders import LOADS
from lifeops_codemods.project.flow.queries import FLUENT, RESULTS, RUNS
from lifeops_codemods.project.flow.values import Place
from lifeops_codemods.project.trees import dotted_parts, span_of
from lifeops_codemods.project.walking import children, walk


class Option(NamedTuple):
    """A loader option as it is written: the relationships of its chain, with the loader of each; none if unknown."""

    span: Span
    path: tuple[str, ...]
    loaders: tuple[str, ...]
    starred: bool = False


class QuerySite(NamedTuple):
    """A query as it is written.

    chain: the whole expression that is still a query. options_call: the last `.options(…)` in it. entities: the
    arguments that say what is selected, as text. statement: the statement around it.
    """

    path: str
    chain: Span
    options_call: Span | None
    options: tuple[Option, ...]
    entities: tuple[str, ...]
    get_options: Span | None = None


@question
def _parents(project: Project, path: str) -> dict[ast.AST, ast.AST]:
    return {child: node for node in walk(project.tree(path)) for child in children(node)}


@question
def _expressions(project: Project, path: str) -> dict[tuple[int, int], ast.expr]:
    """Every expression of a file by its span, the outermost of those that share one."""
    found: dict[tuple[int, int], ast.expr] = {}
    for node in _parents(project, path):
        if isinstance(node, ast.expr):
            found.setdefault(span_of(project, path, node), node)
    return found


def expression_at(project: Project, place: Place) -> ast.expr | None:
    """The expression at a place."""
    return _expressions(project, place.path).get((place.start, place.end))


def statement_at(project: Project, place: Place) -> ast.stmt | None:
    """The innermost statement that holds the expression at a place."""
    node: ast.AST | None = expression_at(project, place)
    parents = _parents(project, place.path)
    while node is not None and not isinstance(node, ast.stmt):
        node = parents.get(node)
    return node


def is_run_at(project: Project, place: Place) -> bool:
    """Whether the expression at a place is a statement that is run right there.

    `session.scalars(<it>)`, `<it>.all()`, `for row in <it>`, `paginate(<it>)`; not where it is handed to a function
    that runs it.
    """
    node = expression_at(project, place)
    parents = _parents(project, place.path)
    around = parents.get(node) if node is not None else None
    match around:
        case ast.Attribute(attr=name) if name in RESULTS:
            call = parents.get(around)
            return isinstance(call, ast.Call) and call.func is around
        case ast.For(iter=source) | ast.AsyncFor(iter=source) | ast.comprehension(iter=source):
            return source is node
        case ast.keyword():
            around = parents.get(around)
    function = dotted_parts(around.func)[-1:] if isinstance(around, ast.Call) else ()
    return bool(function) and function[0] in RUNS | {"paginate", "apaginate"}


def query_site(project: Project, place: Place) -> QuerySite | None:
    """The query that is made at a place: `select(…)`, `session.query(…)`, `session.get(…)`, or a name for one."""
    node = expression_at(project, place)
    if node is None:
        return None
    path = place.path
    parents = _parents(project, path)
    links: list[ast.Call] = []
    outer: ast.expr = node
    while (link := _next_link(parents, outer)) is not None:
        links.append(link)
        outer = link
    calls = [link for link in links if isinstance(link.func, ast.Attribute) and link.func.attr == "options"]
    options = tuple(option_of(project, path, argument) for call in calls for argument in call.args)
    entities = tuple(ast.unparse(argument) for argument in node.args) if isinstance(node, ast.Call) else ()
    last = Span(*span_of(project, path, calls[-1])) if calls else None
    return QuerySite(path, Span(*span_of(project, path, outer)), last, options, entities)


def get_site(project: Project, place: Place) -> QuerySite | None:
    """A `session.get(Model, key)`, whose options are a keyword."""
    node = expression_at(project, place)
    if not isinstance(node, ast.Call):
        return None
    path = place.path
    given = next((keyword.value for keyword in node.keywords if keyword.arg == "options"), None)
    items = given.elts if isinstance(given, ast.List) else []
    options = tuple(option_of(project, path, item) for item in items)
    entity = (ast.unparse(node.args[0]),) if node.args else ()
    span = None if given is None else Span(*span_of(project, path, given))
    return QuerySite(path, Span(*span_of(project, path, node)), None, options, entity, span)


def _next_link(parents: dict[ast.AST, ast.AST], node: ast.expr) -> ast.Call | None:
    """`node.where(…)`, as long as that is still a query."""
    attribute = parents.get(node)
    if not isinstance(attribute, ast.Attribute) or attribute.attr not in FLUENT | {"options"}:
        return None
    call = parents.get(attribute)
    return call if isinstance(call, ast.Call) and call.func is attribute else None


def option_of(project: Project, path: str, node: ast.expr) -> Option:
    """A loader option as it is written."""
    span = Span(*span_of(project, path, node))
    if isinstance(node, ast.Starred):
        return Option(span, (), (), True)
    steps: list[tuple[str, str]] = []
    current: ast.expr = node
    while isinstance(current, ast.Call):
        name = current.func.attr if isinstance(current.func, ast.Attribute) else dotted_parts(current.func)[-1:]
        loader = name if isinstance(name, str) else "".join(name)
        attribute = current.args[0] if current.args else None
        if LOADS.get(loader) not in {"load", "pass"} or not isinstance(attribute, ast.Attribute):
            return Option(span, (), ())
        steps.append((attribute.attr, loader))
        if not isinstance(current.func, ast.Attribute) or not isinstance(current.func.value, ast.Call):
            break
        current = current.func.value
    steps.reverse()
    return Option(span, tuple(name for name, _ in steps), tuple(loader for _, loader in steps))


def returned_list(node: ast.AST | None) -> ast.List | None:
    """The list that a function gives back which does nothing else."""
    body = [
        item
        for item in getattr(node, "body", [])
        if not (isinstance(item, ast.Expr) and isinstance(item.value, ast.Constant))
    ]
    only = body[0] if len(body) == 1 else None
    return only.value if isinstance(only, ast.Return) and isinstance(only.value, ast.List) else None
