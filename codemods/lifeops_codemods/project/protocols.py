"""Protocols, and the classes that have what one asks for without naming it as their base."""

from __future__ import annotations

import ast

from lifeops_codemods.facts.expressions import parts as parts_of
from lifeops_codemods.facts.model import Parameter
from lifeops_codemods.project import Project, question
from lifeops_codemods.project.classes import ClassRef, ancestors, bases, definition
from lifeops_codemods.project.functions import (
    FunctionRef,
    function,
    function_node,
    is_property,
    is_static,
    methods,
    owner,
)
from lifeops_codemods.project.modules import External

_PROTOCOLS = frozenset({"typing.Protocol", "typing_extensions.Protocol"})
_AWAITED = frozenset({"Awaitable", "Coroutine", "Future", "Task", "Any", "object"})
_ITERATED = frozenset({"AsyncIterator", "AsyncIterable", "AsyncGenerator", "AsyncContextManager"})


@question
def is_protocol(project: Project, ref: ClassRef) -> bool:
    """Whether a class is a protocol itself; one that inherits from a protocol is a class like any other."""
    return any(isinstance(base, External) and base.name in _PROTOCOLS for base in bases(project, ref))


@question
def implementations(project: Project, protocol: ClassRef) -> tuple[ClassRef, ...]:
    """The classes of the project that have every method of a protocol, to be called in the same way."""
    asked = _asked(project, protocol)
    if not asked:
        return ()
    found = []
    for path in project.mentioning([asked[0]]):
        for row in range(len(project.facts(path).classes)):
            other = ClassRef(path, row)
            if other != protocol and all(_has(project, other, protocol, name) for name in asked):
                found.append(other)
    return tuple(found)


@question
def asks_for(project: Project, protocol: ClassRef, name: str) -> bool:
    """Whether a protocol, or one that it continues, has a method of this name."""
    return name in _asked(project, protocol)


@question
def _asked(project: Project, protocol: ClassRef) -> tuple[str, ...]:
    """The names of the methods of a protocol, its own first, with those of the protocols that it continues."""
    found: dict[str, None] = {}
    for one in (protocol, *ancestors(project, protocol)):
        if isinstance(one, ClassRef) and (one == protocol or is_protocol(project, one)):
            own = project.facts(one.path).members_of.get(definition(project, one).own, ())
            found |= dict.fromkeys(sorted({row.name for row in own if row.kind == "def"}))
    return tuple(found)


def _has(project: Project, other: ClassRef, protocol: ClassRef, name: str) -> bool:
    asked = methods(project, protocol, name)
    return any(_fits(project, has, one) for has in methods(project, other, name) for one in asked)


def _fits(project: Project, has: FunctionRef, asked: FunctionRef) -> bool:
    """Whether a method can stand for another one: read or called, awaited or not, with as many arguments."""
    if is_property(project, has) != is_property(project, asked):
        return False
    if function(project, has).is_async != function(project, asked).is_async:
        is_asked_async = function(project, asked).is_async
        mixed = _may_give(project, has, _AWAITED) if is_asked_async else _says(project, asked, _AWAITED | _ITERATED)
        if not mixed:
            return False
    return bool(function(project, has).decorators) or _takes(project, has, asked)


def _says(project: Project, ref: FunctionRef, kinds: frozenset[str]) -> bool:
    """Whether a function says that it returns one of some kinds of things, or does not say what."""
    returns = function(project, ref).returns
    if returns is None:
        return True
    named = parts_of(returns[3] if returns[0] == "subscript" else returns)
    return not named or named[-1] in kinds


def _may_give(project: Project, ref: FunctionRef, kinds: frozenset[str]) -> bool:
    """Whether a plain function may return something of these kinds: by its word, its decorator or its `return`."""
    row = function(project, ref)
    if row.returns is not None or row.decorators:
        return bool(row.decorators) or _says(project, ref, kinds)
    node = function_node(project, ref)
    return node is not None and any(isinstance(one, ast.Return) and one.value is not None for one in ast.walk(node))


def _takes(project: Project, has: FunctionRef, asked: FunctionRef) -> bool:
    """Whether a method demands no argument that is not given, and has a place for each that is."""
    given, taken = _parameters(project, asked), _parameters(project, has)
    positional = [row for row in taken if row.kind in {"/", "."}]
    most = len([row for row in given if row.kind in {"/", "."}])
    least = len([row for row in positional if row.default is None])
    has_rest = {row.kind for row in taken} & {"*", "**"}
    return least <= most and (bool(has_rest) or most <= len(positional) + _by_keyword(taken, given))


def _by_keyword(taken: list[Parameter], given: list[Parameter]) -> int:
    """How many arguments that are asked for by place are taken by keyword alone."""
    names = {row.name for row in given}
    return len([row for row in taken if row.kind == "k" and row.name in names])


def _parameters(project: Project, ref: FunctionRef) -> list[Parameter]:
    rows = [Parameter._make(row) for row in function(project, ref).parameters]
    return rows[1:] if owner(project, ref) is not None and not is_static(project, ref) else rows
