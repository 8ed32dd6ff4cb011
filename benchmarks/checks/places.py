"""Where things are: the repository, the pinned projects beside it, and the folder for what is made from them."""

from __future__ import annotations

import os
from pathlib import Path

REPO = Path(__file__).resolve().parents[2]
CORPORA = (REPO / os.environ.get("CORPORA", "../shared/corpora")).resolve()
MADE = REPO / ".corpora"
EVIDENCE = REPO / "docs" / "evidence"
