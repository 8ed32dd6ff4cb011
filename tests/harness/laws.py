"""What holds for every edit of every rule: the output parses, its imports resolve, no comment is lost.

Each law takes files before and after as bytes by path, and gives the sentences of what is broken. They are written
against stdlib `ast` and `tokenize` alone and share nothing with the engine.
"""

from __future__ import annotations

import ast
import difflib
import io
import tokenize
from collections import Counter
from typing import TYPE_CHECKING

from .imports import unresolved_imports

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


def broken_laws(before: Mapping[str, bytes], after: Mapping[str, bytes]) -> list[str]:
    return [*unparsable(before, after), *lost_comments(before, after), *broken_imports(before, after)]


def unparsable(before: Mapping[str, bytes], after: Mapping[str, bytes]) -> Iterator[str]:
    for path in python_files(after):
        if parsed(after[path]) is None and (path not in before or parsed(before[path]) is not None):
            yield f"{path}: does not parse"


def lost_comments(before: Mapping[str, bytes], after: Mapping[str, bytes]) -> Iterator[str]:
    for path in python_files(before):
        if parsed(before[path]) is not None:
            lost = comments(before[path]) - comments(after.get(path, b""))
            yield from (f"{path}: lost {comment!r}" for comment in lost)


def broken_imports(before: Mapping[str, bytes], after: Mapping[str, bytes]) -> list[str]:
    """What resolved before and does not now, by file and count: renaming must break no import and heal none."""
    was = Counter(path for path, _ in unresolved_imports(_trees(before)))
    now = unresolved_imports(_trees(after))
    count = Counter(path for path, _ in now)
    return [f"{path}: {name} resolves to nothing" for path, name in now if count[path] > was[path]]


def comments(content: bytes) -> Counter[str]:
    """Comments by text. Type comments name types, so they are code and follow a rename."""
    tokens = tokenize.tokenize(io.BytesIO(content).readline)
    found = (token.string for token in tokens if token.type == tokenize.COMMENT)
    return Counter(text for text in found if not text.startswith("# type:") or "ignore" in text)


def python_files(files: Mapping[str, bytes]) -> list[str]:
    return [path for path in files if path.endswith((".py", ".pyi"))]


def parsed(content: bytes) -> ast.Module | None:
    try:
        return ast.parse(content)
    except (SyntaxError, ValueError):
        return None


def unified(expected: Mapping[str, bytes], actual: Mapping[str, bytes]) -> str:
    """A readable diff from what is expected to what came; line endings and odd bytes are shown as escapes."""
    parts: list[str] = []
    for path in sorted(expected.keys() | actual.keys()):
        wanted, came = _shown(expected.get(path, b"")), _shown(actual.get(path, b""))
        parts += difflib.unified_diff(wanted, came, f"expected/{path}", f"actual/{path}", lineterm="")
    return "\n".join(parts)


def changed_lines(one: Mapping[str, bytes], other: Mapping[str, bytes]) -> int:
    """How many lines a reader has to compare to see what two projects differ in."""
    count = 0
    for path in one.keys() | other.keys():
        lines = _shown(one.get(path, b"")), _shown(other.get(path, b""))
        changes = difflib.SequenceMatcher(None, *lines, autojunk=False).get_opcodes()
        count += sum(max(i2 - i1, j2 - j1) for tag, i1, i2, j1, j2 in changes if tag != "equal")
    return count


def _trees(files: Mapping[str, bytes]) -> dict[str, ast.Module]:
    trees = {path: parsed(files[path]) for path in python_files(files)}
    return {path: tree for path, tree in trees.items() if tree is not None}


def _shown(content: bytes) -> list[str]:
    text = content.decode("utf-8", "backslashreplace").replace("\r", "\\r").replace("\ufeff", "\\ufeff")
    lines = text.split("\n")
    return lines[:-1] if lines[-1] == "" else [*lines[:-1], lines[-1] + "\\ no newline"]
