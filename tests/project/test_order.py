"""The order in which files come, and in which questions are asked, changes no answer."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from lifeops_codemods.project import Project
from lifeops_codemods.project.classes import ClassRef, ancestors, bases
from lifeops_codemods.project.models import models
from lifeops_codemods.project.modules import Module
from lifeops_codemods.project.names import Variable, denoted, exports, member, starred, variable
from lifeops_codemods.project.references import usages
from lifeops_codemods.rule import Edit, Finding
from lifeops_codemods.rules import all_rules
from lifeops_codemods.workspace import Workspace

from .packages import Package
from .projects import made

FIXTURES = Path(__file__).parents[2] / "fixtures"
CASES = [*sorted(FIXTURES.glob("*/*/before")), FIXTURES / "lifeops"]
ORDERS = 2
QUESTIONS = 400

CIRCLES = {
    "a/__init__.py": "from a.b import *\nfrom a.c import *\nclass InA: pass\n",
    "a/b.py": "from a import *\nfrom a.c import *\nclass InB: pass\nclass Both: pass\n",
    "a/c.py": "from a.b import *\nfrom .d import InD, Late as Early\nclass InC(InB): pass\nclass Both(InC): pass\n",
    "a/d.py": "import a.c\nfrom a.b import InB\nclass InD(a.c.InC): pass\nLate = a.c.Both\nInB = Later\nLater = InB\n",
    "a/e.py": "from a import *\nclass One(Two): pass\nclass Two(One): pass\nclass Last(InD, Early, Both): pass\n",
}


def texts(folder: Path) -> dict[str, str]:
    found = {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*.py"))}
    return {path: data.decode("utf-8") for path, data in found.items() if _is_utf8(data)}


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return b"\0" not in data and not data.startswith(b"\xef\xbb\xbf")


def questions(project: Project) -> Iterator[Callable[[], Any]]:
    """Whatever can be asked of the names and classes of a project."""
    for path in project.paths:
        if not project.parses(path):
            continue
        facts = project.facts(path)
        yield partial(exports, project, Module(path))
        for row, _ in enumerate(facts.classes):
            yield partial(bases, project, ClassRef(path, row))
            yield partial(ancestors, project, ClassRef(path, row))
        for binding in facts.bindings:
            yield partial(denoted, project, Variable(path, binding.scope, binding.name))
            yield partial(member, project, Module(path), binding.name)
        for name in facts.names:
            yield partial(variable, project, path, name.scope, name.name, name.start)
            yield partial(starred, project, path, name.name)
    yield partial(models, project)


def key(asked: Any) -> tuple[str, str]:
    return asked.func.__name__, repr(asked.args[1:])


def answers(project: Project, seed: int | None) -> dict[tuple[str, str], Any]:
    asked = list(questions(project))
    if seed is not None:
        asked = random.Random(seed).sample(asked, min(len(asked), QUESTIONS))
    return {key(one): one() for one in asked}


def said(project: Project) -> set[Any]:
    """What all rules say of a project, whichever order they say it in; of several reasons any may be the first."""
    items = [item for rule in all_rules() for item in rule.check(project, rule.options())]
    edits = {item for item in items if isinstance(item, Edit)}
    findings = [item for item in items if isinstance(item, Finding)]
    return edits | {(item.path, item.span, item.message, frozenset(item.why)) for item in findings}


def found(project: Project) -> Any:
    answer = usages(project, [model.variable for model in models(project)])
    return {target: (usage.references, usage.obstacles) for target, usage in answer.items()}


def differences(files: dict[str, str], seed: int) -> list[Any]:
    reference, shuffled = made(files), made(files, shuffled=seed)
    true, new = answers(reference, None), answers(shuffled, seed)
    wrong: list[Any] = [(one, answer, true[one]) for one, answer in new.items() if answer != true[one]]
    return wrong + [kind.__name__ for kind in (models, found, said) if kind(shuffled) != kind(made(files))]


@pytest.mark.parametrize("seed", range(ORDERS))
@pytest.mark.parametrize("folder", CASES, ids=[case.parent.name for case in CASES])
def test_fixtures_in_any_order(folder: Path, seed: int) -> None:
    assert differences(texts(folder), seed) == []


@pytest.mark.parametrize("seed", range(40))
def test_random_packages_in_any_order(seed: int) -> None:
    assert differences(Package(seed).files, seed) == []


@pytest.mark.parametrize("seed", range(60))
def test_circles_of_imports_and_bases_in_any_order(seed: int) -> None:
    assert differences(CIRCLES, seed) == []


def test_a_workspace_sorts_what_it_is_given(tmp_path: Path) -> None:
    files = Package(1).files
    for path, text in files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text, encoding="utf-8")
    given = [Workspace(tmp_path, order, [], None) for order in (list(files), list(files)[::-1])]
    assert said(Project(given[0])) == said(Project(given[1]))
    assert list(given[1].paths) == sorted(files)
