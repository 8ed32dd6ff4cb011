"""Each operation alone, on statements of every shape."""

from __future__ import annotations

import pytest

from lifeops_codemods.operation import (
    AddHandlers,
    AddParameter,
    AppendCall,
    AppendItem,
    InsertAfter,
    InsertBefore,
    RemoveArgument,
    RemoveStatement,
    ReplaceExpression,
    ReplaceStatement,
    Rewrite,
    SetArgument,
    SetDecoratorArgument,
    SetExceptHead,
    SetParameter,
    WrapStatements,
)
from lifeops_codemods.plan.style import Style

from .making import at, between, made, reasons, run

FOOTER = "except ValueError as e:\n    raise Bad() from e"


@pytest.mark.parametrize(
    ("before", "piece", "code", "after"),
    [
        ("x = a + b\n", "a", "c * d", "x = c * d + b\n"),
        ("x = a * b\n", "a", "c + d", "x = (c + d) * b\n"),
        ("x = a.b\n", "a", "await c", "x = (await c).b\n"),
        ("x = a\n", "a", "1, 2", "x = 1, 2\n"),
        ("f(a)\n", "a", "1, 2", "f((1, 2))\n"),
        ("f(a)\n", "a", "b if c else d", "f(b if c else d)\n"),
        ("f(*a)\n", "a", "b or c", "f(*(b or c))\n"),
        ("x = [y for y in a]\n", "a", "b if c else d", "x = [y for y in (b if c else d)]\n"),
        ("x = (a)\n", "a", "(b, c)", "x = (b, c)\n"),
        ("x = (1, 2)\n", "(1, 2)", "y", "x = y\n"),
        ("x = ((1, 2))\n", "(1, 2)", "y", "x = (y)\n"),
        ("x = list((y for y in z))\n", "(y for y in z)", "w", "x = list(w)\n"),
        ("not a\n", "a", "b and c", "not (b and c)\n"),
        ("x = a\n", "a", "b\n.c", "x = (b\n.c)\n"),
        ("x = 'q', a\n", "a", 'f("s")', "x = 'q', f('s')\n"),
        ("x: a = 1\n", "a", "list[b]", "x: list[b] = 1\n"),
        ("async def f():\n    return await a\n", "a", "b + c", "async def f():\n    return await (b + c)\n"),
    ],
)
def test_an_expression_is_replaced(before: str, piece: str, code: str, after: str) -> None:
    last = before.count(piece) - 1 if piece == "a" else 0
    assert made(before, at(ReplaceExpression, before, piece, last, code=code)) == after


@pytest.mark.parametrize(
    ("before", "piece", "after"),
    [
        ("x = a\n", "a", "x = a.m(1)\n"),
        ("x = f(a)(b)\n", "f(a)(b)", "x = f(a)(b).m(1)\n"),
        ("x = await a\n", "await a", "x = (await a).m(1)\n"),
        ("x = (await a)\n", "await a", "x = (await a).m(1)\n"),
        ("x = a + b\n", "a + b", "x = (a + b).m(1)\n"),
        ("x = 1\n", "1", "x = (1).m(1)\n"),
        ("x = ()\n", "()", "x = ().m(1)\n"),
        ("x = (\n    a\n    .b()\n    .c()  # c\n)\n", "a\n    .b()\n    .c()", None),
        (
            "f(\n    a\n    .b()\n    .c()\n)\n",
            "a\n    .b()\n    .c()",
            "f(\n    a\n    .b()\n    .c()\n    .m(1)\n)\n",
        ),
    ],
)
def test_a_call_is_appended(before: str, piece: str, after: str | None) -> None:
    after = after or "x = (\n    a\n    .b()\n    .c()  # c\n    .m(1)\n)\n"
    assert made(before, at(AppendCall, before, piece, before.count(piece) - 1, call="m(1)")) == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("f()", "f(new)"),
        ("f(a, *b)", "f(a, *b, new)"),
        ("f(\n    a,\n    b,  # b\n)", "f(\n    a,\n    b,  # b\n    new,\n)"),
        ("[]", "[new]"),
        ("[a, *b]", "[a, *b, new]"),
        ("[a,]", "[a, new,]"),
        ("[\n    a,\n    b,  # b\n]", "[\n    a,\n    b,  # b\n    new,\n]"),
        ("[\n    a,\n    b  # b\n]", "[\n    a,\n    b,  # b\n    new,\n]"),
        ("[\n    a, b\n]", "[\n    a, b, new\n]"),
        ("[  # c\n]", "[  # c\n    new,\n]"),
    ],
)
def test_an_item_is_appended(before: str, after: str) -> None:
    assert made(f"x = {before}\n", at(AppendItem, f"x = {before}\n", before, code="new")) == f"x = {after}\n"


