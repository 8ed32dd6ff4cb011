"""Every operation that needs a tree, carried out on one region of a file with LibCST.

The region's lines are put under one `if 1:` for each block around them, never dedented, parsed, rewritten, and cut out
again. Within a region expressions come first, then arguments, replaced statements, wraps, insertions; as the tree is
left bottom-up, what is inside is changed before what is around it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

import libcst as cst
from libcst.metadata import MetadataWrapper, PositionProvider

from lifeops_codemods.operation import (
    AddHandlers,
    AddParameter,
    AppendCall,
    AppendItem,
    InsertAfter,
    InsertBefore,
    Operation,
    RemoveArgument,
    RemoveStatement,
    ReplaceExpression,
    ReplaceStatement,
    SetArgument,
    SetDecoratorArgument,
    SetParameter,
    Span,
    WrapStatements,
)
from lifeops_codemods.plan.arguments import (
    add_parameter,
    append_argument,
    append_element,
    remove_argument,
    set_argument,
    set_parameter,
)
from lifeops_codemods.plan.document import NEWLINE, Document
from lifeops_codemods.plan.expressions import called, demanded, is_named_or_returned, replaced
from lifeops_codemods.plan.fragments import HOLE, Fragments, UnmadeError
from lifeops_codemods.plan.regions import Region
from lifeops_codemods.plan.statements import Block, BlockPlan, Slot, Wrapping, rewrite_block, slots_of
from lifeops_codemods.plan.style import Style

_EMPTIED = re.compile(rf"[ \t]*{HOLE}(\r\n|\r|\n|$)")
_ORDER = (
    ReplaceExpression,
    RemoveArgument,
    SetArgument,
    SetDecoratorArgument,
    AppendItem,
    SetParameter,
    AddParameter,
    AppendCall,
    AddHandlers,
    ReplaceStatement,
    RemoveStatement,
    InsertBefore,
    InsertAfter,
)


class Shelled(NamedTuple):
    """A region's lines under their shells: `prefix` + the lines + `suffix` is a module."""

    prefix: str
    lines: str
    suffix: str

    @property
    def text(self) -> str:
        return self.prefix + self.lines + self.suffix


class Outcome(NamedTuple):
    """The region's new lines, and why operations (by index) were not made."""

    lines: str
    refused: dict[int, str]


def shelled(document: Document, region: Region) -> Shelled:
    """Put a region's lines under a shell for each block around them."""
    shells = "".join(f"{indent}if 1:{document.newline}" for indent in ("", *region.indents[:-1]) if region.indents)
    rest = f"{document.newline}{region.stub}" if region.stub else ""
    return Shelled(shells, document.text[region.start : region.end], f"{rest}{document.newline}")


def rewrite_region(
    document: Document, region: Region, operations: Sequence[tuple[Operation, Span]], style: Style
) -> Outcome:
    """Carry out operations, each with its span in `document`, on a region. Raises UnmadeError where all are refused."""
    shell = shelled(document, region)
    module = _parsed(shell)
    places = _Places(module, shell.text, region.start - len(shell.prefix))
    fragments = Fragments(document, style)
    rewriter = _Rewriter(fragments, places.parents)
    rewriter.may_be_empty = None if region.fills_block else _innermost(module, region)
    refused: dict[int, str] = {}
    for index, (operation, span) in enumerate(operations):
        reason = _aim(rewriter, places, index, operation, span)
        if reason is not None:
            refused[index] = reason
    code = module.visit(rewriter).code
    refused |= rewriter.refused
    missing = rewriter.aimed - rewriter.made - refused.keys()
    refused |= dict.fromkeys(missing, "the operation got lost among the others at this place")
    if not (code.startswith(shell.prefix) and code.endswith(shell.suffix)):
        if code.strip():
            raise UnmadeError("the region cannot be cut out of its shell again")
        return Outcome("", refused)
    lines = code[len(shell.prefix) : len(code) - len(shell.suffix)]
    return Outcome(_EMPTIED.sub("", lines).rstrip("\r\n") if HOLE in lines else lines, refused)


def _innermost(module: cst.Module, region: Region) -> Block:
    """Return the block that holds the region's own statements."""
    block: Block = module
    for _ in region.indents:
        shell = block.body[0]
        assert isinstance(shell, cst.If)
        assert isinstance(shell.body, cst.IndentedBlock)
        block = shell.body
    return block


def _parsed(shell: Shelled) -> cst.Module:
    try:
        module = cst.parse_module(shell.text)
    except cst.ParserSyntaxError as error:
        raise UnmadeError("LibCST cannot read this statement") from error
    if module.code != shell.text:
        raise UnmadeError("LibCST does not give this statement back as it is")
    return module


