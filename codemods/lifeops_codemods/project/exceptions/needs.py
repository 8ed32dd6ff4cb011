"""What an exception depends on: the parameters and the loaded values in the conditions under which it is raised.

An exception that depends on nothing but constants, settings and the makeup of an object is the program's own fault, and
no caller can ask for it: a missing setting, a name that is written in the code, what is `# pragma: no cover`. The
same holds for a helper that only asserts (`if x is None: raise …; return x`, `if not isinstance(x, T): raise …`).
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import NamedTuple

from lifeops_codemods.facts.model import Parameter
from lifeops_codemods.project import Project, question
from lifeops_codemods.project.exceptions.blocks import executed
from lifeops_codemods.project.exceptions.endings import Ending, endings
from lifeops_codemods.project.functions import FunctionNode, FunctionRef, function, function_node, is_static, owner
from lifeops_codemods.project.trees import offsets

Needs = frozenset[str] | None
"""Names of parameters, and `LOADED`; nothing for what is the program's fault, None for what is always raised."""

LOADED = "*"
FAULT: frozenset[str] = frozenset()
_NEVER_RUNS = "pragma: no cover"
_SETTINGS = frozenset({"config", "conf", "cfg", "configuration", "app_config", "config_proxy"})


def needs_of_raise(project: Project, ref: FunctionRef, node: ast.Raise) -> Needs:
    """What a `raise` depends on in its function."""
    found = _surroundings(project, ref).get(node)
    tree = function_node(project, ref)
    if found is None or tree is None:
        return frozenset({LOADED})
    if _is_unreachable(project, ref, node, found) or _only_asserts(tree, found):
        return FAULT
    if any(_asserts_a_type(tree, one) for one in found.conditions):
        return FAULT
    return None if not found.conditions else roots(project, ref, found.conditions)


def _asserts_a_type(tree: FunctionNode, condition: ast.expr) -> bool:
    """`if not isinstance(x, T): raise …`, with `x` a parameter."""
    match condition:
        case ast.UnaryOp(op=ast.Not(), operand=ast.Call(func=ast.Name(id="isinstance"), args=[ast.Name(id=name), _])):
            return name in {one.arg for one in (*tree.args.posonlyargs, *tree.args.args, *tree.args.kwonlyargs)}
    return False


def needs_of_call(project: Project, ref: FunctionRef, call: ast.Call, callee: FunctionRef, inner: Needs) -> Needs:
    """What an exception depends on in the function that makes a call, given what it depends on in the called one."""
    if inner == FAULT:
        return FAULT
    found = _surroundings(project, ref).get(call)
    if inner is None:
        conditions = found.conditions if found is not None else ()
        return roots(project, ref, conditions) if conditions else None
    if LOADED in inner:
        return frozenset({LOADED})
    given = _given(project, call, callee, inner)
    return frozenset({LOADED}) if given is None else roots(project, ref, given)


class _Around(NamedTuple):
    """The conditions under which a node runs, and the branch that it stands in."""

    conditions: tuple[ast.expr, ...]
    branches: tuple[int, ...]


@question
def _surroundings(project: Project, ref: FunctionRef) -> dict[ast.AST, _Around]:
    """For each `raise` and call of a function, what decides whether it runs."""
    tree = function_node(project, ref)
    found: dict[ast.AST, _Around] = {}
    if tree is not None:
        _in_block(tree.body, _Around((), ()), found)
    return found


def _in_block(body: list[ast.stmt], around: _Around, found: dict[ast.AST, _Around]) -> None:
    for statement in body:
        for node in _own(statement):
            found[node] = around
        for conditions, line, block in _branches(statement):
            _in_block(block, _Around((*around.conditions, *conditions), (*around.branches, line)), found)
        if isinstance(statement, ast.If) and Ending.FALLS not in endings(statement.body):
            around = around._replace(conditions=(*around.conditions, statement.test))


def _own(statement: ast.stmt) -> Iterator[ast.AST]:
    """The `raise` that a statement is, and the calls in it, without those in its blocks."""
    blocks = {id(inner) for _, _, block in _branches(statement) for inner in block}
    rest: list[ast.AST] = [statement]
    while rest:
        node = rest.pop()
        if isinstance(node, ast.Raise | ast.Call):
            yield node
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef):
            continue
        rest += [child for child in ast.iter_child_nodes(node) if id(child) not in blocks]


def _branches(statement: ast.stmt) -> Iterator[tuple[tuple[ast.expr, ...], int, list[ast.stmt]]]:
    match statement:
        case ast.If() | ast.While():
            yield (statement.test,), statement.lineno, statement.body
            yield (statement.test,), _line_before(statement.orelse, statement.lineno), statement.orelse
        case ast.For() | ast.AsyncFor():
            yield (statement.iter,), statement.lineno, statement.body
            yield (statement.iter,), statement.lineno, statement.orelse
        case ast.With() | ast.AsyncWith():
            yield (), statement.lineno, statement.body
        case ast.Match():
            for case in statement.cases:
                yield (statement.subject,), case.pattern.lineno, case.body
        case ast.Try() | ast.TryStar():
            yield (), statement.lineno, statement.body
            for handler in statement.handlers:
                yield _tried(statement.body, handler), handler.lineno, handler.body
            yield (), statement.lineno, statement.orelse
            yield (), statement.lineno, statement.finalbody


def _tried(body: list[ast.stmt], handler: ast.ExceptHandler) -> tuple[ast.expr, ...]:
    """What decides whether a handler runs: the lookups for one of `KeyError`, else all that is tried."""
    tried = tuple(node for one in body for node in ast.walk(one) if isinstance(node, ast.expr))
    lookups = tuple(node for node in tried if isinstance(node, ast.Subscript))
    names = {one.id for one in ast.walk(handler.type) if isinstance(one, ast.Name)} if handler.type else set()
    return lookups if lookups and names == {"KeyError"} else tried


