"""The Python files of a project, parsed once, and which file a dotted module name leads to.

None of the tool's own code takes part: this is the second opinion.
"""

from __future__ import annotations

import ast
from functools import cached_property
from pathlib import Path, PurePosixPath

LEFT_OUT = {".git", "node_modules", ".venv"}


class File:
    """One file. `tree` is None where this Python cannot parse it."""

    def __init__(self, path: str, text: str) -> None:
        self.path = path
        self.text = text

    @cached_property
    def tree(self) -> ast.Module | None:
        try:
            return ast.parse(self.text)
        except (SyntaxError, ValueError):
            return None

    @cached_property
    def lines(self) -> list[str]:
        return self.text.splitlines()

    @cached_property
    def parents(self) -> dict[ast.AST, ast.AST]:
        nodes = ast.walk(self.tree) if self.tree else ()
        return {child: node for node in nodes for child in ast.iter_child_nodes(node)}


class Source:
    """All Python files below `root`, by POSIX path."""

    def __init__(self, root: Path) -> None:
        self.root = root
        paths = (path.relative_to(root) for path in sorted(root.rglob("*.py")) if path.is_file())
        kept = [path for path in paths if not LEFT_OUT & set(path.parts)]
        self.files = {path.as_posix(): File(path.as_posix(), _text(root / path)) for path in kept}
        self._by_module: dict[str, list[str]] = {}
        for name in self.files:
            for module in _module_names(name):
                self._by_module.setdefault(module, []).append(name)

    def module(self, dotted: str, near: str) -> str | None:
        """The file of a module, the one closest to `near` where several folders have it."""
        found = self._by_module.get(dotted, [])
        return max(found, key=lambda path: _shared(path, near), default=None)

    def relative(self, path: str, level: int, module: str | None) -> str | None:
        """The file that `from ..module import` in `path` reads."""
        folder = PurePosixPath(path).parent
        for _ in range(level - 1):
            folder = folder.parent
        target = folder.joinpath(*(module or "").split(".")) if module else folder
        return next((name for name in (f"{target}.py", f"{target}/__init__.py") if name in self.files), None)


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace")


def _module_names(path: str) -> list[str]:
    """Every dotted name by which the file can be imported: one for each folder that may be on the path."""
    parts = list(PurePosixPath(path).with_suffix("").parts)
    if parts[-1] == "__init__":
        parts.pop()
    return [".".join(parts[start:]) for start in range(len(parts))]


def _shared(path: str, near: str) -> tuple[int, int]:
    ours, theirs = PurePosixPath(path).parts, PurePosixPath(near).parts
    common = next(
        (i for i, (a, b) in enumerate(zip(ours, theirs, strict=False)) if a != b), min(len(ours), len(theirs))
    )
    return common, -len(ours)