class _Places:
    """Where the nodes of a region are, in offsets of the whole document."""

    def __init__(self, module: cst.Module, text: str, base: int) -> None:
        self.parents: dict[cst.CSTNode, cst.CSTNode] = {}
        self.expressions: dict[Span, tuple[cst.BaseExpression, int]] = {}
        self.calls: dict[Span, cst.Call] = {}
        self.decorators: dict[Span, cst.Decorator] = {}
        self.functions: dict[tuple[int, int], cst.FunctionDef] = {}
        self.blocks: list[tuple[Block, list[tuple[Slot, int, int, int]]]] = []
        self._lines = [base, *(base + match.end() for match in NEWLINE.finditer(text))]
        self._ranges = MetadataWrapper(module, unsafe_skip_copy=True).resolve(PositionProvider)
        self._walk(module)

    def span(self, node: cst.CSTNode) -> Span:
        place = self._ranges[node]
        start = self._lines[place.start.line - 1] + place.start.column
        return Span(start, self._lines[place.end.line - 1] + place.end.column)

    def _walk(self, module: cst.Module) -> None:
        rest: list[cst.CSTNode] = [module]
        while rest:
            node = rest.pop()
            for child in node.children:
                self.parents[child] = node
                rest.append(child)
            match node:
                case cst.BaseExpression():
                    self._note_expression(node)
                case cst.Decorator():
                    self.decorators[self.span(node.decorator)] = node
                    self.decorators[self.span(node)] = node
                case cst.Module() | cst.IndentedBlock() | cst.SimpleStatementSuite():
                    self.blocks.append((node, [self._slot(slot) for slot in slots_of(node)]))

    def _note_expression(self, node: cst.BaseExpression) -> None:
        span = self.span(node)
        self.expressions.setdefault(span, (node, 0))
        if isinstance(node, cst.Call):
            self.calls.setdefault(span, node)
        for layers, (left, right) in enumerate(zip(reversed(node.lpar), node.rpar, strict=True), 1):
            around = Span(self.span(left).start, self.span(right).end)
            self.expressions.setdefault(around, (node, layers))

    def _slot(self, slot: Slot) -> tuple[Slot, int, int, int]:
        """Return a slot with the offsets where it may be said to start, and its end."""
        start, end = self.span(slot)
        decorators = getattr(slot, "decorators", ())
        first = self.span(decorators[0]).start if decorators else start
        return slot, first, start, end


def _aim(rewriter: _Rewriter, places: _Places, index: int, operation: Operation, span: Span) -> str | None:
    """Attach an operation to the node at its span; returns why there is none."""
    match operation:
        case ReplaceExpression() | AppendCall():
            found = places.expressions.get(span)
            if found is None:
                return "there is no expression at this place"
            rewriter.aim(index, operation, found[0], found[1])
        case SetArgument() | RemoveArgument():
            call = places.calls.get(span)
            if call is None:
                return "there is no call at this place"
            rewriter.aim(index, operation, call)
        case AppendItem():
            found = places.expressions.get(span)
            if found is None or not isinstance(found[0], cst.Call | cst.List):
                return "there is no call or list at this place"
            rewriter.aim(index, operation, found[0])
        case SetDecoratorArgument():
            decorator = places.decorators.get(span)
            if decorator is None:
                return "there is no decorator at this place"
            rewriter.aim(index, operation, decorator)
        case SetParameter():
            named = places.expressions.get(span)
            parameter = None if named is None else places.parents[named[0]]
            if not isinstance(parameter, cst.Param):
                return "there is no parameter at this place"
            rewriter.aim(index, operation, parameter)
        case AddParameter():
            function = _function(places, span)
            if function is None:
                return "there is no function at this place"
            rewriter.aim(index, operation, function)
        case AddHandlers():
            run = _run(places, span)
            if run is None or run[1] is not run[2] or not isinstance(run[1], cst.Try):
                return "there is no `try` at this place"
            rewriter.aim(index, operation, run[1])
        case InsertBefore() | InsertAfter() | ReplaceStatement() | RemoveStatement() | WrapStatements():
            run = _run(places, span)
            if run is None:
                return "there is no statement of its own at this place"
            if run[1] is not run[2] and isinstance(operation, ReplaceStatement | RemoveStatement):
                return "there are several statements at this place"
            rewriter.aim_block(index, operation, *run)
        case _:
            return f"{type(operation).__name__} does not apply to a region"
    return None


def _function(places: _Places, span: Span) -> cst.FunctionDef | None:
    run = _run(places, span)
    return run[1] if run is not None and isinstance(run[1], cst.FunctionDef) and run[1] is run[2] else None


def _run(places: _Places, span: Span) -> tuple[Block, Slot, Slot] | None:
    for block, slots in places.blocks:
        first = next((slot for slot, start, late, _ in slots if start <= span.start <= late), None)
        last = next((slot for slot, _, _, end in slots if end == span.end), None)
        if first is not None and last is not None and places.span(last).end > span.start:
            return block, first, last
    return None


@dataclass(frozen=True, slots=True)
class _Aim:
    index: int
    operation: Operation
    layers: int = 0