@pytest.mark.parametrize("before", ["f(k=1)", "f(**a)", "{a}", "(a, b)"])
def test_an_item_is_not_appended_where_it_would_mean_something_else(before: str) -> None:
    text = f"x = {before}\n"
    assert run(text, at(AppendItem, text, before, code="new")).refused


def test_two_calls_are_appended_a_line_each() -> None:
    before = "x = (\n    a.b()\n    .c()  # c\n    # end\n)\n"
    operation = between(AppendCall, before, "a.b()", ".c()", call="m(1).n()")
    assert made(before, operation) == "x = (\n    a.b()\n    .c()  # c\n    # end\n    .m(1)\n    .n()\n)\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("f()\n", "f(k=v)\n"),
        ("f(a)\n", "f(a, k=v)\n"),
        ("f(a,)\n", "f(a, k=v,)\n"),
        ("f(a, k=1)\n", "f(a, k=v)\n"),
        ("f(k = 1, **b)\n", "f(k = v, **b)\n"),
        ("f(*a, **b)\n", "f(*a, **b, k=v)\n"),
        ("f(x for x in y)\n", "f((x for x in y), k=v)\n"),
        ("f(  # c\n)\n", "f(  # c\n    k=v,\n)\n"),
        ("f(\n    a,  # a\n    b,  # b\n)\n", "f(\n    a,  # a\n    b,  # b\n    k=v,\n)\n"),
        ("f(\n    a,\n    b  # b\n)\n", "f(\n    a,\n    b,  # b\n    k=v,\n)\n"),
        ("f(\n    a,  # a\n    # end\n)\n", "f(\n    a,  # a\n    # end\n    k=v,\n)\n"),
        ("f(\n    a, b\n)\n", "f(\n    a, b, k=v\n)\n"),
        ("f(\n    a\n)\n", "f(\n    a, k=v\n)\n"),
        ("f(a,\n  b)\n", "f(a,\n  b,\n  k=v)\n"),
        ("f(a, [\n    b,\n])\n", "f(a, [\n    b,\n], k=v)\n"),
        ("f(\n\ta,\n\tk=1,  # k\n)\n", "f(\n\ta,\n\tk=v,  # k\n)\n"),
        ("f(\r\n    a,\r\n)\r\n", "f(\r\n    a,\r\n    k=v,\r\n)\r\n"),
    ],
)
def test_an_argument_is_set(before: str, after: str) -> None:
    call = before.rstrip()
    assert made(before, at(SetArgument, before, call, name="k", value="v")) == after
    again = after.rstrip()
    assert made(after, at(SetArgument, after, again, name="k", value="v")) == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("f(k=1)\n", "f()\n"),
        ("f(a, k=1)\n", "f(a)\n"),
        ("f(k=1, b=2)\n", "f(b=2)\n"),
        ("f(a, k=1, b=2)\n", "f(a, b=2)\n"),
        ("f(a, k=1,)\n", "f(a,)\n"),
        ("f(\n    a,  # a\n    k=1,\n)\n", "f(\n    a,  # a\n)\n"),
        ("f(\n    a,  # a\n    k=1,  # k\n    b=2,  # b\n)\n", "f(\n    a,  # a\n    # k\n    b=2,  # b\n)\n"),
        ("f(\n    a,\n    # above\n    k=1\n)\n", "f(\n    a\n    # above\n)\n"),
        ("f(\n    k=1,  # k\n    b=2,\n)\n", "f(\n    # k\n    b=2,\n)\n"),
        ("f(\n    k=1,  # k\n)\n", "f(\n    # k\n)\n"),
    ],
)
def test_an_argument_is_removed(before: str, after: str) -> None:
    assert made(before, at(RemoveArgument, before, before.rstrip(), name="k")) == after


