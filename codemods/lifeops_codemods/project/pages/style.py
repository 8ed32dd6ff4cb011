"""How the project calls the parameters of pages, and how a file writes them."""

from __future__ import annotations

from collections import Counter
from enum import StrEnum
from typing import NamedTuple

from lifeops_codemods.operation import AddParameter, Operation, Span
from lifeops_codemods.project import Project, question
from lifeops_codemods.project.answers.endpoints import endpoints
from lifeops_codemods.project.functions import FunctionNode, FunctionRef, function, function_node
from lifeops_codemods.project.modules import External
from lifeops_codemods.project.names import Variable, denoted
from lifeops_codemods.project.parameters import Source, endpoint_parameters, parameters, request_names
from lifeops_codemods.project.routes import routes
from lifeops_codemods.project.signatures.markers import annotated, marker, prefers_annotated
from lifeops_codemods.project.threading.signatures import Added

_CLASSES = frozenset({"fastapi.params.Query"})
_SIZES = ("size", "page_size", "per_page", "limit")


class Style(StrEnum):
    """What clients say to get a page: `auto` is what the project's endpoints ask for already, else skip and limit."""

    AUTO = "auto"
    SKIP_LIMIT = "skip-limit"
    LIMIT_OFFSET = "limit-offset"
    PAGE_SIZE = "page-size"


class Asked(NamedTuple):
    """A query parameter of an endpoint: its default, its bounds as they are written, its description."""

    name: str
    default: int
    bounds: str
    description: str


class Names(NamedTuple):
    """The parameters of an endpoint and of functions, and what an endpoint hands on for the latter."""

    asked: tuple[Asked, ...]
    added: tuple[Added, ...]
    handed: tuple[tuple[str, str], ...]

    @property
    def skip(self) -> str:
        """How functions call the number of rows before the page."""
        return next(one.name for one in self.added if one.name in {"skip", "offset"})


def names(project: Project, style: Style, default: int, most: int) -> Names:
    """The names of a style, or of the project's own."""
    known = _known_style(project)
    chosen, size = known if style is Style.AUTO else (style, known[1] if known[0] is style else "size")
    many = f"ge=1, le={most}"
    limit = Asked("limit", default, many, "Maximum number of items to return")
    limited = Added("limit", "int", "None", optional=True)
    if chosen is Style.PAGE_SIZE:
        page = Asked("page", 1, "ge=1", "Page number")
        items = Asked(size, default, many, "Number of items per page")
        handed = (("skip", f"(page - 1) * {size}"), ("limit", size))
        return Names((page, items), (Added("skip", "int", "0"), limited), handed)
    first = "offset" if chosen is Style.LIMIT_OFFSET else "skip"
    skip = Asked(first, 0, "ge=0", "Number of items to skip")
    added = Added(first, "int", "0")
    handed = ((first, first), ("limit", "limit"))
    if first == "offset":
        return Names((limit, skip), (limited, added), tuple(reversed(handed)))
    return Names((skip, limit), (added, limited), handed)


@question
def _known_style(project: Project) -> tuple[Style, str]:
    """What most endpoints with pages ask for; for pages with a size also how that is called."""
    found: Counter[tuple[Style, str]] = Counter()
    for one in endpoints(project):
        asked = request_names(project, one.ref)
        if {"skip", "limit"} <= asked:
            found[Style.SKIP_LIMIT, "size"] += 1
        elif {"offset", "limit"} <= asked:
            found[Style.LIMIT_OFFSET, "size"] += 1
        elif "page" in asked:
            size = next((name for name in _SIZES if name in asked), "")
            if size:
                found[Style.PAGE_SIZE, size] += 1
    return found.most_common(1)[0][0] if found else (Style.SKIP_LIMIT, "size")


class Unwritable(NamedTuple):
    """Why a parameter cannot be written."""

    reason: str
    fix: str


