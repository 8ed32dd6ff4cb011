"""A plan is replayed where nothing has changed, and only there."""

from __future__ import annotations

import dataclasses
import hashlib
import marshal
import os
import sys
from collections.abc import Callable
from dataclasses import replace
from enum import Enum
from pathlib import Path
from typing import Any

import pytest

from lifeops_codemods import pipeline
from lifeops_codemods.config import Settings
from lifeops_codemods.operation import Operation, Span
from lifeops_codemods.pipeline import Request, plan
from lifeops_codemods.plan.model import Migration
from lifeops_codemods.replay import codec, inputs
from lifeops_codemods.replay import plans as module
from lifeops_codemods.replay.program import own_program
from lifeops_codemods.rule import Effect
from lifeops_codemods.rules import all_rules

from .making import renaming

FILES = {
    "app/models.py": "from sqlalchemy.orm import DeclarativeBase\nclass Base(DeclarativeBase): pass\n"
    "class Hero(Base):\n    __tablename__ = 'heroes'\n",
    "app/use.py": "from app.models import Hero\nhero: 'Hero' = Hero()\n",
    "app/broken.py": "class (: DeclarativeBase\n",
    "pyproject.toml": "[tool.ruff]\nline-length = 100\n",
}
LONG_AGO = 1_600_000_000


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project that was last changed long ago, as the clock of the status tells."""
    for path, text in FILES.items():
        write(tmp_path / "root" / path, text)
    settled(monkeypatch)
    return tmp_path / "root"


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def settled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every status count, as if the files had not been touched for a while."""
    monkeypatch.setattr("lifeops_codemods.replay.status.SETTLED", -(10**12))


def planned(root: Path, **given: Any) -> Migration:
    request = Request(root=root, rules=all_rules(), cache_dir=root.parent / "cache")
    return plan(replace(request, **given))


def is_replayed(made: Migration) -> bool:
    return "read" not in made.seconds


def test_what_is_replayed_is_what_was_planned(root: Path) -> None:
    first, second = planned(root), planned(root)
    assert (is_replayed(first), is_replayed(second)) == (False, True)
    assert first.edits
    assert first.errors
    assert replace(first, seconds={}) == replace(second, seconds={})


def change_a_file(root: Path) -> None:
    write(root / "app/use.py", "from app.models import Hero\n")


def add_a_file(root: Path) -> None:
    write(root / "app/more.py", "from app.models import Hero\n")


def take_a_file_away(root: Path) -> None:
    (root / "app/use.py").unlink()


def ignore_a_file(root: Path) -> None:
    (root / ".git").mkdir()
    write(root / ".gitignore", "use.py\n")


def change_the_style(root: Path) -> None:
    write(root / "pyproject.toml", "[tool.ruff]\nline-length = 79\n")


def add_a_style(root: Path) -> None:
    write(root / "app/ruff.toml", "line-length = 79\n")


CHANGES: list[Callable[[Path], None]] = [
    change_a_file, add_a_file, take_a_file_away, ignore_a_file, change_the_style, add_a_style,
]  # fmt: skip


@pytest.mark.parametrize("change", CHANGES)
def test_whatever_changes_is_planned_anew(root: Path, change: Callable[[Path], None]) -> None:
    planned(root)
    change(root)
    made = planned(root)
    assert not is_replayed(made)
    assert replace(made, seconds={}) == replace(planned(root, cache_dir=None), seconds={})


@pytest.mark.skipif(not hasattr(os, "getuid") or os.getuid() == 0, reason="root can write everything")
def test_a_file_that_cannot_be_written_any_more_is_planned_anew(root: Path) -> None:
    planned(root)
    (root / "app").chmod(0o555)
    try:
        assert not is_replayed(planned(root))
    finally:
        (root / "app").chmod(0o755)


