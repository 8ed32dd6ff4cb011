"""Places that look names up at run time, in files that need not mention the name itself."""

from __future__ import annotations

import ast
import re

from lifeops_codemods.facts.model import Call, Expression, FileFacts, Member, Name
from lifeops_codemods.project import Project
from lifeops_codemods.project.computed_modules import IMPORTERS, call_behind, is_computed, may_hold
from lifeops_codemods.project.modules import External, Module
from lifeops_codemods.project.names import Target, Variable, denoted, evaluate, member, resolve, spelled, variable
from lifeops_codemods.project.references import Search
from lifeops_codemods.project.trees import span_of

_UNDERSTOOD = {"object", "multiple", "setattr", "delattr", "spy", "getattr", "hasattr", "vars", "getmembers", "reload"}
_LOOKUPS = ("getattr", "hasattr", "setattr", "delattr", "object", "vars", "getmembers", "__dict__")
_CALLED = re.compile(rf"\b(?:{'|'.join(_LOOKUPS)})\b(?:[\s\\)]|#.*)*\(")
"""One of them with a parenthesis behind it: what a text without that says of them calls nothing."""
_BY_NAME = frozenset({"getattr", "hasattr", "setattr", "delattr", "object"})
_REGISTRIES = ("_class_registry", "_decl_class_registry")
_HARMLESS_AFTER = {"values"}


def search(found: Search) -> None:
    """Add the obstacles that computed names are, then judge what was left open."""
    _registries(found)
    _computed(found)
    _namespaces(found)
    _dangling(found)


def _computed(found: Search) -> None:
    """`getattr(models, name)`: every model that the module carries may be meant."""
    project = found.project
    stems = {_stem(reference.path) for usage in found.usages.values() for reference in usage.references.values()}
    carriers = set(project.mentioning(stems))
    for path in project.mentioning(_LOOKUPS):
        near = path in carriers or project.mentions(path, "import_module") or project.mentions(path, "modules")
        if near and _CALLED.search(project.text(path)):
            facts = project.facts(path)
            for call in facts.calls:
                if call.function and call.function[-1] in _LOOKUPS:
                    _call(found, path, facts, call)


def _namespaces(found: Search) -> None:
    """`globals()[name]` and `models.__dict__`: the names of a module as data."""
    project = found.project
    for path in project.mentioning(["globals"]):
        targets = _carried_by(found, Module(path))
        if targets:
            for start, end in _computed_globals(project, path):
                reason = "a name that is computed at run time is looked up in this module"
                found.object(targets, path, (start, end), reason, "refer to the classes themselves")
    for path in project.mentioning(["__dict__"]):
        for row in project.facts(path).names:
            if row.attributes and row.attributes[-1][0] == "__dict__":
                chain = (row.name, *(name for name, _ in row.attributes[:-1]))
                target = resolve(project, path, row.scope, chain, row.start)
                for item in sorted(denoted(project, target), key=repr) if target is not None else ():
                    span = (row.start, row.attributes[-1][1] + len("__dict__"))
                    if isinstance(item, Module):
                        reason = "the module's names are data here"
                        found.object(_carried_by(found, item), path, span, reason, "refer to the classes themselves")


def _computed_globals(project: Project, path: str) -> list[tuple[int, int]]:
    """Reads of `globals()` by anything but a literal."""
    spans = []
    for node in ast.walk(project.tree(path)) if project.parses(path) else ():
        match node:
            case ast.Subscript(value=ast.Call(func=ast.Name(id="globals")), slice=key, ctx=ast.Load()) if (
                not isinstance(key, ast.Constant)
            ):
                spans.append(span_of(project, path, node))
            case ast.Call(
                func=ast.Attribute(
                    value=ast.Call(func=ast.Name(id="globals")), attr="get" | "items" | "keys" | "pop" | "copy"
                ),
                args=arguments,
            ) if not (arguments and isinstance(arguments[0], ast.Constant)):
                spans.append(span_of(project, path, node))
    return spans


def _stem(path: str) -> str:
    """The word by which another file imports the module."""
    parts = path.removesuffix(".py").removesuffix("/__init__").split("/")
    return parts[-1]


def _call(found: Search, path: str, facts: FileFacts, call: Call) -> None:
    arguments = dict(call.arguments)
    first, second = arguments.get(0), arguments.get(1)
    name = call.function[-1] if call.function else ""
    if first is None:
        return
    if name in _BY_NAME and second is not None and second[0] != "string":
        if _asks_for_a_base(facts, call):
            return
        _in_computed_module(found, path, call, first)
        reason = "a name that is computed at run time is looked up in the module"
    elif name == "getmembers" or (name == "vars" and not call.keywords):
        reason = "the module's names are listed at run time"
    else:
        return
    if first[0] not in {"name", "attribute"}:
        return
    for item in sorted(evaluate(found.project, path, call.scope, first, call.start), key=repr):
        if isinstance(item, Module) and not item.path.endswith("/"):
            found.object(
                _carried_by(found, item), path, (call.start, call.end), reason, "refer to the classes themselves"
            )


