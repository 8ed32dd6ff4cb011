"""Run by the tests in a process of its own: fills the database of a project, drives it, counts what it sends.

Standard input: a JSON list of `[project folder, drive file]`. Standard output: for each an account, a JSON list with
one entry for each number of `ROWS`, or the error that stopped it.

A drive file has `rows(count)`, the objects to insert into the project's `sqlite:///app.db`, and `drive(client)`, sync
or async, which returns what the program answers. `app`, if it is there, is what the client talks to.
"""

from __future__ import annotations

import asyncio
import gc
import inspect
import json
import os
import runpy
import sys
import tempfile
import traceback
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any
from unittest import mock

import httpx
from fastapi import FastAPI
from sqlalchemy import Engine, create_engine, event
from sqlalchemy import inspect as inspect_mapped
from sqlalchemy.orm import ORMExecuteState, Session
from sqlalchemy.pool import NullPool

from .run_projects import in_child

ROWS = (2, 6)
Script = dict[str, Any]


@dataclass
class Count:
    """What was sent while it was on. lazy: loads of one attribute of one object, because it was read."""

    rows: int
    statements: int = 0
    lazy: int = 0
    answer: Any = None
    error: str = ""


def main() -> None:
    sys.dont_write_bytecode = True
    print(json.dumps([in_child(partial(account, *job)) for job in json.load(sys.stdin)]))


def account(project: str, drive: str) -> str:
    sys.path.insert(0, project)
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        script = runpy.run_path(drive)
        return json.dumps([asdict(count) for count in asyncio.run(measured(script))])


async def measured(script: Script) -> list[Count]:
    """Fill and drive once for each number of rows, in one loop: connections of a pool belong to theirs."""
    own = create_engine("sqlite:///app.db", poolclass=NullPool)
    counts = []
    for rows in ROWS:
        fill(own, script["rows"](rows))
        counts.append(await counted(script, rows))
    return counts


def fill(engine: Engine, objects: list[Any]) -> None:
    metadata = inspect_mapped(objects[0]).mapper.registry.metadata
    metadata.drop_all(engine)
    metadata.create_all(engine)
    with Session(engine) as session:
        session.add_all(objects)
        session.commit()


async def counted(script: Script, rows: int) -> Count:
    count = Count(rows)
    refresh = Session.refresh
    refreshing: list[Session] = []

    def sent(*_: Any) -> None:
        count.statements += 1

    def loaded(state: ORMExecuteState) -> None:
        count.lazy += state.lazy_loaded_from is not None and not refreshing

    def refreshed(self: Session, *arguments: Any, **named: Any) -> None:
        refreshing.append(self)  # a refresh loads what it names in the way of a lazy load
        try:
            refresh(self, *arguments, **named)
        finally:
            refreshing.pop()

    gc.collect()  # what an earlier round left in a cycle must not be found in an identity map
    event.listen(Engine, "before_cursor_execute", sent)
    event.listen(Session, "do_orm_execute", loaded)
    try:
        with mock.patch.object(Session, "refresh", refreshed):
            count.answer = await answered(script)
    except Exception:
        count.error = traceback.format_exc()
    finally:
        event.remove(Engine, "before_cursor_execute", sent)
        event.remove(Session, "do_orm_execute", loaded)
    return count


async def answered(script: Script) -> Any:
    transport = httpx.ASGITransport(app=script.get("app") or FastAPI())
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        answer = script["drive"](client)
        answer = await answer if inspect.isawaitable(answer) else answer
    if isinstance(answer, httpx.Response):
        answer.raise_for_status()
        return answer.json()
    return answer


if __name__ == "__main__":
    main()
