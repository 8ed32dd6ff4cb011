"""Where the values of expressions come from: parameters of the function, or what is loaded in it."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from lifeops_codemods.project import Project, cyclic_question, question
from lifeops_codemods.project.classes import ClassRef
from lifeops_codemods.project.dependencies import depends_of, injected_type
from lifeops_codemods.project.exceptions.blocks import executed
from lifeops_codemods.project.exceptions.plain_methods import PURE, loads_nothing
from lifeops_codemods.project.exceptions.queries import models_named
from lifeops_codemods.project.exceptions.validation import is_schema
from lifeops_codemods.project.functions import FunctionRef, function_node, functions_behind
from lifeops_codemods.project.routes import routes_of
from lifeops_codemods.project.scopes import targets_of
from lifeops_codemods.project.trees import dotted_parts
from lifeops_codemods.project.types import Instance, alternatives
from lifeops_codemods.project.walking import children

LOADED = "*"
"""What is looked at in the database, or by a method of the object: a row that the client named, its state."""
STORED = "#"
"""A value that the program has stored, and that it hands on itself."""
FILED = "~"
"""The same out of a file that it reads: no row that the client named."""
KEPT = frozenset({STORED, FILED})
_SETTINGS = frozenset({"config", "conf", "cfg", "configuration", "app_config", "config_proxy"})
_SENT = frozenset({"json", "form", "body", "read", "text", "receive_json", "receive_text", "receive_bytes"})
"""What is awaited for what the client sent: `await request.json()`."""
_FILED = frozenset({"read_text", "read_bytes"})
"""What reads a file of the program's own."""
_KEYS = frozenset({"id", "pk", "uuid"})
_MAKES = frozenset({"create", "new", "from", "make", "build", "parse", "construct", "add", "insert", "save", "update"})
"""First words of methods that make an object of what they are handed."""
_SCHEMA_METHODS = frozenset({"model_validate", "model_construct", "validate"})


def roots(project: Project, ref: FunctionRef, expressions: Iterable[ast.expr]) -> frozenset[str]:
    """The parameters, and `LOADED`, that the values of expressions come from."""
    parameters = parameters_of(project, ref)
    if parameters is None:
        return frozenset({LOADED})
    bound = bindings(project, ref)
    found: set[str] = set()
    seen: set[str] = set()
    rest = list(expressions)
    while rest:
        node = rest.pop()
        for name, loaded in _names(project, ref, node):
            if name in {"self", "cls"} or (name in parameters and is_session(name)):
                found |= {LOADED} if loaded else set()
            elif name in parameters:
                found |= set() if _is_settings(name) else {name}
            elif name in bound and name not in seen:
                seen.add(name)
                rest += bound[name]
    return frozenset(found)


@question
def parameters_of(project: Project, ref: FunctionRef) -> frozenset[str] | None:
    """The names of all parameters of a function."""
    tree = function_node(project, ref)
    if tree is None:
        return None
    arguments = tree.args
    every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, arguments.vararg, arguments.kwarg]
    return frozenset(one.arg for one in every if one is not None)


@question
def bindings(project: Project, ref: FunctionRef) -> dict[str, list[ast.expr]]:
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


@question
def _held(project: Project, ref: FunctionRef) -> dict[str, list[ast.expr]]:
    """What variables are bound to as a whole: `row["status"] = "done"` says nothing of where the row is from."""
    tree = function_node(project, ref)
    found: dict[str, list[ast.expr]] = {}
    for node in executed(tree.body) if tree is not None else ():
        for targets, value in _bound(node):
            for one in _names_bound(targets):
                found.setdefault(one, []).append(value)
    return found


def _names_bound(targets: Iterable[ast.expr]) -> Iterator[str]:
    for target in targets:
        match target:
            case ast.Name(id=name):
                yield name
            case ast.Tuple(elts=elements) | ast.List(elts=elements):
                yield from _names_bound(elements)
            case ast.Starred(value=value):
                yield from _names_bound([value])


def is_session(name: str) -> bool:
    """Whether a parameter holds the database: what is loaded through it counts, and not that it is there."""
    return name in {"db", "conn", "connection"} or name.endswith("session")


def _is_settings(name: str) -> bool:
    """Whether a parameter holds the settings of the program, and not those of something that users configure."""
    return name in _SETTINGS or name == "settings" or name.endswith("_settings")


def _names(project: Project, ref: FunctionRef, node: ast.expr) -> Iterator[tuple[str, bool]]:
    """The names in an expression, each with whether a method that may load is called on it or on something of it.

    The test of `a if test else b` chooses between values and is in neither; `request.app` is the program, and not
    what was sent; an exception that is made here is made by the program.
    """
    rest: list[ast.AST] = [node]
    while rest:
        one = rest.pop()
        if isinstance(one, ast.Call) and isinstance(one.func, ast.Attribute) and one.func.attr not in PURE:
            base = _base(one.func)
            if isinstance(base, ast.Name) and not loads_nothing(project, ref, one):
                yield base.id, True
        if _is_of_application(one) or _is_exception(one):
            continue
        if isinstance(one, ast.Name):
            yield one.id, False
        elif isinstance(one, ast.IfExp):
            rest += [one.body, one.orelse]
        else:
            rest += children(one)


