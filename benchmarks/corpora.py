"""Migrate real projects with the real command line, check what must hold, and keep the evidence.

    python benchmarks/corpora.py [--quick] [NAME...]

The projects are the pinned ones of the corpora folder (`CORPORA`, by default `../shared/corpora` beside this
repository). `--quick` leaves out pyright, contracts, tests and imports. Ends with 1 if a check fails or a row of the
evidence has no verdict.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from checks.environment import PINS, interpreter
from checks.migration import Migration, published
from checks.outcome import Outcome, agree
from checks.places import EVIDENCE, MADE, REPO
from evidence import contracts, edited, errors, lists, loaders, loads, remaining, verdicts
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
LOADS = Table(EVIDENCE / f"{loads.RULE}.csv", loads.COLUMNS, loads.subject, by_hand=("remark", "verdict"))
LISTS = Table(EVIDENCE / f"{lists.RULE}.csv", lists.COLUMNS, lists.subject)
ERRORS = {rule: Table(EVIDENCE / f"{rule}.csv", errors.COLUMNS, errors.subject) for rule in errors.RULES}
CONTRACTS = {rule: Table(EVIDENCE / f"{rule}.csv", contracts.COLUMNS, contracts.subject) for rule in contracts.RULES}


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
    pinned = ["--require-hashes", "--no-deps", "--only-binary", ":all:", "-r", str(REPO / "requirements-dev.lock")]
    subprocess.run([str(python), "-m", "pip", "install", "-q", *pinned], stderr=subprocess.DEVNULL, check=True)
    (venv / ".done").touch()
    return str(python)


def _check(name: str, quick: bool) -> int:
    print(name, flush=True)
    failed = False
    with tempfile.TemporaryDirectory(prefix="corpora-") as made:
        place = Path(made).resolve()
        before = place / "before"
        published(name, before)
        for trial in (Names, Loads, Lists, Together):
            print(f"  {trial.title}", flush=True)
            for outcome in trial(name, before, place / trial.__name__).outcomes(quick):
                print(outcome, flush=True)
                failed |= outcome.passed is False
    return 1 if failed else 0


class Names(Migration):
    """Models renamed, and the rules about errors, which are read where they would edit and not applied."""

    title = RULE

    def __init__(self, name: str, before: Path, place: Path) -> None:
        super().__init__(name, before, place, RULE)

    def outcomes(self, quick: bool) -> Iterator[Outcome]:
        """Each check in turn."""
        yield from self.migrated()
        self.renamed = verdicts.renamed(self.document)
        yield from self._evidence()
        yield from self._errors()
        yield from self._contracts()
        yield from self.ruff(self.renamed)
        if not quick:
            yield from self.pyright(self.renamed)
            yield from self.behaviour(self.renamed)

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

    def _contracts(self) -> list[Outcome]:
        """The rules about what endpoints promise, each on the project as published."""
        found = []
        for rule, table in CONTRACTS.items():
            document = self.tool.run(self.before, rule, "--dry-run", "--format", "json").document
            (MADE / f"diff-{self.name}-{rule}.patch").write_text("".join(file["diff"] for file in document["files"]))
            found.append(_judged(table, table.renew(self.name, contracts.rows(self.name, document))))
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


class Loads(Migration):
    """What is read loaded with its query."""

    title = loads.RULE

    def __init__(self, name: str, before: Path, place: Path) -> None:
        super().__init__(name, before, place, loads.RULE)

    def outcomes(self, quick: bool) -> Iterator[Outcome]:
        """Each check in turn; where nothing is edited, both states are the same to the byte."""
        yield from self.migrated()
        yield self._evidence()
        if not self.paths:
            return
        yield agree("nothing else edited", loaders.other_changes(self.before, self.after, self.paths))
        yield from self.ruff({})
        if not quick:
            texts = (file.text for file in Source(self.before).files.values())
            yield from self.pyright({}, loaders.unseen_by_checkers(texts))
            yield from self.behaviour({})

    def _evidence(self) -> Outcome:
        kept = LOADS.renew(self.name, loads.rows(self.name, self.document, LOADS.read()))
        return _judged(LOADS, kept, loads.problems(kept))


class Lists(Migration):
    """Lists answered in pages."""

    title = lists.RULE

    def __init__(self, name: str, before: Path, place: Path) -> None:
        super().__init__(name, before, place, lists.RULE)

    def outcomes(self, quick: bool) -> Iterator[Outcome]:
        """Each check in turn; where nothing is edited, both states are the same to the byte."""
        yield from self.migrated()
        yield _judged(LISTS, LISTS.renew(self.name, lists.rows(self.name, Source(self.before), self.document)))
        if not self.paths:
            return
        yield from self.ruff({})
        if not quick:
            yield from self.pyright({})
            yield from self.behaviour({}, lists.ASKED)


class Together(Migration):
    """Both in one run: the second rule reads what the first one left."""

    title = f"{RULE}, {loads.RULE}"

    def __init__(self, name: str, before: Path, place: Path) -> None:
        super().__init__(name, before, place, RULE, loads.RULE)

    def outcomes(self, quick: bool) -> Iterator[Outcome]:
        """What the command line does, and names."""
        yield from self.migrated()
        yield from self.ruff(verdicts.renamed(self.document))


def _judged(table: Table, kept: Kept, wrong: list[str] | None = None) -> Outcome:
    """A row without a verdict fails, and one with a `wrong` verdict: by default each but `right`."""
    if wrong is None:
        wrong = [f"{row[-1]}: {' '.join(row[:-1])}" for row in kept.rows if row[-1] not in {"", "right"}]
    unjudged = [f"no verdict: {' '.join(row[:-1])}" for row in kept.unjudged]
    stale = f"; {len(kept.stale)} stale rows left out" if kept.stale else ""
    return agree(str(table.path.relative_to(REPO)), wrong + unjudged, f"{len(kept.rows)} rows{stale}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
