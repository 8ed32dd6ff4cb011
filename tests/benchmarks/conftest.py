"""The benchmark's own code stands beside its programs, and is installed nowhere."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks"))
