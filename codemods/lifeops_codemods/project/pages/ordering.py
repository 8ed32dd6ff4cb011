"""What a query must be ordered by so that its pages fit together: no row twice, and none left out.

An order that leaves two rows equal may give them in one order on this page and in the other on the next. So what is
there is followed by the primary key, unless it ends in one already or in a column that differs from row to row.
"""

from __future__ import annotations

import ast
from typing import NamedTuple

from lifeops_codemods.project import Project
from lifeops_codemods.project.classes import ClassRef, definition
from lifeops_codemods.project.pages.entities import Selected, named_models, selected
from lifeops_codemods.project.pages.inside import Inside, StoppedError, parameter_names
from lifeops_codemods.project.pages.joins import repeating
from lifeops_codemods.project.pages.keys import primary_keys, unique_columns
from lifeops_codemods.project.pages.sources import Source
from lifeops_codemods.project.pages.statements import Built, Clause
from lifeops_codemods.project.pages.style import is_free, library_name
from lifeops_codemods.project.spelling import Spelling, spelled

_FIX = "add order, offset and limit to the query by hand"
_INSPECTS = frozenset({"sqlalchemy.inspect", "sqlalchemy.inspection.inspect"})
_DIRECTIONS = frozenset({"asc", "desc", "nulls_last", "nulls_first", "nullslast", "nullsfirst"})
_CUT = {
    "limit": "the query has a limit of its own",
    "offset": "the query has an offset of its own",
    "slice": "the query is cut by slice()",
    "fetch": "the query has a limit of its own",
    "with_transformation": "what a transformation makes of the query is not followed",
}
_JOINING = {
    "distinct": "the query is DISTINCT",
    "group_by": "the query is grouped",
    "having": "the query is grouped",
    "from_statement": "the rows come from a statement that is written as text",
    "union": "the query is a union",
    "union_all": "the query is a union",
    "intersect": "the query is put together of several",
    "except_": "the query is put together of several",
    "intersect_all": "the query is put together of several",
    "except_all": "the query is put together of several",
}


class Order(NamedTuple):
    """What has to be added to the order: the columns, as they are written, and the models to be imported for that.

    clause: the `order_by` that takes them, where they can go there.
    """

    columns: tuple[str, ...] = ()
    clause: Clause | None = None
    imports: tuple[Spelling, ...] = ()


def order(project: Project, source: Source, *, paged: bool = False) -> Order:
    """What makes the order of a query's rows sure. Raises StoppedError for a query of which no page can be taken."""
    built = source.built
    _refuse(project, built, paged=paged)
    rows = [selected(project, root) for root in built.roots]
    if any(tuple(item.models for item in other) != tuple(item.models for item in rows[0]) for other in rows):
        raise _stop(project, source, "the query selects one thing or another")
    first = rows[0][0] if rows[0] else None
    if first is None:
        raise _stop(project, source, "what the query selects is not known")
    keys = _keys(project, source, first)
    _refuse_joins(project, source, rows[0])
    terms = [term for clause in built.named("order_by") for term in clause.call.args]
    if any(isinstance(term, ast.Constant) and term.value in {None, False} for term in terms):
        raise _stop(project, source, "the query takes back its order")
    if _is_sure(project, source, first, keys):
        return Order()
    return _written(project, source, first, keys)


def _refuse(project: Project, built: Built, *, paged: bool) -> None:
    for clause in built.clauses:
        reason = _JOINING.get(clause.name) or ("" if paged else _CUT.get(clause.name, ""))
        if not reason and clause.name in {
            "add_columns",
            "add_column",
            "add_entity",
            "with_only_columns",
            "with_entities",
        }:
            reason = f"{clause.name}() changes what the query selects"
        if not reason and clause.name in {"subquery", "cte", "from_self"}:
            reason = f"{clause.name}() makes another query of it"
        if reason:
            raise StoppedError(clause.inside.place(project, clause.call), reason, _fix(clause.name))


def _fix(name: str) -> str:
    if name in _CUT:
        return "let the client say the limit, or leave the list as it is"
    return "decide what a page of it is, and add offset and limit by hand"


def _keys(project: Project, source: Source, first: Selected) -> tuple[str, ...]:
    """The primary key, by the same names for all models that are selected."""
    found = {primary_keys(project, model) for model in first.models}
    keys = found.pop() if len(found) == 1 else ()
    if not keys:
        names = ", ".join(sorted(definition(project, model).name for model in first.models)[:3])
        raise _stop(project, source, f"the primary key of {names} is not found, so no order would be sure")
    return keys


