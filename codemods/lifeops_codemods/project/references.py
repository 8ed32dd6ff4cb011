"""Every place that names a variable of the project, and every place that may do so and cannot be rewritten.

A place counts if the name *resolves* to the variable under its own name; a place that merely spells the same word does
not. Places that look the name up at run time, or whose meaning depends on something unknown, are obstacles.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from lifeops_codemods.facts.model import Binding, FileFacts, Flags, Import, Member, Name
from lifeops_codemods.project import Project
from lifeops_codemods.project.classes import enclosing_class
from lifeops_codemods.project.modules import Ambiguous, External, Module
from lifeops_codemods.project.names import (
    Target,
    Variable,
    bindings_of,
    denoted,
    imported,
    imported_module,
    resolve_steps,
    variable,
)
from lifeops_codemods.project.registry import in_declarative_class, registered


_NAME_ROOTS = "name the source roots with `src` in the configuration"


class Reference(NamedTuple):
    """A place where the variable's name stands as an identifier, in code or in a string. `kind` says what it is.

    `length` is more than the name's where an alias is written that the new name makes superfluous.
    """

    path: str
    start: int
    kind: str
    length: int


class Obstacle(NamedTuple):
    """A place that forbids to rename the variable, and why. `fix` is what a person can do about it."""

    path: str
    start: int
    end: int
    reason: str
    fix: str = ""


class Usage:
    """What was found about one variable."""

    def __init__(self) -> None:
        self.references: dict[tuple[str, int], Reference] = {}
        self.obstacles: dict[tuple[str, int], Obstacle] = {}


class Search:
    """One search for several variables at once: `wanted` by the name that they share with their places."""

    def __init__(self, project: Project, variables: Iterable[Variable]) -> None:
        self.project = project
        self.usages = {target: Usage() for target in variables}
        self.wanted: dict[str, set[Variable]] = {}
        for target in self.usages:
            self.wanted.setdefault(target.name, set()).add(target)
        self._carried: dict[Variable, frozenset[Variable]] = {}
        self.escaped: list[tuple[str, Name]] = []
        self.dangling: list[tuple[str, str, int]] = []

    def refer(self, targets: Iterable[Variable], path: str, start: int, kind: str) -> None:
        for target in targets:
            self.usages[target].references[path, start] = Reference(path, start, kind, len(target.name))

    def object(
        self, targets: Iterable[Variable], path: str, span: tuple[int, int], reason: str, fix: str = ""
    ) -> None:
        for target in targets:
            self.usages[target].obstacles.setdefault((path, span[0]), Obstacle(path, *span, reason, fix))

    def carried(self, target: Target | None) -> frozenset[Variable]:
        """The wanted variables that `target` is another place of, under the same name: itself, or an import of it."""
        if not isinstance(target, Variable) or target.name not in self.wanted:
            return frozenset()
        if target not in self._carried:
            self._carried[target] = frozenset({target} & self.wanted[target.name])
            found = set(self._carried[target])
            for row in _imports_of(self.project, target):
                if row.name == row.bound == target.name:
                    found |= self.carried(imported(self.project, target.path, row))
            self._carried[target] = frozenset(found)
        return self._carried[target]


def _imports_of(project: Project, target: Variable) -> list[Import]:
    imports = project.facts(target.path).imports
    return [imports[row.row] for row in bindings_of(project, target) if row.kind == "import"]


def usages(project: Project, variables: Iterable[Variable]) -> dict[Variable, Usage]:
    """All references to each variable and all obstacles, in every file that mentions one of the names."""
    from lifeops_codemods.project import lookups, strings  # both need `Search`

    search = Search(project, variables)
    paths = project.mentioning(search.wanted)
    project.facts_of(paths)
    for path in paths:
        if not project.parses(path):
            _broken(search, path)
            continue
        facts = project.facts(path)
        _imports(search, path, facts)
        _bindings(search, path, facts)
        _names(search, path, facts)
        _members(search, path, facts)
        strings.search(search, path, facts)
    lookups.search(search)
    return search.usages


def _broken(search: Search, path: str) -> None:
    text = search.project.text(path)
    for name, targets in search.wanted.items():
        if search.project.mentions(path, name):
            found = re.search(rf"\b{re.escape(name)}\b", text)
            span = found.span() if found else (0, 0)
            search.object(
                targets,
                path,
                span,
                f"{path} does not parse and mentions {name}: what it means there is unknown",
                "mend the file, or exclude it",
            )


def _imports(search: Search, path: str, facts: FileFacts) -> None:
    for row in facts.imports:
        if row.name not in search.wanted:
            continue
        target = imported(search.project, path, row)
        targets = search.carried(target)
        if targets:
            search.refer(targets, path, row.start, "import")
            if row.as_start >= 0 and row.bound == row.name:
                search.refer(targets, path, row.as_start, "import")
        else:
            _unfollowed(search, path, row, target)


def _unfollowed(search: Search, path: str, row: Import, target: Target | None) -> None:
    """An import of the name that is not followed to its end: it may mean the variable."""
    module = imported_module(search.project, path, row)
    span = (row.start, row.start + len(row.name))
    if isinstance(module, Ambiguous):
        reason = f"the import of {row.module} fits several services of this project"
        search.object(search.wanted[row.name], path, span, reason, _NAME_ROOTS)
    elif target is None and isinstance(module, Module):
        reason = f"{module.path} is not seen to define {row.name}"
        search.object(search.wanted[row.name], path, span, reason, "define the name in the module by a statement")


def _bindings(search: Search, path: str, facts: FileFacts) -> None:
    for (scope, name), rows in facts.bound.items():
        if name not in search.wanted:
            continue
        target = Variable(path, scope, name)
        targets = search.carried(target)
        if not targets:
            continue
        for row in rows:
            if row.kind == "import":
                _other_import(search, target, row, targets)
            elif row.kind in {"class", "assign", "declare", "type"} and _same_thing(search, target, row):
                search.refer(targets, path, row.start, "definition")
            else:
                _other_binding(search, path, row, targets)


def _same_thing(search: Search, target: Variable, row: Binding) -> bool:
    """Whether a binding of a renamed variable may be renamed with it.

    A class statement where the variable is defined, a fallback such as `Character = None`, and `x = wrap(x)`.
    """
    if row.kind == "class":
        return target in search.wanted[target.name]
    return True


def _other_import(search: Search, target: Variable, row: Binding, targets: frozenset[Variable]) -> None:
    """An import that binds a renamed variable to something else under the same name."""
    project = search.project
    statement = project.facts(target.path).imports[row.row]
    source = imported(project, target.path, statement)
    if search.carried(source):
        return
    behind = denoted(project, source) if source is not None else frozenset()
    if behind & {item for found in targets for item in denoted(project, found)}:
        return
    _other_binding(search, target.path, row, targets)


def _other_binding(search: Search, path: str, row: Binding, targets: frozenset[Variable]) -> None:
    search.object(
        targets,
        path,
        (max(row.start, row.statement[0]), row.statement[1]),
        f"{row.name} is bound here to something else in the same scope",
        "give one of the two another name",
    )


def _names(search: Search, path: str, facts: FileFacts) -> None:
    wanted = search.wanted
    imported_names = {row.bound for row in facts.imports}
    for row in facts.names:
        if row.name in wanted:
            _name(search, path, row)
        for index, (attribute, start) in enumerate(row.attributes):
            if attribute in wanted:
                _attribute(search, path, row, index, attribute, start)
        if not row.attributes and row.name in imported_names and row.name not in wanted:
            _escape(search, path, row)


def _name(search: Search, path: str, row: Name) -> None:
    found = variable(search.project, path, row.scope, row.name, row.start)
    targets = search.carried(found)
    if targets:
        search.refer(targets, path, row.start, "name")
    elif row.flags & Flags.ANNOTATION and (found is None or isinstance(found, External)):
        name_in_mapped(search, path, row.scope, row.name, row.start)


def name_in_mapped(search: Search, path: str, scope: int, name: str, start: int) -> None:
    """An annotation that nothing in scope explains: in a model's body SQLAlchemy looks it up in the registry."""
    owner = enclosing_class(search.project, path, scope)
    if in_declarative_class(search.project, owner):
        refer_registered(search, path, name, start, owner)


