"""How a file names a class, and what it would have to import to name it."""

from __future__ import annotations

from posixpath import dirname
from typing import NamedTuple

from lifeops_codemods.facts.model import Flags
from lifeops_codemods.project import Project, question
from lifeops_codemods.project.classes import ClassRef, classes_behind, definition
from lifeops_codemods.project.modules import Module, descend, search_path
from lifeops_codemods.project.names import Target, Variable, bindings_of, imported_module, member, resolve


class Spelling(NamedTuple):
    """`text` names the class in the file; `module` and `name` are to be imported first, `""` where it is there."""

    text: str
    module: str = ""
    name: str = ""


def spelled(project: Project, path: str, ref: ClassRef, beside: str = "") -> Spelling | None:
    """How `path` can name a class at module level; None where the import that it needs would close a cycle.

    beside: how it names another class of the same kind; `models.Quest` asks for `models.Step`.
    """
    known = _known_names(project, path).get(ref)
    prefix = beside.rpartition(".")[0]
    name = definition(project, ref).name
    if prefix and _is_member(project, path, prefix, name, ref):
        return Spelling(f"{prefix}.{name}")
    if known is not None:
        return Spelling(known)
    for module, written in _modules_imported_from(project, path):
        if _is_home(module, ref) and _is_there_when_run(project, member(project, module, name), ref):
            return _imported(project, path, ref, written, name)
    written = dotted_name(project, path, ref.path)
    return _imported(project, path, ref, written, name) if written else None


def _is_home(module: Module, ref: ClassRef) -> bool:
    """Whether a class is to be had from a module: of the one that defines it, or a package around that."""
    package = module.path.removesuffix("__init__.py")
    return module.path == ref.path or (package != module.path and ref.path.startswith(package))


def _imported(project: Project, path: str, ref: ClassRef, module: str, name: str) -> Spelling | None:
    taken = (0, name) in project.facts(path).bound
    if taken or (path in loaded_with(project, ref.path) and module):
        return None
    return Spelling(name, module, name)


@question
def _known_names(project: Project, path: str) -> dict[ClassRef, str]:
    """The classes that a file's module has names for when it runs."""
    found: dict[ClassRef, str] = {}
    for row in project.facts(path).members_of.get(0, ()):
        if row.kind in {"import", "class"} and not row.flags & Flags.TYPE_CHECKING:
            for ref in classes_behind(project, Variable(path, 0, row.name)):
                found.setdefault(ref, row.name)
    return found


def _is_member(project: Project, path: str, prefix: str, name: str, ref: ClassRef) -> bool:
    return _is_there_when_run(project, resolve(project, path, 0, (*prefix.split("."), name)), ref)


def _is_there_when_run(project: Project, target: Target | None, ref: ClassRef) -> bool:
    """Whether a member of a module is the class, and not only for type checkers."""
    if not isinstance(target, Variable) or classes_behind(project, target) != [ref]:
        return False
    return any(not binding.flags & Flags.TYPE_CHECKING for binding in bindings_of(project, target))


def _modules_imported_from(project: Project, path: str) -> list[tuple[Module, str]]:
    """The modules that the file imports names from, as it writes them."""
    found = []
    for row in project.facts(path).imports:
        if row.name and row.scope == 0 and not row.flags & Flags.TYPE_CHECKING:
            module = imported_module(project, path, row)
            if isinstance(module, Module):
                found.append((module, "." * row.level + row.module))
    return found


def dotted_name(project: Project, path: str, target: str) -> str:
    """The dotted name by which `path` can import the module of the file `target`; `""` where there is none."""
    for root in search_path(project, dirname(path)):
        if not root or target.startswith(f"{root}/"):
            inner = target.removeprefix(f"{root}/" if root else "")
            parts = inner.removesuffix(".py").removesuffix("/__init__").split("/")
            if all(part.isidentifier() for part in parts) and descend(project, root, parts) == Module(target):
                return ".".join(parts)
    return ""


@question
def loaded_with(project: Project, path: str) -> frozenset[str]:
    """The files that are loaded when a file is: those that its module imports at once, and so on."""
    found: set[str] = set()
    rest = [path]
    while rest:
        current = rest.pop()
        if current in found:
            continue
        found.add(current)
        rest += _imports_at_once(project, current)
    return frozenset(found)


@question
def _imports_at_once(project: Project, path: str) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for row in project.facts(path).imports:
        if row.scope == 0 and not row.flags & Flags.TYPE_CHECKING:
            module = imported_module(project, path, row)
            if isinstance(module, Module) and not module.path.endswith("/"):
                found[module.path] = None
                inner = member(project, module, row.name) if row.name not in {"", "*"} else None
                if isinstance(inner, Module) and not inner.path.endswith("/"):
                    found[inner.path] = None
    return tuple(found)
