"""Everything that has to change so that an endpoint answers with a page, or why it cannot be done."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from lifeops_codemods.operation import AppendCall, AppendItem, ImportName, Operation, Span
from lifeops_codemods.project import Project
from lifeops_codemods.project.answers.endpoints import direct_calls
from lifeops_codemods.project.exceptions.reached import Callee, callees, handed_over
from lifeops_codemods.project.flow.values import Place
from lifeops_codemods.project.functions import FunctionRef, function, owner
from lifeops_codemods.project.pages.existing import Given, chosen_by_client, existing
from lifeops_codemods.project.pages.inside import Inside, StoppedError, start
from lifeops_codemods.project.pages.lists import Listing
from lifeops_codemods.project.pages.ordering import Order, order
from lifeops_codemods.project.pages.places import place_of
from lifeops_codemods.project.pages.rows import Rows
from lifeops_codemods.project.pages.sources import Source
from lifeops_codemods.project.pages.style import Names, Unwritable, endpoint_edits
from lifeops_codemods.project.pages.totals import total_edits
from lifeops_codemods.project.routes import routes_of
from lifeops_codemods.project.signatures.calling import is_called
from lifeops_codemods.project.suites import is_test_file
from lifeops_codemods.project.threading.families import Kind, family
from lifeops_codemods.project.threading.patches import expectations
from lifeops_codemods.project.threading.signatures import call_edits, definition_edits, obstacles
from lifeops_codemods.project.trees import span_of


class Change(NamedTuple):
    """One operation, and what it does in words."""

    path: str
    operation: Operation
    message: str


@dataclass(slots=True)
class Paging:
    """What changes for one endpoint.

    sources: the queries. steps: the functions on the way to them. expected: where tests say what one of these is called
    with, by its name.
    """

    changes: list[Change] = field(default_factory=list)
    sources: list[Source] = field(default_factory=list)
    steps: list[Inside] = field(default_factory=list)
    expected: dict[tuple[str, Span], str] = field(default_factory=dict)


class AlreadyPaged(Exception):  # noqa: N818
    """The endpoint takes a limit under another name."""


def paging(project: Project, listing: Listing, names: Names) -> Paging:
    """The changes that let an endpoint answer with pages.

    Raises StoppedError with the reason why not, AlreadyPaged where a parameter of the endpoint is the limit already.
    """
    return _Plan(project, listing.endpoint.ref, names).made()


@dataclass(slots=True)
class _Plan:
    project: Project
    endpoint: FunctionRef
    names: Names
    result: Paging = field(default_factory=Paging)
    threaded: dict[FunctionRef, None] = field(default_factory=dict)
    waiting: list[FunctionRef] = field(default_factory=list)

    def made(self) -> Paging:
        first = self._start(self.endpoint)
        rows = Rows(self.project)
        try:
            rows.follow(first)
            if not rows.sources:
                raise StoppedError(self._name(self.endpoint), "no query is found behind the list", "page it by hand")
            self._planned(rows)
        except StoppedError as stopped:
            stopped.from_query |= bool(rows.sources)
            raise
        return self.result

    def _planned(self, rows: Rows) -> None:
        self._refuse_other_callers()
        self._endpoint()
        self._queries(rows, dict(self.names.handed))
        if rows.totals:
            self._totals(rows)
        while self.waiting:
            self._member(self.waiting.pop())

    def _start(self, ref: FunctionRef) -> Inside:
        found = start(self.project, ref)
        if found is None:
            raise StoppedError(self._name(ref), "the file does not parse", "mend it")
        return found

    def _name(self, ref: FunctionRef) -> Place:
        row = function(self.project, ref)
        return Place(ref.path, row.start, row.start + len(row.name))

    # -- the endpoint

    def _refuse_other_callers(self) -> None:
        for place in _callers(self.project, self.endpoint):
            if not is_test_file(place.path):
                reason = "it is called as a function here too, which would get the first page only"
                fix = "let both call a function that returns all, then add pages to the endpoint"
                raise StoppedError(place, reason, fix)

    def _endpoint(self) -> None:
        called = is_called(self.project, self.endpoint)
        for one in obstacles(self.project, self.endpoint, [item.name for item in self.names.asked]):
            raise StoppedError(Place(one.path, *one.span), one.reason, one.fix)
        found = endpoint_edits(self.project, self.endpoint, self.names.asked, called=called)
        if isinstance(found, Unwritable):
            raise StoppedError(self._name(self.endpoint), found.reason, found.fix)
        asked = " and ".join(item.name for item in self.names.asked)
        for operation in found:
            self._change(self.endpoint.path, operation, f"let clients ask for a page by {asked}")

    # -- the queries, and the functions on the way to them

    def _queries(self, rows: Rows, outer: Mapping[str, str]) -> None:
        """The changes of all queries; outer: what the outermost function hands on."""
        counted = {total.inside.ref for total in rows.totals}
        for source in rows.sources:
            chosen = chosen_by_client(source.built)
            if chosen is not None:
                place = chosen.inside.place(self.project, chosen.call)
                fix = "page it by hand if clients may ask for many"
                raise StoppedError(place, "clients say which rows they want, and a page may leave some out", fix)
            given = existing(self.project, source.built)
            if given is not None and given.inside.outer is None:
                raise AlreadyPaged
            sure = order(self.project, source, paged=given is not None)
            self._order(source, sure, given, counted)
            if given is None:
                self._limit(source, sure, outer, counted)
            self._thread(source.inside if given is None else given.inside, given, outer)
            self.result.sources.append(source)

    def _order(self, source: Source, sure: Order, given: Given | None, counted: set[FunctionRef]) -> None:
        if not sure.columns:
            return
        path = sure.clause.inside.path if sure.clause is not None else source.inside.path
        message = f"order by {', '.join(sure.columns)}, so that pages fit together"
        if sure.clause is not None:
            span, expected = self._text(path, sure.clause.call)
            for column in sure.columns:
                self._change(path, AppendItem(span=span, expected=expected, code=column), message)
        elif given is not None:
            if source.built.legacy:
                place = source.inside.place(self.project, source.node)
                raise StoppedError(place, "the query has a limit and no order", "order it by its primary key first")
            span, expected = self._text(path, source.node)
            call = f"order_by({', '.join(sure.columns)})"
            self._change(path, AppendCall(span=span, expected=expected, call=call), message)
        for spelling in sure.imports:
            operation = ImportName(span=Span(0, 0), expected="", module=spelling.module, name=spelling.name)
            self._change(path, operation, message)

    def _limit(self, source: Source, sure: Order, outer: Mapping[str, str], counted: set[FunctionRef]) -> None:
        node = source.node if source.inside.ref in counted else place_of(self.project, source)
        is_outermost = source.inside.outer is None
        values = outer if is_outermost else {one.name: one.name for one in self.names.added}
        call = f"offset({values[self.names.skip]}).limit({values['limit']})"
        message = "take a page of the rows"
        if sure.columns and sure.clause is None:
            call = f"order_by({', '.join(sure.columns)}).{call}"
            message += f", ordered by {', '.join(sure.columns)}"
        path = source.inside.path
        span, expected = self._text(path, node)
        self._change(path, AppendCall(span=span, expected=expected, call=call), message)

    def _thread(self, inside: Inside, given: Given | None, outer: Mapping[str, str]) -> None:
        """Hand the parameters down from the outermost function; the functions between get them."""
        is_named = given is not None
        for within in inside.ways():
            if within.outer is None or within.call is None:
                break
            self.result.steps.append(within)
            values = dict(outer) if within.outer.outer is None else {one.name: one.name for one in self.names.added}
            if is_named and given is not None:
                values = {given.skip: values[self.names.skip], given.limit: values["limit"]}
            else:
                for callee in self._reached(within):
                    self._function(callee.ref)
            is_named = False
            for place in expectations(self.project, within.ref):
                self.result.expected[place] = within.node.name
            for path, operation in call_edits(self.project, within.outer.path, within.call, values):
                self._change(path, operation, f"hand the page on to {within.node.name}()")

    def _reached(self, within: Inside) -> tuple[Callee, ...]:
        assert within.outer is not None
        assert within.call is not None
        span = span_of(self.project, within.outer.path, within.call)
        by_call = callees(self.project, within.outer.callee).get(span, ())
        reached = by_call or handed_over(self.project, within.outer.callee).get(span, ())
        return tuple(callee for callee in reached if not is_test_file(callee.ref.path))

    def _function(self, ref: FunctionRef) -> None:
        """A function on the way gets the parameters, and so does everything that stands for it."""
        for member in family(self.project, ref):
            if member.callee.ref in self.threaded:
                continue
            self.threaded[member.callee.ref] = None
            self._signature(member.callee.ref)
            if member.kind is Kind.REAL and member.callee.ref != ref:
                self.waiting.append(member.callee.ref)

    def _signature(self, ref: FunctionRef) -> None:
        if routes_of(self.project, ref):
            reason = "the list comes from another endpoint, which is called as a function"
            raise StoppedError(self._name(ref), reason, "let both call a function that returns the list")
        for one in obstacles(self.project, ref, [item.name for item in self.names.added]):
            raise StoppedError(Place(one.path, *one.span), one.reason, one.fix)
        name = function(self.project, ref).name
        for path, operation in definition_edits(self.project, ref, self.names.added):
            self._change(path, operation, f"let {name}() take a page")

    def _member(self, ref: FunctionRef) -> None:
        """A function that stands for one on the way has to take a page as well, as others may call it there."""
        rows = Rows(self.project)
        name = function(self.project, ref).name
        try:
            rows.follow(self._start(ref))
            if rows.totals:
                raise StoppedError(self._name(ref), "it counts its own rows", "page it by hand")
            self._queries(rows, {one.name: one.name for one in self.names.added})
        except StoppedError as stopped:
            reason = f"another {name}() must take a page as well, and there {stopped.reason}"
            raise StoppedError(stopped.place, reason, stopped.fix) from stopped

    # -- totals

    def _totals(self, rows: Rows) -> None:
        for path, operation in total_edits(self.project, rows):
            self._change(path, operation, "count all rows, of which the answer has only a page")

    # -- operations

    def _text(self, path: str, node: ast.expr) -> tuple[Span, str]:
        span = Span(*span_of(self.project, path, node))
        return span, self.project.text(path)[span.start : span.end]

    def _change(self, path: str, operation: Operation, message: str) -> None:
        made = Change(path, operation, message)
        if not any((known.path, known.operation) == (path, operation) for known in self.result.changes):
            self.result.changes.append(made)


def _callers(project: Project, ref: FunctionRef) -> Iterator[Place]:
    """The places that call an endpoint as a function, or as a method of the same object."""
    yield from (Place(*caller) for caller in direct_calls(project, ref))
    name = function(project, ref).name
    if owner(project, ref) is not None:
        for call in project.facts(ref.path).calls:
            if call.function in {("self", name), ("cls", name)}:
                yield Place(ref.path, call.start, call.end)


def way(project: Project, steps: list[Inside]) -> Iterator[tuple[Place, str]]:
    """The calls on the way from the endpoint to the query, outermost first."""
    found: dict[Place, str] = {}
    for within in reversed(steps):
        if within.outer is not None and within.call is not None:
            found.setdefault(within.outer.place(project, within.call), f"{within.node.name}() is called")
    yield from found.items()
