"""The new parameters of functions: where they are written, how calls hand them on, and what stands in the way."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from lifeops_codemods.operation import AddParameter, ImportName, Operation, ReplaceExpression, SetArgument, Span
from lifeops_codemods.project import Project, question
from lifeops_codemods.project.exceptions.blocks import executed
from lifeops_codemods.project.functions import FunctionNode, FunctionRef, function, function_node, functions_behind
from lifeops_codemods.project.names import evaluate
from lifeops_codemods.project.routes import routes_of
from lifeops_codemods.project.scopes import library_names, targets_of
from lifeops_codemods.project.threading.patches import replacements
from lifeops_codemods.project.trees import span_of

_PLAIN = frozenset({"staticmethod", "classmethod", "abstractmethod", "override", "overload", "property"})

_EXPOSING = frozenset(
    {"command", "tool", "field", "mutation", "subscription", "resource", "prompt", "callback", "rpc", "register"}
)
"""Decorators that show a function's parameters to somebody: on a command line, to a model, in a query language."""


class Added(NamedTuple):
    """A parameter to be added. annotation: `""` for none; optional: whether it may be None as well."""

    name: str
    annotation: str
    default: str
    optional: bool = False


class Obstacle(NamedTuple):
    """Why a function cannot take the parameters, and where that is seen."""

    path: str
    span: Span
    reason: str
    fix: str


Written = tuple[str, Operation]
"""A file, and what is to be done there."""


def definition_edits(project: Project, ref: FunctionRef, parameters: Iterable[Added]) -> Iterator[Written]:
    """The parameters at the end of a function's own, with defaults, so that every caller keeps what it has."""
    span = Span(*function(project, ref).definition)
    expected = project.text(ref.path)[span.start : span.end]
    for one in parameters:
        annotation, module = _annotation(project, ref.path, one)
        code = f"{one.name}: {annotation} = {one.default}" if annotation else f"{one.name}={one.default}"
        yield ref.path, AddParameter(span=span, expected=expected, code=code)
        if module:
            yield ref.path, ImportName(span=Span(0, 0), expected="", module=module, name="Optional")
    for path, place in replacements(project, ref).lambdas:
        changed = _lambda(project, path, place, parameters)
        if changed is not None:
            yield path, changed


def call_edits(project: Project, path: str, call: ast.Call, values: Mapping[str, str]) -> Iterator[Written]:
    """What a call hands on by keyword."""
    span = Span(*span_of(project, path, call))
    expected = project.text(path)[span.start : span.end]
    for name, value in values.items():
        yield path, SetArgument(span=span, expected=expected, name=name, value=value)


def obstacles(project: Project, ref: FunctionRef, names: Iterable[str]) -> Iterator[Obstacle]:
    """What forbids a function to take parameters of these names."""
    node = function_node(project, ref)
    if node is None:
        return
    wanted = frozenset(names)
    for name in sorted(wanted & _used_names(node)):
        reason = f"{node.name}() has the name {name} for something else"
        yield Obstacle(ref.path, _name_span(project, ref), reason, f"rename {name} in {node.name}()")
    if node.args.kwarg is not None:
        yield from _keyword_callers(project, ref, node, wanted)
    if not routes_of(project, ref):
        yield from _injections(project, ref, node)
    yield from _decorators(project, ref, node)


def _used_names(node: FunctionNode) -> frozenset[str]:
    found = {one.id for one in ast.walk(node) if isinstance(one, ast.Name)}
    return frozenset(found | {one.arg for one in ast.walk(node) if isinstance(one, ast.arg)})


def _keyword_callers(
    project: Project, ref: FunctionRef, node: FunctionNode, wanted: frozenset[str]
) -> Iterator[Obstacle]:
    """Calls that give one of the names already, which the function takes among any others."""
    for path in project.mentioning([node.name]):
        for call in project.facts(path).calls:
            given = {name for name, _ in call.keywords} & wanted
            if call.function[-1:] == (node.name,) and given:
                reason = f"{node.name}() takes any keyword, and is given {', '.join(sorted(given))} here"
                yield Obstacle(path, Span(call.start, call.end), reason, "name these parameters in the function")
                return


def _injections(project: Project, ref: FunctionRef, node: FunctionNode) -> Iterator[Obstacle]:
    """Where FastAPI calls the function itself: all its parameters are ones that clients send."""
    for path in sorted({*project.mentioning(["Depends"]), *project.mentioning(["Security"])}):
        if not project.mentions(path, node.name):
            continue
        for call in project.facts(path).calls:
            for key, value in call.arguments:
                if call.function[-1:] in {("Depends",), ("Security",)} and key in {0, "dependency"}:
                    targets = evaluate(project, path, call.scope, value, call.start)
                    if any(ref in functions_behind(project, target) for target in targets):
                        reason = f"{node.name}() is a dependency as well, whose parameters clients would see"
                        fix = "let the dependency call a function that takes the page"
                        yield Obstacle(path, Span(call.start, call.end), reason, fix)
                        return


