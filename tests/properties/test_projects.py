"""What holds for every project and every rule: it parses, a second run changes nothing, and undo takes every byte back.

Lines that no edit touches keep their bytes; no comment is lost; the patch makes the same bytes. LIFEOPS_FUZZ=N, as
`make fuzz` sets it, tries N projects that were never tried before; without it they are always the same.
"""

from __future__ import annotations

import ast
import io
import itertools
import os
import re
import subprocess
import tempfile
import tokenize
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from lifeops_codemods.apply import apply, undo
from lifeops_codemods.pipeline import Request, plan
from lifeops_codemods.plan.model import FilePlan
from lifeops_codemods.rules import all_rules
from lifeops_codemods.source.text import decode
from lifeops_migrate.reports.patch import patch
from lifeops_migrate.showing import shown_of

from .projects import projects

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from lifeops_codemods.plan.model import Migration

FUZZ = int(os.environ.get("LIFEOPS_FUZZ", "0"))
EXAMPLES = FUZZ or 500
PATCHES = 1 if FUZZ else 10
"""Of how many projects one's patch is given to git: a process takes as long as all the rest."""

_numbers = itertools.count()
_seen: Counter[str] = Counter()


@pytest.fixture(scope="module")
def memory() -> Iterator[Path]:
    """A folder in memory, where the system has a place for that."""
    place = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    with tempfile.TemporaryDirectory(dir=place) as folder:
        yield Path(folder).resolve()


@settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=not FUZZ,
    database=None,
    phases=(Phase.generate, Phase.shrink),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.function_scoped_fixture],
)
@given(files=projects())
def test_any_project(memory: Path, files: dict[str, bytes]) -> None:
    number = next(_numbers)
    root, state = memory / f"p{number}", memory / f"s{number}"
    write(root, files)
    request = Request(root=root, rules=all_rules())
    migration = plan(request)
    assert migration.errors == ()
    for file in migration.files:
        check_text(file)
    _seen.update(planned.edit.rule for planned in migration.edits)
    _seen.update(planned.finding.rule for planned in migration.findings)
    if number % PATCHES == 0:
        check_patch(root, memory / f"g{number}", migration, files)
    if migration.files:
        apply(migration, state_dir=state)
        assert contents(root) == {**files, **{file.path: file.after_bytes for file in migration.files}}
        again = plan(request)
        assert [planned.edit.message for planned in again.edits] == []
        undo(root, state_dir=state)
    assert contents(root) == files


MADE = {
    *("bare-except", "created-status", "eager-load", "endpoint-docstring", "model-db-suffix", "not-found-404"),
    *("pagination", "path-bounds", "query-description", "response-model", "typed-query", "value-error-400"),
}
"""The rules that the generator makes something for. Teach it each new one."""


def test_the_rules_had_something_to_do() -> None:
    """What the generator never makes is tested by none of this. Runs after the other."""
    assert set(_seen) >= MADE, MADE - set(_seen)


BEFORE = "import os\n\n\ndef f():\n    # said\n    x = 1  # so\n    return x\n"
SPOILED = {
    "it does not parse": BEFORE + "def\n",
    "a line is changed": BEFORE.replace("return x", "return  x"),
    "a line is gone": BEFORE.replace("    return x\n", ""),
    "a line is moved": BEFORE.replace("    x = 1  # so\n    return x\n", "    return x\n    x = 1  # so\n"),
    "a comment is lost": BEFORE.replace("    # said\n", ""),
    "a line has another end": BEFORE.replace("x = 1  # so\n", "x = 1  # so\r\n"),
}


@pytest.mark.parametrize("name", SPOILED)
def test_the_laws_can_be_broken(name: str) -> None:
    after = SPOILED[name]
    check_text(FilePlan("a.py", BEFORE, BEFORE, BEFORE.encode(), BEFORE.encode(), ()))
    with pytest.raises((AssertionError, SyntaxError)):
        check_text(FilePlan("a.py", BEFORE, after, BEFORE.encode(), after.encode(), ()))


def write(root: Path, files: Mapping[str, bytes]) -> None:
    for path, content in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(content)


def contents(root: Path) -> dict[str, bytes]:
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def check_text(file: FilePlan) -> None:
    ast.parse(file.after)
    assert file.before_bytes is not None
    assert decode(file.after_bytes).text == file.after
    assert is_subsequence(untouched(file), lines_of(file.after)), file.path
    assert comments(file.before) <= comments(file.after)
    ends = {"\r\n": file.before.count("\r\n"), "\n": file.before.count("\n") - file.before.count("\r\n")}
    if ends["\r\n"] and not ends["\n"]:
        assert file.after.count("\n") == file.after.count("\r\n")


def untouched(file: FilePlan) -> list[str]:
    """The lines of no statement that an edit is in, and of no import, which may move."""
    lines = lines_of(file.before)
    tree = ast.parse(file.before)
    touched: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            touched.update(range(node.lineno, (node.end_lineno or 0) + 1))
    for planned in file.edits:
        start, end = planned.position.line, planned.position.end_line
        touched.update(range(*_smallest_statement(tree, start, end)))
    return [line for number, line in enumerate(lines, 1) if number not in touched and line.strip()]


def _smallest_statement(tree: ast.Module, start: int, end: int) -> tuple[int, int]:
    """The lines of it: of a compound statement the head alone, where the edit is in its head."""
    best = (start, end + 1)
    size = 10_000
    for node in ast.walk(tree):
        if isinstance(node, ast.stmt) and node.lineno <= start and (node.end_lineno or 0) >= end:
            last = node.end_lineno or 0
            body = getattr(node, "body", None)
            if isinstance(body, list) and body and body[0].lineno > end:
                last = body[0].lineno - 1
            if last - node.lineno < size:
                best, size = (node.lineno, last + 1), last - node.lineno
    return best


def lines_of(text: str) -> list[str]:
    """As Python counts them: a form feed ends none."""
    return re.findall(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+", text)


def is_subsequence(some: list[str], all_: list[str]) -> bool:
    rest = iter(all_)
    return all(line in rest for line in some)


def comments(text: str) -> Counter[str]:
    tokens = tokenize.generate_tokens(io.StringIO(text, newline="").readline)
    return Counter(token.string.rstrip() for token in tokens if token.type == tokenize.COMMENT)


def check_patch(root: Path, place: Path, migration: Migration, files: Mapping[str, bytes]) -> None:
    """`git apply` makes of the old bytes exactly the new ones."""
    if not migration.files:
        return
    write(place, files)
    environment = {**os.environ, "GIT_CEILING_DIRECTORIES": str(place.parent)}
    for option in ("--check", "--whitespace=nowarn"):
        subprocess.run(
            ["git", "apply", option], input=patch(shown_of(migration)), cwd=place, env=environment, check=True
        )
    assert contents(place) == {**files, **{file.path: file.after_bytes for file in migration.files}}
