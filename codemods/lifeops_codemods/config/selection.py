"""Which rules run, and which of them leave a file alone."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, TypeVar

from lifeops_codemods.config.error import ConfigError
from lifeops_codemods.config.key import ALL, selectable_names
from lifeops_codemods.config.shape import Choice, WrongValueError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from lifeops_codemods.config.settings import Settings
    from lifeops_codemods.rule import Named

    R = TypeVar("R", bound=Named)


def active_rules(
    settings: Settings, select: Sequence[str], ignore: Sequence[str], all_rules: Sequence[R]
) -> tuple[R, ...]:
    """The rules to run. `select` and `ignore` come from the command line: the first replaces, the second adds.

    A rule's name counts more than its category, and that more than `all`; between equals, to ignore counts more, but
    what the command line selects counts more than what the file ignores. `ConfigError` for an unknown name.
    """
    _check("--select", select, all_rules)
    _check("--ignore", ignore, all_rules)
    from_file = 0.5 if select else 0

    def is_active(rule: R) -> bool:
        selected = _precision(rule, select or settings.select)
        return selected > _precision(rule, ignore) and selected > _precision(rule, settings.ignore) - from_file

    return tuple(rule for rule in all_rules if is_active(rule))


def spelled_out(names: Iterable[str], rules: Sequence[Named]) -> tuple[str, ...]:
    """The names of the rules that `names` (of rules, categories, or `all`) stand for."""
    given = tuple(names)
    return tuple(rule.name for rule in rules if _precision(rule, given))


def ignored_by_file(settings: Settings, path: str) -> frozenset[str]:
    """The names of the rules that `per-file-ignores` keeps away from the file at `path` (POSIX, from the root)."""
    if not settings.per_file_ignores:
        return frozenset()
    return frozenset(
        name for pattern, names in settings.per_file_ignores.items() if _matcher(pattern)(path) for name in names
    )


@cache
def _matcher(pattern: str) -> Callable[[str], bool]:
    from pathspec import GitIgnoreSpec

    spec = GitIgnoreSpec.from_lines([pattern.removeprefix("!")])
    if pattern.startswith("!"):
        return lambda path: not spec.match_file(path)
    return spec.match_file


def _precision(rule: Named, names: Sequence[str]) -> int:
    """How exactly `names` mean the rule: 3 by its name, 2 by its category, 1 as one of all, 0 not."""
    if rule.name in names:
        return 3
    return 2 if rule.category in names else int(ALL in names)


def _check(option: str, names: Sequence[str], rules: Sequence[Named]) -> None:
    known = Choice(selectable_names(rules), of="rule or category")
    for name in names:
        try:
            known.convert(name)
        except WrongValueError as wrong:
            raise ConfigError(option, 0, "", str(wrong)) from None
