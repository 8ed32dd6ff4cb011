"""Migrate real projects with the real command line, check what must hold, and keep the evidence.

    python benchmarks/corpora.py [--quick] [NAME...]

The projects are the pinned ones of the corpora folder (`CORPORA`, by default `../shared/corpora` beside this
repository). `--quick` leaves out pyright, contracts, tests and imports. Ends with 1 if a check fails or a row of the
evidence has no verdict.
"""

from __future__ import annotations

import ast
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from checks import complaints, layout
from checks.behaviour import outcomes as behaviour
from checks.command import Tool
from checks.environment import PINS, interpreter, own_python, roots
from checks.outcome import Outcome, agree
from checks.places import CORPORA, EVIDENCE, MADE, REPO
from checks.snapshot import changed, snapshot
from evidence import edited, errors, remaining, verdicts
from evidence.census import models
from evidence.kinds import Kinds
from evidence.meaning import Reader
from evidence.source import Source
from evidence.table import Kept, Table

RULE = "model-db-suffix"
NEWER = {"basic-memory": "3.12"}  # its syntax
MODELS = Table(EVIDENCE / f"{RULE}.csv", verdicts.COLUMNS, verdicts.subject)
EDITED = Table(EVIDENCE / f"{RULE}-edited.csv", edited.COLUMNS, edited.subject)
REMAINING = Table(EVIDENCE / f"{RULE}-remaining.csv", remaining.COLUMNS, remaining.subject)
ERRORS = {rule: Table(EVIDENCE / f"{rule}.csv", errors.COLUMNS, errors.subject) for rule in errors.RULES}


def main(arguments: list[str]) -> int:
    quick = "--quick" in arguments
    names = [name for name in arguments if name != "--quick"] or list(PINS)
    unknown = set(names) - set(PINS)
    if unknown:
        sys.exit(f"corpora.py: unknown: {', '.join(sorted(unknown))}; known: {', '.join(PINS)}")
    codes = [_one(name, quick) for name in names]
    return max(codes)


def _one(name: str, quick: bool) -> int:
    """Check one project, under a newer Python where its syntax needs it."""
    wanted = NEWER.get(name, "3.0")
    if sys.version_info[:2] >= tuple(map(int, wanted.split("."))):
        return _check(name, quick)
    python = _newer_python(wanted)
    if python is None:
        print(f"{name}\n  skipped: needs Python {wanted}, and there is none: its files with newer syntax are errors")
        return 0
    options = ["--quick"] if quick else []
    return subprocess.run([python, str(Path(__file__).resolve()), *options, name], check=False).returncode


def _newer_python(version: str) -> str | None:
    """An environment from the lock under that version, made once."""
    venv = MADE / f"tool-{version}"
    python = venv / "bin" / "python"
    if (venv / ".done").exists():
        return str(python)
    base = interpreter(version)
    if base is None:
        return None
    subprocess.run([base, "-m", "venv", "--clear", str(venv)], check=True)
    pinned = ["--require-hashes", "--only-binary", ":all:", "-r", str(REPO / "requirements-dev.lock")]
    subprocess.run([str(python), "-m", "pip", "install", "-q", *pinned], stderr=subprocess.DEVNULL, check=True)
    (venv / ".done").touch()
    return str(python)


def _check(name: str, quick: bool) -> int:
    print(name, flush=True)
    with tempfile.TemporaryDirectory(prefix="corpora-") as place:
        run = Run(name, Path(place).resolve())
        found = run.all(quick)
    failed = [outcome for outcome in found if outcome.passed is False]
    return 1 if failed else 0


