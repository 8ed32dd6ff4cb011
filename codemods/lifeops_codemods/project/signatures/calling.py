"""Whether the program itself calls an endpoint or a dependency, as any function."""

from __future__ import annotations

from lifeops_codemods.project import Project, question
from lifeops_codemods.project.calls import calls_of, is_handed_on
from lifeops_codemods.project.functions import FunctionRef, function, function_variable, owner


@question
def is_called(project: Project, ref: FunctionRef) -> bool:
    """Whether something other than FastAPI may call a function, so that a default is what it gets."""
    own = function_variable(project, ref)
    return bool(calls_of(project, own)) or is_handed_on(project, own) or _is_called_as_method(project, ref)


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
