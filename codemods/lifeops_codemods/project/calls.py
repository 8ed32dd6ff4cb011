"""Which calls of the project call a function, by the name under which they do."""

from __future__ import annotations

from typing import NamedTuple

from lifeops_codemods.facts.model import Call
from lifeops_codemods.project import Project, file_question, question
from lifeops_codemods.project.names import Variable, denoted, resolve

_HANDING_ON = frozenset(
    {
        "partial", "to_thread", "run_in_threadpool", "run_in_executor", "run_sync", "create_task", "gather", "Thread",
        "submit", "map", "wraps", "add_task", "call_soon", "apply_async",
    }
)  # fmt: skip


class Caller(NamedTuple):
    """A place that calls a function."""

    path: str
    start: int
    end: int


def calls_of(project: Project, function: Variable) -> tuple[Caller, ...]:
    """The places that call a function under its own name, in the order of files and text."""
    return _calls_of_all(project, function.name).get(function, ())


def is_handed_on(project: Project, function: Variable) -> bool:
    """Whether something is given the function that calls what it is given: `partial(list_items, limit=5)`."""
    return function in _handed_on(project, function.name)


@question
def _calls_of_all(project: Project, name: str) -> dict[Variable, tuple[Caller, ...]]:
    """The calls under a name, by what they call: one pass for all that are called so."""
    found: dict[Variable, tuple[Caller, ...]] = {}
    for path in project.mentioning([name]):
        for call in _by_name(project, path).get(name, ()):
            if call.function[0]:
                for variable in _called(project, path, call, call.function):
                    found[variable] = (*found.get(variable, ()), Caller(path, call.start, call.end))
    return found


@question
def _handed_on(project: Project, name: str) -> frozenset[Variable]:
    """What is given under a name to something that calls it."""
    return frozenset(
        variable
        for path in project.mentioning([name])
        for call in _handing_on(project, path).get(name, ())
        for variable in _called(project, path, call, (name,))
    )


def _called(project: Project, path: str, call: Call, parts: tuple[str, ...]) -> set[Variable]:
    target = resolve(project, path, call.scope, parts, call.start)
    behind = denoted(project, target) if target is not None else ()
    return {item for item in behind if isinstance(item, Variable)}


@file_question
def _by_name(project: Project, path: str) -> dict[str, list[Call]]:
    """The calls of a file by the last part of what they call."""
    found: dict[str, list[Call]] = {}
    for call in project.facts(path).calls:
        if call.function:
            found.setdefault(call.function[-1], []).append(call)
    return found


@file_question
def _handing_on(project: Project, path: str) -> dict[str, list[Call]]:
    """The calls of a file that hand something on, by the names that they are given."""
    found: dict[str, list[Call]] = {}
    for call in project.facts(path).calls:
        if call.function[-1:] and call.function[-1] in _HANDING_ON:
            for _, argument in call.arguments:
                if argument[0] == "name":
                    found.setdefault(argument[3], []).append(call)
    return found
