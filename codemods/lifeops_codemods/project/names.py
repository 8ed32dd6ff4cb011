"""What a name means: from a use to the variable, from the variable to the thing, across files.

A *variable* is a name in one scope of one file. What it *denotes* follows imports, re-exports and star imports to the
module, class or function behind it. A variable with several bindings may denote several things.
"""

from __future__ import annotations

import builtins
from collections.abc import Collection
from typing import NamedTuple, TypeVar

from lifeops_codemods.facts.expressions import parts as parts_of
from lifeops_codemods.facts.model import CLASS, FUNCTION, MODULE, TYPES, Binding, Expression, FileFacts, Import, Parts
from lifeops_codemods.project import Project, cyclic_question, question
from lifeops_codemods.project.modules import Ambiguous, External, Module, find_module, find_relative, submodule

T = TypeVar("T")
_BUILTINS = frozenset(dir(builtins))


class Variable(NamedTuple):
    """A name in a scope of a file."""

    path: str
    scope: int
    name: str


Target = Module | External | Ambiguous | Variable


def in_order(targets: Collection[T]) -> list[T]:
    """Targets from a set, in an order that does not depend on hashes."""
    return sorted(targets, key=repr) if len(targets) > 1 else list(targets)


def variable(
    project: Project, path: str, scope: int, name: str, start: int = -1
) -> Variable | Module | External | None:
    """The variable that `name`, used in `scope` of `path` at offset `start`, refers to.

    A name that no scope binds is looked for in star imports, in a package's `__init__` among its modules, which imports
    of them bind there, then among the builtins (`External("builtins.…")`).
    `start` matters in class bodies, where a name means the outer one until it is bound, and in modules with star
    imports, whose names it means until then; -1 is the end of the body.
    """
    is_in_order = scope >= 0 and _is_in_order(project.facts(path), scope)
    return _variable(project, path, scope, name, start if is_in_order else -1)


def _is_in_order(facts: FileFacts, scope: int) -> bool:
    """Whether a name may mean one thing before and another behind a place in a scope."""
    kind = facts.scopes[scope].kind
    return kind in {CLASS, TYPES} or (kind == MODULE and bool(facts.stars))


@question
def _variable(project: Project, path: str, scope: int, name: str, start: int) -> Variable | Module | External | None:
    facts = project.facts(path)
    direct, place = True, scope
    while place >= 0:
        row = facts.scopes[place]
        declared = dict(row.outer).get(name) if place else None  # at module level `global` says nothing
        if declared == "global":
            place, direct = 0, False
            continue
        if declared is None and (direct or row.kind != CLASS):
            bindings = facts.bound.get((place, name), ())
            if any(_in_force(binding, row.kind, start) for binding in bindings):
                early = direct and row.kind == MODULE and 0 <= start < bindings[0].statement[1]
                return (starred(project, path, name) if early else None) or Variable(path, place, name)
        direct = direct and row.kind == TYPES
        place = row.parent
    found = starred(project, path, name) or submodule(project, Module(path), name)
    return found or (External(f"builtins.{name}") if name in _BUILTINS else None)


def _in_force(binding: Binding, kind: int, start: int) -> bool:
    if kind == FUNCTION:
        return True
    if binding.kind == "declare":
        return False
    return kind != CLASS or start < 0 or binding.statement[1] <= start


@cyclic_question(None)
def starred(project: Project, path: str, name: str) -> Variable | None:
    """The variable of another file that the star imports of `path` make `name` mean."""
    for row in reversed(project.facts(path).stars):
        module = imported_module(project, path, row)
        if isinstance(module, Module) and module.path != path and name in exports(project, module):
            found = member(project, module, name)
            if isinstance(found, Variable):
                return found
    return None


@question
def exports(project: Project, module: Module) -> frozenset[str]:
    """The names that a star import of `module` brings: `__all__`, else all that do not begin with an underscore."""
    found: set[str] = set()
    seen: set[Module] = set()
    rest = [module]
    while rest:
        current = rest.pop()
        if current in seen or current.path.endswith("/"):
            continue
        seen.add(current)
        facts = project.facts(current.path)
        if (0, "__all__") in facts.bound:
            found |= {row.value for row in facts.strings if row.role == "all" and row.scope == 0}
            rest += _lists_taken_over(project, current.path)
        else:
            found |= {name for (scope, name) in facts.bound if scope == 0 and not name.startswith("_")}
            rest += _starred_modules(project, current.path)
    return frozenset(found)


