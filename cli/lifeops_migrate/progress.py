"""A bar on standard error, for work that takes more than a second, and only where a person can see it."""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING

from lifeops_migrate.glyphs import glyphs_for
from lifeops_migrate.terminal import Terminal, is_plain

if TYPE_CHECKING:
    from types import TracebackType

_PATIENCE = 1.0
_INTERVAL = 0.1
_BAR = 24
_ERASE = "\r\x1b[K"


class Progress:
    """Called with a stage, what is done and what there is to do; on leaving, its line is erased."""

    def __init__(self, terminal: Terminal) -> None:
        self._err = terminal.err
        self._glyphs = glyphs_for(terminal.err)
        self._is_shown = terminal.err.isatty() and terminal.verbosity >= 0 and not is_plain()
        self._next = monotonic() + _PATIENCE
        self._drawn = False

    def __enter__(self) -> Progress:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._drawn:
            self._err.write(_ERASE)
            self._err.flush()

    def __call__(self, stage: str, done: int, total: int) -> None:
        now = monotonic()
        if not self._is_shown or now < self._next:
            return
        self._next = now + _INTERVAL
        self._drawn = True
        self._err.write(_ERASE + self._line(stage, done, total))
        self._err.flush()

    def _line(self, stage: str, done: int, total: int) -> str:
        full = _BAR * done // total if total else 0
        bar = self._glyphs.full * full + self._glyphs.empty * (_BAR - full)
        return f"{bar} {done:,}/{total:,} {stage}"[: max(self._err.width - 1, 1)]
