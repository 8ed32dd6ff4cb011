"""Where a query takes loader options: in its own text, or in a method that a generic repository asks for them."""

from __future__ import annotations

import ast
from typing import NamedTuple

from lifeops_codemods.operation import Span
from lifeops_codemods.project import Project
from lifeops_codemods.project.classes import ClassRef, classes_behind, definition
from lifeops_codemods.project.flow import running
from lifeops_codemods.project.flow.engine import engine
from lifeops_codemods.project.flow.queries import ALIASES
from lifeops_codemods.project.flow.values import Place
from lifeops_codemods.project.functions import FunctionRef, function, function_node, methods, owner
from lifeops_codemods.project.missing_loads import Missing
from lifeops_codemods.project.names import denoted, external_names, resolve
from lifeops_codemods.project.query_sites import (
    Option,
    QuerySite,
    expression_at,
    get_site,
    option_of,
    query_site,
    returned_list,
)
from lifeops_codemods.project.spelling import Spelling, spelled
from lifeops_codemods.project.trees import class_tree, dotted_parts, span_of


class Target(NamedTuple):
    """Where loaders are written, and how the model is named there.

    items: the list or call that takes them. method: a method that is to be written after the statement at `items`, with
    `{options}` where they go. imports: the model, where the file does not have it yet.
    """

    site: QuerySite
    entity: str
    is_get: bool = False
    items: Span | None = None
    method: str = ""
    imports: tuple[Spelling, ...] = ()


class Unplaced(NamedTuple):
    """Why there is no such place, and what to do."""

    reason: str
    fix: str


def target_of(project: Project, missing: Missing) -> Target | Unplaced:
    """Where the loaders of a query go."""
    is_get = missing.kind == "get"
    site = get_site(project, missing.site) if is_get else query_site(project, missing.site)
    if site is None:
        return Unplaced("the query is not found in the text", "load it where the query is built")
    if is_get and site.get_options is None and _has_options(project, missing.site):
        return Unplaced("its options are not a list written in place", "add the loader to them")
    if len(missing.models) > 1:
        return _hook(project, missing, site)
    if _is_nameless(project, missing, site):
        return Unplaced("the query selects an alias that has no name", "give the alias a name, and load it from there")
    entity = _entity_text(project, missing, site)
    if entity is None:
        return Unplaced("the model cannot be named in this file", "load it where the query is built")
    return Target(site, entity.text, is_get, imports=(entity,) if entity.module else ())


def _has_options(project: Project, place: Place) -> bool:
    node = expression_at(project, place)
    return isinstance(node, ast.Call) and any(keyword.arg in {"options", None} for keyword in node.keywords)


def _is_nameless(project: Project, missing: Missing, site: QuerySite) -> bool:
    """Whether a query selects what is made in its own text, `select(aliased(Quest))`: options of `Quest` are none."""
    written = site.entities[missing.position] if missing.position < len(site.entities) else ""
    made = ast.parse(written, mode="eval").body if missing.is_made_here and written.endswith(")") else None
    parts = dotted_parts(made.func) if isinstance(made, ast.Call) else ()
    return bool(parts and external_names(project, site.path, _scope_at(project, missing.site), parts) & ALIASES)


def _entity_text(project: Project, missing: Missing, site: QuerySite) -> Spelling | None:
    """How the query names its entity: as it is written there, unless that is an attribute or a parameter."""
    entities = site.entities if missing.is_made_here else ()
    written = entities[missing.position] if missing.position < len(entities) else ""
    if written:
        parts = tuple(written.split("."))
        if all(part.isidentifier() for part in parts) and parts[0] not in {"self", "cls"}:
            scope = _scope_at(project, missing.site)
            target = resolve(project, site.path, scope, parts)
            named = classes_behind(project, target) if target is not None else []
            if named == [missing.model] or (not named and len(parts) == 1 and not _is_parameter(project, site, parts)):
                return Spelling(written)
    name = definition(project, missing.model).name
    target = resolve(project, site.path, _scope_at(project, missing.site), (name,))
    if target is not None and classes_behind(project, target) == [missing.model]:
        return Spelling(name)
    return spelled(project, site.path, missing.model)


def _scope_at(project: Project, place: Place) -> int:
    """The innermost scope that holds a place."""
    scopes = project.facts(place.path).scopes
    around = [index for index, row in enumerate(scopes) if row.start <= place.start and place.end <= row.end]
    return max(around, key=lambda index: scopes[index].start, default=0)


