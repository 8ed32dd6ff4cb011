"""From what a function returns back to the query: through everything that hands rows on one by one, in their order.

What is not known to do that stops the way: a limit in the query would then change more than the number of rows.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from lifeops_codemods.project import Project
from lifeops_codemods.project.answers.answer import argument, status_value
from lifeops_codemods.project.classes import classes_behind
from lifeops_codemods.project.exceptions.blocks import executed, yields
from lifeops_codemods.project.exceptions.driving import handed_function
from lifeops_codemods.project.exceptions.reached import Callee, callees, handed_over
from lifeops_codemods.project.flow.queries import RUNS
from lifeops_codemods.project.functions import function
from lifeops_codemods.project.models import model_of
from lifeops_codemods.project.pages.definitions import Definition, definitions
from lifeops_codemods.project.pages.inside import Inside, StoppedError, entered
from lifeops_codemods.project.pages.loops import filled_by, is_filled
from lifeops_codemods.project.pages.shapes import (
    IN_PYTHON,
    is_empty_list,
    is_in_python,
    is_total,
    keys_of,
    nearest,
    short,
)
from lifeops_codemods.project.pages.sources import Source, Total
from lifeops_codemods.project.pages.statements import Built, origin, statement
from lifeops_codemods.project.pages.uses import other_use
from lifeops_codemods.project.relationships import relationship_names
from lifeops_codemods.project.schemas import is_schema
from lifeops_codemods.project.scopes import library_names, targets_of
from lifeops_codemods.project.suites import is_test_file
from lifeops_codemods.project.trees import span_of

_DEEPEST = 8
_RUNS = RUNS - {"scalar"}
_OF_RESULTS = frozenset({"all", "fetchall", "scalars", "unique", "mappings", "tuples", "to_list"})
_SAME = frozenset({"builtins.list", "builtins.tuple", "fastapi.encoders.jsonable_encoder"})
_SECOND = frozenset({"typing.cast", "typing_extensions.cast", "pydantic.parse_obj_as", "pydantic.tools.parse_obj_as"})
_HANDS_ON_ITEMS = (ast.Await, ast.NamedExpr, ast.Tuple, ast.Name, ast.IfExp, ast.Call)
_FIX = "do it in the query, then add offset and limit"
_ANSWERS = frozenset({"JSONResponse", "ORJSONResponse", "UJSONResponse"})


@dataclass(slots=True)
class Rows:
    """What was found behind the answer of one endpoint."""

    project: Project
    sources: list[Source] = field(default_factory=list)
    totals: list[Total] = field(default_factory=list)
    handed: dict[tuple[Callee, str], tuple[Inside, set[ast.Name]]] = field(default_factory=dict)
    functions: dict[Callee, None] = field(default_factory=dict)
    seen_unique: bool = False

    def follow(self, inside: Inside) -> None:
        """Find the queries whose rows a function returns. Raises StoppedError where one cannot be followed."""
        self._returned(inside)
        for (_, name), (within, nodes) in self.handed.items():
            said = other_use(self.project, within, name, nodes)
            if said is not None:
                raise StoppedError(within.place(self.project, said.node), said.reason, said.fix)

    # -- functions

    def _returned(self, inside: Inside, index: int | None = None) -> None:
        if len(list(inside.ways())) > _DEEPEST or any(item.ref == inside.ref for item in _outside(inside)):
            raise self._stop(inside, inside.node, "the functions on the way call each other in a circle")
        if yields(inside.node.body):
            raise self._stop(inside, inside.node, f"{inside.node.name}() is a generator")
        self.functions[inside.callee] = None
        returns = [one for one in executed(inside.node.body) if isinstance(one, ast.Return)]
        if not returns:
            raise self._stop(inside, inside.node, f"{inside.node.name}() returns nothing in its text")
        for one in returns:
            if one.value is not None:
                self._rows(one.value, inside, index)

    # -- expressions

    def _rows(self, node: ast.expr, inside: Inside, index: int | None = None) -> None:
        if index is not None and not isinstance(node, _HANDS_ON_ITEMS):
            raise self._stop(inside, node, "one item of what is returned is taken in a way that is not followed")
        match node:
            case ast.Await(value=inner) | ast.NamedExpr(value=inner) | ast.Starred(value=inner):
                self._rows(inner, inside, index)
            case ast.Constant(value=None) | ast.List(elts=[]) | ast.Tuple(elts=[]):
                return
            case ast.Tuple(elts=items) if index is not None:
                self._rows(items[index], inside)
            case ast.Name():
                self._named(node, inside, index)
            case ast.IfExp(body=first, orelse=second):
                self._rows(first, inside, index)
                self._rows(second, inside, index)
            case ast.BoolOp(op=ast.Or(), values=values):
                for value in values:
                    self._rows(value, inside, index)
            case ast.List(elts=[ast.Starred(value=inner)]):
                self._rows(inner, inside)
            case (
                ast.ListComp(elt=element, generators=generators) | ast.GeneratorExp(elt=element, generators=generators)
            ):
                self._comprehension(node, element, generators, inside)
            case ast.Dict(values=values):
                self._wrapped(node, dict(zip(keys_of(node), values, strict=True)), inside)
            case ast.Call():
                self._called(node, inside, index)
            case ast.Subscript(value=inner, slice=ast.Constant(value=int() as number)):
                self._rows(inner, inside, number)
            case ast.Subscript(value=inner, slice=ast.Slice()):
                raise self._changed(inside, node, "the rows are cut in Python after the query", inner)
            case ast.SetComp() | ast.DictComp() | ast.Set():
                raise self._stop(inside, node, "equal rows are put together in Python after the query")
            case ast.Attribute(attr=name):
                said = "the list is read as an attribute of an object, which takes no limit"
                stopped = self._stop(inside, node, said, "select the list in a query of its own")
                stopped.from_relationship = name in relationship_names(self.project)
                raise stopped
            case _:
                raise self._stop(inside, node, "the list is made in Python in a way that is not followed")

    def _comprehension(
        self, node: ast.expr, element: ast.expr, generators: list[ast.comprehension], inside: Inside
    ) -> None:
        if len(generators) > 1:
            reason = "one row of the query gives several items of the list"
            raise self._changed(inside, node, reason, generators[0].iter)
        if generators[0].ifs:
            reason = "rows are left out in Python after the query"
            raise self._changed(inside, node, reason, generators[0].iter)
        if any(isinstance(one, ast.NamedExpr) for one in ast.walk(element)):
            reason = "the comprehension hands something from one row to the next"
            raise self._changed(inside, node, reason, generators[0].iter)
        self._rows(generators[0].iter, inside)

    def _named(self, node: ast.Name, inside: Inside, index: int | None) -> None:
        built = statement(self.project, node, inside)
        if built is not None and built.legacy and index is None:
            self._run(node, inside, built)
            return
        found = definitions(inside, node)
        if not found:
            raise self._stop(inside, node, f"what {node.id} holds is not followed")
        key = (inside.callee, node.id)
        self.handed.setdefault(key, (inside, set()))[1].add(node)
        if len(found) == 1 and found[0].value is not None and is_empty_list(found[0].value):
            self._filled(node, found[0], inside)
            return
        for one in found:
            self._defined(node, one, inside, index)

    def _filled(self, node: ast.Name, empty: Definition, inside: Inside) -> None:
        """A list that begins empty, and is filled with one item for each row."""
        loop = filled_by(self.project, inside, node, empty)
        if loop is None:
            reason = "the list is put together in Python, and not of one item for each row"
            raise self._stop(inside, node, reason)
        self.handed[inside.callee, node.id][1].update(loop.fills)
        self._rows(loop.source, inside)

    def _defined(self, node: ast.Name, one: Definition, inside: Inside, index: int | None) -> None:
        if one.value is None:
            if inside.outer is None or node.id not in inside.given:
                raise self._stop(inside, node, f"{node.id} is handed over by a dependency or a default")
            self._rows(inside.given[node.id], inside.outer, index)
        elif is_empty_list(one.value) and is_filled(inside, node.id):
            self._filled(node, one, inside)
        elif one.item is not None:
            self._rows(one.value, inside, one.item)
        else:
            self._rows(one.value, inside, index)

    # -- calls

    def _called(self, node: ast.Call, inside: Inside, index: int | None) -> None:
        project, path = self.project, inside.path
        span = span_of(project, path, node)
        reached = callees(project, inside.callee).get(span, ())
        handed = handed_over(project, inside.callee).get(span, ())
        if reached or handed:
            self._entered(node, inside, index, reached or handed, node.args if reached else node.args[1:])
            return
        if index is not None:
            raise self._stop(inside, node, "one item of what is returned is taken in a way that is not followed")
        names = library_names(project, path, node.func)
        for name in names & IN_PYTHON.keys():
            raise self._changed(inside, node, IN_PYTHON[name], *node.args)
        first = node.args[0] if node.args else None
        if names & _SAME:
            if first is not None:
                self._rows(first, inside)
        elif (names & _SECOND or "builtins.map" in names) and len(node.args) == 2:
            self._rows(node.args[1], inside)
        elif self._is_error(node, inside, names) or self._of_database(node, inside):
            return
        elif (fields := self._fields(node, inside, names)) is not None:
            self._wrapped(node, fields, inside)
        elif (built := statement(project, node, inside)) is not None and built.legacy:
            self._run(node, inside, built)
        else:
            reason = f"{short(node.func)}() is no function of the project that could be followed"
            raise self._stop(inside, node, reason, "add offset and limit where the list is made")

    def _entered(
        self, node: ast.Call, inside: Inside, index: int | None, reached: Iterable[Callee], arguments: list[ast.expr]
    ) -> None:
        if arguments is not node.args and not _takes_keywords(self.project, inside, node):
            raise self._stop(inside, node, f"{short(node.func)}() hands on no keywords")
        for callee in reached:
            if is_test_file(callee.ref.path) or _is_stub(self.project, callee):
                self.functions[callee] = None
                continue
            within = entered(self.project, inside, node, callee, arguments)
            if within is None or within.node.name == "__init__":
                raise self._stop(inside, node, f"{short(node.func)}() makes an object that is not followed")
            self._returned(within, index)

    def _of_database(self, node: ast.Call, inside: Inside) -> bool:
        """Whether a call runs a query, or takes the rows out of what running one gave."""
        func = node.func
        if not isinstance(func, ast.Attribute):
            return False
        if func.attr in _RUNS and node.args:
            given, within = origin(self.project, node.args[0], inside)
            built = statement(self.project, given, within)
            if built is None:
                what = ast.unparse(node.args[0])[:40]
                raise self._stop(inside, node, f"{what} is no statement that could be followed")
            self._run(given, within, built)
            return True
        if func.attr in _OF_RESULTS:
            built = statement(self.project, func.value, inside)
            if built is not None and built.legacy:
                self._run(func.value, inside, built)
                return True
            before = self.seen_unique
            self.seen_unique |= func.attr == "unique"
            self._rows(func.value, inside)
            self.seen_unique = before
            return True
        if func.attr == "validate_python" and node.args:
            self._rows(node.args[0], inside)
            return True
        return False

    def _run(self, node: ast.expr, inside: Inside, built: Built) -> None:
        if not any(item.node is node and item.inside is inside for item in self.sources):
            self.sources.append(Source(inside, node, built, self.seen_unique))

    # -- wrapped lists

    def _fields(self, node: ast.Call, inside: Inside, names: frozenset[str]) -> dict[str, ast.expr] | None:
        """What an answer around the list is made of; None where a call makes none."""
        func = node.func.value if isinstance(node.func, ast.Subscript) else node.func
        refs = [
            ref
            for target in targets_of(self.project, inside.path, func)
            for ref in classes_behind(self.project, target)
        ]
        is_answer = any(is_schema(self.project, ref) for ref in refs) and not any(
            model_of(self.project, ref) for ref in refs
        )
        is_response = any(name.rpartition(".")[2] in _ANSWERS for name in names)
        if not (is_answer or is_response) or any(keyword.arg is None for keyword in node.keywords):
            return None
        positional = {f"#{number}": value for number, value in enumerate(node.args)}
        return positional | {keyword.arg or "": keyword.value for keyword in node.keywords}

    def _is_error(self, node: ast.Call, inside: Inside, names: frozenset[str]) -> bool:
        """Whether a call makes an answer that says what went wrong: there are no rows in it."""
        if not any(name.rpartition(".")[2].endswith("Response") for name in names):
            return False
        given = argument(node, "status_code", 1)
        status = status_value(self.project, inside.path, given) if given is not None else None
        return status is not None and status >= 400

    def _wrapped(self, node: ast.expr, fields: dict[str, ast.expr], inside: Inside) -> None:
        """One list among the fields, and beside it what does not depend on it, or its length as the total."""
        said = {name: self._tried(value, inside) for name, value in fields.items()}
        lists = [name for name, one in said.items() if one is None]
        proven = [name for name in lists if self._is_of_query(fields[name], inside)]
        lists = proven or lists
        if len(lists) > 1:
            fix = "answer with one list, or page each by hand"
            stopped = self._stop(inside, node, "the answer holds several lists", fix)
            stopped.from_query = bool(proven)
            raise stopped
        if not lists and any(is_empty_list(value) for value in fields.values()):
            return
        if not lists:
            raise nearest(said, fields) or self._stop(inside, node, "the answer holds no list that could be followed")
        self._rows(fields[lists[0]], inside)
        for name, value in fields.items():
            if is_total(name, value):
                assert isinstance(value, ast.Call)
                self._total(value, inside)

    def _total(self, node: ast.Call, inside: Inside) -> None:
        counted = node.args[0]
        if isinstance(counted, ast.Name):
            self.handed.setdefault((inside.callee, counted.id), (inside, set()))[1].add(counted)
        self.totals.append(Total(inside, node))

    def _tried(self, node: ast.expr, inside: Inside) -> StoppedError | None:
        """Why an expression is no list of rows of a query; None where it is one, whatever is done to it on the way."""
        probe = Rows(self.project)
        try:
            probe._rows(node, inside)
        except StoppedError as stopped:
            return None if probe.sources or is_in_python(stopped.reason) else stopped
        return None if probe.sources else self._stop(inside, node, "the list is always empty")

    def _changed(self, inside: Inside, node: ast.expr, reason: str, *sources: ast.expr) -> StoppedError:
        """A stop where rows are changed together; whether they come from a query is asked all the same."""
        stopped = self._stop(inside, node, reason)
        stopped.from_query = any(self._is_of_query(one, inside) for one in sources)
        return stopped

    def _is_of_query(self, node: ast.expr, inside: Inside) -> bool:
        probe = Rows(self.project)
        try:
            probe._rows(node, inside)
        except StoppedError as stopped:
            return stopped.from_query or bool(probe.sources)
        return bool(probe.sources)

    def _stop(self, inside: Inside, node: ast.expr | ast.stmt, reason: str, fix: str = _FIX) -> StoppedError:
        place = inside.place(self.project, node)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            start = function(self.project, inside.ref).start
            place = place._replace(start=start, end=start + len(node.name))
        return StoppedError(place, reason, fix)


def _outside(inside: Inside) -> Iterator[Inside]:
    ways = inside.ways()
    next(ways)
    yield from ways


def _takes_keywords(project: Project, inside: Inside, node: ast.Call) -> bool:
    """Whether what runs a function in a thread hands on the keywords that it gets."""
    names = library_names(project, inside.path, node.func)
    handed = handed_function(project, inside.path, node)
    plain = handed is not None and bool(node.args) and handed is node.args[0]
    return plain and not any(name.startswith("anyio.") or "sync_to_async" in name for name in names)


def _is_stub(project: Project, callee: Callee) -> bool:
    from lifeops_codemods.project.threading.families import is_stub

    return is_stub(project, callee.ref)
