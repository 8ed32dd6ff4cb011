"""Every place that names a variable of the project, and every place that may do so and cannot be rewritten.

A place counts if the name *resolves* to the variable under its own name; a place that merely spells the same word does
not. Places that look the name up at run time, or whose meaning depends on something unknown, are obstacles.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from typing import NamedTuple

from lifeops_codemods.facts.model import CLASS, COMPREHENSION, TYPES, Binding, FileFacts, Flags, Import, Member, Name
from lifeops_codemods.project import Project
from lifeops_codemods.project.classes import enclosing_class
from lifeops_codemods.project.models import models
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

_WORD = re.compile(r"\w+")
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


class Turn(NamedTuple):
    """From the end of a binding on, a name means `carried`: wanted variables, or nothing that is wanted."""

    binding: Binding
    end: int
    carried: frozenset[Variable]


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
        self._turns: dict[Variable, list[Turn]] = {}
        self.dangling: list[tuple[str, str, int]] = []

    def refer(self, targets: Iterable[Variable], path: str, start: int, kind: str) -> None:
        for target in targets:
            if self.project.text(path).startswith(target.name, start):
                self.usages[target].references[path, start] = Reference(path, start, kind, len(target.name))
            else:
                reason = f"{target.name} is spelled in other characters here, which Python takes for the same"
                self.object([target], path, (start, start + 1), reason, "spell the name as its definition does")

    def object(self, targets: Iterable[Variable], path: str, span: tuple[int, int], reason: str, fix: str = "") -> None:
        for target in targets:
            self.usages[target].obstacles.setdefault((path, span[0]), Obstacle(path, *span, reason, fix))

    def carried(self, target: Target | None) -> frozenset[Variable]:
        """The wanted variables that `target` is another place of, under the same name: itself, or an import of it.

        A name that is bound to one thing and later to another means the last of them to everybody else.
        """
        if not isinstance(target, Variable) or target.name not in self.wanted:
            return frozenset()
        if target not in self._carried:
            self._carried[target] = frozenset({target} & self.wanted[target.name])
            turns = self.turns(target)
            self._carried[target] = turns[-1].carried if turns else frozenset()
        return self._carried[target]

    def turns(self, target: Variable) -> list[Turn]:
        """What the variable means after each of its bindings, where that changes; one turn where it does not."""
        if target not in self._turns:
            self._turns[target] = _turns(self, target)
        return self._turns[target]

    def carried_at(self, target: Target | None, scope: int, start: int) -> frozenset[Variable]:
        """As `carried`, for a use in `scope` at `start` of the variable's own file."""
        if not isinstance(target, Variable) or target.name not in self.wanted:
            return frozenset()
        turns = self.turns(target)
        if len(turns) < 2 or not _runs_in_order(self.project.facts(target.path), scope, target.scope):
            return self.carried(target)
        before = [turn for turn in turns if turn.end <= start]
        return before[-1].carried if before else frozenset()


def _runs_in_order(facts: FileFacts, scope: int, home: int) -> bool:
    """Whether code in `scope` runs where it stands in the body of `home`, and not when something is called."""
    while scope != home and scope >= 0:
        if facts.scopes[scope].kind not in {CLASS, COMPREHENSION, TYPES}:
            return False
        scope = facts.scopes[scope].parent
    return True


def _turns(search: Search, target: Variable) -> list[Turn]:
    found: list[Turn] = []
    for row in bindings_of(search.project, target):
        carried = _carried_by(search, target, row)
        if carried is not None and (not found or found[-1].carried != carried):
            found.append(Turn(row, row.statement[1] if row.kind != "def" else row.start, carried))
    if len({turn.carried for turn in found}) > 1 and any(
        _is_conditional(row) for row in bindings_of(search.project, target)
    ):
        return _disputed(search, target, found)
    return found


def _is_conditional(row: Binding) -> bool:
    return bool(row.flags & (Flags.CONDITIONAL | Flags.TYPE_CHECKING))


def _disputed(search: Search, target: Variable, turns: list[Turn]) -> list[Turn]:
    """Which of several things a name means depends on a condition: it cannot be renamed for one of them alone."""
    targets = frozenset(found for turn in turns for found in turn.carried)
    for turn in turns:
        if not turn.carried:
            row = turn.binding
            span = (max(row.start, row.statement[0]), row.statement[1])
            reason = f"{target.name} is bound here to something else, under a condition"
            search.object(targets, target.path, span, reason, "give one of the two another name")
    return [Turn(turns[0].binding, turns[0].end, targets)]


