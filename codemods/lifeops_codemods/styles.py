"""The style of each folder: read from the nearest formatter configuration at or above it, up to the root."""

from __future__ import annotations

from pathlib import Path
from posixpath import dirname, join

from lifeops_codemods.plan.style import Style, style_from
from lifeops_codemods.source.reading import ReadError, read_file

_FILES = ("pyproject.toml", "ruff.toml", ".ruff.toml", ".isort.cfg")


class Styles:
    """Styles by folder, each read once."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._known: dict[str, Style] = {}

    def of(self, path: str) -> Style:
        """The style that new code in the file at `path` must agree with."""
        return self._of_folder(dirname(path))

    def _of_folder(self, folder: str) -> Style:
        if folder not in self._known:
            texts = {name: self._text(join(folder, name)) for name in _FILES}
            if folder and not any(_formats(name, text) for name, text in texts.items()):
                self._known[folder] = self._of_folder(dirname(folder))
            else:
                ruff = texts["ruff.toml"] if texts["ruff.toml"] is not None else texts[".ruff.toml"]
                self._known[folder] = style_from(texts["pyproject.toml"], ruff, texts[".isort.cfg"])
        return self._known[folder]

    def _text(self, path: str) -> str | None:
        try:
            return read_file(self._root, path).decode("utf-8", "replace")
        except ReadError:
            return None


def _formats(name: str, text: str | None) -> bool:
    """Whether a configuration file says anything about formatting."""
    if text is None:
        return False
    return name != "pyproject.toml" or any(f"tool.{tool}" in text for tool in ("ruff", "black", "isort"))
