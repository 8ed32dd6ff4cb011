"""The statements of an endpoint that can raise what nobody answers for, and where a `try` around them would stand."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from enum import StrEnum, auto
from typing import NamedTuple

from lifeops_codemods.project import Project, question
from lifeops_codemods.project.answers.handlers import Try, handlers
from lifeops_codemods.project.dependencies import depends_of
from lifeops_codemods.project.exceptions.blocks import executed, yields
from lifeops_codemods.project.exceptions.endings import Ending, endings
from lifeops_codemods.project.exceptions.escapes import flow, passed_decorators
from lifeops_codemods.project.exceptions.kinds import (
    HTTP_EXCEPTION,
    NO_RESULT,
    VALIDATION_ERROR,
    Kind,
    is_a,
    kinds_of,
    lineage,
)
from lifeops_codemods.project.exceptions.leaving import Items, Raised, catches, handled_types
from lifeops_codemods.project.exceptions.roots import KEPT, LOADED, is_stored, roots
from lifeops_codemods.project.exceptions.translators import handled_by_app
from lifeops_codemods.project.functions import FunctionRef, function_node
from lifeops_codemods.project.routes import routes_of
from lifeops_codemods.project.scopes import library_names
from lifeops_codemods.project.trees import call_tree, span_of


class Trouble(StrEnum):
    """Why no `try` is written around a statement."""

    IN_HEAD = auto()
    SWALLOWED = auto()
    PAGE = auto()
    STREAM = auto()
    DECORATED = auto()
    STORED = auto()
    OWN_DATA = auto()


class Site(NamedTuple):
    """A run of sibling statements that can raise. clause_of: the `try` that gets one more clause instead.

    proven: what leaves the endpoint from here. passing: what else a clause for the same class would catch.
    direct: the run is one `raise` of the endpoint itself.
    """

    statements: tuple[ast.stmt, ...]
    proven: Items
    passing: Items
    clause_of: Try | None = None
    direct: bool = False
    trouble: Trouble | None = None


@question
def sites(project: Project, ref: FunctionRef, wanted: Kind) -> tuple[Site, ...]:
    """Where exceptions of the class `wanted` leave an endpoint unanswered, in the order of the text."""
    node = function_node(project, ref)
    if node is None:
        return ()
    leaves = tuple(item for item in flow(project, ref).leaves if is_a(project, item.kind, wanted))
    proven = tuple(item for item in leaves if VALIDATION_ERROR not in lineage(project, item.kind)[0])
    proven = tuple(item for item in proven if item not in _seen_by_handlers(project, ref, wanted))
    passed = passed_decorators(project, ref, proven)
    troubles = (
        (passed.items, True, None),
        (passed.lost, True, Trouble.DECORATED),
        ((*passed.items, *passed.lost), False, Trouble.STORED),
    )
    found: list[Site] = []
    for items, is_the_clients, trouble in troubles:
        open_ = tuple(
            item
            for item in items
            if not item.is_fault
            and _is_the_clients(project, ref, item) is is_the_clients
            and _is_unanswered(project, ref, item, wanted)
        )
        others = tuple(item for item in leaves if item not in open_ and _is_let_through(project, ref.path, item))
        made = _Finder(project, ref, open_, others).in_block(node.body, ()) if open_ else ()
        found += [
            one if trouble is None else one._replace(trouble=trouble) for one in made if not _overlaps(one, found)
        ]
    if yields(node.body):
        found = [one._replace(trouble=Trouble.STREAM) for one in found]
    return tuple(sorted(found, key=lambda one: (one.statements[0].lineno, one.statements[0].col_offset)))


def _is_the_clients(project: Project, ref: FunctionRef, item: Raised) -> bool:
    """Whether the client has a part in it: what is sent decides, or which row it is whose values are found wrong.

    An endpoint that hands on nothing of the request finds fault with what the project has stored, whoever asks; and
    what is wrong in a file that the project has written is no row that anybody named.
    """
    if item.is_of_file:
        return False
    return not item.is_of_stored or _names_something(project, ref, item)


def _names_something(project: Project, ref: FunctionRef, item: Raised) -> bool:
    """Whether the endpoint gives the call that raises something of the request."""
    call = call_tree(project, ref.path, (item.start, item.end)) if item.path == ref.path else None
    if call is None:
        return False
    given = [*(one.value if isinstance(one, ast.Starred) else one for one in call.args)]
    given += [keyword.value for keyword in call.keywords]
    asked = roots(project, ref, [one for one in given if not is_stored(project, ref, one)])
    return any(name not in {LOADED, *KEPT} and depends_of(project, ref, name) is None for name in asked)


def _is_unanswered(project: Project, ref: FunctionRef, item: Raised, wanted: Kind) -> bool:
    if handled_by_app(project, ref.path, item.kind) is not None:
        return False
    return wanted != NO_RESULT or _is_of_parameter(project, ref, item)


def _overlaps(site: Site, others: Sequence[Site]) -> bool:
    lines = {statement.lineno for statement in site.statements}
    return any(lines & {statement.lineno for statement in other.statements} for other in others)


def _is_of_parameter(project: Project, ref: FunctionRef, item: Raised) -> bool:
    """Whether what is looked for is what the client names: the row that a library misses is missed by its key.

    What creates things reads back what it has just stored by the same key, and finds it.
    """
    methods = {method for route in routes_of(project, ref) for method in route.methods}
    return not methods & {"POST", "PUT"} and any(
        name != LOADED and depends_of(project, ref, name) is None for name in item.needs or ()
    )


def _is_let_through(project: Project, path: str, item: Raised) -> bool:
    """Whether a clause for `wanted` must not catch it: the application answers for it, or it is about own data."""
    if handled_by_app(project, path, item.kind) is not None:
        return True
    is_of_request = item.needs is not None and LOADED not in item.needs
    return VALIDATION_ERROR in lineage(project, item.kind)[0] and not is_of_request


def _seen_by_handlers(project: Project, ref: FunctionRef, wanted: Kind) -> set[Raised]:
    """What passes a handler that names `wanted` on its way out, and so is that handler's affair."""
    found: set[Raised] = set()
    for handler in handlers(project, ref):
        kinds = [kind for node in handled_types(handler.clause) for kind in kinds_of(project, ref.path, node)]
        if wanted in kinds:
            place = (handler.clause.lineno, handler.clause.col_offset)
            found |= set(flow(project, ref).arrives.get(place, ()))
    return found


