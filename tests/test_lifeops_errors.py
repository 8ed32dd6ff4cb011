"""The demonstration answers 400 or 404 to every request that makes a service raise or find nothing, and never 500."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from lifeops_codemods.config import parse_settings
from lifeops_codemods.pipeline import Request, plan
from lifeops_codemods.rules import all_rules

LIFEOPS = Path(__file__).parent.parent / "fixtures" / "lifeops"
REQUESTS = Path(__file__).with_name("lifeops_errors")
SERVICES = ("api", "stats")
RULES = tuple(rule for rule in all_rules() if rule.name in {"value-error-400", "not-found-404"})


@pytest.fixture(scope="module")
def legacy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _copy(tmp_path_factory.mktemp("legacy"))


@pytest.fixture(scope="module")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = _copy(tmp_path_factory.mktemp("migrated"))
    shared = root / "pyproject.toml"
    settings = parse_settings(shared.read_text(encoding="utf-8"), shared.name, all_rules())
    for file in plan(Request(root=root, rules=RULES, settings=settings)).files:
        (root / file.path).write_bytes(file.after_bytes)
    return root


@pytest.mark.parametrize("service", SERVICES)
def test_errors_as_they_are_answered_before(legacy: Path, service: str) -> None:
    _send(legacy / "services" / service, service, {})


@pytest.mark.parametrize("service", SERVICES)
def test_every_error_is_answered_as_the_clients_after(migrated: Path, service: str) -> None:
    _send(migrated / "services" / service, service, {"MIGRATED": "1"})


def _copy(folder: Path) -> Path:
    ignore = shutil.ignore_patterns("__pycache__", "*.pyc", ".pytest_cache")
    return Path(shutil.copytree(LIFEOPS, folder / "lifeops", ignore=ignore))


def _send(service: Path, name: str, side: dict[str, str]) -> None:
    shutil.copy(REQUESTS / f"{name}.py", service / "tests" / "test_errors_as_answered.py")
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR", "LANG") if name in os.environ}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/test_errors_as_answered.py"],
        cwd=service,
        env=kept | side | {"PYTHONDONTWRITEBYTECODE": "1", "PYTHONPATH": os.fspath(service)},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-8000:] + done.stderr[-2000:]
