"""Modules that are got by a computed name: `importlib.import_module(…)`, `__import__(…)`, `sys.modules[…]`."""

from __future__ import annotations

from collections.abc import Iterable

from lifeops_codemods.facts.model import FileFacts
from lifeops_codemods.project import Project
from lifeops_codemods.project.modules import External, Module, find_module
from lifeops_codemods.project.names import Variable, bindings_of, member
from lifeops_codemods.project.references import Search

IMPORTERS = frozenset({"import_module", "__import__"})
_MADE = ("importlib.import_module()", "builtins.__import__()", "sys.modules[]")


def is_computed(target: object) -> bool:
    """Whether a target is a module of this kind, or something in one."""
    return isinstance(target, External) and target.name.startswith(_MADE)


def call_behind(project: Project, target: object) -> tuple[str, int] | None:
    """Where a variable that holds such a module gets it: file and offset of the call."""
    if isinstance(target, Variable):
        for row in bindings_of(project, target):
            if row.value is not None and row.value[0] == "call":
                return target.path, row.value[1]
    return None


def may_hold(search: Search, path: str, start: int, names: Iterable[str]) -> set[Variable]:
    """The wanted variables among `names` that the module may carry which the call at `start` imports.

    A literal says which module it is; the constant beginning of an f-string says below which package. A loader that
    takes any path is no proof of anything: a path to a model that is written somewhere is found where it stands.
    """
    project = search.project
    facts = project.facts(path)
    literal, beginning = _argument(facts, start)
    if literal:
        module = find_module(project, path, literal)
        found = [member(project, module, name) for name in names] if isinstance(module, Module) else []
        return {target for item in found for target in search.carried(item)}
    if not beginning:
        return set()
    inside = "/" + beginning.strip(".").replace(".", "/") + "/"
    return {target for name in names for target in search.wanted[name] if inside in f"/{target.path}"}


def _argument(facts: FileFacts, start: int) -> tuple[str, str]:
    """What a call is given first: a literal, or the constant beginning of a formatted text."""
    for row, call in enumerate(facts.calls):
        if call.start == start and call.function[-1:] and call.function[-1] in IMPORTERS:
            value = dict(call.arguments).get(0)
            if value is not None and value[0] == "string":
                return value[3], ""
            parts = [item.value for item in facts.strings if item.role == "formatted" and item.context[:1] == (row,)]
            return "", parts[0].partition("\0")[0] if parts else ""
    return "", ""
