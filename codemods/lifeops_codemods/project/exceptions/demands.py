"""What a `raise` demands of the arguments of its function, and whether a call can hand that over.

`if not key and not name: raise ValueError("give one of both")` demands that both are missing. A caller that has
one of them cannot make it raise; neither can a caller whose argument is of a type that the function lets through
(`if isinstance(value, UUID): return value`).
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from lifeops_codemods.facts.model import Parameter
from lifeops_codemods.project import Project, question
from lifeops_codemods.project.classes import ClassRef
from lifeops_codemods.project.exceptions.kinds import Kind, external_kind, kinds_of
from lifeops_codemods.project.exceptions.queries import one_of_query
from lifeops_codemods.project.exceptions.receivers import type_of
from lifeops_codemods.project.exceptions.roots import bindings, is_stored, parameters_of
from lifeops_codemods.project.exceptions.surroundings import Condition, surroundings
from lifeops_codemods.project.functions import FunctionRef, function, function_node, is_static, methods, owner
from lifeops_codemods.project.trees import dotted_parts
from lifeops_codemods.project.types import NONE, Instance, alternatives

_ALWAYS_TRUE = frozenset({"uuid.UUID", "datetime.datetime", "datetime.date", "pathlib.Path"})
_NONE, _FALSY, _TYPE, _EQUAL = "none", "falsy", "type", "equal"
_OPPOSITES = {_NONE: False, _FALSY: False, _TYPE: True, _EQUAL: True}
"""Of each kind of literal, whether it is one that makes a demand impossible."""


class Demand(NamedTuple):
    """That a parameter is None, is falsy, is no instance of any of some classes, or differs from a constant."""

    kind: str
    name: str
    types: frozenset[Kind] = frozenset()
    constant: str = ""


class Given(NamedTuple):
    """The arguments of a call by the names of the called function's parameters.

    rest: what its `*args` and its `**kwargs` get, by the names of those two. unpacked: what is unpacked in the call,
    by each name that may get something of it.
    """

    by_name: dict[str, ast.expr]
    rest: dict[str, tuple[ast.expr, ...]]
    unpacked: dict[str, tuple[ast.expr, ...]]


Demands = frozenset[Demand]
NO_DEMANDS: Demands = frozenset()


@question
def demands_at(project: Project, ref: FunctionRef, node: ast.AST) -> Demands | None:
    """What the parameters must be for a node of the function to run; None where they cannot be that."""
    found = surroundings(project, ref).get(node)
    if found is None:
        return NO_DEMANDS
    demands = {
        (Demand(one.kind, one.node.id, one.types, one.constant), one.node)
        for one in _literals(project, ref.path, found.conditions)
        if one.holds is not _OPPOSITES[one.kind]
        if isinstance(one.node, ast.Name) and _is_handed_on(project, ref, one.node.id)
    }
    if any(_is_impossible(project, ref, one, value) for one, value in demands) or _is_contradiction(found.conditions):
        return None
    return frozenset(one for one, _ in demands)


def _is_contradiction(conditions: Iterable[Condition]) -> bool:
    """`if x not in (A, B): return` and then neither `x == A` nor `x == B`: nothing is left."""
    every = tuple(conditions)
    members: list[tuple[str, frozenset[str]]] = []
    excluded: dict[str, set[str]] = {}
    for one in every:
        match one.test:
            case ast.Compare(
                left=left, ops=[ast.In() | ast.NotIn() as op], comparators=[ast.Tuple() | ast.List() as of]
            ):
                if one.holds is isinstance(op, ast.In):
                    members.append((ast.dump(left), frozenset(map(_constant, of.elts))))
            case ast.Compare(left=left, ops=[ast.Is() | ast.Eq()], comparators=[other]) if one.holds is False:
                excluded.setdefault(ast.dump(left), set()).add(_constant(other))
    return any("" not in known and known <= excluded.get(left, set()) for left, known in members)


def demands_of_call(
    project: Project, ref: FunctionRef, call: ast.Call, callee: FunctionRef, demands: Demands
) -> Demands | None:
    """What the caller's own parameters must be for an exception to come out of a call; None where it cannot."""
    here = demands_at(project, ref, call)
    if here is None or not demands:
        return here
    arguments = given(project, call, callee)
    if arguments.unpacked:
        return here
    found = set(here)
    facts = tuple(_facts(project, ref, call))
    for demand in demands:
        value = arguments.by_name.get(demand.name) or _default(project, callee, demand.name)
        if value is None or demand.name in arguments.rest:
            continue
        if _is_impossible(project, ref, demand, value) or any(_rules_out(fact, demand, value) for fact in facts):
            return None
        if _is_row_of(project, ref, demand, value, facts) or _is_one_of(project, ref, demand, demands, value):
            return None
        if isinstance(value, ast.Name) and _is_handed_on(project, ref, value.id):
            found.add(demand._replace(name=value.id))
    return frozenset(found)


def _is_handed_on(project: Project, ref: FunctionRef, name: str) -> bool:
    """Whether a name is a parameter that still holds what the caller gave."""
    return name in (parameters_of(project, ref) or ()) and name not in bindings(project, ref)


