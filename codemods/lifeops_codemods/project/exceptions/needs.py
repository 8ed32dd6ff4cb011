"""What an exception depends on: the parameters and the loaded values in the conditions under which it is raised.

An exception that depends on nothing but constants, settings and the makeup of an object is the program's own fault, and
no caller can ask for it: a missing setting, a name that is written in the code, what is `# pragma: no cover`. The
same holds for a helper that only asserts (`if x is None: raise …; return x`, `if not isinstance(x, T): raise …`,
`if not callable(x): raise …`). What a helper finds wrong with a value that its caller has out of the database
(`STORED`) is nothing that a client sent.
"""

from __future__ import annotations

import ast
from collections.abc import Callable

from lifeops_codemods.project import Project
from lifeops_codemods.project.exceptions.demands import given
from lifeops_codemods.project.exceptions.roots import (
    FILED,
    KEPT,
    LOADED,
    STORED,
    bindings,
    is_filed,
    is_loaded,
    is_stored,
    origins,
    roots,
)
from lifeops_codemods.project.exceptions.surroundings import Around, Condition, surroundings
from lifeops_codemods.project.functions import FunctionNode, FunctionRef, function_node
from lifeops_codemods.project.trees import dotted_parts, offsets

Needs = frozenset[str] | None
"""Names of parameters, with `_NAMES_IN` too, `LOADED`, `STORED` and `FILED`.

Nothing for the program's own fault, None for what is always raised.
"""

FAULT: frozenset[str] = frozenset()
_NAMES_IN = "**"
"""Before the name of `**kwargs`: which names it has, whatever they are given. A call writes them, or unpacks them."""
_NEVER_RUNS = "pragma: no cover"
_OF_FUNCTIONS = frozenset(
    {
        ("callable",), ("iscoroutinefunction",), ("isasyncgenfunction",), ("isgeneratorfunction",), ("isfunction",),
        ("ismethod",), ("isclass",), ("isawaitable",), ("iscoroutine",),
    }
)  # fmt: skip
"""What is asked of functions and classes, which no request brings along."""
_PLATFORM = frozenset({("dialect", "name"), ("sys", "platform"), ("sys", "version_info"), ("os", "name")})
"""How it is written what the program runs on."""


def needs_of_raise(project: Project, ref: FunctionRef, node: ast.Raise) -> Needs:
    """What a `raise` depends on in its function."""
    found = surroundings(project, ref).get(node)
    tree = function_node(project, ref)
    if found is None or tree is None:
        return frozenset({LOADED})
    if found.unreachable or _is_excluded(project, ref, node, found) or _only_asserts(tree, found):
        return FAULT
    if any(_asserts_a_type(tree, one) for one in found.conditions):
        return FAULT
    if found.conditions and (_is_no_case(tree, found.conditions[-1]) or _is_of_platform(found.conditions[-1])):
        return FAULT
    conditions = found.conditions[-1:] if _is_no_case_of_value(found.conditions) else found.conditions
    conditions = tuple(one for one in conditions if not one.is_passed) or conditions
    if not conditions:
        return None
    asked = [_asked_of_names(tree, one.test) for one in conditions]
    names = frozenset(name for name, _ in asked if name)
    return names | roots(project, ref, (part for _, parts in asked for part in parts))


def _asked_of_names(tree: FunctionNode, test: ast.expr) -> tuple[str, tuple[ast.expr, ...]]:
    """What a condition depends on: the names in `**kwargs`, if it asks whether one is there, and other expressions."""
    rest = tree.args.kwarg.arg if tree.args.kwarg is not None else ""
    match test:
        case ast.UnaryOp(op=ast.Not(), operand=inner):
            return _asked_of_names(tree, inner)
        case ast.Compare(
            left=left,
            ops=[ast.In() | ast.NotIn()],
            comparators=[
                ast.Name(id=name) | ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr="keys"), args=[])
            ],
        ) if name == rest:
            return f"{_NAMES_IN}{name}", (left,)
    return "", (test,)


def needs_of_call(project: Project, ref: FunctionRef, call: ast.Call, callee: FunctionRef, inner: Needs) -> Needs:
    """What an exception depends on in the function that makes a call, given what it depends on in the called one."""
    if inner == FAULT:
        return FAULT
    if inner is None:
        found = surroundings(project, ref).get(call)
        conditions = found.conditions if found is not None else ()
        return roots(project, ref, (one.test for one in conditions)) if conditions else None
    return _handed(project, ref, call, callee, inner, _asked)


def data_of_call(project: Project, ref: FunctionRef, call: ast.Call, callee: FunctionRef, inner: Needs) -> Needs:
    """The same of data that is validated: where it comes from."""
    return inner if not inner else _handed(project, ref, call, callee, inner, origins)


def keys_of_call(project: Project, ref: FunctionRef, call: ast.Call, callee: FunctionRef, inner: Needs) -> Needs:
    """The same of what a row is looked for by: what is there already is not asked for."""
    return inner if not inner else _handed(project, ref, call, callee, inner, _keys)


def _keys(project: Project, ref: FunctionRef, arguments: tuple[ast.expr, ...]) -> frozenset[str]:
    there = any(is_loaded(project, ref, one) for one in arguments)
    return frozenset({LOADED}) if there else roots(project, ref, arguments)


