"""The preview on a terminal, to the byte: what rich would write for the same lines, and what it once wrote."""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from rich.cells import cell_len, chop_cells
from rich.console import Console
from rich.style import Style as RichStyle
from rich.text import Text

from lifeops_codemods.outcome import FileError
from lifeops_codemods.plan.model import Change
from lifeops_codemods.rule import Effect
from lifeops_migrate.preview import palette
from lifeops_migrate.preview.cells import folded, width
from lifeops_migrate.preview.screen import Screen
from lifeops_migrate.preview.style import Style, painted, style
from lifeops_migrate.preview.words import changed_words

from .making import Command, file, finding, migration, replacing, rule, step
from .test_hostile import HOSTILE, hostile

if TYPE_CHECKING:
    from lifeops_codemods.plan.model import Migration

PREVIEWS = Path(__file__).parent / "previews"
CODE = '''\
"""A module
of several lines: def class 5 "x".
"""

import os as system, sys
from collections.abc import Iterable  # a comment


@router.get("/heroes/{hero_id}", response_model=Hero)
async def hero(hero_id: int, limit: int = 0x10, *names: str) -> "Hero | None":
    """Say `self`,
    and more: 1.5e3
    of it."""
    if hero_id not in known and not isinstance(hero_id, bool):
        raise HTTPException(status_code=404, detail=f"no {hero_id!r:>{limit}} of {'x'.join(names)}") from None
    match hero_id:
        case 1 | 2:
            return None
        case _:
            text = 'a\\tb' + "c" \\
                "d"
\treturn session.get(Hero, hero_id).list.print(True, text, 1_000, None)


class Hero(Base):
    name = "名前" + b"\\x00".decode()
    def __init__(self) -> None: super().__init__()
    long = {"a": 1, "b": [2, 3, 4], "c": (5, 6, 7), "d": "e" * 100, "f": lambda x: x + 1, "g": print, "h": object()}
'''
LOOKS = {
    "unified": ["--diff-style", "unified", "-v"],
    "side-by-side": ["--diff-style", "side-by-side"],
}


def everything(root: Path) -> Migration:
    """A migration with all that looks different on a terminal."""
    first = replacing(
        CODE,
        ("class Hero(", "class HeroDB("),
        ("get(Hero,", "get(HeroDB,"),
        message="rename model Hero to HeroDB",
        why=("app/a.py:25 class Hero is a model", "app/base.py:3 its base is declarative"),
    )
    second = replacing(
        first.after,
        ("1.5e3\n", "1.5e3 or more\n"),
        ("limit: int = 0x10", "limit: Annotated[int, Query(ge=1)] = 0x10"),
        ('            text = \'a\\tb\' + "c" \\\n                "d"\n', "            text = 1\n"),
        name="response-model",
        effect=Effect.UNSAFE,
        clients_see="GET /heroes/{hero_id} answers 422 for a limit below 1, where it answered 200 before, and so on",
    )
    windows = "a = 1\r\nb = 2\r\nc = 3"
    third = step(windows, [Change(5, 7, "\n"), Change(14, 15, "d")], path="app/windows.py")
    found = finding("app/名前.py", 40, why=("app/b.py:40 reads Hero",))
    return migration(
        root,
        [
            file("app/a.py", first, second),
            file("app/windows.py", third),
            file("app/new.py", step("", [Change(0, 0, "y = {\n}\n")], path="app/new.py"), new=True),
        ],
        rules=(rule(), rule("response-model"), rule("idle-rule")),
        findings=(found,),
        errors=(FileError("app/x.py", 3, "cannot parse"),),
        seconds={"rule:model-db-suffix": 0.25},
    )


def shown(command: Command, *arguments: str, encoding: str = "utf-8") -> str:
    return command("--dry-run", "--format", "rich", *arguments, encoding=encoding).out


@pytest.mark.parametrize("look", LOOKS)
def test_a_preview_looks_as_it_did_when_rich_and_pygments_drew_it(
    root: Path, command: Command, monkeypatch: pytest.MonkeyPatch, look: str
) -> None:
    """The files were written by them. Less is written now: neighbours that look alike share their codes."""
    monkeypatch.setattr("lifeops_migrate.run.perf_counter", lambda: 0.0)
    monkeypatch.setenv("COLUMNS", "100")
    command.plan = everything(root)
    once = (PREVIEWS / f"{look}.ansi").read_text("utf-8")
    for color in ("always", "never"):
        now = shown(command, "--color", color, *LOOKS[look])
        before, after = appearance(once), appearance(now)
        if color == "never":
            before = [[(character, frozenset()) for character, _ in line] for line in before]
        assert after == before
        assert len(now) < len(once)