def given(project: Project, call: ast.Call, callee: FunctionRef) -> Given:
    """The arguments of a call. Where a list is unpacked, it is not known what the arguments behind it are for."""
    rows = [Parameter._make(row) for row in function(project, callee).parameters]
    if owner(project, callee) is not None and not is_static(project, callee):
        rows = rows[1:]
    starred = next((index for index, one in enumerate(call.args) if isinstance(one, ast.Starred)), len(call.args))
    plain = call.args[:starred]
    positional = [row.name for row in rows if row.kind in {"/", "."}]
    named = {row.name for row in rows if row.kind in {".", "k"}}
    keywords = {one.arg: one.value for one in call.keywords if one.arg is not None}
    by_name = dict(zip(positional, plain, strict=False)) | {
        name: value for name, value in keywords.items() if name in named
    }
    rest = {row.name: tuple(plain[len(positional) :]) for row in rows if row.kind == "*"}
    rest |= {
        row.name: tuple(value for name, value in keywords.items() if name not in named)
        for row in rows
        if row.kind == "**"
    }
    lists = tuple(one.value if isinstance(one, ast.Starred) else one for one in call.args[starred:])
    mappings = tuple(one.value for one in call.keywords if one.arg is None)
    by_kind = {"/": lists, ".": lists + mappings, "*": lists, "k": mappings, "**": mappings}
    unpacked = {row.name: by_kind[row.kind] for row in rows if row.name not in by_name and by_kind[row.kind]}
    return Given(by_name, rest, unpacked)


def _default(project: Project, ref: FunctionRef, name: str) -> ast.expr | None:
    tree = function_node(project, ref)
    if tree is None:
        return None
    positional = [*tree.args.posonlyargs, *tree.args.args]
    with_default = positional[len(positional) - len(tree.args.defaults) :]
    found = {one.arg: value for one, value in zip(with_default, tree.args.defaults, strict=True)}
    found |= {
        one.arg: value
        for one, value in zip(tree.args.kwonlyargs, tree.args.kw_defaults, strict=True)
        if value is not None
    }
    return found.get(name)


# -- conditions


class _Literal(NamedTuple):
    """Something that is known of an expression."""

    kind: str
    node: ast.expr
    holds: bool
    types: frozenset[Kind] = frozenset()
    constant: str = ""


def _literals(project: Project, path: str, conditions: Iterable[Condition]) -> Iterator[_Literal]:
    for one in conditions:
        if one.holds is not None:
            yield from _literal(project, path, one.test, holds=one.holds)


def _literal(project: Project, path: str, test: ast.expr, *, holds: bool) -> Iterator[_Literal]:
    match test:
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            yield from _literal(project, path, operand, holds=not holds)
        case ast.BoolOp(op=ast.And(), values=values) if holds:
            for value in values:
                yield from _literal(project, path, value, holds=True)
        case ast.BoolOp(op=ast.Or(), values=values) if not holds:
            for value in values:
                yield from _literal(project, path, value, holds=False)
        case ast.Compare(left=left, ops=[ast.Is() | ast.Eq()], comparators=[ast.Constant(value=None)]):
            yield _Literal(_NONE, left, holds)
        case ast.Compare(left=left, ops=[ast.IsNot() | ast.NotEq()], comparators=[ast.Constant(value=None)]):
            yield _Literal(_NONE, left, not holds)
        case ast.Compare(left=left, ops=[ast.Is() | ast.Eq()], comparators=[other]) if _constant(other):
            yield _Literal(_EQUAL, left, holds, constant=_constant(other))
        case ast.Compare(left=left, ops=[ast.IsNot() | ast.NotEq()], comparators=[other]) if _constant(other):
            yield _Literal(_EQUAL, left, not holds, constant=_constant(other))
        case ast.Compare(left=left, ops=[ast.In()], comparators=[ast.Tuple() | ast.List() | ast.Set() as others]):
            if not holds:
                yield from (_Literal(_EQUAL, left, False, constant=_constant(one)) for one in others.elts)
        case ast.Compare(left=left, ops=[ast.NotIn()], comparators=[ast.Tuple() | ast.List() | ast.Set() as others]):
            if holds:
                yield from (_Literal(_EQUAL, left, False, constant=_constant(one)) for one in others.elts)
        case ast.Call(func=ast.Name(id="isinstance"), args=[tested, classes]):
            types = _classes(project, path, classes)
            if types:
                yield _Literal(_TYPE, tested, holds, types)
        case ast.Name() | ast.Attribute():
            yield _Literal(_FALSY, test, not holds)


def _constant(node: ast.expr) -> str:
    """The text of a plain value or of a constant's name, `ROUND_UP` or `Mode.UP`; empty for anything else."""
    if isinstance(node, ast.Constant):
        return repr(node.value) if node.value is not None else ""
    parts = dotted_parts(node)
    return ".".join(parts[-2:] if parts[:-1] and parts[-2][:1].isupper() else parts[-1:]) if _is_named(parts) else ""


