"""The facts cache: what it knows is what a parse says, and what cannot be trusted counts as not there."""

from __future__ import annotations

import ast
import hashlib
import marshal
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from lifeops_codemods import collecting as module
from lifeops_codemods.facts.collect import collect
from lifeops_codemods.pipeline import Request, plan
from lifeops_codemods.plan.model import Migration
from lifeops_codemods.rule import Category, Effect, Rule, Severity
from lifeops_codemods.rules import all_rules
from lifeops_codemods.store import FactsCache
from lifeops_codemods.workspace import Workspace

FILES = {
    "app/models.py": "from sqlalchemy.orm import DeclarativeBase\nclass Base(DeclarativeBase): pass\n"
    "class Hero(Base):\n    __tablename__ = 'heroes'\n",
    "app/use.py": "from app.models import Hero\nhero: 'Hero' = Hero()\n",
    "app/broken.py": "class (: DeclarativeBase\n",
}
DIGEST = "0" * 64
RAW = collect("x = 1")


def written(root: Path) -> Path:
    for path, text in FILES.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")
    return root


def planned(root: Path, cache: Path | None) -> Migration:
    return replace(plan(Request(root=root, rules=all_rules(), cache_dir=cache)), seconds={})


@pytest.fixture
def parses(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The texts that were parsed for their facts."""
    texts: list[str] = []

    def counting(text: str, collectors: Any = None) -> tuple[Any, ...]:
        texts.append(text)
        return collect(text, collectors)

    monkeypatch.setattr(module, "collect", counting)
    return texts


def test_a_warm_run_says_what_the_cold_one_said_and_parses_nothing(tmp_path: Path, parses: list[str]) -> None:
    root, cache = written(tmp_path / "root"), tmp_path / "cache"
    cold = planned(root, cache)
    assert cold.edits
    assert cold.errors
    parses.clear()
    assert planned(root, cache) == cold
    assert parses == []
    assert planned(root, None) == cold
    assert parses


def test_only_what_changed_is_parsed_again(tmp_path: Path, parses: list[str]) -> None:
    root, cache = written(tmp_path / "root"), tmp_path / "cache"
    planned(root, cache)
    parses.clear()
    (root / "app/use.py").write_text("from app.models import Hero\n", encoding="utf-8")
    planned(root, cache)
    assert parses == ["from app.models import Hero\n", "from app.models import HeroDB\n"]  # as the next rule sees it


def test_the_cache_is_in_files_that_others_cannot_read(tmp_path: Path) -> None:
    planned(written(tmp_path / "root"), tmp_path / "cache")
    kept = list((tmp_path / "cache").iterdir())
    assert {file.name.partition("-")[0] for file in kept} >= {"facts", "plan"}
    assert all(file.stat().st_mode & 0o077 == 0 for file in kept)
    assert (tmp_path / "cache").stat().st_mode & 0o077 == 0


def test_a_cache_that_cannot_be_written_is_no_error(tmp_path: Path) -> None:
    root = written(tmp_path / "root")
    (tmp_path / "cache").write_text("a file", encoding="utf-8")
    assert planned(root, tmp_path / "cache") == planned(root, None)


def filled(folder: Path, key: str = "key") -> Path:
    cache = FactsCache(folder, Path("/root"), key)
    cache.put(DIGEST, RAW)
    cache.save({DIGEST})
    (file,) = folder.iterdir()
    return file


def known(folder: Path, key: str = "key") -> Any:
    return FactsCache(folder, Path("/root"), key).get(DIGEST)


def test_what_was_put_is_there(tmp_path: Path) -> None:
    filled(tmp_path)
    assert known(tmp_path) == RAW


def test_another_version_knows_nothing(tmp_path: Path) -> None:
    filled(tmp_path)
    assert known(tmp_path, "other key") is None


def test_another_root_has_another_cache(tmp_path: Path) -> None:
    filled(tmp_path)
    assert FactsCache(tmp_path, Path("/elsewhere"), "key").get(DIGEST) is None


DAMAGE: list[Callable[[bytes], bytes]] = [
    lambda data: b"",
    lambda data: data[:10],
    lambda data: data[:32],
    lambda data: data[:-1],
    lambda data: data[:100] + bytes([data[100] ^ 1]) + data[101:],
    lambda data: bytes([data[0] ^ 1]) + data[1:],
    lambda data: data + b"\0",
    lambda data: b"\xff" * 1000,
]


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_cache_counts_as_empty(tmp_path: Path, damage: Callable[[bytes], bytes]) -> None:
    file = filled(tmp_path)
    file.write_bytes(damage(file.read_bytes()))
    assert known(tmp_path) is None


def key_of(file: Path) -> str:
    return str(marshal.loads(file.read_bytes()[32:])[0])


@pytest.mark.parametrize("content", [5, None, (), (1, 2, 3), "text", ("other", {})])
def test_content_of_another_shape_counts_as_empty(tmp_path: Path, content: Any) -> None:
    file = filled(tmp_path)
    body = marshal.dumps(content)
    file.write_bytes(hashlib.sha256(body).digest() + body)
    assert known(tmp_path) is None


@pytest.mark.parametrize("content", [[1, 2], 5, {DIGEST: 5}, {DIGEST: "error"}])
def test_rows_of_another_shape_count_as_empty(tmp_path: Path, content: Any) -> None:
    file = filled(tmp_path)
    body = marshal.dumps((key_of(file), content))
    file.write_bytes(hashlib.sha256(body).digest() + body)
    assert known(tmp_path) is None


def test_a_cache_that_is_a_folder_counts_as_empty(tmp_path: Path) -> None:
    file = filled(tmp_path)
    file.unlink()
    file.mkdir()
    assert known(tmp_path) is None
    FactsCache(tmp_path, Path("/root"), "key").save(set())


def test_contents_that_are_gone_are_forgotten_once_they_are_many(tmp_path: Path) -> None:
    file = filled(tmp_path)
    FactsCache(tmp_path, Path("/root"), "key").save(set())
    assert DIGEST not in marshal.loads(file.read_bytes()[32:])[1]


# -- what rules collect


def collecting(version: int, seen: list[str]) -> Rule:
    def gather(tree: ast.Module, text: str) -> tuple[Any, ...]:
        seen.append(text)
        return (len(tree.body), version)

    return Rule(
        name="counts",
        category=Category.NAMING,
        effect=Effect.SAFE,
        severity=Severity.INFO,
        summary="",
        documentation="",
        check=lambda project, options: iter(()),
        collect=gather,
        collect_version=version,
    )


def asked(root: Path, cache: Path, rule: Rule) -> Any:
    workspace = Workspace(root, ["app/use.py"], [rule], cache)
    (facts,) = workspace.facts(["app/use.py"])
    workspace.save()
    assert facts is not None
    return facts.collected[rule.name]


def test_a_rules_own_facts_are_collected_once_and_kept(tmp_path: Path, parses: list[str]) -> None:
    root, seen = written(tmp_path / "root"), list[str]()
    answers = [asked(root, tmp_path / "cache", collecting(1, seen)) for _ in range(3)]
    assert answers == [(2, 1)] * 3
    assert seen == parses == [FILES["app/use.py"]]


def test_a_collectors_new_version_collects_anew(tmp_path: Path) -> None:
    root, seen = written(tmp_path / "root"), list[str]()
    asked(root, tmp_path / "cache", collecting(1, seen))
    assert asked(root, tmp_path / "cache", collecting(2, seen)) == (2, 2)
    assert len(seen) == 2


def test_facts_do_not_depend_on_the_order_in_which_files_are_asked_for(tmp_path: Path) -> None:
    root = written(tmp_path)
    answers = []
    for paths in (list(FILES), list(FILES)[::-1]):
        found = Workspace(root, paths, [], None).facts(paths)
        answers.append({path: facts and facts.raw for path, facts in zip(paths, found, strict=True)})
    assert answers[0] == answers[1]
