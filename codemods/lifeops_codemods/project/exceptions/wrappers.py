"""What a decorator of the project makes of the function that it is handed: the wrappers that run it in its place.

Followed are a function within that calls it, or hands it to another that does (`run_in_threadpool(function)`,
`execute(function, *args)`), and what another decorator made of it before (`translated = bad_requests(function)`).
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from lifeops_codemods.project import Project, cyclic_question
from lifeops_codemods.project.classes import ClassRef, ancestors, classes_behind
from lifeops_codemods.project.exceptions.blocks import executed
from lifeops_codemods.project.functions import FunctionNode, FunctionRef, function_at, functions_behind
from lifeops_codemods.project.scopes import library_names, targets_of
from lifeops_codemods.project.trees import class_tree

TRANSPARENT = frozenset(
    {
        "staticmethod", "classmethod", "property", "cached_property", "abstractmethod", "override", "final", "cache",
        "lru_cache", "alru_cache", "contextmanager", "asynccontextmanager", "overload", "wraps", "deprecated", "cbv",
        "inject", "instrument", "observe", "timed", "limit", "cache_page", "cached", "setter", "singledispatch",
        "validate_call", "validate_arguments", "no_type_check", "hybrid_method", "hybrid_property",
        "get", "post", "put", "patch", "delete", "head", "options", "trace", "api_route", "route",
    }
)  # fmt: skip
"""Last names of decorators of libraries that hand on what the function raises."""
_KEEPS_FIRST = frozenset({"partial", "update_wrapper"})
_KEEPS_SECOND = frozenset({"cast"})


class Passing(NamedTuple):
    """A decorator on the way out. ref: the wrapper that runs; None, where nothing is known of it.

    runs: the names under which it runs the function, each with what other decorators made of that before.
    """

    ref: FunctionRef | None
    runs: tuple[tuple[str, tuple[Passing, ...]], ...] = ()


OPAQUE = Passing(None)
Chain = tuple[Passing, ...]
Applied = Callable[[Project, FunctionRef, bool], Chain]


def made_of(project: Project, path: str, node: FunctionNode, position: int, applied: Applied) -> Chain:
    """What an exception passes that leaves the function which `node` is handed at a position.

    applied: what another decorator of the project makes of a function.
    """
    parameters = [*node.args.posonlyargs, *node.args.args][position:]
    if not parameters:
        return (OPAQUE,)
    return _Making(project, path, node, {parameters[0].arg: ()}, applied).result()


class _Making(NamedTuple):
    """A decorator at work. names: the names of what it decorates, with what was made of that."""

    project: Project
    path: str
    node: FunctionNode
    names: dict[str, Chain]
    applied: Applied

    def result(self) -> Chain:
        for statement in executed(self.node.body):
            match statement:
                case ast.Assign(targets=[ast.Name(id=name)], value=value):
                    made = self._chain(value)
                    if made is not None:
                        self.names[name] = made
        returns = [one.value for one in executed(self.node.body) if isinstance(one, ast.Return) and one.value]
        chains = [made for made in map(self._chain, returns) if made is not None]
        return tuple(dict.fromkeys(one for made in chains for one in made)) if chains else (OPAQUE,)

    def _chain(self, node: ast.expr) -> Chain | None:
        """What an expression makes of the function; None where it has nothing to do with it."""
        match node:
            case ast.Name(id=name):
                if name in self.names:
                    return self.names[name]
                inner = self._within().get(name)
                return self._wrapper(inner) if inner is not None else None
            case ast.IfExp(body=body, orelse=orelse):
                both = [made for made in map(self._chain, (body, orelse)) if made is not None]
                return tuple(one for made in both for one in made) if both else None
            case ast.Call():
                return self._called(node)
        return None

    def _called(self, call: ast.Call) -> Chain | None:
        given = [made for made in map(self._chain, call.args) if made is not None]
        if not given:
            return None
        before = given[-1]
        if isinstance(call.func, ast.Name) and call.func.id in self._within():
            return (*before, *made_of(self.project, self.path, self._within()[call.func.id], 0, self.applied))
        targets = sorted(targets_of(self.project, self.path, call.func), key=repr)
        own = [ref for item in targets for ref in functions_behind(self.project, item)]
        if own:
            return (*before, *(one for ref in own for one in self.applied(self.project, ref, False)))
        classes = [ref for item in targets for ref in classes_behind(self.project, item)]
        if classes and all(ends_nothing(self.project, ref) for ref in classes):
            return before
        return before if self._keeps(call) else (*before, OPAQUE)

    def _keeps(self, call: ast.Call) -> bool:
        """Whether a call hands its function back: `wraps(f)(wrapper)`, `router.get(path)(f)`, `cast(T, f)`.

        What is handed to the decorator itself and called here is a router's method.
        """
        function = call.func
        while isinstance(function, ast.Call):
            function = function.func
        if isinstance(function, ast.Name) and function.id in {one.arg for one in self.node.args.args}:
            return True
        last = (
            function.attr
            if isinstance(function, ast.Attribute)
            else function.id
            if isinstance(function, ast.Name)
            else ""
        )
        names = {name.rpartition(".")[2] for name in library_names(self.project, self.path, function)} or {last}
        return names <= TRANSPARENT | _KEEPS_FIRST | _KEEPS_SECOND

    def _within(self) -> Mapping[str, FunctionNode]:
        return {one.name: one for one in executed(self.node.body) if isinstance(one, FunctionNode)}

    def _wrapper(self, node: FunctionNode) -> Chain | None:
        """A function within that runs what is decorated, with its own decorators; None for one that does not."""
        ref = function_at(self.project, self.path, node)
        known = self._known_in(node)
        runs = tuple(dict.fromkeys(_used(node, known)))
        if not runs:
            return None
        if ref is None:
            return (OPAQUE,)
        return (Passing(ref, tuple((name, known[name]) for name in runs)), *self._around(node))

    def _known_in(self, node: FunctionNode) -> dict[str, Chain]:
        """The names under which a function within knows what is decorated, those of functions within it included."""
        own = {one.arg for one in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)}
        known = {name: made for name, made in self.names.items() if name not in own}
        inner = _Making(self.project, self.path, node, known, self.applied)
        for child in executed(node.body):
            if isinstance(child, FunctionNode) and any(_used(child, known)):
                known[child.name] = inner._wrapper(child) or (OPAQUE,)
        return known

    def _around(self, node: FunctionNode) -> Chain:
        """The decorators of a wrapper but `wraps`."""
        found: list[Passing] = []
        for decorator in reversed(node.decorator_list):
            name = decorator.func if isinstance(decorator, ast.Call) else decorator
            targets = sorted(targets_of(self.project, self.path, name), key=repr)
            for ref in (one for item in targets for one in functions_behind(self.project, item)):
                found += self.applied(self.project, ref, isinstance(decorator, ast.Call))
        return tuple(found)


@cyclic_question(True)
def ends_nothing(project: Project, ref: ClassRef) -> bool:
    """Whether an object of a class cannot end an exception: nothing in it, or in what it makes, catches or enters."""
    node = class_tree(project, ref)
    if node is None or any(isinstance(one, ast.Try | ast.TryStar | ast.With | ast.AsyncWith) for one in ast.walk(node)):
        return False
    above = ancestors(project, ref)
    calls = [one for one in ast.walk(node) if isinstance(one, ast.Call)]
    targets = (item for call in calls for item in targets_of(project, ref.path, call.func))
    made = [one for item in targets for one in classes_behind(project, item)]
    return all(ends_nothing(project, one) for one in (*above, *made) if isinstance(one, ClassRef))


def _used(node: FunctionNode, names: Mapping[str, Chain]) -> Iterator[str]:
    """The names of what is decorated that a function calls or hands to what it calls."""
    for call in executed(node.body):
        if isinstance(call, ast.Call):
            for one in (call.func, *call.args, *(keyword.value for keyword in call.keywords)):
                handed = one.args[0] if isinstance(one, ast.Call) and one.args else one
                if isinstance(handed, ast.Name) and handed.id in names:
                    yield handed.id
