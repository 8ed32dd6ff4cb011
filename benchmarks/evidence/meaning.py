"""What a name means at a place, as far as a short look at the project tells."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, NamedTuple

from evidence.bindings import FUNCTIONS, bound, scopes

if TYPE_CHECKING:
    from evidence.source import Source

DEEPEST = 20


class Meaning(NamedTuple):
    """`kind` is module, class, function, variable, parameter, outside, missing or nothing.

    path and node say where it is defined. name: the dotted name of what lies outside the project.
    """

    kind: str
    path: str = ""
    node: ast.AST | None = None
    name: str = ""


NOTHING = Meaning("nothing")


class Reader:
    """Answers for one project, remembered."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self._bound: dict[ast.AST, dict[str, list[ast.AST]]] = {}

    def bound(self, scope: ast.AST) -> dict[str, list[ast.AST]]:
        if scope not in self._bound:
            self._bound[scope] = bound(scope)  # type: ignore[arg-type]
        return self._bound[scope]

    def expression(self, path: str, node: ast.AST, depth: int = 0) -> Meaning:
        """What a name or a dotted name means where it stands."""
        match node:
            case ast.Name(id=name):
                return self.name(path, node, name, depth)
            case ast.Attribute(value=value, attr=attribute):
                return self.member(self.expression(path, value, depth + 1), attribute, depth + 1)
            case ast.Subscript(value=value):
                return self.expression(path, value, depth + 1)
        return Meaning("variable", path, node)

    def name(self, path: str, place: ast.AST, name: str, depth: int = 0) -> Meaning:
        """What `name` means in the scopes around `place`."""
        if self._is_comprehension_variable(path, place, name):
            return Meaning("variable", path, place)
        for scope in scopes(place, self.source.files[path].parents):
            nodes = self.bound(scope).get(name)
            if nodes:
                return self._binding(path, nodes[-1], name, depth)
        tree = self.source.files[path].tree
        return self._star(path, tree, name, depth) if tree else NOTHING

    def _is_comprehension_variable(self, path: str, place: ast.AST, name: str) -> bool:
        parents = self.source.files[path].parents
        node: ast.AST | None = place
        while node is not None and not isinstance(node, (ast.stmt, *FUNCTIONS)):
            targets = [g.target for g in getattr(node, "generators", [])]
            if any(isinstance(t, ast.Name) and t.id == name for target in targets for t in ast.walk(target)):
                return True
            node = parents.get(node)
        return False

    def in_module(self, path: str, name: str, depth: int = 0) -> Meaning:
        """What a module of the project binds `name` to, or the module below it of that name."""
        tree = self.source.files[path].tree
        if tree is None:
            return Meaning("unreadable", path)
        if depth > DEEPEST:
            return Meaning("missing", path)
        nodes = self.bound(tree).get(name)
        if nodes:
            return self._binding(path, nodes[-1], name, depth + 1)
        below = self.source.relative(path, 1, name) if path.endswith("__init__.py") else None
        if below:
            return Meaning("module", below)
        found = self._star(path, tree, name, depth + 1)
        return Meaning("missing", path) if found is NOTHING else found

    def _star(self, path: str, tree: ast.Module, name: str, depth: int) -> Meaning:
        for node in self.bound(tree).get("*", ()) if depth <= DEEPEST else ():
            target = self._module_of(path, node)
            found = self.in_module(target, name, depth + 1) if target and target != path else NOTHING
            if found.kind not in {"missing", "nothing"}:
                return found
        return NOTHING

    def _module_of(self, path: str, node: ast.AST) -> str | None:
        if not isinstance(node, ast.ImportFrom):
            return None
        if node.level:
            return self.source.relative(path, node.level, node.module)
        return self.source.module(node.module or "", path)

    def _binding(self, path: str, node: ast.AST, name: str, depth: int) -> Meaning:
        match node:
            case ast.ClassDef():
                return Meaning("class", path, node)
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                return Meaning("function", path, node)
            case ast.arg():
                return Meaning("parameter", path, node)
            case ast.Import():
                return self._plain_import(path, node, name)
            case ast.ImportFrom():
                return self.imported(path, node, name, depth + 1)
        return Meaning("variable", path, node)

    def _plain_import(self, path: str, node: ast.Import, name: str) -> Meaning:
        for alias in node.names:
            if (alias.asname or alias.name.split(".")[0]) == name:
                dotted = alias.name if alias.asname else name
                found = self.source.module(dotted, path)
                return Meaning("module", found) if found else Meaning("outside", name=dotted)
        return NOTHING

    def imported(self, path: str, node: ast.ImportFrom, bound_name: str, depth: int = 0) -> Meaning:
        """What `from … import` binds to a name of its own."""
        original = next((row.name for row in node.names if (row.asname or row.name) == bound_name), bound_name)
        module = self._module_of(path, node)
        if module == path:  # `from . import x` in the package's own file
            below = self.source.relative(path, 1, original)
            return Meaning("module", below) if below else Meaning("missing", path)
        if module is None:
            below = self.source.module(f"{node.module}.{original}", path) if not node.level else None
            return Meaning("module", below) if below else Meaning("outside", name=f"{node.module}.{original}")
        return self.in_module(module, original, depth + 1)

    def member(self, owner: Meaning, name: str, depth: int = 0) -> Meaning:
        """What `owner.name` means."""
        if depth > DEEPEST:
            return NOTHING
        match owner.kind:
            case "module":
                return self.in_module(owner.path, name, depth)
            case "outside":
                below = self.source.module(f"{owner.name}.{name}", "")
                return Meaning("module", below) if below else Meaning("outside", name=f"{owner.name}.{name}")
            case "class":
                return self._class_member(owner, name, depth)
        return Meaning("attribute", owner.path, owner.node)

    def _class_member(self, owner: Meaning, name: str, depth: int) -> Meaning:
        assert isinstance(owner.node, ast.ClassDef)
        nodes = self.bound(owner.node).get(name)
        if nodes:
            inner = self._binding(owner.path, nodes[-1], name, depth)
            return inner if inner.kind == "class" else Meaning("member", owner.path, owner.node)
        return Meaning("attribute", owner.path, owner.node)

    def dotted(self, near: str, text: str) -> Meaning:
        """What a dotted path in a string leads to: the longest module, then its members."""
        parts = text.split(".")
        for length in range(len(parts) - 1, 0, -1):
            module = self.source.module(".".join(parts[:length]), near)
            if module:
                found = Meaning("module", module)
                for part in parts[length:]:
                    found = self.member(found, part)
                return found
        return NOTHING
