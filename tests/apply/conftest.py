"""Lets the tests of this folder share `ground`, which the import mode keeps off the path."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