def endpoint_edits(
    project: Project, ref: FunctionRef, asked: tuple[Asked, ...], *, called: bool
) -> list[Operation] | Unwritable:
    """The query parameters of an endpoint, before its dependencies; called: as a function as well."""
    node = function_node(project, ref)
    if node is None:
        return Unwritable("the file does not parse any more", "run again")
    query = marker(project, ref, "Query")
    is_class = library_name(project, ref.path, _CLASSES) == query.text  # which is no default for an int to checkers
    is_annotated = called or is_class or _is_annotated(project, ref)
    hint = annotated(project, ref) if is_annotated else None
    if is_annotated and hint is None:
        return Unwritable("the name Annotated means something else in this file", "give that another name here")
    before = _place(project, ref, node)
    span = Span(*function(project, ref).definition)
    text = project.text(ref.path)
    expected = text[span.start : span.end]
    found: list[Operation] = [
        AddParameter(
            span=span, expected=expected, code=_code(one, query.text, hint.text if hint else "", text), before=before
        )
        for one in asked
    ]
    return [*found, *query.imports, *(hint.imports if hint else ())]


def _code(one: Asked, query: str, annotated: str, text: str) -> str:
    quote = "'" if text.count("'") > 2 * text.count('"') else '"'
    said = f"{one.bounds}, description={quote}{one.description}{quote}"
    if annotated:
        return f"{one.name}: {annotated}[int, {query}({said})] = {one.default}"
    return f"{one.name}: int = {query}({one.default}, {said})"


def _place(project: Project, ref: FunctionRef, node: FunctionNode) -> str | None:
    """The parameter before which those with a default go: the first dependency, if Python lets them stand there."""
    dependent = {taken.parameter.name for taken in parameters(project, ref) if taken.source is Source.DEPENDENCY}
    plain = [*node.args.posonlyargs, *node.args.args]
    required = len(plain) - len(node.args.defaults)
    first = next((index for index, item in enumerate(plain) if item.arg in dependent), None)
    if first is not None:
        index = max(first, required)
        if index < len(plain):
            return plain[index].arg
    later = next((item.arg for item in node.args.kwonlyargs if item.arg in dependent), None)
    return later if first is None or node.args.kwonlyargs else None


def _is_annotated(project: Project, ref: FunctionRef) -> bool:
    """Whether parameters are marked in their annotations: as the endpoint does, else its file, else the project."""
    if project.checks(ref.path, "FAST002"):
        return True
    own = _votes(project, ref)
    return own[True] > own[False] if own[True] or own[False] else prefers_annotated(project, ref.path)


@question
def _votes(project: Project, ref: FunctionRef) -> Counter[bool]:
    """How many marked parameters say so in their annotation (True) and in their default (False)."""
    node = function_node(project, ref)
    route = next((route for route in routes(project) if route.function == ref), None)
    found: Counter[bool] = Counter()
    if node is None or route is None:
        return found
    for taken in endpoint_parameters(project, route):
        if taken.marker is not None:
            default = taken.parameter.default
            found[default is None or (default[1], default[2]) != taken.marker.span] += 1
    return found


def _name_of(project: Project, path: str, wanted: frozenset[str]) -> str | None:
    """The name that a module has for something of a library, by import."""
    for binding in project.facts(path).members_of.get(0, ()):
        if binding.kind == "import":
            behind = denoted(project, Variable(path, 0, binding.name))
            if behind and all(isinstance(one, External) and one.name in wanted for one in behind):
                return binding.name
    return None


def _is_taken(project: Project, path: str, name: str) -> bool:
    return any(bound == name for _, bound in project.facts(path).bound)


def library_name(project: Project, path: str, wanted: frozenset[str]) -> str | None:
    """The name that a module has for something of a library; None where it would have to be imported."""
    return _name_of(project, path, wanted)


def is_free(project: Project, path: str, name: str) -> bool:
    """Whether a file binds a name nowhere."""
    return not _is_taken(project, path, name)