def _is_parameter(project: Project, site: QuerySite, parts: tuple[str, ...]) -> bool:
    place = Place(site.path, *site.chain)
    row = project.facts(site.path).function_of_scope.get(_scope_at(project, place))
    return row is not None and any(parameter[0] == parts[0] for parameter in row.parameters)


# -- generic repositories


def _hook(project: Project, missing: Missing, site: QuerySite) -> Target | Unplaced:
    """The method of the model's own repository that the generic query asks for options: `*self.load_options()`."""
    names = [definition(project, ref).name for ref in sorted(missing.models)]
    reason = f"the query serves several models ({', '.join(names[:3])}{', …' if len(names) > 3 else ''})"
    hook = _hook_name(project, missing.site, site)
    if not hook:
        return Unplaced(reason, "let the repository of each model say its loaders")
    users = _repositories(project, missing)
    found = [method for ref in users for method in methods(project, ref, hook)]
    if len(users) != 1 or len(found) != 1:
        return Unplaced(reason, f"override {hook}() in the model's own repository")
    if owner(project, found[0]) != users[0]:
        return _new_method(project, missing.model, users[0], found[0], reason)
    node = returned_list(function_node(project, found[0]))
    if node is None:
        return Unplaced(f"{reason}, and {hook}() does more than to return a list", f"add the loader in {hook}()")
    path = found[0].path
    span = Span(*span_of(project, path, node))
    options: tuple[Option, ...] = tuple(option_of(project, path, item) for item in node.elts)
    entity = spelled(project, path, missing.model)
    if entity is None or entity.module:
        return Unplaced("the model cannot be named in this file", f"add the loader in {hook}()")
    return Target(QuerySite(path, span, None, options, ()), entity.text, False, span)


def _new_method(
    project: Project, model: ClassRef, ref: ClassRef, inherited: FunctionRef, reason: str
) -> Target | Unplaced:
    """The method that a repository does not override yet, to be written at the end of its class."""
    row = function(project, inherited)
    tree = class_tree(project, ref)
    entity = spelled(project, ref.path, model)
    is_plain = not row.is_async and not row.decorators and len(row.parameters) == 1
    if tree is None or entity is None or entity.module or not is_plain:
        return Unplaced(reason, f"override {row.name}() in the model's own repository")
    span = Span(*span_of(project, ref.path, tree.body[-1]))
    base = returned_list(function_node(project, inherited))
    start = "" if base is not None and not base.elts else f"*super().{row.name}(), "
    returns = _annotation_here(project, ref.path, inherited)
    code = f"def {row.name}({row.parameters[0][0]}){returns}:\n    return [{start}{{options}}]"
    return Target(QuerySite(ref.path, span, None, (), ()), entity.text, False, span, code)


def _annotation_here(project: Project, path: str, ref: FunctionRef) -> str:
    """The return annotation of an inherited method, where the names in it mean the same in the file."""
    node = function_node(project, ref)
    if node is None or node.returns is None:
        return ""
    names = {item.id for item in ast.walk(node.returns) if isinstance(item, ast.Name)}
    same = all(
        resolve(project, path, 0, (name,)) is not None
        and meaning(project, path, name) == meaning(project, ref.path, name)
        for name in names
    )
    return f" -> {ast.unparse(node.returns)}" if same else ""


def meaning(project: Project, path: str, name: str) -> frozenset[object]:
    """What a name at module level stands for."""
    target = resolve(project, path, 0, (name,))
    return frozenset() if target is None else frozenset(denoted(project, target))


def _hook_name(project: Project, place: Place, site: QuerySite) -> str:
    """The method that is called for options: `*self.load_options()`."""
    for option in site.options:
        if option.starred:
            node = expression_at(project, Place(site.path, *option.span))
            call = node.value if isinstance(node, ast.Starred) else None
            if isinstance(call, ast.Call) and not call.args and not call.keywords:
                parts = dotted_parts(call.func)
                if len(parts) == 2 and parts[0] in {"self", "cls"}:
                    return parts[1]
    return ""


def _repositories(project: Project, missing: Missing) -> list[ClassRef]:
    """The classes whose instances run the query for the model."""
    return sorted(running.receivers_running(engine(project), missing.site, missing.model))
