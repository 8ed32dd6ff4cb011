"""A place to print styled lines, never cut, never wrapped but where prose asks for it."""

from __future__ import annotations

from textwrap import wrap
from typing import IO, TYPE_CHECKING, cast

from lifeops_migrate.glyphs import glyphs_for
from lifeops_migrate.preview.cells import width
from lifeops_migrate.preview.palette import HEADING, MARKER, PLAIN
from lifeops_migrate.preview.style import Line, Span, Style, painted
from lifeops_migrate.visible import pieces, visible

if TYPE_CHECKING:
    from rich.console import RenderableType

    from lifeops_migrate.terminal import Sink

Part = str | Span | Line


class Screen:
    """Prints on one sink. `width` is in columns; `wraps`: a person reads it, so prose may be broken at spaces."""

    def __init__(self, sink: Sink, *, colored: bool) -> None:
        self.encoding = sink.encoding
        self.glyphs = glyphs_for(sink)
        self.colored = colored
        self.width = sink.width
        self.wraps = sink.isatty()
        self._sink = sink
        self.paint = painted if colored else _plain

    def line(self, *parts: Part) -> None:
        """One line. Strings are the program's own words; text of the user's comes through `user`."""
        self._sink.write(self.written(*parts))

    def lines(self, written: list[str]) -> None:
        """Many lines, each made by `written`."""
        self._sink.write("".join(written))

    def written(self, *parts: Part) -> str:
        """A line as it is printed, with its end."""
        texts: list[str] = []
        for part in parts:
            if isinstance(part, str):
                texts.append(part)
            elif isinstance(part, tuple):
                texts.append(self.paint(*part))
            else:
                texts += [self.paint(text, style) for text, style in part]
        texts.append("\n")
        return "".join(texts)

    def page(self, renderable: RenderableType, *, width: int) -> None:
        """Something that rich lays out, such as a page of the program's own documentation."""
        from rich.console import Console

        Console(
            file=cast("IO[str]", self._sink),
            color_system="standard" if self.colored else None,
            force_terminal=self.colored,
            no_color=not self.colored,
            width=self.width,
            markup=False,
            emoji=False,
            highlight=False,
            legacy_windows=False,
        ).print(renderable, width=width)

    def user(self, text: str, style: Style = PLAIN) -> Line:
        """Text of the user's, on one line, with what cannot be shown spelled out."""
        return [(piece.text, style + MARKER if piece.marker else style) for piece in pieces(text, self.encoding)]

    def heading(self, text: str) -> None:
        """The start of a section."""
        self.line()
        self.line((text, HEADING))

    def prose(self, text: str, *, indent: str = "", label: str | Span = "", style: Style = PLAIN) -> None:
        """A paragraph, set under its first line, after a label on that line."""
        shown = visible(text, self.encoding)
        hang = " " * (len(indent) + width(label if isinstance(label, str) else label[0]))
        room = self.width - len(hang)
        fits = not self.wraps or room < 20
        lines = [shown] if fits else wrap(shown, room, break_long_words=False, break_on_hyphens=False)
        for number, line in enumerate(lines or [""]):
            self.line(*((indent, label) if number == 0 else (hang,)), (line, style))


def _plain(text: str, style: Style) -> str:
    return text
