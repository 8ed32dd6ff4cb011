"""Settings: what a configuration file may say, and what is said to the user about one that is wrong."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from lifeops_codemods.config import ConfigError, Settings, parse_settings
from lifeops_codemods.rules import all_rules

if TYPE_CHECKING:
    from lifeops_codemods.rule import Rule

WHOLE = """\
[project]
name = "shop"

[tool.lifeops-migrate]
select = ["performance", "model-db-suffix"]
ignore = ["eager-load"]
exclude = ["legacy/**"]
src = ["services/api"]
per-file-ignores = { "tests/**" = ["pagination"], "*.pyi" = ["naming"] }

[tool.lifeops-migrate.model-db-suffix]
strip-suffixes = ["Model"]
names = { Person = "PeopleDB" }
strategy = "auto"

[tool.lifeops-migrate.pagination]
style = "page-size"
default-limit = 20
strict = true

[tool.ruff]
line-length = 100
"""


def test_every_key_is_read(rules: tuple[Rule, ...]) -> None:
    settings = parse_settings(WHOLE, "pyproject.toml", rules)
    assert settings.select == ("performance", "model-db-suffix")
    assert settings.ignore == ("eager-load",)
    assert settings.exclude == ("legacy/**",)
    assert settings.src == ("services/api",)
    assert settings.per_file_ignores == {"tests/**": ("pagination",), "*.pyi": ("model-db-suffix", "schema-names")}
    suffix, pages = settings.rule_options["model-db-suffix"], settings.rule_options["pagination"]
    assert (suffix.strip_suffixes, suffix.names, suffix.strategy) == (("Model",), {"Person": "PeopleDB"}, "auto")
    assert (pages.style, pages.default_limit, pages.max_limit, pages.strict) == ("page-size", 20, 1000, True)
    assert type(pages.style).__name__ == "Style"


def test_own_file_has_the_keys_at_its_top(rules: tuple[Rule, ...]) -> None:
    settings = parse_settings('ignore = ["naming"]\n[pagination]\nmax-limit = 500\n', "a/lifeops-migrate.toml", rules)
    assert settings.ignore == ("naming",)
    assert settings.rule_options["pagination"].max_limit == 500


@pytest.mark.parametrize("text", ["", '[project]\nname = "x"\n', "[tool.lifeops-migrate]\n", "\ufeff[tool.ruff]\r\n"])
def test_nothing_said_means_the_defaults(text: str, rules: tuple[Rule, ...]) -> None:
    assert parse_settings(text, "pyproject.toml", rules) == Settings()


WRONG = [
    ('selct = ["all"]', 2, "selct", "unknown key; did you mean `select`?"),
    ("per_file_ignores = {}", 2, "per_file_ignores", "unknown key; did you mean `per-file-ignores`?"),
    ("zzz = 1", 2, "zzz", "unknown key; the nearest known one is `"),
    ('select = "all"', 2, "select", 'expected a list, found the string "all"'),
    ("select = [1]", 2, "select", "expected a string, found the number 1"),
    ('select = ["pagnation"]', 2, "select", "`pagnation` is no known rule or category; did you mean `pagination`?"),
    ('ignore = ["perfomance"]', 2, "ignore", "`perfomance` is no known rule or category; did you mean `performance`?"),
    ("exclude = true", 2, "exclude", "expected a list, found true"),
    ('per-file-ignores = ["x"]', 2, "per-file-ignores", "expected a table, found a list"),
    (
        '# for tests\nper-file-ignores = { "tests/**" = ["pagging"] }',
        3,
        "per-file-ignores.tests/**",
        "`pagging` is no known rule or category; ",
    ),
    ("pagination = 3", 2, "pagination", "expected a table of the rule's options, found the number 3"),
    ("[tool.lifeops-migrate.pagnation]", 2, "pagnation", "unknown key; did you mean `pagination`?"),
    (
        "[tool.lifeops-migrate.pagination]\n\ndefault_limit = 3",
        4,
        "pagination.default_limit",
        "unknown key; did you mean `default-limit`?",
    ),
    ("pagination = { strict = 1 }", 2, "pagination.strict", "expected true or false, found the number 1"),
    ("pagination = { default-limit = true }", 2, "pagination.default-limit", "expected an integer, found true"),
    (
        "pagination = { default-limit = 1.5 }",
        2,
        "pagination.default-limit",
        "expected an integer, found the number 1.5",
    ),
    ("pagination.default-limit = 0", 2, "pagination.default-limit", "must be at least 1, is 0"),
    ("pagination.default-limit = 10001", 2, "pagination.default-limit", "must be at most 10000, is 10001"),
    ('pagination.style = "page"', 2, "pagination.style", "`page` is no known value; did you mean `page-size`?"),
    (
        "pagination.default-limit = 2000",
        2,
        "pagination",
        "default-limit (2000) is above max-limit (1000)",
    ),
    (
        "[tool.lifeops-migrate.model-db-suffix]\n[tool.lifeops-migrate.model-db-suffix.names]\nA = 1979-05-27",
        4,
        "model-db-suffix.names.A",
        "expected a string, found a date",
    ),
    ("bare-except.x = 1", 2, "bare-except.x", "unknown key; this rule has no options"),
]


@pytest.mark.parametrize(("line_text", "line", "key", "message"), WRONG)
def test_what_is_wrong_is_named(line_text: str, line: int, key: str, message: str, rules: tuple[Rule, ...]) -> None:
    with pytest.raises(ConfigError) as caught:
        parse_settings(f"[tool.lifeops-migrate]\n{line_text}\n", "app/pyproject.toml", rules)
    error = caught.value
    assert (error.path, error.line, error.key) == ("app/pyproject.toml", line, key)
    assert error.message.startswith(message)
    assert str(error) == f"app/pyproject.toml:{line}: {key}: {error.message}"


def test_our_table_may_not_be_a_value(rules: tuple[Rule, ...]) -> None:
    with pytest.raises(ConfigError, match=r"^pyproject.toml:3: tool.lifeops-migrate: expected a table, found a list$"):
        parse_settings("[tool]\nx = 1\nlifeops-migrate = []\n", "pyproject.toml", rules)


def test_broken_toml_is_an_error_with_its_line(rules: tuple[Rule, ...]) -> None:
    with pytest.raises(ConfigError, match=r"^pyproject.toml:3: no valid TOML: "):
        parse_settings("[tool.lifeops-migrate]\nselect = [\n = 3", "pyproject.toml", rules)


def test_the_shared_table_in_the_own_file_is_explained(rules: tuple[Rule, ...]) -> None:
    with pytest.raises(ConfigError, match="in this file the keys stand at the top"):
        parse_settings("[tool.lifeops-migrate]\n", "lifeops-migrate.toml", rules)


HARD_TO_FIND = '''\
# selct = 1
[tool.other]
text = """
[tool.lifeops-migrate]
selct = 2
"""
list = [
  "selct", # selct = 3
  "[tool.lifeops-migrate]",
]
selct = 4

[[tool.others]]
selct = 5

[ tool . "lifeops-migrate" ] # ours
exclude = [
  "selct",
]
"selct" = 6
'''


def test_the_line_is_that_of_the_key_and_not_of_its_look_alikes(rules: tuple[Rule, ...]) -> None:
    for text in (HARD_TO_FIND, HARD_TO_FIND.replace("\n", "\r\n")):
        with pytest.raises(ConfigError) as caught:
            parse_settings(text, "pyproject.toml", rules)
        assert (caught.value.line, caught.value.key) == (20, "selct")


def test_the_example_in_the_docs_is_right() -> None:
    page = Path(__file__).parents[2] / "docs" / "configuration.md"
    [example] = re.findall(r"```toml\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)
    settings = parse_settings(example, "pyproject.toml", all_rules())
    assert settings.exclude == ("legacy/**",)
    assert settings.rule_options["model-db-suffix"].names == {"Person": "PeopleDB"}
