"""Put among the tests of `services/stats`, as `api.py` is among those of the other service."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from importlib import import_module
from typing import Any

import httpx
import pytest
import pytest_asyncio

MIGRATED = "MIGRATED" in os.environ
app = import_module("app.main").app
_mappers = import_module("app.models").Base.registry.mappers
MODELS = {str(mapper.local_table): mapper.class_ for mapper in _mappers if mapper.inherits is None}


@pytest_asyncio.fixture
async def strict(client: Any) -> AsyncIterator[httpx.AsyncClient]:
    """A client to which an exception is an answer of 500."""
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://stats") as http:
        yield http


@pytest_asyncio.fixture
async def world(session: Any, user: Any, metric: Any) -> None:
    session.add(MODELS["stats_alertrule"](metric_name="weight", threshold=1.0, operator="~"))
    await session.commit()


# send, body, what is answered today, what after the migration
REQUESTS: list[tuple[str, Any, int, int]] = [
    ("POST /metrics", {"name": "weight"}, 422, 400),
    ("GET /metrics/999", None, 500, 404),
    ("GET /metrics/999/fast", None, 404, 404),
    ("POST /metrics/points", {"metric": "none", "user_id": 7, "value": 1}, 400, 400),
    ("GET /metrics/sources/scale/count?since=never", None, 400, 400),
    ("POST /Alerts/check/7/weight?value=2", None, 500, 400),
    ("GET /Alerts/999", None, 404, 404),
    ("GET /snapshots/999/best", None, 500, 404),
]


@pytest.mark.parametrize(("send", "body", "before", "after"), REQUESTS, ids=[send for send, *_ in REQUESTS])
async def test_answer(strict: httpx.AsyncClient, world: None, send: str, body: Any, before: int, after: int) -> None:
    method, path = send.split(" ", 1)
    answer = await strict.request(method, path, **({} if body is None else {"json": body}))
    assert answer.status_code == (after if MIGRATED else before), answer.text
