"""Projects made of texts, without a disk."""

from __future__ import annotations

import ast
import random
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from lifeops_codemods.facts.collect import collect
from lifeops_codemods.facts.model import FileFacts
from lifeops_codemods.facts.tokens import words
from lifeops_codemods.project import Project
from lifeops_codemods.project.modules import Ambiguous, External, Module
from lifeops_codemods.project.names import Target, Variable, denoted, resolve


class Texts:
    """A source over texts by path; `shuffled` hands the paths out in another order."""

    def __init__(self, files: Mapping[str, str], shuffled: int | None = None) -> None:
        self._files = dict(files)
        self.paths: Sequence[str] = sorted(files)
        if shuffled is not None:
            self.paths = random.Random(shuffled).sample(self.paths, len(self.paths))

    def text(self, path: str) -> str:
        return self._files[path]

    def words(self, path: str) -> frozenset[bytes]:
        return words(self._files[path].encode())

    def facts(self, paths: Sequence[str]) -> Sequence[FileFacts | None]:
        return [None if (raw := _raw(self._files[path])) is None else FileFacts(raw) for path in paths]

    def tree(self, path: str) -> ast.Module:
        return ast.parse(self._files[path])


@lru_cache(maxsize=5000)
def _raw(text: str) -> tuple[Any, ...] | None:
    try:
        return collect(text)
    except SyntaxError:
        return None


def made(files: Mapping[str, str], src: Sequence[str] = (), shuffled: int | None = None) -> Project:
    return Project(Texts(files, shuffled), src)


def scope_of(project: Project, path: str, name: str) -> int:
    """The index of the one scope with this name."""
    (found,) = (index for index, row in enumerate(project.facts(path).scopes) if row.name == name)
    return found


def meant(project: Project, path: str, dotted: str, scope: int = 0, start: int = -1) -> set[str]:
    """What a dotted name may be: `path:name` for a variable at module level, `path:scope.name` within, `path` for a
    module, `?name` for one that fits several services, and the dotted name itself for what is outside."""
    target = resolve(project, path, scope, tuple(dotted.split(".")), start)
    return set() if target is None else {shown(project, item) for item in denoted(project, target)}


def shown(project: Project, item: Target) -> str:
    match item:
        case Variable():
            inner = project.facts(item.path).scopes[item.scope].name
            return f"{item.path}:{inner}{'.' if inner else ''}{item.name}"
        case Module(path=path):
            return path
        case Ambiguous(name=name):
            return f"?{name}"
        case External(name=name):
            return name
