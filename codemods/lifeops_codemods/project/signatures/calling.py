"""Whether the program itself calls an endpoint or a dependency, as any function."""

from __future__ import annotations

from lifeops_codemods.project import Project, question
from lifeops_codemods.project.answers.endpoints import direct_calls
from lifeops_codemods.project.functions import FunctionRef, function, function_variable, owner
from lifeops_codemods.project.names import denoted, resolve

_HANDING_ON = frozenset(
    {
        "partial", "to_thread", "run_in_threadpool", "run_in_executor", "run_sync", "create_task", "gather", "Thread",
        "submit", "map", "wraps", "add_task", "call_soon", "apply_async",
    }
)  # fmt: skip


@question
def is_called(project: Project, ref: FunctionRef) -> bool:
    """Whether something other than FastAPI may call a function, so that a default is what it gets."""
    return bool(direct_calls(project, ref)) or _is_handed_on(project, ref) or _is_called_as_method(project, ref)


def _is_handed_on(project: Project, ref: FunctionRef) -> bool:
    """`partial(list_items, limit=5)`"""
    own, name = function_variable(project, ref), function(project, ref).name
    for path in project.mentioning([name]):
        for call in project.facts(path).calls:
            if call.function[-1:] and call.function[-1] in _HANDING_ON:
                for _, argument in call.arguments:
                    if argument[0] == "name" and argument[3] == name:
                        target = resolve(project, path, call.scope, (name,), call.start)
                        if target is not None and own in denoted(project, target):
                            return True
    return False


def _is_called_as_method(project: Project, ref: FunctionRef) -> bool:
    """A method may be called on any object that is not known to be another one; `__call__` is called without a name."""
    if owner(project, ref) is None:
        return False
    name = function(project, ref).name
    return name == "__call__" or any(
        call.function[-1:] == (name,) and len(call.function) > 1
        for path in project.mentioning([name])
        for call in project.facts(path).calls
    )
