"""A small project that two rules edit: models with uses in other files, and a module with two bare excepts."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

FILES = {
    "models.py": """\
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    pass


class Hero(Base):
    __tablename__ = "heroes"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    power: Mapped[str]
    city: Mapped[str]


class Villain(Base):
    __tablename__ = "villains"
    id: Mapped[int] = mapped_column(primary_key=True)
""",
    "uses.py": "from models import Hero, Villain\n\nboth = [Hero, Villain]\n",
    "zeal.py": "from models import Hero\n",
    "work.py": """\
def first():
    try:
        return 1
    except:
        return 2


GAP = 1
GAP = 2
GAP = 3


def second():
    try:
        return 1
    except:
        return 2
""",
}
EXCEPT = "    except Exception:"
HEROES = {
    "models.py": ["class HeroDB(Base):", "class VillainDB(Base):"],
    "uses.py": ["from models import HeroDB, VillainDB", "both = [HeroDB, VillainDB]"],
    "zeal.py": ["from models import HeroDB"],
}
ONLY_VILLAIN = {
    "models.py": ["class VillainDB(Base):"],
    "uses.py": ["from models import Hero, VillainDB", "both = [Hero, VillainDB]"],
}
BARE = {"work.py": [EXCEPT, EXCEPT]}
ONE_BARE = {"work.py": [EXCEPT]}


def what_changed(project: Path) -> dict[str, list[str]]:
    """Of each file that is not as it was, its new lines."""
    found: dict[str, list[str]] = {}
    for path, text in FILES.items():
        now = (project / path).read_text().split("\n")
        new = [line for line in now if line not in text.split("\n")]
        if new or len(now) != len(text.split("\n")):
            found[path] = new
    return found
