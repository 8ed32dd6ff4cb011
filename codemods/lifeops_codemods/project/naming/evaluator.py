"""Computes what a function returns for a class of a given name.

The function's tree is walked one node at a time, in the order Python runs it; a function that takes more than
`MAX_STEPS`, or calls deeper than `MAX_DEPTH`, is not understood. What the tree names outside the function is asked of
the caller's `Lookup`.
"""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from lifeops_codemods.project.naming import functions, operations
from lifeops_codemods.project.naming.calls import dotted
from lifeops_codemods.project.naming.expressions import ABSENT
from lifeops_codemods.project.naming.statements import Statements
from lifeops_codemods.project.naming.values import (
    NO_CALLS,
    Builtin,
    Definition,
    External,
    Frame,
    Function,
    Lookup,
    Method,
    NotUnderstoodError,
    TheClass,
    Unknown,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping


def evaluate(
    function: Definition, class_name: str, lookup: Lookup, *, calls: Mapping[str, object] = NO_CALLS
) -> str | Unknown | None:
    """What a function such as `def __tablename__(cls)` returns for a class of this name; None where it returns None.

    calls: values of calls that only the caller knows, by the function's dotted name (`has_inherited_table`) or, more
    exactly, by the call's text (`hasattr(cls, '__table__')`).
    """
    frame = Frame({}, lookup)
    return _answer(lambda: _Evaluation(calls).of_class(Function(function, frame), TheClass(class_name)))


def evaluate_expression(
    expression: ast.expr,
    class_name: str,
    lookup: Lookup,
    *,
    parameter: str = "cls",
    calls: Mapping[str, object] = NO_CALLS,
) -> str | Unknown | None:
    """The value of one expression, in which `parameter` is the class."""
    frame = Frame({parameter: TheClass(class_name)}, lookup)
    return _answer(lambda: _Evaluation(calls).value(expression, frame))


def evaluate_assignment(
    function: ast.FunctionDef,
    class_name: str,
    lookup: Lookup,
    *,
    attribute: str = "__tablename__",
    calls: Mapping[str, object] = NO_CALLS,
) -> str | Unknown | None:
    """What a function such as `__init_subclass__(cls)` assigns to `cls.__tablename__`; None for nothing."""

    def assigned() -> object:
        evaluation = _Evaluation(calls)
        evaluation.of_class(Function(function, Frame({}, lookup)), TheClass(class_name))
        return evaluation.assigned.get(attribute)

    return _answer(assigned)


def _answer(compute: Callable[[], object]) -> str | Unknown | None:
    try:
        value = compute()
    except NotUnderstoodError as refusal:
        return Unknown(refusal.reason, refusal.node)
    except RecursionError:
        return Unknown("the code is nested too deeply")
    if value is None or isinstance(value, str):
        return value
    return Unknown("the value is not a text")


class _Evaluation(Statements):
    """An evaluation that calls functions as well."""

    __slots__ = ()

    def call(self, node: ast.Call, frame: Frame) -> object:
        known = self._known_call(node)
        if known is not ABSENT:
            return known
        function = self.value(node.func, frame)
        if isinstance(function, External) and function.name in self.calls:
            return self.calls[function.name]
        arguments = [self.value(argument, frame) for argument in node.args]
        keywords = {keyword.arg: self.value(keyword.value, frame) for keyword in node.keywords if keyword.arg}
        if len(keywords) < len(node.keywords):
            raise NotUnderstoodError("a call with ** arguments")
        if isinstance(function, Builtin) and function.name == "getattr":
            return self._getattr(arguments, frame)
        return self._apply(function, arguments, keywords)

    def _known_call(self, node: ast.Call) -> object:
        if not self.calls:
            return ABSENT
        return self.calls.get(ast.unparse(node), self.calls.get(dotted(node.func), ABSENT))

    def _getattr(self, arguments: list[object], frame: Frame) -> object:
        match arguments:
            case [TheClass() as owner, str(name), *_]:
                return self._class_attribute(owner, name, frame)
        raise NotUnderstoodError("a getattr of something that is not the class")

    def _apply(self, function: object, arguments: list[object], keywords: Mapping[str, object] = NO_CALLS) -> object:
        match function:
            case Function():
                return self._call_function(function, arguments, dict(keywords))
            case Builtin(name=name) if name.startswith("str."):
                owner, *arguments = arguments
                return self._call_method(Method(owner, name.removeprefix("str.")), arguments, dict(keywords))
            case Builtin():
                return functions.builtin_function(function.name, arguments, dict(keywords), self._apply)
            case External():
                return functions.library_function(function.name, arguments, dict(keywords), self._apply)
            case Method():
                return self._call_method(function, arguments, dict(keywords))
        raise NotUnderstoodError("a call of something that is not a function")

    def _call_method(self, method: Method, arguments: list[object], keywords: dict[str, object]) -> object:
        match method.owner:
            case str() as text:
                return operations.call_text(text, method.name, arguments, keywords)
            case re.Pattern():
                return functions.regex(method.name, [method.owner, *arguments], keywords, self._apply)
            case list() | dict() as container if not keywords:
                return operations.call_container(container, method.name, arguments)
            case re.Match() if not keywords:
                return getattr(method.owner, method.name)(*arguments)
        raise NotUnderstoodError(f"the method {method.name}")

    def _call_function(self, function: Function, arguments: list[object], keywords: dict[str, object]) -> object:
        if function.first:
            arguments = [function.first, *arguments]
        names = self._parameters(function, arguments, keywords)
        inner = Frame(names, function.frame.lookup, function.frame)
        with self.deeper():
            if isinstance(function.node, ast.Lambda):
                return self.value(function.node.body, inner)
            return self.run(function.node, inner)

    def of_class(self, function: Function, the_class: TheClass) -> object:
        """Call a class's function the way SQLAlchemy and Python call it: with the class, if it takes anything."""
        takes_any = function.node.args.posonlyargs or function.node.args.args
        return self._call_function(function, [the_class] if takes_any else [], {})

    def _parameters(
        self, function: Function, arguments: list[object], keywords: dict[str, object]
    ) -> dict[str, object]:
        spec = function.node.args
        names = [parameter.arg for parameter in (*spec.posonlyargs, *spec.args)]
        if len(arguments) > len(names):
            raise NotUnderstoodError("a call with more arguments than the function takes")
        given = dict(zip(names, arguments, strict=False))
        every = [*names, *(parameter.arg for parameter in spec.kwonlyargs)]
        if set(keywords) & set(given) or not set(keywords) <= set(every):
            raise NotUnderstoodError("a call whose arguments do not fit")
        given |= keywords
        for name, default in self._defaults(spec):
            if name not in given:
                given[name] = self.value(default, function.frame)
        if missing := [name for name in every if name not in given]:
            raise NotUnderstoodError(f"a call without the argument {missing[0]}")
        if spec.vararg:
            given[spec.vararg.arg] = ()
        if spec.kwarg:
            given[spec.kwarg.arg] = {}
        return given

    def _defaults(self, spec: ast.arguments) -> Iterable[tuple[str, ast.expr]]:
        positional = [*spec.posonlyargs, *spec.args]
        for parameter, default in zip(reversed(positional), reversed(spec.defaults), strict=False):
            yield parameter.arg, default
        for parameter, keyword_default in zip(spec.kwonlyargs, spec.kw_defaults, strict=True):
            if keyword_default:
                yield parameter.arg, keyword_default
