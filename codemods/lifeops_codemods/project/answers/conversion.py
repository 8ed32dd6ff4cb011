"""An existing handler of an endpoint, and what must be changed for it to answer with the right status."""

from __future__ import annotations

import ast
from enum import StrEnum, auto
from typing import NamedTuple

from lifeops_codemods.project import Project
from lifeops_codemods.project.answers.answer import Answer, How, answers
from lifeops_codemods.project.answers.handlers import Handler
from lifeops_codemods.project.answers.sites import swallows_answer
from lifeops_codemods.project.exceptions.blocks import executed
from lifeops_codemods.project.exceptions.escapes import flow, passed_decorators
from lifeops_codemods.project.exceptions.kinds import KEY_ERROR, VALIDATION_ERROR, Kind, is_a, kinds_of, lineage
from lifeops_codemods.project.exceptions.leaving import Items, Raised, catches, handled_types
from lifeops_codemods.project.exceptions.raising import raised_kinds
from lifeops_codemods.project.exceptions.translators import handled_by_app
from lifeops_codemods.project.functions import FunctionNode, FunctionRef, function_node
from lifeops_codemods.project.locals import returns_value
from lifeops_codemods.project.trees import span_of

_NOTHING = frozenset({How.NONE, How.GOES_ON})
_FAULTS_OF_UPSTREAM = frozenset({502, 503, 504})
_ALSO_THE_CLIENTS = (
    "builtins.ValueError", "builtins.TypeError", "builtins.LookupError", "builtins.ArithmeticError",
    "builtins.AttributeError",
)  # fmt: skip
"""Classes that stand beside ValueError in a tuple without changing what it is about."""


class Refused(StrEnum):
    """Why a handler that answers otherwise stays as it is."""

    NEVER_RUNS = auto()
    STREAM = auto()
    ON_PURPOSE = auto()
    COMPUTED = auto()
    OTHER_EXCEPTION = auto()
    SEVERAL_ANSWERS = auto()
    PAGE = auto()
    VALUE = auto()
    RICH_BODY = auto()
    SWALLOWED = auto()
    OWN_DATA = auto()
    UPSTREAM = auto()
    CATCHES_MORE = auto()
    BOTH_ERRORS = auto()
    NO_LOOKUP = auto()
    DECORATED = auto()
    MADE = auto()
    LIST = auto()


class Change(NamedTuple):
    """A handler to change, at its one ending."""

    handler: Handler
    answer: Answer


def judged(
    project: Project, ref: FunctionRef, handler: Handler, wanted: Kind, code: int, *, convert_4xx: bool
) -> Change | Refused | None:
    """What is to be done with a handler of `wanted`; None where it is none, answers right, or is control flow."""
    path, clause = ref.path, handler.clause
    kinds = [kind for node in handled_types(clause) for kind in kinds_of(project, path, node)]
    if wanted not in kinds:
        return None
    found = answers(project, path, clause)
    if handler.stream:
        return Refused.STREAM
    tree = function_node(project, ref)
    if not found or tree is None or code in {one.code for one in found}:
        return None
    if _is_control_flow(tree, handler, found, wanted):
        return None
    if any(_goes_elsewhere(project, ref, handler, one, wanted) for one in found):
        return None
    refused = _refused(project, ref, handler, found, wanted, kinds, convert_4xx=convert_4xx)
    return refused or Change(handler, found[0])


def _is_control_flow(tree: FunctionNode, handler: Handler, found: tuple[Answer, ...], wanted: Kind) -> bool:
    """Whether the endpoint goes on after the handler with something else; only to show the error is not that.

    An endpoint that never returns anything is done where there is nothing to do.
    """
    if wanted == KEY_ERROR and not returns_value(tree) and all(one.how in _NOTHING for one in found):
        return True
    if all(one.how is not How.GOES_ON for one in found):
        return False
    if handler.looped or not handler.last or len(found) > 1:
        return True
    return any(not _only_shows(statement) for statement in handler.clause.body)


def _only_shows(statement: ast.stmt) -> bool:
    if isinstance(statement, ast.Pass):
        return True
    if not isinstance(statement, ast.Expr):
        return False
    if isinstance(statement.value, ast.Constant):
        return True
    called = statement.value.func if isinstance(statement.value, ast.Call) else None
    name = called.attr if isinstance(called, ast.Attribute) else called.id if isinstance(called, ast.Name) else ""
    return name in {
        "print", "debug", "info", "warning", "warn", "error", "exception", "critical", "log", "print_exc", "pprint",
    }  # fmt: skip


def _goes_elsewhere(project: Project, ref: FunctionRef, handler: Handler, one: Answer, wanted: Kind) -> bool:
    """Whether what the handler raises is answered elsewhere: by a `try` around it, a decorator, the application."""
    if one.how is How.RERAISED:
        kinds: tuple[Kind, ...] = (wanted,)
    elif one.how is How.OTHER_EXCEPTION and isinstance(one.statement, ast.Raise) and one.statement.exc is not None:
        kinds = raised_kinds(project, ref.path, one.statement.exc)
    else:
        return False
    return bool(kinds) and all(_is_answered(project, ref, handler, one, kind) for kind in kinds)


