"""Expressions: names, attributes, operators, comprehensions.

Each expression costs a step; what it evaluates to is bounded in size, and an error that Python would raise ends the
evaluation, as does anything that is not understood.
"""

from __future__ import annotations

import ast
import re
from abc import ABC, abstractmethod
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from lifeops_codemods.project.naming import functions, operations
from lifeops_codemods.project.naming.calls import dotted
from lifeops_codemods.project.naming.values import (
    Builtin,
    Definition,
    External,
    Frame,
    Function,
    Located,
    Lookup,
    Method,
    NotUnderstoodError,
    TheClass,
    bounded,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

MAX_STEPS: Final = 10_000
MAX_DEPTH: Final = 20
ABSENT: Final = object()
"""Stands for what the lookup does not know."""

SYMBOLS: Final[Mapping[type[ast.operator], str]] = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Mod: "%",
    ast.FloorDiv: "//",
    ast.BitOr: "|",
    ast.BitAnd: "&",
}


@dataclass(slots=True)
class Expressions(ABC):
    """The state of one evaluation, and how it does expressions.

    calls: values that the caller knows. assigned: the class's attributes that the code has assigned so far.
    """

    calls: Mapping[str, object]
    steps: int = 0
    depth: int = 0
    assigned: dict[str, object] = field(default_factory=dict)

    @abstractmethod
    def call(self, node: ast.Call, frame: Frame) -> object:
        """The value of a call."""

    @abstractmethod
    def of_class(self, function: Function, the_class: TheClass) -> object:
        """What a function returns that is called with the class."""

    @abstractmethod
    def bind(self, target: ast.expr, value: object, frame: Frame) -> None:
        """Assign a value."""

    def step(self, node: ast.AST) -> None:
        self.steps += 1
        if self.steps > MAX_STEPS:
            raise NotUnderstoodError("it takes too many steps", node)

    @contextmanager
    def deeper(self) -> Iterator[None]:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise NotUnderstoodError("the calls are nested too deeply")
        yield
        self.depth -= 1

    def value(self, node: ast.expr, frame: Frame) -> object:
        self.step(node)
        try:
            return bounded(self._value(node, frame))
        except NotUnderstoodError as refusal:
            refusal.node = refusal.node or node
            raise
        except _RAISED as error:
            raise NotUnderstoodError(f"it raises {type(error).__name__}", node) from error

    def _value(self, node: ast.expr, frame: Frame) -> object:
        match node:
            case ast.Constant(value=str() | int() | None):
                return node.value
            case ast.Name():
                return self._name(node.id, frame)
            case ast.Attribute():
                return self._attribute(node, frame)
            case ast.Call():
                return self.call(node, frame)
            case ast.Subscript():
                return self._item(self.value(node.value, frame), node.slice, frame)
            case ast.JoinedStr():
                return "".join(self._text_part(part, frame) for part in node.values)
            case ast.Lambda():
                return Function(node, frame)
            case ast.NamedExpr(target=ast.Name(id=name)):
                frame.names[name] = value = self.value(node.value, frame)
                return value
        if isinstance(node, ast.Tuple | ast.List | ast.Dict | ast.ListComp | ast.GeneratorExp):
            return self._display(node, frame)
        return self._operation(node, frame)

    def _operation(self, node: ast.expr, frame: Frame) -> object:
        match node:
            case ast.BinOp(op=op) if type(op) in SYMBOLS:
                left = self.value(node.left, frame)
                return operations.binary(SYMBOLS[type(op)], left, self.value(node.right, frame))
            case ast.BoolOp():
                return self._choice(node, frame)
            case ast.UnaryOp(op=ast.Not()):
                return not functions.truth(self.value(node.operand, frame))
            case ast.UnaryOp(op=ast.USub()):
                return operations.binary("-", 0, self.value(node.operand, frame))
            case ast.Compare():
                return self._comparison(node, frame)
            case ast.IfExp():
                chosen = node.body if functions.truth(self.value(node.test, frame)) else node.orelse
                return self.value(chosen, frame)
        raise NotUnderstoodError(f"an expression of the kind {type(node).__name__}", node)

    def _display(self, node: ast.expr, frame: Frame) -> object:
        match node:
            case ast.Tuple():
                return tuple(self.value(item, frame) for item in node.elts)
            case ast.List():
                return [self.value(item, frame) for item in node.elts]
            case ast.Dict(keys=keys, values=values) if None not in keys:
                pairs = zip(keys, values, strict=True)
                return {self.value(key, frame): self.value(value, frame) for key, value in pairs if key}
            case ast.ListComp() | ast.GeneratorExp():
                found: list[object] = []
                self._comprehend(node.generators, node.elt, Frame({}, frame.lookup, frame), found)
                return found
        raise NotUnderstoodError(f"an expression of the kind {type(node).__name__}", node)

    def _comprehend(
        self, generators: list[ast.comprehension], element: ast.expr, frame: Frame, found: list[object]
    ) -> None:
        if not generators:
            found.append(self.value(element, frame))
            return
        first, *rest = generators
        if first.is_async:
            raise NotUnderstoodError("an asynchronous loop", element)
        for item in functions.iterated(self.value(first.iter, frame)):
            self.bind(first.target, item, frame)
            if all(functions.truth(self.value(condition, frame)) for condition in first.ifs):
                self._comprehend(rest, element, frame, found)

    def _choice(self, node: ast.BoolOp, frame: Frame) -> object:
        stops_at = isinstance(node.op, ast.Or)
        for operand in node.values[:-1]:
            value = self.value(operand, frame)
            if functions.truth(value) == stops_at:
                return value
        return self.value(node.values[-1], frame)

    def _comparison(self, node: ast.Compare, frame: Frame) -> bool:
        left = self.value(node.left, frame)
        for op, operand in zip(node.ops, node.comparators, strict=True):
            right = self.value(operand, frame)
            if not operations.compare(_COMPARISONS[type(op)], left, right):
                return False
            left = right
        return True

    def _text_part(self, node: ast.expr, frame: Frame) -> str:
        if isinstance(node, ast.FormattedValue):
            spec = self.value(node.format_spec, frame) if node.format_spec else ""
            conversion = chr(node.conversion) if node.conversion > 0 else None
            return operations.with_spec(self.value(node.value, frame), conversion, str(spec))
        return str(self.value(node, frame))

    def _item(self, owner: object, index: ast.expr, frame: Frame) -> object:
        if isinstance(index, ast.Slice):
            bounds = [self.value(part, frame) if part else None for part in (index.lower, index.upper, index.step)]
            key: Any = slice(*bounds)
        else:
            key = self.value(index, frame)
        if isinstance(owner, str | list | tuple | dict | re.Match):
            return owner[key]
        raise NotUnderstoodError("an item of something that is not text or a list")

    def _name(self, name: str, frame: Frame) -> object:
        local = _local(name, frame)
        if local is not None:
            return local.names[name]
        found = self._found(name, frame.lookup)
        if found is not ABSENT:
            return found
        if name in functions.BUILTINS:
            return Builtin(name)
        if name == "re":
            return External(name)
        raise NotUnderstoodError(f"the name {name} is not known")

    def _found(self, name: str, lookup: Lookup) -> object:
        """What the caller's lookup says about a dotted name; a constant's expression is evaluated where it stands."""
        answer = lookup(name)
        if isinstance(answer, Located):
            lookup = answer.lookup
        found = answer.node if isinstance(answer, Located) else answer
        match found:
            case None:
                return ABSENT
            case External():
                return functions.CONSTANTS.get(found.name, found)
            case ast.FunctionDef():
                if unknown := decorators_of(found) - _KEEP_MEANING - _CALLED_ON_READ:
                    raise NotUnderstoodError(f"the decorator {min(unknown)} of {found.name}", found)
                return Function(found, Frame({}, lookup))
        with self.deeper():
            return self.value(found, Frame({}, lookup))

    def _attribute(self, node: ast.Attribute, frame: Frame) -> object:
        name = dotted(node)
        if name and _local(name.partition(".")[0], frame) is None:
            found = self._found(name, frame.lookup)
            if found is not ABSENT:
                return found
        owner = self.value(node.value, frame)
        return self._attribute_of(owner, node.attr, frame)

    def _attribute_of(self, owner: object, name: str, frame: Frame) -> object:
        match owner:
            case TheClass():
                return self._class_attribute(owner, name, frame)
            case External():
                path = f"{owner.name}.{name}"
                return functions.CONSTANTS.get(path, External(path))
            case Builtin(name="str") if name in operations.TEXT_METHODS:
                return Builtin(f"str.{name}")
        if name in _methods_of(owner):
            return Method(owner, name)
        raise NotUnderstoodError(f"the attribute {name} of something that is not the class or text")

    def _class_attribute(self, owner: TheClass, name: str, frame: Frame) -> object:
        if name in ("__name__", "__qualname__"):
            return owner.name
        if name in self.assigned:
            return self.assigned[name]
        found = self._found(f"cls.{name}", frame.lookup)
        if found is ABSENT:
            raise NotUnderstoodError(f"the class's attribute {name} is not known")
        decorators = decorators_of(found.node) if isinstance(found, Function) else set()
        if isinstance(found, Function) and decorators & _CALLED_ON_READ:
            return self.of_class(found, owner)
        if isinstance(found, Function) and "classmethod" in decorators:
            return Function(found.node, found.frame, owner)
        return found