def _is_exception(node: ast.AST) -> bool:
    name = dotted_parts(node.func)[-1:] if isinstance(node, ast.Call) else ()
    return bool(name) and name[0].endswith(("Error", "Exception", "Warning"))


def _is_of_application(node: ast.AST) -> bool:
    return isinstance(node, ast.Attribute) and node.attr == "app" and isinstance(node.value, ast.Name)


def _base(node: ast.expr) -> ast.expr:
    while isinstance(node, ast.Attribute | ast.Subscript | ast.Call | ast.Await):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node


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


# -- what is loaded


def is_stored(project: Project, ref: FunctionRef, node: ast.expr) -> bool:
    """Whether an expression is a value out of something that is loaded: `row.url`, `user.id`, each of `rows`.

    A loaded object itself is none: what it is like may be what a service looks at when it says no.
    """
    while isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in PURE:
        node = node.func.value
    if isinstance(node, ast.Attribute | ast.Subscript):
        base = _base(node)
        return isinstance(base, ast.Name) and _holds_loaded(project, ref, base.id)
    if not isinstance(node, ast.Name):
        return False
    values = bindings(project, ref).get(node.id, [])
    looped = _loops(project, ref).get(node.id)
    if looped:
        return all(_is_load(project, ref, one) for one in looped)
    return len(values) == 1 and not isinstance(values[0], ast.Name) and is_stored(project, ref, values[0])


def is_filed(project: Project, ref: FunctionRef, node: ast.expr) -> bool:
    """Whether an expression is a value out of a file: `run["pid"]` of `run = json.loads(path.read_text())`.

    Or of what a function of the project makes of a file: `run = read_run(name)`.
    """
    base = _base(node)
    values = _held(project, ref).get(base.id, []) if isinstance(base, ast.Name) else []
    return bool(values) and all(_is_of_file(project, ref, value) for value in values)


def _is_of_file(project: Project, ref: FunctionRef, value: ast.expr) -> bool:
    if any(isinstance(one, ast.Attribute) and one.attr in _FILED for one in ast.walk(value)):
        return True
    call = value.value if isinstance(value, ast.Await) else value
    if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Name):
        return False
    called = [one for target in targets_of(project, ref.path, call.func) for one in functions_behind(project, target)]
    return bool(called) and all(_gives_file(project, one) for one in called)


@cyclic_question(False)
def _gives_file(project: Project, ref: FunctionRef) -> bool:
    """Whether a function returns what it has read of a file, whatever its arguments are."""
    tree = function_node(project, ref)
    returned = [one.value for one in executed(tree.body) if isinstance(one, ast.Return)] if tree is not None else []
    values = [one for one in returned if one is not None and not _is_nothing(one)]
    return bool(values) and all(isinstance(one, ast.Name) and is_filed(project, ref, one) for one in values)


def is_loaded(project: Project, ref: FunctionRef, node: ast.expr) -> bool:
    """Whether an expression is something that is loaded, or a value out of it."""
    base = _base(node)
    return isinstance(base, ast.Name) and _holds_loaded(project, ref, base.id)


@cyclic_question(True)
def _holds_loaded(project: Project, ref: FunctionRef, name: str) -> bool:
    """Whether a variable holds something that is loaded, by the function or by a dependency of the endpoint."""
    if name in (parameters_of(project, ref) or ()):
        return bool(routes_of(project, ref)) and _is_injected_row(project, ref, name)
    values = [value for value in _held(project, ref).get(name, []) if not _is_nothing(value)]
    return bool(values) and all(_is_load(project, ref, value) for value in values)


def _is_injected_row(project: Project, ref: FunctionRef, name: str) -> bool:
    """Whether a parameter of an endpoint is what a dependency loads for it: the user, and not a body or a service."""
    if depends_of(project, ref, name) is None:
        return False
    held = [one.of for one in alternatives(injected_type(project, ref, name)) if isinstance(one, Instance)]
    return name.endswith("user") or any(isinstance(of, ClassRef) and not is_schema(project, of) for of in held)


def _awaits(node: ast.expr) -> Iterator[ast.expr]:
    return (one for one in ast.walk(node) if isinstance(one, ast.Await))


def _is_nothing(node: ast.expr) -> bool:
    """`None` or an empty list, where there is nothing yet."""
    return (isinstance(node, ast.Constant) and node.value is None) or (isinstance(node, ast.List) and not node.elts)


