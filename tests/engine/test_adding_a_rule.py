"""Adding a rule is one file and one folder of fixtures: a copy of the project gets one, and everything knows it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
RULE = '''"""Names of the house are written in full.

## Clauses

spell-out, leave-others
"""

from __future__ import annotations

from collections.abc import Iterator

from lifeops_codemods.operation import ReplaceName, Span
from lifeops_codemods.project import Project
from lifeops_codemods.rule import Category, Edit, Effect, Finding, NoOptions, Rule, Severity

NAME = "full-names"


def check(project: Project, options: NoOptions) -> Iterator[Edit | Finding]:
    """Rename `cfg` to `config`."""
    for path in project.mentioning(["cfg"]):
        for row in (*project.facts(path).names, *project.facts(path).bindings):
            if row.name == "cfg":
                operation = ReplaceName(span=Span(row.start, row.start + 3), expected="cfg", new="config")
                yield Edit(rule=NAME, path=path, operation=operation, message="spell it out", unit="cfg")


RULE = Rule(
    name=NAME,
    category=Category("CATEGORY"),
    effect=Effect.SAFE,
    severity=Severity.INFO,
    summary="Names are written in full",
    documentation=__doc__,
    check=check,
)
'''
FIXTURES = {
    "CLAUSES.md": "- `spell-out`: it is spelled out\n- `leave-others`: other names stay\n",
    "short_name/case.toml": 'clauses = ["spell-out"]\n',
    "short_name/before/a.py": "cfg = 1\nprint(cfg)\n",
    "short_name/after/a.py": "config = 1\nprint(config)\n",
    "skip_other_name/case.toml": 'clauses = ["leave-others"]\nsibling = "short_name"\n',
    "skip_other_name/before/a.py": "cfgs = 1\nprint(cfgs)\n",
}
CATEGORIES = ["documentation", "naming"]
"""The folder for the new rule: of a category that has no rule yet, and of one that has."""


@pytest.fixture(scope="module", params=CATEGORIES)
def copied(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project with one rule more."""
    root = tmp_path_factory.mktemp("copy")
    for name in ("codemods", "cli", "tests/harness"):
        shutil.copytree(ROOT / name, root / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "tests/test_fixtures.py"):
        shutil.copy(ROOT / name, root / name)
    folder = root / "codemods/lifeops_codemods/rules" / str(request.param)
    folder.mkdir(exist_ok=True)
    (folder / "full_names.py").write_text(RULE.replace("CATEGORY", str(request.param)), encoding="utf-8")
    for path, text in FIXTURES.items():
        target = root / "fixtures/full-names" / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
    return root


def run(root: Path, *command: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": f"{root / 'codemods'}:{root / 'cli'}", "PYTHONDONTWRITEBYTECODE": "1"}
    environment["HOME"] = str(root)
    return subprocess.run(
        [sys.executable, *command], cwd=root, env=environment, capture_output=True, text=True, check=False
    )


def command(root: Path, *arguments: str) -> str:
    done = run(root, "-m", "lifeops_migrate", *arguments)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_it_is_listed(copied: Path) -> None:
    assert "full-names" in command(copied, "rules")
    assert "Names are written in full" in command(copied, "rules", "--format", "json")


def test_it_is_explained(copied: Path) -> None:
    assert "Names of the house are written in full" in command(copied, "explain", "full-names")


def test_it_runs_by_its_name_and_by_its_category(copied: Path) -> None:
    (file,) = copied.glob("codemods/lifeops_codemods/rules/*/full_names.py")
    for chosen in ("full-names", file.parent.name):
        folder = str(copied / "fixtures/full-names/short_name/before")
        assert "+config = 1" in command(copied, "run", "--dry-run", "--no-cache", "--select", chosen, folder)


def test_its_fixtures_are_tested(copied: Path) -> None:
    done = run(copied, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/test_fixtures.py", "-k", "full-names")
    assert done.returncode == 0, done.stdout
    assert " passed" in done.stdout


def test_a_fixture_that_it_does_not_fulfil_fails(copied: Path) -> None:
    wrong = copied / "fixtures/full-names/short_name/after/a.py"
    right = wrong.read_text(encoding="utf-8")
    wrong.write_text("config = 1\n", encoding="utf-8")
    try:
        done = run(copied, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/test_fixtures.py", "-k", "full-names")
    finally:
        wrong.write_text(right, encoding="utf-8")
    assert done.returncode == 1, done.stdout
    assert "+print(config)" in done.stdout
