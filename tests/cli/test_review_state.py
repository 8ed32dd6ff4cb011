"""What a review says of the project: what is there, how far standards are followed, to which endpoint issues belong."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

    from .making import Command

FILES = {
    "app/__init__.py": "",
    "app/models.py": (
        "from sqlalchemy import Column, Integer\nfrom sqlalchemy.orm import DeclarativeBase\n\n\n"
        "class Base(DeclarativeBase):\n    pass\n\n\n"
        'class Item(Base):\n    __tablename__ = "items"\n    id = Column(Integer, primary_key=True)\n\n\n'
        'class TagDB(Base):\n    __tablename__ = "tags"\n    id = Column(Integer, primary_key=True)\n'
    ),
    "app/schemas.py": "from pydantic import BaseModel\n\n\nclass ItemResponse(BaseModel):\n    id: int\n",
    "app/database.py": (
        "from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker\n\nmaker = async_sessionmaker()\n\n\n"
        "async def get_db():\n    async with maker() as session:\n        yield session\n"
    ),
    "app/services.py": (
        "from sqlalchemy.ext.asyncio import AsyncSession\n\nfrom app.models import Item\n\n\n"
        "class ItemService:\n    def __init__(self, db: AsyncSession):\n        self.db = db\n\n"
        "    async def get(self, item_id: int):\n"
        "        try:\n            return await self.db.get(Item, item_id)\n        except:\n            raise\n"
    ),
    "app/main.py": (
        "from fastapi import APIRouter, Depends, FastAPI\nfrom sqlalchemy.ext.asyncio import AsyncSession\n\n"
        "from app.database import get_db\nfrom app.services import ItemService\n\n"
        'router = APIRouter(prefix="/items")\n\n\n'
        '@router.get("/{item_id}")\n'
        "async def read(item_id: int, db: AsyncSession = Depends(get_db)):\n"
        "    return await ItemService(db).get(item_id)\n\n\n"
        '@router.post("/")\nasync def make() -> None: ...\n\n\n'
        'app = FastAPI()\napp.include_router(router, prefix="/v1")\n'
    ),
    "tests/test_app.py": (
        'from fastapi import FastAPI\n\napp = FastAPI()\n\n\n@app.get("/only-in-a-test")\ndef stub(): ...\n'
    ),
}


def reviewed(root: Path, command: Command, more: dict[str, str] | None = None) -> dict[str, Any]:
    for path, text in (FILES | (more or {})).items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    done = command("review", "--format", "json")
    assert done.code == 0, done.err
    found: dict[str, Any] = json.loads(done.out)
    return found


def test_what_is_there(root: Path, command: Command) -> None:
    state = reviewed(root, command)["state"]
    assert [(one["methods"], one["path"], one["name"], one["models"]) for one in state["endpoints"]] == [
        (["GET"], "/v1/items/{item_id}", "read", ["Item"]),
        (["POST"], "/v1/items/", "make", []),
    ]
    names = {kind: [one["name"] for one in state[kind]] for kind in ("services", "models", "schemas", "sessions")}
    assert names == {
        "services": ["ItemService"],
        "models": ["Item", "TagDB"],
        "schemas": ["ItemResponse"],
        "sessions": ["get_db"],
    }


def test_scores(root: Path, command: Command) -> None:
    scores = {one["standard"]: one for one in reviewed(root, command)["scores"]}
    assert all(one["follows"] <= one["total"] for one in scores.values())
    models = next(one for one in scores.values() if one["rule"] == "model-db-suffix")
    assert (models["what"], models["follows"], models["total"], models["score"], models["issues"]) == (
        "models",
        1,
        2,
        50,
        1,
    )
    bare = next(one for one in scores.values() if one["rule"] == "bare-except")
    assert (bare["what"], bare["follows"], bare["total"]) == ("endpoints", 1, 2)
    services = next(one for name, one in scores.items() if name.startswith("Services"))
    assert (services["rule"], services["follows"], services["total"]) == (None, 1, 1)
    session = next(one for name, one in scores.items() if name.startswith("Database Session"))
    assert (session["follows"], session["total"]) == (0, 1)


def test_an_issue_in_a_service_belongs_to_the_endpoint_that_runs_it(root: Path, command: Command) -> None:
    found = reviewed(root, command)["issues"]
    [bare] = [one for one in found if one["rule"] == "bare-except"]
    assert bare["endpoints"] == ["GET /v1/items/{item_id}"]
    assert bare["through"] == ["read", "ItemService.get"]
    [rename] = [one for one in found if one["rule"] == "model-db-suffix"]
    assert (rename["endpoints"], rename["path"], rename["files"]) == (
        [],
        "app/models.py",
        ["app/models.py", "app/services.py"],
    )
    text = command("review").out
    assert "- `GET /v1/items/{item_id}`: `bare-except` in `ItemService.get`, `app/services.py:13`" in text


def test_what_many_endpoints_run_belongs_to_none(root: Path, command: Command) -> None:
    more = "".join(
        f'\n\n@router.get("/more/{number}")\nasync def more_{number}(db: AsyncSession = Depends(get_db)):\n'
        f"    return await ItemService(db).get({number})\n"
        for number in range(9)
    )
    main = FILES["app/main.py"].replace("\n\n\napp = FastAPI()", f"{more}\n\napp = FastAPI()")
    found = reviewed(root, command, {"app/main.py": main})
    assert len(found["state"]["endpoints"]) == 11
    [bare] = [one for one in found["issues"] if one["rule"] == "bare-except"]
    assert bare["endpoints"] == []
    score = next(one for one in found["scores"] if one["rule"] == "bare-except")
    assert (score["what"], score["total"] - score["follows"]) == ("files", 1)


def test_a_project_without_anything(root: Path, command: Command) -> None:
    (root / "a.py").write_text("x = 1\n")
    found = json.loads(command("review", "--format", "json").out)
    assert found["issues"] == []
    assert all(one["score"] == 100 for one in found["scores"])
    text = command("review").out
    assert text.count("\nNone.\n") == 4
    assert "No endpoints were found." in command("review", "--format", "html").out
