"""A summary in the words of a caller: symbols replaced by what the call hands over."""

from __future__ import annotations

from collections.abc import Mapping

from lifeops_codemods.project.classes import ClassRef
from lifeops_codemods.project.flow import applying, attributes, conditions, expressions, loaders
from lifeops_codemods.project.flow.frame import UNGUARDED, Frame, Pending, Readable, Step, Trail
from lifeops_codemods.project.flow.values import (
    CALL,
    ITEM,
    NO_ARGUMENTS,
    NOTHING,
    Arguments,
    Atom,
    ClassValue,
    Criteria,
    Criterion,
    Entity,
    Guard,
    Items,
    Key,
    Known,
    Outcome,
    Path,
    Place,
    Statement,
    Symbol,
    Value,
    inside,
    join,
    one,
)


class Substitution:
    """The arguments of one call, `bound` to the callee's parameters; `step` is the call. known: which are constants."""

    def __init__(self, frame: Frame, bound: Mapping[str, Value], step: Step, known: Mapping[str, Known] = {}) -> None:
        self._frame = frame
        self._bound = bound
        self._constants = known
        self._step = step
        self._known: dict[Atom, Value] = {}

    def value(self, value: Value) -> Value:
        """`value` of the callee, as the caller has it."""
        if not value:
            return NOTHING
        with self._frame.silence():
            return join([self._atom(atom) for atom in value])

    def _atom(self, atom: Atom) -> Value:
        if atom not in self._known:
            self._known[atom] = self._swapped(atom)
        return self._known[atom]

    def _swapped(self, atom: Atom) -> Value:
        match atom:
            case Symbol(root=root, path=path):
                return self._walk(self._bound.get(root, NOTHING), path)
            case Statement():
                return frozenset(self.statements(atom))
            case Outcome():
                return frozenset(atom._replace(statement=statement) for statement in self.statements(atom.statement))
            case Entity():
                return self._walk(self._roots(atom), atom.path)
            case Key(holder=Symbol() as holder):
                only = next(iter(behind)) if len(behind := self._atom(holder)) == 1 else None
                return one(atom._replace(holder=only if isinstance(only, Symbol) else None))
            case Criteria(of=held):
                return one(Criteria(self._held(held)))
        return one(inside(atom, self.value))

    def _roots(self, entity: Entity) -> Value:
        return frozenset(
            entity._replace(statement=statement, path=()) for statement in self.statements(entity.statement)
        )

    def statements(self, statement: Statement) -> list[Statement]:
        """The statements of the caller that one of the callee may be."""
        entities = tuple(self._entity(item) for item in statement.entities)
        left = conditions.remaining(statement.guard, self._constants)
        if left is None:
            return []
        statement = self._with_handed(statement._replace(guard=left))
        if statement.held:
            statement = statement._replace(held=self._held(statement.held))
        if not isinstance(statement.site, Symbol):
            return [statement._replace(entities=entities)]
        return [_added(found, statement) for found in self._atom(statement.site) if isinstance(found, Statement)] + [
            statement._replace(site=found) for found in self._atom(statement.site) if isinstance(found, Symbol)
        ]

    def _held(self, held: frozenset[Criterion]) -> frozenset[Criterion]:
        """What keeps the instances alive by which a query is filtered, in this caller."""
        found = []
        for item in held:
            behind = self._atom(item.holder) if item.holder is not None else NOTHING
            only = next(iter(behind)) if len(behind) == 1 else None
            found.append(item._replace(holder=only if isinstance(only, Symbol) else None))
        return frozenset(found)

    def _with_handed(self, statement: Statement) -> Statement:
        """The statement with the loader options that the callee takes from this caller."""
        given = [self._options(symbol) for symbol in statement.handed]
        return loaders.with_options(self._frame, statement._replace(handed=frozenset()), tuple(given))

    def _options(self, symbol: Symbol) -> Value:
        """What a caller hands over as options; an empty list for none."""
        held = self._bound.get(symbol.root, NOTHING)
        if self._constants.get(symbol.root) in {(None,), (False,)}:  # `()` by default is as good as None
            return one(Items(NOTHING))
        if symbol.path == (ITEM,) and not any(isinstance(atom, Symbol) for atom in held):
            return held
        return self._atom(symbol)

    def _entity(self, entity: ClassRef | Symbol | None) -> ClassRef | Symbol | None:
        if not isinstance(entity, Symbol):
            return entity
        found = {atom.of if isinstance(atom, ClassValue) else atom for atom in self._atom(entity)}
        only = found.pop() if len(found) == 1 else None
        return only if isinstance(only, (ClassRef, Symbol)) else None

    def _walk(self, value: Value, path: Path) -> Value:
        for name in path:
            value = self._step_to(value, name, ())
        return value

    def _step_to(self, value: Value, name: str, trail: Trail) -> Value:
        frame, step = self._frame, self._step
        if name == ITEM:
            return expressions.iterated(frame, value, Place(step.place.path, step.place.start, step.place.start))
        if name == CALL:
            return join([applying.apply(frame, atom, NO_ARGUMENTS, step.place) for atom in value])
        return attributes.attribute(frame, value, name, step.place, trail[0] if trail else step)

    # -- reads

    def reads(self, reads: Mapping[tuple[Readable, Guard], Trail], known: Mapping[str, Known] = {}) -> None:
        """Tell the caller's frame what the callee reads of what it gets, as far as the arguments let it."""
        around = self._frame.guard
        for (what, guard), trail in reads.items():
            left = conditions.remaining(guard, known)
            if left is None or not isinstance(what, (Symbol, Entity)):
                continue
            self._frame.guard = around | left
            with self._frame.silence():
                start = self._bound.get(what.root, NOTHING) if isinstance(what, Symbol) else self._roots(what)
                value = self._walk(start, what.path[:-1])
            if value:
                self._tell(value, what.path[-1], trail)
        self._frame.guard = around

    def calls(self, pending: tuple[Pending, ...], known: Mapping[str, Known]) -> None:
        """Follow the calls of what this caller hands over; leave the others to its own callers."""
        frame, around = self._frame, self._frame.guard
        before, frame.suffix = frame.suffix, (self._step, *frame.suffix)
        for call in pending:
            left = conditions.remaining(call.guard, known)
            callees = self.value(one(call.callee)) if left is not None else NOTHING
            if callees:
                frame.guard = around | (left or UNGUARDED)
                given = self._arguments(call.given)
                for callee in callees:
                    if isinstance(callee, Symbol):
                        frame.defer(callee, given)
                    else:
                        applying.apply(frame, callee, given, self._step.place)
        frame.guard, frame.suffix = around, before

    def _arguments(self, given: Arguments) -> Arguments:
        """The arguments of a callee's call, as the caller has them."""
        keywords = tuple((name, self.value(value)) for name, value in given.keywords)
        return Arguments(tuple(map(self.value, given.positional)), keywords, self.value(given.spread))

    def _tell(self, value: Value, name: str, trail: Trail) -> None:
        frame = self._frame
        before = frame.suffix
        frame.suffix = (*trail[1:], self._step, *before)
        self._step_to(value, name, trail)
        frame.suffix = before


def _added(found: Statement, by: Statement) -> Statement:
    """A statement of the caller with the options that the callee gives it."""
    return found._replace(
        loads=found.loads | by.loads,
        opaque=found.opaque or by.opaque,
        handed=found.handed | by.handed,
        held=found.held | by.held,
        guard=found.guard | by.guard,
    )
