"""The models of a project as a second pair of eyes counts them."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from evidence.kinds import Kinds
    from evidence.source import File, Source


class Counted(NamedTuple):
    """A model at its definition. `revision`: an Alembic revision declares it for itself."""

    path: str
    line: int
    name: str
    revision: bool


def models(source: Source, kinds: Kinds) -> Iterator[Counted]:
    """Every mapped class, by path and line."""
    for path, file in source.files.items():
        for node in sorted(_classes(file), key=lambda item: item.lineno):
            if kinds.of(path, node) == "model":
                yield Counted(path, node.lineno, node.name, _is_revision(file))


def _classes(file: File) -> list[ast.ClassDef]:
    return [node for node in ast.walk(file.tree) if isinstance(node, ast.ClassDef)] if file.tree else []


def _is_revision(file: File) -> bool:
    body = file.tree.body if file.tree else []
    named = {node.id for item in body for node in ast.walk(item) if isinstance(node, ast.Name)}
    return {"revision", "down_revision"} <= named