@pytest.mark.parametrize(
    ("before", "where", "after"),
    [
        ("def f(): pass\n", None, "def f(n: int = 0): pass\n"),
        ("def f(self): pass\n", None, "def f(self, n: int = 0): pass\n"),
        ("def f(a, b=1): pass\n", None, "def f(a, b=1, n: int = 0): pass\n"),
        ("def f(a, b=1): pass\n", "b", "def f(a, n: int = 0, b=1): pass\n"),
        ("def f(a, *, b): pass\n", None, "def f(a, *, b, n: int = 0): pass\n"),
        ("def f(a, *, b): pass\n", "b", "def f(a, *, n: int = 0, b): pass\n"),
        ("def f(*a): pass\n", None, "def f(*a, n: int = 0): pass\n"),
        ("def f(*a, **k): pass\n", None, "def f(*a, n: int = 0, **k): pass\n"),
        ("def f(a, /): pass\n", None, "def f(a, /, n: int = 0): pass\n"),
        ("def f(a, /, **k): pass\n", None, "def f(a, /, n: int = 0, **k): pass\n"),
        ("def f(**k): pass\n", None, "def f(n: int = 0, **k): pass\n"),
        (
            "def f(\n    a,  # a\n    b=1,  # b\n): pass\n",
            None,
            "def f(\n    a,  # a\n    b=1,  # b\n    n: int = 0,\n): pass\n",
        ),
        (
            "def f(\n    a,  # a\n    b=1,  # b\n): pass\n",
            "b",
            "def f(\n    a,  # a\n    n: int = 0,\n    b=1,  # b\n): pass\n",
        ),
        ("def f(  # c\n): pass\n", None, "def f(  # c\n    n: int = 0,\n): pass\n"),
        ("@d\n# c\nasync def f(a): pass\n", None, "@d\n# c\nasync def f(a, n: int = 0): pass\n"),
    ],
)
def test_a_parameter_is_added(before: str, where: str | None, after: str) -> None:
    assert made(before, at(AddParameter, before, before.rstrip(), code="n: int = 0", before=where)) == after


def test_a_parameter_without_default_goes_before_those_with_one() -> None:
    before = "def f(a, b=1, *c): pass\n"
    operation = at(AddParameter, before, before.rstrip(), code="n", before="b")
    assert made(before, operation) == "def f(a, n, b=1, *c): pass\n"
    plain = "def f(a, b=1): pass\n"
    assert made(plain, at(AddParameter, plain, plain.rstrip(), code="n")) == "def f(a, n, b=1): pass\n"


