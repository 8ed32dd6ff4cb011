"""A fixture as it lies on disk: a small project, what a rule makes of it, and what it has to say about it."""

from __future__ import annotations

import re
import sys
import tomllib
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

FIXTURES = Path(__file__).parents[2] / "fixtures"
DEMONSTRATION = "lifeops"
NO_RULES = {DEMONSTRATION, "bowler"}

_CLAUSE = re.compile(r"^- `([a-z0-9-]+)`", re.MULTILINE)
_KEYS = {"clauses", "sibling", "run", "python", "effect", "findings", "drive", "app", "told"}


class Drive(StrEnum):
    """What the project does before, when the case's drive file drives it. Afterwards every edited one is `CONSTANT`."""

    RAISES = "raises"  # MissingGreenlet
    FORBIDDEN = "forbidden"  # lazy="raise" does what it says
    DETACHED = "detached"  # it is read after its session was closed
    GROWS = "grows"  # more rows, more statements
    CONSTANT = "constant"
    PAGES = "pages"  # it answers with a whole list, and with pages afterwards; see `run_pages`


class Expected(NamedTuple):
    """A finding that must be there. It is at this place or names it; `contains` is in one of its texts.

    Line 0 is any line: where the obstacle has more than one, none is the right one.
    """

    path: str
    line: int
    contains: str


@dataclass(frozen=True, slots=True)
class Case:
    """One folder `fixtures/<rule>/<name>`; `skip_*` must not change.

    sibling: the case that differs in one fact and is edited. run: the modules to import, if the project can be run.
    python: the oldest version that parses it. effect: of every edit. driven: how it behaves before, if it has a drive.
    app: `module:app`, whose OpenAPI document is compared. told: what it shows is its finding, and nothing is edited.
    """

    rule: str
    name: str
    folder: Path
    clauses: tuple[str, ...]
    sibling: str
    run: tuple[str, ...]
    python: tuple[int, ...]
    effect: str
    findings: tuple[Expected, ...]
    driven: Drive | None = None
    app: str = ""
    told: bool = False

    @property
    def skip(self) -> bool:
        return self.name.startswith("skip_")

    @property
    def readable(self) -> bool:
        """Whether the running Python can parse the project; if not, it must be left alone with an error entry."""
        return sys.version_info[:2] >= self.python

    @property
    def check(self) -> Path:
        """A file with `check(mapped)`, called for both sides of a project that can be run."""
        return self.folder / "check_fixture.py"

    @property
    def drive(self) -> Path:
        """A file that fills the project's database and drives the project, see `run_requests`."""
        return self.folder / "drive_fixture.py"

    def before(self) -> dict[str, bytes]:
        return tree(self.folder / "before")

    def after(self) -> dict[str, bytes]:
        """What must come out: the fixture's `after`, or no change at all."""
        return self.before() if self.skip or self.told or not self.readable else tree(self.folder / "after")


def tree(folder: Path) -> dict[str, bytes]:
    """All files below the folder by POSIX path, without what running them left behind."""
    files = (path for path in sorted(folder.rglob("*")) if path.is_file() and "__pycache__" not in path.parts)
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def rule_names() -> list[str]:
    """The rules that have fixtures."""
    return sorted(path.name for path in FIXTURES.iterdir() if path.is_dir() and path.name not in NO_RULES)


def cases(rule: str) -> list[Case]:
    return [_case(rule, path.parent) for path in sorted((FIXTURES / rule).glob("*/case.toml"))]


def clause_ids(rule: str) -> list[str]:
    """The clauses of the rule's paragraph in the specification, as CLAUSES.md lists them."""
    return _CLAUSE.findall((FIXTURES / rule / "CLAUSES.md").read_text(encoding="utf-8"))


def _case(rule: str, folder: Path) -> Case:
    table = tomllib.loads((folder / "case.toml").read_text(encoding="utf-8"))
    if unknown := table.keys() - _KEYS:
        raise ValueError(f"{folder.name}/case.toml: unknown {sorted(unknown)}")
    return Case(
        rule=rule,
        name=folder.name,
        folder=folder,
        clauses=tuple(table["clauses"]),
        sibling=table.get("sibling", ""),
        run=tuple(table.get("run", "").split()),
        python=tuple(int(part) for part in table.get("python", "3.11").split(".")),
        effect=table.get("effect", "safe"),
        findings=tuple(Expected(one["path"], one.get("line", 0), one["contains"]) for one in table.get("findings", ())),
        driven=Drive(table["drive"]) if "drive" in table else None,
        told=table.get("told", False),
        app=table.get("app", "") or _scripted_app(folder / "answers.toml"),
    )


def _scripted_app(script: Path) -> str:
    return str(tomllib.loads(script.read_text(encoding="utf-8"))["app"]) if script.exists() else ""
