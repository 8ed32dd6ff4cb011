"""Which classes are models, whatever the form of their base and however far away it is."""

from __future__ import annotations

import pytest

from lifeops_codemods.facts.model import Class
from lifeops_codemods.project import Project
from lifeops_codemods.project.classes import ClassRef, ancestors, definition, enclosing_class
from lifeops_codemods.project.models import models
from lifeops_codemods.project.registry import registered

from .projects import made, scope_of

BASES = {
    "DeclarativeBase": "from sqlalchemy.orm import DeclarativeBase\nclass Base(DeclarativeBase): pass\n",
    "no meta": "from sqlalchemy.orm import DeclarativeBaseNoMeta\nclass Base(DeclarativeBaseNoMeta): pass\n",
    "qualified": "import sqlalchemy.orm\nclass Base(sqlalchemy.orm.DeclarativeBase): pass\n",
    "module alias": "import sqlalchemy.orm as o\nclass Base(o.DeclarativeBase): pass\n",
    "from package": "from sqlalchemy import orm\nclass Base(orm.DeclarativeBase): pass\n",
    "with mixin": "from sqlalchemy.orm import DeclarativeBase\nfrom sqlalchemy.ext.asyncio import AsyncAttrs\n"
    "class Base(AsyncAttrs, DeclarativeBase): pass\n",
    "dataclass": "from sqlalchemy.orm import DeclarativeBase, MappedAsDataclass\n"
    "class Base(MappedAsDataclass, DeclarativeBase, kw_only=True): pass\n",
    "function": "from sqlalchemy.orm import declarative_base\nBase = declarative_base()\n",
    "function of 1.4": "from sqlalchemy.ext.declarative import declarative_base\nBase = declarative_base()\n",
    "function by alias": "from sqlalchemy.orm import declarative_base as make\nBase = make(metadata=m)\n",
    "annotated": "from sqlalchemy.orm import declarative_base\nBase: Any = declarative_base()\n",
    "registry": "from sqlalchemy.orm import registry\nr = registry()\nBase = r.generate_base()\n",
    "registry at once": "from sqlalchemy.orm import registry\nBase = registry().generate_base()\n",
    "decorator": "from sqlalchemy.orm import as_declarative\n@as_declarative()\nclass Base: pass\n",
    "registry's decorator": "from sqlalchemy.orm import registry\nr = registry()\n"
    "@r.as_declarative_base()\nclass Base: pass\n",
    "metaclass": "from sqlalchemy.orm import DeclarativeMeta\n"
    "class Base(metaclass=DeclarativeMeta):\n __abstract__ = True\n",
    "conditional": "from sqlalchemy.orm import DeclarativeBase\nif x:\n class Base(DeclarativeBase): pass\n",
    "tried": "try:\n from sqlalchemy.orm import DeclarativeBase\nexcept ImportError:\n raise\n"
    "class Base(DeclarativeBase): pass\n",
}


def names(files: dict[str, str], src: tuple[str, ...] = ()) -> list[str]:
    return [model.name for model in models(made(files, src))]


@pytest.mark.parametrize("base", BASES.values(), ids=BASES)
def test_a_class_below_a_base_of_another_file_is_a_model_and_the_base_is_none(base: str) -> None:
    text = "from base import Base as B\nclass Hero(B):\n __tablename__ = 'heroes'\n"
    assert names({"base.py": base, "models.py": text}) == ["Hero"]


BASE = BASES["DeclarativeBase"]
HANDED_ON = {
    "from a base without a class": (
        BASES["function"],
        "from base import Base as First\n",
        "from b import First as Second\n",
    ),
    "by a star": (BASE, "from base import *\n", "from b import Base as Second\n"),
    "as a module": (BASE, "import base as db\n", "from b import db\nSecond = db.Base\n"),
    "as an alias": (BASE, "from base import Base\nFirst = Base\n", "import b\nSecond = b.First\n"),
}


