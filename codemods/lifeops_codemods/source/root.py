"""The project's root: the folder below which everything is read."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lifeops_codemods.source.git_folder import git_top
from lifeops_codemods.source.reading import ReadError, read_file

if TYPE_CHECKING:
    from collections.abc import Sequence

TABLE = "lifeops-migrate"
OWN_FILE = f"{TABLE}.toml"


class RootError(Exception):
    """A path that does not exist or lies outside the root, or a configuration that cannot be read."""


def find_root(paths: Sequence[Path], root: Path | None = None) -> Path:
    """Return the absolute root for `paths` (none: the current directory), links resolved.

    It is `root` if given, else the folder of the nearest configuration at or above the first path, else the top of its
    git repository, else the common parent of `paths`. Raises RootError.
    """
    wanted = [_existing(path) for path in paths or [Path()]]
    if root is not None and not root.is_dir():
        raise RootError(f"the root is not a folder: {root}")
    found = root.resolve() if root is not None else _found(wanted)
    for path, given in zip(wanted, paths or [Path()], strict=True):
        if not path.is_relative_to(found):
            raise RootError(f"{given} is outside the root, {found}; name a root that holds all paths with --root")
    return found


def relative_paths(paths: Sequence[Path], root: Path) -> tuple[str, ...]:
    """Return `paths` as POSIX paths relative to `root`; empty if one of them is the root, or if there are none.

    `root` is what `find_root` gave for them. Raises RootError.
    """
    relative = [_existing(path).relative_to(root).as_posix() for path in paths]
    return () if "." in relative else tuple(relative)


def find_configuration(start: Path, *, stop: Path | None = None) -> Path | None:
    """Return the nearest configuration file at or above the folder `start`, or None. `stop` is the last folder seen.

    That is a `lifeops-migrate.toml`, or a `pyproject.toml` with the table `[tool.lifeops-migrate]`; the former wins in
    the same folder. Raises RootError for a `pyproject.toml` that names the table and is no valid TOML.
    """
    start = start.resolve()
    last = stop.resolve() if stop is not None else None
    for folder in (start, *start.parents):
        if (own := folder / OWN_FILE).is_file():
            return own
        if _has_table(folder):
            return folder / "pyproject.toml"
        if folder == last:
            break
    return None


def _found(wanted: Sequence[Path]) -> Path:
    folders = [path if path.is_dir() else path.parent for path in wanted]
    if (configuration := find_configuration(folders[0])) is not None:
        return configuration.parent
    return git_top(folders[0]) or Path(os.path.commonpath(folders))


def _existing(path: Path) -> Path:
    """Return `path` absolute and with links resolved; raise RootError if there is nothing."""
    try:
        return path.resolve(strict=True)
    except (OSError, RuntimeError) as error:  # RuntimeError is how a loop of links is told before Python 3.13
        reason = error.strerror if isinstance(error, OSError) else "a loop of symbolic links"
        raise RootError(f"{path}: {(reason or str(error)).lower()}") from error


def _has_table(folder: Path) -> bool:
    """Whether the `pyproject.toml` of `folder` has our table."""
    location = folder / "pyproject.toml"
    if not location.is_file():
        return False
    try:
        content = read_file(location.resolve().parent, location.resolve().name)
    except ReadError as error:
        raise RootError(f"{location}: {error.message}") from error
    # Most projects have a pyproject.toml, few mention us: those alone are parsed, and must be valid.
    if TABLE.encode() not in content:
        return False
    return TABLE in _tool(location, content)


def _tool(location: Path, content: bytes) -> dict[str, Any]:
    """Return the `[tool]` table of a pyproject.toml; raise RootError if the file is no valid TOML."""
    import tomllib  # late: few projects mention us

    try:
        tool = tomllib.loads(content.decode()).get("tool", {})
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise RootError(f"{location}: no valid TOML: {error}") from error
    return tool if isinstance(tool, dict) else {}
