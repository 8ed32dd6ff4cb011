"""Strings that SQLAlchemy evaluates among the names of its registry: the arguments of `relationship` and `backref`."""

from __future__ import annotations

from lifeops_codemods.facts.model import CLASS, Call, FileFacts, String
from lifeops_codemods.project import Project
from lifeops_codemods.project.classes import enclosing_class
from lifeops_codemods.project.literals import runs, source_offset
from lifeops_codemods.project.names import (
    Target,
    Variable,
    bindings_of,
    denoted,
    external_names,
    resolve,
    variable,
)
from lifeops_codemods.project.references import Search, refer_registered, spelled_in
from lifeops_codemods.project.registry import EVALUATED_KEYS, RELATIONSHIP_MAKERS, in_declarative_class
from lifeops_codemods.project.string_annotations import expression_names, is_class, is_expression, object_to_pieces

_RELATIONSHIP_NAMES = frozenset({"relationship", "backref", "Relationship", "RelationshipProperty"})


def is_relationship(
    project: Project, path: str, facts: FileFacts, row: String, call: Call, callees: frozenset[str]
) -> bool:
    """Whether a string is an argument that SQLAlchemy evaluates: of a relationship, or of a dictionary for one."""
    key = row.context[1]
    inner = row.context[2] if len(row.context) > 2 else ""
    if callees & RELATIONSHIP_MAKERS or (call.function and call.function[-1] in _RELATIONSHIP_NAMES):
        if key in {"sa_relationship_kwargs", "sa_relationship_args"}:
            return inner in EVALUATED_KEYS or key == "sa_relationship_args"
        return key in EVALUATED_KEYS or (key == 0 and "backref" not in call.function[-1:])
    if call.function == ("dict",) and key in EVALUATED_KEYS and call.parent >= 0:
        outer = facts.calls[call.parent]
        return bool(external_names(project, path, outer.scope, outer.function, outer.start) & RELATIONSHIP_MAKERS)
    return False


def registry_expression(found: Search, path: str, row: String) -> None:
    """Refer to what the names in an evaluated string find in the registry."""
    owner = enclosing_class(found.project, path, row.scope)
    pieces = runs(found.project.text(path), row.start, row.end)
    if not is_expression(row.value):
        for name in spelled_in(row.value, found.wanted):
            reason = f"{name} stands in a text that is no expression, and is perhaps made one at run time"
            found.object(found.wanted[name], path, (row.start, row.end), reason, "write the expression in one piece")
    for parts, starts in expression_names(row.value):
        for index, name in enumerate(parts):
            if name not in found.wanted or (index and not _is_module_path(found, parts[:index], name)):
                continue
            start = source_offset(pieces, starts[index], len(name))
            if start is None:
                object_to_pieces(found, frozenset(found.wanted[name]), path, row)
            elif index:
                _refer_by_module(found, path, parts[:index], name, start)
            else:
                refer_registered(found, path, name, start, owner)


def _is_module_path(found: Search, parts: tuple[str, ...], name: str) -> bool:
    return any(_lives_in(target.path, parts) for target in found.wanted[name])


def _lives_in(path: str, parts: tuple[str, ...]) -> bool:
    """Whether the module of `path` ends with the dotted `parts`."""
    module = path.removesuffix(".py").removesuffix("/__init__").split("/")
    return tuple(module[-len(parts) :]) == parts


def _refer_by_module(found: Search, path: str, parts: tuple[str, ...], name: str, start: int) -> None:
    fitting = [target for target in found.wanted[name] if _lives_in(target.path, parts)]
    if len(fitting) == 1:
        found.refer(fitting, path, start, "registry")
        return
    span = (start, start + len(name))
    found.object(fitting, path, span, f"{'.'.join(parts)}.{name} fits several models", "write a longer module path")


def makes_relationships(project: Project, path: str, call: Call) -> bool:
    """Whether a call is of a function of the project in whose body a relationship is made."""
    target = resolve(project, path, call.scope, call.function, call.start)
    for item in denoted(project, target) if target is not None else ():
        if not isinstance(item, Variable):
            continue
        facts = project.facts(item.path)
        for binding in bindings_of(project, item):
            start, end = binding.statement
            inner = [row for row in facts.calls if binding.kind == "def" and start <= row.start < end]
            if any(row.function and row.function[-1] in _RELATIONSHIP_NAMES for row in inner):
                return True
    return False


def variable_targets(found: Search, path: str, facts: FileFacts) -> None:
    """`relationship(OWNER)`: any text of the file that is a model's name may be the target."""
    for call in facts.calls:
        target = dict(call.arguments).get(0, dict(call.arguments).get("argument"))
        if not call.function or call.function[-1] not in _RELATIONSHIP_NAMES or target is None or target[0] != "name":
            continue
        behind = variable(found.project, path, call.scope, target[3], call.start)
        if isinstance(behind, Variable) and not any(is_class(found.project, item) for item in _ends(found, behind)):
            names = {row.value for row in facts.strings if row.value in found.wanted}
            for name in sorted(names):
                reason = f'a relationship\'s target is computed, and "{name}" stands in this file'
                found.object(found.wanted[name], path, (call.start, call.end), reason, "write the target in place")


def _ends(found: Search, target: Target) -> frozenset[Target]:
    return denoted(found.project, target)


def in_model_body(project: Project, path: str, facts: FileFacts, row: String) -> bool:
    """Whether a string stands directly in the body of a mapped class."""
    return facts.scopes[row.scope].kind == CLASS and in_declarative_class(
        project, enclosing_class(project, path, row.scope)
    )


def unknown_maker(found: Search, path: str, row: String, call: Call) -> None:
    """A project's own function called in the body of a model with a model's name: perhaps it makes a relationship."""
    if row.value in found.wanted:
        found.object(
            found.wanted[row.value],
            path,
            (row.start, row.end),
            f'"{row.value}" is handed to {".".join(call.function) or "a function"}, which may take it for a model',
            "write the relationship in the model, or hand over the class",
        )
