"""A small drawing of lines on two logarithmic scales, as SVG that can be read on light and on dark."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple
from xml.sax.saxutils import escape

WIDTH, HEIGHT = 490, 380
LEFT, RIGHT, TOP, BOTTOM = 58, 168, 40, 48
COLOURS = ("#d1495b", "#e08e2b", "#3f8efc", "#2a9d6f", "#9a5fd0", "#7d8590", "#b8860b", "#c2569b")
STYLE = """
text { font: 12px system-ui, sans-serif; fill: #24292f; stroke: #ffffff; stroke-width: 3; paint-order: stroke }
.title { font-weight: 600; font-size: 13px }
.ground { fill: #ffffff }
.grid { stroke: #d8dee4; stroke-width: 1 }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3; stroke: #0d1117 }
  .ground { fill: #0d1117 }
  .grid { stroke: #30363d }
}
"""


class Panel(NamedTuple):
    """One diagram: by name of a line, its points."""

    title: str
    across: str
    lines: Mapping[str, Sequence[tuple[float, float]]]


def svg(panels: Sequence[Panel]) -> str:
    """The panels side by side. Lines of one name have one colour in all."""
    names = list(dict.fromkeys(name for panel in panels for name in panel.lines))
    colours = {name: COLOURS[number % len(COLOURS)] for number, name in enumerate(names)}
    width = WIDTH * len(panels)
    drawn = [
        f'<g transform="translate({WIDTH * number},0)">{_panel(panel, colours)}</g>'
        for number, panel in enumerate(panels)
    ]
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {HEIGHT}" width="{width}" height="{HEIGHT}">'
    title = f"<title>{escape('; '.join(panel.title for panel in panels))}</title>"
    ground = f'<rect class="ground" width="{width}" height="{HEIGHT}"/>'
    return "\n".join([head, title, f"<style>{STYLE}</style>", ground, *drawn, "</svg>\n"])


def _panel(panel: Panel, colours: Mapping[str, str]) -> str:
    points = [point for line in panel.lines.values() for point in line]
    if not points:
        return _text(LEFT, 20, panel.title, "title")
    across = _Scale([x for x, _ in points], LEFT, WIDTH - RIGHT)
    up = _Scale([y for _, y in points], HEIGHT - BOTTOM, TOP)
    parts = [
        _text(LEFT, 20, panel.title, "title"),
        _text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 10, panel.across, "", "middle"),
    ]
    for value in up.ticks():
        y = up(value)
        parts.append(f'<path class="grid" d="M{LEFT} {y:.1f}H{WIDTH - RIGHT}"/>')
        parts.append(_text(LEFT - 6, y + 4, _short(value), "", "end"))
    for value in across.ticks():
        x = across(value)
        parts.append(f'<path class="grid" d="M{x:.1f} {TOP}V{HEIGHT - BOTTOM}"/>')
        parts.append(_text(x, HEIGHT - BOTTOM + 16, _short(value), "", "middle"))
    for name, line in panel.lines.items():
        parts += _line([(across(x), up(y)) for x, y in line], colours[name])
    for name, (x, y) in _ends(panel, across, up).items():
        parts.append(_text(x + 8, y + 4, name, "", "start", colours[name]))
    return "\n".join(parts)


class _Scale:
    """From values to places, by their logarithms."""

    def __init__(self, values: Sequence[float], start: float, end: float) -> None:
        self._low = math.log10(min(values)) - 0.08
        self._high = math.log10(max(values)) + 0.08
        self._start, self._end = start, end

    def __call__(self, value: float) -> float:
        share = (math.log10(value) - self._low) / (self._high - self._low)
        return self._start + share * (self._end - self._start)

    def ticks(self) -> list[float]:
        """1, 2 and 5 of each power of ten; the powers alone where that would be too many."""
        powers = range(math.floor(self._low), math.ceil(self._high) + 1)
        steps = (1,) if self._high - self._low > 2.5 else (1, 2, 5)
        values = [step * 10.0**power for power in powers for step in steps]
        return [value for value in values if self._low <= math.log10(value) <= self._high]


def _ends(panel: Panel, across: _Scale, up: _Scale) -> dict[str, tuple[float, float]]:
    """Where each line ends; names at one x are moved apart."""
    last = {name: line[-1] for name, line in panel.lines.items() if line}
    found: dict[str, tuple[float, float]] = {}
    for x in {x for x, _ in last.values()}:
        places = apart({name: up(end[1]) for name, end in last.items() if end[0] == x}, 14)
        found |= {name: (across(x), y) for name, y in places.items()}
    return found


def apart(places: Mapping[str, float], least: float) -> dict[str, float]:
    """The same places in the same order, moved so that none is nearer to the next than that."""
    found: dict[str, float] = {}
    last = -math.inf
    for name, place in sorted(places.items(), key=lambda item: item[1]):
        last = found[name] = max(place, last + least)
    over = max(0.0, last - (HEIGHT - BOTTOM))
    return {name: place - over for name, place in found.items()}


def _line(points: Sequence[tuple[float, float]], colour: str) -> list[str]:
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    dots = [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>' for x, y in points]
    return [f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>', *dots]


def _text(x: float, y: float, words: str, kind: str, anchor: str = "start", colour: str = "") -> str:
    style = f' style="fill:{colour}"' if colour else ""
    return f'<text x="{x:.1f}" y="{y:.1f}" class="{kind}" text-anchor="{anchor}"{style}>{escape(words)}</text>'


def _short(value: float) -> str:
    """1,500,000 as 1.5M, and 0.05 as it is."""
    for size, letter in ((1e6, "M"), (1e3, "k")):
        if value >= size:
            return f"{value / size:g}{letter}"
    return f"{value:g}"
