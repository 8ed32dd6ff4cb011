"""One function run on values, statement by statement: what it returns on each path, and what it adds to a session."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from lifeops_codemods.project import Project
from lifeops_codemods.project.creation.values import (
    NONE,
    NOTHING,
    OTHER,
    SENT,
    Atom,
    Handed,
    Made,
    Several,
    Value,
    flat,
    mapped,
    one,
    part,
    put_together,
    union,
)
from lifeops_codemods.project.exceptions.reached import Callee

_FILLING = frozenset({"append", "add", "insert", "extend", "appendleft"})


@dataclass
class State:
    """What is known at one place. adds: the parameters that are added to a session on every way here."""

    names: dict[str, Value]
    adds: frozenset[str] = frozenset()
    alive: bool = True

    def copy(self) -> State:
        return State(dict(self.names), self.adds, self.alive)

    def become(self, states: Iterable[State]) -> None:
        """Be what is known where several ways meet; those that do not come here do not count."""
        met = [state for state in states if state.alive]
        self.alive = bool(met)
        if met:
            keys = {key for state in met for key in state.names}
            self.names = {key: _either([state.names.get(key, OTHER) for state in met]) for key in keys}
            self.adds = frozenset.intersection(*(state.adds for state in met))


@dataclass
class Run:
    """A run of one function. returns: what it may return; adds: what it adds wherever it returns."""

    project: Project
    callee: Callee
    state: State
    returns: Value = NOTHING
    exits: list[frozenset[str]] = field(default_factory=list)

    def block(self, body: Iterable[ast.stmt]) -> None:
        for statement in body:
            if self.state.alive:
                self.statement(statement)

    def end(self) -> None:
        """The end of the function's body: where it is reached, None is returned."""
        if self.state.alive:
            self.leave(NONE)

    def leave(self, value: Value) -> None:
        """A way out; an answer in which nothing new is, is another answer."""
        self.returns |= value if flat(value) else OTHER
        self.exits.append(self.state.adds)
        self.state.alive = False

    def statement(self, node: ast.stmt) -> None:
        match node:
            case ast.Return(value=value):
                self.leave(NONE if value is None else self.value(value))
            case ast.Raise():
                self.state.alive = False
            case ast.Assign(targets=targets, value=value):
                found = self.value(value)
                for target in targets:
                    self.assign(target, found)
            case ast.AnnAssign(target=target, value=value) if value is not None:
                self.assign(target, self.value(value))
            case ast.AugAssign(target=target, value=value):
                self.assign(target, union((self.value(target), self.value(value))))
            case ast.Expr(value=value):
                self.value(value)
            case ast.If(test=test, body=body, orelse=orelse):
                self.value(test)
                self.either(test, body, orelse)
            case ast.For() | ast.AsyncFor():
                items = self.value(node.iter)
                self.assign(node.target, items)
                self.loop(node.body, node.orelse, any(isinstance(atom, Made | Handed) and atom.whole for atom in items))
            case ast.While(test=test, body=body, orelse=orelse):
                self.value(test)
                self.loop(body, orelse, False)
            case ast.With() | ast.AsyncWith():
                for item in node.items:
                    held = self.value(item.context_expr)
                    if item.optional_vars is not None:
                        self.assign(item.optional_vars, held or OTHER)
                swallows = any(_suppresses(item.context_expr) for item in node.items)
                self.branches([node.body, []] if swallows else [node.body])
            case ast.Try() | ast.TryStar():
                self.attempt(node)
            case ast.Match(subject=subject, cases=cases):
                self.value(subject)
                self.branches([*(case.body for case in cases), []])
            case ast.Break() | ast.Continue():
                self.broken.append(self.state.copy())
                self.state.alive = False
            case ast.Delete() | ast.Assert() | ast.Pass():
                pass
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                self.state.names[name] = OTHER

    broken: list[State] = field(default_factory=list)

    def branches(self, blocks: Iterable[Iterable[ast.stmt]]) -> None:
        before, ends = self.state, []
        for body in blocks:
            self.state = before.copy()
            self.block(body)
            ends.append(self.state)
        self.state = before
        self.state.become(ends)

    def either(self, test: ast.expr, body: list[ast.stmt], orelse: list[ast.stmt]) -> None:
        """Both branches of a condition, each with what the condition says of None."""
        before, ends = self.state, []
        for holds, block in ((True, body), (False, orelse)):
            self.state = before.copy()
            for name in _not_none(test, holds):
                if name in self.state.names:
                    self.state.names[name] -= NONE
            self.block(block)
            ends.append(self.state)
        self.state = before
        self.state.become(ends)

    def loop(self, body: list[ast.stmt], orelse: list[ast.stmt], of_all: bool) -> None:
        """The body not at all, once and twice, so that what it changes is seen by itself.

        of_all: it runs over what there is of new instances, so that where it does not run, there are none.
        """
        outer, self.broken = self.broken, []
        for _ in range(2):
            before = self.state.copy()
            self.block(body)
            after = [self.state.copy(), *self.broken]
            self.state.become(after if of_all else [before, *after])
        self.broken = outer
        self.block(orelse)

    def attempt(self, node: ast.Try | ast.TryStar) -> None:
        before = self.state.copy()
        self.block([*node.body, *node.orelse])
        ends = [self.state.copy()]
        for handler in node.handlers:
            self.state = before.copy()
            self.state.names = {
                name: union((value, ends[0].names.get(name, NOTHING))) for name, value in before.names.items()
            }
            self.state.names |= {name: OTHER for name in ends[0].names if name not in before.names}
            if handler.name:
                self.state.names[handler.name] = OTHER
            self.block(handler.body)
            ends.append(self.state)
        self.state = before
        self.state.become(ends)
        if self.state.alive:
            self.block(node.finalbody)

    def assign(self, target: ast.expr, value: Value) -> None:
        match target:
            case ast.Name(id=name):
                self.state.names[name] = value
            case ast.Tuple(elts=elements) | ast.List(elts=elements):
                for index, element in enumerate(elements):
                    self.assign(element, union(_element(atom, index, len(elements)) for atom in value))
            case ast.Starred(value=inner):
                self.assign(inner, OTHER)
            case ast.Subscript(value=ast.Name(id=name)) if name in self.state.names:
                self.state.names[name] |= value
            case ast.Attribute() | ast.Subscript():
                self.value(target.value)

    def value(self, node: ast.expr) -> Value:
        """What an expression may be."""
        from lifeops_codemods.project.creation import calls

        match node:
            case ast.Constant(value=None):
                return NONE
            case ast.Constant():
                return NOTHING
            case ast.Name(id=name):
                known = self.state.names.get(name)
                return calls.class_named(self, node) if known is None else known
            case ast.Await(value=value) | ast.Starred(value=value) | ast.FormattedValue(value=value):
                return self.value(value)
            case ast.NamedExpr(target=target, value=value):
                found = self.value(value)
                self.assign(target, found)
                return found
            case ast.Call():
                return calls.called(self, node)
            case ast.Attribute(value=value):
                return calls.class_named(self, node, None) or part(self.value(value)) or NOTHING
            case ast.Subscript(value=value):
                return calls.class_of_table(self, node) or part(self.value(value))
            case ast.IfExp(body=body, orelse=orelse):
                return union((self.value(body), self.value(orelse)))
            case ast.BoolOp(values=values):
                return union(self.value(one_) for one_ in values)
            case ast.Tuple(elts=elements):
                return one(Several(tuple(self.value(element) for element in elements)))
            case ast.List(elts=[]):
                return OTHER  # whatever is put into it, it may stay empty
            case ast.List(elts=elements) | ast.Set(elts=elements):
                return union(self.value(element) for element in elements)
            case ast.Dict(values=values):
                return put_together(self.value(value) for value in values)
            case ast.JoinedStr(values=values):
                return put_together(part(self.value(value)) for value in values)
            case ast.ListComp() | ast.SetComp() | ast.GeneratorExp():
                return self.comprehension(node)
            case ast.BinOp(left=left, right=right):
                return put_together((part(self.value(left)), part(self.value(right))))
            case ast.UnaryOp(operand=operand):
                return part(self.value(operand))
            case ast.Compare():
                return NOTHING
        return OTHER

    def comprehension(self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp) -> Value:
        before = dict(self.state.names)
        for inner in node.generators:
            self.assign(inner.target, self.value(inner.iter))
        found = self.value(node.elt)
        self.state.names = {name: value for name, value in self.state.names.items() if name in before}
        self.state.names |= {name: value for name, value in before.items() if name not in self.state.names}
        return found

    def add(self, value: Value) -> None:
        """What is handed to a session's `add`."""
        added = {atom for atom in flat(value) if isinstance(atom, Made | Handed) and atom.whole}
        self.state.adds |= {atom.name for atom in added if isinstance(atom, Handed)}
        places = {(atom.path, atom.start) for atom in added if isinstance(atom, Made)}
        names = {atom.name for atom in added if isinstance(atom, Handed)}

        def marked(atom: Atom) -> Value:
            if isinstance(atom, Made) and (atom.path, atom.start) in places:
                return one(atom._replace(added=True))
            if isinstance(atom, Handed) and atom.name in names:
                return one(atom._replace(added=True))
            return one(atom)

        self.state.names = {name: mapped(held, marked) for name, held in self.state.names.items()}

    def fill(self, node: ast.Call, values: list[Value]) -> None:
        """`items.append(item)`"""
        match node.func:
            case ast.Attribute(value=ast.Name(id=name), attr=method) if method in _FILLING and name in self.state.names:
                self.state.names[name] = union((self.state.names[name], *values))


