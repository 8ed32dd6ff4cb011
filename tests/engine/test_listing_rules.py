"""Rules are told by their files' places, and imported where they run."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from lifeops_codemods import rules
from lifeops_codemods.rule import Category
from lifeops_codemods.rules import Listed, all_rules, listed_rules
from lifeops_codemods.rules.errors import bare_except

FOLDER = Path(rules.__file__).parent


def test_every_module_below_the_folder_is_a_rule_of_that_name_and_category() -> None:
    modules = [path for path in FOLDER.rglob("*.py") if path.stem != "__init__"]
    assert len(modules) == len(listed_rules()) == len(all_rules())
    for listed in listed_rules():
        assert (listed.rule.name, listed.rule.category) == (listed.name, listed.category)
        assert (listed.options, listed.option_help) == (listed.rule.options, listed.rule.option_help)
    assert [rule.name for rule in all_rules()] == sorted(rule.name for rule in all_rules())


@pytest.mark.parametrize("wrong", [{"name": "bare-excepts"}, {"category": Category.NAMING}])
def test_a_rule_that_is_called_otherwise_is_refused(monkeypatch: pytest.MonkeyPatch, wrong: dict[str, Any]) -> None:
    monkeypatch.setattr(bare_except, "RULE", replace(bare_except.RULE, **wrong))
    with pytest.raises(ValueError, match=r"RULE must be called `bare-except` and be of the category `errors`"):
        _ = Listed("bare-except", Category.ERRORS).rule


CONFIGURATION = '[pagination]\nmax-limit = 500\n[per-file-ignores]\n"a.py" = ["typed-query"]\n'
RUNS = {
    "one": (["--select", "bare-except"], "", {"errors.bare_except"}),
    "those of a category": (["--select", "validation"], "", {"validation.path_bounds", "validation.typed_query"}),
    "one that is configured": (
        ["--select", "bare-except"],
        CONFIGURATION,
        {"errors.bare_except", "performance.pagination"},
    ),
}


@pytest.mark.parametrize(("arguments", "configuration", "expected"), RUNS.values(), ids=RUNS)
def test_only_what_runs_is_imported(
    tmp_path: Path, arguments: list[str], configuration: str, expected: set[str]
) -> None:
    (tmp_path / "lifeops-migrate.toml").write_text(configuration)
    (tmp_path / "a.py").write_text("x = 1\n")
    code = (
        "import sys; from lifeops_migrate.__main__ import run_command\n"
        f"code = run_command(['--check', '--no-cache', *{arguments!r}], sys.stdin, sys.stdout, sys.stderr)\n"
        "print(*sys.modules)\n"
        "sys.exit(code)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    modules = {name for name in done.stdout.split() if name.startswith(f"{rules.__name__}.")}
    assert {name.removeprefix(f"{rules.__name__}.") for name in modules if name.count(".") == 3} == expected
    assert "lifeops_codemods.plan.draft" not in done.stdout.split()