def test_whether_files_can_be_written_is_asked_again(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    planned(root)
    monkeypatch.setattr(inputs, "unwritable", lambda root, paths: dict.fromkeys(paths, "is read-only"))
    assert not is_replayed(planned(root))


REQUESTS: list[dict[str, Any]] = [
    {"paths": ("app/models.py",)},
    {"safe_only": True},
    {"rejected": frozenset({"app/models.py:Hero"})},
    {"settings": Settings(ignore=("bare-except",))},
    {"settings": Settings(per_file_ignores={"app/**": ("model-db-suffix",)})},
    {"rules": tuple(rule for rule in all_rules() if rule.effect is Effect.SAFE)},
]


@pytest.mark.parametrize("asked", REQUESTS)
def test_another_request_is_planned_by_itself(root: Path, asked: dict[str, Any]) -> None:
    planned(root)
    assert not is_replayed(planned(root, **asked))
    assert is_replayed(planned(root, **asked))
    assert is_replayed(planned(root))


def test_another_program_plans_anew(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    planned(root)
    monkeypatch.setattr(module, "own_program", lambda: "mended")
    assert not is_replayed(planned(root))


def upgrade_the_interpreter(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """To the next patch release: its parser has other words for the same mistake."""
    monkeypatch.setattr(sys, "hexversion", sys.hexversion + (1 << 8))


def upgrade_a_library(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    write(tmp_path / "site/pathspec/__init__.py", "")
    monkeypatch.syspath_prepend(tmp_path / "site")


def upgrade_a_library_and_show_it_by_its_name_alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """As in an image in which every file has the same time."""
    (tmp_path / "site/libcst-1.0.1.dist-info").rename(tmp_path / "site/libcst-1.0.2.dist-info")


UPGRADES = [upgrade_the_interpreter, upgrade_a_library, upgrade_a_library_and_show_it_by_its_name_alone]


@pytest.mark.parametrize("upgrade", UPGRADES)
def test_what_is_under_this_program_is_part_of_it(
    root: Path, monkeypatch: pytest.MonkeyPatch, upgrade: Callable[[pytest.MonkeyPatch, Path], None]
) -> None:
    site = root.parent / "site"
    write(site / "libcst/__init__.py", "")
    (site / "libcst-1.0.1.dist-info").mkdir()
    monkeypatch.syspath_prepend(site)
    for name in ("plans", "tree"):
        monkeypatch.setattr(f"lifeops_codemods.replay.{name}.own_program", own_program.__wrapped__)
    planned(root)
    assert is_replayed(planned(root))
    upgrade(monkeypatch, root.parent)
    assert not is_replayed(planned(root))


def test_a_rule_of_somebody_else_is_never_replayed(root: Path) -> None:
    rules = (renaming("hero", "heroine"),)
    planned(root, rules=rules)
    assert not is_replayed(planned(root, rules=rules))


def test_a_file_that_was_only_touched_is_read_and_the_plan_replayed(root: Path) -> None:
    planned(root)
    os.utime(root / "app/use.py", (LONG_AGO, LONG_AGO))
    assert is_replayed(planned(root))


def test_a_status_that_is_too_young_says_nothing(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The file changes within the clock's resolution: same time, same size, same inode."""
    monkeypatch.setattr("lifeops_codemods.replay.status.SETTLED", 10**12)
    planned(root)
    file = root / "app/use.py"
    before = file.stat()
    file.write_text(FILES["app/use.py"].replace("hero:", "HERO:"), encoding="utf-8")
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert not is_replayed(planned(root))


def test_a_file_that_cannot_be_read_keeps_the_plan_from_being_kept(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (root / "app/huge.py").write_bytes(b"# " + b"x" * (16 * 1024 * 1024))
    assert planned(root).errors
    assert not is_replayed(planned(root))


def kept(root: Path) -> Path:
    (found,) = (root.parent / "cache").glob("plan-*.bin")
    return found


@pytest.mark.parametrize("content", [5, (), (1, 2, 3, 4), ({}, {}, {}, 5), ({}, {}, {}, (9999, 1)), "text"])
def test_a_plan_of_another_shape_counts_as_not_there(root: Path, content: Any) -> None:
    planned(root)
    file = kept(root)
    key, (digests, styles, writable, _) = marshal.loads(file.read_bytes()[32:])
    if isinstance(content, tuple) and len(content) == 4 and content[0] == {}:
        content = (digests, styles, writable, content[3])
    body = marshal.dumps((key, content))
    file.write_bytes(hashlib.sha256(body).digest() + body)
    made = planned(root)
    assert not is_replayed(made)
    assert made.edits


def test_a_cache_that_others_can_write_is_not_believed(root: Path) -> None:
    planned(root)
    kept(root).parent.chmod(0o777)
    assert not is_replayed(planned(root))


def test_the_oldest_plans_of_a_root_are_forgotten(root: Path) -> None:
    for number in range(12):
        planned(root, paths=(f"app/{number}.py",))
    assert len(list((root.parent / "cache").glob("plan-*.bin"))) == 8


def test_replaying_reads_no_source(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    planned(root)
    monkeypatch.setattr(pipeline, "Workspace", None)
    assert is_replayed(planned(root))


def test_every_kind_of_operation_survives_the_way_through_plain_values() -> None:
    """What a plan may hold one day as well: a value of every class, with each of its fields filled."""
    for kind in codec.CLASSES:
        if issubclass(kind, Enum):
            assert all(there_and_back(value) is value for value in kind)
        elif dataclasses.is_dataclass(kind) and issubclass(kind, Operation):
            fields = dataclasses.fields(kind)
            filled: dict[str, Any] = {field.name: (field.name,) for field in fields}
            value = kind(**(filled | {"span": Span(1, 2)}))
            assert there_and_back(value) == value


def there_and_back(value: Any) -> Any:
    return codec.from_plain(marshal.loads(marshal.dumps(codec.to_plain(value))))


def test_a_value_of_another_class_is_no_part_of_a_plan() -> None:
    with pytest.raises(codec.UnknownClassError):
        codec.to_plain((Path("x"),))
