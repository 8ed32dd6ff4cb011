"""What queries leave unloaded: data followed through every shape of Python that stands between query and read."""

from __future__ import annotations

import pytest

from lifeops_codemods.project.classes import definition
from lifeops_codemods.project.missing_loads import Doubt, Forgotten, Missing, missing_loads

from .projects import made

MODELS = """
from sqlalchemy import ForeignKey
from sqlalchemy.ext.associationproxy import association_proxy
from sqlalchemy.orm import DeclarativeBase, Mapped, backref, mapped_column, relationship

class Base(DeclarativeBase): ...

class Hero(Base):
    __tablename__ = "heroes"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    quests: Mapped[list["Quest"]] = relationship(back_populates="hero")

class Quest(Base):
    __tablename__ = "quests"
    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]
    hero_id: Mapped[int] = mapped_column(ForeignKey("heroes.id"))
    hero: Mapped["Hero"] = relationship(back_populates="quests")
    steps: Mapped[list["Step"]] = relationship(back_populates="quest")
    tags: Mapped[list["Tag"]] = relationship(lazy="selectin")
    tag_names = association_proxy("steps", "text")

    @property
    def progress(self):
        return len([step for step in self.steps if step.done])

    def owner(self):
        return self.hero.name

class Step(Base):
    __tablename__ = "steps"
    id: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str]
    done: Mapped[bool]
    quest_id: Mapped[int] = mapped_column(ForeignKey("quests.id"))
    quest: Mapped["Quest"] = relationship(back_populates="steps")
    comments: Mapped[list["Comment"]] = relationship()

class Tag(Base):
    __tablename__ = "tags"
    id: Mapped[int] = mapped_column(primary_key=True)
    quest_id: Mapped[int] = mapped_column(ForeignKey("quests.id"))

class Comment(Base):
    __tablename__ = "comments"
    id: Mapped[int] = mapped_column(primary_key=True)
    step_id: Mapped[int] = mapped_column(ForeignKey("steps.id"))
"""

HEAD = """
import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from itertools import chain, groupby
from typing import Any, Generic, TypeVar
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session, aliased, joinedload, raiseload, selectinload
from app.models import Base, Comment, Hero, Quest, Step, Tag

"""


def asked(code: str) -> set[str]:
    """What the queries of `code` should load, as `Quest.steps.comments`."""
    project = made({"app/__init__.py": "", "app/models.py": MODELS, "app/code.py": HEAD + code})
    found = set()
    for answer in missing_loads(project):
        if isinstance(answer, Missing):
            name = definition(project, answer.model).name
            found |= {".".join((name, *need.path)) for need in answer.needs}
    return found


def doubts(code: str) -> set[str]:
    project = made({"app/__init__.py": "", "app/models.py": MODELS, "app/code.py": HEAD + code})
    return {answer.reason for answer in missing_loads(project) if isinstance(answer, Doubt)}


QUERY = "(await db.scalars(select(Quest))).all()"


def body(*lines: str) -> str:
    inner = "".join(f"    {line}\n" for line in lines)
    return f"async def f(db: AsyncSession, flag: bool = False):\n{inner}"


@pytest.mark.parametrize(
    "code",
    [
        body(f"for quest in {QUERY}:", "    print(quest.hero)"),
        body(f"return [q.hero.name for q in {QUERY}]"),
        body(f"return {{q.id: q.hero for q in {QUERY}}}"),
        body(f"return sorted({QUERY}, key=lambda q: q.hero.name)"),
        body(f"return list(map(lambda q: q.hero, {QUERY}))"),
        body(f"return list(filter(lambda q: q.hero, {QUERY}))"),
        body(f"return max({QUERY}, key=lambda q: q.hero.id).title"),
        body(f"for index, q in enumerate({QUERY}):", "    q.hero"),
        body(f"for q, n in zip({QUERY}, [1, 2]):", "    q.hero"),
        body(f"quests = {QUERY}", "return quests[0].hero"),
        body(f"first, *rest = {QUERY}", "return first.hero"),
        body(f"quests = {QUERY}", "by_id = {}", "for q in quests:", "    by_id[q.id] = q", "return by_id[1].hero"),
        body(f"by_id = {{q.id: q for q in {QUERY}}}", "for q in by_id.values():", "    q.hero"),
        body(f"by_id = {{q.id: q for q in {QUERY}}}", "for _, q in by_id.items():", "    q.hero"),
        body(f"kept = []\n    for q in {QUERY}:", "    kept.append(q)", "return [q.hero for q in kept]"),
        body(f"kept = []\n    kept.extend({QUERY})", "return [q.hero for q in kept]"),
        body(f"return getattr({QUERY}[0], 'hero')"),
        body(f"return hasattr({QUERY}[0], 'hero')"),
        body(f"if (q := {QUERY}[0]).hero:", "    pass"),
        body(f"return {QUERY}[0].hero if flag else None"),
        body(f"return flag and {QUERY}[0].hero"),
        body(f"match {QUERY}[0].hero:", "    case None:", "        pass"),
        body(f"return {QUERY}[0].owner()"),
        body(f"for q in chain({QUERY}, []):", "    q.hero"),
        body(f"for _, group in groupby({QUERY}, key=lambda q: q.hero.id):", "    pass"),
        body(f"def name(q):\n        return q.hero.name\n    return [name(q) for q in {QUERY}]"),
        body("return f'{(await db.get(Quest, 1)).hero.name}'"),
        body("q = await db.get(Quest, ident=1)", "assert q.hero"),
        body("q = (await db.execute(select(Quest))).scalar_one_or_none()", "return q.hero"),
        body("q = await db.scalar(select(Quest))", "while q.hero:", "    q = None"),
        body("async for q in await db.stream_scalars(select(Quest)):", "    q.hero"),
        body("rows = await db.execute(select(Quest, Hero.id))", "for q, _ in rows:", "    q.hero"),
        body("rows = (await db.execute(select(Quest))).all()", "return [row[0].hero for row in rows]"),
        body("rows = (await db.execute(select(Quest))).all()", "return [row.Quest.hero for row in rows]"),
        body("old = aliased(Quest)", "return [q.hero for q in await db.scalars(select(old))]"),
        body("stmt = select(Quest)", "if flag:", "    stmt = stmt.where(Quest.id == 1)",
             "return [q.hero for q in await db.scalars(stmt)]"),
        body("stmts = [select(Quest), select(Quest).limit(1)]", "return [q.hero for q in await db.scalars(stmts[0])]"),
        body("try:", "    q = await db.get(Quest, 1)", "except KeyError:", "    raise", "return q.hero"),
        body("a, b = await asyncio.gather(db.get(Quest, 1), db.get(Hero, 1))", "return a.hero"),
        body("def read(session):\n        return [q.hero for q in session.scalars(select(Quest))]",
             "return await db.run_sync(read)"),
    ],
)  # fmt: skip
def test_a_read_in_the_same_function(code: str) -> None:
    assert asked(code) == {"Quest.hero"}


