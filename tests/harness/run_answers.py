"""Run by the tests in a process of its own: sends requests to projects and says what they answer.

Standard input: a JSON list of `[project folder, "module:app", "module:LIST" or "", [[method, path, body], …]]`.
Standard output: for each the answers in order: status, body, what was logged, what the project noted in its list.
"""

from __future__ import annotations

import asyncio
import importlib
import json
import logging
import os
import sys
import traceback
from typing import Any

import httpx


def main() -> None:
    print(json.dumps([in_child(*job) for job in json.load(sys.stdin)]))


def in_child(project: str, app: str, noted: str, requests: list[list[Any]]) -> Any:
    """Fork, so that each project starts with the libraries imported and with nothing of another project."""
    reader, writer = os.pipe()
    if not (child := os.fork()):
        sys.stdout = sys.stderr  # the answers go there, and not what a project prints
        try:
            answers: Any = asyncio.run(exchange(project, app, noted, requests))
        except BaseException:
            answers = traceback.format_exc()
        with os.fdopen(writer, "w") as stream:
            json.dump(answers, stream)
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as stream:
        answers = json.load(stream)
    os.waitpid(child, 0)
    return answers


class Records(logging.Handler):
    """Keeps the messages, without those of the libraries."""

    def __init__(self) -> None:
        super().__init__()
        self.messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        if record.name.partition(".")[0] not in {"httpx", "asyncio", "sqlalchemy", "aiosqlite"}:
            self.messages.append(record.getMessage())


async def exchange(project: str, app: str, noted: str, requests: list[list[Any]]) -> list[list[Any]]:
    sys.dont_write_bytecode = True
    sys.path.insert(0, project)
    logging.getLogger().setLevel(logging.DEBUG)
    logging.getLogger().addHandler(records := Records())
    events: list[str] = named(noted) if noted else []
    transport = httpx.ASGITransport(app=named(app), raise_app_exceptions=False)
    answers = []
    async with httpx.AsyncClient(transport=transport, base_url="http://project") as client:
        for method, path, body in requests:
            records.messages.clear()
            events.clear()
            answer = await client.request(method, path, **({} if body is None else {"json": body}))
            answers.append([answer.status_code, readable(answer), list(records.messages), list(events)])
    return answers


def named(place: str) -> Any:
    module, _, name = place.partition(":")
    return getattr(importlib.import_module(module), name)


def readable(answer: httpx.Response) -> Any:
    try:
        return answer.json()
    except ValueError:
        return answer.text


if __name__ == "__main__":
    main()