@pytest.mark.parametrize(
    ("before", "annotation", "default", "after"),
    [
        ("def f(p): pass\n", "", "Q(d='x')", "def f(p=Q(d='x')): pass\n"),
        ("def f(p=1): pass\n", "", "Q(1)", "def f(p=Q(1)): pass\n"),
        ("def f(p: int): pass\n", "", "Q()", "def f(p: int = Q()): pass\n"),
        ("def f(p:int=1): pass\n", "", "Q(1)", "def f(p:int=Q(1)): pass\n"),
        ("def f(p=1, *, q=2): pass\n", "int", "", "def f(p: int = 1, *, q=2): pass\n"),
        ("def f(a, *, p, q): pass\n", "A[int, Q()]", "", "def f(a, *, p: A[int, Q()], q): pass\n"),
        ("def f(p: int = 1): pass\n", "A[int, Q()]", "", "def f(p: A[int, Q()] = 1): pass\n"),
        (
            "async def f(\n    p,  # p\n    q=1,\n): pass\n",
            "int",
            "Q()",
            "async def f(\n    p: int = Q(),  # p\n    q=1,\n): pass\n",
        ),
        (
            "class A:\n\tdef f(self, p=None): pass\n",
            "int | None",
            "",
            "class A:\n\tdef f(self, p: int | None = None): pass\n",
        ),
    ],
)
def test_a_parameter_gets_an_annotation_and_a_default(before: str, annotation: str, default: str, after: str) -> None:
    operation = at(SetParameter, before, "p", annotation=annotation, default=default)
    assert made(before, operation) == after


def test_what_is_no_parameter_gets_no_default() -> None:
    text = "def f(*p): q = p\n"
    assert reasons(text, at(SetParameter, text, "q", default="1")) == ["there is no parameter at this place"]
    assert reasons(text, at(SetParameter, text, "p", default="1")) == ["a variadic parameter has no default"]


def test_a_parameter_that_is_there_is_refused() -> None:
    text = "def f(n): pass\n"
    assert reasons(text, at(AddParameter, text, text.rstrip(), code="n: int")) == [
        "the function has a parameter 'n' already"
    ]


@pytest.mark.parametrize(
    ("before", "piece", "after"),
    [
        ("@cache\ndef f(): pass\n", "cache", "@cache(k=v)\ndef f(): pass\n"),
        ("@r.get('/x')  # c\ndef f(): pass\n", "r.get('/x')", "@r.get('/x', k=v)  # c\ndef f(): pass\n"),
        (
            "@r.get(\n    '/x',  # x\n)\ndef f(): pass\n",
            "r.get(\n    '/x',  # x\n)",
            "@r.get(\n    '/x',  # x\n    k=v,\n)\ndef f(): pass\n",
        ),
    ],
)
def test_a_decorators_argument_is_set(before: str, piece: str, after: str) -> None:
    assert made(before, at(SetDecoratorArgument, before, piece, name="k", value="v")) == after


STATEMENTS = [
    ("s()\n", "{b}s()\n{a}"),
    ("# lead\ns()  # trail\n# next\n", "# lead\n{b}s()  # trail\n{a}# next\n"),
    ("def f():\n\t# lead\n\ts()  # trail\n\t# end\n", "def f():\n\t# lead\n\t{b}s()  # trail\n\t{a}\t# end\n"),
    ("def f():\r\n    s()\r\n", "def f():\r\n    {b}s()\r\n    {a}"),
    ("x(); s(); y()  # trail\n", "x()\n{b}s()\n{a}y()  # trail\n"),
    ("if x: s()  # trail\n", "if x:\n    {b}s()  # trail\n    {a}"),
    ("if x:\n    y()\nelif z: s()\nelse: w()\n", "if x:\n    y()\nelif z:\n    {b}s()\n    {a}else: w()\n"),
    ("class A:\n\n    s()\n\n    y = 1\n", "class A:\n\n    {b}s()\n    {a}\n    y = 1\n"),
    ("x = 1\n\fs()\n", "x = 1\n\f{b}s()\n{a}"),
    ("try:\n    s()\nexcept E:\n    pass\n", "try:\n    {b}s()\n    {a}except E:\n    pass\n"),
]


def _filled(template: str, before: str, after: str) -> str:
    """Put lines where the template has {b} and {a}, with the indent and the line ending that are there."""
    for mark, code in (("{b}", before), ("{a}", after)):
        head, _, tail = template.partition(mark)
        indent = head.rpartition("\n")[2].rpartition("\f")[2]
        newline = "\r\n" if "\r\n" in template else "\n"
        if not code:
            template = head.removesuffix(indent) + tail if mark == "{a}" else head + tail
        elif mark == "{b}":
            template = head + code + newline + indent + tail
        else:
            template = head + code + newline + tail
    return template


