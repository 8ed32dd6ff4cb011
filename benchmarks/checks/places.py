"""Where things are: the repository, the pinned projects beside it, and the folder for what is made from them."""

from __future__ import annotations

import os
import sys
from pathlib import Path

REPO = Path(__file__).resolve().parents[2]
CORPORA = (REPO / os.environ.get("CORPORA", "../shared/corpora")).resolve()
MADE = REPO / ".corpora"
EVIDENCE = REPO / "docs" / "evidence"


def pinned() -> Path:
    """The list of the pinned projects. Ends the program where there is none."""
    found = CORPORA / "corpora.toml"
    if not found.exists():
        sys.exit(f"no pinned projects at {found}: CORPORA names their folder, from this repository's")
    return found
