"""Names in documents: roles (`:class:`) and examples (`>>>`) in docstrings, and type comments."""

from __future__ import annotations

import re

from lifeops_codemods.facts.model import FileFacts, String
from lifeops_codemods.project.literals import runs, source_offset
from lifeops_codemods.project.modules import Module, find_module
from lifeops_codemods.project.names import (
    Target,
    Variable,
    resolve_steps,
)
from lifeops_codemods.project.references import Search
from lifeops_codemods.project.string_annotations import variables_behind
from lifeops_codemods.project.string_paths import member_of

_ROLE = re.compile(r":(?:[\w+-]+:)*(?:class|obj|meth|attr|any|exc|func|py|data|mod):`([^`]*)`")
_EXAMPLE = re.compile(r"^[ \t]*(?:>>>|\.\.\.)[ \t](.*)$", re.MULTILINE)
_CHAIN = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*")
_IMPORT = re.compile(r"\s*from\s+([\w.]+)\s+import\b")
_WORD = re.compile(r"\w+")
_TYPE_COMMENT = re.compile(r"#\s*type:(?!\s*ignore\b)[ \t]+([^#\r\n]*)")


def examples(found: Search, path: str, row: String) -> None:
    """The code of doctests in docstrings (`>>> Character()`), resolved where the docstring stands."""
    if ">>>" not in row.value:
        return
    pieces = runs(found.project.text(path), row.start, row.end)
    for line in _EXAMPLE.finditer(row.value):
        imported = _IMPORT.match(line[1])
        end = _end_of_code(line[1])
        for chain in _CHAIN.finditer(line[1][:end]):
            parts = tuple(chain[0].split("."))
            offset = line.start(1) + chain.start()
            for index, name in enumerate(parts):
                start = source_offset(pieces, offset, len(name))
                offset += len(name) + 1
                if name in found.wanted and start is not None and not _is_quoted(line[1], chain.start()):
                    whole = (*imported[1].split("."), name) if imported else parts[: index + 1]
                    found.refer(_role_targets(found, path, row, whole), path, start, "example")


def _end_of_code(line: str) -> int:
    """Where the comment of a line begins, or the line ends; what a comment calls by a name is prose."""
    return next((one.start() for one in re.finditer("#", line) if not _is_quoted(line, one.start())), len(line))


def _is_quoted(line: str, position: int) -> bool:
    """Whether a place in a line of code is within a string, as far as the quotes before it tell."""
    before = line[:position]
    return before.count("'") % 2 == 1 or before.count('"') % 2 == 1


def roles(found: Search, path: str, row: String) -> None:
    """References in docstrings, such as ``:class:`Character` `` and ``:class:`the hero <app.models.Character>` ``."""
    if ":`" not in row.value:
        return
    pieces = runs(found.project.text(path), row.start, row.end)
    for role in _ROLE.finditer(row.value):
        inner = re.search(r"<([^<>]*)>\s*$", role[1])
        target = inner[1] if inner else role[1]
        offset = role.start(1) + (inner.start(1) if inner else 0)
        words = list(_WORD.finditer(target))
        parts = tuple(word[0] for word in words)
        for index, word in enumerate(words):
            if word[0] in found.wanted:
                targets = _role_targets(found, path, row, parts[: index + 1])
                start = source_offset(pieces, offset + word.start(), len(word[0]))
                if start is not None:
                    found.refer(targets, path, start, "documentation")


def _role_targets(found: Search, path: str, row: String, parts: tuple[str, ...]) -> frozenset[Variable]:
    steps = resolve_steps(found.project, path, row.scope, parts, row.start)
    if len(steps) == len(parts) and found.carried(steps[-1]):
        return found.carried(steps[-1])
    if len(parts) == 1:
        return frozenset()
    current: Target | None = find_module(found.project, path, parts[0])
    for name in parts[1:]:
        current = member_of(found.project, current, name) if isinstance(current, (Module, Variable)) else None
    return found.carried(current)


def type_comments(found: Search, path: str, facts: FileFacts, names: list[str]) -> None:
    """Names in type comments (`# type: list[Character]`), resolved where they stand."""
    text = found.project.text(path)
    if "type:" not in text:
        return
    strings = [(row.start, row.end) for row in facts.strings]
    for comment in _TYPE_COMMENT.finditer(text):
        if any(start <= comment.start() < end for start, end in strings):
            continue
        for word in _WORD.finditer(comment[1]):
            if word[0] in names:
                start = comment.start(1) + word.start()
                scope = _scope_at(facts, start)
                dotted = re.search(r"[\w.]*$", comment[1][: word.end()])
                parts = tuple(dotted[0].split(".")) if dotted else (word[0],)
                found.refer(variables_behind(found, path, scope, parts, start), path, start, "type comment")


def _scope_at(facts: FileFacts, offset: int) -> int:
    """The innermost scope around an offset."""
    inside = [index for index, row in enumerate(facts.scopes) if row.start <= offset < row.end]
    return max(inside, key=lambda index: facts.scopes[index].start, default=0)
