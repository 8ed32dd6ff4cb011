"""The OpenAPI documents of projects that can be run, all taken by one process."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

PROGRAM = Path(__file__).with_name("run_documents.py")


def documents(jobs: list[tuple[Path, str]]) -> list[dict[str, Any]]:
    """The document of the application `module:app` of each project."""
    request = [[str(project), app] for project, app in jobs]
    done = subprocess.run(
        [sys.executable, str(PROGRAM)], input=json.dumps(request), capture_output=True, text=True, check=True
    )
    return [_document(raw) for raw in json.loads(done.stdout)]


def _document(raw: Any) -> dict[str, Any]:
    assert isinstance(raw, dict), raw
    return raw
