"""What no fixture can hold: how often something is told."""

from __future__ import annotations

from pathlib import Path

from lifeops_codemods.rules import all_rules

from .making import planned, write

FIXTURE = Path(__file__).parents[2] / "fixtures" / "created-status" / "tests_follow" / "before" / "app"
MAIN = """\
from fastapi import Depends, FastAPI
from sqlalchemy.orm import Session

from app.database import Item, get_db
from app.schemas import ItemCreate, ItemOut

app = FastAPI()


@app.post("/one/items", response_model=ItemOut)
def create_one(data: ItemCreate, db: Session = Depends(get_db)):
    item = Item(title=data.title)
    db.add(item)
    db.commit()
    return item


@app.post("/two/items", response_model=ItemOut)
def create_two(data: ItemCreate, db: Session = Depends(get_db)):
    item = Item(title=data.title)
    db.add(item)
    db.commit()
    return item
"""
CLIENT = """\
import httpx


def remember(base: str, title: str) -> bool:
    return httpx.post(f"{base}/items", json={"title": title}).status_code == 200
"""


def test_a_request_that_two_endpoints_may_answer_is_told_once(tmp_path: Path) -> None:
    files = {f"app/{path.name}": path.read_text() for path in FIXTURE.glob("*.py")}
    write(tmp_path, files | {"app/main.py": MAIN, "app/client.py": CLIENT})
    (rule,) = (rule for rule in all_rules() if rule.name == "created-status")
    migration = planned(tmp_path, rule)
    assert [file.path for file in migration.files] == ["app/main.py"]
    assert [one.finding.path for one in migration.findings] == ["app/client.py"]
