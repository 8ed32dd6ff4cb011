"""What planning never does: run the target's code, write into it, load what it does not need."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from .making import planned, renaming, write

MODELS = "from sqlalchemy.orm import DeclarativeBase\nclass Base(DeclarativeBase): pass\n"
MODELS += "class Hero(Base):\n    __tablename__ = 'heroes'\n"
MARK = "import pathlib\npathlib.Path(r'{marker}').touch()\n"
SHADOWS = (
    "ast",
    "click",
    "rich",
    "libcst",
    "sqlalchemy",
    "app",
    "conftest",
    "setup",
    "sitecustomize",
    "lifeops_codemods",
)
SCRIPT = "from lifeops_migrate.__main__ import main; main()"
COMMANDS = {
    "script": [str(Path(sys.executable).parent / "lifeops-migrate")],
    "module": [sys.executable, "-m", "lifeops_migrate"],
}


def run(folder: Path, *arguments: str, home: Path, command: str = "script") -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "XDG_"))}
    environment |= {"HOME": str(home), "TMPDIR": str(home), "XDG_CACHE_HOME": str(home / "cache")}
    return subprocess.run(
        [*COMMANDS[command], *arguments], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )


def state(folder: Path) -> dict[str, tuple[int, int, bytes]]:
    """Everything below a folder, with its time and mode."""
    return {
        str(path): (path.stat().st_mtime_ns, path.stat().st_mode, b"" if path.is_dir() else path.read_bytes())
        for path in [folder, *folder.rglob("*")]
    }


@pytest.mark.parametrize(
    "command",
    [
        "script",
        "module",
    ],
)
@pytest.mark.parametrize(
    "arguments", [("run", "--dry-run"), ("run", "--yes", "--allow-dirty")], ids=["preview", "apply"]
)
def test_the_targets_code_is_never_executed(tmp_path: Path, command: str, arguments: tuple[str, ...]) -> None:
    root, home, marker = tmp_path / "root", tmp_path / "home", tmp_path / "was-executed"
    home.mkdir()
    mark = MARK.format(marker=marker)
    files = {f"{name}.py": mark for name in SHADOWS} | {"app/__init__.py": mark, "app/models.py": mark + MODELS}
    write(root, files | {"app/__main__.py": mark, "tests/conftest.py": mark})
    done = run(root, *arguments, home=home, command=command)
    assert not marker.exists()
    assert "HeroDB" in done.stdout + (root / "app/models.py").read_text(encoding="utf-8"), done.stderr


def test_a_dry_run_writes_nothing_outside_the_cache(tmp_path: Path) -> None:
    root, home = write(tmp_path / "root", {"app/__init__.py": "", "app/models.py": MODELS}), tmp_path / "home"
    home.mkdir()
    before = state(root)
    done = run(root, "run", "--dry-run", home=home)
    assert "HeroDB" in done.stdout, done.stderr
    assert state(root) == before
    written = [path for path in home.rglob("*") if path.is_file()]
    assert {path.relative_to(home).parts[0] for path in written} == {"cache"}


def test_without_a_cache_a_dry_run_writes_nothing_at_all(tmp_path: Path) -> None:
    root, home = write(tmp_path / "root", {"app/__init__.py": "", "app/models.py": MODELS}), tmp_path / "home"
    home.mkdir()
    before = state(tmp_path)
    assert "HeroDB" in run(root, "run", "--dry-run", "--no-cache", home=home).stdout
    assert state(tmp_path) == before


def test_planning_writes_nothing_but_its_cache(tmp_path: Path) -> None:
    root = write(tmp_path / "root", {"a.py": "old = 1\n", "pyproject.toml": "[tool.ruff]\nline-length = 80\n"})
    before = state(root)
    assert planned(root, renaming("old", "new"), cache_dir=tmp_path / "cache").files
    assert state(root) == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["cache", "root"]


def loaded(code: str) -> set[str]:
    """The packages that a program has imported at its end."""
    program = f"{code}\nimport sys\nprint(*{{name.partition('.')[0] for name in sys.modules}})"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


PLAN = """
import pathlib
from lifeops_codemods.pipeline import Request, plan
from lifeops_codemods.rules import all_rules
made = plan(Request(root=pathlib.Path({root!r}), rules=all_rules(), cache_dir=pathlib.Path({cache!r})))
assert bool(made.files) is {edits}, made
"""


def test_rules_load_no_libcst_and_no_terminal() -> None:
    names = loaded("from lifeops_codemods.rules import all_rules; assert all_rules()")
    assert "lifeops_codemods" in names
    assert names.isdisjoint({"libcst", "click", "rich", "lifeops_migrate"})


@pytest.mark.parametrize("warm", [False, True], ids=["cold", "warm"])
def test_planning_loads_libcst_only_where_there_is_something_to_rewrite(tmp_path: Path, warm: bool) -> None:
    root, cache = (
        str(write(tmp_path / "root", {"app/models.py": MODELS.replace("Hero", "HeroDB")})),
        str(tmp_path / "c"),
    )
    for _ in range(1 + warm):
        names = loaded(PLAN.format(root=root, cache=cache, edits=False))
    assert names.isdisjoint({"libcst", "click", "rich"})


def test_a_name_is_replaced_without_libcst(tmp_path: Path) -> None:
    root = str(write(tmp_path / "root", {"app/models.py": MODELS}))
    assert "libcst" not in loaded(PLAN.format(root=root, cache=str(tmp_path / "c"), edits=True))