@pytest.mark.parametrize(
    "code",
    [
        "def show(q):\n    return q.hero.name\n" + body(f"return [show(q) for q in {QUERY}]"),
        "def show(qs):\n    return [q.hero for q in qs]\n" + body(f"return show({QUERY})"),
        "def show(*qs):\n    return [q.hero for q in qs]\n" + body(f"return show(*{QUERY})"),
        "def show(**kw):\n    return kw['q'].hero\n" + body("return show(q=await db.get(Quest, 1))"),
        "def same(x):\n    return x\n" + body(f"return [same(q).hero for q in {QUERY}]"),
        "def show(q, depth):\n    q.hero\n    return show(q, depth - 1)\n"
        + body(f"return [show(q, 1) for q in {QUERY}]"),
        "def one(q):\n    return two(q)\ndef two(q):\n    q.hero\n    return one(q)\n"
        + body(f"return one({QUERY}[0])"),
        "def show(n, q):\n    q.hero\n" + body(f"return partial(show, 1)(q={QUERY}[0])"),
        "async def find(db):\n    return await db.get(Quest, 1)\n" + body("return (await find(db)).hero"),
        "def find(db):\n    return db.get(Quest, 1)\n" + body("return (await find(db)).hero"),
        "def query():\n    return select(Quest)\n" + body("return [q.hero for q in await db.scalars(query())]"),
        "async def run(db, stmt):\n    return (await db.scalars(stmt)).all()\n"
        + body("return [q.hero for q in await run(db, select(Quest))]"),
        "async def each(db):\n    for q in await db.scalars(select(Quest)):\n        yield q\n"
        + body("async for q in each(db):", "    q.hero"),
        "@asynccontextmanager\nasync def held(db):\n    yield await db.get(Quest, 1)\n"
        + body("async with held(db) as q:", "    q.hero"),
        "@dataclass\nclass Pair:\n    quest: Quest\n    number: int\n"
        + body("pair = Pair(await db.get(Quest, 1), 2)", "return pair.quest.hero"),
        "class Box:\n    def __init__(self, quest):\n        self.quest = quest\n    def name(self):\n"
        "        return self.quest.hero.name\n" + body("return Box(await db.get(Quest, 1)).name()"),
        "class Service:\n    def __init__(self, db):\n        self.db = db\n    async def find(self):\n"
        "        return await self.db.get(Quest, 1)\n" + body("return (await Service(db).find()).hero"),
        "class Service:\n    def __init__(self, db):\n        self.db = db\n    async def find(self):\n"
        "        return await self.db.get(Quest, 1)\n"
        "async def g(service: Service):\n    return (await service.find()).hero\n",
        "class Base_:\n    async def one(self, db):\n        return (await self.find(db)).hero\n"
        "class Own(Base_):\n    async def find(self, db):\n        return await db.get(Quest, 1)\n"
        + body("return await Own().one(db)"),
        "M = TypeVar('M')\nclass Repo(Generic[M]):\n    def __init__(self, model: type[M], db):\n"
        "        self.model, self.db = model, db\n    async def all(self):\n"
        "        return (await self.db.scalars(select(self.model))).all()\n"
        + body("return [q.hero for q in await Repo(Quest, db).all()]"),
    ],
)
def test_a_read_in_another_function(code: str) -> None:
    assert asked(code) == {"Quest.hero"}


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (body(f"return [q.progress for q in {QUERY}]"), {"Quest.steps"}),
        (body(f"return [q.tag_names for q in {QUERY}]"), {"Quest.steps"}),
        (body(f"return [c.id for q in {QUERY} for s in q.steps for c in s.comments]"),
         {"Quest.steps", "Quest.steps.comments"}),
        (body(f"return [q.hero.quests for q in {QUERY}]"), {"Quest.hero", "Quest.hero.quests"}),
        (body("for h in await db.scalars(select(Hero)):", "    [q.hero for q in h.quests]"), {"Hero.quests"}),
        (body(f"return [q.tags for q in {QUERY}]"), set()),
        (body(f"return [q.title for q in {QUERY}]"), set()),
        (body(f"return [await q.awaitable_attrs.hero for q in {QUERY}]"), set()),
        (body("return [r.hero for r in await db.scalars(select(Quest.id))]"), set()),
        (body("q = await db.get(Quest, 1)", "q.hero = Hero()"), set()),
        (body("q = await db.get(Quest, 1)", "q.steps = []"), {"Quest.steps"}),
        (body("q = Quest(steps=[])", "return q.steps"), set()),
        (body("q = await db.get(Quest, 1)", "await db.refresh(q, ['hero'])", "return q.hero"), set()),
        (body("stmt = select(Quest).options(selectinload(Quest.hero))", "return (await db.scalar(stmt)).hero"), set()),
        (body("stmt = select(Quest).options(joinedload(Quest.steps).selectinload(Step.comments))",
              "return [s.comments for q in await db.scalars(stmt) for s in q.steps]"), set()),
        (body("options = [selectinload(Quest.hero)]", "if flag:", "    options.append(selectinload(Quest.steps))",
              "q = await db.scalar(select(Quest).options(*options))", "return q.hero, q.steps"), set()),
        ("def show(q, full=True):\n    if full:\n        q.hero\n" + body(f"show({QUERY}[0], full=False)"),
         set()),
        ("def show(q, full=False):\n    if not full:\n        return\n    q.hero\n" + body(f"show({QUERY}[0])"),
         set()),
        ("def show(q, full=False):\n    return q.hero if full else None\n" + body(f"show({QUERY}[0], True)"),
         {"Quest.hero"}),
        ("def g(db: Session):\n    return db.scalars(select(Quest)).first().hero\n", set()),
        ("def g(db: Session):\n    return [q.hero for q in db.query(Quest)]\n", {"Quest.hero"}),
        ("def g(db: Session):\n    return db.query(Quest).first().hero.quests[0].steps\n", {"Quest.hero.quests.steps"}),
    ],
)  # fmt: skip
def test_what_is_read(code: str, expected: set[str]) -> None:
    assert asked(code) == expected


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        (body(f"return [getattr(q, name()) for q in {QUERY}]"), "getattr() reads it by a name that is computed"),
        (body("q = await db.get(Quest, 1)", "await db.commit()", "return q.hero"),
         "a commit in between makes the instance forget what the query loaded"),
        (body("stmt = select(Quest).options(raiseload(Quest.hero))", "return (await db.scalar(stmt)).hero"),
         "its raiseload forbids to load it"),
        (body("from somewhere import loads", "stmt = select(Quest).options(*loads())",
              "return (await db.scalar(stmt)).hero"), "it has options that are not understood"),
        (body("await db.scalars(select(Quest))", "return (await db.get(Quest, 1)).hero"),
         "the session may hold the object already: then the options of get() do nothing"),
    ],
)  # fmt: skip
def test_what_is_doubted(code: str, reason: str) -> None:
    assert asked(code) == set()
    assert doubts(code) == {reason}


def test_a_fresh_object_is_refreshed_by_name() -> None:
    code = body("q = Quest()", "db.add(q)", "await db.commit()", "await db.refresh(q)", "return q.hero")
    project = made({"app/__init__.py": "", "app/models.py": MODELS, "app/code.py": HEAD + code})
    (answer,) = missing_loads(project)
    assert isinstance(answer, Forgotten)
    assert [need.path for need in answer.needs] == [("hero",)]


def test_every_read_has_the_way_to_it() -> None:
    code = "def show(q):\n    return q.hero.name\n" + body(f"return [show(q) for q in {QUERY}]")
    project = made({"app/__init__.py": "", "app/models.py": MODELS, "app/code.py": HEAD + code})
    (answer,) = missing_loads(project)
    assert isinstance(answer, Missing)
    assert [step.text for step in answer.needs[0].trail] == [".hero is read", "show() is called"]


def test_calls_that_are_nested_too_deeply_cost_only_what_lies_below() -> None:
    chain = "".join(f"def call_{n}(q):\n    return call_{n + 1}(q)\n" for n in range(3_000))
    code = chain + body(f"return [(q.hero, call_0(q)) for q in {QUERY}]")
    assert asked(code) == {"Quest.hero"}
