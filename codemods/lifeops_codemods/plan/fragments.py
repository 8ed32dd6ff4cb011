"""Pieces of code that a rule wrote, as LibCST nodes that fit into a region of a file."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

import libcst as cst

from lifeops_codemods.plan.document import NEWLINE, Document
from lifeops_codemods.plan.style import Style
from lifeops_codemods.plan.wording import block, requoted

HOLE = "__lifeops_hole__"

Statement = cst.SimpleStatementLine | cst.BaseCompoundStatement


class UnmadeError(Exception):
    """An operation that cannot be made; the message says why."""


class Fragments(NamedTuple):
    """Parses code for one file. Each method raises UnmadeError for code that does not parse."""

    document: Document
    style: Style

    @property
    def unit(self) -> str:
        return self.document.indent_unit

    def expression(self, code: str) -> cst.BaseExpression:
        """Parse an expression; one that runs over lines outside of brackets gets parentheses."""
        text = self._worded(code)
        try:
            return cst.parse_expression(text)
        except cst.ParserSyntaxError:
            pass
        try:
            return cst.parse_expression(f"({text})")
        except cst.ParserSyntaxError as error:
            raise UnmadeError(f"{code!r} is no expression") from error

    def expression_in_place(self, code: str) -> cst.BaseExpression:
        """Parse an expression whose lines have the indent of the place that it goes to."""
        made = self.expression(code).visit(_IndentInPlace())
        assert isinstance(made, cst.BaseExpression)
        return made

    def call_on_hole(self, call: str) -> cst.BaseExpression:
        """Parse `method(arguments)` as a call on the name HOLE."""
        return self.expression(f"{HOLE}.{call}")

    def argument(self, name: str, value: str) -> cst.Arg:
        equal = cst.AssignEqual(cst.SimpleWhitespace(""), cst.SimpleWhitespace(""))
        return cst.Arg(self.expression(value), keyword=cst.Name(name), equal=equal)

    def parameter(self, code: str) -> cst.Param:
        """Parse one parameter."""
        try:
            function = cst.parse_statement(f"def f({self._worded(code)}): pass")
        except cst.ParserSyntaxError as error:
            raise UnmadeError(f"{code!r} is no parameter") from error
        assert isinstance(function, cst.FunctionDef)
        if len(function.params.params) != 1 or len(function.params.children) != 1:
            raise UnmadeError(f"{code!r} is not one plain parameter")
        return function.params.params[0]

    def statements(self, code: str) -> list[Statement]:
        """Parse statements; the blocks in them carry the file's indent."""
        text = block(code, "", self.document, self.style)
        try:
            module = cst.parse_module(text)
        except cst.ParserSyntaxError as error:
            raise UnmadeError(f"the code to insert does not parse: {code!r}") from error
        if not module.body:
            raise UnmadeError("there is no statement to insert")
        explicit = module.visit(_ExplicitIndent(module.default_indent))
        body = list(explicit.body)
        body[0] = body[0].with_changes(leading_lines=[*module.header, *body[0].leading_lines])
        return body

    def handlers(self, code: str) -> Sequence[cst.ExceptHandler]:
        """Parse `except` clauses."""
        statements = self.statements(f"try:\n    {HOLE}\n{code}")
        if len(statements) != 1 or not isinstance(statements[0], cst.Try) or not statements[0].handlers:
            raise UnmadeError(f"{code!r} is no `except` clause")
        return statements[0].handlers

    def around(self, header: str, footer: str, body: Sequence[Statement]) -> Statement:
        """Put `body` where `header` ends, with `footer` below."""
        inner = re.match(r" *", NEWLINE.split(header.rstrip())[-1])
        assert inner is not None
        code = f"{header.rstrip()}\n{inner[0]}    {HOLE}\n{footer}"
        statements = self.statements(code)
        if len(statements) != 1:
            raise UnmadeError(f"{header!r} is not one statement")
        filled = statements[0].visit(_FillBlock(body))
        assert isinstance(filled, Statement)
        return filled

    def _worded(self, code: str) -> str:
        return NEWLINE.sub(self.document.newline, requoted(code.strip(), self.document, self.style))


class _ExplicitIndent(cst.CSTTransformer):
    """Writes into each block the indent that it has, so that it keeps it in another module."""

    def __init__(self, indent: str) -> None:
        super().__init__()
        self.indent = indent

    def leave_IndentedBlock(self, original_node: cst.IndentedBlock, updated_node: cst.IndentedBlock) -> cst.BaseSuite:  # noqa: N802
        return updated_node if updated_node.indent is not None else updated_node.with_changes(indent=self.indent)


class _IndentInPlace(cst.CSTTransformer):
    """Lets the lines within brackets begin as they are written, whatever block they come into."""

    def leave_ParenthesizedWhitespace(  # noqa: N802
        self, original_node: cst.ParenthesizedWhitespace, updated_node: cst.ParenthesizedWhitespace
    ) -> cst.ParenthesizedWhitespace:
        lines = [line.with_changes(indent=False) for line in updated_node.empty_lines]
        return updated_node.with_changes(indent=False, empty_lines=lines)


class _FillBlock(cst.CSTTransformer):
    """Replaces the block whose only statement is the name HOLE."""

    def __init__(self, body: Sequence[Statement]) -> None:
        super().__init__()
        self.body = body

    def leave_IndentedBlock(self, original_node: cst.IndentedBlock, updated_node: cst.IndentedBlock) -> cst.BaseSuite:  # noqa: N802
        match original_node.body:
            case [cst.SimpleStatementLine(body=[cst.Expr(value=cst.Name(value=name))])] if name == HOLE:
                return updated_node.with_changes(body=list(self.body))
        return updated_node


def line_break(newline: cst.TrailingWhitespace | None, last_line: str) -> cst.ParenthesizedWhitespace:
    """Return a line break within brackets: what ends the line, and the blanks before what follows."""
    return cst.ParenthesizedWhitespace(
        first_line=newline or cst.TrailingWhitespace(),
        indent=True,
        last_line=cst.SimpleWhitespace(last_line),
    )
