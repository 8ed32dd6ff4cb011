"""What it costs to ask for help."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from measure.book import Record, Table
from measure.contest import Contestant, in_turn
from measure.ours import COMMAND
from measure.peers import program
from measure.section import Section, comparison
from measure.trees import tree

OURS = "lifeops-migrate"


def measure(runs: int) -> dict[str, Table]:
    """Twice as many runs: they are short. rope has no command line."""
    asked = {
        OURS: list(COMMAND),
        "LibCST": [program("libcst", "python"), "-m", "libcst.tool"],
        "Bowler": [program("bowler", "python"), "-m", "bowler"],
        "fixit": [program("fixit", "fixit")],
        "codemodder": [program("codemodder", "codemodder")],
        "bump-pydantic": [program("bump-pydantic", "bump-pydantic")],
        "ast-grep": [program("ast-grep-cli", "ast-grep")],
        "ruff": [program("ruff", "ruff")],
    }
    everybody = [Contestant(name, partial(_asked, words)) for name, words in asked.items()]
    return {"help": Table(None, in_turn(everybody, tree("fmn"), lambda seconds: runs * 2))}


def _asked(words: list[str], folder: Path, scratch: Path) -> list[str]:
    return [*words, "--help"]


def written(record: Record) -> str:
    return f"## `--help`\n\n{comparison(record.tables['help'].rows, OURS)}"


SECTION = Section("help", measure, written)
