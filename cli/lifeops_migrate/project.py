"""Which project is meant: its root, its configuration, the paths that may be edited."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from lifeops_codemods.source.root import RootError, find_configuration, find_root, relative_paths
from lifeops_migrate.failure import Failure

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lifeops_codemods.config import Settings


@dataclass(frozen=True)
class Location:
    """root: absolute. paths: relative to the root. file: the configuration, if there is one, and its content."""

    root: Path
    paths: tuple[str, ...]
    file: Path | None
    content: bytes

    @property
    def shown_root(self) -> str:
        """The root as it is shown, POSIX, from the current folder."""
        return shown_path(self.root)

    @cached_property
    def settings(self) -> Settings:
        """What the configuration says, read with what the rules know. Raises Failure."""
        from lifeops_codemods.config import ConfigError, Settings, parse_settings
        from lifeops_codemods.rules import listed_rules

        if self.file is None:
            return Settings()
        shown = shown_path(self.file)
        try:
            return parse_settings(self.content.decode("utf-8"), shown, listed_rules())
        except UnicodeDecodeError as error:
            raise Failure(str(ConfigError(shown, 0, "", f"is not UTF-8 (byte {error.start})"))) from error
        except ConfigError as error:
            raise Failure(str(error)) from error


def locate(paths: Sequence[str], *, root: Path | None = None, config: Path | None = None) -> Location:
    """Find the project. Raises Failure for paths that do not fit together, or a configuration that cannot be read."""
    given = [Path(path) for path in paths]
    try:
        found = find_root(given, root)
        file = config or find_configuration(_folder(given[0] if given else Path()))
        return Location(found, relative_paths(given, found), file, b"" if file is None else _content(file))
    except RootError as error:
        raise Failure(str(error)) from error


def shown_path(path: Path) -> str:
    """The path from the current folder, POSIX."""
    return Path(os.path.relpath(path)).as_posix()


def _content(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        from lifeops_codemods.config import ConfigError

        reason = (error.strerror or str(error)).lower()
        raise Failure(str(ConfigError(shown_path(file), 0, "", reason))) from error


def _folder(path: Path) -> Path:
    return path if path.is_dir() else path.parent
