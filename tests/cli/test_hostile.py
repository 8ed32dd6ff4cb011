"""Text that means something to rich, to a terminal or to a log reaches every format whole, harmless, at any width."""

from __future__ import annotations

import json
import os
import re
from typing import TYPE_CHECKING

import pytest

from lifeops_codemods.outcome import FileError
from lifeops_codemods.plan.model import Change, Migration
from lifeops_codemods.rule import Effect
from lifeops_migrate.visible import visible

from .making import Command, Outcome, file, finding, migration, step

if TYPE_CHECKING:
    from pathlib import Path

HOSTILE = {
    "markup": "Optional[int] [/red] [bold]x[/bold] [link=file:///etc]y[/link] \\[z]",
    "emoji code": ":smile: :warning:",
    "escape": "\x1b[2J\x1b]0;title\x07\x1b[31mred",
    "bell and backspace": "a\x07b\x08\x08c\x7f",
    "bidirectional": "admin\u202e nimda\u2066x\u2069\u200f",
    "zero width": "pass\u200bword\ufeff\u00ad",
    "line separators": "a\u2028b\u2029c\x85d\x0be\x0cf",
    "tabs": "\ta\tb\t",
    "c1 controls": "\x9b31m\x90",
    "very long": "x" * 5_000 + "END",
    "long words": " ".join(["word" * 30] * 20),
    "wide": "名前 = '値' 👨‍👩‍👧",
    "combining": "e\u0301a\u0300",
    "surrogate": os.fsdecode(b"\xff\xfe"),
    "workflow command": "::error::x %0A %25 a,b:c",
    "html": "<script>&amp;</script>",
    "braces": "{0} %s %(x)s {x!r}",
    "unencodable": "→ ü €",
    "trailing space": "end   ",
}
DANGEROUS = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\u00ad\ud800-\udfff]"
)
STYLES = re.compile(r"\x1b\[[0-9;]*m")
WIDTHS = ["40", "80", "160"]
FORMATS = ["rich", "rich-color", "side-by-side", "side-by-side-color", "concise", "check", "github", "json"]


def hostile(root: Path, text: str) -> Migration:
    """The text everywhere: in code, in names, in messages, in reasons."""
    before = f"first = 1\nname = '{text}'\nlast = 3\n"
    start = before.index("name")
    path = f"app/{text.replace('/', '_')[:60]}.py"
    made = step(
        before,
        [Change(start, start + 4, "new")],
        path=path,
        message=f"message {text}",
        effect=Effect.UNSAFE,
        clients_see=f"see {text}",
        why=(f"app/a.py:1 {text}",),
    )
    found = finding(path, message=f"seen {text}", reason=f"reason {text}", fix=f"fix {text}", why=(text,))
    return migration(root, [file(path, made)], findings=(found,), errors=(FileError(path, 3, f"broken {text}"),))


def show(command: Command, kind: str, *, tty: bool = False, encoding: str = "utf-8") -> Outcome:
    options = {
        "rich": ["--dry-run", "--format", "rich", "--color", "never", "-v"],
        "rich-color": ["--dry-run", "--format", "rich", "--color", "always", "-v"],
        "side-by-side": ["--dry-run", "--format", "rich", "--color", "never", "-v", "--diff-style", "side-by-side"],
        "side-by-side-color": ["--dry-run", "--format", "rich", "--color", "always", "--diff-style", "side-by-side"],
        "check": ["--check"],
    }
    return command(*options.get(kind, ["--dry-run", "--format", kind]), tty=tty, encoding=encoding)


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize("name", HOSTILE)
def test_nothing_acts_on_the_screen(
    root: Path, command: Command, monkeypatch: pytest.MonkeyPatch, name: str, kind: str
) -> None:
    command.plan = hostile(root, HOSTILE[name])
    for width in WIDTHS:
        monkeypatch.setenv("COLUMNS", width)
        for encoding in ("utf-8", "ascii", "latin-1"):
            # A plain diff in a pipe is a patch: it must hold the file's own bytes. On a terminal it must not.
            done = show(command, kind, tty=kind == "concise", encoding=encoding)
            assert done.code in {1, 3}
            assert not DANGEROUS.search(STYLES.sub("", done.out)), STYLES.sub("", done.out)
            assert not DANGEROUS.search(STYLES.sub("", done.err))


@pytest.mark.parametrize("color", ["never", "always"])
@pytest.mark.parametrize("style", ["unified", "side-by-side"])
@pytest.mark.parametrize("name", HOSTILE)
def test_nothing_acts_on_the_screen_while_choosing(
    root: Path, command: Command, name: str, style: str, color: str
) -> None:
    """By rule, by file and by hunk, each printed again, and then the question with the diff."""
    command.plan = hostile(root, HOSTILE[name])
    for encoding in ("utf-8", "ascii"):
        done = command(
            *("--interactive", "--color", color, "--diff-style", style, "--select", "model-db-suffix"),
            stdin="p\ns\np\ns\np\n?\ny\nd\nn\n",
            tty=True,
            encoding=encoding,
        )
        assert done.code == 3, done.err
        assert STYLES.sub("", done.err).count("Make this hunk?") == 3
        assert "Apply 1 edit" in STYLES.sub("", done.err)
        assert not DANGEROUS.search(STYLES.sub("", done.out))
        assert not DANGEROUS.search(STYLES.sub("", done.err))


