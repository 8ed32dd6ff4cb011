"""Dotted paths in strings: what tests patch is renamed; what anything else reads at run time is an obstacle."""

from __future__ import annotations

import re

from lifeops_codemods.facts.model import Call, FileFacts, String
from lifeops_codemods.project import Project
from lifeops_codemods.project.literals import runs, source_offset
from lifeops_codemods.project.modules import Module, find_module
from lifeops_codemods.project.names import (
    Target,
    Variable,
    denoted,
    evaluate,
    member,
)
from lifeops_codemods.project.references import Search
from lifeops_codemods.project.string_annotations import object_to_pieces, refer_whole, variables_behind

DOTTED = re.compile(r"[A-Za-z_]\w*(?:[.:][A-Za-z_]\w*)+")
_PATCHES = frozenset({"patch", "setattr", "delattr"})
_PATCHERS = frozenset({"mock", "mocker", "patch", "monkeypatch", "unittest", "mp", "monkey_patch", "session_mocker"})
_PATCHERS |= frozenset({"class_mocker", "module_mocker", "package_mocker"})


def is_patch(call: Call) -> bool:
    """Whether a call is one of those by which tests replace an attribute."""
    function = call.function
    if not function:
        return False
    if function[-1] in {"object", "multiple", "dict", "context_manager"} and "patch" in function:
        return True
    if function[-1] == "spy" and function[0] in _PATCHERS:
        return True
    return function[-1] in _PATCHES and (function[-1] == "patch" or function[0] in _PATCHERS)


def patched(found: Search, path: str, row: String, call: Call, key: int | str) -> None:
    """The target of a patch: a dotted path, or the name of an attribute of what stands before it."""
    if key in {0, "target"}:
        dotted_path(found, path, row, True)
        return
    owner = dict(call.arguments).get(0)
    if key not in {1, "name", "attribute"} or owner is None:
        return
    if row.value in found.wanted:
        for item in sorted(evaluate(found.project, path, call.scope, owner, call.start), key=repr):
            refer_whole(found, found.carried(member(found.project, item, row.value)), path, row, "patch")


def patched_keywords(found: Search, path: str, facts: FileFacts) -> None:
    """`patch.multiple("app.services", Character=…)` names an attribute by a keyword."""
    for call in facts.calls:
        if call.function[-1:] == ("update_forward_refs",):
            for key, start in call.keywords:
                targets = variables_behind(found, path, call.scope, (key,), start)
                found.refer(targets, path, start, "namespace of annotations")
        if call.function[-1:] != ("multiple",) or "patch" not in call.function:
            continue
        owner = dict(call.arguments).get(0)
        if owner is None:
            continue
        for key, start in call.keywords:
            if key in found.wanted:
                for item in _owners(found.project, path, call, owner):
                    found.refer(found.carried(member(found.project, item, key)), path, start, "patch")


def _owners(project: Project, path: str, call: Call, owner: tuple[object, ...]) -> list[Target]:
    if owner[0] == "string":
        module = find_module(project, path, str(owner[3]))
        return [module]
    return sorted(evaluate(project, path, call.scope, owner, call.start), key=repr)


def dotted_path(found: Search, path: str, row: String, patch: bool) -> None:
    """A dotted path, followed as an import would be. What a patch names is renamed; others read it at run time."""
    separators = [match.start() for match in re.finditer(r"[.:]", row.value)]
    parts = tuple(re.split(r"[.:]", row.value))
    current: Target | None = find_module(found.project, path, parts[0])
    for index, name in enumerate(parts[1:]):
        if not isinstance(current, (Module, Variable)):
            return
        current = member_of(found.project, current, name)
        targets = found.carried(current)
        if not targets:
            continue
        start = source_offset(runs(found.project.text(path), row.start, row.end), separators[index] + 1, len(name))
        if not patch:
            found.object(
                targets,
                path,
                (row.start, row.end),
                f'"{row.value}" names the model by its import path, and something reads it at run time',
                "refer to the class itself, or rename it by hand here",
            )
        elif start is None:
            object_to_pieces(found, targets, path, row)
        else:
            found.refer(targets, path, start, "patch")


def member_of(project: Project, target: Target, name: str) -> Target | None:
    """The member of what a target denotes; None where none is known."""
    for item in sorted(denoted(project, target), key=repr):
        found = member(project, item, name)
        if found is not None:
            return found
    return None
