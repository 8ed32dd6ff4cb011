"""Names mean in the project what they mean when it runs, before a rename and after it.

Random packages are imported in a process of their own, and what each name is there is compared with what the project
says that it is.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

from lifeops_codemods.operation import ReplaceName
from lifeops_codemods.pipeline import Request, plan
from lifeops_codemods.project import Project
from lifeops_codemods.project.modules import Module
from lifeops_codemods.project.names import denoted, member, variable
from lifeops_codemods.rules import all_rules

from .packages import CLASSES, ORDER, Package, module_name
from .projects import made, meant, scope_of, shown

SEEDS = range(160)
PROGRAM = Path(__file__).with_name("run_packages.py")
PATHS = {module_name(path): path for path in ORDER} | {"app.web": "app/web/"}
NAMES = {path: name for name, path in PATHS.items()}


class Run(NamedTuple):
    """A package that can be imported, and what `run_packages` says of it."""

    seed: int
    files: dict[str, str]
    names: dict[str, str]


def imported(projects: dict[int, dict[str, str]], folder: Path) -> dict[int, dict[str, str] | str]:
    """What the names of each project are, or why it cannot be imported."""
    stub = folder / "stub" / "sqlalchemy"
    write(stub, {"__init__.py": "", "orm.py": "class DeclarativeBase: pass\n"})
    jobs = []
    for seed, files in projects.items():
        write(folder / str(seed), files)
        jobs.append([str(folder / str(seed)), [module_name(path) for path in ORDER]])
    environment = {**os.environ, "PYTHONPATH": str(stub.parent)}
    done = subprocess.run(
        [sys.executable, str(PROGRAM)],
        input=json.dumps(jobs),
        capture_output=True,
        text=True,
        check=True,
        env=environment,
    )
    return dict(zip(projects, json.loads(done.stdout), strict=True))


def write(folder: Path, files: dict[str, str]) -> None:
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> list[Run]:
    projects = {seed: Package(seed).files for seed in SEEDS}
    answers = imported(projects, tmp_path_factory.mktemp("before"))
    found = [Run(seed, projects[seed], answer) for seed, answer in answers.items() if isinstance(answer, dict)]
    assert len(found) > 0.8 * len(SEEDS)
    return found


def place(said: str) -> str:
    """What `shown` says of the class or module that a running project calls `said`."""
    module, _, name = said.partition(":")
    if module not in PATHS:
        return said.replace(":", ".")
    return f"{PATHS[module]}:{name}" if name else PATHS[module]


def answer(project: Project, path: str, name: str) -> set[str]:
    scope, _, inner = name.rpartition(".")
    if inner == "get":
        (returned,) = (row for row in project.facts(path).names if row.scope == _method_of(project, path, scope))
        return meant(project, path, returned.name, returned.scope)
    return meant(project, path, inner, scope_of(project, path, scope) if scope else 0)


def _method_of(project: Project, path: str, name: str) -> int:
    owner = scope_of(project, path, name)
    scopes = project.facts(path).scopes
    return next(index for index, row in enumerate(scopes) if row.name == "get" and row.parent == owner)


def test_names_mean_the_classes_that_they_are_at_run_time(runs: list[Run]) -> None:
    wrong, sure = [], 0
    for run in runs:
        project = made(run.files)
        for key, said in run.names.items():
            module, _, name = key.partition(":")
            if ":" in said:
                found = answer(project, PATHS[module], name)
                sure += len(found) == 1
                wrong += [] if place(said) in found else [(run.seed, key, said, found)]
    assert wrong == []
    assert sure > 5000


def test_modules_are_the_members_of_their_packages(runs: list[Run]) -> None:
    wrong, count = [], 0
    for run in runs:
        project = made(run.files)
        for key, said in run.names.items():
            module, _, name = key.partition(":")
            if ":" not in said and (said == f"{module}.{name}" or name.startswith("m")):
                count += 1
                found = member(project, Module(PATHS[module]), name)
                behind = {shown(project, item) for item in denoted(project, found)} if found else set()
                wrong += [] if behind == {PATHS[said]} else [(run.seed, key, said, behind)]
    assert wrong == []
    assert count > 1000


def test_no_name_is_known_that_is_not_there_at_run_time(runs: list[Run]) -> None:
    invented = []
    for run in runs:
        project = made(run.files)
        for path in ORDER:
            there = {name for name in CLASSES if f"{NAMES[path]}:{name}" in run.names}
            known = {name for name in CLASSES if variable(project, path, 0, name) is not None}
            invented += [(run.seed, path, name) for name in known - there]
    assert invented == []


def test_all_names_are_the_same_classes_after_the_rename(runs: list[Run], tmp_path: Path) -> None:
    after: dict[int, dict[str, str]] = {}
    renamed: dict[int, dict[str, str]] = {}
    for run in runs:
        after[run.seed], renamed[run.seed] = migrated(run, tmp_path / "before" / str(run.seed))
    answers = imported(after, tmp_path / "after")
    wrong = [
        (run.seed, key, said)
        for run in runs
        for key, said in run.names.items()
        if not is_the_same(key, said, renamed[run.seed], answers[run.seed])
    ]
    assert wrong == []
    assert sum(map(len, renamed.values())) > 5 * len(after)


def migrated(run: Run, root: Path) -> tuple[dict[str, str], dict[str, str]]:
    """The files after the rename, and the new name of each class by `module:name`."""
    write(root, run.files)
    planned = plan(Request(root=root, rules=all_rules()))
    new = {}
    for edit in (item.edit for item in planned.edits):
        if isinstance(edit.operation, ReplaceName) and len(edit.why) == 1:  # the definition needs no further reason
            new[f"{NAMES[edit.path]}:{edit.operation.expected}"] = edit.operation.new
    return run.files | {file.path: file.after for file in planned.files}, new


def is_the_same(key: str, said: str, renamed: dict[str, str], answers: dict[str, str] | str) -> bool:
    """Whether a name, under itself or under the class's new name, is the class that it was."""
    if isinstance(answers, str):
        return False
    if ":" not in said:
        return answers.get(key) == said
    module, _, old = said.partition(":")
    new = renamed.get(said, old)
    keys = {key, key.removesuffix(old) + new} if key.endswith((f":{old}", f".{old}")) else {key}
    return f"{module}:{new}" in {answers.get(one) for one in keys}