@pytest.mark.parametrize("base", BASES.values(), ids=BASES)
def test_the_search_follows_bases_through_files_with_classes(base: str) -> None:
    files = {
        "base.py": f"{base}class Other: pass\n",
        "b.py": "import base\nclass First(base.Base):\n __abstract__ = True\n",
        "c.py": "from b import First as Second\nclass Third(Second):\n __abstract__ = True\n",
        "x/__init__.py": "from c import *\n",
        "x/d.py": "from . import Third\nclass Hero(Third): pass\nclass Sidekick(Hero): pass\n",
    }
    assert names(files) == ["Hero", "Sidekick"]


@pytest.mark.parametrize(("base", "first", "second"), HANDED_ON.values(), ids=HANDED_ON)
def test_the_search_follows_bases_through_files_without_classes(base: str, first: str, second: str) -> None:
    files = {"base.py": base, "b.py": first, "c.py": second}
    assert names(files | {"d.py": "from c import Second\nclass Hero(Second): pass\n"}) == ["Hero"]


@pytest.mark.parametrize(("base", "first", "second"), HANDED_ON.values(), ids=HANDED_ON)
def test_a_table_name_is_enough_for_the_search(base: str, first: str, second: str) -> None:
    files = {"base.py": base, "b.py": first, "c.py": second}
    assert names(files | {"d.py": "from c import Second\nclass Hero(Second):\n __tablename__ = 'h'\n"}) == ["Hero"]


@pytest.mark.parametrize(
    "text",
    [
        "class Hero: pass\n",
        "class Mixin:\n id = Column()\n",
        "from enum import Enum\nclass Hero(Enum): pass\n",
        "from base import Base\nclass Hero(Base):\n __abstract__ = True\n",
        "from pydantic import BaseModel as Base\nclass Hero(Base): pass\n",
        "from other import Base\nclass Hero(Base): pass\n",
        "from base import Base\nclass Hero(list[Base]): pass\n",
        "from base import Base\nclass Hero(f(Base)): pass\n",
        "from sqlmodel import SQLModel\nclass Hero(SQLModel): pass\n",
        "from sqlmodel import SQLModel\nclass Hero(SQLModel, table=False): pass\n",
        "from base import Base\nHero = Table('heroes', Base.metadata)\n",
        "def f(Base):\n class Hero(Base): pass\n",
        "from base import Base\ndef f():\n Base = object\n class Hero(Base): pass\n",
        "from base import Base\nclass A:\n Base = object\n class Hero(Base): pass\n",
    ],
)
def test_what_is_no_model(text: str) -> None:
    assert names({"base.py": BASE, "models.py": text}) == []


@pytest.mark.parametrize(
    "text",
    [
        "from base import Base\nclass Hero(Mixin, Base): pass\n",
        "from base import Base\nclass Hero(Generic[T], Base): pass\n",
        "from base import Base\ndef f():\n class Hero(Base): pass\n",
        "from base import Base\nclass A:\n class Hero(Base): pass\n",
        "from base import Base\nif x:\n class Hero(Base): pass\n",
        "from base import Base\nclass Hero(Base):\n __abstract__ = False\n",
        "from sqlmodel import SQLModel\nclass Hero(SQLModel, table=True): pass\n",
        "from sqlmodel import SQLModel\nclass HeroBase(SQLModel): pass\nclass Hero(HeroBase, table=True): pass\n",
        "from sqlalchemy.orm import registry\nr = registry()\n@r.mapped\nclass Hero: pass\n",
        "from sqlalchemy.orm import registry\nr = registry()\n@r.mapped_as_dataclass(kw_only=True)\nclass Hero: pass\n",
        "from unknown import Base\nfrom sqlalchemy import Column\n"
        "class Hero(Base):\n __tablename__ = 'h'\n id = Column()\n",
    ],
)
def test_what_is_a_model(text: str) -> None:
    assert names({"base.py": BASE, "models.py": text}) == ["Hero"]


def test_abstract_is_not_inherited() -> None:
    text = "from base import Base\nclass A(Base):\n __abstract__ = True\nclass Hero(A): pass\n"
    assert names({"base.py": BASE, "models.py": text}) == ["Hero"]


