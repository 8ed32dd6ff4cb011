"""Every place that names a class, and every place that keeps it from being renamed."""

from __future__ import annotations

from pathlib import Path

import pytest

from lifeops_codemods.project import Project
from lifeops_codemods.project.models import models
from lifeops_codemods.project.references import Usage, usages

from .packages import Package
from .projects import made

FIXTURES = Path(__file__).parents[2] / "fixtures"
CASES = sorted((FIXTURES / "model-db-suffix").glob("*/before"))
MODELS = "from sqlalchemy.orm import DeclarativeBase\nclass Base(DeclarativeBase): pass\nclass Hero(Base): pass\n"
FILES = {"app/__init__.py": "", "app/models.py": MODELS}


def of_hero(files: dict[str, str]) -> tuple[Project, Usage]:
    project = made(FILES | files)
    (model,) = (model for model in models(project) if model.name == "Hero")
    return project, usages(project, [model.variable])[model.variable]


def count(text: str) -> tuple[int, int]:
    """How many references and obstacles `app/use.py` has."""
    _, usage = of_hero({"app/use.py": text})
    references, obstacles = (
        sum(path == "app/use.py" for path, _ in found) for found in (usage.references, usage.obstacles)
    )
    return references, obstacles


@pytest.mark.parametrize("folder", CASES, ids=[case.parent.name for case in CASES])
def test_every_reference_of_the_fixtures_spells_the_name(folder: Path) -> None:
    paths = (path for path in sorted(folder.rglob("*.py")) if path.read_bytes()[:1] != b"\xef")
    files = {path.relative_to(folder).as_posix(): path.read_bytes().decode("utf-8", "replace") for path in paths}
    check(made(files))


@pytest.mark.parametrize("seed", range(25))
def test_every_reference_of_random_packages_spells_the_name(seed: int) -> None:
    check(made(Package(seed).files))


def check(project: Project) -> None:
    for target, usage in usages(project, [model.variable for model in models(project)]).items():
        for path, start in usage.references:
            assert project.text(path)[start : start + len(target.name)] == target.name
        for obstacle in usage.obstacles.values():
            assert 0 <= obstacle.start <= obstacle.end <= len(project.text(obstacle.path))
            assert obstacle.reason


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("from app.models import Hero\nHero()\n", 2),
        ("from app.models import Hero as H\nH()\n", 1),
        ("from app.models import Hero as Hero\n", 2),
        ("from app import models\nmodels.Hero.id\n", 1),
        ("import app.models\napp.models.Hero\n", 1),
        ("from app.models import *\nHero\n", 1),
        ("from app.models import Hero\n__all__ = ['Hero', 'Base']\n", 2),
        ("from app.models import Hero\ndef f(x: 'list[Hero]') -> Hero: pass\n", 3),
        ("from app.models import Hero\ndef f(Hero): return Hero\n", 1),
        ("from app.models import Hero\n[Hero for Hero in x]\n", 1),
        ("from app.models import Hero\nclass A:\n Hero = Hero\n", 2),
        ("from app.models import Hero\nx = {'Hero': 1}\nx['Hero']\nx == 'Hero'\nf(Hero='Hero')\n", 1),
        ("from app.models import Hero\nmatch x:\n case Hero(id=1): pass\n", 2),
        ("from app.models import Hero\nx.Hero\nself.Hero()\n", 1),
        ("from app.models import Hero\nHero\nHero = object\nHero\n", 2),
        ("from other import Hero\nHero\n", 0),
        ("class Hero: pass\nHero\n", 0),
        ("from app.models import Hero\nprint(f'{Hero.id!r:>{Hero.width}}')\n", 3),
        ("from app.models import Hero\nx = cast('Hero', y)\nfrom typing import cast\n", 2),
        ("from unittest.mock import patch\npatch('app.models.Hero')\n", 1),
        ("def f():\n from app.models import Hero\n return Hero\ndef g(): return Hero\n", 2),
        ("if TYPE_CHECKING:\n from app.models import Hero\nx: 'Hero'\n", 2),
        ("try:\n from app.models import Hero\nexcept ImportError:\n Hero = None\n", 2),
    ],
)
def test_places_that_follow(text: str, expected: int) -> None:
    assert count(text) == (expected, 0)


@pytest.mark.parametrize(
    "text",
    [
        "from app import models\ngetattr(models, 'Hero')\n",
        "from app import models\ngetattr(models, name)\n",
        "from app import models\nvars(models)[name]\n",
        "from app.models import Hero\nglobals()[name]\n",
        "from app.models import Base\nBase.registry._class_registry[name]\n",
        "from app import models\nmodels.__dict__[name]\n",
        "def (Hero\n",
        "from app.models import Hero\nx.__class__.__name__ == 'Hero'\n",
    ],
)
def test_places_that_forbid(text: str) -> None:
    _, obstacles = count(text)
    assert obstacles >= 1


def test_a_name_that_fits_several_services_forbids() -> None:
    files = {f"{service}/{path}": text for service in ("one", "two") for path, text in FILES.items()}
    project = made(files | {"tests/test_a.py": "from app.models import Hero\n"})
    found = usages(project, [model.variable for model in models(project)])
    assert len(found) == 2
    for usage in found.values():
        assert [obstacle.path for obstacle in usage.obstacles.values()] == ["tests/test_a.py"]
