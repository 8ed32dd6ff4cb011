"""Drives every GET endpoint of `fixtures/lifeops/services/api`, see `harness.run_requests`.

Models are found by their tables, for their names change. Of everything that an endpoint reads through there are
`count`: characters of a user, quests of a character, steps of a quest, members of a guild.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import partial
from importlib import import_module
from typing import Any

os.environ["DATABASE_URL"] = "sqlite+aiosqlite:///app.db"

app = import_module("app.main").app
_mappers = import_module("app.models").Base.registry.mappers
_models = {str(mapper.local_table): mapper.class_ for mapper in _mappers if mapper.inherits is None}
_token = import_module("app.core.security").create_token(1, "player")

DAY = date(2024, 5, 1)
NOON = datetime(2024, 5, 1, 12)

URLS = {
    "/": "/",
    "/achievements": "/achievements",
    "/achievements/of/{character_id}": "/achievements/of/1",
    "/achievements/of/holders/{code}": "/achievements/of/holders/code1",
    "/habits/of/{character_id}": "/habits/of/1",
    "/habits/{habit_id}/history": "/habits/1/history",
    "/habits/of/{character_id}/perfect": "/habits/of/1/perfect",
    "/auth/continue": "/auth/continue?next=/",
    "/users": "/users",
    "/users/me": "/users/me",
    "/users/referred/{code}": "/users/referred/REF",
    "/users/{user_id}": "/users/1",
    "/users/{user_id}/avatar": "/users/1/avatar",
    "/users/by-mail/{email}": "/users/by-mail/user1@lifeops.example",
    "/characters": "/characters",
    "/characters/classes": "/characters/classes",
    "/characters/overview": "/characters/overview",
    "/characters/power": "/characters/power",
    "/characters/{character_id}": "/characters/1",
    "/characters/{character_id}/sheet": "/characters/1/sheet",
    "/characters/{character_id}/owner": "/characters/1/owner",
    "/quests/of/{character_id}": "/quests/of/1",
    "/quests/of/{character_id}/detailed": "/quests/of/1/detailed",
    "/quests/search": "/quests/search?q=quest",
    "/quests/board": "/quests/board",
    "/quests/{quest_id}": "/quests/1",
    "/quests/of/{character_id}/digest": "/quests/of/1/digest",
    "/quests/of/{character_id}/summary": "/quests/of/1/summary?verbose=true",
    "/items/catalogue": "/items/catalogue",
    "/items/rarities": "/items/rarities",
    "/items/popular": "/items/popular",
    "/items/search": "/items/search?term=item",
    "/items/items/{sku}": "/items/items/item-1",
    "/items/of/{character_id}": "/items/of/1",
    "/notifications": "/notifications",
    "/Guilds/": "/Guilds/",
    "/Guilds/roster": "/Guilds/roster",
    "/Guilds/{guild_id}": "/Guilds/1",
    "/Guilds/{guild_id}/strength": "/Guilds/1/strength",
    "/journal": "/journal",
    "/journal/export": "/journal/export",
    "/journal/moods": "/journal/moods",
    "/journal/day/{day}": f"/journal/day/{DAY}",
    "/admin/leaderboard": "/admin/leaderboard",
    "/admin/leaderboard/sorted": "/admin/leaderboard/sorted",
    "/admin/month/{month}": f"/admin/month/{DAY}",
    "/admin/flags": "/admin/flags",
    "/admin/flags/{name}": "/admin/flags/flag1",
    "/admin/audit": "/admin/audit",
    "/admin/quest-table": "/admin/quest-table",
    "/admin/stale": "/admin/stale",
    "/admin/exports/{name}": "/admin/exports/none",
    "/admin/calc": "/admin/calc?formula=1",
    "/admin/disk": "/admin/disk",
    "/webhooks/deliveries/{delivery_id}": "/webhooks/deliveries/1",
    "/health": "/health",
    "/ready": "/ready",
}


async def _get(url: str, client: Any) -> Any:
    return await client.get(url, headers={"Authorization": f"Bearer {_token}"})


def _drives() -> dict[str, Callable[[Any], Any]]:
    gets = [path for path, operations in app.openapi()["paths"].items() if "get" in operations]
    return {path: partial(_get, URLS[path]) for path in gets}


drives = _drives()


def rows(count: int) -> list[Any]:
    users = [_user(number) for number in range(1, count + 1)]
    return [*users, *_catalogue(count), *_world(count), *_logs(count)]


def _user(number: int) -> Any:
    return _models["users"](
        id=number,
        email=f"user{number}@lifeops.example",
        display_name=f"User {number}",
        hashed_password="",
        role="player",
        referrer_code="REF",
        created_at=NOON,
        settings=_models["user_settings"](theme="dark", weekly_digest=True, flags={}),
    )


def _catalogue(count: int) -> list[Any]:
    numbers = range(1, count + 1)
    items = [_models["items"](id=n, sku=f"item-{n}", name=f"item {n}", power=n, price=n) for n in numbers]
    tags = [_models["tags"](id=number, name=f"tag {number}") for number in numbers]
    codes = [_models["achievements"](id=n, code=f"code{n}", name="First", subject="Quest") for n in numbers]
    return [*items, *tags, *codes]


def _world(count: int) -> list[Any]:
    tags = [_models["tags"](name=f"tag {number} of all") for number in range(count)]
    guilds = [_guild(number, count) for number in range(1, count + 1)]
    characters = [_character(number, count, tags) for number in range(1, count + 1)]
    others = [_character(count + number, 1, tags, owner=number) for number in range(2, count + 1)]
    return [*guilds, *characters, *others]


def _guild(number: int, count: int) -> Any:
    members = [_models["guild_members"](user_id=user, rank="member") for user in range(1, count + 1)]
    return _models["guilds"](id=number, name=f"guild {number}", owner_id=1, members=members)


def _character(number: int, count: int, tags: list[Any], owner: int = 1) -> Any:
    slots = [_models["inventory_slots"](item_id=n, quantity=1, equipped=True) for n in range(1, count + 1)]
    unlocked = [_models["character_achievements"](achievement_id=n, unlocked_at=NOON) for n in range(1, count + 1)]
    return _models["characters"](
        id=number,
        user_id=owner,
        guild_id=1,
        name=f"character {number}",
        level=number + 1,
        inventory=slots,
        achievements=unlocked,
        quests=[_quest(place, count, tags) for place in range(count)],
        habits=[_habit(place, count) for place in range(count)],
    )


def _quest(number: int, count: int, tags: list[Any]) -> Any:
    steps = [_models["quest_steps"](position=place, text=f"step {place}", done=place == 0) for place in range(count)]
    return _models["quests"](title=f"quest {number}", status="active", due_at=NOON, steps=steps, tags=list(tags))


def _habit(number: int, count: int) -> Any:
    logs = [_models["habit_logs"](day=DAY + timedelta(days=place)) for place in range(count)]
    return _models["habits"](name=f"habit {number}", logs=logs)


def _logs(count: int) -> list[Any]:
    found: list[Any] = []
    for number in range(1, count + 1):
        found += [
            _models["notifications"](user_id=1, kind="in_app", title=f"notification {number}", created_at=NOON),
            _models["journal_entries"](user_id=1, day=DAY, text=f"entry {number}", mood=3),
            _models["audit_log"](entity="Quest", entity_id=number, action="start"),
            _models["feature_flags"](name=f"flag{number}", enabled=True),
            _models["webhook_deliveries"](source="fit", payload={}, attempts=number),
        ]
    return found
