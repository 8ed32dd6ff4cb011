"""The style of each folder: read from the nearest formatter configuration at or above it, up to the root."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from posixpath import dirname, join

from lifeops_codemods.plan.style import Selectors, Style, selectors_from, style_from
from lifeops_codemods.source.reading import ReadError, read_file

_FILES = ("pyproject.toml", "ruff.toml", ".ruff.toml", ".isort.cfg")


class Styles:
    """Styles by folder, each read once. digests: of each configuration that was looked for, None where it is not."""

    def __init__(self, root: Path, first_party: tuple[str, ...] = ()) -> None:
        self._root = root
        self._first_party = first_party
        self._known: dict[str, tuple[Style, Selectors]] = {}
        self.digests: dict[str, str | None] = {}

    def of(self, path: str) -> Style:
        """The style that new code in the file at `path` must agree with."""
        return self._of_folder(dirname(path))[0]

    def checks(self, path: str, code: str) -> bool:
        """Whether the project's own linter looks for the rule `code` in the file at `path`."""
        return self._of_folder(dirname(path))[1].checks(code)

    def _of_folder(self, folder: str) -> tuple[Style, Selectors]:
        if folder not in self._known:
            texts = {name: self._text(join(folder, name)) for name in _FILES}
            if folder and not any(_formats(name, text) for name, text in texts.items()):
                self._known[folder] = self._of_folder(dirname(folder))
            else:
                ruff = texts["ruff.toml"] if texts["ruff.toml"] is not None else texts[".ruff.toml"]
                style = style_from(texts["pyproject.toml"], ruff, texts[".isort.cfg"])
                known = tuple(sorted({*style.known_first_party, *self._first_party}))
                self._known[folder] = (
                    replace(style, known_first_party=known),
                    selectors_from(texts["pyproject.toml"], ruff),
                )
        return self._known[folder]

    def _text(self, path: str) -> str | None:
        try:
            data = read_file(self._root, path)
        except ReadError:
            self.digests[path] = None
            return None
        self.digests[path] = sha256(data).hexdigest()
        return data.decode("utf-8", "replace")


def first_party(paths: Iterable[str]) -> tuple[str, ...]:
    """The names of the project's own top-level packages and modules, as far as the paths tell."""
    packages = {dirname(path) for path in paths if path.endswith("/__init__.py")}
    tops = {package for package in packages if dirname(package) not in packages}
    return tuple(sorted({package.rpartition("/")[2] for package in tops}))


def _formats(name: str, text: str | None) -> bool:
    """Whether a configuration file says anything about formatting."""
    if text is None:
        return False
    return name != "pyproject.toml" or any(f"tool.{tool}" in text for tool in ("ruff", "black", "isort"))