def _is_load(project: Project, ref: FunctionRef, node: ast.expr) -> bool:
    match node:
        case ast.Await(value=ast.Call(func=function)):
            return not (isinstance(function, ast.Attribute) and function.attr in _SENT)
        case ast.Call() if any(isinstance(one, ast.Attribute) and one.attr in _FILED for one in ast.walk(node)):
            return True
        case ast.IfExp(body=body, orelse=orelse):
            held = [one for one in (body, orelse) if not _is_nothing(one)]
            return bool(held) and all(_is_load(project, ref, one) for one in held)
        case ast.List(elts=elements) | ast.Tuple(elts=elements):
            return bool(elements) and all(_is_load(project, ref, one) for one in elements)
        case ast.Call(func=ast.Attribute() as function, args=arguments):
            base = _base(function)
            given = {one.id for one in arguments if isinstance(one, ast.Name)}
            if isinstance(base, ast.Name) and (is_session(base.id) or base.id == "self") and function.attr not in PURE:
                return True
            if _is_of_model(project, ref, base, node) or _goes_through_session(function):
                return True
            return any(map(is_session, given)) or (isinstance(base, ast.Name) and _holds_loaded(project, ref, base.id))
        case ast.Call(args=arguments, keywords=keywords):
            every = (*arguments, *(one.value for one in keywords))
            return any(isinstance(one, ast.Name) and is_session(one.id) for one in every)
        case ast.Attribute() | ast.Subscript():
            base = _base(node)
            return isinstance(base, ast.Name) and _holds_loaded(project, ref, base.id)
        case ast.Name(id=name):
            return _holds_loaded(project, ref, name)
    return False


def _goes_through_session(function: ast.Attribute) -> bool:
    """Whether a chain of calls starts at a session that something else holds: `trans.sa_session.scalars(…).one()`."""
    inner: ast.expr = function.value
    while isinstance(inner, ast.Attribute | ast.Subscript | ast.Call):
        if isinstance(inner, ast.Attribute) and is_session(inner.attr):
            return True
        inner = inner.func if isinstance(inner, ast.Call) else inner.value
    return False


def _is_of_model(project: Project, ref: FunctionRef, base: ast.expr, call: ast.Call) -> bool:
    """Whether a call starts at a model's class and looks for rows: `Trade.get_open()`, and not `Trade.from_dict(…)`."""
    inner: ast.expr = call
    first = ""
    while isinstance(inner, ast.Attribute | ast.Subscript | ast.Call):
        first = inner.attr if isinstance(inner, ast.Attribute) else first
        inner = inner.func if isinstance(inner, ast.Call) else inner.value
    makes = first.lstrip("_").partition("_")[0] in _MAKES or first in _SCHEMA_METHODS
    return isinstance(base, ast.Name) and not makes and bool(models_named(project, ref.path, base))


@question
def _loops(project: Project, ref: FunctionRef) -> dict[str, list[ast.expr]]:
    """What is looped over, by the variables that the loops bind."""
    tree = function_node(project, ref)
    found: dict[str, list[ast.expr]] = {}
    for node in executed(tree.body) if tree is not None else ():
        if isinstance(node, ast.For | ast.AsyncFor | ast.comprehension):
            for one in ast.walk(node.target):
                if isinstance(one, ast.Name):
                    found.setdefault(one.id, []).append(node.iter)
    return found


def origins(project: Project, ref: FunctionRef, expressions: Iterable[ast.expr]) -> frozenset[str]:
    """The parameters that data comes from, and `LOADED` for data that a request did not bring.

    A key of a row and a text that is made here count for nothing, as they are never wrong.
    """
    found: set[str] = set()
    for expression in expressions:
        if any(isinstance(one, ast.Call) and _is_load(project, ref, one) for one in ast.walk(expression)):
            return frozenset({LOADED})
        found |= _origin_of(project, ref, expression)
    return frozenset(found)


def _origin_of(project: Project, ref: FunctionRef, node: ast.expr) -> set[str]:
    known = parameters_of(project, ref) or frozenset()
    local = bindings(project, ref)
    if any(one not in known and one not in local for one in _looked_into(node)):
        return {LOADED}
    return set().union(*(_origin(project, ref, name) for name in set(_data_names(node))))


def _looked_into(node: ast.expr) -> Iterator[str]:
    """The names of what something is taken out of by a key: `ROWS[key]`, `cache.get(key)`."""
    for one in ast.walk(node):
        match one:
            case (
                ast.Subscript(value=ast.Name(id=name))
                | ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr="get" | "pop"))
            ):
                yield name


def _data_names(node: ast.AST) -> Iterator[str]:
    is_key = isinstance(node, ast.Attribute) and (node.attr in _KEYS or node.attr.endswith("_id"))
    if is_key or isinstance(node, ast.JoinedStr):
        return
    if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Store):
        yield node.id
    parts = [node.value] if isinstance(node, ast.Subscript) else ast.iter_child_nodes(node)
    for child in parts:
        yield from _data_names(child)


@cyclic_question(frozenset())
def _origin(project: Project, ref: FunctionRef, name: str) -> frozenset[str] | set[str]:
    if name in {"self", "cls"}:
        return {LOADED}
    if name in (parameters_of(project, ref) or ()):
        if is_session(name) or (routes_of(project, ref) and _is_injected_row(project, ref, name)):
            return {LOADED}
        return set() if _is_settings(name) else {name}
    found: set[str] = set()
    for value in bindings(project, ref).get(name, []):
        if any(_is_load(project, ref, one) for one in (value, *_awaits(value))):
            return {LOADED}
        found |= _origin_of(project, ref, value)
    return found
