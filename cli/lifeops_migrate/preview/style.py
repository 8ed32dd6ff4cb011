"""How text looks, and lines of such text: the few of rich's styles that are needed, without importing it.

`tests/cli/test_screen.py` holds what is written to what rich would write.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

_ATTRIBUTES = {"bold": 1, "dim": 2, "italic": 3, "reverse": 7}
_COLORS = {"red": 31, "green": 32, "yellow": 33, "blue": 34, "magenta": 35, "cyan": 36}
_END = "\x1b[0m"


@dataclass(frozen=True, slots=True)
class Style:
    """The codes that a terminal is sent: attributes, ascending, then a colour. start: the sequence that sends them."""

    codes: tuple[int, ...] = ()
    start: str = ""

    def __add__(self, other: Style) -> Style:
        """Both; of two colours the other's."""
        return _joined(self, other)


Span = tuple[str, Style]
Line = list[Span]


def style(*attributes: str, color: str = "") -> Style:
    """A style by the names that rich gives to attributes and colours."""
    codes = sorted(_ATTRIBUTES[name] for name in attributes)
    return _of((*codes, _COLORS[color]) if color else tuple(codes))


def painted(text: str, style: Style) -> str:
    """The text between the sequences that begin and end its style."""
    return f"{style.start}{text}{_END}" if style.start and text else text


@cache
def _joined(first: Style, second: Style) -> Style:
    colors = [code for code in (*first.codes, *second.codes) if code >= _COLORS["red"]]
    attributes = {*first.codes, *second.codes} - {*colors}
    return _of((*sorted(attributes), *colors[-1:]))


def _of(codes: tuple[int, ...]) -> Style:
    return Style(codes, f"\x1b[{';'.join(map(str, codes))}m" if codes else "")