@pytest.mark.parametrize(("text", "template"), STATEMENTS)
def test_statements_are_inserted_before(text: str, template: str) -> None:
    assert made(text, at(InsertBefore, text, "s()", code="n()")) == _filled(template, "n()", "")


@pytest.mark.parametrize(("text", "template"), STATEMENTS)
def test_statements_are_inserted_after(text: str, template: str) -> None:
    assert made(text, at(InsertAfter, text, "s()", code="n()")) == _filled(template, "", "n()")


@pytest.mark.parametrize(("text", "template"), STATEMENTS)
def test_a_statement_is_wrapped(text: str, template: str) -> None:
    result = made(text, at(WrapStatements, text, "s()", header="try:", footer="finally:\n    t()"))
    unit = "\t" if "\t" in text else "    "
    line = next(line for line in result.split("\n") if "s()" in line)
    assert "try:" in result
    assert "finally:" in result
    assert line.startswith(unit)
    for comment in ("# lead", "# trail", "# next", "# end"):
        assert result.count(comment) == text.count(comment)
    assert result.count("\r\n") == (result.count("\n") if "\r\n" in text else 0)


def test_a_wrap_indents_what_it_holds_and_nothing_else() -> None:
    text = 'def f():\n    # lead\n    a = g(\n        1,  # one\n    )\n\n    b = """\n  raw\n"""\n    # end\n    c()\n'
    operation = between(WrapStatements, text, "a = g", '"""\n  raw\n"""', header="try:", footer=FOOTER)
    result = run(text, operation)
    assert result.text == (
        "def f():\n    # lead\n    try:\n        a = g(\n            1,  # one\n        )\n\n"
        '        b = """\n  raw\n"""\n'
        "    except ValueError as e:\n        raise Bad() from e\n    # end\n    c()\n"
    )
    assert all("a = g" not in change.text for change in result.changes)


def test_a_wrap_takes_the_comments_at_the_end_of_its_last_block_with_it() -> None:
    text = "if a:\n    b()\n    # still a\n# not a\nc()\n"
    operation = between(WrapStatements, text, "if a", "b()", header="with d:", footer="")
    assert made(text, operation) == "with d:\n    if a:\n        b()\n        # still a\n# not a\nc()\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("# lead\ns()  # trail\n# next\n", "# lead\nn(1)\nn(2)  # trail\n# next\n"),
        ("x(); s(); y()\n", "x()\nn(1)\nn(2)\ny()\n"),
        ("if x: s()\n", "if x:\n    n(1)\n    n(2)\n"),
        ("if x:\n\ts()\n", "if x:\n\tn(1)\n\tn(2)\n"),
    ],
)
def test_a_statement_is_replaced(before: str, after: str) -> None:
    assert made(before, at(ReplaceStatement, before, "s()", code="n(1)\nn(2)")) == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("# lead\ns()  # trail\n# next\n", "# lead\n# trail\n# next\n"),
        ("s()  # noqa: E501\nx()\n", "x()\n"),
        ("x(); s(); y()\n", "x()\ny()\n"),
        ("if x: s()\n", "if x:\n    pass\n"),
        ("if x:\n    # lead\n    s()\n", "if x:\n    # lead\n    pass\n"),
        ("if x:\n    s()\n    y()\n", "if x:\n    y()\n"),
        ("a()\n\ns()\n\nb()\n", "a()\n\nb()\n"),
        ("a()\ns()", "a()\n"),
        ("s()\n", ""),
    ],
)
def test_a_statement_is_removed(before: str, after: str) -> None:
    assert made(before, at(RemoveStatement, before, "s()")) == after


