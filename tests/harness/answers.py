"""What the projects of fixtures answer over HTTP, as `answers.toml` of a case says it."""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from .case import Case

PROGRAM = Path(__file__).with_name("run_answers.py")


@dataclass(frozen=True, slots=True)
class Side:
    """What is expected of one side. A body that is not given may be anything; logs are parts of messages."""

    status: int
    body: Any = None
    logs: list[str] = field(default_factory=list)
    events: list[str] | None = None


@dataclass(frozen=True, slots=True)
class Request:
    """One request, and what each side answers."""

    send: str
    before: Side
    after: Side
    json: Any = None


@dataclass(frozen=True, slots=True)
class Script:
    """The requests of one case, in order. events: a list in the project in which it notes what it does."""

    app: str
    requests: tuple[Request, ...]
    events: str = ""


class Answer(NamedTuple):
    status: int
    body: Any
    logs: list[str]
    events: list[str]


def script_of(case: Case) -> Script | None:
    """The case's script; None where it has none."""
    file = case.folder / "answers.toml"
    if not file.exists():
        return None
    table = tomllib.loads(file.read_text(encoding="utf-8"))
    requests = tuple(_request(**raw) for raw in table["requests"])
    return Script(table["app"], requests, table.get("events", ""))


def _request(send: str, before: Any, after: Any = None, json: Any = None) -> Request:
    return Request(send, _side(before), _side(before if after is None else after), json)


def _side(raw: Any) -> Side:
    return Side(raw) if isinstance(raw, int) else Side(**raw)


def answers(jobs: list[tuple[Path, Script]]) -> list[list[Answer]]:
    """What each project answers to its script."""
    request = [
        [str(project), script.app, script.events, [[*one.send.split(" ", 1), one.json] for one in script.requests]]
        for project, script in jobs
    ]
    done = subprocess.run(
        [sys.executable, str(PROGRAM)], input=json.dumps(request), capture_output=True, text=True, check=True
    )
    return [_answers(raw) for raw in json.loads(done.stdout)]


def _answers(raw: Any) -> list[Answer]:
    assert isinstance(raw, list), raw
    return [Answer(*one) for one in raw]
