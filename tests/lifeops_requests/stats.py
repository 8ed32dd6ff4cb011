"""Drives every GET endpoint of `fixtures/lifeops/services/stats`, see `harness.run_requests`."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import partial
from importlib import import_module
from typing import Any

os.environ["STATS_DATABASE_URL"] = "sqlite+aiosqlite:///app.db"

app = import_module("app.main").app
_mappers = import_module("app.models").Base.registry.mappers
_models = {str(mapper.local_table): mapper.class_ for mapper in _mappers if mapper.inherits is None}

NOON = datetime(2024, 5, 1, 12)

URLS = {
    "/metrics": "/metrics",
    "/metrics/{metric_id}": "/metrics/1",
    "/metrics/{metric_id}/fast": "/metrics/1/fast",
    "/metrics/{metric_id}/buckets": "/metrics/1/buckets?user_id=1",
    "/metrics/of/{user_id}/latest": "/metrics/of/1/latest",
    "/metrics/named/{name}/between": "/metrics/named/metric 1/between?start=2024-01-01&end=2024-12-31",
    "/metrics/sources/{source}": "/metrics/sources/scale",
    "/metrics/sources/{source}/count": "/metrics/sources/scale/count?since=2023-01-01",
    "/Alerts/of/{user_id}": "/Alerts/of/1",
    "/Alerts/count": "/Alerts/count",
    "/Alerts/{alert_id}": "/Alerts/1",
    "/snapshots/{user_id}/week": "/snapshots/1/week?until=2024-05-07",
    "/snapshots/{user_id}/best": "/snapshots/1/best",
    "/snapshots/ranking": "/snapshots/ranking",
    "/devices": "/devices",
    "/devices/{serial}/topic": "/devices/serial-1-1/topic",
}


async def _get(url: str, client: Any) -> Any:
    return await client.get(url)


def _drives() -> dict[str, Callable[[Any], Any]]:
    gets = [path for path, operations in app.openapi()["paths"].items() if "get" in operations]
    return {path: partial(_get, URLS[path]) for path in gets}


drives = _drives()


def rows(count: int) -> list[Any]:
    rules = [_models["stats_alertrule"](id=n, metric_name=f"metric {n}", threshold=n) for n in range(1, count + 1)]
    metrics = [_metric(number, count) for number in range(1, count + 1)]
    users = [_user(number, count) for number in range(1, count + 1)]
    snapshots = [one for number in range(1, count + 1) for one in _snapshots(number, count)]
    return [*rules, *metrics, *users, *snapshots]


def _metric(number: int, count: int) -> Any:
    points = [
        _models["metric_points"](time=NOON + timedelta(hours=hour), user_id=1, value=number, source="scale")
        for hour in range(count)
    ]
    return _models["metrics"](id=number, name=f"metric {number}", points=points)


def _user(number: int, count: int) -> Any:
    devices = [_models["devices"](serial=f"serial-{number}-{place}") for place in range(1, count + 1)]
    alerts = [_models["stats_alert"](rule_id=place, value=place) for place in range(1, count + 1)]
    return _models["users"](id=number, name=f"user {number}", devices=devices, alerts=alerts)


def _snapshots(number: int, count: int) -> list[Any]:
    days = [date(2024, 5, 1) + timedelta(days=place) for place in range(count)]
    return [_models["daily_snapshots"](user_id=number, day=day, xp=number) for day in days]
