"""What the user asked for, found on the disk: the project, the rules, the files that count. Shared by all commands."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple, Protocol

from lifeops_migrate.commands import COMMANDS
from lifeops_migrate.failure import Failure
from lifeops_migrate.project import Location, locate

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from lifeops_codemods.rule import Rule


class Placing(Protocol):
    """The options that say which project is meant."""

    @property
    def paths(self) -> tuple[str, ...]: ...
    @property
    def config(self) -> Path | None: ...
    @property
    def root(self) -> Path | None: ...


class Asking(Placing, Protocol):
    """The options that say what to do with it."""

    @property
    def select(self) -> tuple[str, ...]: ...
    @property
    def ignore(self) -> tuple[str, ...]: ...
    @property
    def since(self) -> str | None: ...


class Meant(NamedTuple):
    """What the disk alone tells. changed: the files that changed since a revision; None where all count."""

    location: Location
    changed: frozenset[str] | None


class Asked(NamedTuple):
    """What is meant, and the rules that were chosen."""

    location: Location
    rules: tuple[Rule, ...]
    changed: frozenset[str] | None


def asked(options: Asking) -> Asked:
    """What is meant, and the rules. Raises Failure."""
    location, changed = meant(options)
    return Asked(location, rules_for(options, location), changed)


def meant(options: Asking) -> Meant:
    """What is meant, without a word of the configuration. Raises Failure."""
    check_paths(options.paths)
    location = locate(options.paths, root=options.root, config=options.config)
    return Meant(location, None if options.since is None else _changed(location, options.since))


def rules_for(options: Asking, location: Location) -> tuple[Rule, ...]:
    """The rules that the configuration and the options choose. Raises Failure."""
    from lifeops_codemods.config import ConfigError, active_rules
    from lifeops_codemods.rules import listed_rules

    try:
        active = active_rules(location.settings, options.select, options.ignore, listed_rules())
    except ConfigError as error:
        raise Failure(str(error)) from error
    if not active:
        raise Failure("no rule is left to run", hints=["`lifeops-migrate rules` lists them all"])
    return tuple(listed.rule for listed in active)


def located(options: Placing) -> Location:
    """Which project is meant, its configuration being valid. Raises Failure."""
    check_paths(options.paths)
    location = locate(options.paths, root=options.root, config=options.config)
    _ = location.settings
    return location


def _changed(location: Location, revision: str) -> frozenset[str]:
    from lifeops_codemods.apply.git import GitError, changed_since

    try:
        return frozenset(changed_since(location.root, revision))
    except GitError as error:
        raise Failure(f"--since: {error}") from error


def check_paths(paths: Sequence[str]) -> None:
    """A word that is no path may have been meant as a command. Raises Failure."""
    for path in paths:
        if os.path.lexists(path):
            continue
        if path in COMMANDS:
            raise Failure(f"{path}: a command comes first", hints=[f"lifeops-migrate {path} …"])
        from difflib import get_close_matches

        near = get_close_matches(path, COMMANDS, n=1) if os.sep not in path else []
        hints = [f"did you mean the command `{near[0]}`?"] if near else []
        raise Failure(f"{path}: there is no such command, file or folder", hints=hints)
