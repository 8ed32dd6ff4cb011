"""The user's own script: run as Python runs it, its queries handed over instead of being executed by Bowler."""

from __future__ import annotations

import ast
import inspect
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, redirect_stdout
from pathlib import Path
from types import ModuleType
from typing import Any, NoReturn

import bowler
from bowler import BowlerTool, Query

from lifeops_codemods.bowler.blame import script_failed
from lifeops_codemods.bowler.errors import ScriptError

Execute = Callable[..., Query]
"""Called as `Query.execute` is: with the query and its keyword arguments."""

_DIRECT = (
    "the script uses BowlerTool by itself, which would write past the preview: build a Query and call `execute` on it"
)


def run_script(script: Path, paths: Sequence[str], execute: Execute) -> None:
    """Run a script and hand its queries to `execute`, in their order.

    They are, in this order: those on which it calls `execute`, `diff`, `idiff`, `silent` or `write` while it is
    imported; what its function `query(paths)` gives; those that its function `main()` executes or gives, as
    `bowler run` does; those that stand at module level, alone or in lists. A script that does its work under
    `if __name__ == "__main__"` is run as the main program. paths: what the script finds in `sys.argv`.

    Raises ScriptError for a script that cannot be read, that fails, or that has no query.
    """
    source = _read(script)
    with _caught(execute) as caught, _surroundings(script, paths):
        module = _module(script, source)
        with _explained(str(script)):
            exec(compile(source, str(script), "exec", dont_inherit=True), vars(module))
        with _explained(str(script)):
            offered = [] if caught else _offered(module, paths)
            for query in [] if caught else offered:
                query.write()
    if not caught:
        raise ScriptError(
            f"{script}: holds no query: none at module level, no function `query(paths)` or `main()` that gives or "
            "executes one, and nothing was executed"
        )


def run_expression(text: str, paths: Sequence[str], execute: Execute) -> None:
    """Evaluate a query that was typed on the command line. Raises ScriptError."""
    names = {name: getattr(bowler, name) for name in bowler.__all__} if hasattr(bowler, "__all__") else vars(bowler)
    with _caught(execute) as caught, _quiet(), _explained("-e"):
        value = eval(compile(text.strip(), "-e", "eval", dont_inherit=True), {**names, "paths": list(paths)})
        for query in [] if caught else _queries(value):
            query.write()
    if not caught:
        raise ScriptError(f"-e: {text!r} gives no query")


def _read(script: Path) -> bytes:
    try:
        return script.read_bytes()
    except OSError as error:
        raise ScriptError(f"{script}: cannot be read: {(error.strerror or str(error)).lower()}") from error


def _module(script: Path, source: bytes) -> ModuleType:
    """The module to run the script in. `sys.modules` must know it: dataclasses and pickles ask there."""
    name = "__main__" if _does_its_work_as_main(source) else f"{script.stem}__bowler_script"
    module = ModuleType(name)
    module.__file__ = str(script)
    if name != "__main__":
        sys.modules[name] = module
    return module


def _does_its_work_as_main(source: bytes) -> bool:
    """Whether there is nothing to call from outside, and something under `if __name__ == "__main__"`."""
    try:
        body = ast.parse(source).body
    except (SyntaxError, ValueError):
        return False
    functions = {item.name for item in body if isinstance(item, ast.FunctionDef) and _can_be_called(item)}
    guards = [item for item in body if isinstance(item, ast.If) and "__name__" in ast.unparse(item.test)]
    return bool(guards) and not functions & {"main", "query"}


def _can_be_called(function: ast.FunctionDef) -> bool:
    """Whether `main()` or `query(paths)` is what it looks like, and not a command that a decorator made."""
    arguments = function.args
    needed = len(arguments.posonlyargs) + len(arguments.args) - len(arguments.defaults)
    return not function.decorator_list and needed <= (function.name == "query")


def _offered(module: ModuleType, paths: Sequence[str]) -> list[Query]:
    """What the script gives without having executed anything."""
    for name, arguments in (("query", ([*paths] or ["."],)), ("main", ())):
        function = getattr(module, name, None)
        if inspect.isfunction(function):
            wanted = inspect.signature(function).parameters
            return _queries(function(*arguments[: len(wanted)]))
    values = list(vars(module).values())
    in_lists = [query for value in values if isinstance(value, list | tuple) for query in _queries(value)]
    alone = [value for value in values if isinstance(value, Query)]
    return list({id(query): query for query in (*in_lists, *alone)}.values())


def _queries(value: object) -> list[Query]:
    if isinstance(value, Query):
        return [value]
    if isinstance(value, list | tuple) and value and all(isinstance(one, Query) for one in value):
        return list(value)
    return []


@contextmanager
def _caught(execute: Execute) -> Iterator[list[Query]]:
    """Everything that would execute a query is handed over; a tool that would write is not to be had."""
    caught: list[Query] = []

    def handed_over(query: Query, **given: Any) -> Query:
        caught.append(query)
        return execute(query, **given)

    def refused(*_: object, **__: object) -> NoReturn:
        raise ScriptError(_DIRECT)

    kept = (Query.execute, BowlerTool.run, BowlerTool.refactor, BowlerTool.apply_hunks)
    Query.execute = handed_over
    BowlerTool.run = BowlerTool.refactor = BowlerTool.apply_hunks = refused
    try:
        yield caught
    finally:
        Query.execute, BowlerTool.run, BowlerTool.refactor, BowlerTool.apply_hunks = kept


@contextmanager
def _explained(name: str) -> Iterator[None]:
    """An exception of the script in words. `sys.exit` ends the script, and not the run."""
    try:
        yield
    except ScriptError:
        raise
    except SystemExit as end:
        if end.code not in (None, 0, 1):  # 1 is what Bowler's own `retcode` says of files that it could not do
            raise ScriptError(f"{name}: ended itself with {end.code!r}") from end
    except Exception as error:
        raise ScriptError(script_failed(error, name)) from error


@contextmanager
def _surroundings(script: Path, paths: Sequence[str]) -> Iterator[None]:
    """What a script expects when Python runs it: its folder on the path, its arguments. No bytecode is left behind."""
    folder, kept = os.path.dirname(os.path.abspath(script)), (sys.argv, sys.dont_write_bytecode)
    here = os.getcwd()
    sys.argv, sys.dont_write_bytecode = [str(script), *paths], True
    sys.path.insert(0, folder)
    try:
        with _quiet():
            yield
    finally:
        os.chdir(here)
        if folder in sys.path:
            sys.path.remove(folder)
        sys.argv, sys.dont_write_bytecode = kept
        sys.modules.pop(f"{script.stem}__bowler_script", None)


@contextmanager
def _quiet() -> Iterator[None]:
    """What a script prints, and what its child processes print, goes to standard error: results stand alone."""
    saved = _errors_for_output()
    try:
        with redirect_stdout(sys.stderr):
            yield
    finally:
        if saved is not None:
            os.dup2(saved, 1)
            os.close(saved)


def _errors_for_output() -> int | None:
    """Let the process's standard output be its standard error, and return what it was. None where one is closed."""
    if sys.stdout is not None:
        sys.stdout.flush()
    try:
        saved = os.dup(1)
    except OSError:
        return None
    try:
        os.dup2(2, 1)
    except OSError:
        os.close(saved)
        return None
    return saved