class _Finder(NamedTuple):
    project: Project
    ref: FunctionRef
    proven: Items
    others: Items

    def in_block(self, body: Sequence[ast.stmt], around: tuple[Try, ...]) -> Iterator[Site]:
        run: list[ast.stmt] = []
        gap: list[ast.stmt] = []
        for statement in body:
            if self._can_stand_in_run(statement):
                run += [*gap, statement] if run else [statement]
                gap = []
            elif run and self._is_harmless([statement]) and not self._within(self.proven, [statement]):
                gap.append(statement)
            else:
                if run:
                    yield self._site(run, body, around)
                run, gap = [], []
                if self._within(self.proven, [statement]):
                    yield from self._in_compound(statement, around)
        if run:
            yield self._site(run, body, around)

    def _can_stand_in_run(self, statement: ast.stmt) -> bool:
        if not self._within(self.proven, [statement]) or isinstance(statement, ast.Raise):
            return False
        if not list(blocks(statement)):
            return True
        return not isinstance(statement, Try) and self._only_in_head(statement) and self._bodies_are_harmless(statement)

    def _only_in_head(self, statement: ast.stmt) -> bool:
        return all(not self._within(self.proven, block) for block in blocks(statement))

    def _bodies_are_harmless(self, statement: ast.stmt) -> bool:
        return all(self._is_harmless(block) for block in blocks(statement))

    def _in_compound(self, statement: ast.stmt, around: tuple[Try, ...]) -> Iterator[Site]:
        if isinstance(statement, ast.Raise):
            yield self._site([statement], [], around)._replace(direct=True)
            return
        head = [item for item in self.proven if self._in_head(statement, item)]
        if head:
            yield Site((statement,), tuple(head), (), trouble=Trouble.IN_HEAD)
            return
        for block in blocks(statement):
            inside = isinstance(statement, Try) and block is statement.body
            yield from self.in_block(block, (statement, *around) if inside else around)  # type: ignore[arg-type]

    def _in_head(self, statement: ast.stmt, item: object) -> bool:
        return item in self._within(self.proven, [statement]) and all(
            item not in self._within(self.proven, block) for block in blocks(statement)
        )

    def _site(self, run: Sequence[ast.stmt], body: Sequence[ast.stmt], around: tuple[Try, ...]) -> Site:
        site = Site(tuple(run), self._within(self.proven, run), self._within(self.others, run))
        if any(swallows_answer(self.project, self.ref.path, one) for one in around):
            return site._replace(trouble=Trouble.SWALLOWED)
        if any(VALIDATION_ERROR in lineage(self.project, item.kind)[0] for item in site.passing):
            return site._replace(trouble=Trouble.OWN_DATA)
        if around and isinstance(around[0], ast.Try) and list(run) == list(body) and not self._is_caught(around[0]):
            return site._replace(clause_of=around[0])
        return site

    def _is_caught(self, statement: ast.Try) -> bool:
        """Whether a clause that raises again gets the exceptions: `except Exception: rollback(); raise`.

        A clause beside it would take them away from it; a `try` within sends their answer through it.
        """
        return any(
            catches(self.project, self.ref.path, handler, item.kind) is not False
            for handler in statement.handlers
            for item in self.proven
        )

    def _within(self, items: Items, statements: Sequence[ast.stmt]) -> Items:
        if not statements:
            return ()
        start = span_of(self.project, self.ref.path, statements[0])[0]
        end = span_of(self.project, self.ref.path, statements[-1])[1]
        return tuple(item for item in items if start <= item.start and item.end <= end)

    def _is_harmless(self, statements: Sequence[ast.stmt]) -> bool:
        """Whether the statements call nothing but what makes an answer or writes a log, and so raise no ValueError."""
        return all(
            _is_known_call(self.project, self.ref.path, node)
            for node in executed(statements)
            if isinstance(node, ast.Call | ast.With | ast.AsyncWith | ast.For | ast.AsyncFor | ast.While | ast.Import)
        )


