"""A project's own decorators that register what they decorate with a router.

`def expose(path, **options): return router.get(path, **options)`; a decorator within a decorator that calls
`router.add_api_route(path, function)`; a function that is handed `router.get`, or the router, and calls it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from lifeops_codemods.facts.model import CLASS, Call, Expression
from lifeops_codemods.project import Project, question
from lifeops_codemods.project.constants import Given, constant_text
from lifeops_codemods.project.functions import FunctionRef, function, is_static, owner
from lifeops_codemods.project.instances import returned_expressions
from lifeops_codemods.project.routers import ADDING, DECORATING, RouterMethod, router_method
from lifeops_codemods.project.trees import call_at


class Bound(NamedTuple):
    """The arguments of a call: by position, by keyword, and by the parameter that each is for, where that is known.

    rest: the keywords that only a `**` parameter takes. complete: False if something was unpacked.
    """

    positional: tuple[Given, ...]
    keywords: tuple[tuple[str, Given], ...]
    named: Mapping[str, Given]
    rest: tuple[tuple[str, Given], ...]
    complete: bool

    @classmethod
    def of_call(cls, call: Given) -> Bound:
        """The arguments as they are written."""
        _, _, _, _, arguments, keywords = call.expression
        positional = tuple(call._replace(expression=item) for item in arguments)
        named = tuple((name, call._replace(expression=value)) for name, value in keywords if name is not None)
        unpacked = len(named) < len(keywords) or any(item[0] == "starred" for item in arguments)
        return cls(positional, named, {}, (), not unpacked)


class Wrapper(NamedTuple):
    """A call of a router's method within a function that decorates.

    method: which, or None if the function is handed it (`parameter`), or is handed the router and calls its `verb`.
    endpoint: what is registered, where the call is handed it.
    """

    function: FunctionRef
    parameters: frozenset[str]
    keywords_parameter: str
    call: Given
    method: RouterMethod | None
    parameter: str
    verb: str
    endpoint: Expression | None

    def filled(self, project: Project, bound: Bound | None) -> Bound:
        """The arguments of the inner call, with what the outer call gives for the function's parameters."""
        inner = Bound.of_call(self.call)
        if bound is None:
            return inner._replace(keywords=self._filled(project, inner.keywords, {}))
        keywords = self._filled(project, inner.keywords, bound.named)
        unpacked = [value for name, value in self.call.expression[5] if name is None]
        complete = bound.complete
        for value in unpacked:
            if value[0] == "name" and value[3] == self.keywords_parameter:
                keywords += bound.rest
            else:
                complete = False
        positional = tuple(self._meant(project, item, bound.named) or item for item in inner.positional)
        return Bound(positional, keywords, {}, (), complete)

    def _filled(
        self, project: Project, keywords: tuple[tuple[str, Given], ...], named: Mapping[str, Given]
    ) -> tuple[tuple[str, Given], ...]:
        meant = ((name, self._meant(project, value, named)) for name, value in keywords)
        return tuple((name, value) for name, value in meant if value is not None)

    def _meant(self, project: Project, given: Given, named: Mapping[str, Given]) -> Given | None:
        """What an argument of the inner call stands for; None for a parameter that the outer call leaves out."""
        match given.expression:
            case ("name", _, _, name) if name in self.parameters:
                return named.get(name)
            case ("list" | "tuple" | "set" as kind, start, end, items):
                return given._replace(
                    expression=(kind, start, end, tuple(self._text(project, x, named) for x in items))
                )
        return given

    def _text(self, project: Project, item: Expression, named: Mapping[str, Given]) -> Expression:
        """A parameter within a list as the string that the outer call gives for it."""
        text = constant_text(project, named.get(item[3])) if item[0] == "name" else None
        return item if text is None else ("string", item[1], item[2], text)


@question
def wrappers(project: Project, ref: FunctionRef) -> tuple[Wrapper, ...]:
    """The calls by which a function, used as a decorator, registers what it decorates."""
    row = function(project, ref)
    facts = project.facts(ref.path)
    start, end = row.definition
    calls = [call for call in facts.calls if start <= call.start < end and _is_inside(project, ref, call)]
    return tuple(found for call in calls if (found := _wrapper(project, ref, call)) is not None)


def _is_inside(project: Project, ref: FunctionRef, call: Call) -> bool:
    """Whether a call is made by the function or by one that is nested in it, or decorates a nested one."""
    facts, own = project.facts(ref.path), function(project, ref).own
    scope = call.scope
    while scope >= 0 and scope != own:
        if facts.scopes[scope].kind == CLASS:
            return False
        scope = facts.scopes[scope].parent
    return scope == own