def test_models_that_a_revision_declares_are_left_out() -> None:
    text = (
        "revision = 'a'\ndown_revision = None\nfrom sqlalchemy.orm import declarative_base\nBase = declarative_base()\n"
    )
    assert names({"versions/one.py": text + "class Hero(Base): pass\n"}) == []
    assert names({"versions/one.py": text[16:] + "class Hero(Base): pass\n"}) == ["Hero"]


def test_services_with_packages_of_one_name_have_their_own_bases() -> None:
    files: dict[str, str] = {}
    for service, base in (("one", BASE), ("two", "class Base: pass\n")):
        files |= {f"{service}/app/__init__.py": "", f"{service}/app/base.py": base}
        files[f"{service}/app/models.py"] = f"from app.base import Base\nclass In{service}(Base): pass\n"
    assert names(files) == ["Inone"]


def test_a_string_finds_models_of_its_own_base_only() -> None:
    files = {}
    for name in ("a", "b"):
        files[f"{name}.py"] = BASE + "class Hero(Base): pass\nclass Owner(Base): pass\n"
    project = made(files)
    owner = next(model for model in models(project) if (model.name, model.ref.path) == ("Owner", "b.py"))
    assert [model.ref.path for model in registered(project, "Hero", "b.py", owner.ref)] == ["b.py"]
    assert [model.ref.path for model in registered(project, "Hero", "b.py", None)] != []


# -- what classes inherit


def ref(project: Project, path: str, name: str) -> ClassRef:
    rows: tuple[Class, ...] = project.facts(path).classes
    (row,) = (index for index, row in enumerate(rows) if row.name == name)
    return ClassRef(path, row)


def ancestry(files: dict[str, str], path: str, name: str) -> list[str]:
    project = made(files)
    found = ancestors(project, ref(project, path, name))
    return [definition(project, item).name if isinstance(item, ClassRef) else str(item and item[0]) for item in found]


def test_ancestors_come_nearest_first_through_all_files() -> None:
    files = {
        "a.py": "class A: pass\n",
        "b.py": "from a import A\nclass B(A): pass\n",
        "c.py": "import b\nclass C(b.B): pass\n",
    }
    assert ancestry(files, "c.py", "C") == ["B", "A"]


def test_what_is_inherited_twice_counts_where_it_comes_last() -> None:
    text = "class Top: pass\nclass L(Top): pass\nclass R(Top): pass\nclass D(L, R): pass\n"
    assert ancestry({"a.py": text}, "a.py", "D") == ["L", "R", "Top"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("class A(A): pass\n", {"None"}),
        ("class A(B): pass\nclass B(A): pass\n", {"A", "B"}),
        ("class A(B): pass\nclass B(C): pass\nclass C(B, X): pass\n", {"B", "C", "None"}),
    ],
)
def test_bases_in_a_circle_come_to_an_end(text: str, expected: set[str]) -> None:
    assert set(ancestry({"a.py": text}, "a.py", "A")) <= expected | {"A", "a.py"}


def test_bases_from_outside_are_known_by_their_names() -> None:
    text = "import typing as t\nfrom x.y import Z\nclass A(Z, t.Generic[T], dict, unknown(1)): pass\n"
    assert ancestry({"a.py": text}, "a.py", "A") == ["x.y.Z", "typing.Generic", "builtins.dict", "None"]


def test_diamonds_have_the_order_that_python_gives() -> None:
    text = "class O: pass\nclass A(O): pass\nclass B(O): pass\nclass C(A): pass\nclass D(B): pass\n"
    text += "class E(C, D): pass\n"
    space: dict[str, type] = {}
    exec(text, space)
    assert ancestry({"a.py": text}, "a.py", "E") == [item.__name__ for item in space["E"].__mro__[1:-1]]


def test_the_class_around_a_place_is_the_innermost() -> None:
    project = made({"a.py": "class A:\n class B:\n  def f(self):\n   x = [y for y in z]\n def g(self): pass\n"})
    assert enclosing_class(project, "a.py", scope_of(project, "a.py", "f")) == ref(project, "a.py", "B")
    assert enclosing_class(project, "a.py", scope_of(project, "a.py", "g")) == ref(project, "a.py", "A")
    assert enclosing_class(project, "a.py", 0) is None
