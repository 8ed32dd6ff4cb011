"""Relationships: what they lead to, whether to many, how they load, in every style that declares them."""

from __future__ import annotations

import pytest

from lifeops_codemods.project.classes import ClassRef, definition
from lifeops_codemods.project.relationships import proxied, relationships

from .projects import made

HEAD = """
from typing import TYPE_CHECKING, List, Optional, Set
from sqlalchemy import Column, ForeignKey, Integer, Table
from sqlalchemy.ext.associationproxy import association_proxy
from sqlalchemy.orm import (
    DeclarativeBase, DynamicMapped, Mapped, WriteOnlyMapped, backref, declared_attr, mapped_column, relationship,
)

class Base(DeclarativeBase): ...

links = Table("links", Base.metadata)

class Child(Base):
    __tablename__ = "children"
    id = Column(Integer, primary_key=True)
    parent_id = Column(ForeignKey("parents.id"))
    other_id = Column(Integer)

class Owner(Base):
    __tablename__ = "owners"
    id = Column(Integer, primary_key=True)
"""
PARENT = (
    'class Parent(Base):\n    __tablename__ = "parents"\n    id = Column(Integer, primary_key=True)\n'
    '    owner_id = Column(ForeignKey("owners.id"))\n    up_id = Column(ForeignKey("parents.id"))\n'
)


def described(body: str, of: str = "Parent", name: str = "x") -> tuple[str | None, bool, str]:
    """The target, whether many, and the loader of one relationship."""
    project = made({"app/__init__.py": "", "app/models.py": HEAD + body})
    row = next(i for i, item in enumerate(project.facts("app/models.py").classes) if item.name == of)
    found = relationships(project, ClassRef("app/models.py", row))[name]
    return (definition(project, found.target).name if found.target else None, found.many, found.lazy)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ('x = relationship("Child")', ("Child", True, "select")),
        ('x = relationship("Owner")', ("Owner", False, "select")),
        ("x = relationship(Child)", ("Child", True, "select")),
        ("x = relationship(lambda: Child)", ("Child", True, "select")),
        ('x = relationship(argument="app.models.Child")', ("Child", True, "select")),
        ('x = relationship("Child", uselist=False)', ("Child", False, "select")),
        ('x = relationship("Owner", secondary=links)', ("Owner", True, "select")),
        ('x = relationship("Parent")', ("Parent", True, "select")),
        ('x = relationship("Parent", remote_side="Parent.id")', ("Parent", False, "select")),
        ('x = relationship("Child", lazy="selectin")', ("Child", True, "selectin")),
        ('x = relationship("Child", lazy=False)', ("Child", True, "joined")),
        ('x = relationship("Child", lazy=True)', ("Child", True, "select")),
        ('x = relationship("Child", lazy=None)', ("Child", True, "noload")),
        ('x = relationship("Child", lazy="raise_on_sql")', ("Child", True, "raise")),
        ('x = relationship("Child", lazy=HOW)', ("Child", True, "?")),
        ('x = relationship("Child", **MORE)', ("Child", True, "?")),
        ('x: Mapped["Child"] = relationship()', ("Child", False, "select")),
        ('x: Mapped[list["Child"]] = relationship()', ("Child", True, "select")),
        ("x: Mapped[List[Child]] = relationship()", ("Child", True, "select")),
        ('x: "Mapped[Set[Child]]" = relationship()', ("Child", True, "select")),
        ('x: Mapped["Owner | None"] = relationship()', ("Owner", False, "select")),
        ("x: Mapped[Optional[Owner]] = relationship()", ("Owner", False, "select")),
        ('x: DynamicMapped["Child"] = relationship()', ("Child", True, "dynamic")),
        ("x: WriteOnlyMapped[Child] = relationship()", ("Child", True, "write_only")),
        ('x: Mapped["Nobody"] = relationship()', (None, False, "select")),
    ],
)
def test_of_a_class_body(line: str, expected: tuple[str | None, bool, str]) -> None:
    assert described(f"{PARENT}    {line}\n") == expected


def test_of_a_mixin() -> None:
    mixin = 'class Owned:\n    @declared_attr\n    def x(cls):\n        return relationship("Owner")\n'
    assert described(mixin + PARENT.replace("(Base)", "(Owned, Base)")) == ("Owner", False, "select")


def test_two_foreign_keys_between_the_same_tables() -> None:
    child = 'class Doc(Base):\n    __tablename__ = "docs"\n    owner_id = Column(ForeignKey("owners.id"))\n'
    owner = (
        'class Lead(Base):\n    __tablename__ = "leads"\n    doc_id = Column(ForeignKey("docs.id"))\n'
        '    y = relationship("Doc", foreign_keys="Doc.lead_id")\n    x = relationship("Doc", foreign_keys=[doc_id])\n'
    )
    child += '    lead_id = Column(ForeignKey("leads.id"))\n'
    assert described(child + owner, "Lead", "x") == ("Doc", False, "select")
    assert described(child + owner, "Lead", "y") == ("Doc", True, "select")


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ('backref="x"', ("Parent", False, "select")),
        ('backref=backref("x", lazy="joined")', ("Parent", False, "joined")),
        ('backref=backref("x", uselist=True)', ("Parent", True, "select")),
        ('secondary=links, backref="x"', ("Parent", True, "select")),
    ],
)
def test_made_by_a_backref(given: str, expected: tuple[str, bool, str]) -> None:
    assert described(f'{PARENT}    children = relationship("Child", {given})\n', "Child") == expected


def test_an_association_proxy_reads_a_relationship() -> None:
    body = f'{PARENT}    children = relationship("Child")\n    ids = association_proxy("children", "id")\n'
    project = made({"app/__init__.py": "", "app/models.py": HEAD + body})
    row = next(i for i, item in enumerate(project.facts("app/models.py").classes) if item.name == "Parent")
    assert proxied(project, ClassRef("app/models.py", row), "ids") == "children"
    assert proxied(project, ClassRef("app/models.py", row), "id") == ""
