"""Run by the tests in a process of its own: imports projects and says what their OpenAPI documents are.

Standard input: a JSON list of `[project folder, "module:app"]`. Standard output: the document of each.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
import traceback
import warnings
from typing import Any

USED_BY_MOST = ("fastapi.openapi.utils", "sqlalchemy.ext.asyncio")


def main() -> None:
    for module in USED_BY_MOST:
        importlib.import_module(module)  # once for all children
    print(json.dumps([in_child(*job) for job in json.load(sys.stdin)]))


def in_child(project: str, app: str) -> Any:
    """Fork, so that each project starts with the libraries imported and with nothing of another project."""
    reader, writer = os.pipe()
    if not (child := os.fork()):
        sys.stdout = sys.stderr  # the documents go there, and not what a project prints
        try:
            document: Any = document_of(project, app)
        except BaseException:
            document = traceback.format_exc()
        with os.fdopen(writer, "w") as stream:
            json.dump(document, stream)
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as stream:
        document = json.load(stream)
    os.waitpid(child, 0)
    return document


def document_of(project: str, app: str) -> Any:
    sys.dont_write_bytecode = True
    sys.path.insert(0, project)
    warnings.simplefilter("ignore")
    module, _, name = app.partition(":")
    return getattr(importlib.import_module(module), name).openapi()


if __name__ == "__main__":
    main()