def _local(name: str, frame: Frame) -> Frame | None:
    """The frame that has a local name."""
    scope: Frame | None = frame
    while scope and name not in scope.names:
        scope = scope.outer
    return scope


def decorators_of(node: Definition) -> set[str]:
    if isinstance(node, ast.Lambda):
        return set()
    called = (item.func if isinstance(item, ast.Call) else item for item in node.decorator_list)
    return {dotted(item).removesuffix(".directive").rpartition(".")[2] for item in called}


def _methods_of(owner: object) -> frozenset[str]:
    match owner:
        case str():
            return operations.TEXT_METHODS
        case list():
            return operations.LIST_METHODS
        case dict():
            return operations.DICT_METHODS
        case re.Match():
            return operations.MATCH_METHODS
        case re.Pattern():
            return functions.PATTERN_METHODS
    return frozenset()


_KEEP_MEANING: Final = frozenset(
    {"cache", "classmethod", "lru_cache", "no_type_check", "override", "staticmethod", "typechecked"}
)
_CALLED_ON_READ: Final = frozenset({"classproperty", "declared_attr"})
_RAISED: Final = (
    ArithmeticError,
    AttributeError,
    LookupError,
    StopIteration,
    TypeError,
    ValueError,
    re.error,
)
_COMPARISONS: Final[Mapping[type[ast.cmpop], str]] = {
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.Is: "is",
    ast.IsNot: "is not",
    ast.In: "in",
    ast.NotIn: "not in",
}
