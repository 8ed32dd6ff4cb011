"""Run by the tests in a process of its own: fills the database of a project, drives it, counts what it sends.

Standard input: a JSON list of `[project folder, drive file]`. Standard output: for each an account, a JSON dictionary
with a list for each drive, of one entry for each number of `ROWS`; or the error that stopped it.

A drive file has `rows(count)`, the objects to insert into the project's `sqlite:///app.db`, and `drive(client)`, sync
or async, which returns what the program answers; or `drives`, several of them by name. `app`, if it is there, is what
the client talks to.
"""

from __future__ import annotations

import asyncio
import importlib
import inspect
import json
import os
import runpy
import sys
import tempfile
import traceback
from collections.abc import Callable
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
USED_BY_MOST = ("aiosqlite", "sqlalchemy.dialects.sqlite.aiosqlite", "sqlalchemy.ext.asyncio")
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
    for module in USED_BY_MOST:
        importlib.import_module(module)  # once for all children
    print(json.dumps([in_child(partial(account, *job)) for job in json.load(sys.stdin)]))


def account(project: str, drive: str) -> str:
    sys.path.insert(0, project)
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        script = runpy.run_path(drive)
        return json.dumps(asyncio.run(measured(script)))


async def measured(script: Script) -> dict[str, list[dict[str, Any]]]:
    """Fill once for each number of rows and drive, in one loop: connections of a pool belong to theirs."""
    own = create_engine("sqlite:///app.db", poolclass=NullPool)
    drives = script.get("drives") or {"": script["drive"]}
    counts: dict[str, list[dict[str, Any]]] = {name: [] for name in drives}
    for rows in ROWS:
        fill(own, script["rows"](rows))
        for name, drive in drives.items():
            counts[name].append(asdict(await counted(script, drive, rows)))
    return counts


def fill(engine: Engine, objects: list[Any]) -> None:
    metadata = inspect_mapped(objects[0]).mapper.registry.metadata
    metadata.drop_all(engine)
    metadata.create_all(engine)
    with Session(engine) as session:
        session.add_all(objects)
        session.commit()


async def counted(script: Script, drive: Callable[[Any], Any], rows: int) -> Count:
    count = Count(rows)
    refresh = Session.refresh
    refreshing: list[Session] = []

    def sent(*_: Any) -> None:
        count.statements += 1

    def loaded(state: ORMExecuteState) -> None:
        if state.is_orm_statement and state.is_select and not refreshing:
            count.lazy += state.lazy_loaded_from is not None

    def refreshed(self: Session, *arguments: Any, **named: Any) -> None:
        refreshing.append(self)  # a refresh loads what it names in the way of a lazy load
        try:
            refresh(self, *arguments, **named)
        finally:
            refreshing.pop()

    event.listen(Engine, "before_cursor_execute", sent)
    event.listen(Session, "do_orm_execute", loaded)
    try:
        with mock.patch.object(Session, "refresh", refreshed):
            count.answer = await answered(script, drive)
    except Exception:
        count.error = traceback.format_exc()
    finally:
        event.remove(Engine, "before_cursor_execute", sent)
        event.remove(Session, "do_orm_execute", loaded)
    return count


async def answered(script: Script, drive: Callable[[Any], Any]) -> Any:
    transport = httpx.ASGITransport(app=script.get("app") or FastAPI())
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        answer = drive(client)
        answer = await answer if inspect.isawaitable(answer) else answer
    if isinstance(answer, httpx.Response):
        if answer.is_error:
            answer.raise_for_status()
        return answer.text
    return answer


if __name__ == "__main__":
    main()
