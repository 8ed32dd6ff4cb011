"""Which rules run: the file's word, the command line's word, and the exact one before the general one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from lifeops_codemods.config import ConfigError, Settings, active_rules, ignored_by_file

if TYPE_CHECKING:
    from lifeops_codemods.rule import Rule

ALL = {"bare-except", "eager-load", "model-db-suffix", "pagination", "schema-names"}
PERFORMANCE = {"eager-load", "pagination"}


@pytest.mark.parametrize(
    ("settings", "select", "ignore", "expected"),
    [
        (Settings(), (), (), ALL),
        (Settings(select=()), (), (), set()),
        (Settings(select=("performance",)), (), (), PERFORMANCE),
        (Settings(ignore=("pagination",)), (), (), ALL - {"pagination"}),
        (Settings(ignore=("performance",)), (), (), ALL - PERFORMANCE),
        (Settings(ignore=("all",)), (), (), set()),
        # A name counts more than a category, a category more than all.
        (Settings(select=("all", "pagination"), ignore=("performance",)), (), (), ALL - {"eager-load"}),
        (Settings(select=("performance",), ignore=("all",)), (), (), PERFORMANCE),
        # --select replaces, --ignore adds.
        (Settings(select=("naming",)), ("performance",), (), PERFORMANCE),
        (Settings(ignore=("naming",)), (), ("performance",), {"bare-except"}),
        (Settings(ignore=("eager-load",)), ("performance",), (), {"pagination"}),
        # What is asked for by the same word on the command line is not withheld by the file.
        (Settings(ignore=("pagination",)), ("pagination",), (), {"pagination"}),
        (Settings(ignore=("performance",)), ("pagination",), (), {"pagination"}),
        (Settings(ignore=("performance",)), ("performance",), (), PERFORMANCE),
        (Settings(), ("pagination",), ("pagination",), set()),
        (Settings(), ("performance",), ("pagination",), {"eager-load"}),
    ],
)
def test_active_rules(
    settings: Settings, select: tuple[str, ...], ignore: tuple[str, ...], expected: set[str], rules: tuple[Rule, ...]
) -> None:
    active = active_rules(settings, select, ignore, rules)
    assert {rule.name for rule in active} == expected
    assert list(active) == [rule for rule in rules if rule in active]


@pytest.mark.parametrize("option", ["--select", "--ignore"])
def test_an_unknown_name_on_the_command_line_is_an_error(option: str, rules: tuple[Rule, ...]) -> None:
    given = {"--select": (), "--ignore": (), option: ("pagnation",)}
    with pytest.raises(ConfigError, match=rf"^{option}: `pagnation` is no known .*; did you mean `pagination`\?$"):
        active_rules(Settings(), given["--select"], given["--ignore"], rules)


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("tests/test_a.py", {"pagination"}),
        ("tests/deep/test_a.py", {"pagination"}),
        ("services/api/tests/test_a.py", set()),
        ("app/conftest.py", {"eager-load", "bare-except"}),
        ("tests/conftest.py", {"pagination", "eager-load", "bare-except"}),
        ("other/main.py", {"bare-except"}),
        ("app/main.py", set()),
    ],
)
def test_per_file_ignores_read_patterns_as_a_gitignore(path: str, expected: set[str]) -> None:
    patterns = {"/tests/**": ("pagination",), "conftest.py": ("eager-load", "bare-except"), "other/": ("bare-except",)}
    assert ignored_by_file(Settings(per_file_ignores=patterns), path) == expected


def test_a_pattern_may_be_turned_round() -> None:
    settings = Settings(per_file_ignores={"!src/**": ("pagination",)})
    assert ignored_by_file(settings, "tests/a.py") == {"pagination"}
    assert ignored_by_file(settings, "src/a.py") == frozenset()
