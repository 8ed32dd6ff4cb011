"""Random operations on real files: the standard library's own. The tree must be what `ast` says it must, and no byte
outside of the edit, no comment and no string may change.
"""

from __future__ import annotations

import ast
import random
import sysconfig
from collections import Counter
from pathlib import Path

import pytest

from lifeops_codemods.operation import (
    AddParameter,
    AppendCall,
    AppendItem,
    InsertAfter,
    InsertBefore,
    InsertFirst,
    Operation,
    RemoveStatement,
    ReplaceExpression,
    SetArgument,
    Span,
    WrapStatements,
)
from lifeops_codemods.plan.bodies import Definition
from lifeops_codemods.plan.comments import comments, is_pragma
from lifeops_codemods.plan.document import Document

from .making import run
from .oracle import HANDLED, Target, expected, expressions, statements

FILES_EACH = 14
EDITS_EACH = 3
SIZE = 40_000
KINDS = (
    ReplaceExpression,
    AppendCall,
    AppendItem,
    SetArgument,
    AddParameter,
    WrapStatements,
    InsertBefore,
    InsertAfter,
    InsertFirst,
    RemoveStatement,
)
BLOCK = "if a:\n    log('x')\nb()"
EXPRESSIONS = ("new", "a + b", "x if y else z", "f(1, 2)", "-1", "lambda: 0", "'a' 'b'", "(1, 2)", "not x")


@pytest.fixture(scope="module")
def files() -> list[Path]:
    found = sorted(Path(sysconfig.get_path("stdlib")).rglob("*.py"))
    return [path for path in found if "site-packages" not in path.parts and path.stat().st_size < SIZE]


@pytest.mark.parametrize("seed", range(FILES_EACH))
@pytest.mark.parametrize("kind", KINDS)
def test_random_operations_on_real_files(kind: type[Operation], seed: int, files: list[Path]) -> None:
    rng = random.Random(f"{kind.__name__}{seed}")
    document = _real(rng, files)
    outcomes: Counter[str] = Counter()
    for _ in range(EDITS_EACH):
        found = _drawn(rng, kind, document)
        if found is not None:
            outcomes[_check(document, *found)] += 1


def _real(rng: random.Random, files: list[Path]) -> Document:
    """Return a file that parses, sometimes with tabs, with CRLF, or without its last line ending."""
    while True:
        try:
            text = rng.choice(files).read_text(encoding="utf-8")
            _ = Document(text).tree
        except (UnicodeDecodeError, SyntaxError):
            continue
        if rng.random() < 0.3:
            text = "".join(map(_tabbed, text.split("\n")))[:-1]
        if rng.random() < 0.3:
            text = text.replace("\n", "\r\n")
        if rng.random() < 0.2:
            text = text.rstrip("\r\n")
        try:
            _ = Document(text).tree
        except SyntaxError:
            continue
        return Document(text)


def _tabbed(line: str) -> str:
    body = line.lstrip(" ")
    levels, rest = divmod(len(line) - len(body), 4)
    return "\t" * levels + " " * rest + body + "\n"


def _drawn(rng: random.Random, kind: type[Operation], document: Document) -> tuple[Operation, Target] | None:
    targets = _targets(kind, document)
    if not targets:
        return None
    target = rng.choice(targets)
    if kind is WrapStatements:
        start = next(index for index, node in enumerate(target.block) if node is target.nodes[0])
        run_of = target.block[start : start + rng.randint(1, 3)]
        target = Target(Span(target.span.start, document.end(run_of[-1])), tuple(run_of), target.block)
    text = document.text[target.span.start : target.span.end]
    return kind(span=target.span, expected=text, **_fields(rng, kind, target)), target


def _targets(kind: type[Operation], document: Document) -> list[Target]:
    if kind in (ReplaceExpression, AppendCall):
        return expressions(document)
    if kind is SetArgument:
        return expressions(document, ast.Call)
    if kind is AppendItem:
        calls = expressions(document, ast.Call)
        plain = [target for target in calls if not target.nodes[0].keywords]  # type: ignore[attr-defined]
        return [*plain, *expressions(document, ast.List)]
    wanted: type[ast.AST] | tuple[type[ast.AST], ...] = ast.stmt
    if kind is InsertFirst:
        wanted = Definition.__args__
    if kind is AddParameter:
        wanted = (ast.FunctionDef, ast.AsyncFunctionDef)
    return [target for target in statements(document) if isinstance(target.nodes[0], wanted)]


def _fields(rng: random.Random, kind: type[Operation], target: Target) -> dict[str, str]:
    node = target.nodes[0]
    if kind in (ReplaceExpression, AppendItem):
        return {"code": rng.choice(EXPRESSIONS)}
    if kind is AppendCall:
        return {"call": rng.choice(["options(selectinload(A.b))", "a(1).b(2)"])}
    if kind is SetArgument:
        assert isinstance(node, ast.Call)
        names = [keyword.arg for keyword in node.keywords if keyword.arg]
        return {"name": rng.choice(["added", *names]), "value": rng.choice(["1", "lambda: 0", "a or b"])}
    if kind is AddParameter:
        return {"code": "added: int = 0"}
    if kind is WrapStatements:
        return {"header": "try:", "footer": HANDLED}
    return {} if kind is RemoveStatement else {"code": BLOCK}


def _check(document: Document, operation: Operation, target: Target) -> str:
    result = run(document.text, operation)
    if result.refused:
        assert result.text == document.text
        reason = result.refused[0].reason
        assert reason.startswith(("a comment would be lost", "there is no statement of its own")), (operation, reason)
        return "refused"
    assert ast.dump(ast.parse(result.text)) == expected(document, operation, target), operation
    lost = comments(document.text) - comments(result.text)
    assert isinstance(operation, ReplaceExpression) or all(map(is_pragma, lost)), (operation, lost)
    outside = [
        change
        for change in result.changes
        if change.end < target.span.start - 200 or change.start > target.span.end + 200
    ]
    assert not outside, (operation, outside)
    return "made"