def _line_before(block: list[ast.stmt], otherwise: int) -> int:
    return block[0].lineno - 1 if block else otherwise


def _is_unreachable(project: Project, ref: FunctionRef, node: ast.Raise, around: _Around) -> bool:
    starts = offsets(project, ref.path).starts
    text = project.text(ref.path)
    lines = (node.lineno, *around.branches[-1:])
    return any(_NEVER_RUNS in text[starts[line - 1] : _end_of(text, starts, line)] for line in lines)


def _end_of(text: str, starts: list[int], line: int) -> int:
    return starts[line] if line < len(starts) else len(text)


def _only_asserts(tree: FunctionNode, around: _Around) -> bool:
    """`if x is None: raise …` before `return x`, with `x` a parameter."""
    last = tree.body[-1]
    if not isinstance(last, ast.Return) or not isinstance(last.value, ast.Name) or len(around.conditions) != 1:
        return False
    name = last.value.id
    parameters = {one.arg for one in (*tree.args.posonlyargs, *tree.args.args, *tree.args.kwonlyargs)}
    match around.conditions[0]:
        case ast.Compare(left=ast.Name(id=tested), ops=[ast.Is()], comparators=[ast.Constant(value=None)]):
            return tested == name and name in parameters
        case ast.UnaryOp(op=ast.Not(), operand=ast.Name(id=tested)):
            return tested == name and name in parameters
    return False


# -- from expressions to parameters


def roots(project: Project, ref: FunctionRef, expressions: tuple[ast.expr, ...]) -> frozenset[str]:
    """The parameters, and `LOADED`, that the values of expressions come from."""
    tree = function_node(project, ref)
    if tree is None:
        return frozenset({LOADED})
    parameters = _parameters(project, ref, tree)
    bound = _bindings(project, ref)
    found: set[str] = set()
    seen: set[str] = set()
    rest: list[ast.expr] = list(expressions)
    while rest:
        node = rest.pop()
        for name, loaded in _names(node):
            if name in {"self", "cls"} or (name in parameters and _is_session(name)):
                found |= {LOADED} if loaded else set()
            elif name in parameters:
                found |= set() if _is_settings(name) else {name}
            elif name in bound and name not in seen:
                seen.add(name)
                rest += bound[name]
    return frozenset(found)


def _is_settings(name: str) -> bool:
    """Whether a parameter holds the settings of the program, and not those of something that users configure."""
    return name in _SETTINGS or name == "settings" or name.endswith("_settings")


def _is_session(name: str) -> bool:
    """Whether a parameter holds the database: what is loaded through it counts, and not that it is there."""
    return name in {"db", "conn", "connection"} or name.endswith("session")


def _names(node: ast.expr) -> Iterator[tuple[str, bool]]:
    """The names in an expression, each with whether a method is called on it or on something of it."""
    called = {id(one.func) for one in ast.walk(node) if isinstance(one, ast.Call)}
    for one in ast.walk(node):
        if isinstance(one, ast.Attribute) and id(one) in called:
            root: ast.expr = one
            while isinstance(root, ast.Attribute | ast.Subscript | ast.Call):
                root = root.func if isinstance(root, ast.Call) else root.value
            if isinstance(root, ast.Name):
                yield root.id, True
        elif isinstance(one, ast.Name):
            yield one.id, False


def _parameters(project: Project, ref: FunctionRef, tree: FunctionNode) -> set[str]:
    arguments = tree.args
    every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, arguments.vararg, arguments.kwarg]
    return {one.arg for one in every if one is not None}


@question
def _bindings(project: Project, ref: FunctionRef) -> dict[str, list[ast.expr]]:
    """The expressions that the local variables of a function get their values from."""
    tree = function_node(project, ref)
    found: dict[str, list[ast.expr]] = {}
    for node in executed(tree.body) if tree is not None else ():
        for targets, value in _bound(node):
            for target in targets:
                for one in ast.walk(target):
                    if isinstance(one, ast.Name):
                        found.setdefault(one.id, []).append(value)
    return found


def _bound(node: ast.AST) -> Iterator[tuple[list[ast.expr], ast.expr]]:
    match node:
        case ast.Assign(targets=targets, value=value):
            yield targets, value
        case ast.AnnAssign(target=target, value=ast.expr() as value) | ast.AugAssign(target=target, value=value):
            yield [target], value
        case ast.NamedExpr(target=target, value=value):
            yield [target], value
        case ast.For() | ast.AsyncFor() | ast.comprehension():
            yield [node.target], node.iter
        case ast.withitem(context_expr=value, optional_vars=ast.expr() as target):
            yield [target], value


def _given(
    project: Project, call: ast.Call, callee: FunctionRef, wanted: frozenset[str]
) -> tuple[ast.expr, ...] | None:
    """The arguments of a call for some parameters; None where they are unpacked."""
    if any(isinstance(one, ast.Starred) for one in call.args) or any(one.arg is None for one in call.keywords):
        return None
    rows = [Parameter._make(row) for row in function(project, callee).parameters]
    if owner(project, callee) is not None and not is_static(project, callee):
        rows = rows[1:]
    positional = [row.name for row in rows if row.kind in {"/", "."}]
    by_name = dict(zip(positional, call.args, strict=False))
    by_name |= {one.arg: one.value for one in call.keywords if one.arg is not None}
    rest = [row.name for row in rows if row.kind in {"*", "**"}]
    if wanted & set(rest):
        return None
    return tuple(by_name[name] for name in sorted(wanted) if name in by_name)
