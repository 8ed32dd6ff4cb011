"""What leaves a block of code, given what leaves the functions it calls: raised, caught, raised again, translated."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from lifeops_codemods.project import Project
from lifeops_codemods.project.exceptions.demands import NO_DEMANDS, Demands
from lifeops_codemods.project.exceptions.endings import Ending, endings
from lifeops_codemods.project.exceptions.kinds import Kind, is_a, kinds_of
from lifeops_codemods.project.exceptions.needs import FAULT, Needs
from lifeops_codemods.project.exceptions.raising import raised_kinds
from lifeops_codemods.project.exceptions.reached import Callee
from lifeops_codemods.project.exceptions.roots import FILED, KEPT
from lifeops_codemods.project.trees import dotted_parts
from lifeops_codemods.project.walking import children

_FILED = frozenset({FILED})


class Key(NamedTuple):
    """What tells one exception that leaves a function from another."""

    kind: Kind
    needs: Needs
    demands: Demands
    lost: bool


class Raised(NamedTuple):
    """An exception that may leave a piece of code.

    start, end: the `raise` or the call in `path` that it comes from. through: the function that the call runs, if the
    exception comes out of that, and inner: the exception as it leaves that. depth: so many calls away is the `raise`.
    needs: what it depends on, see `needs`. demands: what it demands of the function's arguments, see `demands`.
    lost: whether it passed a decorator that cannot be followed, and so may never come here.
    """

    kind: Kind
    path: str
    start: int
    end: int
    through: Callee | None = None
    depth: int = 0
    needs: Needs = None
    demands: Demands = NO_DEMANDS
    inner: Key | None = None
    lost: bool = False

    @property
    def key(self) -> Key:
        """What tells it from others that leave the same function."""
        return Key(self.kind, self.needs, self.demands, self.lost)

    @property
    def is_of_stored(self) -> bool:
        """Whether only values that the program has stored decide whether it is raised."""
        return bool(self.needs) and self.needs is not None and self.needs <= KEPT

    @property
    def is_of_file(self) -> bool:
        """Whether only values out of files that the program reads decide whether it is raised."""
        return self.needs == _FILED

    @property
    def is_fault(self) -> bool:
        """Whether nothing that a caller brings decides whether it is raised."""
        return self.needs == FAULT


Items = tuple[Raised, ...]
NOTHING: Items = ()


class Calls(NamedTuple):
    """What a call may raise, asked by the call's node and whether it is awaited or iterated over."""

    of_call: Callable[[ast.Call, bool], Items]
    of_raise: Callable[[ast.Raise, tuple[Kind, ...]], Items]
    of_lookup: Callable[[ast.Subscript], Items]
    of_context: Callable[[ast.withitem, Items], Items]


