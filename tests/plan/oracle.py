"""What an operation must do to a file's tree, written a second time with `ast`, to compare the rewritten text with.

Each function changes the tree that it is given. The text itself is checked apart: comments, and bytes outside changes.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lifeops_codemods.operation import (
    AddParameter,
    AppendCall,
    AppendItem,
    InsertAfter,
    InsertBefore,
    InsertFirst,
    Operation,
    RemoveStatement,
    ReplaceExpression,
    SetArgument,
    Span,
    WrapStatements,
)
from lifeops_codemods.plan.bodies import Definition
from lifeops_codemods.plan.document import Document, first_offset, is_docstring
from lifeops_codemods.plan.regions import inner_blocks

HANDLED = "except LookupError as error:\n    # handled\n    raise OSError('x') from error"
_IN_STRINGS = (ast.JoinedStr, ast.FormattedValue)


@dataclass(frozen=True, slots=True)
class Target:
    """A node, or a run of statements in their block, and its span."""

    span: Span
    nodes: tuple[ast.AST, ...]
    block: list[ast.stmt]


def blocks(document: Document) -> Iterator[list[ast.stmt]]:
    """Yield every block of statements."""
    rest = [document.tree.body]
    while rest:
        block = rest.pop()
        yield block
        for statement in block:
            rest += inner_blocks(statement)


def statements(document: Document) -> list[Target]:
    return [
        Target(Span(first_offset(document, node), document.end(node)), (node,), block)
        for block in blocks(document)
        for node in block
    ]


def expressions(document: Document, kind: type[ast.expr] = ast.expr) -> list[Target]:
    """Return the expressions that another can stand in for; not those in f-strings, whose places 3.11 gets wrong."""
    found: list[Target] = []
    rest: list[ast.AST] = [document.tree]
    while rest:
        node = rest.pop()
        if isinstance(node, _IN_STRINGS):
            continue
        rest += ast.iter_child_nodes(node)
        if isinstance(node, kind) and _is_replaceable(node):
            found.append(Target(document.span(node), (node,), []))
    excluded = _not_values(document.tree)
    return [target for target in found if target.nodes[0] not in excluded]


def _is_replaceable(node: ast.expr) -> bool:
    return isinstance(getattr(node, "ctx", ast.Load()), ast.Load) and not isinstance(node, ast.Slice | ast.Starred)


def _not_values(tree: ast.Module) -> set[ast.AST]:
    """Return the expressions whose place takes only some: patterns, decorators, targets, slices' tuples."""
    found: set[ast.AST] = set()
    for node in ast.walk(tree):
        match node:
            case ast.match_case(pattern=pattern):
                found.update(ast.walk(pattern))
            case ast.Subscript(slice=ast.Tuple() as inner):
                found.add(inner)
            case ast.Call(args=[ast.GeneratorExp() as inner]):
                found.add(inner)
    return found


def expected(document: Document, operation: Operation, target: Target) -> str:
    """Return the dump of the tree that the text must have after the operation."""
    memo: dict[int, object] = {}
    tree = copy.deepcopy(document.tree, memo)
    nodes = [memo[id(node)] for node in target.nodes]
    block = memo[id(target.block)] if target.block else []
    assert isinstance(block, list)
    _change(tree, operation, nodes, block)
    return ast.dump(tree)


def _change(tree: ast.Module, operation: Operation, nodes: Sequence[object], block: list[ast.stmt]) -> None:
    first, last = nodes[0], nodes[-1]
    match operation:
        case ReplaceExpression(code=code):
            _swap(tree, first, ast.parse(code, mode="eval").body)
        case AppendCall(call=call):
            chain = ast.parse(f"HOLE.{call}", mode="eval").body
            hole = next(node for node in ast.walk(chain) if isinstance(node, ast.Name) and node.id == "HOLE")
            _swap(tree, first, chain)
            _swap(tree, hole, first)
        case SetArgument(name=name, value=value):
            assert isinstance(first, ast.Call)
            _set(first, name, ast.parse(value, mode="eval").body)
        case AppendItem(code=code):
            assert isinstance(first, ast.Call | ast.List)
            items = first.args if isinstance(first, ast.Call) else first.elts
            items.append(ast.parse(code, mode="eval").body)
        case AddParameter():
            assert isinstance(first, ast.FunctionDef | ast.AsyncFunctionDef)
            _add_parameter(first.args)
        case WrapStatements(header=header, footer=footer):
            wrap = ast.parse(f"{header}\n    pass\n{footer}").body[0]
            start, end = block.index(first), block.index(last) + 1  # type: ignore[arg-type]
            wrap.body = block[start:end]  # type: ignore[attr-defined]
            block[start:end] = [wrap]
        case InsertBefore(code=code):
            index = block.index(first)  # type: ignore[arg-type]
            block[index:index] = ast.parse(code).body
        case InsertAfter(code=code):
            index = block.index(last) + 1  # type: ignore[arg-type]
            block[index:index] = ast.parse(code).body
        case InsertFirst(code=code):
            assert isinstance(first, Definition)
            _insert_first(first.body, ast.parse(code).body)
        case RemoveStatement():
            block.remove(first)  # type: ignore[arg-type]
            if not block and block is not tree.body:
                block.append(ast.Pass())


def _swap(tree: ast.AST, old: object, new: object) -> None:
    for node in ast.walk(tree):
        for name, value in ast.iter_fields(node):
            if value is old:
                setattr(node, name, new)
                return
            if isinstance(value, list):
                for index, item in enumerate(value):
                    if item is old:
                        value[index] = new
                        return


def _set(call: ast.Call, name: str, value: ast.expr) -> None:
    for keyword in call.keywords:
        if keyword.arg == name:
            keyword.value = value
            return
    call.keywords.append(ast.keyword(name, value))


def _add_parameter(arguments: ast.arguments) -> None:
    parameter = ast.parse("def f(added: int = 0): pass").body[0].args  # type: ignore[attr-defined]
    if arguments.vararg or arguments.kwonlyargs:
        arguments.kwonlyargs.append(parameter.args[0])
        arguments.kw_defaults.append(parameter.defaults[0])
    else:
        arguments.args.append(parameter.args[0])
        arguments.defaults.append(parameter.defaults[0])


def _insert_first(body: list[ast.stmt], code: list[ast.stmt]) -> None:
    only = body[0]
    if len(body) == 1 and (isinstance(only, ast.Pass) or _is_ellipsis(only)):
        body[:] = code
    else:
        at = 1 if is_docstring(only) else 0
        body[at:at] = code


def _is_ellipsis(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and node.value.value is Ellipsis
