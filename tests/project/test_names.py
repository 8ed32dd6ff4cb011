"""What a name means: in its scope, through imports, and in every form that hands it on."""

from __future__ import annotations

import sys

import pytest

from lifeops_codemods.project import Project
from lifeops_codemods.project.modules import Module
from lifeops_codemods.project.names import exports

from .projects import made, meant

MODELS = {"app/__init__.py": "", "app/models.py": "class Hero: pass\nclass Item: pass\n_hidden = 1\n"}
HERO = {"app/models.py:Hero"}


def after(text: str, name: str = "Hero", **more: str) -> set[str]:
    """What a name means at the end of `app/use.py`."""
    project = made(MODELS | {"app/use.py": text} | {f"app/{key}.py": value for key, value in more.items()})
    return meant(project, "app/use.py", name)


@pytest.mark.parametrize(
    ("statement", "name"),
    [
        ("from app.models import Hero", "Hero"),
        ("from .models import Hero", "Hero"),
        ("from app.models import Hero as H", "H"),
        ("from app.models import (Item,\n Hero)", "Hero"),
        ("import app.models", "app.models.Hero"),
        ("import app.models as m", "m.Hero"),
        ("from app import models", "models.Hero"),
        ("from . import models as m", "m.Hero"),
        ("from app.models import *", "Hero"),
        ("import app", "app.models.Hero"),
        ("from app.models import Hero\nAlias = Hero", "Alias"),
        ("from app import models\nAlias = models.Hero", "Alias"),
        ("from app import models\nm = models", "m.Hero"),
        ("if TYPE_CHECKING:\n    from app.models import Hero", "Hero"),
        ("try:\n    from app.models import Hero\nexcept ImportError:\n    raise", "Hero"),
        ("with x:\n    from app.models import Hero", "Hero"),
    ],
)
def test_forms_of_import(statement: str, name: str) -> None:
    assert after(statement, name) >= HERO


@pytest.mark.parametrize(
    "statement",
    [
        "from app.models import Item as Hero",
        "from other import Hero",
        "import app.models",
        "from app.models import Item",
    ],
)
def test_what_is_not_imported_is_not_meant(statement: str) -> None:
    assert HERO.isdisjoint(after(statement))


def test_a_global_statement_at_module_level_says_nothing() -> None:
    assert after("global Hero\nfrom app.models import Hero\n") == HERO


def test_chains_of_reexports_and_aliases_are_followed_to_their_end() -> None:
    assert (
        after(
            "from app.c import H2 as Hero",
            a="from app.models import *\n",
            b="from app.a import Hero as H1\n",
            c="from app import b\nH2 = b.H1\n",
        )
        == HERO
    )


def test_an_import_that_fails_leaves_the_other() -> None:
    text = "try:\n    from orjson import Hero\nexcept ImportError:\n    from app.models import Hero\n"
    assert after(text) == {"orjson.Hero", *HERO}


def test_two_definitions_under_a_condition_are_both_meant() -> None:
    text = "if x:\n    from app.models import Hero\nelse:\n    class Hero: pass\n"
    assert after(text) == {"app/use.py:Hero", *HERO}


# -- stars


def test_all_says_what_a_star_brings() -> None:
    listed = "from app.models import Hero, Item\n__all__ = ['Item']\n"
    assert after("from app.a import *", a=listed) == set()
    assert after("from app.a import *", "Item", a=listed) == {"app/models.py:Item"}


@pytest.mark.parametrize(
    "listing",
    [
        "__all__ = ('Hero',)",
        "__all__: list[str] = ['Hero']",
        "__all__ = []\n__all__ += ['Hero']",
        "__all__ = []\n__all__.append('Hero')",
        "__all__ = ['a']\n__all__.extend(('Hero',))",
        "__all__ = ['a'] + ['Hero']",
        "if x:\n    __all__ = ['Hero']",
    ],
)
def test_ways_to_write_all(listing: str) -> None:
    assert after("from app.a import *", a=f"from app.models import *\n{listing}\n") == HERO