@dataclass(slots=True)
class Leaving:
    """Walks the code of one function.

    arrives: what reaches each handler, by the handler's line and column. injected: what comes in at each `yield`.
    """

    project: Project
    path: str
    calls: Calls
    injected: Items = NOTHING
    arrives: dict[tuple[int, int], Items] = field(default_factory=dict)
    _handled: list[tuple[str | None, Items]] = field(default_factory=list)

    def block(self, statements: Sequence[ast.stmt]) -> Items:
        """What may leave the statements."""
        return _merged(self._statement(statement) for statement in statements)

    def _statement(self, node: ast.stmt) -> Items:
        match node:
            case ast.Raise():
                return _merged((self._expressions(node), self._raised(node)))
            case ast.Try() | ast.TryStar():
                return self._try(node)
            case ast.With() | ast.AsyncWith():
                return self._with(node)
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                return self._expressions_of(node.decorator_list)
            case ast.For() | ast.AsyncFor():
                head = self._expression(node.iter, driven=True)
                return _merged((head, self.block(node.body), self.block(node.orelse)))
            case ast.Match():
                inner = [self.block(case.body) for case in node.cases]
                return _merged((self._expression(node.subject), *inner))
        return self._expressions(node)

    def _expressions(self, node: ast.stmt) -> Items:
        """What leaves a simple statement, or the head and the blocks of an `if`, `while` or class."""
        found = []
        for _, value in ast.iter_fields(node):
            for child in value if isinstance(value, list) else [value]:
                if isinstance(child, ast.stmt):
                    found.append(self._statement(child))
                elif isinstance(child, ast.expr):
                    found.append(self._expression(child))
                elif isinstance(child, ast.AST):
                    found.append(self._inner(child))
        return _merged(found)

    def _expressions_of(self, nodes: Iterable[ast.expr]) -> Items:
        return _merged(self._expression(node) for node in nodes)

    def _expression(self, node: ast.expr, *, driven: bool = False) -> Items:
        """What leaves an expression; `driven` where what it gives is awaited or iterated over."""
        match node:
            case ast.Lambda():
                return NOTHING
            case ast.Await(value=value) | ast.YieldFrom(value=value) | ast.Starred(value=value):
                return self._expression(value, driven=True)
            case ast.Yield():
                return _merged((self._inner(node), self.injected))
            case ast.Call():
                return _merged((self._inner(node), self.calls.of_call(node, driven)))
            case ast.Subscript(ctx=ast.Load()):
                return _merged((self._inner(node), self.calls.of_lookup(node)))
            case ast.IfExp() | ast.NamedExpr() | ast.BoolOp():
                inside = [child for child in children(node) if isinstance(child, ast.expr)]
                return _merged(self._expression(child, driven=driven) for child in inside)
        return self._inner(node)

    def _inner(self, node: ast.AST) -> Items:
        found = []
        for child in children(node):
            if isinstance(child, ast.expr):
                found.append(self._expression(child, driven=isinstance(node, ast.comprehension) and child is node.iter))
            elif not isinstance(child, ast.expr_context | ast.operator | ast.unaryop | ast.cmpop | ast.boolop):
                found.append(self._inner(child))
        return _merged(found)

    def _raised(self, node: ast.Raise) -> Items:
        name = node.exc.id if isinstance(node.exc, ast.Name) else None
        if node.exc is None:
            return self._handled[-1][1] if self._handled else NOTHING
        for bound, items in reversed(self._handled):
            if name is not None and bound == name:
                return items
        return self.calls.of_raise(node, raised_kinds(self.project, self.path, node.exc))

    def _with(self, node: ast.With | ast.AsyncWith) -> Items:
        found = self.block(node.body)
        for item in reversed(node.items):
            found = _merged((self._expression(item.context_expr), self.calls.of_context(item, found)))
        return found

    def _try(self, node: ast.Try | ast.TryStar) -> Items:
        left, arrived = sifted(self.project, self.path, node, self.block(node.body))
        found = [left, self.block(node.orelse)]
        for handler in node.handlers:
            items = arrived.get(handler, NOTHING)
            place = (handler.lineno, handler.col_offset)
            self.arrives[place] = _merged((self.arrives.get(place, NOTHING), items))
            self._handled.append((handler.name, items))
            found.append(self.block(handler.body))
            self._handled.pop()
        if node.finalbody and Ending.FALLS not in endings(node.finalbody):
            return self.block(node.finalbody)
        return _merged((*found, self.block(node.finalbody)))


def sifted(
    project: Project, path: str, node: ast.Try | ast.TryStar, items: Items
) -> tuple[Items, Mapping[ast.ExceptHandler, Items]]:
    """What passes the handlers of a `try`, and what arrives at each. What only may be caught does neither."""
    left: list[Raised] = []
    arrived: dict[ast.ExceptHandler, list[Raised]] = {}
    for item in items:
        for handler in node.handlers:
            answer = catches(project, path, handler, item.kind)
            if answer is not False:
                if answer:
                    arrived.setdefault(handler, []).append(item)
                break
        else:
            left.append(item)
    return tuple(left), {handler: tuple(found) for handler, found in arrived.items()}


def catches(project: Project, path: str, handler: ast.ExceptHandler, kind: Kind) -> bool | None:
    """Whether a handler catches exceptions of a class; None where that is not known."""
    if handler.type is None:
        return True
    answers = [_is_caught(project, path, one, kind) for one in handled_types(handler)]
    return True if True in answers else None if None in answers else False


def handled_types(handler: ast.ExceptHandler) -> list[ast.expr]:
    """The expressions of the classes that a handler names."""
    if handler.type is None:
        return []
    return list(handler.type.elts) if isinstance(handler.type, ast.Tuple) else [handler.type]


def _is_caught(project: Project, path: str, node: ast.expr, kind: Kind) -> bool | None:
    kinds = kinds_of(project, path, node)
    answers = [is_a(project, kind, one) for one in kinds]
    if not answers or None in answers:
        return True if True in answers else None
    return all(answers) or (None if any(answers) else False)


def suppressed(project: Project, path: str, item: ast.withitem, items: Items) -> Items | None:
    """What passes `contextlib.suppress(…)`; None for another context manager."""
    call = item.context_expr
    if not isinstance(call, ast.Call) or dotted_parts(call.func)[-1:] != ("suppress",):
        return None
    return tuple(one for one in items if all(_is_caught(project, path, kind, one.kind) is False for kind in call.args))


def _merged(groups: Iterable[Items]) -> Items:
    return tuple(dict.fromkeys(item for group in groups for item in group))