def test_a_comment_within_what_goes_is_not_lost() -> None:
    text = "x = f(\n    # why\n    a,\n)\n"
    assert reasons(text, between(RemoveStatement, text, "x", ")")) == ["a comment would be lost: # why"]
    assert reasons(text, between(ReplaceExpression, text, "f(", ")", code="g()")) == ["a comment would be lost: # why"]
    kept = between(ReplaceStatement, text, "x", ")", code="# why\nx = g()")
    assert made(text, kept) == "# why\nx = g()\n"


def test_an_elif_is_no_statement_of_its_own() -> None:
    text = "if a:\n    b()\nelif c:\n    d()\n"
    assert reasons(text, between(InsertBefore, text, "elif", "d()", code="n()")) == [
        "there is no statement of its own at this place"
    ]


def test_expressions_in_headers_and_after_backslashes() -> None:
    text = "if a:\n    b()\nelif c: d()\nx = y + \\\n    z  # z\n"
    assert made(text, at(ReplaceExpression, text, "c", code="f(1)")).startswith("if a:\n    b()\nelif f(1): d()\n")
    assert made(text, at(AppendCall, text, "z", call="m()")).endswith("x = y + \\\n    z.m()  # z\n")


def test_what_libcst_cannot_give_back_is_made_as_text_or_refused() -> None:
    text = "if c(x):\n    d()\n\x0celse:\n    g()\n"
    whole = between(WrapStatements, text, "if", "g()", header="while x:", footer="")
    assert reasons(text, whole) == ["LibCST does not give this statement back as it is"]
    replaced = at(ReplaceExpression, text, "x", code="h + i")
    assert made(text, replaced) == "if c((h + i)):\n    d()\n\x0celse:\n    g()\n"
    assert made(text, at(AppendCall, text, "c(x)", call="m()")).startswith("if c(x).m():\n")
    inner = "def f():\n    a()\n\x0c    b(c)\n"
    assert made(inner, at(InsertAfter, inner, "b(c)", code="n()")) == "def f():\n    a()\n\x0c    b(c)\n    n()\n"


def test_a_lone_carriage_return_at_the_end_stays() -> None:
    assert made("x = a\r", at(ReplaceExpression, "x = a\r", "a", code="b")) == "x = b\r"
    assert made("x = a", at(InsertAfter, "x = a", "x = a", code="b()")) == "x = a\nb()"


def test_a_rules_own_function_rewrites_its_region() -> None:
    text = "x = 1\ny = 2\n"
    good = at(Rewrite, text, "y = 2", function="textwrap:indent", data=())
    assert reasons(text, good)[0].startswith("textwrap:indent failed: TypeError")
    assert reasons(text, at(Rewrite, text, "y = 2", function="no_such_module:f", data=()))[0].startswith(
        "no_such_module:f"
    )


def test_long_calls_are_broken_as_a_formatter_does() -> None:
    text = "async def f():\n    result = await db.execute(select(User).where(User.name == name))\n"
    operation = at(AppendCall, text, "select(User).where(User.name == name)", call="options(selectinload(User.posts))")
    assert made(text, operation, style=Style(line_length=60)) == (
        "async def f():\n"
        "    result = await db.execute(\n"
        "        select(User)\n"
        "        .where(User.name == name)\n"
        "        .options(selectinload(User.posts))\n"
        "    )\n"
    )


def test_a_long_chain_gets_parentheses() -> None:
    text = "stmt = select(User).where(User.name == name)\n"
    operation = at(AppendCall, text, "select(User).where(User.name == name)", call="options(selectinload(User.posts))")
    assert made(text, operation, style=Style(line_length=60)) == (
        "stmt = (\n    select(User)\n    .where(User.name == name)\n    .options(selectinload(User.posts))\n)\n"
    )


def test_lines_of_an_expression_begin_where_they_stand() -> None:
    old = "{\n            1: a,\n        }"
    text = f"def f():\n    def g():\n        return {old}\n"
    new = "{\n            1: a,\n            2: b,\n        }"
    assert made(text, at(ReplaceExpression, text, old, code=new)) == text.replace(old, new)


