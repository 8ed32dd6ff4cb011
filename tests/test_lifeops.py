"""The demonstration runs, before its migration and after it, and shows its clients and its database the same."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from lifeops_codemods.config import parse_settings
from lifeops_codemods.pipeline import Request, plan
from lifeops_codemods.rules import all_rules

if TYPE_CHECKING:
    from collections.abc import Callable

LIFEOPS = Path(__file__).parent.parent / "fixtures" / "lifeops"
SERVICES = ("services/api", "services/stats")

CONTRACT = """
import json
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import configure_mappers
from sqlalchemy.schema import CreateIndex, CreateTable
import app.models
from app.main import app as application

def written(statement):
    return [str(statement.compile(dialect=dialect)) for dialect in (postgresql.dialect(), sqlite.dialect())]

def shaped(one):
    order = [str(column) for column in one.order_by or ()]
    kind = [one.direction.name, one.uselist, one.lazy, str(one.cascade), one.passive_deletes, one.viewonly]
    return [*kind, str(one.mapper.local_table), str(one.secondary), str(one.primaryjoin), str(one.secondaryjoin), order]

configure_mappers()
base = app.models.Base
tables, mappers = base.metadata.tables.values(), base.registry.mappers
print(json.dumps({
    "openapi": application.openapi(),
    "models": sorted(mapper.class_.__name__ for mapper in mappers),
    "identities": sorted(str(mapper.polymorphic_identity) for mapper in mappers),
    "relationships": {f"{m.local_table}.{one.key}": shaped(one) for m in mappers for one in m.relationships},
    "tables": {table.name: written(CreateTable(table)) for table in tables},
    "indexes": {index.name: written(CreateIndex(index)) for table in tables for index in table.indexes},
}))
"""


@pytest.fixture(scope="module")
def legacy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _copy(tmp_path_factory.mktemp("legacy"))


@pytest.fixture(scope="module")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _migrate(_copy(tmp_path_factory.mktemp("migrated")), safe_only=False)


@pytest.fixture(scope="module")
def safely_migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _migrate(_copy(tmp_path_factory.mktemp("safe")), safe_only=True)


@pytest.fixture(scope="module")
def renamed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _migrate(_copy(tmp_path_factory.mktemp("renamed")), safe_only=False, only="model-db-suffix")


@pytest.mark.parametrize("service", SERVICES)
def test_passes_before(legacy: Path, service: str) -> None:
    _run_suite(legacy / service)


@pytest.mark.parametrize("service", SERVICES)
def test_passes_after(migrated: Path, service: str) -> None:
    _run_suite(migrated / service)


@pytest.mark.parametrize("service", SERVICES)
def test_safe_edits_change_neither_the_api_nor_the_database(legacy: Path, safely_migrated: Path, service: str) -> None:
    before, after = _contract(legacy / service), _contract(safely_migrated / service)
    assert _without_descriptions(after["openapi"]) == _without_descriptions(before["openapi"])
    for part in ("tables", "indexes", "relationships", "identities"):
        assert after[part] == before[part]


@pytest.mark.parametrize("service", SERVICES)
def test_no_edit_changes_a_table(legacy: Path, migrated: Path, service: str) -> None:
    assert _contract(migrated / service)["tables"] == _contract(legacy / service)["tables"]


@pytest.mark.parametrize("service", SERVICES)
def test_every_model_is_renamed_and_nothing_else_differs(legacy: Path, renamed: Path, service: str) -> None:
    before, after = _contract(legacy / service), _contract(renamed / service)
    names = after.pop("models")
    assert [name for name in names if not name.endswith("DB")] == []
    assert len(names) == len(before.pop("models"))
    assert after == before


def test_a_second_run_changes_nothing(migrated: Path) -> None:
    assert _changes(migrated, safe_only=False) == {}


def _copy(folder: Path) -> Path:
    ignore: Callable[[Any, list[str]], set[str]] = shutil.ignore_patterns("__pycache__", "*.pyc", ".pytest_cache")
    return Path(shutil.copytree(LIFEOPS, folder / "lifeops", ignore=ignore))


def _migrate(root: Path, *, safe_only: bool, only: str = "") -> Path:
    for path, content in _changes(root, safe_only=safe_only, only=only).items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(content)
    return root


def _changes(root: Path, *, safe_only: bool, only: str = "") -> dict[str, bytes]:
    shared = root / "pyproject.toml"
    settings = parse_settings(shared.read_text(encoding="utf-8"), shared.name, all_rules())
    rules = tuple(rule for rule in all_rules() if only in {"", rule.name})
    migration = plan(Request(root=root, rules=rules, settings=settings, safe_only=safe_only))
    assert migration.errors == ()
    return {file.path: file.after_bytes for file in migration.files}


def _run_suite(service: Path) -> None:
    done = _python(service, "-m", "pytest", "-q", "-p", "no:cacheprovider")
    assert done.returncode == 0, done.stdout[-8000:] + done.stderr[-2000:]


def _contract(service: Path) -> dict[str, Any]:
    contract: dict[str, Any] = json.loads(_contract_line(service))
    return contract


@cache
def _contract_line(service: Path) -> str:
    done = _python(service, "-W", "ignore", "-c", CONTRACT)
    assert done.returncode == 0, done.stderr[-8000:]
    return done.stdout.splitlines()[-1]


def _python(service: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run this interpreter in the service's folder, without the surroundings that could reach into its settings."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR", "LANG") if name in os.environ}
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=service,
        env=kept | {"PYTHONDONTWRITEBYTECODE": "1", "PYTHONPATH": os.fspath(service)},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def _without_descriptions(document: Any) -> Any:
    """The OpenAPI document without its texts: a change of descriptions alone is safe."""
    match document:
        case dict():
            return {
                key: _without_descriptions(value)
                for key, value in document.items()
                if key != "description" or not isinstance(value, str)
            }
        case list():
            return [_without_descriptions(value) for value in document]
        case _:
            return document
