"""Imports added, freed and put in order; ruff's own sorter is asked where the project sorts its imports."""

from __future__ import annotations

import random
import re
import subprocess
import sys

import pytest

from lifeops_codemods.operation import FreeName, ImportName, ReplaceName, Span
from lifeops_codemods.plan.comments import comments
from lifeops_codemods.plan.style import Style

from .making import made, nowhere, reasons

SORTED = Style(sorts_imports=True)
HEAD = (
    '"""doc"""\n\nfrom __future__ import annotations\n\nimport os\nfrom typing import Any, TypeVar\n\n'
    "from fastapi import (\n    APIRouter,  # r\n    # about d\n    Depends,\n)\nfrom sqlalchemy import select\n"
    "from sqlalchemy.orm import \\\n    Session, relationship\n\nfrom . import x\nfrom .a import B\n\n"
    "try:\n    from z import Z\nexcept ImportError:\n    Z = None\n\n\ndef f(): pass\n"
)


def added(text: str, module: str, name: str | None, style: Style | None = None, **fields: object) -> str:
    result = made(text, nowhere(ImportName, module=module, name=name, **fields), style=style)
    assert made(result, nowhere(ImportName, module=module, name=name, **fields), style=style) == result
    return result


def freed(text: str, name: str) -> str:
    return made(text, nowhere(FreeName, name=name))


def is_sorted(text: str, *settings: str) -> bool:
    options = [option for setting in settings for option in ("--config", setting)]
    command = [sys.executable, "-m", "ruff", "check", "--isolated", "--select", "I", "--quiet", *options, "-"]
    return subprocess.run(command, input=text, text=True, capture_output=True, timeout=60, check=False).returncode == 0


@pytest.mark.parametrize(
    ("module", "name", "old", "new"),
    [
        ("fastapi", "HTTPException", "    Depends,\n", "    Depends,\n    HTTPException,\n"),
        ("fastapi", "ABC", "    APIRouter,  # r\n", "    ABC,\n    APIRouter,  # r\n"),
        ("fastapi", "Body", "    # about d\n", "    Body,\n    # about d\n"),
        ("sqlalchemy.orm", "selectinload", "Session, relationship", "Session, relationship, selectinload"),
        ("typing", "Optional", "Any, TypeVar", "Any, Optional, TypeVar"),
        ("asyncio", None, "import os\n", "import asyncio\nimport os\n"),
        ("collections", "abc", "from typing", "from collections import abc\nfrom typing"),
        ("pydantic", "X", "from sqlalchemy import", "from pydantic import X\nfrom sqlalchemy import"),
        (".a", "C", "from .a import B", "from .a import B, C"),
        ("..b", "C", "from . import x", "from ..b import C\nfrom . import x"),
        ("z", "Z", "", ""),
        ("os", None, "", ""),
    ],
)
def test_a_name_is_imported_where_it_belongs(module: str, name: str | None, old: str, new: str) -> None:
    assert added(HEAD, module, name) == HEAD.replace(old, new, 1)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", "from a import b\n"),
        ("def f(): pass\n", "from a import b\n\n\ndef f(): pass\n"),
        ("#!x\n# license\n\nx = 1\n", "#!x\n# license\n\nfrom a import b\n\nx = 1\n"),
        ("#!x\nx = 1\n", "#!x\n\nfrom a import b\n\nx = 1\n"),
        ('"""d"""\nx = 1\n', '"""d"""\n\nfrom a import b\n\nx = 1\n'),
        ('"""d"""\n\n\ndef f(): pass\n', '"""d"""\n\nfrom a import b\n\n\ndef f(): pass\n'),
        (
            "from __future__ import annotations\n\nx = 1\n",
            "from __future__ import annotations\n\nfrom a import b\n\nx = 1\n",
        ),
        ("import os\r\n\r\nx = 1\r\n", "import os\r\n\r\nfrom a import b\r\n\r\nx = 1\r\n"),
        ("from a import c as b2, d\n", "from a import b, c as b2, d\n"),
        ("from a import *\n", "from a import *\nfrom a import b\n"),
        ("from a import (c, d)  # e\n", "from a import (b, c, d)  # e\n"),
        ("from a import (\n    c, d,\n)\n", "from a import (\n    b, c, d,\n)\n"),
        ("from a import z, y\n", "from a import z, y, b\n"),
        ("def f():\n    from a import c\n", "from a import b\n\n\ndef f():\n    from a import c\n"),
        ("import c; import d\n", "from a import b\n\nimport c; import d\n"),
    ],
)
def test_an_import_in_any_file(before: str, after: str) -> None:
    assert added(before, "a", "b") == after


