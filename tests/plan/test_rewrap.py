"""Lines that a longer name made too long: ruff's own formatter says how they must look."""

from __future__ import annotations

import ast
import importlib.util
import io
import re
import time
import tokenize
from pathlib import Path

import pytest

from lifeops_codemods.operation import ReplaceName, Span
from lifeops_codemods.plan.comments import comments
from lifeops_codemods.plan.document import Document
from lifeops_codemods.plan.style import Formatter, Style

from .formatting import SHAPES, formatted
from .making import made, run

OLD, NEW = "Member", "MemberModelDB"
WIDTHS = range(40, 100, 3)


def renames(text: str) -> list[ReplaceName]:
    found = re.finditer(rf"\b{OLD}\b", text)
    return [ReplaceName(span=Span(*match.span()), expected=OLD, new=NEW) for match in found]


@pytest.mark.parametrize("width", WIDTHS)
def test_formatted_code_stays_formatted(tmp_path: Path, width: int) -> None:
    style = Style(line_length=width, formatter="ruff")
    before = formatted(tmp_path / "before", SHAPES, width)
    after = [made(text, *renames(text), style=style) for text in before]
    wanted = formatted(tmp_path / "after", after, width)
    assert after == wanted


@pytest.mark.parametrize("width", [60, 79, 88])
def test_once_is_enough(tmp_path: Path, width: int) -> None:
    """What is laid out is what the layout expects: the next rename finds it in order."""
    style = Style(line_length=width, formatter="ruff")
    before = formatted(tmp_path / "before", SHAPES, width)
    once = [made(text, *renames(text), style=style) for text in before]
    for text in once:
        again = [ReplaceName(span=Span(*match.span()), expected=NEW, new=NEW) for match in re.finditer(NEW, text)]
        assert made(text, *again, style=style) == text


BLACK = [
    (
        "assert isinstance(member, Member), f'expected a member and got {member}'\n",
        "assert isinstance(\n    member, MemberModelDB\n), f'expected a member and got {member}'\n",
    ),
    (
        "add(one, member=Member if flag else None, other=another_one, number=12)\n",
        "add(\n    one,\n    member=MemberModelDB if flag else None,\n    other=another_one,\n    number=12,\n)\n",
    ),
    (
        "first, second = Member(name=one), Member(name=second, team=the_team_of_it)\n",
        "first, second = MemberModelDB(name=one), MemberModelDB(\n    name=second, team=the_team_of_it\n)\n",
    ),
]


@pytest.mark.parametrize(("before", "after"), BLACK)
def test_black_differs_from_ruff_in_places(before: str, after: str) -> None:
    assert made(before, *renames(before), style=Style(line_length=76, formatter="black")) == after


LEFT = {
    "a comment that speaks to a tool about its line": "x = call(Member, first_argument, second)  # type: ignore\n",
    "nothing to break": "it = Member.the_first_name_of_the_longest_member\n",
    "not as a formatter has it": "value = call(Member,\n             the_second_argument_of_the, third_argument)\n",
    "a comment between": "value = call(\n    # why\n    Member.first_name, Member.last_name, number\n)\n",
    "a string of several lines": 'value = call(Member, """\n""", Member.first_name, Member.last_name)\n',
    "statements on one line": "x = 1; value = call(Member, first_argument, second_argument)\n",
    "a block on the same line": "if call(Member, first_argument, second_argument): x = 1\n",
    "a backslash": "value = call(Member) + \\\n    call(Member, first_argument, second_argument) + 1\n",
    "formatting is off": "# fmt: off\nvalue = call(Member, first_argument, second_argument)\n",
}


@pytest.mark.parametrize("text", LEFT.values(), ids=LEFT)
def test_what_is_not_known_is_left(text: str) -> None:
    style = Style(line_length=max(map(len, text.split("\n"))), formatter="ruff")
    assert made(text, *renames(text), style=style) == text.replace(OLD, NEW)


def test_without_a_formatter_lines_stay() -> None:
    text = f"value = call({OLD}, {'x' * 60}, 12)\n"
    assert made(text, *renames(text), style=Style(line_length=88)) == text.replace(OLD, NEW)


def test_a_line_that_was_too_long_stays() -> None:
    text = f"value = call({OLD}, {'x' * 80}, 12)\n"
    assert made(text, *renames(text), style=Style(formatter="ruff")) == text.replace(OLD, NEW)


@pytest.mark.parametrize("newline", ["\r\n", "\r"])
def test_line_endings_are_the_files_own(newline: str) -> None:
    text = f"def f():{newline}\treturn call({OLD}, {'x' * 58}, 12){newline}"
    after = f"def f():{newline}\treturn call({newline}\t\t{NEW}, {'x' * 58}, 12{newline}\t){newline}"
    assert made(text, *renames(text), style=Style(formatter="ruff")) == after


def test_changes_stay_small() -> None:
    """Names that no line break moved are still changes of one name."""
    text = "".join(f"value = call({OLD}, {'x' * 60}, {OLD}.name)\n" for _ in range(3))
    changes = run(text, *renames(text), style=Style(formatter="ruff")).changes
    assert all(change.end - change.start <= len(OLD) + 2 for change in changes)


MODULES = ("argparse", "dataclasses", "inspect", "json.decoder", "logging.config", "pathlib", "subprocess", "typing")


@pytest.mark.parametrize("formatter", ["black", "ruff"])
@pytest.mark.parametrize("module", MODULES)
def test_other_peoples_code_means_the_same(module: str, formatter: Formatter) -> None:
    """Longer names throughout a module of the standard library, at its own width and a smaller one."""
    spec = importlib.util.find_spec(module)
    assert spec is not None
    assert spec.origin is not None
    text = Path(spec.origin).read_text(encoding="utf-8")
    names = [token for token in tokenize.generate_tokens(io.StringIO(text).readline) if token.string in ("self", "cls")]
    starts = Document(text).line_starts
    spans = [Span(starts[t.start[0] - 1] + t.start[1], starts[t.start[0] - 1] + t.end[1]) for t in names]
    operations = [
        ReplaceName(span=span, expected=text[span.start : span.end], new=text[span.start : span.end] + "_of_this")
        for span in spans
    ]
    plain = made(text, *operations)
    for width in (50, 79):
        wrapped = made(text, *operations, style=Style(line_length=width, formatter=formatter))
        assert wrapped != plain
        assert ast.dump(ast.parse(wrapped)) == ast.dump(ast.parse(plain))
        assert comments(wrapped) == comments(plain)


def test_long_statements_are_quick() -> None:
    items = "".join(f"    {OLD}(name='the name of the member', number={number}, team=none),\n" for number in range(400))
    text = f"members = [\n{items}]\n"
    start = time.process_time()
    after = made(text, *renames(text), style=Style(line_length=70, formatter="ruff"))
    assert after.count("\n") > text.count("\n") * 2
    assert time.process_time() - start < 3
