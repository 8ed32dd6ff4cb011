"""Definitions that stand for each other, so that they have to take the same parameters."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from enum import StrEnum, auto
from typing import NamedTuple

from lifeops_codemods.project import Project, question
from lifeops_codemods.project.classes import ClassRef, ancestors, definition, own_bindings, subclasses
from lifeops_codemods.project.exceptions.reached import Callee
from lifeops_codemods.project.functions import (
    FunctionRef,
    decorated_with,
    function,
    function_node,
    function_variable,
    methods,
    owner,
)
from lifeops_codemods.project.names import bindings_of
from lifeops_codemods.project.protocols import implementations, is_protocol
from lifeops_codemods.project.suites import is_test_file
from lifeops_codemods.project.threading.patches import replacements


class Kind(StrEnum):
    """What a definition does: something of its own, nothing, or what a test needs."""

    REAL = auto()
    STUB = auto()
    FAKE = auto()


class Member(NamedTuple):
    """One of the definitions that stand for each other."""

    callee: Callee
    kind: Kind


@question
def family(project: Project, ref: FunctionRef) -> tuple[Member, ...]:
    """All definitions that must take the same parameters as a function, itself included, by file and place."""
    found: dict[FunctionRef, Member] = {}
    for callee in _alike(project, ref):
        kind = Kind.FAKE if is_test_file(callee.ref.path) and callee.ref != ref else Kind.REAL
        found[callee.ref] = Member(callee, Kind.STUB if is_stub(project, callee.ref) else kind)
    for other in _fakes(project, ref, frozenset(found)):
        found.setdefault(other, Member(Callee(other, owner(project, other)), Kind.FAKE))
    return tuple(found[other] for other in sorted(found))


def _alike(project: Project, ref: FunctionRef) -> Iterator[Callee]:
    holder = owner(project, ref)
    name = function(project, ref).name
    if holder is None:
        rows = bindings_of(project, function_variable(project, ref))
        yield from (Callee(FunctionRef(ref.path, row.row)) for row in rows if row.kind == "def")
        return
    for of in _related(project, holder, name):
        for row in own_bindings(project, of, name):
            other = FunctionRef(of.path, row.row)
            if row.kind == "def" and not decorated_with(project, other, "setter", "deleter"):
                yield Callee(other, of)


@question
def _related(project: Project, of: ClassRef, name: str) -> tuple[ClassRef, ...]:
    """The classes whose method of a name stands for that of a class: above it, below it, and through protocols."""
    found: dict[ClassRef, None] = {}
    rest = [of]
    while rest:
        current = rest.pop()
        if current in found:
            continue
        found[current] = None
        above = [base for base in ancestors(project, current) if isinstance(base, ClassRef)]
        having = [base for base in above if own_bindings(project, base, name)]
        rest += [*having, *subclasses(project, current)]
        rest += [
            protocol for protocol in _protocols(project, name) if current in _implementing(project, protocol, name)
        ]
        if is_protocol(project, current) and own_bindings(project, current, name):
            rest += _implementing(project, current, name)
    return tuple(sorted(found))


@question
def _implementing(project: Project, protocol: ClassRef, name: str) -> tuple[ClassRef, ...]:
    """The classes that have what a protocol asks for, the method with the same parameters."""
    wanted = {_parameter_names(project, ref) for ref in methods(project, protocol, name)}
    return tuple(
        of
        for of in implementations(project, protocol)
        if any(_parameter_names(project, ref) in wanted for ref in methods(project, of, name))
    )


def _parameter_names(project: Project, ref: FunctionRef) -> tuple[str, ...]:
    return tuple(item[0] for item in function(project, ref).parameters)


@question
def _protocols(project: Project, name: str) -> tuple[ClassRef, ...]:
    """The protocols that ask for a method."""
    paths = sorted(set(project.mentioning(["Protocol"])) & set(project.mentioning([name])))
    found = [ClassRef(path, row) for path in paths for row in range(len(project.facts(path).classes))]
    return tuple(ref for ref in found if own_bindings(project, ref, name) and is_protocol(project, ref))


def _fakes(project: Project, ref: FunctionRef, known: frozenset[FunctionRef]) -> Iterator[FunctionRef]:
    """What tests have in its place: functions that they patch in, and methods of classes that look like its own."""
    for other in replacements(project, ref).functions:
        if other not in known:
            yield other
    holder = owner(project, ref)
    if holder is None:
        return
    row = function(project, ref)
    for path in project.mentioning([row.name]):
        if not is_test_file(path):
            continue
        for index, one in enumerate(project.facts(path).functions):
            other = FunctionRef(path, index)
            if other in known or one.name != row.name or one.is_async != row.is_async:
                continue
            of = owner(project, other)
            same = _parameter_names(project, other) == _parameter_names(project, ref)
            if of is not None and same and _stands_for(project, of, holder):
                yield other


def _stands_for(project: Project, fake: ClassRef, real: ClassRef) -> bool:
    """Whether a class of tests is one that replaces another: it is called after it, or handed over beside it."""
    name = definition(project, real).name
    base = name.removeprefix("Base").removeprefix("Abstract").removesuffix("Protocol").removesuffix("Impl")
    own = definition(project, fake).name
    return (base and base in own) or project.mentions(fake.path, name)


@question
def is_stub(project: Project, ref: FunctionRef) -> bool:
    """Whether a definition does nothing but to say what others do: abstract, of a protocol, an overload."""
    node = function_node(project, ref)
    return node is not None and all(_says_nothing(one) for one in node.body)


def _says_nothing(statement: ast.stmt) -> bool:
    match statement:
        case ast.Pass() | ast.Expr(value=ast.Constant()):
            return True
        case ast.Raise(exc=ast.Name(id=name) | ast.Call(func=ast.Name(id=name))):
            return name == "NotImplementedError"
    return False