@pytest.mark.parametrize("tty", [False, True])
@pytest.mark.parametrize("kind", ["rich", "rich-color"])
@pytest.mark.parametrize("name", HOSTILE)
def test_nothing_is_wrapped_or_lost(
    root: Path, command: Command, monkeypatch: pytest.MonkeyPatch, name: str, kind: str, tty: bool
) -> None:
    """Code and names keep their line; prose may be broken at spaces, on a terminal only."""
    text = HOSTILE[name]
    command.plan = hostile(root, text)
    for width in WIDTHS:
        monkeypatch.setenv("COLUMNS", width)
        out = STYLES.sub("", show(command, kind, tty=tty).out)
        for sign, word in (("-", "name"), ("+", "new")):
            start = f"{word} = '"
            assert f"{sign} {start}{shown_code(text, len(start))}'\n" in out
        assert f" {visible(command.plan.files[0].path)}  +1" in out
        for part in ("seen", "reason", "fix", "see", "message"):
            prose = visible(f"{part} {text}")
            assert (prose in out) if not tty else ("".join(prose.split()) in "".join(out.split()))


def shown_code(text: str, column: int) -> str:
    """Tabs as the preview draws them, all else as it is spelled out."""
    from rich.cells import cell_len

    shown = ""
    for number, part in enumerate(text.split("\t")):
        if number:
            shown += "→".ljust(4 - (column + cell_len(shown)) % 4)
        shown += visible(part)
    return shown


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("width", WIDTHS)
def test_side_by_side_folds_and_loses_nothing(
    root: Path, command: Command, monkeypatch: pytest.MonkeyPatch, name: str, width: str
) -> None:
    text = HOSTILE[name]
    command.plan = hostile(root, text)
    monkeypatch.setenv("COLUMNS", width)
    out = show(command, "side-by-side").out
    halves = [line.split(" │", 1) for line in out.split("\n") if " │" in line]
    left, right = ("".join(re.sub(r"^ +\d* [-+ ↪]? ", "", half[side]).rstrip() for half in halves) for side in (0, 1))
    compact = re.sub(r"[ →]", "", visible(text.replace("\t", "")))
    assert f"name='{compact}'" in re.sub(r"[ →]", "", left)
    assert f"new='{compact}'" in re.sub(r"[ →]", "", right)


@pytest.mark.parametrize("name", HOSTILE)
def test_json_keeps_every_character(root: Path, command: Command, name: str) -> None:
    text = HOSTILE[name]
    command.plan = hostile(root, text)
    document = json.loads(show(command, "json").out)
    assert document["edits"][0]["message"] == f"message {text}"
    assert document["edits"][0]["why"] == [f"app/a.py:1 {text}"]
    assert document["findings"][0]["reason"] == f"reason {text}"
    assert f"+new = '{text}'\n" in document["files"][0]["diff"]
    assert document["errors"] == [{"path": command.plan.errors[0].path, "line": 3, "message": f"broken {text}"}]


@pytest.mark.parametrize("name", HOSTILE)
def test_github_commands_stay_on_their_line(root: Path, command: Command, name: str) -> None:
    command.plan = hostile(root, HOSTILE[name] + "\r\nsecond: a,b %")
    lines = show(command, "github").out.removesuffix("\n").split("\n")
    assert len(lines) == 3
    for line, level in zip(lines, ("notice", "error", "error"), strict=True):
        properties, message = re.fullmatch(rf"::{level} ((?:[\w]+=[^,:]*,?)+)::(.*)", line).groups()  # type: ignore[union-attr]
        assert properties.startswith("file=app/")
        assert "second: a,b %25" in message
        assert "%0D%0A" in message


def test_concise_lines_stay_one_line(root: Path, command: Command) -> None:
    command.plan = hostile(root, "a\nb\r\nc")
    for options in (["--check"], ["--dry-run", "--format", "concise", "-q"]):
        assert not re.search(r"^[bc]", command(*options).out.replace("\n+", "\n").split("last = 3\n")[-1], re.MULTILINE)


def test_a_tab_can_be_told_from_spaces(root: Path, command: Command) -> None:
    before = "if x:\n\ty = 1\n"
    command.plan = migration(root, [file("a.py", step(before, [Change(6, 7, "    ")]))])
    out = command("--dry-run", "--format", "rich", "--color", "never").out
    assert "- →   y = 1\n" in out
    assert "+     y = 1\n" in out
    assert "- >---y = 1\n" in command("--dry-run", "--format", "rich", "--color", "never", encoding="ascii").out


def test_line_ends_are_shown_where_they_differ(root: Path, command: Command) -> None:
    before = "a = 1\r\nb = 2\r\nc = 3"
    command.plan = migration(root, [file("a.py", step(before, [Change(5, 7, "\n"), Change(14, 15, "d")]))])
    out = command("--dry-run", "--format", "rich", "--color", "never").out
    assert "a.py  +2 −2  (CRLF line ends)\n" in out
    assert "- a = 1\n" in out
    assert "+ a = 1\\n\n" in out
    assert out.count("\\ No newline at end of file\n") == 2