def refer_registered(search: Search, path: str, name: str, start: int, owner: object) -> None:
    """A name that the registry resolves, seen from the class `owner`."""
    from lifeops_codemods.project.classes import ClassRef

    found = registered(search.project, name, path, owner if isinstance(owner, ClassRef) else None)
    targets = [model.variable for model in found if model.variable in search.usages]
    if len({model.variable for model in found}) == 1:
        search.refer(targets, path, start, "registry")
    elif targets:
        search.object(
            targets,
            path,
            (start, start + len(name)),
            f"{name} names several models of one registry: {', '.join(sorted(model.ref.path for model in found))}",
            "write the full path of the model",
        )


def _attribute(search: Search, path: str, row: Name, index: int, name: str, start: int) -> None:
    parts = (row.name, *(attribute for attribute, _ in row.attributes[: index + 1]))
    steps = resolve_steps(search.project, path, row.scope, parts, row.start)
    if len(steps) == len(parts):
        targets = search.carried(steps[-1])
        if targets:
            search.refer(targets, path, start, "attribute")
        elif isinstance(steps[-1], Ambiguous):
            reason = f"{'.'.join(parts[:-1])} fits several services of this project"
            search.object(search.wanted[name], path, (start, start + len(name)), reason, _NAME_ROOTS)
        return
    if len(steps) != len(parts) - 1:
        return
    if _is_plain_value(search.project, steps[-1]):
        search.dangling.append((path, name, start))
    elif any(_is_open(search.project, item) for item in denoted(search.project, steps[-1])):
        reason = f"{'.'.join(parts)} cannot be followed to a definition"
        search.object(search.wanted[name], path, (start, start + len(name)), reason, "import the name by a statement")


