"""The statements of one block: inserted, replaced, removed, wrapped.

Only statements with operations are touched; a line of several (`a; b`) is split, and a suite behind its colon opened,
where one of their statements is. Comments above a statement stay above what takes its place.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import libcst as cst

from lifeops_codemods.operation import (
    InsertAfter,
    InsertBefore,
    Operation,
    RemoveStatement,
    ReplaceStatement,
    WrapStatements,
)
from lifeops_codemods.plan.comments import is_pragma
from lifeops_codemods.plan.fragments import HOLE, Fragments, Statement, UnmadeError

Slot = cst.BaseCompoundStatement | cst.BaseSmallStatement
Block = cst.Module | cst.IndentedBlock | cst.SimpleStatementSuite


@dataclass(slots=True)
class Wrapping:
    """A wrap that begins at one slot of a block and ends at another, or the same."""

    first: Slot
    last: Slot
    operation: WrapStatements


@dataclass(slots=True)
class BlockPlan:
    """What is to be done in one block: by slot, and the wraps, inner before outer.

    may_be_empty: the file has more of this block than the region shows; where nothing is left, HOLE marks the place.
    """

    by_slot: dict[Slot, list[Operation]] = field(default_factory=dict)
    wraps: list[Wrapping] = field(default_factory=list)
    may_be_empty: bool = False

    def touches(self, slots: Iterable[Slot]) -> bool:
        ends = {id(slot) for wrap in self.wraps for slot in (wrap.first, wrap.last)}
        return any(slot in self.by_slot or id(slot) in ends for slot in slots)


@dataclass(slots=True)
class _Unit:
    """A statement of the block, or several under one wrap, and what is inserted around."""

    slots: list[Slot]
    body: list[Statement]
    before: list[Statement] = field(default_factory=list)
    after: list[Statement] = field(default_factory=list)

    @property
    def all(self) -> list[Statement]:
        """The statements in order; inserted ones come below the comments that lead the body."""
        if not self.before or not self.body:
            return [*self.before, *self.body, *self.after]
        first, rest = self.body[0], self.body[1:]
        comments = list(first.leading_lines)
        opening = self.before[0].with_changes(leading_lines=[*comments, *self.before[0].leading_lines])
        return [opening, *self.before[1:], first.with_changes(leading_lines=[]), *rest, *self.after]


def rewrite_block(original: Block, updated: cst.CSTNode, plan: BlockPlan, fragments: Fragments) -> Block:
    """Return the block with the plan carried out. Raises UnmadeError."""
    assert isinstance(updated, Block)
    units = _units(original, updated, plan)
    loose: list[cst.EmptyLine] = []
    for unit in units:
        loose = _change(unit, plan.by_slot.get(unit.slots[0], []), loose, fragments)
    for wrap in plan.wraps:
        units = _wrapped(units, wrap, fragments)
    return _assembled(updated, [statement for unit in units for statement in unit.all], loose, plan, fragments)


def slots_of(block: Block) -> list[Slot]:
    """Return the statements of a block, those on one line apart."""
    return [slot for line in _lines(block) for slot in _slots(line)]


def _lines(block: Block) -> Sequence[cst.BaseStatement | cst.BaseSmallStatement]:
    return block.body


def _slots(line: cst.BaseStatement | cst.BaseSmallStatement) -> list[Slot]:
    if isinstance(line, cst.SimpleStatementLine):
        return list(line.body)
    assert isinstance(line, Slot)
    return [line]


def _units(original: Block, updated: Block, plan: BlockPlan) -> list[_Unit]:
    if isinstance(updated, cst.SimpleStatementSuite):
        slots = slots_of(original)
        return _split(slots, updated.body, [], updated.trailing_whitespace)
    units: list[_Unit] = []
    for old, new in zip(_lines(original), _lines(updated), strict=True):
        slots = _slots(old)
        if isinstance(new, cst.SimpleStatementLine) and len(slots) > 1 and plan.touches(slots):
            units += _split(slots, new.body, new.leading_lines, new.trailing_whitespace)
        else:
            assert isinstance(new, Statement)
            units.append(_Unit(slots, [new]))
    return units


def _split(
    slots: Sequence[Slot],
    body: Sequence[cst.BaseSmallStatement],
    leading: Sequence[cst.EmptyLine],
    trailing: cst.TrailingWhitespace,
) -> list[_Unit]:
    """Put small statements of one line on lines of their own; the comment stays behind the last."""
    units: list[_Unit] = []
    for index, (slot, small) in enumerate(zip(slots, body, strict=True)):
        alone = small if index == len(body) - 1 and not _is_semicolon(small) else _without_semicolon(small)
        line = cst.SimpleStatementLine(
            [alone],
            leading_lines=leading if index == 0 else [],
            trailing_whitespace=trailing if index == len(body) - 1 else cst.TrailingWhitespace(),
        )
        units.append(_Unit([slot], [line]))
    return units


def _is_semicolon(small: cst.BaseSmallStatement) -> bool:
    return isinstance(small.semicolon, cst.Semicolon)


def _without_semicolon(small: cst.BaseSmallStatement) -> cst.BaseSmallStatement:
    return small.with_changes(semicolon=cst.MaybeSentinel.DEFAULT)


def _change(
    unit: _Unit, operations: Sequence[Operation], loose: Sequence[cst.EmptyLine], fragments: Fragments
) -> list[cst.EmptyLine]:
    """Carry out the operations on one statement; `loose` comments of removed ones before it go above it.

    Returns the comments that are now loose.
    """
    for operation in operations:
        match operation:
            case ReplaceStatement():
                unit.body = _replacement(unit.body[0], fragments.statements(operation.code))
            case InsertBefore():
                unit.before += fragments.statements(operation.code)
            case InsertAfter():
                unit.after += _set_off(fragments.statements(operation.code))
    if any(isinstance(operation, RemoveStatement) for operation in operations):
        left = [*loose, *_comments(unit.body[0])]
        unit.body = []
        if not unit.before and not unit.after:
            return left
        loose = left
    if loose:
        _lead(unit, loose)
    return []


def _set_off(statements: list[Statement]) -> list[Statement]:
    """A definition has a blank line before it."""
    first, *rest = statements
    if isinstance(first, cst.FunctionDef | cst.ClassDef) and not first.leading_lines:
        first = first.with_changes(leading_lines=[cst.EmptyLine(indent=False)])
    return [first, *rest]


def _lead(unit: _Unit, loose: Sequence[cst.EmptyLine]) -> None:
    target = unit.body or unit.before or unit.after
    target[0] = target[0].with_changes(leading_lines=[*loose, *target[0].leading_lines])


def _replacement(old: Statement, new: list[Statement]) -> list[Statement]:
    """Give the comments around the statement `old` to those that replace it."""
    leading = list(old.leading_lines)
    if isinstance(old, cst.SimpleStatementLine) and old.trailing_whitespace.comment is not None:
        if isinstance(new[-1], cst.SimpleStatementLine) and new[-1].trailing_whitespace.comment is None:
            new[-1] = new[-1].with_changes(trailing_whitespace=old.trailing_whitespace)
        else:
            leading.append(cst.EmptyLine(comment=old.trailing_whitespace.comment))
    new[0] = new[0].with_changes(leading_lines=[*leading, *new[0].leading_lines])
    return new


def _comments(statement: Statement) -> list[cst.EmptyLine]:
    """Return the comments to keep of a removed statement; one that instructs a tool goes with what it is about."""
    kept = list(statement.leading_lines)
    if isinstance(statement, cst.SimpleStatementLine):
        comment = statement.trailing_whitespace.comment
        if comment is not None and not is_pragma(comment.value):
            kept.append(cst.EmptyLine(comment=comment))
    return kept if any(line.comment for line in kept) else []


def _wrapped(units: list[_Unit], wrap: Wrapping, fragments: Fragments) -> list[_Unit]:
    first = next(index for index, unit in enumerate(units) if wrap.first in unit.slots)
    last = next(index for index, unit in enumerate(units) if wrap.last in unit.slots)
    inside = units[first : last + 1]
    before, inside[0].before = inside[0].before, []
    after, inside[-1].after = inside[-1].after, []
    body = [statement for unit in inside for statement in unit.all]
    if not body:
        raise UnmadeError("all that was to be wrapped is removed")
    comments = body[0].leading_lines
    body[0] = body[0].with_changes(leading_lines=[])
    new = fragments.around(wrap.operation.header, wrap.operation.footer, body)
    new = new.with_changes(leading_lines=[*comments, *new.leading_lines])
    unit = _Unit([slot for part in inside for slot in part.slots], [new], before, after)
    return [*units[:first], unit, *units[last + 1 :]]


def _assembled(
    updated: Block, body: list[Statement], loose: Sequence[cst.EmptyLine], plan: BlockPlan, fragments: Fragments
) -> Block:
    if isinstance(updated, cst.Module):
        return updated.with_changes(body=body, footer=[*loose, *updated.footer])
    if not body and plan.may_be_empty:
        body, loose = [cst.SimpleStatementLine([cst.Expr(cst.Name(HOLE))], leading_lines=loose)], []
    if not body:
        body, loose = [cst.SimpleStatementLine([cst.Pass()], leading_lines=loose)], []
    if isinstance(updated, cst.SimpleStatementSuite):
        return cst.IndentedBlock(body, indent=fragments.unit, footer=loose)
    return updated.with_changes(body=body, footer=[*loose, *updated.footer])