def test_an_import_for_annotations_makes_and_uses_its_block() -> None:
    text = "import os\nfrom typing import Any\n\nx = 1\n"
    first = added(text, "app.models", "User", type_checking=True)
    assert first == (
        "import os\nfrom typing import TYPE_CHECKING, Any\n\n"
        "if TYPE_CHECKING:\n    from app.models import User\n\nx = 1\n"
    )
    second = added(first, "app.models", "Post", type_checking=True)
    assert "    from app.models import Post, User\n" in second
    assert "    from app.core import C\n    from app.models" in added(second, "app.core", "C", type_checking=True)
    assert "if TYPE_CHECKING:\n    import a\n    from b import B\n" in added(
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING: import a\n", "b", "B", type_checking=True
    )


def test_a_name_that_means_something_else_is_refused() -> None:
    assert reasons("b = 1\n", nowhere(ImportName, module="a", name="b")) == ["line 1 binds 'b' to something else"]
    assert added("b = 1\n", "a", "b", alias="c") == "from a import b as c\n\nb = 1\n"


def test_a_long_import_is_exploded() -> None:
    text = f"from {'a' * 30} import {'b' * 25}, {'d' * 20}\n"
    assert added(text, "a" * 30, "c") == f"from {'a' * 30} import (\n    {'b' * 25},\n    c,\n    {'d' * 20},\n)\n"


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("Depends", "    Depends,\n", ""),
        ("APIRouter", "    APIRouter,  # r\n", "    # r\n"),
        ("os", "import os\n", ""),
        ("Any", "Any, ", ""),
        ("TypeVar", ", TypeVar", ""),
        ("select", "from sqlalchemy import select\n", ""),
        ("relationship", ", relationship", ""),
        ("Z", "", ""),
        ("missing", "", ""),
    ],
)
def test_an_unused_import_goes(name: str, old: str, new: str) -> None:
    assert freed(HEAD, name) == HEAD.replace(old, new, 1)


@pytest.mark.parametrize(
    "use",
    [
        "x = User\n",
        "x: 'list[User]'\n",
        "__all__ = ['User']\n",
        "def f():\n    x = []  # type: list[User]\n",
        "x = cast('User | None', y)\n",
        "def f():\n    global User\n",
    ],
)
def test_an_import_in_use_stays(use: str) -> None:
    text = f"from m import Post, User\n\n{use}"
    assert freed(text, "User") == text


@pytest.mark.parametrize(
    "text",
    [
        "from m import User as User\n",
        "from m import User  # noqa: F401\n",
        "from m import (\n    A,\n    User,  # noqa\n)\n",
        "try:\n    from m import User\nexcept ImportError:\n    pass\n",
        "if x:\n    from m import User\n",
        "from m import *\n",
    ],
)
def test_an_import_that_is_meant_stays(text: str) -> None:
    assert freed(text, "User") == text


def test_a_docstring_is_no_use() -> None:
    assert freed('"""User"""\nfrom m import A, User\n', "User") == '"""User"""\nfrom m import A\n'


def test_the_block_for_annotations_goes_with_its_last_import() -> None:
    text = "from typing import TYPE_CHECKING\n\nif TYPE_CHECKING:\n    from a import B\n\nx = 1\n"
    assert freed(text, "B") == "x = 1\n"


def test_what_another_edit_frees_goes_and_what_it_uses_stays() -> None:
    text = "from m import Post, User\n\nx = User\n"
    start = text.rindex("User")
    rename = ReplaceName(span=Span(start, start + 4), expected="User", new="Post")
    free = nowhere(FreeName, name="User"), nowhere(FreeName, name="Post")
    assert made(text, rename, *free) == "from m import Post\n\nx = Post\n"


