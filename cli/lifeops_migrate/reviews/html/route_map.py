"""The way of requests as a picture: endpoints, the services that they run, the models that those name."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lifeops_migrate.result import plural
from lifeops_migrate.reviews.html.elements import Element, element

if TYPE_CHECKING:
    from lifeops_codemods.review.model import Endpoint, Issue, Named, Review

_ROW = 20
_HEAD = 34
_WIDTHS = (380, 220, 200)
_GAP = 150
_MOST = 150
"""More endpoints make no picture any more: then those without an issue are left out, and the table has them."""

_TOLD = (
    "An endpoint's colour is that of its worst issue; a dashed line passes by the services. Choose one to see its "
    "issues alone, or point at anything to see what it is joined with."
)
_WORST = ("error", "warning", "info")


@dataclass(frozen=True, slots=True)
class Ways:
    """What is joined with what, by position in the three columns."""

    endpoints: tuple[int, ...]
    services: tuple[Named, ...]
    models: tuple[Named, ...]
    calls: tuple[tuple[int, int], ...]
    uses: tuple[tuple[int, int], ...]
    direct: tuple[tuple[int, int], ...]


def route_map(review: Review) -> list[Element]:
    """The picture, and the same as a table; nothing for a project without endpoints."""
    if not review.state.endpoints:
        return [element("p", "No endpoints were found.")]
    ways = _ways(review)
    left_out = len(review.state.endpoints) - len(ways.endpoints)
    note = f" {plural(left_out, 'endpoint')} without an issue are only in the table." if left_out else ""
    return [
        element("p", f"{_TOLD}{note}"),
        element("div", _picture(review, ways), class_="scroll map", role="region", tabindex="0", aria_label="Map"),
        element("details", element("summary", "The map as a table"), _table(review)),
    ]


def _ways(review: Review) -> Ways:
    state = review.state
    touched = {number for issue in review.issues for number in issue.endpoints}
    every = range(len(state.endpoints))
    shown = tuple(number for number in every if len(every) <= _MOST or number in touched)[:_MOST]
    calls: dict[tuple[int, Named], None] = {}
    uses: dict[tuple[Named, Named], None] = {}
    direct: dict[tuple[int, Named], None] = {}
    for row, number in enumerate(shown):
        endpoint = state.endpoints[number]
        direct |= dict.fromkeys((row, model) for model in endpoint.own)
        for reached in endpoint.reaches:
            service = _service(state.services, reached.spot.path, reached.spot.line)
            if service is not None:
                calls[row, service] = None
                uses |= dict.fromkeys((service, model) for model in reached.models)
            else:
                direct |= dict.fromkeys((row, model) for model in reached.models)
    services = tuple(dict.fromkeys(service for _, service in calls))
    models = tuple(dict.fromkeys(model for _, model in (*uses, *direct)))
    return Ways(
        shown,
        services,
        models,
        tuple((row, services.index(service)) for row, service in calls),
        tuple((services.index(service), models.index(model)) for service, model in uses),
        tuple((row, models.index(model)) for row, model in direct),
    )


def _service(services: Sequence[Named], path: str, line: int) -> Named | None:
    return next((service for service in services if service.spot.holds(path, line)), None)


def _picture(review: Review, ways: Ways) -> Element:
    rows = max(len(ways.endpoints), len(ways.services), len(ways.models), 1)
    height = _HEAD + rows * _ROW + 10
    width = sum(_WIDTHS) + 2 * _GAP
    seconds, thirds = _spread(len(ways.services), rows), _spread(len(ways.models), rows)
    firsts = _spread(len(ways.endpoints), rows)
    x = (0, _WIDTHS[0] + _GAP, _WIDTHS[0] + _WIDTHS[1] + 2 * _GAP)
    lines = [
        *(_line(f"e{a} s{b}", x[0] + _WIDTHS[0], firsts[a], x[1], seconds[b]) for a, b in ways.calls),
        *(_line(f"s{a} m{b}", x[1] + _WIDTHS[1], seconds[a], x[2], thirds[b]) for a, b in ways.uses),
        *(_line(f"e{a} m{b}", x[0] + _WIDTHS[0], firsts[a], x[2], thirds[b], "direct") for a, b in ways.direct),
    ]
    heads = [
        element("text", name, x=at, y=16, class_="column")
        for name, at in zip(("Endpoints", "Services", "Models"), x, strict=True)
    ]
    endpoints = [
        _endpoint(review, number, f"e{row}", firsts[row], _joined(ways, row))
        for row, number in enumerate(ways.endpoints)
    ]
    services = [
        _node(item.name, item.spot.path, f"s{row}", x[1], seconds[row], _WIDTHS[1])
        for row, item in enumerate(ways.services)
    ]
    models = [
        _node(item.name, item.spot.path, f"m{row}", x[2], thirds[row], _WIDTHS[2])
        for row, item in enumerate(ways.models)
    ]
    label = (
        f"Map of {plural(len(ways.endpoints), 'endpoint')}, {plural(len(ways.services), 'service')} and "
        f"{plural(len(ways.models), 'model')}; the table below says the same"
    )
    return element(
        "svg",
        *heads,
        element("g", *lines, class_="lines"),
        *endpoints,
        *services,
        *models,
        viewBox=f"0 0 {width} {height}",
        width=width,
        height=height,
        role="group",
        aria_label=label,
    )


def _spread(count: int, rows: int) -> list[int]:
    """The middles of the rows of a column, spread over the height of the longest one."""
    step = rows / count if count else 1
    return [int(_HEAD + (row + 0.5) * step * _ROW) for row in range(count)]


def _line(ends: str, x: int, y: int, other_x: int, other_y: int, kind: str = "") -> Element:
    bend = (x + other_x) // 2
    shape = f"M{x} {y}C{bend} {y} {bend} {other_y} {other_x} {other_y}"
    return element("path", d=shape, data_ends=ends, class_=kind or None)


def _joined(ways: Ways, row: int) -> str:
    """What else lights up with an endpoint: the models of its services are joined with those."""
    return " ".join(f"s{service}" for first, service in ways.calls if first == row)


def _endpoint(review: Review, number: int, node: str, y: int, joined: str) -> Element:
    endpoint = review.state.endpoints[number]
    mine = [issue for issue in review.issues if number in issue.endpoints]
    said = f"{endpoint.label}, {plural(len(mine), 'issue')}"
    box = _box(endpoint.label, 0, y, _WIDTHS[0], _worst(mine))
    return element("a", *box, href=f"#endpoint={number}", data_node=node, data_joined=joined, aria_label=said)


def _node(name: str, path: str, node: str, x: int, y: int, width: int) -> Element:
    return element(
        "g", element("title", f"{name}, {path}"), *_box(name, x, y, width, ""), data_node=node, class_="node"
    )


def _box(name: str, x: int, y: int, width: int, kind: str) -> tuple[Element, Element]:
    room = width // 7 - 2
    shown = name if len(name) <= room else f"{name[: room - 1]}…"
    rect = element("rect", x=x, y=y - 8, width=width, height=17, rx=3, class_=kind or None)
    return rect, element("text", shown, x=x + 6, y=y + 4)


def _worst(issues: Iterable[Issue]) -> str:
    found = {issue.severity.value for issue in issues}
    return next((severity for severity in _WORST if severity in found), "")


def _table(review: Review) -> Element:
    rows = [_row(review, number, endpoint) for number, endpoint in enumerate(review.state.endpoints)]
    names = ("Endpoint", "Services", "Models", "Issues")
    head = element("thead", element("tr", *(element("th", name, scope="col") for name in names)))
    table = element("table", head, element("tbody", *rows))
    return element("div", table, class_="scroll", role="region", tabindex="0", aria_label="Endpoints")


def _row(review: Review, number: int, endpoint: Endpoint) -> Element:
    found = (_service(review.state.services, one.spot.path, one.spot.line) for one in endpoint.reaches)
    services = dict.fromkeys(service.name for service in found if service is not None)
    models = dict.fromkeys(model.name for model in endpoint.models)
    count = sum(number in issue.endpoints for issue in review.issues)
    link = element("a", element("code", endpoint.label), href=f"#endpoint={number}")
    return element(
        "tr",
        element("th", link, scope="row"),
        element("td", ", ".join(services)),
        element("td", ", ".join(models)),
        element("td", str(count)),
    )
