"""What annotations stand for."""

from __future__ import annotations

import sys

import pytest

from lifeops_codemods.project import Project
from lifeops_codemods.project.classes import ClassRef, definition
from lifeops_codemods.project.types import (
    NONE,
    UNKNOWN,
    ClassObject,
    Instance,
    Type,
    TypeVariable,
    Union,
    annotated,
    class_of,
    own_parameters,
    parameter_meanings,
    without_none,
)

from .projects import made

HEADER = """
from __future__ import annotations
import collections.abc
import typing
import typing as t
import uuid
from datetime import date
from typing import (
    TYPE_CHECKING, Annotated, Any, ClassVar, Dict, Generic, List, Literal, Mapping, NewType, Optional, Protocol,
    Sequence, Set, Tuple, Type, TypeAlias, TypeVar, Union,
)
from app.base import Hero, Other as Villain
from app import base, base as b
if TYPE_CHECKING:
    from app.hidden import Hidden
T = TypeVar("T")
K = TypeVar("K", bound=Hero)
class Box(Generic[T]): ...
class Pair(Generic[T, K]): ...
"""
FILES = {
    "app/__init__.py": "",
    "app/base.py": "from typing import Annotated, Optional\nclass Hero:\n    class Inner: ...\nclass Other: ...\n"
    "Far = Annotated[Hero, 1]\nMaybe = Optional[Hero]\nHeroes = list[Hero]\n",
    "app/hidden.py": "class Hidden: ...\n",
}


def shown(project: Project, kind: Type) -> str:
    match kind:
        case Instance(of=of, arguments=arguments):
            name = definition(project, of).name if isinstance(of, ClassRef) else of
            return f"{name}[{', '.join(shown(project, one) for one in arguments)}]" if arguments else name
        case ClassObject(of=of):
            return f"type({shown(project, of)})"
        case Union(items=items):
            return " | ".join(shown(project, one) for one in items)
        case TypeVariable(variable=variable, bound=bound):
            return f"~{variable.name}" if bound == UNKNOWN else f"~{variable.name}:{shown(project, bound)}"
    return "None" if kind == NONE else "?"


def means(annotation: str, more: str = "") -> str:
    """The type of `value` with this annotation, at the end of a module."""
    project = made(FILES | {"app/use.py": f"{HEADER}{more}\nvalue: {annotation}\n"})
    (row,) = project.facts("app/use.py").bound[0, "value"]
    return shown(project, annotated(project, "app/use.py", 0, row.annotation, row.start))


@pytest.mark.parametrize(
    ("annotation", "kind"),
    [
        ("int", "builtins.int"),
        ("date", "datetime.date"),
        ("uuid.UUID", "uuid.UUID"),
        ("None", "None"),
        ("Any", "?"),
        ("object", "?"),
        ("nowhere", "?"),
        ("Hero", "Hero"),
        ("Villain", "Other"),
        ("base.Hero", "Hero"),
        ("b.Hero", "Hero"),
        ("Hero.Inner", "Inner"),
        ("Hidden", "Hidden"),
        ("'Hero'", "Hero"),
        ('"Hero | None"', "Hero | None"),
        ("'list[\"Hero\"]'", "builtins.list[Hero]"),
        ("' Hero'", "Hero"),
        ("Hero | None", "Hero | None"),
        ("None | Hero", "None | Hero"),
        ("Optional[Hero]", "Hero | None"),
        ("Optional['Hero']", "Hero | None"),
        ("typing.Optional[Hero]", "Hero | None"),
        ("Union[Hero, Villain, None]", "Hero | Other | None"),
        ("Union[Hero, Hero]", "Hero"),
        ("Union[Hero, Optional[Villain]]", "Hero | Other | None"),
        ("list[Hero]", "builtins.list[Hero]"),
        ("List[Hero]", "builtins.list[Hero]"),
        ("t.List[Hero]", "builtins.list[Hero]"),
        ("list", "builtins.list"),
        ("Dict[str, Hero]", "builtins.dict[builtins.str, Hero]"),
        ("Sequence[Hero]", "collections.abc.Sequence[Hero]"),
        ("collections.abc.Sequence[Hero]", "collections.abc.Sequence[Hero]"),
        ("Mapping[str, Hero]", "collections.abc.Mapping[builtins.str, Hero]"),
        ("Set[Hero]", "builtins.set[Hero]"),
        ("tuple[Hero, Villain]", "builtins.tuple[Hero, Other]"),
        ("Tuple[Hero, ...]", "builtins.tuple[Hero]"),
        ("type[Hero]", "type(Hero)"),
        ("Type[Hero]", "type(Hero)"),
        ("Annotated[Hero, 1]", "Hero"),
        ("Annotated['Hero', 1]", "Hero"),
        ("ClassVar[Hero]", "Hero"),
        ("Literal['Hero']", "?"),
        ("T", "~T"),
        ("K", "~K:Hero"),
        ("Box[Hero]", "Box[Hero]"),
        ("Box['Hero']", "Box[Hero]"),
        ("Box[list[Hero]]", "Box[builtins.list[Hero]]"),
        ("Pair[int, Hero]", "Pair[builtins.int, Hero]"),
        ("base.Far", "Hero"),
        ("base.Maybe", "Hero | None"),
        ("base.Heroes", "builtins.list[Hero]"),
        ("list[base.Maybe]", "builtins.list[Hero | None]"),
        ("f(Hero)", "?"),
        ("Hero[", "?"),
    ],
)
def test_annotations(annotation: str, kind: str) -> None:
    if annotation == "Hero[":
        annotation = "'Hero['"
    assert means(annotation) == kind


