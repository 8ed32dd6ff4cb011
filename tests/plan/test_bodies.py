from __future__ import annotations

import pytest

from lifeops_codemods.operation import InsertFirst

from .making import between, made, reasons

CODE = "x = 1"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("class A:\n    y = 2\n", "class A:\n    x = 1\n    y = 2\n"),
        ('class A:\n    """d"""\n\n    y = 2\n', 'class A:\n    """d"""\n\n    x = 1\n    y = 2\n'),
        ('class A:\n    """d"""\n    y = 2\n', 'class A:\n    """d"""\n    x = 1\n    y = 2\n'),
        ('class A:\n    """d"""\n', 'class A:\n    """d"""\n\n    x = 1\n'),
        ('class A:\n    """d"""', 'class A:\n    """d"""\n\n    x = 1'),
        ('def a():\n    """d"""\n', 'def a():\n    """d"""\n    x = 1\n'),
        ("class A: pass\n", "class A:\n    x = 1\n"),
        ("class A: ...\n", "class A:\n    x = 1\n"),
        ("class A: pass  # why\n", "class A:\n    x = 1\n    pass  # why\n"),
        ("class A: y = 2; z = 3\n", "class A:\n    x = 1\n    y = 2; z = 3\n"),
        ("class A:\n    pass\n", "class A:\n    x = 1\n"),
        ("class A:\n    pass  # why\n", "class A:\n    x = 1\n    pass  # why\n"),
        (
            "class A:\n\n    # about y\n    # more\n    y = 2\n",
            "class A:\n\n    x = 1\n    # about y\n    # more\n    y = 2\n",
        ),
        ("class A:\n    def y(self): pass\n", "class A:\n    x = 1\n\n    def y(self): pass\n"),
        (
            "class A:  # c\n    @p\n    def y(self): pass\n",
            "class A:  # c\n    x = 1\n\n    @p\n    def y(self): pass\n",
        ),
        (
            "@d\n# c\nclass A(\n    B,\n    # z\n):\n    y = 2\n",
            "@d\n# c\nclass A(\n    B,\n    # z\n):\n    x = 1\n    y = 2\n",
        ),
        ("class A:\r\n\ty = 2\r\n", "class A:\r\n\tx = 1\r\n\ty = 2\r\n"),
        ('class A: """d"""\n', 'class A:\n    """d"""\n    x = 1\n'),
        ("if a:\n  class A: pass\n", "if a:\n  class A:\n    x = 1\n"),
        ("\fclass A:\n    y = 2\n", "\fclass A:\n    x = 1\n    y = 2\n"),
    ],
)
def test_the_top_of_a_body(before: str, after: str) -> None:
    first = next(word for word in ("@d", "class", "def") if word in before)
    text = before.rstrip("\r\n")
    last = text.partition("  # why")[0].rpartition("\n")[2].strip()
    operation = between(InsertFirst, before, first, last, code=CODE)
    assert made(before, operation) == after


def test_nested_code_gets_the_files_indent_and_quotes() -> None:
    before = "class A:\n\ty = 'a'\n\tz = 'b'\n"
    operation = between(InsertFirst, before, "class", "'b'", code='if a:\n    b = """\n  raw"""\n    c = "d"')
    assert made(before, operation) == (
        "class A:\n\tif a:\n\t\tb = \"\"\"\n  raw\"\"\"\n\t\tc = 'd'\n\ty = 'a'\n\tz = 'b'\n"
    )


def test_a_place_without_a_definition_is_refused() -> None:
    text = "x = 1\n"
    assert reasons(text, between(InsertFirst, text, "x", "1", code=CODE)) == [
        "there is no class or function at this place"
    ]