def _is_known_call(project: Project, path: str, node: ast.AST) -> bool:
    if not isinstance(node, ast.Call):
        return False
    names = library_names(project, path, node.func)
    if isinstance(node.func, ast.Attribute) and node.func.attr in {"debug", "info", "warning", "error", "exception"}:
        return True
    return bool(names) and all(name.rpartition(".")[2] == "HTTPException" or name == "builtins.str" for name in names)


def blocks(statement: ast.stmt) -> Iterator[list[ast.stmt]]:
    """The blocks within a statement; not those of a function or class that it defines."""
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return
    for name in ("body", "orelse", "finalbody"):
        block = getattr(statement, name, None)
        if block:
            yield block
    for inner in (*getattr(statement, "handlers", ()), *getattr(statement, "cases", ())):
        yield inner.body


def swallows_answer(project: Project, path: str, statement: Try) -> bool:
    """Whether an `HTTPException` that is raised in the body of a `try` is caught there and does not go on."""
    for handler in statement.handlers:
        if catches(project, path, handler, HTTP_EXCEPTION) is not False:
            return endings(handler.body) != {Ending.RERAISES} and not _raises_bound(handler)
    return bool(statement.finalbody) and Ending.FALLS not in endings(statement.finalbody)


def _raises_bound(handler: ast.ExceptHandler) -> bool:
    """`except HTTPException as e: raise e`."""
    match handler.body:
        case [*_, ast.Raise(exc=ast.Name(id=name))] if name == handler.name:
            return endings(handler.body) == {Ending.RAISES}
    return False