def _is_answered(project: Project, ref: FunctionRef, handler: Handler, one: Answer, kind: Kind) -> bool:
    if handled_by_app(project, ref.path, kind) is not None:
        return True
    for outer in handler.around:
        if any(catches(project, ref.path, clause, kind) is not False for clause in outer.handlers):
            return True
    assert one.statement is not None
    item = Raised(kind, ref.path, *span_of(project, ref.path, one.statement))
    passed = passed_decorators(project, ref, (item,))
    return not passed.items and not passed.lost


def _is_lost(project: Project, ref: FunctionRef, one: Answer, wanted: Kind) -> bool:
    """Whether a decorator that cannot be followed gets what the handler raises."""
    assert one.statement is not None
    item = Raised(wanted, ref.path, *span_of(project, ref.path, one.statement))
    return bool(passed_decorators(project, ref, (item,)).lost)


def _refused(
    project: Project,
    ref: FunctionRef,
    handler: Handler,
    found: tuple[Answer, ...],
    wanted: Kind,
    kinds: list[Kind],
    *,
    convert_4xx: bool,
) -> Refused | None:
    if _never_runs(project, ref.path, handler, wanted):
        return Refused.NEVER_RUNS
    if len(found) > 1:
        return Refused.SEVERAL_ANSWERS
    one = found[0]
    if one.how is How.RERAISED and _is_lost(project, ref, one, wanted):
        return Refused.DECORATED
    refused = _refused_answer(one, convert_4xx=convert_4xx)
    if refused is not None:
        return refused
    if one.how is not How.HTTP and any(swallows_answer(project, ref.path, outer) for outer in handler.around):
        return Refused.SWALLOWED
    if wanted == KEY_ERROR and "builtins.ValueError" in kinds:
        return Refused.BOTH_ERRORS
    if not all(any(base in lineage(project, kind)[0] for base in _ALSO_THE_CLIENTS) for kind in kinds):
        return Refused.CATCHES_MORE
    return _unproven(project, ref, handler, one, wanted)


def _refused_answer(one: Answer, *, convert_4xx: bool) -> Refused | None:
    match one.how:
        case How.OTHER_EXCEPTION:
            return Refused.OTHER_EXCEPTION
        case How.PAGE:
            return Refused.PAGE
        case How.VALUE:
            return Refused.VALUE
        case How.HTTP | How.RESPONSE if one.code is None:
            return Refused.COMPUTED
    if one.code is not None and 400 <= one.code < 500 and one.code != 422 and not convert_4xx:
        return Refused.ON_PURPOSE
    if one.code is not None and 300 <= one.code < 400:
        return Refused.PAGE
    if one.how is How.RESPONSE and one.text is None:
        return Refused.RICH_BODY
    return Refused.RICH_BODY if says_more(one) else None


def says_more(one: Answer) -> bool:
    """Whether a returned body holds more than a text and a flag."""
    if one.how not in {How.RESPONSE, How.ERROR} or not isinstance(one.statement, ast.Return):
        return False
    bodies = [node for node in ast.walk(one.statement) if isinstance(node, ast.Dict)]
    return any(
        not (isinstance(value, ast.Constant) or value is one.text) for body in bodies[:1] for value in body.values
    ) or any(None in body.keys for body in bodies[:1])


def _never_runs(project: Project, path: str, handler: Handler, wanted: Kind) -> bool:
    for clause in handler.statement.handlers:
        if clause is handler.clause:
            return False
        if catches(project, path, clause, wanted):
            return True
    return False


def arriving(project: Project, ref: FunctionRef, handler: Handler) -> Items:
    """What is known to arrive at a handler, without what is the program's own fault."""
    items = flow(project, ref).arrives.get((handler.clause.lineno, handler.clause.col_offset), ())
    return tuple(item for item in items if not item.is_fault)


def _unproven(project: Project, ref: FunctionRef, handler: Handler, one: Answer, wanted: Kind) -> Refused | None:
    items = [item for item in arriving(project, ref, handler) if is_a(project, item.kind, wanted)]
    own = [item for item in items if VALIDATION_ERROR in lineage(project, item.kind)[0]]
    if wanted == KEY_ERROR:
        proven = bool(items) and not _reads_fields(handler)
        return None if proven or _looks_up(project, ref, handler) else Refused.NO_LOOKUP
    if items and len(own) == len(items):
        return Refused.OWN_DATA
    return Refused.UPSTREAM if one.code in _FAULTS_OF_UPSTREAM and not items else None


def _reads_fields(handler: Handler) -> bool:
    """`body["name"]` within the `try`: a `KeyError` may be about a field of what was sent."""
    return any(
        isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant) and isinstance(node.slice.value, str)
        for node in executed(handler.statement.body)
    )


def _looks_up(project: Project, ref: FunctionRef, handler: Handler) -> bool:
    """Whether the `try` looks something up by a parameter of the endpoint, and reads no field."""
    node = function_node(project, ref)
    if node is None or _reads_fields(handler):
        return False
    names = {argument.arg for argument in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)}
    calls = [one for one in executed(handler.statement.body) if isinstance(one, ast.Call)]
    return not calls and any(
        isinstance(one, ast.Subscript) and isinstance(one.slice, ast.Name) and one.slice.id in names
        for one in executed(handler.statement.body)
    )