def _handed(
    project: Project,
    ref: FunctionRef,
    call: ast.Call,
    callee: FunctionRef,
    inner: frozenset[str],
    come_from: Callable[[Project, FunctionRef, tuple[ast.expr, ...]], frozenset[str]],
) -> frozenset[str]:
    if inner <= KEPT:
        return inner
    if LOADED in inner:
        return frozenset({LOADED})
    asked = {name for name in inner if name.startswith(_NAMES_IN)}
    found = come_from(project, ref, _values(project, ref, call, callee, inner - KEPT - asked))
    for name in asked:
        found |= _names_of(project, ref, call, callee, name.removeprefix(_NAMES_IN))
    return found | (inner & KEPT)


def _names_of(project: Project, ref: FunctionRef, call: ast.Call, callee: FunctionRef, name: str) -> frozenset[str]:
    """What decides which names `**kwargs` has: what is unpacked into it, or the names of what is handed on so."""
    tree = function_node(project, ref)
    own = tree.args.kwarg.arg if tree is not None and tree.args.kwarg is not None else ""
    found: set[str] = set()
    for one in given(project, call, callee).unpacked.get(name, ()):
        handed_on = isinstance(one, ast.Name) and one.id == own
        found |= {f"{_NAMES_IN}{own}"} if handed_on else roots(project, ref, (one,))
    return frozenset(found)


def _values(
    project: Project, ref: FunctionRef, call: ast.Call, callee: FunctionRef, names: frozenset[str]
) -> tuple[ast.expr, ...]:
    """What a call hands over for some parameters, and what it unpacks that may be for them.

    What a function puts into its own `**kwargs` before it hands them on is a part of them.
    """
    arguments = given(project, call, callee)
    found: list[ast.expr] = []
    for name in sorted(names):
        if name in arguments.by_name:
            found.append(arguments.by_name[name])
        found += arguments.rest.get(name, ())
        for one in arguments.unpacked.get(name, ()):
            found += [one, *(bindings(project, ref).get(one.id, ()) if isinstance(one, ast.Name) else ())]
    return tuple(found)


def _asked(project: Project, ref: FunctionRef, arguments: tuple[ast.expr, ...]) -> frozenset[str]:
    stored = [one for one in arguments if is_stored(project, ref, one) or is_filed(project, ref, one)]
    asked = roots(project, ref, [one for one in arguments if one not in stored])
    return asked | {FILED if is_filed(project, ref, one) else STORED for one in stored}


def _asserts_a_type(tree: FunctionNode, condition: Condition) -> bool:
    """`if not isinstance(x, T): raise …` or `if iscoroutinefunction(x): raise …`, with `x` a parameter."""
    match condition.test:
        case ast.UnaryOp(op=ast.Not(), operand=ast.Call(func=ast.Name(id="isinstance"), args=[ast.Name(id=name), _])):
            return condition.holds is True and name in _own_parameters(tree)
        case (
            ast.Call(func=function, args=[ast.Name(id=name)])
            | ast.UnaryOp(op=ast.Not(), operand=ast.Call(func=function, args=[ast.Name(id=name)]))
        ):
            is_asked = dotted_parts(function)[-1:] in _OF_FUNCTIONS
            return is_asked and condition.holds is True and name in _own_parameters(tree)
    return False


def _is_no_case(tree: FunctionNode, condition: Condition) -> bool:
    """The last `else` of `if isinstance(x, A): … elif isinstance(x, B): …`, with `x` a parameter."""
    match condition.test:
        case ast.Call(func=ast.Name(id="isinstance"), args=[ast.Name(id=name), _]):
            return condition.holds is False and name in _own_parameters(tree)
    return False


def _is_no_case_of_value(conditions: tuple[Condition, ...]) -> bool:
    """The last `else` of `if mode == A: … elif mode == B: …`: what is wrong is the value, whatever led there."""
    subjects = [_subject(one) for one in conditions[-2:]]
    return len(subjects) == 2 and subjects[0] == subjects[1] and bool(subjects[0])


def _subject(condition: Condition) -> str:
    match condition.test:
        case ast.Compare(left=left, ops=[ast.Eq() | ast.Is()]) if condition.holds is False:
            return ast.dump(left)
    return ""


def _is_of_platform(condition: Condition) -> bool:
    """Whether what the program runs on decides alone: the dialect of its database, the system, the version."""
    tested = condition.test.operand if isinstance(condition.test, ast.UnaryOp) else condition.test
    sides = [tested.left, *tested.comparators] if isinstance(tested, ast.Compare) else []
    return any(dotted_parts(one)[-2:] in _PLATFORM for one in sides)


def _is_excluded(project: Project, ref: FunctionRef, node: ast.Raise, around: Around) -> bool:
    starts = offsets(project, ref.path).starts
    text = project.text(ref.path)
    lines = (node.lineno, *around.branches[-1:])
    return any(_NEVER_RUNS in text[starts[line - 1] : _end_of(text, starts, line)] for line in lines)


def _end_of(text: str, starts: list[int], line: int) -> int:
    return starts[line] if line < len(starts) else len(text)


def _only_asserts(tree: FunctionNode, around: Around) -> bool:
    """`if x is None: raise …` before `return x`, with `x` a parameter."""
    last = tree.body[-1]
    if not isinstance(last, ast.Return) or not isinstance(last.value, ast.Name) or len(around.conditions) != 1:
        return False
    name = last.value.id
    match around.conditions[0].test:
        case ast.Compare(left=ast.Name(id=tested), ops=[ast.Is()], comparators=[ast.Constant(value=None)]):
            return tested == name and name in _own_parameters(tree)
        case ast.UnaryOp(op=ast.Not(), operand=ast.Name(id=tested)):
            return tested == name and name in _own_parameters(tree)
    return False


def _own_parameters(tree: FunctionNode) -> set[str]:
    return {one.arg for one in (*tree.args.posonlyargs, *tree.args.args, *tree.args.kwonlyargs)}
