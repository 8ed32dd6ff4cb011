"""The accounts of projects that can be run, all taken by one process."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .case import Case

PROGRAM = Path(__file__).with_name("run_projects.py")


def accounts(jobs: list[tuple[Path, Case]]) -> list[str]:
    """What each project says of its tables and mappings, and what its check gives."""
    request = [[str(project), list(case.run), str(case.check) if case.check.exists() else ""] for project, case in jobs]
    done = subprocess.run(
        [sys.executable, str(PROGRAM)], input=json.dumps(request), capture_output=True, text=True, check=True
    )
    answers = json.loads(done.stdout)
    return [str(answer) for answer in answers]