class Run:
    """One project: `before` stays as published, `after` is migrated."""

    def __init__(self, name: str, place: Path) -> None:
        self.name = name
        self.before = place / "before"
        self.after = place / "after"
        self.tool = Tool(place / "home")
        for folder in (self.before, self.after):
            command = [sys.executable, str(CORPORA / "get.py"), name, "--copy", str(folder)]
            subprocess.run(command, stdout=subprocess.DEVNULL, check=True)

    def all(self, quick: bool) -> list[Outcome]:
        """Each check in turn, told as it is done."""
        found: list[Outcome] = []
        parts = [
            self._migrated,
            self._evidence,
            self._errors,
            self._ruff,
            *([] if quick else [self._pyright, self._dynamic]),
        ]
        for part in parts:
            for outcome in part():
                print(outcome, flush=True)
                found.append(outcome)
        return found

    # -- the command line

    def _migrated(self) -> list[Outcome]:
        original = snapshot(self.after)
        whole = snapshot(self.after, leave_out=())
        dry = self.tool.run(self.after, RULE, "--dry-run", "--format", "json")
        self.document = dry.document
        self.renamed = verdicts.renamed(self.document)
        wrote = changed(whole, snapshot(self.after, leave_out=())) + self._outside_cache()
        applied = self.tool.run(self.after, RULE, "--yes")
        migrated = snapshot(self.after)
        touched = changed(original, migrated)
        again = self.tool.run(self.after, RULE, "--yes", "--format", "json")
        repeated = changed(migrated, snapshot(self.after))
        undone = self.tool.call(self.after, "undo")
        restored = changed(original, snapshot(self.after))
        self.tool.run(self.after, RULE, "--yes")
        summary = self.document["summary"]
        told = f"{summary['edits']} edits in {len(touched)} of {summary['files_read']} files"
        planned = [] if len(touched) == summary["files_changed"] else ["other files than planned were written"]
        return [
            agree("dry run writes nothing", wrote),
            agree("applied", planned + ([] if applied.well else [applied.err[-500:]]), told),
            agree("second run changes nothing", repeated + [edit["path"] for edit in again.document["edits"]]),
            agree("undo restores every byte", restored + ([] if undone.well else [undone.err[-500:]])),
            agree("same again after undo", changed(migrated, snapshot(self.after))),
            agree("read all files", [f"{e['path']}: {e['message']}" for e in self.document["errors"]]),
            agree("every file parses", self._broken()),
        ]

    def _outside_cache(self) -> list[str]:
        home = self.tool.home
        return [path for path in snapshot(home) if not path.startswith("cache/")] if home.exists() else []

    def _broken(self) -> list[str]:
        files = (file["path"] for file in self.document["files"])
        return [path for path in files if not _parses(self.after / path)]

    # -- evidence

    def _evidence(self) -> list[Outcome]:
        source = Source(self.before)
        counted = list(models(source, Kinds(Reader(source))))
        rows = list(verdicts.rows(self.name, counted, self.document))
        kept = MODELS.renew(self.name, rows)
        left = remaining.left(self.after, self.renamed)
        self._list(left)
        rest = REMAINING.renew(self.name, remaining.rows(self.name, left))
        places = EDITED.renew(self.name, edited.rows(self.name, edited.edited(source, self.document)))
        by_outcome = {word: sum(row[3] == word for row in rows) for word in ("renamed", "refused", "kept")}
        told = ", ".join(f"{count} {word}" for word, count in by_outcome.items())
        problems = verdicts.problems(rows, self.document, counted)
        return [
            agree("every model accounted for", problems, f"{len(counted)} models: {told}"),
            agree("nothing else edited", self._other_changes(source)),
            _judged(MODELS, kept),
            _judged(EDITED, places),
            _judged(REMAINING, rest),
        ]

    def _errors(self) -> list[Outcome]:
        """The rules about errors, each on the project as published."""
        found = []
        for rule, table in ERRORS.items():
            document = self.tool.run(self.before, rule, "--dry-run", "--format", "json").document
            (MADE / f"diff-{self.name}-{rule}.patch").write_text("".join(file["diff"] for file in document["files"]))
            rows = errors.rows(self.name, rule, Source(self.before), document)
            found.append(_judged(table, table.renew(self.name, rows)))
        return found

    def _other_changes(self, source: Source) -> list[str]:
        """Files in which more than the named places changed."""
        by_path: dict[str, list[dict[str, Any]]] = {}
        for edit in self.document["edits"]:
            by_path.setdefault(edit["path"], []).append(edit)
        after = Source(self.after)
        return [
            path
            for path, edits in by_path.items()
            if not edited.same_program(source.files[path].text, after.files[path].text, edits)
        ]

    def _list(self, left: list[remaining.Left]) -> None:
        """All that is left, with the lines themselves, for whoever gives the verdicts."""
        MADE.mkdir(exist_ok=True)
        lines = (f"{item.path}:{item.line}\t{item.name}\t{item.kind}\t{item.text[:160]}" for item in left)
        (MADE / f"remaining-{self.name}.txt").write_text("\n".join(lines) + "\n")
        (MADE / f"diff-{self.name}.patch").write_text("".join(file["diff"] for file in self.document["files"]))

    # -- what others say of it

    def _ruff(self) -> list[Outcome]:
        first, second = (complaints.ruff(folder) for folder in (self.before, self.after))
        paths = [file["path"] for file in self.document["files"]]
        return [
            complaints.same(f"ruff {complaints.RUFF_RULES}", first, second, self.renamed),
            layout.outcome(self.before, self.after, paths),
        ]

    def _pyright(self) -> list[Outcome]:
        command = complaints.pyright_command()
        if command is None:
            return [Outcome("pyright", None, "npm is not there to install it")]
        python = own_python(self.name) or sys.executable
        states = (self.before, self.after)
        first, second = (complaints.pyright(command, folder, python, roots(self.name)) for folder in states)
        return [complaints.same("pyright", first, second, self.renamed)]

    def _dynamic(self) -> list[Outcome]:
        return behaviour(self.name, self.before, self.after, self.renamed)


def _parses(path: Path) -> bool:
    try:
        ast.parse(path.read_bytes())
    except (SyntaxError, ValueError):
        return False
    return True


def _judged(table: Table, kept: Kept) -> Outcome:
    wrong = [f"{row[-1]}: {' '.join(row[:-1])}" for row in kept.rows if row[-1] not in {"", "right"}]
    unjudged = [f"no verdict: {' '.join(row[:-1])}" for row in kept.unjudged]
    stale = f"; {len(kept.stale)} stale rows left out" if kept.stale else ""
    return agree(str(table.path.relative_to(REPO)), wrong + unjudged, f"{len(kept.rows)} rows{stale}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
