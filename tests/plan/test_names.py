from __future__ import annotations

import re
import subprocess
import sys
import time

from lifeops_codemods.operation import InsertFirst, ReplaceName, Span
from lifeops_codemods.plan.style import Style

from .making import at, between, made, reasons, run

MODEL = (
    'from m import User\n\n\nclass User(Base):\n    """A user."""\n\n    id = 1  # User\n\n\nx: "list[User]" = User\n'
)


def renames(text: str, old: str, new: str) -> list[ReplaceName]:
    return [ReplaceName(span=Span(*match.span()), expected=old, new=new) for match in re.finditer(rf"\b{old}\b", text)]


def test_names_are_replaced_in_code_and_strings() -> None:
    assert made(MODEL, *renames(MODEL, "User", "UserDB")) == re.sub(r"\bUser\b", "UserDB", MODEL)


def test_each_change_is_one_token() -> None:
    changes = run(MODEL, *renames(MODEL, "User", "UserDB")).changes
    assert {(change.end - change.start, change.text) for change in changes} == {(4, "UserDB")}


def test_another_text_at_the_place_is_refused() -> None:
    (reason,) = reasons(MODEL, ReplaceName(span=Span(0, 4), expected="User", new="UserDB"))
    assert "is not 'User'" in reason


def test_what_is_no_name_is_refused() -> None:
    assert reasons(MODEL, at(ReplaceName, MODEL, "User", new="class")) == ["'class' is no name"]


def test_a_file_that_does_not_parse_is_refused_whole() -> None:
    (reason,) = reasons("class User(:\n", at(ReplaceName, "class User(:\n", "User", new="UserDB"))
    assert reason.startswith("the result does not parse")


def test_equal_edits_are_made_once() -> None:
    operation = at(ReplaceName, MODEL, "User", new="UserDB")
    assert made(MODEL, operation, operation).startswith("from m import UserDB\n")


def test_two_names_for_one_place_are_refused_on_both_sides() -> None:
    one, other = at(ReplaceName, MODEL, "User", new="UserDB"), at(ReplaceName, MODEL, "User", new="UserORM")
    assert ["contradicts some-rule" in reason for reason in reasons(MODEL, one, other)] == [True, True]


def test_names_and_tops_of_bodies_need_no_libcst() -> None:
    program = (
        "import sys\n"
        "from lifeops_codemods.operation import *\n"
        "from lifeops_codemods.plan.rewriting import rewrite\n"
        "from lifeops_codemods.plan.style import Style\n"
        "from lifeops_codemods.rule import Edit\n"
        "text = 'from m import B, User\\n\\nclass A(User):\\n    x = 1\\n'\n"
        "ops = [ReplaceName(span=Span(17, 21), expected='User', new='AUser'),\n"
        "       ReplaceName(span=Span(31, 35), expected='User', new='AUser'),\n"
        "       InsertFirst(span=Span(23, 47), expected=text[23:47], code='y = 2')]\n"
        "edits = [Edit(rule='r', path='p', operation=op, message='m', unit='u') for op in ops]\n"
        "result = rewrite(text, edits, Style(sorts_imports=True))\n"
        "assert not result.refused, result\n"
        "assert result.text.startswith('from m import AUser, B'), result\n"
        "assert 'libcst' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True, timeout=60)


def test_hundreds_of_names_are_quick() -> None:
    text = "".join(f"def f{number}(x: User) -> User:\n    return User(x)\n" for number in range(300))
    operations = renames(text, "User", "UserDB")
    start = time.process_time()
    made(text, *operations)
    assert time.process_time() - start < 0.5
    assert len(operations) == 900


def test_a_name_within_what_another_edit_inserts_around() -> None:
    text = "class User(Base):\n    id = 1\n"
    top = between(InsertFirst, text, "class", "id = 1", code="__tablename__ = 'user'")
    assert made(text, top, *renames(text, "User", "UserDB")) == (
        "class UserDB(Base):\n    __tablename__ = 'user'\n    id = 1\n"
    )


def test_imports_stay_in_order_only_where_they_are_sorted() -> None:
    text = "from m import Post, User\n"
    operation = at(ReplaceName, text, "User", new="AUser")
    assert made(text, operation) == "from m import Post, AUser\n"
    assert made(text, operation, style=Style(sorts_imports=True)) == "from m import AUser, Post\n"
