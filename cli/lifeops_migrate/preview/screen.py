"""A place to print styled lines: one `Text` a line, never cut, never wrapped but where prose asks for it."""

from __future__ import annotations

from textwrap import wrap
from typing import IO, TYPE_CHECKING, cast

from rich.color import ColorSystem
from rich.console import Console, RenderableType
from rich.style import Style
from rich.text import Text

from lifeops_migrate.glyphs import glyphs_for
from lifeops_migrate.preview.palette import MARKER, PLAIN
from lifeops_migrate.visible import pieces, visible

if TYPE_CHECKING:
    from lifeops_migrate.terminal import Sink

Part = str | Text | tuple[str, Style]


class Screen:
    """Prints on one sink. `width` is in columns; `wraps`: a person reads it, so prose may be broken at spaces."""

    def __init__(self, sink: Sink, *, colored: bool) -> None:
        self.encoding = sink.encoding
        self.glyphs = glyphs_for(sink)
        self.colored = colored
        self.width = sink.width
        self.wraps = sink.isatty()
        self._sink = sink
        self._console = Console(
            file=cast("IO[str]", sink),
            color_system="standard" if colored else None,
            force_terminal=colored,
            no_color=not colored,
            width=self.width,
            markup=False,
            emoji=False,
            highlight=False,
            legacy_windows=False,
        )

    def line(self, *parts: Part) -> None:
        """One line. Strings are the program's own words; text of the user's comes through `user`."""
        if not self.colored:
            self._sink.line("".join(part[0] if isinstance(part, tuple) else str(part) for part in parts))
            return
        # As the console prints what it may neither wrap nor cut; asking it about each of 20,000 lines takes longer.
        segments = Text.assemble(*parts).render(self._console, end="\n")
        self._sink.write("".join(_escaped(text, style) for text, style, _ in segments))

    def page(self, renderable: RenderableType, *, width: int) -> None:
        """Something that rich lays out itself, such as a page of the program's own documentation."""
        self._console.print(renderable, width=width)

    def user(self, text: str, style: Style = PLAIN) -> Text:
        """Text of the user's, on one line, with what cannot be shown spelled out."""
        shown = Text()
        for piece in pieces(text, self.encoding):
            shown.append(piece.text, style + MARKER if piece.marker else style)
        return shown

    def heading(self, text: str) -> None:
        """The start of a section."""
        self.line()
        self.line((text, Style(bold=True)))

    def prose(self, text: str, *, indent: str = "", label: Part = "", style: Style = PLAIN) -> None:
        """A paragraph, set under its first line, after a label on that line."""
        head = Text.assemble(label)
        shown = visible(text, self.encoding)
        hang = " " * (len(indent) + head.cell_len)
        room = self.width - len(hang)
        fits = not self.wraps or room < 20
        lines = [shown] if fits else wrap(shown, room, break_long_words=False, break_on_hyphens=False)
        for number, line in enumerate(lines or [""]):
            self.line(*((indent, head) if number == 0 else (hang,)), (line, style))


def _escaped(text: str, style: Style | None) -> str:
    return style.render(text, color_system=ColorSystem.STANDARD) if style else text
