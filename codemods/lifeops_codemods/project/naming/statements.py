"""Statements: conditions, loops, assignments, and the imports within a function."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING, Final

from lifeops_codemods.project.naming import functions, operations
from lifeops_codemods.project.naming.calls import is_log_call
from lifeops_codemods.project.naming.expressions import SYMBOLS, Expressions
from lifeops_codemods.project.naming.values import (
    External,
    Frame,
    Function,
    NotUnderstoodError,
    TheClass,
    bounded,
)

if TYPE_CHECKING:
    from collections.abc import Iterable


class _Flow(Enum):
    """How a statement ended, where it did not simply end or return."""

    BREAK = auto()
    CONTINUE = auto()


@dataclass(frozen=True, slots=True)
class _Return:
    value: object


_Outcome = _Return | _Flow | None


class Statements(Expressions):
    """An evaluation that does statements as well."""

    __slots__ = ()

    def run(self, function: ast.FunctionDef, frame: Frame) -> object:
        outcome = self._statements(function.body, frame)
        return outcome.value if isinstance(outcome, _Return) else None

    def _statements(self, statements: list[ast.stmt], frame: Frame) -> _Outcome:
        for statement in statements:
            self.step(statement)
            try:
                outcome = self._statement(statement, frame)
            except NotUnderstoodError as refusal:
                refusal.node = refusal.node or statement
                raise
            if outcome is not None:
                return outcome
        return None

    def _statement(self, node: ast.stmt, frame: Frame) -> _Outcome:
        match node:
            case ast.Return():
                return _Return(self.value(node.value, frame) if node.value else None)
            case ast.If():
                chosen = node.body if functions.truth(self.value(node.test, frame)) else node.orelse
                return self._statements(chosen, frame)
            case ast.For() | ast.While():
                return self._loop(node, frame)
            case ast.Try():
                # A handler would only run for an error, and an error ends the evaluation.
                return self._statements([*node.body, *node.orelse, *node.finalbody], frame)
            case ast.Break():
                return _Flow.BREAK
            case ast.Continue():
                return _Flow.CONTINUE
        self._simple(node, frame)
        return None

    def _simple(self, node: ast.stmt, frame: Frame) -> None:
        match node:
            case ast.Pass():
                pass
            case ast.Expr(value=ast.Constant()):
                pass
            case ast.Expr(value=ast.Call() as call) if _changes_nothing(call):
                pass
            case ast.Expr():
                self.value(node.value, frame)
            case ast.Assign():
                value = self.value(node.value, frame)
                for target in node.targets:
                    self.bind(target, value, frame)
            case ast.AnnAssign():
                if node.value:
                    self.bind(node.target, self.value(node.value, frame), frame)
            case ast.AugAssign(op=op) if type(op) in SYMBOLS:
                self._augment(node, SYMBOLS[type(op)], frame)
            case ast.FunctionDef(decorator_list=[]):
                frame.names[node.name] = Function(node, frame)
            case ast.Import() | ast.ImportFrom(level=0):
                self._import(node, frame)
            case ast.Assert():
                if not functions.truth(self.value(node.test, frame)):
                    raise NotUnderstoodError("it raises AssertionError", node)
            case _:
                raise NotUnderstoodError(f"a statement of the kind {type(node).__name__}", node)

    def _loop(self, node: ast.For | ast.While, frame: Frame) -> _Outcome:
        for _ in self._turns(node, frame):
            outcome = self._statements(node.body, frame)
            if outcome is _Flow.BREAK:
                return None
            if isinstance(outcome, _Return):
                return outcome
        return self._statements(node.orelse, frame)

    def _turns(self, node: ast.For | ast.While, frame: Frame) -> Iterable[None]:
        if isinstance(node, ast.While):
            while functions.truth(self.value(node.test, frame)):
                yield
            return
        items = self.value(node.iter, frame)
        turns = functions.iterated(items)
        for item in turns:
            self.bind(node.target, item, frame)
            yield
        if isinstance(items, list) and len(items) != len(turns):
            raise NotUnderstoodError("a loop over a list that it changes", node)

    def bind(self, target: ast.expr, value: object, frame: Frame) -> None:
        match target:
            case ast.Name():
                frame.names[target.id] = value
            case ast.Tuple() | ast.List():
                parts = functions.iterated(value)
                if len(parts) != len(target.elts) or any(isinstance(part, ast.Starred) for part in target.elts):
                    raise NotUnderstoodError("an assignment of several values", target)
                for part, item in zip(target.elts, parts, strict=True):
                    self.bind(part, item, frame)
            case ast.Attribute() if isinstance(self.value(target.value, frame), TheClass):
                if target.attr in ("__name__", "__qualname__"):
                    raise NotUnderstoodError("the class's name is assigned", target)
                self.assigned[target.attr] = value
            case _:
                raise NotUnderstoodError("an assignment to something that is not a local name", target)

    def _augment(self, node: ast.AugAssign, symbol: str, frame: Frame) -> None:
        if isinstance(node.target, ast.Name) and node.target.id not in frame.names:
            raise NotUnderstoodError(f"the name {node.target.id} is not known", node)
        before, operand = self.value(node.target, frame), self.value(node.value, frame)
        if isinstance(before, list):
            before.extend(functions.iterated(operand))
            return
        self.bind(node.target, bounded(operations.binary(symbol, before, operand)), frame)

    def _import(self, node: ast.Import | ast.ImportFrom, frame: Frame) -> None:
        prefix = f"{node.module}." if isinstance(node, ast.ImportFrom) else ""
        for alias in node.names:
            name = alias.asname or alias.name.partition(".")[0]
            target = External(prefix + (alias.name if alias.asname or prefix else name))
            frame.names[name] = functions.CONSTANTS.get(target.name, target)


def _changes_nothing(call: ast.Call) -> bool:
    """Whether a call's effect does not concern the name: logging, and the parent's `__init_subclass__`."""
    if any(isinstance(node, ast.NamedExpr) for node in ast.walk(call)):
        return False
    return ast.unparse(call.func) in _IGNORED_CALLS or is_log_call(call)


_IGNORED_CALLS: Final = frozenset({"print", "warnings.warn", "super().__init_subclass__"})