def _in_computed_module(found: Search, path: str, call: Call, first: Expression) -> None:
    """`getattr(importlib.import_module(…), name)`, `getattr(sys.modules[__name__], name)`."""
    project = found.project
    reason = "a name that is computed at run time is looked up in a module that is computed as well"
    targets: set[Variable] = set()
    if first[0] == "subscript" and first[3][-1:] == ("modules",):
        own = "__name__" in project.text(path)[first[1] : first[2]]
        targets = _carried_by(found, Module(path)) if own else set()
    elif first[0] == "call" and first[3][-1:] and first[3][-1] in IMPORTERS:
        targets = may_hold(found, path, first[1], found.wanted)
    elif first[0] == "name":
        variable_behind = variable(project, path, call.scope, first[3], call.start)
        place = call_behind(project, variable_behind)
        made = evaluate(project, path, call.scope, first, call.start)
        if isinstance(variable_behind, Variable):
            made |= {External(name) for name in spelled(project, variable_behind)}
        if place and any(is_computed(item) for item in made):
            targets = may_hold(found, *place, found.wanted)
    found.object(targets, path, (call.start, call.end), reason, "refer to the classes themselves")


def _asks_for_a_base(facts: FileFacts, call: Call) -> bool:
    """`getattr(models, name).metadata` wants the declarative base, which keeps its name."""
    return any(
        row.start == call.start and row.root == ("getattr()",) and row.attributes[0][0] == "metadata"
        for row in facts.members
    )


def _carried_by(found: Search, module: Target) -> set[Variable]:
    targets: set[Variable] = set()
    for name in found.wanted:
        targets |= found.carried(member(found.project, module, name))
    return targets


def _registries(found: Search) -> None:
    project: Project = found.project
    for path in project.mentioning(_REGISTRIES):
        facts = project.facts(path)
        rows: list[Name | Member] = [*facts.names, *facts.members]
        for row in rows:
            names = [name for name, _ in row.attributes]
            for registry in _REGISTRIES:
                if registry not in names:
                    continue
                rest = names[names.index(registry) + 1 :]
                if rest and rest[0] in _HARMLESS_AFTER:
                    continue
                start = row.attributes[names.index(registry)][1]
                found.object(
                    found.usages,
                    path,
                    (start, start + len(registry)),
                    f"{registry} finds models by their class names at run time",
                    "look models up by table name, or by a mapping of your own",
                )


def _dangling(found: Search) -> None:
    """`m.Character`, where `m` is unknown: it matters only if a module with that name is handed on as a value."""
    handed_on = _handed_on(found) if found.dangling else set()
    for path, name, start in found.dangling:
        if name in handed_on:
            found.object(
                found.wanted[name],
                path,
                (start, start + len(name)),
                f"a module that holds {name} is handed on as a value, and this may be it",
                "import the module where it is used",
            )


def _handed_on(found: Search) -> set[str]:
    """The wanted names in modules that are used as values somewhere."""
    project = found.project
    wanted = {name for _, name, _ in found.dangling}
    carriers = {path for name in wanted for target in found.wanted[name] for path, _ in found.usages[target].references}
    names: set[str] = set()
    for path in project.mentioning({_stem(carrier) for carrier in carriers}):
        facts = project.facts(path)
        handled = _handed_to_understood(facts)
        bound = {row.bound for row in facts.imports}
        for row in facts.names:
            if not row.attributes and row.name in bound and row.name not in found.wanted and row.start not in handled:
                names |= _carried_names(found, path, row)
    return names


def _handed_to_understood(facts: FileFacts) -> set[int]:
    """Where a module is handed to a call that is understood by itself: `patch.object(services, "Character")`."""
    return {
        value[1]
        for call in facts.calls
        if call.function[-1:] and call.function[-1] in _UNDERSTOOD
        for key, value in call.arguments
        if key in {0, "target"}
    }


def _carried_names(found: Search, path: str, row: Name) -> set[str]:
    target = variable(found.project, path, row.scope, row.name, row.start)
    behind = denoted(found.project, target) if target is not None else frozenset()
    modules = [item for item in behind if isinstance(item, Module) and not item.path.endswith("/")]
    return {target.name for item in modules for target in _carried_by(found, item)}
