"""Whether what a project imports from itself is there. An approximation on purpose, and independent of the engine.

A name counts as there if anything at module level (also in `if`, `try`, `with`, or by `global`) binds it, if it is a
submodule, or if a star import that cannot be followed might bring it.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from typing import NamedTuple

Trees = Mapping[str, ast.Module]


class Unresolved(NamedTuple):
    path: str
    name: str


def unresolved_imports(trees: Trees) -> list[Unresolved]:
    """Imports, attributes of imported modules and entries of `__all__` that name nothing, by file."""
    found = []
    for path, tree in trees.items():
        found += [Unresolved(path, name) for name in _missing_imports(trees, path, tree)]
        found += [Unresolved(path, name) for name in _missing_attributes(trees, path, tree)]
        found += [Unresolved(path, f"__all__ {name}") for name in _missing_exports(trees, path, tree)]
    return found


def _missing_imports(trees: Trees, path: str, tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            module = _module(trees, path, node.module or "", node.level)
            for alias in node.names:
                if module and alias.name != "*" and not _has(trees, module, alias.name):
                    yield f"{module}.{alias.name}"


def _missing_attributes(trees: Trees, path: str, tree: ast.Module) -> Iterator[str]:
    modules = _imported_modules(trees, path, tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            module = modules.get(node.value.id)
            if module and not node.attr.startswith("__") and not _has(trees, module, node.attr):
                yield f"{node.value.id}.{node.attr}"


def _missing_exports(trees: Trees, path: str, tree: ast.Module) -> Iterator[str]:
    for node in tree.body:
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        if any(isinstance(target, ast.Name) and target.id == "__all__" for target in targets):
            for entry in ast.walk(node):
                name = entry.value if isinstance(entry, ast.Constant) else None
                if isinstance(name, str) and not _has(trees, path, name):
                    yield name


def _imported_modules(trees: Trees, path: str, tree: ast.Module) -> dict[str, str]:
    """Names that an import binds to one module of the project and that nothing else in the file binds."""
    modules: dict[str, str] = {}
    taken = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    taken |= {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                if alias.asname and (module := _module(trees, path, alias.name, 0)):
                    modules[alias.asname] = module
        elif isinstance(node, ast.ImportFrom):
            package = _module(trees, path, node.module or "", node.level)
            for alias in node.names:
                name = alias.asname or alias.name
                if package and not _binds(trees, package, alias.name):
                    modules[name] = _submodule(trees, package, alias.name)
                else:
                    taken.add(name)
    return {name: module for name, module in modules.items() if module and name not in taken}


def _module(trees: Trees, path: str, dotted: str, level: int) -> str:
    """The file or folder that a module name means, seen from the importing file; "" if it is not of the project."""
    here = PurePosixPath(path).parent
    if level:
        for _ in range(level - 1):
            here = here.parent
        return _existing(trees, here, dotted)
    for root in (here, *here.parents):
        for candidate in (root, root / "src"):
            if not _is_package(trees, candidate) and (module := _existing(trees, candidate, dotted)):
                return module
    return ""


def _existing(trees: Trees, root: PurePosixPath, dotted: str) -> str:
    target = root.joinpath(*dotted.split(".")) if dotted else root
    if f"{target}.py" in trees:
        return f"{target}.py"
    if f"{target}/__init__.py" in trees:
        return f"{target}/__init__.py"
    return str(target) if any(path.startswith(f"{target}/") for path in trees) else ""


def _is_package(trees: Trees, folder: PurePosixPath) -> bool:
    return f"{folder}/__init__.py" in trees


def _submodule(trees: Trees, module: str, name: str) -> str:
    if module.endswith(".py") and not module.endswith("/__init__.py"):
        return ""
    return _existing(trees, PurePosixPath(module.removesuffix("/__init__.py")), name)


def _has(trees: Trees, module: str, name: str) -> bool:
    return _binds(trees, module, name) or bool(_submodule(trees, module, name))


def _binds(trees: Trees, module: str, name: str, seen: frozenset[str] = frozenset()) -> bool:
    if module not in trees or module in seen:
        return False
    seen |= {module}
    return any(
        bound == name or (bound == "*" and _star(trees, module, statement, name, seen))
        for statement in _module_level(trees[module].body)
        for bound in _bound_by(statement)
    )


def _star(trees: Trees, path: str, statement: ast.stmt, name: str, seen: frozenset[str]) -> bool:
    assert isinstance(statement, ast.ImportFrom)
    module = _module(trees, path, statement.module or "", statement.level)
    return not module or _binds(trees, module, name, seen)


def _module_level(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """The statements that run with the module, and `global` declarations within functions."""
    for statement in body:
        yield statement
        if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef):
            yield from (node for node in ast.walk(statement) if isinstance(node, ast.Global))
        elif not isinstance(statement, ast.ClassDef):
            for field in ("body", "orelse", "finalbody"):
                yield from _module_level(getattr(statement, field, []))
            for handler in getattr(statement, "handlers", []):
                yield from _module_level(handler.body)


def _bound_by(statement: ast.stmt) -> Iterator[str]:
    match statement:
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            yield statement.name
        case ast.Global():
            yield from statement.names
        case ast.Import():
            yield from (alias.asname or alias.name.partition(".")[0] for alias in statement.names)
        case ast.ImportFrom():
            yield from (alias.asname or alias.name for alias in statement.names)
        case _:
            for node in ast.walk(statement):
                if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                    yield node.id
                elif hasattr(ast, "TypeAlias") and isinstance(node, ast.TypeAlias):
                    yield node.name.id