def _is_open(project: Project, target: Target) -> bool:
    """Whether a thing of the project may have names that are not seen: a module, or an import that leads nowhere."""
    if isinstance(target, Variable):
        return any(row.kind == "import" for row in bindings_of(project, target))
    return isinstance(target, Module) and not target.path.endswith("/")


def _is_plain_value(project: Project, target: Target) -> bool:
    """Whether nothing is known of a value, so that it may be a module that was handed on: a parameter, a local."""
    if not isinstance(target, Variable):
        return False
    kinds = {row.kind for row in bindings_of(project, target)}
    return bool(kinds & {"parameter", "other", "assign"})


def _escape(search: Search, path: str, row: Name) -> None:
    """Remember where a module that carries a wanted name is used as a value."""
    found = variable(search.project, path, row.scope, row.name, row.start)
    if isinstance(found, Variable) and any(row.kind == "import" for row in bindings_of(search.project, found)):
        for item in denoted(search.project, found):
            if isinstance(item, Module) and not item.path.endswith("/"):
                search.escaped.append((path, row))
                return


def _members(search: Search, path: str, facts: FileFacts) -> None:
    for row in facts.members:
        for name, start in row.attributes:
            if name in search.wanted:
                _member_of_call(search, path, row, name, start)


def _member_of_call(search: Search, path: str, row: Member, name: str, start: int) -> None:
    if row.root[:1] == ("import_module()",) or row.root[-1:] == ("import_module()",):
        search.object(
            search.wanted[name],
            path,
            (start, start + len(name)),
            f"{name} is taken from a module that is imported by a computed name",
            "import the module by an import statement",
        )
    else:
        search.dangling.append((path, name, start))


def spelled_in(value: str, names: Sequence[str]) -> list[str]:
    """Which of `names` stand as whole words in `value`."""
    words = set(re.findall(r"\w+", value))
    return [name for name in names if name in words]
