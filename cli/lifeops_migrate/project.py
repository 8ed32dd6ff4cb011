"""Which project is meant: its root, its configuration, the paths that may be edited."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from lifeops_codemods.config import ConfigError, Settings, parse_settings
from lifeops_codemods.rules import all_rules
from lifeops_codemods.source.root import find_configuration, find_root, relative_paths

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class Location:
    """root: absolute. shown_root: as it is shown, POSIX, from the current folder. paths: relative to the root."""

    root: Path
    paths: tuple[str, ...]
    settings: Settings

    @property
    def shown_root(self) -> str:
        return shown_path(self.root)


def locate(paths: Sequence[str], *, root: Path | None = None, config: Path | None = None) -> Location:
    """Find the project. Raises RootError for paths that do not fit together, ConfigError for its configuration."""
    given = [Path(path) for path in paths]
    found = find_root(given, root)
    file = config or find_configuration(_folder(given[0] if given else Path()))
    return Location(found, relative_paths(given, found), settings_in(file) if file else Settings())


def settings_in(file: Path) -> Settings:
    """The settings of a configuration file. Raises ConfigError."""
    shown = shown_path(file)
    try:
        text = file.read_bytes().decode("utf-8")
    except OSError as error:
        raise ConfigError(shown, 0, "", (error.strerror or str(error)).lower()) from error
    except UnicodeDecodeError as error:
        raise ConfigError(shown, 0, "", f"is not UTF-8 (byte {error.start})") from error
    return parse_settings(text, shown, all_rules())


def shown_path(path: Path) -> str:
    """The path from the current folder, POSIX."""
    return Path(os.path.relpath(path)).as_posix()


def _folder(path: Path) -> Path:
    return path if path.is_dir() else path.parent
