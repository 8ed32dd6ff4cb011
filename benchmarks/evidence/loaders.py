"""Whether two states of a file differ in nothing but loaders, for the second pair of eyes: `ast` alone."""

from __future__ import annotations

import ast
import re
from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

LOADERS = frozenset({"selectinload", "joinedload", "subqueryload", "immediateload", "contains_eager", "load_only"})


BACKREF = re.compile(r"""backref\s*[=(]\s*(?:\w+\.)*(?:backref\(\s*)?["'](\w+)""")


def unseen_by_checkers(texts: Iterable[str]) -> re.Pattern[str]:
    """What a type checker says of attributes that only SQLAlchemy makes, of `backref`, where code names them."""
    names = sorted({name for text in texts for name in BACKREF.findall(text)})
    return re.compile(rf'Cannot access attribute "(?:{"|".join(names) or "(?!)"})" for class "type\[\w+\]".*')


def other_changes(before: Path, after: Path, paths: Iterable[str]) -> list[str]:
    """Of the files at both places, those in which more than loaders and imports was added, or one is gone."""
    return [path for path in paths if not only_loaders_added((before / path).read_text(), (after / path).read_text())]


def only_loaders_added(before: str, after: str) -> bool:
    """Whether the texts are one program once loaders are taken out, and the second has all loaders of the first."""
    first, second = _Bare(), _Bare()
    same = ast.dump(first.visit(ast.parse(before))) == ast.dump(second.visit(ast.parse(after)))
    return same and not first.imports - second.imports and _continued(first.loaders, second.loaders)


def _continued(before: Counter[str], after: Counter[str]) -> bool:
    """Each loader is still there as often, with what was added behind it."""
    return all(
        sum(count for longer, count in after.items() if longer.startswith(loader)) >= times
        for loader, times in before.items()
    )


class _Bare(ast.NodeTransformer):
    """Takes out loaders, what only holds loaders, and imports; keeps what was taken out."""

    def __init__(self) -> None:
        self.loaders: Counter[str] = Counter()
        self.imports: Counter[str] = Counter()

    def visit_Import(self, node: ast.Import) -> None:
        self.imports += Counter(f"{name.name} as {name.asname}" for name in node.names)

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        module = f"{'.' * node.level}{node.module}"
        self.imports += Counter(f"{module} {name.name} as {name.asname}" for name in node.names)

    def visit_Expr(self, node: ast.Expr) -> ast.AST | None:
        return None if _refreshes_by_name(node.value) else self.generic_visit(node)

    def visit_List(self, node: ast.List) -> ast.AST:
        node.elts = self._without(node.elts)
        return self.generic_visit(node)

    def visit_Tuple(self, node: ast.Tuple) -> ast.AST:
        node.elts = self._without(node.elts)
        return self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> ast.AST:
        node.args = self._without(node.args)
        found = self.generic_visit(node)
        node.keywords = [item for item in node.keywords if not (item.arg == "options" and _is_empty(item.value))]
        if isinstance(node.func, ast.Attribute) and node.func.attr == "options" and not node.args + node.keywords:
            return node.func.value
        return found

    def _without(self, items: list[ast.expr]) -> list[ast.expr]:
        taken = [item for item in items if _is_loader(item)]
        self.loaders += Counter(map(ast.unparse, taken))
        return [item for item in items if item not in taken]


def _is_loader(node: ast.expr) -> bool:
    """A chain of calls that starts with a loader: `selectinload(A.b).selectinload(B.c)`."""
    while isinstance(node, ast.Call):
        called = node.func
        if isinstance(called, ast.Attribute) and called.attr in LOADERS and not isinstance(called.value, ast.Call):
            return True  # orm.selectinload(…)
        if isinstance(called, ast.Name):
            return called.id in LOADERS
        if not isinstance(called, ast.Attribute):
            return False
        node = called.value
    return False


def _is_empty(node: ast.expr) -> bool:
    return isinstance(node, ast.List | ast.Tuple) and not node.elts


def _refreshes_by_name(node: ast.expr) -> bool:
    call = node.value if isinstance(node, ast.Await) else node
    named = isinstance(call, ast.Call) and any(item.arg == "attribute_names" for item in call.keywords)
    return named and isinstance(call.func, ast.Attribute) and call.func.attr == "refresh"