def _refuse_joins(project: Project, source: Source, row: tuple[Selected, ...]) -> None:
    models = frozenset(model for item in row for model in item.models)
    built = source.built
    loads = any("contains_eager" in ast.unparse(clause.call) for clause in built.named("options"))
    several = len({item.models for item in row}) > 1
    merges = built.legacy or source.unique or loads
    apart = frozenset(row[0].models)
    if not (merges or several or not row[0].whole):
        return
    clause = repeating(project, built, apart)
    if several and not built.named("join", "outerjoin", "join_from", "outerjoin_from", "where", "filter"):
        raise _stop(project, source, "the query selects several models, and how they belong together is not said")
    if clause is not None:
        name = next((definition(project, model).name for model in sorted(models)), "")
        reason = f"{clause.name}() may give several rows of one {name}, so that a limit would not count those"
        raise StoppedError(clause.inside.place(project, clause.call), reason, _FIX)


def _is_sure(project: Project, source: Source, first: Selected, keys: tuple[str, ...]) -> bool:
    """Whether the order tells all rows apart, on every way to the query."""
    clauses = source.built.named("order_by")
    if len(clauses) != 1:
        return False
    named = {name for term in clauses[0].call.args if (name := _column(project, clauses[0].inside, term, first))}
    unique = frozenset.intersection(*(unique_columns(project, model) for model in first.models))
    return (set(keys) <= named or bool(named & unique)) and _is_always(source, clauses[0])


def _column(project: Project, inside: Inside, node: ast.expr, first: Selected) -> str:
    """The column of what is selected that a term of an order is."""
    while isinstance(node, ast.Call):
        if isinstance(node.func, ast.Attribute) and node.func.attr in _DIRECTIONS and not node.args:
            node = node.func.value
        elif _name(node.func) in _DIRECTIONS and len(node.args) == 1:
            node = node.args[0]
        else:
            return ""
    if not isinstance(node, ast.Attribute):
        return ""
    same = ast.unparse(node.value) == first.text or named_models(project, inside, node.value) == first.models
    return node.attr if same else ""


def _name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def _is_always(source: Source, clause: Clause) -> bool:
    """Whether a clause is there on every way to the query: in its own chain, or under no condition."""
    if any(one is clause.call for one in ast.walk(source.node)):
        return True
    up = clause.inside.up
    current: ast.AST | None = clause.call
    while current is not None and not isinstance(current, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
        if isinstance(current, ast.If | ast.IfExp | ast.For | ast.AsyncFor | ast.While | ast.Match | ast.ExceptHandler):
            return False
        current = up.get(current)
    return len(source.built.roots) == 1


def _written(project: Project, source: Source, first: Selected, keys: tuple[str, ...]) -> Order:
    clauses = source.built.named("order_by")
    if len(clauses) == 1 and clauses[0].call.args and not clauses[0].call.keywords:
        clause = clauses[0]
        spelling = _entity(project, source, first, clause.inside)
        is_own = clause.inside.ref == source.inside.ref  # a helper may order the queries of others too
        if is_own and _is_always(source, clause) and spelling is not None:
            made = _named(project, clause.inside, spelling, keys)
            if not made.columns[0].startswith("*"):  # a spread is no item that could be appended
                return made._replace(clause=clause)
    spelling = _entity(project, source, first, source.inside)
    if spelling is None:
        raise _stop(project, source, "the model cannot be named where the query is run")
    return _named(project, source.inside, spelling, keys)


def _named(project: Project, inside: Inside, spelling: Spelling, keys: tuple[str, ...]) -> Order:
    """The columns of a key, as a function names them.

    Of a model that an object or a caller holds, type checkers know no columns but those that the file reads already:
    else its mapper is asked for them.
    """
    text = project.text(inside.path)
    columns = tuple(f"{spelling.text}.{key}" for key in keys)
    held = spelling.text.split(".")[0] in parameter_names(inside.node) and spelling.text != "cls"
    if not held or all(column in text for column in columns):
        return Order(columns, None, (spelling,) if spelling.module else ())
    known = library_name(project, inside.path, _INSPECTS)
    if known is None and not is_free(project, inside.path, "inspect"):
        return Order(columns)
    imports = () if known else (Spelling("inspect", "sqlalchemy", "inspect"),)
    return Order((f"*{known or 'inspect'}({spelling.text}).primary_key",), None, imports)


def _entity(project: Project, source: Source, first: Selected, inside: Inside) -> Spelling | None:
    """How a function names what the query selects."""
    if all(root.inside.ref == inside.ref for root in source.built.roots):
        return Spelling(first.text)
    models: list[ClassRef] = sorted(first.models)
    if len(models) != 1 or ("." in first.text and first.text.split(".")[0] in {"self", "cls"}):
        return None
    return spelled(project, inside.path, models[0])


def _stop(project: Project, source: Source, reason: str) -> StoppedError:
    return StoppedError(source.inside.place(project, source.node), reason, _FIX)