def _decorators(project: Project, ref: FunctionRef, node: FunctionNode) -> Iterator[Obstacle]:
    """Decorators that may keep an answer without the new parameters, or do not hand them on."""
    registering = {route.call.span for route in routes_of(project, ref)}
    for decorator in node.decorator_list:
        if span_of(project, ref.path, decorator) in registering:
            continue
        func = decorator.func if isinstance(decorator, ast.Call) else decorator
        name = ast.unparse(func).rpartition(".")[2]
        span = Span(*span_of(project, ref.path, decorator))
        own = [one for target in targets_of(project, ref.path, func) for one in functions_behind(project, target)]
        if name in _PLAIN:
            continue
        if name in _EXPOSING and not routes_of(project, ref):
            reason = f"{node.name}() is registered by {name}, and what it takes may be seen elsewhere"
            yield Obstacle(ref.path, span, reason, "let it call a function that takes the page")
        elif own and not all(hands_on_keywords(project, one) for one in own):
            reason = f"the decorator {name} is not seen to hand on keywords"
            yield Obstacle(ref.path, span, reason, f"let {name} hand on what it is given")
        elif "cache" in name.lower() and (own or _has_own_key(decorator)) and "lru_cache" not in name:
            reason = f"the decorator {name} keeps answers under a key of its own"
            yield Obstacle(ref.path, span, reason, "make the page a part of the key")


def _has_own_key(decorator: ast.expr) -> bool:
    if not isinstance(decorator, ast.Call):
        return False
    return any(keyword.arg and "key" in keyword.arg for keyword in decorator.keywords) or any(
        isinstance(item, ast.Constant | ast.JoinedStr | ast.Lambda) and not _is_number(item) for item in decorator.args
    )


def _is_number(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, int | float)


@question
def hands_on_keywords(project: Project, ref: FunctionRef) -> bool:
    """Whether what a decorator puts around a function takes any keyword, or is the function itself."""
    node = function_node(project, ref)
    if node is None:
        return False
    inner = [one for one in ast.walk(node) if isinstance(one, FunctionNode) and one is not node]
    if any(one.args.kwarg is not None for one in inner):
        return True
    first = node.args.args[0].arg if node.args.args else ""
    returned = [one.value for one in executed(node.body) if isinstance(one, ast.Return)]
    return bool(returned) and all(isinstance(one, ast.Name) and one.id == first for one in returned)


def _annotation(project: Project, path: str, one: Added) -> tuple[str, str]:
    """How a file writes the annotation, and the module that it has to import `Optional` from."""
    if not one.optional or not one.annotation:
        return one.annotation, ""
    text = project.text(path)
    if "| None" in text or not ("Optional[" in text or _uses_optional(project)):
        return f"{one.annotation} | None", ""
    known = any("typing.Optional" in library_names(project, path, node) for node in _optionals(project, path))
    return f"Optional[{one.annotation}]", "" if known else "typing"


def _optionals(project: Project, path: str) -> list[ast.Name]:
    return [one for one in ast.walk(project.tree(path)) if isinstance(one, ast.Name) and one.id == "Optional"][:1]


@question
def _uses_optional(project: Project) -> bool:
    """Whether the project writes `Optional[X]` and nowhere `X | None`."""
    texts = [project.text(path) for path in project.mentioning(["Optional"])]
    if not any("Optional[" in text for text in texts):
        return False
    return not any("| None" in project.text(path) for path in project.mentioning(["None"]))


def _lambda(project: Project, path: str, span: Span, parameters: Iterable[Added]) -> Operation | None:
    text = project.text(path)[span.start : span.end]
    node = ast.parse(f"({text})", mode="eval").body
    if not isinstance(node, ast.Lambda) or node.args.kwarg is not None:
        return None
    added = ", ".join(f"{one.name}={one.default}" for one in parameters)
    before, _, after = text.partition(":") if not node.args.defaults else ("", "", "")
    if not before:
        return None
    code = f"{before}, {added}:{after}" if before.strip() != "lambda" else f"lambda {added}:{after}"
    return ReplaceExpression(span=span, expected=text, code=code)


def _name_span(project: Project, ref: FunctionRef) -> Span:
    row = function(project, ref)
    return Span(row.start, row.start + len(row.name))