class _Rewriter(cst.CSTTransformer):
    """Carries out the operations as it leaves the nodes that they are aimed at."""

    def __init__(self, fragments: Fragments, parents: Mapping[cst.CSTNode, cst.CSTNode]) -> None:
        super().__init__()
        self.fragments = fragments
        self.parents = parents
        self.aims: dict[cst.CSTNode, list[_Aim]] = {}
        self.blocks: dict[cst.CSTNode, list[tuple[_Aim, Slot, Slot]]] = {}
        self.on_the_way: set[cst.CSTNode] = set()
        self.aimed: set[int] = set()
        self.made: set[int] = set()
        self.refused: dict[int, str] = {}
        self.may_be_empty: Block | None = None

    def aim(self, index: int, operation: Operation, node: cst.CSTNode, layers: int = 0) -> None:
        self.aims.setdefault(node, []).append(_Aim(index, operation, layers))
        self._mark(index, node)

    def aim_block(self, index: int, operation: Operation, block: Block, first: Slot, last: Slot) -> None:
        self.blocks.setdefault(block, []).append((_Aim(index, operation), first, last))
        self._mark(index, block)

    def _mark(self, index: int, node: cst.CSTNode | None) -> None:
        self.aimed.add(index)
        while node is not None and node not in self.on_the_way:
            self.on_the_way.add(node)
            node = self.parents.get(node)

    def on_visit(self, node: cst.CSTNode) -> bool:
        return node in self.on_the_way

    def on_leave(self, original_node: cst.CSTNode, updated_node: cst.CSTNode) -> cst.CSTNode:  # type: ignore[override]
        for aim in sorted(self.aims.get(original_node, ()), key=_rank):
            updated_node = self._attempt([aim], updated_node, partial(self._made, aim, original_node))
        if original_node in self.blocks:
            updated_node = self._block(original_node, updated_node)
        return updated_node

    def _attempt(
        self, aims: Sequence[_Aim], node: cst.CSTNode, make: Callable[[cst.CSTNode], cst.CSTNode]
    ) -> cst.CSTNode:
        """Return what `make` makes of a node, or the node as it is with its operation refused.

        Raises UnmadeError where there are several, of which only some may be to blame.
        """
        try:
            result = make(node)
        except (UnmadeError, cst.CSTValidationError) as error:
            if len(aims) > 1:
                raise UnmadeError(str(error)) from error
            self.refused |= {aim.index: str(error) for aim in aims}
            return node
        self.made |= {aim.index for aim in aims}
        return result

    def _made(self, aim: _Aim, original: cst.CSTNode, node: cst.CSTNode) -> cst.CSTNode:
        match aim.operation, node:
            case ReplaceExpression(code=code), cst.BaseExpression():
                demand = demanded(self.parents[original], original)
                return replaced(node, aim.layers, self.fragments.expression_in_place(code), demand)
            case AppendCall(call=chain), cst.BaseExpression():
                is_whole = is_named_or_returned(self.parents[original])
                return called(node, self.fragments.call_on_hole(chain), is_whole=is_whole)
            case SetArgument(name=name, value=value), cst.Call():
                return set_argument(node, self.fragments.argument(name, value), self.fragments.unit)
            case AppendItem(code=code), cst.Call():
                return append_argument(node, self.fragments.expression(code), self.fragments.unit)
            case AppendItem(code=code), cst.List():
                return append_element(node, self.fragments.expression(code), self.fragments.unit)
            case RemoveArgument(name=name), cst.Call():
                return remove_argument(node, name)
            case SetDecoratorArgument(name=name, value=value), cst.Decorator():
                call = node.decorator if isinstance(node.decorator, cst.Call) else cst.Call(node.decorator)
                argument = self.fragments.argument(name, value)
                return node.with_changes(decorator=set_argument(call, argument, self.fragments.unit))
            case SetParameter(annotation=annotation, default=default), cst.Param():
                return set_parameter(
                    node,
                    self.fragments.expression(annotation) if annotation else None,
                    self.fragments.expression(default) if default else None,
                )
            case AddParameter(code=code, before=before), cst.FunctionDef():
                return add_parameter(node, self.fragments.parameter(code), before, self.fragments.unit)
            case AddHandlers(code=code, before=before), cst.Try():
                handlers = list(node.handlers)
                place = len(handlers) if before is None else before
                handlers[place:place] = self.fragments.handlers(code)
                return node.with_changes(handlers=handlers)
        raise UnmadeError("another operation has put something else in this place")

    def _block(self, original: cst.CSTNode, updated: cst.CSTNode) -> cst.CSTNode:
        assert isinstance(original, Block)
        plan = BlockPlan(may_be_empty=original is self.may_be_empty)
        entries = sorted(self.blocks[original], key=lambda entry: _rank(entry[0]))
        for aim, first, last in entries:
            if isinstance(aim.operation, WrapStatements):
                plan.wraps.append(Wrapping(first, last, aim.operation))
            else:
                plan.by_slot.setdefault(last if isinstance(aim.operation, InsertAfter) else first, []).append(
                    aim.operation
                )
        aims = [aim for aim, _, _ in entries]
        return self._attempt(aims, updated, partial(rewrite_block, original, plan=plan, fragments=self.fragments))


def _rank(aim: _Aim) -> tuple[int, int, int]:
    """Order operations within a region; of two wraps the shorter comes first."""
    kind = type(aim.operation)
    length = aim.operation.span.end - aim.operation.span.start if kind is WrapStatements else 0
    return (_ORDER.index(kind) if kind in _ORDER else len(_ORDER), length, aim.index)