def _is_named(parts: tuple[str, ...]) -> bool:
    return bool(parts) and (parts[-1].isupper() or (len(parts) > 1 and parts[-2][:1].isupper()))


def _classes(project: Project, path: str, node: ast.expr) -> frozenset[Kind]:
    parts = node.elts if isinstance(node, ast.Tuple) else [node]
    found = [kinds_of(project, path, one) for one in parts]
    return frozenset(kind for kinds in found for kind in kinds) if all(found) else frozenset()


def _facts(project: Project, ref: FunctionRef, call: ast.Call) -> Iterator[_Literal]:
    """What is known of expressions where a call runs."""
    around = surroundings(project, ref).get(call)
    for one in _literals(project, ref.path, around.conditions if around is not None else ()):
        if one.holds is _OPPOSITES[one.kind]:
            yield one


def _rules_out(fact: _Literal, demand: Demand, value: ast.expr) -> bool:
    if ast.dump(fact.node) != ast.dump(value):
        return False
    match demand.kind:
        case "none":
            return True
        case "falsy":
            return fact.kind == _FALSY
        case "equal":
            return fact.kind == _EQUAL and fact.constant == demand.constant
    return fact.kind == _TYPE and fact.types <= demand.types


def _is_row_of(project: Project, ref: FunctionRef, demand: Demand, value: ast.expr, facts: Iterable[_Literal]) -> bool:
    """Whether a value is a row that was found, and of one of the models that it is demanded not to be of."""
    found = one_of_query(project, ref, value.id) if demand.kind == _TYPE and isinstance(value, ast.Name) else None
    there = Demand(_NONE, demand.name)
    return (
        found is not None
        and found.of in demand.types
        and (not found.or_none or any(_rules_out(fact, there, value) for fact in facts))
    )


def _is_one_of(project: Project, ref: FunctionRef, demand: Demand, demands: Iterable[Demand], value: ast.expr) -> bool:
    """Whether a value is one of the constants that it is demanded to differ from, whichever way is taken."""
    if demand.kind != _EQUAL:
        return False
    known = {one.constant for one in demands if one.kind == _EQUAL and one.name == demand.name}
    return all(_constant(one) in known for one in _ways(project, ref, value))


def _ways(project: Project, ref: FunctionRef, value: ast.expr) -> Iterator[ast.expr]:
    """The values that an expression chooses between."""
    values = bindings(project, ref).get(value.id, []) if isinstance(value, ast.Name) else []
    if len(values) == 1 and isinstance(values[0], ast.IfExp | ast.Constant | ast.Attribute):
        value = values[0]
    if isinstance(value, ast.IfExp):
        yield from _ways(project, ref, value.body)
        yield from _ways(project, ref, value.orelse)
    else:
        yield value


def _is_impossible(project: Project, ref: FunctionRef, demand: Demand, value: ast.expr) -> bool:
    """Whether the value of an expression can never be what is demanded."""
    match value:
        case _ if demand.kind == _EQUAL:
            return False
        case ast.Constant(value=constant):
            return constant is not None if demand.kind == _NONE else demand.kind == _FALSY and bool(constant)
        case ast.JoinedStr(values=parts):
            has_text = any(isinstance(one, ast.Constant) and one.value for one in parts)
            return demand.kind == _NONE or (demand.kind == _FALSY and has_text)
        case ast.List() | ast.Dict() | ast.Set() | ast.Tuple() | ast.ListComp() | ast.DictComp() | ast.Compare():
            return demand.kind == _NONE
        case ast.Attribute(attr="id") if demand.kind != _TYPE and is_stored(project, ref, value):
            return True
        case ast.Name(id=name) if (local := _local(project, ref, name)) is not None:
            return _is_impossible(project, ref, demand, local)
        case ast.Name() | ast.Attribute():
            return _is_typed(project, ref, demand, value)
    return False


def _local(project: Project, ref: FunctionRef, name: str) -> ast.expr | None:
    """What a local variable is given, where that is one thing and no other name."""
    values = bindings(project, ref).get(name, [])
    return values[0] if len(values) == 1 and isinstance(values[0], ast.JoinedStr | ast.Constant) else None


def _is_typed(project: Project, ref: FunctionRef, demand: Demand, value: ast.expr) -> bool:
    """Whether the type of an expression, as far as annotations say it, excludes what is demanded."""
    default = _default(project, ref, value.id) if isinstance(value, ast.Name) else None
    if isinstance(default, ast.Constant) and default.value is None:
        return False
    kinds = alternatives(type_of(project, ref, value, owner(project, ref)))
    if not kinds or any(not isinstance(one, Instance) for one in kinds) or NONE in kinds:
        return False
    of = [one.of for one in kinds if isinstance(one, Instance)]
    match demand.kind:
        case "none":
            return True
        case "falsy":
            return all(_is_always_true(project, one) for one in of)
    return all((external_kind(one) if isinstance(one, str) else one) in demand.types for one in of)


def _is_always_true(project: Project, of: ClassRef | str) -> bool:
    if isinstance(of, str):
        return of in _ALWAYS_TRUE
    return not methods(project, of, "__bool__") and not methods(project, of, "__len__")
