"""Calls that run what they are handed: `asyncio.gather(f())`, `asyncio.to_thread(f)`."""

from __future__ import annotations

import ast

from lifeops_codemods.project import Project
from lifeops_codemods.project.scopes import library_names

_AWAITS_ARGUMENTS = frozenset({"asyncio.gather", "asyncio.wait_for", "asyncio.shield"})
_RUNS_FUNCTION = {
    "asyncio.to_thread": 0,
    "anyio.to_thread.run_sync": 0,
    "starlette.concurrency.run_in_threadpool": 0,
    "fastapi.concurrency.run_in_threadpool": 0,
    "asgiref.sync.sync_to_async": 0,
}


def drives(project: Project, path: str, call: ast.Call) -> bool:
    """Whether awaiting the call awaits the coroutines among its arguments."""
    return bool(library_names(project, path, call.func) & _AWAITS_ARGUMENTS)


def returns_exceptions(call: ast.Call) -> bool:
    """`gather(…, return_exceptions=True)`: they are results."""
    return any(
        keyword.arg == "return_exceptions" and not (isinstance(keyword.value, ast.Constant) and not keyword.value.value)
        for keyword in call.keywords
    )


def handed_function(project: Project, path: str, call: ast.Call) -> ast.expr | None:
    """The function that the call runs in a thread and waits for; of a `partial(f, …)` it is `f`."""
    positions = [_RUNS_FUNCTION[name] for name in library_names(project, path, call.func) if name in _RUNS_FUNCTION]
    if isinstance(call.func, ast.Attribute) and call.func.attr == "run_in_executor":
        positions.append(1)
    if not positions or len(call.args) <= positions[0]:
        return None
    handed = call.args[positions[0]]
    if isinstance(handed, ast.Call):
        return (
            handed.args[0] if handed.args and "functools.partial" in library_names(project, path, handed.func) else None
        )
    return handed
