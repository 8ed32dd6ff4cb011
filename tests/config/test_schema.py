"""The JSON schema: up to date in docs, and of one mind with the parser."""

from __future__ import annotations

import runpy
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from jsonschema import Draft202012Validator

from lifeops_codemods.config import ConfigError, parse_settings
from lifeops_codemods.config.schema import json_schema

if TYPE_CHECKING:
    from lifeops_codemods.rule import Rule

DOCS = Path(__file__).parents[2] / "docs"


def test_generated_pages_are_up_to_date() -> None:
    assert runpy.run_path(str(DOCS / "generate.py"))["stale"]() == [], "run `make docs`"


def test_it_is_a_schema_of_its_draft(rules: tuple[Rule, ...]) -> None:
    Draft202012Validator.check_schema(json_schema(rules))


RIGHT = [
    "",
    'select = ["all", "naming", "pagination"]',
    'per-file-ignores = { "*.py" = ["naming"] }',
    "[pagination]\nstyle = 'page-size'\ndefault-limit = 1\nstrict = true",
    "[model-db-suffix]\nnames = { A = 'B' }\nstrategy = 'auto'\nstrip-suffixes = []",
    "[bare-except]",
]
WRONG = [
    "selct = []",
    "select = 'all'",
    "select = ['pagnation']",
    "src = [1]",
    "per-file-ignores = { a = 'naming' }",
    "pagination = 1",
    "bare-except.x = 1",
    "pagination.style = 'page'",
    "pagination.default-limit = 0",
    "pagination.default-limit = 10001",
    "pagination.default-limit = true",
    "pagination.strict = 1",
    "model-db-suffix.names = { A = 1 }",
    "model-db-suffix.strategy = 'none'",
]


@pytest.mark.parametrize(("text", "expected"), [(text, True) for text in RIGHT] + [(text, False) for text in WRONG])
def test_schema_and_parser_agree(text: str, expected: bool, rules: tuple[Rule, ...]) -> None:
    assert Draft202012Validator(json_schema(rules)).is_valid(tomllib.loads(text)) is expected
    assert parses(text, rules) is expected


def parses(text: str, rules: tuple[Rule, ...]) -> bool:
    try:
        parse_settings(text, "lifeops-migrate.toml", rules)
    except ConfigError:
        return False
    return True