@pytest.mark.parametrize(
    ("more", "annotation", "kind"),
    [
        ("Alias = Hero", "Alias", "Hero"),
        ("Alias = 'Hero'", "Alias", "Hero"),
        ("Alias: TypeAlias = 'Hero'", "Alias", "Hero"),
        ("Alias = Hero | None", "Alias", "Hero | None"),
        ("Alias = Annotated[Hero, 1]\nTwo = Alias", "Two", "Hero"),
        ("Alias = Annotated[T, 1]", "Alias[Hero]", "Hero"),
        ("Alias = dict[str, list[T]]", "Alias[Hero]", "builtins.dict[builtins.str, builtins.list[Hero]]"),
        ("Alias = Union[T, K]", "Alias[int, Hero]", "builtins.int | Hero"),
        ("Id = NewType('Id', int)", "Id", "builtins.int"),
        ("HeroId = NewType('HeroId', Hero)", "HeroId", "Hero"),
        ("if x:\n    A = Hero\nelse:\n    A = Villain", "A", "Hero | Other"),
        ("class A: ...\nA = wrap(A)", "A", "A"),
        ("A = 'A'", "A", "?"),
        ("try:\n    from nowhere import X\nexcept ImportError:\n    X = Hero", "X", "nowhere.X | Hero"),
    ],
)
def test_aliases(more: str, annotation: str, kind: str) -> None:
    assert means(annotation, more) == kind


@pytest.mark.skipif(sys.version_info < (3, 12), reason="the syntax is new in 3.12")
@pytest.mark.parametrize(
    ("more", "annotation", "kind"),
    [
        ("type Alias = Hero", "Alias", "Hero"),
        ("type Alias[X] = list[X]", "Alias[Hero]", "builtins.list[Hero]"),
        ("class New[X]: ...", "New[Hero]", "New[Hero]"),
    ],
)
def test_newer_syntax(more: str, annotation: str, kind: str) -> None:
    assert means(annotation, more) == kind


def test_names_are_looked_up_where_the_annotation_stands() -> None:
    text = "from datetime import date\nclass A:\n    date: date\n    other: date | None = None\n"
    project = made({"a.py": text})
    own = project.facts("a.py").classes[0].own
    (row,) = project.facts("a.py").bound[own, "date"]
    assert shown(project, annotated(project, "a.py", own, row.annotation, row.start)) == "datetime.date"


@pytest.mark.parametrize(
    ("classes", "expression", "meaning"),
    [
        ("class Repo(Generic[T]): ...", "Repo[Hero]", "Hero"),
        ("class Repo(Generic[T]): ...\nclass Sub(Repo[Hero]): ...", "Sub", "Hero"),
        ("class Repo(Generic[T]): ...\nclass Mid(Repo[K]): ...\nclass Sub(Mid[Hero]): ...", "Sub", "Hero"),
        ("class Repo(Generic[T]): ...\nclass Mid(Repo[T], Generic[T]): ...", "Mid[Hero]", "Hero"),
        ("class Repo(Generic[T]): ...\nclass Sub(Repo[Hero]): ...\nclass Last(Sub): ...", "Last", "Hero"),
        ("class Repo(Protocol[T]): ...\nclass Sub(Repo[list[Hero]]): ...", "Sub", "builtins.list[Hero]"),
        ("class Mixin: ...\nclass Repo(Generic[T]): ...\nclass Sub(Mixin, Repo['Hero']): ...", "Sub", "Hero"),
        ("class Repo(Generic[T]): ...\nclass Sub(Repo): ...", "Sub", ""),
        (
            "class Plain: ...\nclass Repo(Generic[T]): ...\nclass Mid(Repo[Hero]): ...\nclass Sub(Plain, Mid): ...",
            "Sub",
            "Hero",
        ),
        ("class Repo(Generic[T]): ...\nclass Mid(Repo[Hero]): ...\nclass Sub(Mid, Box[int]): ...", "Sub", "Hero"),
    ],
)
def test_what_type_parameters_stand_for(classes: str, expression: str, meaning: str) -> None:
    project = made(FILES | {"app/use.py": f"{HEADER}{classes}\nvalue: {expression}\n"})
    (row,) = project.facts("app/use.py").bound[0, "value"]
    kind = annotated(project, "app/use.py", 0, row.annotation, row.start)
    assert isinstance(kind, Instance)
    repo = next(index for index, one in enumerate(project.facts("app/use.py").classes) if one.name == "Repo")
    (parameter,) = own_parameters(project, ClassRef("app/use.py", repo))
    found = parameter_meanings(project, kind)
    assert shown(project, found.get(parameter, UNKNOWN)) == (meaning or "?")


def test_one_class_of_the_project() -> None:
    project = made(FILES)
    hero = Instance(ClassRef("app/base.py", 0))
    other = Instance(ClassRef("app/base.py", 2))
    assert class_of(Union((hero, NONE))) == hero.of
    assert class_of(hero) == hero.of
    assert class_of(Union((hero, other))) is None
    assert class_of(Instance("builtins.int")) is None
    assert class_of(UNKNOWN) is None
    assert without_none(Union((hero, NONE))) == hero
    assert shown(project, other) == "Other"