def _either(values: list[Value]) -> Value:
    """What a variable may be where ways meet: new on one of them is not new on the others."""
    met = union(values)
    return met | SENT if met and not all(values) else met


def _not_none(test: ast.expr, holds: bool) -> Iterator[str]:
    """The variables that are not None where a condition holds, or does not."""
    match test:
        case ast.Name(id=name) if holds:
            yield name
        case ast.NamedExpr(target=ast.Name(id=name)) if holds:
            yield name
        case ast.UnaryOp(op=ast.Not(), operand=inner):
            yield from _not_none(inner, not holds)
        case ast.Compare(left=ast.Name(id=name), ops=[op], comparators=[ast.Constant(value=None)]):
            if isinstance(op, ast.IsNot | ast.NotEq) is holds:
                yield name
        case ast.BoolOp(op=op, values=values) if isinstance(op, ast.And) is holds:
            for inner in values:
                yield from _not_none(inner, holds)


def _element(atom: Atom, index: int, count: int) -> Value:
    if isinstance(atom, Several) and len(atom.of) == count:
        return atom.of[index]
    return flat(one(atom))


def _suppresses(node: ast.expr) -> bool:
    match node:
        case ast.Call(func=ast.Name(id="suppress") | ast.Attribute(attr="suppress")):
            return True
    return False