def test_names_with_an_underscore_come_only_by_all() -> None:
    assert after("from app.models import *", "_hidden") == set()
    assert after("from app.a import *", "_x", a="_x = 1\n__all__ = ['_x']\n") == {"app/a.py:_x"}


def test_all_of_another_module_is_part_of_all() -> None:
    listing = "from app import models\nfrom app.models import *\n__all__ = ['x'] + models.__all__\n"
    project = made(
        MODELS
        | {
            "app/models.py": "class Hero: pass\n__all__ = ['Hero']\n",
            "app/a.py": listing,
            "app/use.py": "from app.a import *",
        }
    )
    assert meant(project, "app/use.py", "Hero") == HERO


def test_an_empty_all_brings_nothing() -> None:
    assert after("from app.a import *", a="from app.models import Hero\n__all__: list[str] = []\n") == set()


def test_the_last_star_wins() -> None:
    other = "class Hero: pass\n"
    assert after("from app.models import *\nfrom app.a import *", a=other) == {"app/a.py:Hero"}
    assert after("from app.a import *\nfrom app.models import *", a=other) == HERO


def test_a_definition_wins_over_a_star_before_it() -> None:
    assert after("from app.models import *\nclass Hero: pass\n") == {"app/use.py:Hero"}


def test_a_star_of_something_external_leads_nowhere() -> None:
    assert after("from sqlalchemy import *") == set()


def test_a_star_over_a_package_brings_what_its_initialiser_has() -> None:
    files = {"shop/__init__.py": "from .models import *\n", "shop/models.py": "class Hero: pass\n"}
    project = made(files | {"main.py": "from shop import *\n"})
    assert meant(project, "main.py", "Hero") == {"shop/models.py:Hero"}


CYCLE = {"a.py": "from b import *\nclass A: pass\n", "b.py": "from a import *\nclass B: pass\n"}


@pytest.mark.parametrize("first", ["a.py", "b.py"])
def test_stars_in_a_circle_come_to_an_end(first: str) -> None:
    assert {"A", "B"} == exports(made(CYCLE), Module(first))


def test_stars_in_a_circle_are_the_same_whichever_is_asked_first() -> None:
    def answers(project: Project, *order: str) -> dict[str, frozenset[str]]:
        return {path: exports(project, Module(path)) for path in order}

    assert answers(made(CYCLE), "a.py", "b.py") == answers(made(CYCLE), "b.py", "a.py")


def test_imports_in_a_circle_come_to_an_end() -> None:
    project = made({"a.py": "from b import Hero\n", "b.py": "from a import Hero\n"})
    assert len(meant(project, "a.py", "Hero")) == 1


# -- scopes


def use(text: str, name: str = "Hero") -> str:
    """What the last use of a name in `text` means: `scope.name`, or nothing."""
    project = made({"a.py": text})
    row = [row for row in project.facts("a.py").names if row.name == name][-1]
    (found,) = meant(project, "a.py", name, row.scope, row.start) or {""}
    return found.removeprefix("a.py:")


