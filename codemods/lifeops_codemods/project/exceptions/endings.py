"""How a block of statements may end: by falling through, a `return`, a `raise`, a `break`, a `continue`."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from enum import Enum, auto

from lifeops_codemods.project.trees import dotted_parts


class Ending(Enum):
    """One way for control to leave a block. `RERAISES` is a bare `raise` of the exception that is being handled."""

    FALLS = auto()
    RETURNS = auto()
    RAISES = auto()
    RERAISES = auto()
    BREAKS = auto()
    CONTINUES = auto()


Endings = frozenset[Ending]
NeverReturns = Callable[[ast.Call], bool]
"""Whether a call is known to end by an exception, or not at all."""

_FALLS: Endings = frozenset({Ending.FALLS})
_SWALLOWS = frozenset({"suppress"})
"""Context managers that end an exception."""
_RERAISES = frozenset({"save_and_reraise_exception"})
"""Context managers that raise again what is being handled when they end."""


def _returns(_: ast.Call) -> bool:
    return False


def endings(body: Sequence[ast.stmt], raises: NeverReturns = _returns) -> Endings:
    """All ways in which the statements may end, as far as their text tells; calls return, but for those that `raises`.

    A `raise` that a call stands for is one of `RAISES`.
    """
    found: set[Ending] = set()
    for statement in body:
        here = _of(statement, raises)
        found |= here - _FALLS
        if Ending.FALLS not in here:
            return frozenset(found)
    return frozenset(found) | _FALLS


def _of(statement: ast.stmt, raises: NeverReturns) -> Endings:
    match statement:
        case ast.Return():
            return frozenset({Ending.RETURNS})
        case ast.Raise(exc=exc):
            return frozenset({Ending.RERAISES if exc is None else Ending.RAISES})
        case ast.Expr(value=(ast.Call() as call) | ast.Await(value=ast.Call() as call)) if raises(call):
            return frozenset({Ending.RAISES})
        case ast.Break():
            return frozenset({Ending.BREAKS})
        case ast.Continue():
            return frozenset({Ending.CONTINUES})
        case ast.If(body=body, orelse=orelse):
            return endings(body, raises) | endings(orelse, raises)
        case ast.With() | ast.AsyncWith():
            return _of_with(statement, raises)
        case ast.Try() | ast.TryStar():
            return _of_try(statement, raises)
        case ast.While() | ast.For() | ast.AsyncFor():
            return _of_loop(statement, raises)
        case ast.Match(cases=cases):
            found = frozenset[Ending]().union(*(endings(case.body, raises) for case in cases))
            return found if any(_takes_all(case) for case in cases) else found | _FALLS
    return _FALLS


def _of_with(statement: ast.With | ast.AsyncWith, raises: NeverReturns) -> Endings:
    found = endings(statement.body, raises)
    names = {dotted_parts(_function(item.context_expr))[-1:] for item in statement.items}
    if names & {(name,) for name in _RERAISES}:
        return frozenset(Ending.RERAISES if one is Ending.FALLS else one for one in found)
    return found | _FALLS if names & {(name,) for name in _SWALLOWS} else found


def _function(expression: ast.expr) -> ast.expr:
    return expression.func if isinstance(expression, ast.Call) else expression


def _of_try(statement: ast.Try | ast.TryStar, raises: NeverReturns) -> Endings:
    """A bare `raise` in a handler of this statement is about another exception than that of the block around it."""
    body = endings(statement.body, raises)
    found = body - _FALLS | (endings(statement.orelse, raises) if Ending.FALLS in body else frozenset())
    for handler in statement.handlers:
        inner = endings(handler.body, raises)
        found |= frozenset(Ending.RAISES if one is Ending.RERAISES else one for one in inner)
    last = endings(statement.finalbody, raises)
    return found | (last - _FALLS) if Ending.FALLS in last else last


def _of_loop(statement: ast.While | ast.For | ast.AsyncFor, raises: NeverReturns) -> Endings:
    inner = endings(statement.body, raises)
    endless = isinstance(statement, ast.While) and isinstance(statement.test, ast.Constant) and statement.test.value
    found = inner - {Ending.FALLS, Ending.BREAKS, Ending.CONTINUES}
    if not endless:
        found |= endings(statement.orelse, raises)
    return found | _FALLS if Ending.BREAKS in inner else found


def _takes_all(case: ast.match_case) -> bool:
    return case.guard is None and isinstance(case.pattern, ast.MatchAs) and case.pattern.pattern is None
