"""Bare `except:` clauses: what they do with an exception that is no `Exception`, and whether one can arrive."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from enum import StrEnum, auto
from typing import NamedTuple

from lifeops_codemods.project import Project, question
from lifeops_codemods.project.exceptions.blocks import executed, suspends, yields
from lifeops_codemods.project.exceptions.endings import Ending, endings
from lifeops_codemods.project.modules import External
from lifeops_codemods.project.names import Target
from lifeops_codemods.project.scopes import library_names, targets_of
from lifeops_codemods.project.trees import dotted_parts

_CALLS = frozenset(
    {
        "abs", "bool", "bytes", "chr", "complex", "dict", "divmod", "float", "frozenset", "getattr", "hasattr", "hash",
        "int", "isinstance", "issubclass", "len", "list", "max", "min", "ord", "pow", "range", "repr", "reversed",
        "round", "set", "slice", "sorted", "str", "sum", "tuple", "type", "zip",
    }
)  # fmt: skip
"""Builtins that neither wait nor end the program."""
_LIBRARY_CALLS = frozenset(
    {
        "json.loads", "json.dumps", "uuid.UUID", "decimal.Decimal", "datetime.datetime.fromisoformat",
        "datetime.date.fromisoformat", "datetime.time.fromisoformat", "datetime.datetime.strptime",
        "datetime.datetime.fromtimestamp", "datetime.timedelta", "datetime.datetime", "datetime.date",
        "ast.literal_eval", "base64.b64decode", "base64.b64encode", "ipaddress.ip_address", "ipaddress.ip_network",
        "re.match", "re.search", "re.compile", "re.sub", "re.findall", "re.split", "fractions.Fraction",
    }
)  # fmt: skip
_METHODS = frozenset(
    {
        "strip", "lstrip", "rstrip", "split", "rsplit", "splitlines", "partition", "rpartition", "lower", "upper",
        "title", "startswith", "endswith", "encode", "decode", "format", "group", "groups", "isdigit", "zfill",
        "removeprefix", "removesuffix", "strftime", "isoformat",
    }
)  # fmt: skip
"""Methods of strings, bytes, matches and dates that no other common class has."""
_EXITS = frozenset({"KeyboardInterrupt", "SystemExit", "GeneratorExit", "CancelledError", "BaseException"})
_SHOWS = frozenset(
    {"debug", "info", "warning", "warn", "error", "exception", "critical", "log", "print", "print_exc", "format_exc",
     "print_exception", "format_exception", "sleep", "suppress", "capture_exception"}
)  # fmt: skip
"""Last names of calls that show an exception or wait, and change nothing."""


class Problem(StrEnum):
    """Why what a bare clause is meant to catch is for a person to say."""

    AFTER_EXCEPTION = auto()
    AFTER_BASE_EXCEPTION = auto()
    HANDED_ON = auto()
    LEAVES_PROCESS = auto()
    NAMES_EXITS = auto()
    SOMETIMES = auto()
    SHADOWED = auto()


class Bare(NamedTuple):
    """A bare clause. reraises: each way through it ends in a bare `raise`. closed: nothing but an `Exception` can
    arrive. cancelled, closes: its body may stop at an `await`, at a `yield`."""

    path: str
    handler: ast.ExceptHandler
    reraises: bool
    closed: bool
    cancelled: bool
    closes: bool
    problem: Problem | None


@question
def bare_clauses(project: Project, path: str) -> tuple[Bare, ...]:
    """Every `except:` of a file, in the order of the text."""
    tries = [node for node in ast.walk(project.tree(path)) if isinstance(node, ast.Try)]
    found = [
        _described(project, path, node, handler) for node in tries for handler in node.handlers if handler.type is None
    ]
    return tuple(sorted(found, key=lambda bare: (bare.handler.lineno, bare.handler.col_offset)))


def _described(project: Project, path: str, node: ast.Try, handler: ast.ExceptHandler) -> Bare:
    ways = endings(handler.body)
    reraises = ways == {Ending.RERAISES}
    cancelled, closes = suspends(node.body), yields(node.body)
    return Bare(
        path=path,
        handler=handler,
        reraises=reraises,
        closed=not cancelled and not closes and all(_cannot_exit(project, path, one) for one in executed(node.body)),
        cancelled=cancelled,
        closes=closes,
        problem=_problem(project, path, node, handler, reraises=reraises),
    )


def _problem(
    project: Project, path: str, node: ast.Try, handler: ast.ExceptHandler, *, reraises: bool
) -> Problem | None:
    earlier = {name for other in node.handlers if other is not handler for name in caught(project, path, other)}
    if "builtins.BaseException" in earlier:
        return Problem.AFTER_BASE_EXCEPTION
    if _is_shadowed(project, path, handler, "BaseException" if reraises else "Exception"):
        return Problem.SHADOWED
    if reraises:
        return None
    if "builtins.Exception" in earlier:
        return Problem.AFTER_EXCEPTION
    return next(_of_handler(handler), None)


def _of_handler(handler: ast.ExceptHandler) -> Iterator[Problem]:
    shown = {inner for call in _shows(handler) for inner in ast.walk(call)}
    raised = {inner for node in executed(handler.body) if isinstance(node, ast.Raise) for inner in ast.walk(node)}
    for node in executed(handler.body):
        name = dotted_parts(node)[-1:] if isinstance(node, ast.Name | ast.Attribute) else ()
        if name in {("exc_info",), ("exception",)} and _root(node) == "sys" and node not in shown:
            yield Problem.HANDED_ON
        if name == ("_exit",):
            yield Problem.LEAVES_PROCESS
        if name and name[0] in _EXITS and node not in raised:
            yield Problem.NAMES_EXITS
    if Ending.RERAISES in endings(handler.body) and _does_something(handler):
        yield Problem.SOMETIMES


def _root(node: ast.AST) -> str:
    parts = dotted_parts(node) if isinstance(node, ast.expr) else ()
    return parts[0] if parts else ""


def _shows(handler: ast.ExceptHandler) -> list[ast.Call]:
    calls = [node for node in executed(handler.body) if isinstance(node, ast.Call)]
    return [call for call in calls if _last_name(call.func) in _SHOWS]


def _does_something(handler: ast.ExceptHandler) -> bool:
    """Whether the clause does more than to show the exception, to wait and to decide."""
    shown = {inner for call in _shows(handler) for inner in ast.walk(call)}
    return any(isinstance(node, ast.Call) and node not in shown for node in executed(handler.body))


def _last_name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def caught(project: Project, path: str, handler: ast.ExceptHandler) -> frozenset[str]:
    """The library names of the classes that a clause catches."""
    kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return frozenset(name for kind in kinds if kind is not None for name in library_names(project, path, kind))


def _is_shadowed(project: Project, path: str, handler: ast.ExceptHandler, name: str) -> bool:
    place = ast.copy_location(ast.Name(name), handler)
    place.end_lineno, place.end_col_offset = handler.lineno, handler.col_offset
    return library_names(project, path, place) != {f"builtins.{name}"}


def _cannot_exit(project: Project, path: str, node: ast.AST) -> bool:
    """Whether running this node alone can neither wait, nor end the program, nor run code that is not in sight."""
    match node:
        case ast.Call(func=ast.Name() | ast.Attribute() as func):
            return _is_known(targets_of(project, path, func), func)
        case ast.Call() | ast.Import() | ast.ImportFrom() | ast.With() | ast.For() | ast.While():
            return False
        case ast.Raise(exc=exc):
            return exc is None
        case ast.ClassDef() | ast.FunctionDef() | ast.AsyncFunctionDef():
            return False
    return True


def _is_known(targets: frozenset[Target], function: ast.expr) -> bool:
    method = isinstance(function, ast.Attribute) and function.attr in _METHODS
    return all(isinstance(item, External) and _is_harmless(item.name, method=method) for item in targets) and (
        bool(targets) or method
    )


def _is_harmless(name: str, *, method: bool) -> bool:
    """Whether a library's function neither waits nor exits; of what a call returned, a method is known by its name."""
    return method if "()" in name else name.removeprefix("builtins.") in _CALLS or name in _LIBRARY_CALLS