def _wrapper(project: Project, ref: FunctionRef, call: Call) -> Wrapper | None:
    row = function(project, ref)
    if not call.function:
        return None
    parameters = frozenset(item[0] for item in row.parameters)
    handed = len(call.function) <= 2 and call.function[0] in parameters
    if call.function[-1] not in DECORATING | ADDING and not (handed and len(call.function) == 1):
        return None
    if not handed and _is_no_router(project, ref.path, call):
        return None
    expression = call_at(project, ref.path, call.start, call.end)
    if expression is None or not _registers(project, ref, call, expression):
        return None
    method = router_method(project, ref.path, call.scope, expression[3], call.start)
    if method is not None and not method.proven:
        method = None
    if method is None and not handed:
        return None
    return Wrapper(
        function=ref,
        parameters=parameters,
        keywords_parameter=next((item[0] for item in row.parameters if item[1] == "**"), ""),
        call=Given(ref.path, call.scope, expression),
        method=method,
        parameter=call.function[0],
        verb=call.function[1] if len(call.function) == 2 else "",
        endpoint=_endpoint(expression) if call.function[-1] in ADDING else None,
    )


def _is_no_router(project: Project, path: str, call: Call) -> bool:
    """Whether the dotted name that is called is known to be no router's method, told without the file's tree."""
    if not all(part.isidentifier() for part in call.function):
        return False
    chain: Expression = ("name", call.function_start, call.function_start, call.function[0])
    for part in call.function[1:]:
        chain = ("attribute", call.function_start, call.function_start, chain, part)
    method = router_method(project, path, call.scope, chain, call.start)
    return method is None or not method.proven


def _endpoint(expression: Expression) -> Expression | None:
    named: Expression | None = dict(expression[5]).get("endpoint")
    return expression[4][1] if len(expression[4]) > 1 else named


def _registers(project: Project, ref: FunctionRef, call: Call, expression: Expression) -> bool:
    """Whether the call's decorator is returned, or is applied to a function that is not known here."""
    if call.function[-1] in ADDING:
        return True
    span = expression[1], expression[2]
    if any(span == (item[1], item[2]) for item in returned_expressions(project, ref)):
        return True
    return any(span == applied for applied in _applied(project, ref))


@question
def _applied(project: Project, ref: FunctionRef) -> frozenset[tuple[int, int]]:
    """The spans of what is called on the spot, `x(…)(function)`, or decorates a nested function, or is kept."""
    facts, row = project.facts(ref.path), function(project, ref)
    start, end = row.definition
    found: set[tuple[int, int]] = set()
    for call in facts.calls:
        if start <= call.start < end and call.function and call.function[0].endswith("()") and len(call.function) == 1:
            outer = call_at(project, ref.path, call.start, call.end)
            if outer is not None and outer[3][0] == "call":
                found.add((outer[3][1], outer[3][2]))
    for inner in facts.functions:
        if start < inner.start < end and inner.own != row.own:
            found |= {(item[1], item[2]) for item in inner.decorators}
    for binding in facts.bindings:
        if binding.kind == "assign" and start <= binding.start < end and binding.value and binding.value[0] == "call":
            found.add((binding.value[1], binding.value[2]))
    return frozenset(found)


def bind(project: Project, ref: FunctionRef, call: Given, through_instance: bool) -> Bound:
    """What each parameter of a function stands for in a call of it."""
    written = Bound.of_call(call)
    row = function(project, ref)
    parameters = [item for item in row.parameters if item[1] in {"/", ".", "k"}]
    if through_instance and owner(project, ref) is not None and not is_static(project, ref):
        parameters = parameters[1:]
    by_position = [item[0] for item in parameters if item[1] != "k"]
    names = {item[0] for item in parameters if item[1] != "/"}
    named = dict(_defaults(ref, row.scope, parameters))
    named |= dict(zip(by_position, written.positional, strict=False))
    named |= {name: value for name, value in written.keywords if name in names}
    rest = tuple((name, value) for name, value in written.keywords if name not in names)
    return written._replace(named=named, rest=rest)


def _defaults(ref: FunctionRef, scope: int, parameters: list[tuple[object, ...]]) -> Iterator[tuple[str, Given]]:
    for name, _, _, _, default in parameters:
        if default is not None:
            yield str(name), Given(ref.path, scope, default)  # type: ignore[arg-type]
