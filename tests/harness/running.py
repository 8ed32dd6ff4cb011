"""The accounts of projects that can be run, each kind taken by one process."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .case import Case

TESTS = Path(__file__).parents[1]


@dataclass(frozen=True, slots=True)
class Sent:
    """What a project sent to its database for one drive. lazy: how many attributes it loaded as they were read."""

    rows: int
    statements: int
    lazy: int
    answer: Any
    error: str


def accounts(jobs: list[tuple[Path, Case]]) -> list[str]:
    """What each project says of its tables and mappings, and what its check gives."""
    request = [[str(project), list(case.run), str(case.check) if case.check.exists() else ""] for project, case in jobs]
    return _said("harness.run_projects", request)


def drives(jobs: list[tuple[Path, Path]]) -> list[dict[str, list[Sent]]]:
    """What each project sent, by the names of the drives in its drive file, for each number of rows in its database."""
    said = _said("harness.run_requests", [[str(project), str(drive)] for project, drive in jobs])
    return [_sent(account) for account in said]


def pages(jobs: list[tuple[Path, Path, bool]]) -> list[dict[str, Any]]:
    """What each project answers page by page; a project that stops with an error fails here."""
    request = [[str(project), str(drive), paged] for project, drive, paged in jobs]
    said = _said("harness.run_pages", request)
    broken = [
        f"{project}: {account}" for (project, _, _), account in zip(jobs, said, strict=True) if account[:1] != "{"
    ]
    assert not broken, "\n".join(broken)
    return [json.loads(account) for account in said]


def _sent(account: str) -> dict[str, list[Sent]]:
    if not account.startswith("{"):  # it did not get as far as its first drive
        return {"": [Sent(rows=0, statements=0, lazy=0, answer=None, error=account)] * 2}
    return {name: [Sent(**one) for one in counts] for name, counts in json.loads(account).items()}


def _said(program: str, request: list[list[Any]]) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-m", program],
        cwd=TESTS,
        input=json.dumps(request),
        capture_output=True,
        text=True,
        check=True,
    )
    answers = json.loads(done.stdout)
    return [str(answer) for answer in answers]
