"""What ruff and pyright say of a project, so that two of its states can be compared though names changed."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from evidence.occurrences import whole_words

from checks.outcome import Outcome, agree
from checks.places import MADE

if TYPE_CHECKING:
    from collections.abc import Mapping

PYRIGHT = "pyright@1.1.414"
RUFF_RULES = "F821,F811,F401"

Complaints = Counter[tuple[str, str, str]]
"""How often each is made: path, rule, text. Lines are left out: they move with imports."""


def same(
    check: str,
    before: Complaints,
    after: Complaints,
    renamed: Mapping[str, str],
    explained: re.Pattern[str] | None = None,
) -> Outcome:
    """Whether both say the same, once new names are read as the old ones; `explained` new texts are counted."""
    ours, theirs = _read_as_old(before, renamed), _read_as_old(after, renamed)
    gone = [f"gone: {' '.join(row)}" for row in ours - theirs]
    known = [row for row in theirs - ours if explained and explained.fullmatch(row[2])]
    new = [f"new: {' '.join(row)}" for row in theirs - ours if row not in known]
    told = f", {len(known)} new ones explained" if known else ""
    return agree(check, new + gone, f"{before.total()} before and after{told}")


def _read_as_old(found: Complaints, renamed: Mapping[str, str]) -> Complaints:
    old = {new: name for name, new in renamed.items()}
    words = whole_words(old)
    read: Complaints = Counter()
    for (path, rule, text), count in found.items():
        plain = words.sub(lambda match: old[match.group()], text) if old else text
        read[path, rule, _without_place(plain)] += count
    return read


def _without_place(text: str) -> str:
    """The first line, without line numbers: what follows explains, and depends on whether two types share a name."""
    return re.sub(r"\bline \d+", "line", text.partition("\n")[0])


def ruff(folder: Path) -> Complaints:
    """What ruff says of names, with none of the project's settings."""
    options = ["--isolated", "--no-cache", "--select", RUFF_RULES, "--output-format", "json", "--exit-zero"]
    command = [sys.executable, "-m", "ruff", "check", *options, "."]
    ran = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True)
    return Counter(
        (str(Path(row["filename"]).relative_to(folder.resolve())), str(row["code"]), row["message"])
        for row in json.loads(ran.stdout)
    )


def pyright_command() -> str | None:
    """The path of pyright, installed with npm where it is missing; None where there is no npm."""
    found = MADE / "node_modules" / ".bin" / "pyright"
    if not found.exists() and shutil.which("npm"):
        MADE.mkdir(exist_ok=True)
        command = ["npm", "install", "--silent", "--no-save", "--prefix", str(MADE), PYRIGHT]
        subprocess.run(command, stdout=subprocess.DEVNULL, check=False)
    return str(found) if found.exists() else None


def pyright(command: str, folder: Path, python: str, roots: tuple[str, ...]) -> Complaints:
    """The errors that pyright finds, with the packages of the environment of `python`."""
    settings = {
        "include": [folder.name],
        "exclude": ["**/node_modules", "**/.git"],
        "extraPaths": [f"{folder.name}/{root}" for root in roots],
    }
    place = folder.parent / f"pyright-{folder.name}.json"
    place.write_text(json.dumps(settings))
    line = [command, "-p", str(place), "--pythonpath", python, "--outputjson", "--level", "error"]
    ran = subprocess.run(line, cwd=folder.parent, capture_output=True, text=True, check=False)
    if ran.returncode not in {0, 1}:
        raise RuntimeError(f"pyright: {ran.stderr or ran.stdout}"[:500])
    return Counter(_pyright_row(row, folder) for row in json.loads(ran.stdout)["generalDiagnostics"])


def _pyright_row(row: dict[str, Any], folder: Path) -> tuple[str, str, str]:
    path = str(Path(row["file"]).relative_to(folder))
    return path, str(row.get("rule", "syntax")), row["message"].replace(str(folder), "")
