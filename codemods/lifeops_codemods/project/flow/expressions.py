"""What expressions stand for."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from typing import Any

from lifeops_codemods.project.flow import (
    applying,
    attributes,
    builtin,
    calls,
    conditions,
    criteria,
    meanings,
    queries,
    statements,
)
from lifeops_codemods.project.flow.frame import Env, Frame, FunctionNode, Step
from lifeops_codemods.project.flow.values import (
    CALL,
    ITEM,
    LONGEST_PATH,
    NO_ARGUMENTS,
    NOTHING,
    Closure,
    Constant,
    Entity,
    Fixed,
    Fresh,
    Items,
    Method,
    Outcome,
    Place,
    Record,
    Statement,
    Symbol,
    Value,
    bounded,
    guarded,
    join,
    one,
    without_criteria,
)
from lifeops_codemods.project.functions import methods
from lifeops_codemods.project.names import denoted, variable
from lifeops_codemods.project.walking import children


def evaluate(frame: Frame, node: ast.expr | None) -> Value:
    """What an expression stands for; evaluating it also tells what it reads."""
    if node is None:
        return NOTHING
    found = _KINDS.get(type(node))
    return found(frame, node) if found is not None else _children(frame, node)


def _children(frame: Frame, node: ast.AST) -> Value:
    """An expression whose value is of no interest, but whose parts may read something."""
    for child in children(node):
        if isinstance(child, ast.expr):
            evaluate(frame, child)
    return NOTHING


def _name(frame: Frame, node: ast.Name) -> Value:
    found = frame.env.get(node.id)
    return found if found is not None else global_name(frame, node.id)


def global_name(frame: Frame, name: str) -> Value:
    """What a name means that the function does not bind."""
    target = variable(frame.project, frame.path, frame.scope, name)
    if target is None:
        return NOTHING
    return join(meanings.behind(frame.engine, item) for item in denoted(frame.project, target))


def _attribute(frame: Frame, node: ast.Attribute) -> Value:
    value = evaluate(frame, node.value)
    return attributes.attribute(frame, value, node.attr, frame.place(node)) if value else NOTHING


def _call(frame: Frame, node: ast.Call) -> Value:
    return calls.call(frame, node)


def _await(frame: Frame, node: ast.Await) -> Value:
    inner = node.value
    if isinstance(inner, ast.Call):
        return calls.call(frame, inner, awaited=True)
    return evaluate(frame, inner)


def _constant(frame: Frame, node: ast.Constant) -> Value:
    value = node.value
    return one(Constant(value)) if isinstance(value, (str, int)) and not isinstance(value, bool) else NOTHING


def _collection(frame: Frame, node: ast.List | ast.Set) -> Value:
    return bounded(one(Items(criteria.listed([_item(frame, item) for item in node.elts]))))


def _item(frame: Frame, node: ast.expr) -> Value:
    if isinstance(node, ast.Starred):
        return iterated(frame, evaluate(frame, node.value), frame.place(node))
    return evaluate(frame, node)


def _tuple(frame: Frame, node: ast.Tuple) -> Value:
    if any(isinstance(item, ast.Starred) for item in node.elts):
        return bounded(one(Items(join(_item(frame, item) for item in node.elts))))
    return bounded(one(Fixed(tuple(evaluate(frame, item) for item in node.elts))))


def _dict(frame: Frame, node: ast.Dict) -> Value:
    fields: dict[str, Value] = {}
    rest: list[Value] = []
    for key, item in zip(node.keys, node.values, strict=True):
        value = evaluate(frame, item)
        if key is None:
            rest += [one(atom) for atom in value if isinstance(atom, Items)]
            fields |= {name: held for atom in value if isinstance(atom, Record) for name, held in atom.fields}
        elif isinstance(key, ast.Constant) and isinstance(key.value, str):
            fields[key.value] = value
        else:
            evaluate(frame, key)
            rest.append(one(Items(value)))
    record = one(Record(tuple(fields.items()))) if fields or not rest else NOTHING
    return bounded(join((record, *rest)))


def _subscript(frame: Frame, node: ast.Subscript) -> Value:
    value = evaluate(frame, node.value)
    index = evaluate(frame, node.slice)
    if isinstance(node.slice, ast.Slice):
        return value
    return join([at(frame, atom, index, frame.place(node)) for atom in value])


def at(frame: Frame, atom: Any, index: Value, place: Place) -> Value:
    keys = {item.value for item in index if isinstance(item, Constant)}
    key = next(iter(keys)) if len(keys) == 1 and len(index) == 1 else None
    match atom:
        case Fixed(of=items) if isinstance(key, int) and -len(items) <= key < len(items):
            return items[key]
        case Record(fields=fields) if isinstance(key, str):
            return join(value for name, value in fields if name == key)
        case Outcome(kind="row") if isinstance(key, int):
            return queries.row_value(atom, key)
        case Outcome(kind="row") if isinstance(key, str):
            return attributes.attribute(frame, one(atom), key, place)
    return iterated(frame, one(atom), place)


def iterated(frame: Frame, value: Value, place: Place) -> Value:
    """What iterating over `value` gives; also one item of it."""
    return join([_iterated(frame, atom, place) for atom in value])


def _iterated(frame: Frame, atom: Any, place: Place) -> Value:
    match atom:
        case Items(of=of):
            return without_criteria(of)
        case Fixed(of=items):
            return join(items)
        case Record(fields=fields):
            return join(value for _, value in fields)
        case Outcome():
            return queries.items_of(atom)
        case Entity() | Fresh():
            return one(atom) if atom.path else NOTHING
        case Symbol() if len(atom.path) < LONGEST_PATH:
            return one(atom._replace(path=(*atom.path, ITEM)))
        case Statement(kind="query"):
            return queries.items_of(queries.run_by_itself(frame, atom, place))
    return NOTHING


# -- branches


def _choice(frame: Frame, node: ast.IfExp) -> Value:
    evaluate(frame, node.test)
    guard = frame.guard
    frame.guard = guard | conditions.conditions(frame, node.test)
    then = evaluate(frame, node.body)
    frame.guard = guard | conditions.conditions(frame, node.test, False)
    otherwise = evaluate(frame, node.orelse)
    frame.guard = guard
    then, otherwise = queries.beside(then, otherwise), queries.beside(otherwise, then)
    if then and otherwise and then != otherwise:
        then = guarded(then, conditions.conditions(frame, node.test))
        otherwise = guarded(otherwise, conditions.conditions(frame, node.test, False))
    return join((then, otherwise))


def _either(frame: Frame, node: ast.BoolOp) -> Value:
    guard, found = frame.guard, []
    for item in node.values:
        found.append(evaluate(frame, item))
        frame.guard |= conditions.conditions(frame, item, isinstance(node.op, ast.And))
    frame.guard = guard
    return join(found)


def _sum(frame: Frame, node: ast.BinOp) -> Value:
    left, right = evaluate(frame, node.left), evaluate(frame, node.right)
    kept = [one(atom) for atom in (*left, *right) if isinstance(atom, (Items, Fixed, Record))]
    return bounded(join(kept)) if isinstance(node.op, (ast.Add, ast.BitOr)) else NOTHING


def _named(frame: Frame, node: ast.NamedExpr) -> Value:
    value = evaluate(frame, node.value)
    frame.env[node.target.id] = value
    return value


# -- scopes within


def _comprehension(frame: Frame, node: ast.ListComp | ast.SetComp | ast.GeneratorExp) -> Value:
    return bounded(one(Items(_within(frame, node.generators, [node.elt])[0])))


def _dict_comprehension(frame: Frame, node: ast.DictComp) -> Value:
    return bounded(one(Items(_within(frame, node.generators, [node.key, node.value])[1])))


def _within(frame: Frame, generators: Sequence[ast.comprehension], nodes: Sequence[ast.expr]) -> list[Value]:
    around = dict(frame.env)
    for generator in generators:
        items = iterated(frame, evaluate(frame, generator.iter), frame.place(generator.iter))
        statements.assign(frame, generator.target, items)
        for test in generator.ifs:
            evaluate(frame, test)
    found = [evaluate(frame, node) for node in nodes]
    frame.env = around
    return found


def _lambda(frame: Frame, node: ast.Lambda) -> Value:
    return closure(frame, node)


def closure(frame: Frame, node: FunctionNode) -> Value:
    """A function that is made within this one."""
    start = frame.place(node).start
    frame.closures[start] = (node, dict(frame.env))
    return one(Closure(frame.path, start))


def run_inside(frame: Frame, node: FunctionNode, names: Env) -> Value:
    """Run a function that is made within this one; what it reads counts as read here."""
    around = frame.env, frame.returns, frame.yields
    frame.env, frame.returns, frame.yields = names, NOTHING, NOTHING
    frame.depth += 1
    if isinstance(node, ast.Lambda):
        found = evaluate(frame, node.body)
    else:
        statements.run(frame, node.body)
        found = frame.returns
        if frame.yields:
            found = join((found, one(Items(frame.yields))))
    frame.depth -= 1
    frame.env, frame.returns, frame.yields = around
    return found


def _yield(frame: Frame, node: ast.Yield) -> Value:
    frame.yields = join((frame.yields, evaluate(frame, node.value)))
    return NOTHING


def _yield_from(frame: Frame, node: ast.YieldFrom) -> Value:
    given = iterated(frame, evaluate(frame, node.value), frame.place(node))
    frame.yields = join((frame.yields, given))
    return NOTHING


def _formatted(frame: Frame, node: ast.FormattedValue) -> Value:
    formatted(frame, evaluate(frame, node.value), frame.place(node.value), "__str__", "__repr__")
    evaluate(frame, node.format_spec)
    return NOTHING


def formatted(frame: Frame, value: Value, place: Place, *names: str) -> None:
    """Putting an instance into a text calls its `__str__`, or the `__repr__` where it has none."""
    if frame.engine.telling.isdisjoint(names):
        return
    for atom in value:
        if isinstance(atom, Symbol):
            model = attributes.symbol_class(frame, atom)
        else:
            model = attributes.model_behind(frame, atom) if isinstance(atom, (Entity, Fresh)) else None
        if isinstance(atom, Symbol) and model is None and len(atom.path) < LONGEST_PATH - 1:
            frame.read(atom._replace(path=(*atom.path, names[0], CALL)), (Step(place, "it is put into a text"),))
        elif model is not None:
            name = next((name for name in names if methods(frame.project, model, name)), "")
            for method in attributes.attribute(frame, one(atom), name, place) if name else ():
                applying.apply(frame, method, NO_ARGUMENTS, place)


def _starred(frame: Frame, node: ast.Starred) -> Value:
    return evaluate(frame, node.value)


def _compared(frame: Frame, node: ast.Compare) -> Value:
    return criteria.compared(frame, node)


_KINDS: dict[type[ast.expr], Callable[[Frame, Any], Value]] = {
    ast.Name: _name,
    ast.Attribute: _attribute,
    ast.Call: _call,
    ast.Await: _await,
    ast.Constant: _constant,
    ast.List: _collection,
    ast.Set: _collection,
    ast.Tuple: _tuple,
    ast.Dict: _dict,
    ast.Subscript: _subscript,
    ast.Compare: _compared,
    ast.IfExp: _choice,
    ast.BoolOp: _either,
    ast.BinOp: _sum,
    ast.NamedExpr: _named,
    ast.ListComp: _comprehension,
    ast.SetComp: _comprehension,
    ast.GeneratorExp: _comprehension,
    ast.DictComp: _dict_comprehension,
    ast.Lambda: _lambda,
    ast.Yield: _yield,
    ast.YieldFrom: _yield_from,
    ast.Starred: _starred,
    ast.FormattedValue: _formatted,
}

__all__ = ["Method", "Step", "builtin", "closure", "evaluate", "global_name", "iterated", "run_inside"]