def renamed(text: str, style: Style = SORTED, **names: str) -> str:
    operations = [
        ReplaceName(span=Span(*match.span()), expected=match[0], new=names[match[0]])
        for match in re.finditer(rf"\b({'|'.join(names)})\b", text)
    ]
    return made(text, *operations, style=style)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("from m import Post, User\n", "from m import AUser, Post\n"),
        ("from m import (Post, User)\n", "from m import (AUser, Post)\n"),
        ("from m import Post, User  # c\n", "from m import AUser, Post  # c\n"),
        ("from m import Post, \\\n    User\n", "from m import AUser, \\\n    Post\n"),
        (
            "from m import (\n    Post,  # p\n    # above\n    User,  # u\n)\n",
            "from m import (\n    # above\n    AUser,  # u\n    Post,  # p\n)\n",
        ),
        ("from m import (\n    Post,\n    User\n)\n", "from m import (\n    AUser,\n    Post\n)\n"),
        ("from m import User, Post\n", "from m import AUser, Post\n"),
        ("from m import Post, User, Case\n", "from m import Post, AUser, Case\n"),
        ("from m import (Post,  # p\n    User)\n", "from m import (Post,  # p\n    AUser)\n"),
        (
            "from m import (\n    Post,\n    User,\n    # end\n)\n",
            "from m import (\n    Post,\n    AUser,\n    # end\n)\n",
        ),
        ("def f():\n    from m import Post, User\n", "def f():\n    from m import AUser, Post\n"),
        ("from m import Post as P\nfrom m import User as U\n", "from m import AUser as U\nfrom m import Post as P\n"),
    ],
)
def test_a_rename_keeps_a_sorted_list_sorted(before: str, after: str) -> None:
    assert renamed(before, User="AUser") == after


def test_statements_a_name_each_stay_in_order() -> None:
    text = "from m import Post\nfrom m import User  # u\nfrom n import A\n"
    assert renamed(text, Style(sorts_imports=True, force_single_line=True), User="AUser") == (
        "from m import AUser  # u\nfrom m import Post\nfrom n import A\n"
    )


def test_a_file_with_a_statement_a_name_gets_one_more() -> None:
    text = "from fastapi import Depends\nfrom fastapi import status\nfrom typing import Any\n"
    assert added(text, "fastapi", "Query") == (
        "from fastapi import Depends\nfrom fastapi import Query\nfrom fastapi import status\nfrom typing import Any\n"
    )
    assert "from typing import Any\nfrom typing import Optional\n" in added(text, "typing", "Optional")
    assert "from typing import Any, Optional\n" in added(f"{text}from m import a, b\n", "typing", "Optional")


def test_two_names_that_become_one_are_imported_once() -> None:
    assert renamed("from m import Post, User\n", User="Post") == "from m import Post\n"


@pytest.mark.parametrize("comment", ["", "  # noqa: F401", "  # why"])
@pytest.mark.parametrize("members", ["User", "Post, User"])
def test_a_line_that_became_too_long_is_exploded_as_ruff_does(members: str, comment: str) -> None:
    text = f"from {'m' * 20} import {members}{comment}\n"
    new = "U" + "x" * 50
    assert is_sorted(text)
    result = renamed(text, User=new)
    assert is_sorted(result)
    assert comments(result) == comments(text)


NAMES = [
    "User",
    "Post",
    "post",
    "MAX",
    "A1",
    "A10",
    "A2",
    "_x",
    "_Y",
    "_MAX",
    "a_b",
    "aB",
    "X",
    "x",
    "HTTPError",
    "url2",
]


@pytest.mark.parametrize("seed", range(12))
def test_ruff_agrees_with_the_order_after_any_rename(seed: int) -> None:
    rng = random.Random(seed)
    chosen = rng.sample(NAMES, 6)
    settings = {"order-by-type": rng.random() < 0.7, "case-sensitive": rng.random() < 0.3}
    options = [f"lint.isort.{name}={str(value).lower()}" for name, value in settings.items()]
    style = Style(
        sorts_imports=True, order_by_type=settings["order-by-type"], case_sensitive=settings["case-sensitive"]
    )
    lines = [f"    {name},{f'  # {index}' if rng.random() < 0.5 else ''}" for index, name in enumerate(chosen)]
    text = "from m import (\n" + "\n".join(lines) + "\n)\n"
    if seed % 2:
        text = f"from m import {', '.join(chosen)}\n"
    fixed = subprocess.run(
        [sys.executable, "-m", "ruff", "check", "--isolated", "--select", "I", "--fix-only", "--quiet",
         *[part for option in options for part in ("--config", option)], "-"],
        input=text, text=True, capture_output=True, timeout=60, check=True,
    ).stdout  # fmt: skip
    old, other = rng.sample(chosen, 2)
    result = renamed(fixed, style, **{old: rng.choice(["Zed", "alpha", "BETA"]), other: f"{other}DB"})
    assert is_sorted(result, *options), result
    assert comments(result) == comments(fixed)
