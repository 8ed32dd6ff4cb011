"""The same project gives the same words in every process, whatever its hashes and addresses are."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from .making import write

PROJECT = {
    "app/__init__.py": "",
    "app/models.py": """\
from sqlalchemy import ForeignKey
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship


class Base(DeclarativeBase):
    pass


class Build(Base):
    __tablename__ = "build"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    parts: Mapped[list["Part"]] = relationship(back_populates="build")


class Part(Base):
    __tablename__ = "part"
    id: Mapped[int] = mapped_column(primary_key=True)
    build_id: Mapped[int] = mapped_column(ForeignKey("build.id"))
    build: Mapped[Build] = relationship(back_populates="parts")
""",
    "app/routes.py": """\
from fastapi import APIRouter, Depends
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.models import Build

router = APIRouter()


def session() -> AsyncSession: ...


def first(build: Build) -> int:
    return len(build.parts)


def other(build: Build) -> int:
    return len(build.parts)


def third(build: Build) -> int:
    return len(build.parts)


WAYS = {1: first, 2: other, 3: third}


@router.get("/builds")
async def counts(way: int, db: AsyncSession = Depends(session)) -> list[int]:
    builds = (await db.execute(select(Build))).scalars().all()
    return [WAYS.get(way)(build) for build in builds]
""",
}


def said(root: Path, seed: int) -> str:
    command = [sys.executable, "-m", "lifeops_migrate", "run", "--dry-run", "--no-cache", "--format", "json"]
    environment = {**os.environ, "PYTHONHASHSEED": str(seed)}
    return subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, check=True).stdout


def test_of_several_ways_that_are_equally_near_always_the_same_is_told(tmp_path: Path) -> None:
    write(tmp_path, PROJECT)
    first = said(tmp_path, 0)
    assert "eager-load" in first
    assert all(said(tmp_path, seed) == first for seed in range(1, 5))
