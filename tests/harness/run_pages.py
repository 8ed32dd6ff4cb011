"""Run by the tests in a process of its own: fills the database of a project and goes through the pages of its lists.

Standard input: a JSON list of `[project folder, drive file, paged]`; `paged` is false for a project that answers with
whole lists. Standard output: for each an account, a JSON dictionary, or the error that stopped it.

A drive file has `app`; `rows(count)`, the objects to insert into the project's `sqlite:///app.db`; `PATH`, what to
request; and, where it is needed, `NAMES`, what asks for a page (`skip` and `limit` if left out), `items(body)`, the
list within an answer, `total(body)`, what it says of the number of all, and `others()`, sync or async, how many rows
other callers of the same functions get.

Half of the requests find a database that gives rows without an order the other way round, for which SQLite has a
switch, and rows that an order leaves equal as well: there are indexes that have them so.
"""

from __future__ import annotations

import asyncio
import inspect
import json
import os
import runpy
import sys
import tempfile
from functools import partial
from typing import Any

import httpx
from sqlalchemy import Engine, create_engine, event, text
from sqlalchemy import inspect as inspect_database
from sqlalchemy.pool import NullPool

from .run_projects import in_child
from .run_requests import fill

ROWS = 250
SIZES = (19, 100, 1000)
BAD = ((-1, 10), (0, 0), (0, -1), (0, 1001))


def main() -> None:
    sys.dont_write_bytecode = True
    print(json.dumps([in_child(partial(account, *job)) for job in json.load(sys.stdin)]))


def account(project: str, drive: str, paged: bool) -> str:
    sys.path.insert(0, project)
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        script = runpy.run_path(drive)
        return json.dumps(asyncio.run(Pages(script, project).seen(paged=paged)))


class Pages:
    """The requests of one drive file, with what they send to the database."""

    def __init__(self, script: dict[str, Any], project: str) -> None:
        self.script = script
        self.project = project
        self.sent: list[str] = []
        self.backwards = False
        names = script.get("NAMES", ("skip", "limit"))
        self.is_numbered = names[0] == "page"
        self.names = names
        event.listen(Engine, "connect", self._connected)
        event.listen(Engine, "before_cursor_execute", self._sends)

    def _connected(self, connection: Any, _: Any) -> None:
        if self.backwards:
            connection.execute("PRAGMA reverse_unordered_selects = ON")

    def _sends(self, *arguments: Any) -> None:
        self.sent.append(arguments[2])

    async def seen(self, *, paged: bool) -> dict[str, Any]:
        own = create_engine("sqlite:///app.db", poolclass=NullPool)
        fill(own, self.script["rows"](ROWS))
        transport = httpx.ASGITransport(app=self.script["app"])
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            found: dict[str, Any] = {"plain": await self.asked(client, {})}
            if paged:
                found["walks"] = [await self.walked(client, size, backwards) for size in SIZES for backwards in (0, 1)]
                found["bad"] = [
                    (await client.get(self.script["PATH"], params=self.page(*one))).status_code for one in BAD
                ]
        if "others" in self.script:
            said = self.script["others"]()
            found["others"] = await said if inspect.isawaitable(said) else said
        return found

    def page(self, skip: int, limit: int) -> dict[str, int]:
        if self.is_numbered:
            return {self.names[0]: skip if skip < 0 else skip // max(limit, 1) + 1, self.names[1]: limit}
        return {self.names[0]: skip, self.names[1]: limit}

    async def walked(self, client: httpx.AsyncClient, size: int, backwards: int) -> dict[str, Any]:
        """All pages of a size, the empty one behind the last too."""
        self.backwards = bool(backwards)
        self._indexed(create=self.backwards)
        await self._reconnected()
        pages = []
        for skip in range(0, ROWS + 2 * size, size):
            pages.append(await self.asked(client, self.page(skip, size)))
            if not pages[-1]["items"]:
                break
        self.backwards = False
        self._indexed(create=False)
        await self._reconnected()
        return {"size": size, "backwards": backwards, "pages": pages}

    def _indexed(self, *, create: bool) -> None:
        """Indexes of each column in which equal rows stand by the key, the greatest first; or none of them."""
        own = create_engine("sqlite:///app.db", poolclass=NullPool)
        with own.begin() as connection:
            found = inspect_database(connection)
            for table in found.get_table_names():
                keys = found.get_pk_constraint(table)["constrained_columns"]
                backwards = ", ".join(f"{key} DESC" for key in keys)
                for column in (one["name"] for one in found.get_columns(table) if one["name"] not in keys):
                    for turn in ("ASC", "DESC"):
                        name = f"back_{table}_{column}_{turn}"
                        connection.execute(text(f"DROP INDEX IF EXISTS {name}"))
                        if create:
                            connection.execute(text(f"CREATE INDEX {name} ON {table} ({column} {turn}, {backwards})"))

    async def _reconnected(self) -> None:
        """The project's connections are made anew, and find the database as it is to be."""
        own = [
            one for one in list(sys.modules.values()) if (one.__dict__.get("__file__") or "").startswith(self.project)
        ]
        for engine in {value for module in own for value in vars(module).values() if _is_engine(value)}:
            disposed = engine.dispose()
            if inspect.isawaitable(disposed):
                await disposed

    async def asked(self, client: httpx.AsyncClient, parameters: dict[str, int]) -> dict[str, Any]:
        self.sent.clear()
        answer = await client.get(self.script["PATH"], params=parameters)
        answer.raise_for_status()
        body = answer.json()
        items = self.script["items"](body) if "items" in self.script else body
        total = self.script["total"](body) if "total" in self.script else None
        statements = [one for one in self.sent if one.lstrip().upper().startswith(("SELECT", "WITH"))]
        return {"items": items, "total": total, "statements": len(statements)}


def _is_engine(value: Any) -> bool:
    return type(value).__name__ in {"Engine", "AsyncEngine"} and hasattr(value, "dispose")


if __name__ == "__main__":
    main()
