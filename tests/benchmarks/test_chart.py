"""The drawing is well-formed, escapes what it says, and puts points where their values are."""

import xml.etree.ElementTree as ElementTree
from itertools import pairwise

from measure.chart import HEIGHT, WIDTH, Panel, apart, svg

NAMES = "{http://www.w3.org/2000/svg}"


def _drawn(*panels: Panel) -> ElementTree.Element:
    return ElementTree.fromstring(svg(panels))


def _circles(root: ElementTree.Element) -> list[tuple[float, float]]:
    return [(float(dot.attrib["cx"]), float(dot.attrib["cy"])) for dot in root.iter(f"{NAMES}circle")]


def test_names_are_escaped() -> None:
    root = _drawn(Panel("a < b & c", "<lines>", {"x & <y>": [(1, 1), (2, 2)]}))
    assert {"a < b & c", "<lines>", "x & <y>"} <= {text.text for text in root.iter(f"{NAMES}text")}


def test_what_doubles_with_the_tree_is_straight() -> None:
    """On two logarithmic scales equal ratios are equal steps."""
    places = _circles(_drawn(Panel("", "", {"line": [(100.0 * 2**step, 3.0 * 2**step) for step in range(4)]})))
    assert len({(round(b[0] - a[0]), round(b[1] - a[1])) for a, b in pairwise(places)}) == 1
    assert places[0][0] < places[-1][0]
    assert places[0][1] > places[-1][1]  # more is higher up


def test_all_points_lie_within_the_drawing() -> None:
    places = _circles(_drawn(Panel("", "", {"a": [(1, 0.001), (1e6, 5)], "b": [(10, 4e4)]})))
    assert len(places) == 3
    assert all(0 < x < WIDTH and 0 < y < HEIGHT for x, y in places)


def test_one_point_alone_can_be_drawn_and_none_too() -> None:
    assert len(_circles(_drawn(Panel("", "", {"a": [(5, 5)]})))) == 1
    assert _circles(_drawn(Panel("empty", "", {}))) == []


def test_a_line_has_one_colour_in_all_panels() -> None:
    root = _drawn(Panel("1", "", {"a": [(1, 1)], "b": [(1, 2)]}), Panel("2", "", {"b": [(1, 1)]}))
    colours = [dot.attrib["fill"] for dot in root.iter(f"{NAMES}circle")]
    assert colours[0] != colours[1] == colours[2]


def test_it_has_colours_for_light_and_for_dark() -> None:
    style = _drawn(Panel("", "", {})).findtext(f"{NAMES}style") or ""
    assert "prefers-color-scheme: dark" in style


def test_names_at_the_ends_of_lines_do_not_cover_each_other() -> None:
    places = apart({"a": 100.0, "b": 101.0, "c": 330.0, "d": 331.0}, 14)
    assert list(places) == ["a", "b", "c", "d"]
    assert all(later - earlier >= 14 for earlier, later in pairwise(places.values()))
    assert max(places.values()) <= HEIGHT
