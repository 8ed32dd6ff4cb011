"""An expression replaced, or called upon: parentheses where precedence or a line break asks for them."""

from __future__ import annotations

from typing import TypeVar

import libcst as cst

from lifeops_codemods.plan.fragments import HOLE

_Node = TypeVar("_Node", bound=cst.BaseExpression)

_ATOM, _AWAIT, _POWER, _UNARY, _NOT, _COMPARISON = 16, 15, 14, 13, 5, 6
_OPERATORS: dict[type[cst.CSTNode], int] = {
    cst.Or: 3,
    cst.And: 4,
    cst.BitOr: 7,
    cst.BitXor: 8,
    cst.BitAnd: 9,
    cst.LeftShift: 10,
    cst.RightShift: 10,
    cst.Add: 11,
    cst.Subtract: 11,
    cst.Power: _POWER,
    cst.Not: _NOT,
}
_MULTIPLICATION = 12


def strength(node: cst.CSTNode) -> int:
    """Return how tightly an expression holds together; one in parentheses holds as an atom."""
    return _ATOM if isinstance(node, cst.BaseExpression) and node.lpar else _bare_strength(node)


def _bare_strength(node: cst.CSTNode) -> int:
    """Return how tightly an expression would hold together without its parentheses."""
    match node:
        case cst.NamedExpr() | cst.Yield() | cst.Tuple() | cst.GeneratorExp():
            return 0
        case cst.Lambda():
            return 1
        case cst.IfExp():
            return 2
        case cst.BooleanOperation() | cst.UnaryOperation():
            return _OPERATORS.get(type(node.operator), _UNARY)
        case cst.Comparison():
            return _COMPARISON
        case cst.BinaryOperation():
            return _OPERATORS.get(type(node.operator), _MULTIPLICATION)
        case cst.Await():
            return _AWAIT
        case _:
            return _ATOM


def demanded(parent: cst.CSTNode, node: cst.CSTNode) -> int:
    """Return the strength that an expression needs in the place of `node` below `parent`."""
    match parent:
        case cst.Attribute() | cst.ConcatenatedString():
            return _ATOM
        case cst.Call() if parent.func is node:
            return _ATOM
        case cst.Subscript() if parent.value is node:
            return _ATOM
        case cst.Expr() | cst.Return() | cst.Assign() | cst.AugAssign() | cst.AnnAssign():
            return 0
        case cst.Arg() | cst.Element() | cst.DictElement() | cst.Param() | cst.Index() if not getattr(
            parent, "star", ""
        ):
            return 1
        case cst.If() | cst.While() | cst.Assert() | cst.Raise() | cst.For() | cst.WithItem() | cst.Annotation():
            return 1
        case cst.BinaryOperation() | cst.BooleanOperation() | cst.UnaryOperation() | cst.Comparison():
            return _bare_strength(parent) + 1
        case cst.Await():
            return _ATOM
        case _:
            return _ATOM


def replaced(node: cst.BaseExpression, layers: int, new: cst.BaseExpression, demand: int) -> cst.BaseExpression:
    """Return `new` in the place of `node`, of whose parentheses the `layers` innermost go with it."""
    outer_left, outer_right = node.lpar[: len(node.lpar) - layers], node.rpar[layers:]
    if outer_left:
        return new.with_changes(lpar=[*outer_left, *new.lpar[1:]], rpar=[*new.rpar[:-1], *outer_right])
    return new if strength(new) >= demand else parenthesized(new)


def parenthesized(node: _Node) -> _Node:
    return node.with_changes(lpar=[cst.LeftParen(), *node.lpar], rpar=[*node.rpar, cst.RightParen()])


def called(node: cst.BaseExpression, call: cst.BaseExpression, *, is_whole: bool = False) -> cst.BaseExpression:
    """Return `call`, a chain of calls on the name HOLE, with `node` in that place.

    A chain with a call a line is continued within its parentheses, and its new calls get lines of their own; any other
    one if it `is_whole`: all that a statement returns, or gives a name.
    """
    if _bare_strength(node) < _ATOM or isinstance(node, cst.Integer):
        return _filled(call, node if node.lpar else parenthesized(node))
    broken = _line_break(node)
    if broken is None and not (is_whole and isinstance(node, cst.Call)):
        return _filled(call, node)
    inner = node.with_changes(lpar=[], rpar=[])
    if broken is None:
        return _filled(call, inner).with_changes(lpar=node.lpar, rpar=node.rpar)
    right = list(node.rpar)
    if right and isinstance(closing := right[0].whitespace_before, cst.ParenthesizedWhitespace):
        broken, right[0] = _comment_moved(broken, closing, right[0])
    chain = _filled(_broken(call, broken), inner)
    return chain.with_changes(lpar=node.lpar, rpar=right)


def is_named_or_returned(node: cst.CSTNode) -> bool:
    """Tell whether a statement returns its expression, or gives it to one plain name."""
    match node:
        case cst.Return() | cst.Assign(targets=[cst.AssignTarget(target=cst.Name())]):
            return True
    return False


def _line_break(node: cst.BaseExpression) -> cst.ParenthesizedWhitespace | None:
    """Return the line break before the last link of a chain of calls, without its comments."""
    match node:
        case cst.Call(func=cst.Attribute(dot=cst.Dot(whitespace_before=cst.ParenthesizedWhitespace() as gap))):
            return gap.with_changes(first_line=cst.TrailingWhitespace(), empty_lines=[])
    return None


def _comment_moved(
    broken: cst.ParenthesizedWhitespace, closing: cst.ParenthesizedWhitespace, paren: cst.RightParen
) -> tuple[cst.ParenthesizedWhitespace, cst.RightParen]:
    """Leave the comment before a closing parenthesis on the line that it is on, above what is appended."""
    moved = broken.with_changes(first_line=closing.first_line, empty_lines=closing.empty_lines)
    bare = closing.with_changes(first_line=cst.TrailingWhitespace(), empty_lines=[])
    return moved, paren.with_changes(whitespace_before=bare)


def _broken(call: cst.BaseExpression, gap: cst.ParenthesizedWhitespace) -> cst.BaseExpression:
    """Put each link of the chain `call` on a line of its own; only the first takes the comments of `gap`."""
    match call:
        case cst.Call(func=cst.Attribute(value=cst.Name(value=name)) as link) if name == HOLE:
            return call.with_changes(func=link.with_changes(dot=cst.Dot(whitespace_before=gap)))
        case cst.Call(func=cst.Attribute(value=inner) as link):
            plain = gap.with_changes(first_line=cst.TrailingWhitespace(), empty_lines=[])
            new = link.with_changes(value=_broken(inner, gap), dot=cst.Dot(whitespace_before=plain))
            return call.with_changes(func=new)
    return call


def _filled(call: cst.BaseExpression, node: cst.BaseExpression) -> cst.BaseExpression:
    result = call.visit(_Fill(node))
    assert isinstance(result, cst.BaseExpression)
    return result


class _Fill(cst.CSTTransformer):
    def __init__(self, node: cst.BaseExpression) -> None:
        super().__init__()
        self.node = node

    def leave_Name(self, original_node: cst.Name, updated_node: cst.Name) -> cst.BaseExpression:  # noqa: N802
        return self.node if original_node.value == HOLE else updated_node