# -- what the random packages have shown


@cache
def one_of_two(suppression: str) -> dict[str, str]:
    return {
        "app/__init__.py": "",
        "app/base.py": "from sqlalchemy.orm import DeclarativeBase\nclass Base(DeclarativeBase): pass\n",
        "app/new.py": f"from app.base import Base\nclass User(Base):{suppression}\n    __tablename__ = 'new'\n",
        "app/old.py": "from app.base import Base\nclass User(Base):\n    __tablename__ = 'old'\n",
        "app/use.py": "try:\n    from app.new import User\nexcept ImportError:\n    from app.old import User\n"
        "def find() -> User: ...\n",
    }


def use_after(tmp_path: Path, suppression: str) -> str:
    files = one_of_two(suppression)
    write(tmp_path, files)
    planned = {file.path: file.after for file in plan(Request(root=tmp_path, rules=all_rules())).files}
    return planned.get("app/use.py", files["app/use.py"])


def test_one_name_for_two_models_is_renamed_for_both(tmp_path: Path) -> None:
    assert use_after(tmp_path, "") == one_of_two("")["app/use.py"].replace("User", "UserDB")


def test_one_name_for_two_models_is_kept_if_one_of_them_is(tmp_path: Path) -> None:
    assert use_after(tmp_path, "  # lifeops: ignore") == one_of_two("")["app/use.py"]


BASE = "from sqlalchemy.orm import DeclarativeBase\nclass Base(DeclarativeBase): pass\n"
HERO = BASE + "class Hero(Base):\n    __tablename__ = 'heroes'\n"
SAME_NAME_AFTER_STAR = "from app.models import *\nclass Hero(Hero):\n    pass\n"
ITSELF_AFTER_STAR = "from app.models import *\nHero = Hero\nprint(Hero)\n"
SUBMODULE_UNSAID = "from .models import Base\ndef make():\n    return models.Hero()\n"


@pytest.mark.parametrize(
    ("path", "text"),
    [("app/use.py", SAME_NAME_AFTER_STAR), ("app/use.py", ITSELF_AFTER_STAR), ("app/__init__.py", SUBMODULE_UNSAID)],
    ids=["class", "assignment", "submodule"],
)
def test_a_use_that_is_reached_in_an_odd_way_follows_or_forbids(tmp_path: Path, path: str, text: str) -> None:
    write(tmp_path, {"app/__init__.py": "", "app/models.py": HERO} | {path: text})
    planned = {file.path: file.after for file in plan(Request(root=tmp_path, rules=all_rules())).files}
    assert "HeroDB" in planned.get(path, "") or not planned
