"""Put among the tests of `services/api`: for each endpoint whose service raises or finds nothing, the request for it.

`MIGRATED` in the environment says which of the two statuses is expected.
"""

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
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as http:
        yield http


@pytest_asyncio.fixture
async def world(session: Any, user: Any, hero: Any) -> Any:
    utcnow = import_module("app.core.clock").utcnow
    digest = import_module("app.services.auth")._digest
    quest = MODELS["quests"](id=1, title="done", status="done", character=hero, steps=[], tags=[])
    active = MODELS["quests"](id=2, title="active", status="active", character=hero, steps=[], tags=[])
    habit = MODELS["habits"](id=1, name="run", character_id=hero.id, logs=[])
    guild = MODELS["guilds"](id=1, name="Owls", owner_id=user.id)
    member = MODELS["guild_members"](guild_id=1, user_id=user.id, rank="member")
    item = MODELS["items"](id=1, sku="sword", name="Sword", price=1, tradable=False)
    slot = MODELS["inventory_slots"](id=1, character_id=hero.id, item=item, quantity=1)
    odd = MODELS["achievements"](id=1, code="odd", name="Odd", subject="Weather")
    token = MODELS["refresh_tokens"](user_id=user.id, token_hash=digest("used"), expires_at=utcnow(), revoked=True)
    session.add_all([quest, active, habit, guild, member, item, slot, odd, token])
    session.add_all([MODELS["characters"](user_id=user.id, name=f"hero {number}") for number in range(5)])
    await session.commit()
    return hero


# send, body, what is answered today, what after the migration
REQUESTS: list[tuple[str, Any, int, int]] = [
    ("POST /characters", {"name": "one too many"}, 500, 400),
    ("GET /characters/999", None, 500, 404),
    ("GET /characters/999/sheet", None, 500, 404),
    ("PATCH /characters/999", {}, 500, 404),
    ("DELETE /characters/999", None, 404, 404),
    ("GET /characters/999/owner", None, 200, 404),
    ("POST /characters/{hero}/spend?amount=9999", None, 422, 400),
    ("POST /characters/999/spend?amount=1", None, 404, 404),
    ("GET /quests/999", None, 400, 400),
    ("POST /quests/999/start", None, 500, 404),
    ("POST /quests/2/start", None, 500, 400),
    ("POST /quests/999/complete", None, 500, 404),
    ("POST /quests/1/complete", None, 500, 400),
    ("POST /quests/steps/999/toggle", None, 500, 404),
    ("GET /quests/search?q=a&limit=many", None, 500, 400),
    ("POST /habits/999/log", {}, 404, 404),
    ("POST /habits/1/log", {"day": "2999-01-01"}, 500, 400),
    ("GET /habits/999/history", None, 500, 404),
    ("GET /items/items/none", None, 404, 404),
    ("POST /items/transfer", {"slot_id": 1, "to_character_id": 1, "quantity": 1}, 200, 400),
    ("POST /notifications/999/read", None, 404, 404),
    ("GET /Guilds/999", None, 500, 404),
    ("POST /Guilds/", {"name": "Owls"}, 500, 400),
    ("POST /Guilds/999/join", None, 200, 404),
    ("POST /Guilds/1/join", None, 400, 400),
    ("GET /users/999", None, 500, 404),
    ("GET /users/by-mail/nobody@lifeops.example", None, 500, 404),
    ("POST /users/999/promote", None, 404, 404),
    ("POST /auth/refresh", {"refresh_token": "used"}, 500, 400),
    ("POST /auth/refresh", {"refresh_token": "unknown"}, 400, 400),
    ("GET /journal/day/2001-01-01", None, 500, 404),
    ("POST /achievements/of/1/check", None, 500, 400),
]


@pytest.mark.parametrize(("send", "body", "before", "after"), REQUESTS, ids=[send for send, *_ in REQUESTS])
async def test_answer(
    strict: httpx.AsyncClient, login: dict[str, str], world: Any, send: str, body: Any, before: int, after: int
) -> None:
    method, path = send.split(" ", 1)
    named: dict[str, Any] = {} if body is None else {"json": body}
    answer = await strict.request(method, path.format(hero=world.id), headers=login, **named)
    assert answer.status_code == (after if MIGRATED else before), answer.text