def _carried_by(search: Search, target: Variable, row: Binding) -> frozenset[Variable] | None:
    """What a binding makes the variable mean; None where it leaves that as it is."""
    if row.kind == "import":
        statement = search.project.facts(target.path).imports[row.row]
        if statement.name != statement.bound:
            return frozenset()
        return search.carried(imported(search.project, target.path, statement))
    if row.kind == "class":
        return frozenset({target} & search.wanted[target.name]) if _is_model(search, target, row) else frozenset()
    if row.kind == "declare" or (row.kind == "assign" and (_is_conditional(row) or _wraps(row, target.name))):
        return None
    return frozenset()


def _is_model(search: Search, target: Variable, row: Binding) -> bool:
    return any(model.ref == (target.path, row.row) for model in models(search.project))


def _wraps(row: Binding, name: str) -> bool:
    """`Character = wrap(Character)`: the same thing under the same name."""
    return (
        row.value is not None
        and row.value[0] == "call"
        and any(argument[:1] == ("name",) and argument[3] == name for argument in row.value[4])
    )


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
    """The bindings that are renamed with the variable: its definition, and fallbacks such as `Character = None`."""
    for (scope, name), rows in facts.bound.items():
        if name not in search.wanted:
            continue
        target = Variable(path, scope, name)
        current: frozenset[Variable] = search.carried(target) if len(search.turns(target)) < 2 else frozenset()
        for row in rows:
            carried = _carried_by(search, target, row)
            current = current if carried is None or len(search.turns(target)) < 2 else carried
            if row.kind in {"class", "assign", "declare", "type"} and row.start >= 0:
                search.refer(current, path, row.start, "definition")
            elif row.kind != "import" and current:
                span = (max(row.start, row.statement[0]), row.statement[1])
                reason = f"{name} is bound here to something else in the same scope"
                search.object(current, path, span, reason, "give one of the two another name")


def _names(search: Search, path: str, facts: FileFacts) -> None:
    wanted = search.wanted
    for row in facts.names:
        if row.name in wanted:
            _name(search, path, row)
        for index, (attribute, start) in enumerate(row.attributes):
            if attribute in wanted:
                _attribute(search, path, row, index, attribute, start)


def _name(search: Search, path: str, row: Name) -> None:
    found = variable(search.project, path, row.scope, row.name, row.start)
    here = isinstance(found, Variable) and found.path == path
    targets = search.carried_at(found, row.scope, row.start) if here else search.carried(found)
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
        elif isinstance(steps[-1], External):
            _computed_attribute(search, path, steps, name, start)
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


def _computed_attribute(search: Search, path: str, steps: list[Target], name: str, start: int) -> None:
    """`models.Character`, where `models` was imported by `importlib.import_module(…)`."""
    from lifeops_codemods.project import computed_modules

    if not computed_modules.is_computed(steps[-1]):
        return
    place = next((found for step in steps if (found := computed_modules.call_behind(search.project, step))), None)
    targets = computed_modules.may_hold(search, *place, [name]) if place else search.wanted[name]
    reason = f"{name} is taken from a module that is imported by a computed name"
    search.object(targets, path, (start, start + len(name)), reason, "import the module by an import statement")


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


def _members(search: Search, path: str, facts: FileFacts) -> None:
    for row in facts.members:
        for name, start in row.attributes:
            if name in search.wanted:
                _member_of_call(search, path, row, name, start)


def _member_of_call(search: Search, path: str, row: Member, name: str, start: int) -> None:
    from lifeops_codemods.project import computed_modules

    if row.root[:1] in {("import_module()",), ("__import__()",), ("modules[]",)}:
        subscript = row.root[0] == "modules[]"
        targets = search.wanted[name] if subscript else computed_modules.may_hold(search, path, row.start, [name])
        reason = f"{name} is taken from a module that is imported by a computed name"
        search.object(targets, path, (start, start + len(name)), reason, "import the module by an import statement")
    else:
        search.dangling.append((path, name, start))


def spelled_in(value: str, names: Collection[str]) -> list[str]:
    """Which of `names` (best a mapping or a set) stand as whole words in `value`."""
    words = set(_WORD.findall(value))
    if len(words) < len(names) and not any(word in names for word in words):
        return []
    return [name for name in names if name in words]