def test_a_chain_in_parentheses_is_continued_within_them() -> None:
    chain = "select(User).where(User.name == name)"
    operation = at(AppendCall, f"stmt = (\n    {chain}\n)\n", chain, call="limit(9)")
    assert made(f"stmt = (\n    {chain}\n)\n", operation, style=Style(line_length=42)) == (
        "stmt = (\n    select(User)\n    .where(User.name == name)\n    .limit(9)\n)\n"
    )
    text = f"def f():\n    return ( {chain} )\n"
    assert made(text, at(AppendCall, text, chain, call="limit(9)")) == f"def f():\n    return ( {chain}.limit(9) )\n"
    text = f"rows[stmt] = ({chain})\n"
    assert made(text, at(AppendCall, text, chain, call="limit(9)")) == f"rows[stmt] = ({chain}).limit(9)\n"


def test_a_long_signature_gets_a_parameter_a_line() -> None:
    text = "def f(first: int, second: int, third: int):\n    pass\n"
    operation = between(AddParameter, text, "def", "pass", code="fourth: int = 4")
    assert made(text, operation, style=Style(line_length=50)) == (
        "def f(\n    first: int,\n    second: int,\n    third: int,\n    fourth: int = 4,\n):\n    pass\n"
    )
    assert made(text, operation, style=Style(line_length=59)) == (
        "def f(\n    first: int, second: int, third: int, fourth: int = 4\n):\n    pass\n"
    )


@pytest.mark.parametrize(
    ("before", "head", "code", "after"),
    [
        ("try: a()\nexcept: b()\n", "except", "except Exception", "try: a()\nexcept Exception: b()\n"),
        (
            "try:\n    a()\nexcept (A, B) :  # why\n    b()\n",
            "except (A, B)",
            "except (A, B) as e",
            "try:\n    a()\nexcept (A, B) as e :  # why\n    b()\n",
        ),
        ("try:\n    a()\nexcept A:\n    b()\n", "A", "except B", None),
        ("try:\n    a()\nexcept A:\n    b()\n", "except A", "B", None),
        ("try:\n    a()\nexcept (\n  A,  # c\n):\n    b()\n", "except (\n  A,  # c\n)", "except A", None),
    ],
)
def test_the_head_of_an_except_clause_is_set(before: str, head: str, code: str, after: str | None) -> None:
    operation = at(SetExceptHead, before, head, code=code)
    if after is None:
        assert reasons(before, operation) == ["there is no head of an `except` clause at this place"]
    else:
        assert made(before, operation) == after


def test_a_head_and_the_body_below_it_are_both_changed() -> None:
    before = "def f():\n    try:\n        a()\n    except A:\n        return 1\n"
    operations = (
        at(SetExceptHead, before, "except A", code="except A as e"),
        at(ReplaceStatement, before, "return 1", code="raise B from e"),
    )
    assert made(before, *operations) == before.replace("A:", "A as e:").replace("return 1", "raise B from e")


TRY = """\
def f():
    # why
    try:  # now
        a()
    except A:
        b()  # b
        # end of b
    except Exception:
        c()
    else:
        d()
"""
CLAUSE = "except V as e:\n    raise H from e"
NEW = "    except V as e:\n        raise H from e\n"


@pytest.mark.parametrize(
    ("before", "line"), [(None, "    else:\n"), (1, "    except Exception:\n"), (0, "    except A:\n")]
)
def test_clauses_are_added_to_a_try(before: int | None, line: str) -> None:
    operation = between(AddHandlers, TRY, "try:", "d()", code=CLAUSE, before=before)
    assert made(TRY, operation) == TRY.replace(line, NEW + line)


def test_a_clause_needs_a_try() -> None:
    operation = between(AddHandlers, TRY, "a()", "a()", code=CLAUSE)
    assert reasons(TRY, operation) == ["there is no `try` at this place"]