def _starred_modules(project: Project, path: str) -> list[Module]:
    behind = [imported_module(project, path, row) for row in project.facts(path).stars if row.scope == 0]
    return [item for item in behind if isinstance(item, Module)]


def _lists_taken_over(project: Project, path: str) -> list[Module]:
    """The modules whose `__all__` is part of this file's: `__all__ = [...] + models.__all__`."""
    found = []
    for row in project.facts(path).names:
        if row.scope == 0 and row.attributes and row.attributes[-1][0] == "__all__":
            chain = (row.name, *(name for name, _ in row.attributes[:-1]))
            target = resolve(project, path, 0, chain, row.start)
            behind = denoted(project, target) if target is not None else frozenset()
            found += [item for item in behind if isinstance(item, Module)]
    return found


def imported_module(project: Project, path: str, row: Import) -> Module | External | Ambiguous:
    """The module that an import statement names after `from` or `import`."""
    if row.level:
        return find_relative(project, path, row.level, row.module)
    return find_module(project, path, row.module)


def imported(project: Project, path: str, row: Import) -> Target | None:
    """What one alias of an import binds: a module, or a variable of another module."""
    if row.name:
        module = imported_module(project, path, row)
        if isinstance(module, Module) and module.path == path:  # `from . import models` in a package's own __init__
            return submodule(project, module, row.name) or member(project, module, row.name)
        return member(project, module, row.name)
    if row.as_start >= 0 or "." not in row.module:
        return find_module(project, path, row.module)
    whole = find_module(project, path, row.module)
    if isinstance(whole, Module):
        return find_module(project, path, row.bound)
    return External(row.bound) if isinstance(whole, External) else Ambiguous(row.bound)


@cyclic_question(None)
def member(project: Project, target: Target, name: str) -> Target | None:
    """What `target.name` is; None where that is not known."""
    match target:
        case Module(path=path):
            return _module_member(project, target, path, name)
        case External(name=outer):
            return External(f"{outer}.{name}")
        case Ambiguous(name=outer):
            return Ambiguous(f"{outer}.{name}")
        case Variable(path=path):
            for own in class_scopes(project, target):
                if (own, name) in project.facts(path).bound:
                    return Variable(path, own, name)
            for made in sorted(spelled(project, target)):
                return External(f"{made}.{name}")
            return _inherited(project, target, name)


def _inherited(project: Project, target: Variable, name: str) -> Target | None:
    """`target.name` where the base of a class has it, and so for `self` and `cls` in a method of the class."""
    facts = project.facts(target.path)
    for binding in bindings_of(project, target):
        if binding.kind == "class":
            row = facts.classes[binding.row]
            for base in row.bases:
                for item in in_order(evaluate(project, target.path, row.scope, base, row.start)):
                    found = member(project, item, name)
                    if isinstance(found, Variable):
                        return found
        elif binding.kind == "parameter":
            owner = _owner_of_method(project, target) or _annotated_class(project, target, binding)
            return member(project, owner, name) if owner is not None else None
    return None


def _annotated_class(project: Project, target: Variable, binding: Binding) -> Variable | None:
    """The class of the project that a parameter is annotated with."""
    annotation = binding.annotation
    if annotation is None or annotation[0] not in {"name", "attribute"}:
        return None
    function = project.facts(target.path).function_of_scope.get(target.scope)
    scope = function.scope if function else 0
    found = evaluate(project, target.path, scope, annotation, binding.start)
    return next((item for item in in_order(found) if isinstance(item, Variable)), None)


def _owner_of_method(project: Project, target: Variable) -> Variable | None:
    """The class whose method has `target` as its first parameter, other than a static method."""
    facts = project.facts(target.path)
    function = facts.function_of_scope.get(target.scope)
    if function is None or not function.parameters or function.parameters[0][0] != target.name:
        return None
    owner = facts.class_of_scope.get(function.scope)
    if owner is None or any(parts_of(item) == ("staticmethod",) for item in function.decorators):
        return None
    return Variable(target.path, owner.scope, owner.name)


@cyclic_question(frozenset())
def spelled(project: Project, target: Variable) -> frozenset[str]:
    """How the value of a variable is made by something external: `sqlalchemy.orm.registry()`."""
    return frozenset(
        item.name
        for binding in bindings_of(project, target)
        if binding.kind == "assign" and binding.value is not None and binding.value[0] == "call"
        for item in evaluate(project, target.path, target.scope, binding.value, binding.start)
        if isinstance(item, External)
    )


