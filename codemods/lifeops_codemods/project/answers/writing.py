"""The operations that let an endpoint answer with an `HTTPException`, in the words of its file."""

from __future__ import annotations

import ast
from typing import NamedTuple

from lifeops_codemods.operation import (
    AddHandlers,
    ImportName,
    InsertAfter,
    Operation,
    ReplaceExpression,
    ReplaceStatement,
    SetExceptHead,
    Span,
    WrapStatements,
)
from lifeops_codemods.project import Project
from lifeops_codemods.project.answers.answer import Answer, How, argument
from lifeops_codemods.project.answers.conversion import Change
from lifeops_codemods.project.answers.sites import Site
from lifeops_codemods.project.answers.spelling import free_name, http_exception, names_for, status_like, status_text
from lifeops_codemods.project.classes import ClassRef
from lifeops_codemods.project.exceptions.heads import head_of
from lifeops_codemods.project.exceptions.kinds import VALIDATION_ERROR, Kind
from lifeops_codemods.project.exceptions.translators import handled_by_app
from lifeops_codemods.project.functions import FunctionRef
from lifeops_codemods.project.names import variable
from lifeops_codemods.project.spelling import spelled
from lifeops_codemods.project.trees import span_of

_NAMES = ("e", "exc", "error", "err")


class Unwritable(NamedTuple):
    """Why the code cannot be written."""

    reason: str


class Wording(NamedTuple):
    """What to raise. detail: the text of the answer, None for that of the exception. catches: the class to catch."""

    catches: Kind
    code: int
    detail: str | None


def text_of(project: Project, path: str, node: ast.expr | ast.stmt) -> str:
    """The source of a node."""
    start, end = span_of(project, path, node)
    return project.text(path)[start:end]


def changed_handler(
    project: Project, ref: FunctionRef, change: Change, wording: Wording
) -> list[Operation] | Unwritable:
    """The operations that let an existing handler answer with the status of `wording`."""
    if change.answer.how is How.HTTP:
        return _other_status(project, ref, change.answer, wording.code)
    return _raise_in_handler(project, ref, change, wording)


def _other_status(project: Project, ref: FunctionRef, one: Answer, code: int) -> list[Operation] | Unwritable:
    if one.status is None:
        return Unwritable("the status is that of the exception's class")
    old = text_of(project, ref.path, one.status)
    new = status_like(old, code)
    if new is None:
        return Unwritable("the status is not written as a number or as one of fastapi's or http's names")
    return [ReplaceExpression(span=Span(*span_of(project, ref.path, one.status)), expected=old, code=new)]


def _raise_in_handler(
    project: Project, ref: FunctionRef, change: Change, wording: Wording
) -> list[Operation] | Unwritable:
    path, clause = ref.path, change.handler.clause
    said = _said(project, path, change.answer, clause.name, wording)
    chained = project.checks(path, "B904")
    name = clause.name
    found: list[Operation] = []
    if name is None and (chained or said is None):
        name = free_name(project, ref, clause, *_NAMES)
        if name is None:
            return Unwritable("the usual names of an exception are all taken in this function")
        found.append(_named(project, path, clause, name))
    made = raising(project, ref, wording.code, said or f"str({name})", _headers(project, path, change.answer))
    if isinstance(made, Unwritable):
        return made
    code = f"{made.code} from {name}" if chained else made.code
    return [*found, _put(project, path, change, code), *made.imports]


def _named(project: Project, path: str, clause: ast.ExceptHandler, name: str) -> SetExceptHead:
    span = Span(*head_of(project, path, clause))
    head = project.text(path)[span.start : span.end]
    return SetExceptHead(span=span, expected=head, code=f"{head} as {name}")


def _said(project: Project, path: str, one: Answer, bound: str | None, wording: Wording) -> str | None:
    """The source of the detail; None for the text of the exception itself."""
    own = None if wording.detail is None else f'"{wording.detail}"'
    if one.text is None:
        return own
    mentions = bound is not None and any(isinstance(node, ast.Name) and node.id == bound for node in ast.walk(one.text))
    return own if own is not None and mentions else _in_a_row(text_of(project, path, one.text))


def _in_a_row(code: str) -> str:
    """Texts that stand below each other (`"one " "two"`) beside each other, to be laid out where they go."""
    if "\n" not in code or any(one in code for one in ("#", "\\", '"""', "'''")):
        return code
    row = " ".join(line.strip() for line in code.splitlines())
    try:
        is_same = ast.dump(ast.parse(row)) == ast.dump(ast.parse(f"({code})"))
    except SyntaxError:
        return code
    return row if is_same else code


def _headers(project: Project, path: str, one: Answer) -> str:
    call = one.statement.value if isinstance(one.statement, ast.Return) else None
    headers = argument(call, "headers", 2) if isinstance(call, ast.Call) else None
    return f", headers={text_of(project, path, headers)}" if headers is not None else ""


def _put(project: Project, path: str, change: Change, code: str) -> Operation:
    """Put the `raise` in the place of what ends the handler."""
    statement = change.answer.statement or change.handler.clause.body[-1]
    span = Span(*span_of(project, path, statement))
    expected = project.text(path)[span.start : span.end]
    if change.answer.statement is None and not isinstance(statement, ast.Pass):
        return InsertAfter(span=span, expected=expected, code=code)
    return ReplaceStatement(span=span, expected=expected, code=code)


