"""Validators that are handed an object, or what was read of it, before the types of a schema are."""

from __future__ import annotations

from collections.abc import Iterator

from lifeops_codemods.facts.expressions import parts as parts_of
from lifeops_codemods.facts.model import Expression
from lifeops_codemods.project import Project, question
from lifeops_codemods.project.classes import ClassRef, ancestors, definition
from lifeops_codemods.project.functions import FunctionRef, function
from lifeops_codemods.project.mentions import functions_mentioning, mentions

_LOADED = frozenset({"__dict__", "unloaded"})
"""By these SQLAlchemy tells what is loaded of an object."""
_EARLY = frozenset({"before", "plain", "wrap"})


@question
def field_intercepts(project: Project, ref: ClassRef, name: str) -> tuple[FunctionRef, ...]:
    """The methods of a schema that are handed what was read for a field: `field_validator(name, mode="before")`."""
    return tuple(
        method
        for method, decorator in _early(project, ref, "field_validator", "validator")
        if {name, "*"} & {item[3] for item in decorator[4] if item[0] == "string"}
    )


@question
def model_intercepts(project: Project, ref: ClassRef) -> tuple[FunctionRef, ...]:
    """The methods of a schema that are handed the whole object: `model_validator(mode="before")`.

    They may read anything of it, and hand on something else.
    """
    return tuple(method for method, _ in _early(project, ref, "model_validator", "root_validator"))


@question
def asks_what_is_loaded(project: Project, ref: ClassRef) -> bool:
    """Whether a schema looks what is loaded of an object before it reads, itself or by a function that it calls."""
    return any(mentions(project, method, _LOADED | _askers(project)) for method in model_intercepts(project, ref))


@question
def _askers(project: Project) -> frozenset[str]:
    """The names of the functions that look what is loaded of an object."""
    paths = project.mentioning(_LOADED)
    found = [ref for path in paths if project.parses(path) for ref in functions_mentioning(project, path, _LOADED)]
    return frozenset(function(project, ref).name for ref in found) - {"__init__", "__repr__", "__str__"}


def _early(project: Project, ref: ClassRef, with_mode: str, with_pre: str) -> Iterator[tuple[FunctionRef, Expression]]:
    """The methods that one of two decorators stands over, where it says that they come first."""
    for method, decorator in _decorated_methods(project, ref):
        chain, keywords = parts_of(decorator[3])[-1:], dict(decorator[5])
        mode, pre = keywords.get("mode"), keywords.get("pre")
        by_mode = mode is not None and mode[0] == "string" and mode[3] in _EARLY
        by_pre = pre is not None and pre[0] == "constant" and pre[3] is True
        if (chain == (with_mode,) and by_mode) or (chain == (with_pre,) and by_pre):
            yield method, decorator


@question
def _decorated_methods(project: Project, ref: ClassRef) -> tuple[tuple[FunctionRef, Expression], ...]:
    """The methods of a class and its bases that a called decorator stands over; of a name the nearest one."""
    found: list[tuple[FunctionRef, Expression]] = []
    taken: set[str] = set()
    for item in (ref, *ancestors(project, ref)):
        if not isinstance(item, ClassRef):
            continue
        rows = project.facts(item.path).members_of.get(definition(project, item).own, ())
        methods = [FunctionRef(item.path, row.row) for row in rows if row.kind == "def" and row.name not in taken]
        found += [
            (method, decorator)
            for method in methods
            for decorator in function(project, method).decorators
            if decorator[0] == "call"
        ]
        taken |= {row.name for row in rows}
    return tuple(found)
