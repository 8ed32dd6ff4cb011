"""Which file an import names.

A repository may hold several services that each have a package of the same name, so there is no one `sys.path`: an
absolute import is looked up from the importing file outwards, as Python would find it when that service runs.
"""

from __future__ import annotations

import re
import sys
from posixpath import dirname, join
from typing import NamedTuple

from lifeops_codemods.project import Project, file_question, question

_IMPORT = re.compile(r"^[ \t]*(?:from|import) (\w+)[ \t]*[.\s]", re.MULTILINE)


class Module(NamedTuple):
    """A module of the project: its file, or for a namespace package its folder with a final slash."""

    path: str


class External(NamedTuple):
    """Something outside the project, by its dotted name."""

    name: str


class Ambiguous(NamedTuple):
    """An absolute import that fits several services and is made from outside all of them."""

    name: str


@question
def folders(project: Project) -> frozenset[str]:
    """Every folder with Python code in it or below it; the root is `""`."""
    found: set[str] = set()
    for path in project.paths:
        folder = dirname(path)
        while folder not in found:
            found.add(folder)
            folder = dirname(folder)
    return frozenset(found)


@question
def source_roots(project: Project) -> tuple[str, ...]:
    """Folders from which packages are imported: the configured ones, then those that hold a top-level package."""
    found = {dirname(top_package(project, path)) for path in project.paths if path.endswith("/__init__.py")}
    return (*project.src, *sorted(root for root in found - set(project.src) if not is_within_package(project, root)))


def top_package(project: Project, path: str) -> str:
    """The outermost package folder that holds `path`, or its own folder where that is no package."""
    folder = dirname(path)
    while is_package(project, dirname(folder)) and folder:
        folder = dirname(folder)
    return folder


def is_package(project: Project, folder: str) -> bool:
    """Whether a folder has an `__init__`."""
    return join(folder, "__init__.py") in project


@question
def is_within_package(project: Project, folder: str) -> bool:
    """Whether a folder is reached by the dotted name of a package around it, and so is no root of imports itself.

    A package around it has an `__init__`, or is a namespace that some file imports by its name.
    """
    while folder:
        name = folder.rpartition("/")[2]
        if is_package(project, folder) or (name.isidentifier() and is_imported(project, name)):
            return True
        folder = dirname(folder)
    return False


@question
def is_imported(project: Project, name: str) -> bool:
    """Whether any file has an import statement that begins with `name`, and the project has a folder called so."""
    return name in _folder_names(project) and name in _imported_first(project)


@question
def _folder_names(project: Project) -> frozenset[str]:
    return frozenset(folder.rpartition("/")[2] for folder in folders(project))


@question
def _imported_first(project: Project) -> frozenset[str]:
    """The names with which import statements begin, in any file."""
    return frozenset[str]().union(*(_imported_first_in(project, path) for path in project.mentioning(["import"])))


@file_question
def _imported_first_in(project: Project, path: str) -> frozenset[str]:
    return frozenset(_IMPORT.findall(project.text(path)))


@question
def search_path(project: Project, folder: str) -> tuple[str, ...]:
    """Where a file in `folder` finds absolute imports: configured roots around it, then outwards, `src` folders too."""
    outwards = [folder]
    while outwards[-1]:
        outwards.append(dirname(outwards[-1]))
    roots = [root for root in project.src if root in outwards]
    for place in outwards:
        if not is_within_package(project, place):
            roots.append(place)
            if (inner := join(place, "src")) in folders(project) and not is_package(project, inner):
                roots.append(inner)
    return tuple(dict.fromkeys(roots))


def find_module(project: Project, path: str, name: str) -> Module | External | Ambiguous:
    """The module that an absolute import of the dotted `name` finds, made in the file `path`."""
    found = _absolute(project, dirname(path), name)
    return External(name) if found == Module(path) and path.rpartition("/")[2] != "__init__.py" else found


@question
def _absolute(project: Project, folder: str, name: str) -> Module | External | Ambiguous:
    parts = name.split(".")
    if parts[0] in sys.stdlib_module_names and len(parts) == 1:
        return External(name)
    for root in search_path(project, folder):
        found = descend(project, root, parts)
        if found is not None:
            return found
    for root in project.src:
        if (found := descend(project, root, parts)) is not None:
            return found
    elsewhere = {found for root in source_roots(project) if (found := descend(project, root, parts))}
    if len(elsewhere) == 1:
        return elsewhere.pop()
    if elsewhere:
        return Ambiguous(name)
    return _beside(project, folder, parts) or External(name)


def _beside(project: Project, folder: str, parts: list[str]) -> Module | None:
    """A module beside a script in a folder with an `__init__` that nobody imports as a package."""
    if parts[0] in sys.stdlib_module_names or not is_package(project, folder):
        return None
    packages = [folder]
    while is_package(project, dirname(packages[-1])) and packages[-1]:
        packages.append(dirname(packages[-1]))
    if any(is_imported(project, package.rpartition("/")[2]) for package in packages):
        return None
    return descend(project, folder, parts)


def find_relative(project: Project, path: str, level: int, name: str) -> Module | External:
    """The module of a relative import of `level` dots and the dotted `name` (may be empty) in the file `path`."""
    folder = dirname(path)
    for _ in range(level - 1):
        if not folder:
            return External("." * level + name)
        folder = dirname(folder)
    if not name:
        return module_at(project, folder) or External("." * level)
    return descend(project, folder, name.split(".")) or External("." * level + name)


def descend(project: Project, folder: str, parts: list[str]) -> Module | None:
    """The module `parts` below `folder`, every step of which exists."""
    found: Module | None = None
    for index, part in enumerate(parts):
        found = module_at(project, join(folder, part))
        if found is None:
            return None
        if index < len(parts) - 1 and found.path.endswith(".py") and not found.path.endswith("/__init__.py"):
            return None
        folder = join(folder, part)
    return found


def module_at(project: Project, stem: str) -> Module | None:
    """The package, module or namespace package whose path without ending is `stem`."""
    for path in (join(stem, "__init__.py"), f"{stem}.py"):
        if path in project:
            return Module(path)
    if stem and stem in folders(project):
        return Module(f"{stem}/")
    return None


def submodule(project: Project, module: Module, name: str) -> Module | None:
    """The module `name` in the package `module`; None where `module` is no package."""
    if module.path.endswith("/"):
        return module_at(project, join(module.path[:-1], name))
    if module.path == "__init__.py" or module.path.endswith("/__init__.py"):
        return module_at(project, join(dirname(module.path), name))
    return None