class Raising(NamedTuple):
    """The code of a `raise HTTPException(…)`, and the imports that it needs."""

    code: str
    imports: tuple[ImportName, ...]


def raising(project: Project, ref: FunctionRef, code: int, detail: str, more: str = "") -> Raising | Unwritable:
    """`raise HTTPException(status_code=…, detail=…)` as the function's file spells it."""
    spelled = http_exception(project, ref)
    if spelled is None:
        return Unwritable("the name HTTPException means something else in this file")
    status = status_text(project, ref, code)
    imports = (_import("fastapi", "HTTPException"),) if spelled.imported else ()
    return Raising(f"raise {spelled.text}(status_code={status}, detail={detail}{more})", imports)


def _import(module: str, name: str) -> ImportName:
    return ImportName(span=Span(0, 0), expected="", module=module, name=name)


def guarded_site(project: Project, ref: FunctionRef, site: Site, wording: Wording) -> list[Operation] | Unwritable:
    """The operations that put a `try` around the statements of a site, or a clause into the one that is there."""
    chained = project.checks(ref.path, "B904")
    name = free_name(project, ref, site.statements[0], *_NAMES) if chained or wording.detail is None else ""
    if name is None:
        return Unwritable("the usual names of an exception are all taken in this function")
    detail = f"str({name})" if wording.detail is None else f'"{wording.detail}"'
    made = raising(project, ref, wording.code, detail)
    passing = _passing_clause(project, ref, site)
    caught = _spelled_kind(project, ref.path, wording.catches)
    if caught is None:
        return Unwritable("the class to catch cannot be named in this file")
    if isinstance(made, Unwritable):
        return made
    if isinstance(passing, Unwritable):
        return passing
    head = f"except {caught.code} as {name}:" if name else f"except {caught.code}:"
    clauses = f"{passing.code}{head}\n    {made.code}{f' from {name}' if chained else ''}"
    return [_around(project, ref.path, site, clauses), *made.imports, *passing.imports, *caught.imports]


def _around(project: Project, path: str, site: Site, clauses: str) -> Operation:
    text = project.text(path)
    if site.clause_of is not None:
        span = Span(*span_of(project, path, site.clause_of))
        return AddHandlers(span=span, expected=text[span.start : span.end], code=clauses)
    start, end = span_of(project, path, site.statements[0])[0], span_of(project, path, site.statements[-1])[1]
    return WrapStatements(span=Span(start, end), expected=text[start:end], header="try:", footer=clauses)


def _passing_clause(project: Project, ref: FunctionRef, site: Site) -> Raising | Unwritable:
    """`except ValidationError: raise`, for what the new clause would catch and is answered elsewhere, or a bug."""
    kinds = sorted({_reraised(project, ref.path, item.kind) for item in site.passing}, key=repr)
    spelled = [_spelled_kind(project, ref.path, kind) for kind in kinds]
    if None in spelled:
        return Unwritable(
            "the application answers for a class that may be raised here and cannot be named in this file"
        )
    known = [one for one in spelled if one is not None]
    names = sorted(one.code for one in known)
    if not names:
        return Raising("", ())
    head = names[0] if len(names) == 1 else f"({', '.join(names)})"
    return Raising(f"except {head}:\n    raise\n", tuple(one for each in known for one in each.imports))


def _reraised(project: Project, path: str, kind: Kind) -> Kind:
    """The class to let through: the one that the application answers for, or pydantic's."""
    handler = handled_by_app(project, path, kind)
    return handler.kind if handler is not None else VALIDATION_ERROR


def _spelled_kind(project: Project, path: str, kind: Kind) -> Raising | None:
    if isinstance(kind, ClassRef):
        found = spelled(project, path, kind)
        return found and Raising(found.text, (_import(found.module, found.name),) if found.module else ())
    known = names_for(project, path, frozenset({kind}))
    if known:
        return Raising(known[0], ())
    module, _, name = ("pydantic", "", "ValidationError") if kind == VALIDATION_ERROR else kind.rpartition(".")
    if module == "builtins":
        return Raising(name, ())
    return Raising(name, (_import(module, name),)) if variable(project, path, 0, name) is None else None


def raised_instead(project: Project, ref: FunctionRef, site: Site, wording: Wording) -> list[Operation] | Unwritable:
    """The operation that raises `HTTPException` where the endpoint itself raises the other."""
    statement = site.statements[0]
    call = statement.exc if isinstance(statement, ast.Raise) else None
    if not isinstance(call, ast.Call) or len(call.args) != 1 or call.keywords or isinstance(call.args[0], ast.Starred):
        return Unwritable("what is raised has no single text")
    given = call.args[0]
    is_text = isinstance(given, ast.JoinedStr) or (isinstance(given, ast.Constant) and isinstance(given.value, str))
    source = _in_a_row(text_of(project, ref.path, given))
    detail = source if is_text else f"str({source})" if wording.detail is None else f'"{wording.detail}"'
    made = raising(project, ref, wording.code, detail)
    if isinstance(made, Unwritable):
        return made
    cause = statement.cause if isinstance(statement, ast.Raise) else None
    code = made.code if cause is None else f"{made.code} from {text_of(project, ref.path, cause)}"
    span = Span(*span_of(project, ref.path, statement))
    expected = project.text(ref.path)[span.start : span.end]
    return [ReplaceStatement(span=span, expected=expected, code=code), *made.imports]