SCOPES = [
    ("Hero = 1\ndef f(): Hero", "Hero"),
    ("Hero = 1\ndef f(Hero): Hero", "f.Hero"),
    ("Hero = 1\ndef f(x=Hero, Hero=2): pass", "Hero"),
    ("Hero = 1\ndef f():\n Hero\n Hero = 2", "f.Hero"),
    ("Hero = 1\ndef f():\n global Hero\n Hero = 2\n return Hero", "Hero"),
    ("def f():\n Hero = 1\n def g():\n  nonlocal Hero\n  return Hero", "f.Hero"),
    ("def f():\n Hero = 1\n def g():\n  global Hero\n  return Hero\nHero = 2", "Hero"),
    ("Hero = 1\nclass A:\n Hero = 2\n def f(self): return Hero", "Hero"),
    ("Hero = 1\nclass A:\n Hero = 2\n x = Hero", "A.Hero"),
    ("Hero = 1\nclass A:\n x = Hero\n Hero = 2", "Hero"),
    ("Hero = 1\nclass A:\n Hero = Hero", "Hero"),
    ("Hero = 1\nclass A:\n Hero: int\n x = Hero", "Hero"),
    ("Hero = 1\nclass A:\n Hero = 2\n x = [Hero for y in z]", "Hero"),
    ("Hero = 1\nclass A:\n Hero = 2\n x = [y for y in Hero]", "A.Hero"),
    ("Hero = 1\nx = [Hero for Hero in z]", "<comprehension>.Hero"),
    ("Hero = 1\nx = [y for y in Hero for Hero in z]", "Hero"),
    ("Hero = 1\nx = [Hero for y in z]\n", "Hero"),
    ("Hero = 1\nx = lambda Hero: Hero", "<lambda>.Hero"),
    ("Hero = 1\nx = lambda y=Hero: y", "Hero"),
    ("def f():\n [Hero := y for y in z]\n return Hero", "f.Hero"),
    ("def f():\n for Hero in z: pass\n return Hero", "f.Hero"),
    ("def f():\n with z as Hero: return Hero", "f.Hero"),
    ("def f():\n try: pass\n except E as Hero: return Hero", "f.Hero"),
    ("def f(x):\n match x:\n  case Hero: return Hero", "f.Hero"),
    ("def f(x):\n match x:\n  case [1, *Hero]: return Hero", "f.Hero"),
    ("def f(x):\n match x:\n  case {1: 2, **Hero}: return Hero", "f.Hero"),
    ("class Hero: pass\ndef f(x):\n match x:\n  case Hero(): pass", "Hero"),
    ("def f():\n class Hero: pass\n return Hero", "f.Hero"),
    ("def f():\n import Hero\n return Hero", "Hero"),
    ("def f():\n Hero: int\n return Hero", "f.Hero"),
    ("class Hero: pass\nclass A(Hero): pass", "Hero"),
    ("class Hero: pass\n@Hero\ndef Hero2(Hero): pass", "Hero"),
    ("Hero", ""),
]


@pytest.mark.parametrize(("text", "expected"), SCOPES)
def test_scopes(text: str, expected: str) -> None:
    assert use(text) == expected


@pytest.mark.parametrize("signature", ["(self) -> Hero", "(self, x: Hero)", "(self, x=Hero)"])
def test_the_signature_of_a_method_stands_before_its_name(signature: str) -> None:
    assert use(f"class Hero: pass\nclass A:\n def Hero{signature}: pass") == "Hero"


def test_a_name_that_nothing_binds_is_the_builtin() -> None:
    assert use("print", "print") == "builtins.print"
    assert use("print = 1\nprint", "print") == "print"


def test_what_a_star_brought_is_meant_until_the_name_is_bound_anew() -> None:
    assert (
        after("from app.models import *\nAlias = Hero\nfrom app.a import Hero", "Alias", a="class Hero: pass\n") == HERO
    )


@pytest.mark.skipif(sys.version_info < (3, 12), reason="type parameters are written since Python 3.12")
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("class Hero: pass\ndef f[Hero](x: Hero): pass", "f.Hero"),
        ("class Hero: pass\ndef f[T: Hero](x: T): pass", "Hero"),
        ("class Hero: pass\nclass A[Hero]:\n x: Hero", "A.Hero"),
        ("class Hero: pass\ntype A[Hero] = list[Hero]", "A.Hero"),
        ("class Hero: pass\ntype A = list[Hero]", "Hero"),
    ],
)
def test_type_parameters_hide_what_is_around(text: str, expected: str) -> None:
    assert use(text) == expected


# -- members


def test_attributes_of_classes_are_their_own_or_inherited() -> None:
    text = "class A:\n class Inner: pass\nclass B(A): pass\n"
    project = made({"a.py": text})
    assert meant(project, "a.py", "B.Inner") == {"a.py:A.Inner"}
    assert meant(project, "a.py", "B.Other") == set()


def test_self_has_what_its_class_has() -> None:
    text = "class A:\n class Inner: pass\n def f(self): self.Inner\n @staticmethod\n def g(x): x.Inner\n"
    project = made({"a.py": text})
    rows = [row for row in project.facts("a.py").names if row.attributes]
    answers = [meant(project, "a.py", f"{row.name}.Inner", row.scope, row.start) for row in rows]
    assert answers == [{"a.py:A.Inner"}, set()]