Appearance = list[list[tuple[str, frozenset[str]]]]


def appearance(text: str) -> Appearance:
    """Each line as characters with the codes that are on. A blank shows none but `reverse`."""
    lines: Appearance = [[]]
    codes: frozenset[str] = frozenset()
    for sequence, character in re.findall(r"\x1b\[([\d;]*)m|([^\x1b])", text):
        if character == "\n":
            lines.append([])
        elif character:
            lines[-1].append((character, codes if character != " " else codes & {"7"}))
        else:
            codes = frozenset() if sequence == "0" else codes | {*sequence.split(";")}
    return lines


class ByRich(Screen):
    """Writes a line as rich does, markup and highlighting off."""

    def written(self, *parts: object) -> str:
        assembled = Text.assemble(*(_as_rich(part) for part in parts))
        out = io.StringIO()
        Console(
            file=out,
            color_system="standard" if self.colored else None,
            force_terminal=self.colored,
            no_color=not self.colored,
            width=10**6,
            legacy_windows=False,
        ).print(assembled, soft_wrap=True, end="\n")
        return out.getvalue()


def _as_rich(part: object) -> Text:
    spans = [(part, palette.PLAIN)] if isinstance(part, str) else [part] if isinstance(part, tuple) else part
    return Text.assemble(*((text, rich_style(style)) for text, style in spans))  # type: ignore[attr-defined]


def rich_style(style: Style) -> RichStyle:
    """The style of rich's that sends the same codes."""
    names = {1: "bold", 2: "dim", 3: "italic", 7: "reverse"}
    colors = {31: "red", 32: "green", 33: "yellow", 34: "blue", 35: "magenta", 36: "cyan"}
    color = next((colors[code] for code in style.codes if code in colors), None)
    return RichStyle(color=color, **{names[code]: True for code in style.codes if code in names})  # type: ignore[arg-type]


@pytest.mark.parametrize("color", ["always", "never"])
@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("name", ["everything", *HOSTILE])
def test_every_line_is_what_rich_would_write(
    root: Path, command: Command, monkeypatch: pytest.MonkeyPatch, name: str, look: str, color: str
) -> None:
    monkeypatch.setattr("lifeops_migrate.run.perf_counter", lambda: 0.0)
    monkeypatch.setenv("COLUMNS", "60")
    command.plan = everything(root) if name == "everything" else hostile(root, HOSTILE[name])
    ours = shown(command, "--color", color, *LOOKS[look])
    monkeypatch.setattr("lifeops_migrate.preview.screen.Screen", ByRich)
    assert ours == shown(command, "--color", color, *LOOKS[look])


STYLES = [
    *(value for value in vars(palette).values() if isinstance(value, Style)),
    *palette.SEVERITY.values(),
    *palette.CODE.values(),
]


def test_styles_are_written_and_joined_as_those_of_rich() -> None:
    for first in STYLES:
        assert rich_style(first).render("x") == painted("x", first)
        for second in STYLES:
            assert rich_style(first + second) == rich_style(first) + rich_style(second)


def test_every_character_is_as_wide_as_rich_says() -> None:
    """Above these, rich is asked anyway."""
    different = [character for character in map(chr, range(0x10000)) if width(character) != cell_len(character)]
    assert not different


@pytest.mark.parametrize("room", [12, 13, 80])
@pytest.mark.parametrize("text", [*HOSTILE.values(), CODE.split("\n")[13], "名" * 40, ""])
def test_lines_are_folded_where_rich_folds_them(text: str, room: int) -> None:
    text = "".join(character for character in text if character.isprintable())
    cuts = [*range(0, len(text), 5), len(text)]
    line = [(text[start : start + 5], style(color="red")) for start in cuts[:-1]]
    pieces = ["".join(part for part, _ in piece) for piece in folded(line, room)]
    assert pieces == (chop_cells(text, room) if cell_len(text) > room else [text])


def test_the_only_changed_word_is_marked_without_a_search() -> None:
    assert changed_words("x = Hero(a)", "x = HeroDB(a)") == ([(4, 8)], [(4, 10)])
    assert changed_words("Hero", "HeroDB") == ([], [])
    assert changed_words("a b c", "a c") == ([(2, 4)], [])
    assert changed_words("return one", "x = [2, 3, 4]") == ([], [])
