"""What a bare clause swallowed before the edit goes on after it; what was re-raised still is."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from .harness.planning import Outcome, planned

SWALLOWS = """
import asyncio

async def work():
    try:
        await asyncio.sleep(60)
    except:
        return "went on"
"""
RERAISES = """
async def work(events):
    import asyncio
    try:
        await asyncio.sleep(60)
    except:
        events.append("cleaned up")
        raise
"""


@pytest.fixture
def migrated(tmp_path: Path) -> Callable[[str], Outcome]:
    return lambda text: planned({"app.py": text.encode()}, "bare-except", tmp_path / "project")


def names_of(source: str | bytes) -> dict[str, Any]:
    names: dict[str, Any] = {}
    exec(source, names)
    return names


async def cancelled(work: Any) -> Any:
    task = asyncio.ensure_future(work)
    await asyncio.sleep(0)
    task.cancel()
    return await task


def test_a_cancellation_that_was_swallowed_goes_on(migrated: Callable[[str], Outcome]) -> None:
    outcome = migrated(SWALLOWS)
    assert asyncio.run(cancelled(names_of(SWALLOWS)["work"]())) == "went on"
    with pytest.raises(asyncio.CancelledError):
        asyncio.run(cancelled(names_of(outcome.files["app.py"])["work"]()))
    (edit,) = outcome.migration.edits
    assert "swallows the cancellation of this coroutine" in edit.edit.message
    assert "cancelled" in edit.edit.clients_see


def test_a_handler_that_reraises_still_runs_when_cancelled(migrated: Callable[[str], Outcome]) -> None:
    events: list[str] = []
    work = names_of(migrated(RERAISES).files["app.py"])["work"]
    with pytest.raises(asyncio.CancelledError):
        asyncio.run(cancelled(work(events)))
    assert events == ["cleaned up"]