def evaluate(project: Project, path: str, scope: int, expression: Expression, start: int) -> frozenset[Target]:
    """What an expression of names, attributes, calls and subscripts stands for; a call of `f` is `External("f()")`.

    A subscript stands for what is subscripted (`Base[int]` is a `Base`). Other expressions stand for nothing known.
    """
    match expression:
        case ("name", _, _, name):
            found = variable(project, path, scope, name, start)
            return frozenset() if found is None else denoted(project, found)
        case ("attribute", _, _, value, name):
            owners = evaluate(project, path, scope, value, start)
            members = [member(project, owner, name) for owner in in_order(owners)]
            return frozenset(behind for item in members if item is not None for behind in denoted(project, item))
        case ("call", _, _, function, *_):
            callees = evaluate(project, path, scope, function, start)
            return frozenset(External(f"{callee.name}()") for callee in callees if isinstance(callee, External))
        case ("subscript", _, _, value, _):
            return evaluate(project, path, scope, value, start)
    return frozenset()


def _module_member(project: Project, module: Module, path: str, name: str) -> Target | None:
    if not path.endswith("/"):
        bindings = project.facts(path).bound.get((0, name), ())
        if any(binding.kind != "declare" for binding in bindings):
            return Variable(path, 0, name)
        found = starred(project, path, name)
        if found is not None:
            return found
    inner = submodule(project, module, name)
    if inner is None and path.endswith("/"):
        return External(f"{path.strip('/').rpartition('/')[2]}.{name}")
    return inner


def class_scopes(project: Project, target: Variable) -> list[int]:
    """The body scopes of the classes that bind the variable."""
    facts = project.facts(target.path)
    bindings = facts.bound.get((target.scope, target.name), ())
    return [facts.classes[binding.row].own for binding in bindings if binding.kind == "class"]


def bindings_of(project: Project, target: Variable) -> tuple[Binding, ...]:
    """All places that bind the variable, in the order of the text."""
    return project.facts(target.path).bound.get((target.scope, target.name), ())


@cyclic_question(frozenset())
def denoted(project: Project, target: Target) -> frozenset[Target]:
    """What stands behind `target`: imports and plain aliases (`Hero = models.Hero`) followed to their ends.

    A variable that is bound by a definition or an expression stands for itself.
    """
    return frozenset(_denoted(project, target, set()))


def _denoted(project: Project, target: Target, seen: set[Target]) -> set[Target]:
    if not isinstance(target, Variable) or target in seen:
        return {target}
    seen.add(target)
    found: set[Target] = set()
    for binding in bindings_of(project, target):
        behind = _behind(project, target, binding)
        if behind is None:
            found.add(target)
        else:
            found |= _denoted(project, behind, seen)
    return found or {target}


def _behind(project: Project, target: Variable, binding: Binding) -> Target | None:
    if binding.kind == "import":
        return imported(project, target.path, project.facts(target.path).imports[binding.row])
    if binding.kind == "assign" and (alias := parts_of(binding.value)) and alias[0] != target.name:
        return resolve(project, target.path, binding.scope, alias, binding.start)
    return None


def resolve(project: Project, path: str, scope: int, parts: Parts, start: int = -1) -> Target | None:
    """What the dotted name `parts` refers to: a module, or the variable that its last part is; None if unknown."""
    steps = resolve_steps(project, path, scope, parts, start)
    return steps[-1] if len(steps) == len(parts) else None


def resolve_steps(project: Project, path: str, scope: int, parts: Parts, start: int = -1) -> list[Target]:
    """What each longer beginning of `parts` refers to, as far as that is known."""
    if not parts:
        return []
    current: Target | None = variable(project, path, scope, parts[0], start)
    steps: list[Target] = []
    for name in (*parts[1:], None):
        if current is None:
            break
        steps.append(current)
        if name is not None:
            current = _member_of_denoted(project, current, name)
    return steps


def _member_of_denoted(project: Project, target: Target, name: str) -> Target | None:
    found = [member(project, behind, name) for behind in in_order(denoted(project, target))]
    known = [item for item in found if item is not None]
    return known[0] if known else None


def external_names(project: Project, path: str, scope: int, parts: Parts, start: int = -1) -> frozenset[str]:
    """The dotted names outside the project that `parts` may denote."""
    target = resolve(project, path, scope, parts, start)
    if target is None:
        return frozenset()
    return frozenset(item.name for item in denoted(project, target) if isinstance(item, External))
