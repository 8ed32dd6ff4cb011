"""The demonstration answers every GET request with a constant number of statements, once its queries load what is read.

Nothing here takes the database's place: each service runs on SQLite files filled with two and with six of everything.
"""

from __future__ import annotations

import shutil
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from lifeops_codemods.config import parse_settings
from lifeops_codemods.pipeline import Request, plan
from lifeops_codemods.rules import all_rules

from .harness.running import Sent, drives

if TYPE_CHECKING:
    from collections.abc import Callable

LIFEOPS = Path(__file__).parent.parent / "fixtures" / "lifeops"
DRIVES = Path(__file__).with_name("lifeops_requests")
SERVICES = ("api", "stats")

NAMES = ("model-db-suffix", "eager-load")
RULES = tuple(rule for rule in all_rules() if rule.name in NAMES)

# Endpoints that cannot answer here, whatever the queries load, and why.
EXCLUDED = {
    "api": {
        "/users/{user_id}/avatar": "reads a file of the server's disk, and no row",
        "/admin/exports/{name}": "reads a file of the server's disk, and no row",
    },
    "stats": {},
}

# The planted defects, as they show: what raises MissingGreenlet, and what sends more statements for more rows.
RAISES = {
    "api": {
        "/achievements/of/holders/{code}",
        "/habits/{habit_id}/history",
        "/habits/of/{character_id}/perfect",
        "/users/me",
        "/characters/power",
        "/characters/{character_id}/sheet",
        "/quests/of/{character_id}",
        "/quests/of/{character_id}/digest",
        "/quests/board",
        "/quests/{quest_id}",
        "/Guilds/roster",
        "/Guilds/{guild_id}",
    },
    "stats": {
        "/metrics/{metric_id}",
        "/metrics/of/{user_id}/latest",
        "/Alerts/of/{user_id}",
        "/Alerts/count",
        "/devices",
    },
}
GROWS = {"api": {"/admin/quest-table"}, "stats": set[str]()}

Measured = dict[str, list[Sent]]


@pytest.fixture(scope="module")
def legacy(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Measured]:
    root = _copy(tmp_path_factory.mktemp("legacy"))
    return cache(lambda service: _measured(root, service))


@pytest.mark.parametrize("service", SERVICES)
def test_planted_defects_show_before(legacy: Callable[[str], Measured], service: str) -> None:
    measured = _included(legacy, service)
    failed = {path: counts[0].error for path, counts in measured.items() if any(one.error for one in counts)}
    assert set(failed) == RAISES[service], failed
    assert {path for path, error in failed.items() if "MissingGreenlet" not in error} == set()
    assert {path for path, counts in measured.items() if _grows(counts)} == GROWS[service]


@pytest.mark.parametrize("service", SERVICES)
def test_what_is_excluded_fails(legacy: Callable[[str], Measured], service: str) -> None:
    excluded = {path: counts[0].error for path, counts in legacy(service).items() if path in EXCLUDED[service]}
    assert set(excluded) == set(EXCLUDED[service])
    assert all(excluded.values())


# Without the rule there is nothing to hold these against; they are collected from the commit on that brings it.
if {rule.name for rule in RULES} == set(NAMES):

    @pytest.fixture(scope="module")
    def migrated(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Measured]:
        root = _migrate(_copy(tmp_path_factory.mktemp("migrated")))
        return cache(lambda service: _measured(root, service))

    @pytest.mark.parametrize("service", SERVICES)
    def test_every_endpoint_answers(migrated: Callable[[str], Measured], service: str) -> None:
        errors = {
            path: one.error for path, counts in _included(migrated, service).items() for one in counts if one.error
        }
        assert errors == {}

    @pytest.mark.parametrize("service", SERVICES)
    def test_statements_are_constant_in_the_rows(migrated: Callable[[str], Measured], service: str) -> None:
        counts = _included(migrated, service)
        assert {path for path, one in counts.items() if _grows(one)} == set()
        assert {path for path, one in counts.items() if any(sent.lazy for sent in one)} == set()

    @pytest.mark.parametrize("service", SERVICES)
    def test_what_failed_reads_the_rows_now(migrated: Callable[[str], Measured], service: str) -> None:
        counts = migrated(service)
        assert {path for path in RAISES[service] if counts[path][0].answer == counts[path][1].answer} == set()

    @pytest.mark.parametrize("service", SERVICES)
    def test_what_answered_answers_the_same(
        legacy: Callable[[str], Measured], migrated: Callable[[str], Measured], service: str
    ) -> None:
        before = {path: counts for path, counts in _included(legacy, service).items() if path not in RAISES[service]}
        after = migrated(service)
        assert {path for path in before if _answers(before[path]) != _answers(after[path])} == set()


def _answers(counts: list[Sent]) -> list[object]:
    return [one.answer for one in counts]


def _grows(counts: list[Sent]) -> bool:
    few, many = counts
    return few.statements != many.statements


def _included(side: Callable[[str], Measured], service: str) -> Measured:
    return {path: counts for path, counts in side(service).items() if path not in EXCLUDED[service]}


def _measured(root: Path, service: str) -> Measured:
    (counts,) = drives([(root / "services" / service, DRIVES / f"{service}.py")])
    assert "" not in counts, counts[""][0].error
    return counts


def _copy(folder: Path) -> Path:
    ignore: Callable[[str, list[str]], set[str]] = shutil.ignore_patterns("__pycache__", "*.pyc", ".pytest_cache")
    return Path(shutil.copytree(LIFEOPS, folder / "lifeops", ignore=ignore))


def _migrate(root: Path) -> Path:
    shared = root / "pyproject.toml"
    settings = parse_settings(shared.read_text(encoding="utf-8"), shared.name, all_rules())
    migration = plan(Request(root=root, rules=RULES, settings=settings))
    assert migration.errors == ()
    for file in migration.files:
        (root / file.path).write_bytes(file.after_bytes)
    return root
