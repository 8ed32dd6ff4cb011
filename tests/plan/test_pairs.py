"""Operations in pairs on one statement, and those that contradict each other."""

from __future__ import annotations

import ast
import itertools

import pytest

from lifeops_codemods.operation import (
    AddParameter,
    AppendCall,
    CreateFile,
    ImportName,
    InsertAfter,
    InsertBefore,
    InsertFirst,
    Operation,
    RemoveArgument,
    RemoveStatement,
    ReplaceExpression,
    ReplaceName,
    ReplaceStatement,
    SetArgument,
    SetDecoratorArgument,
    SetParameter,
    Span,
    WrapStatements,
)
from lifeops_codemods.plan.comments import comments
from lifeops_codemods.plan.style import Style

from .making import at, between, made, nowhere, reasons, run

SHAPES = {
    "plain": (
        "# lead\n@deco(a)  # deco\n# under deco\nasync def f(  # open\n    p,  # p\n    # last\n) -> int:  # head\n"
        "    # top\n    x = call(  # paren\n        one,  # one\n        two=2,  # two\n        # end\n    )  # trail\n"
        "    # between\n    return x  # out\n# below\ny = 1\n"
    ),
}
SHAPES["tabs"] = SHAPES["plain"].replace("    ", "\t")
SHAPES["crlf"] = SHAPES["plain"].replace("\n", "\r\n")
SHAPES["in a class"] = "class A:  # class\n" + "".join(f"    {line}\n" for line in SHAPES["plain"].splitlines())
SHAPES["under elif"] = (
    "if q: r()  # if\nelif s:  # elif\n" + SHAPES["in a class"].split("\n", 1)[1] + "else: t()  # else\n"
)
SHAPES["form feed"] = "a = 1\n\x0c\n" + SHAPES["plain"]
SHAPES["no end"] = SHAPES["plain"].rstrip()


def operations(text: str) -> dict[str, Operation]:
    call = text[text.index("call(") : text.index(")  # trail") + 1]
    function = text[text.index("@deco") : text.index("return x") + len("return x")]
    statement = text[text.index("x = call(") : text.index(")  # trail") + 1]
    parameter = text.index("p,  # p")
    return {
        "set parameter": SetParameter(span=Span(parameter, parameter + 1), expected="p", annotation="P", default="Q()"),
        "name": at(ReplaceName, text, "one", new="another"),
        "expression": at(ReplaceExpression, text, "2", code="g(2)"),
        "append": at(AppendCall, text, call, call="options(z)"),
        "set": at(SetArgument, text, call, name="new", value="1"),
        "remove argument": at(RemoveArgument, text, call, name="two"),
        "parameter": at(AddParameter, text, function, code="q: int = 0"),
        "decorator": at(SetDecoratorArgument, text, "deco(a)", name="k", value="1"),
        "before": at(InsertBefore, text, statement, code="before()"),
        "after": at(InsertAfter, text, statement, code="after()"),
        "first": at(InsertFirst, text, function, code="first()"),
        "wrap": at(WrapStatements, text, statement, header="try:", footer="finally:\n    done()"),
        "wrap function": at(WrapStatements, text, function, header="with w:", footer=""),
        "remove": at(RemoveStatement, text, "return x"),
        "replace": at(ReplaceStatement, text, "return x", code="return await y"),
    }


CONTRADICT = {("expression", "remove argument"), ("remove", "replace")}
MARKS = {
    "set parameter": "p: P = Q()",
    "name": "another",
    "expression": "g(2)",
    "append": ".options(z)",
    "set": "new=1",
    "parameter": "q: int = 0",
    "decorator": "k=1",
    "before": "before()",
    "after": "after()",
    "first": "first()",
    "wrap": "done()",
    "wrap function": "with w:",
    "replace": "return await y",
}


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("pair", list(itertools.combinations(operations(SHAPES["plain"]), 2)), ids="+".join)
def test_pairs_compose(shape: str, pair: tuple[str, str]) -> None:
    text = SHAPES[shape]
    both = [operations(text)[name] for name in pair]
    result = run(text, *both)
    if pair in CONTRADICT:
        assert [refusal.edit.operation for refusal in result.refused] == both
        return
    assert not result.refused, [refusal.reason for refusal in result.refused]
    assert run(text, *reversed(both)).text == result.text
    assert comments(result.text) == comments(text)
    for name in pair:
        assert result.text.count(MARKS.get(name, "")) == 1 or name not in MARKS
    ast.parse(result.text)
    if "\r\n" in text:
        assert result.text.count("\n") == result.text.count("\r\n")
    if "\t" in text:
        assert "    " not in result.text
    for change in result.changes:
        assert not any(line in change.text for line in ("# below", "y = 1", "# class", "# else"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a(1); b(2); c(3)  # t\n", "a(1)\nlog()\nb(3)\nc(3)  # t\n"),
        ("if x: b(2)  # t\n", "if x:\n    log()\n    b(3)  # t\n"),
        ("if x: y()\nelif z: b(2)  # t\nelse: w()\n", "if x: y()\nelif z:\n    log()\n    b(3)  # t\nelse: w()\n"),
        ("x = 1; \\\nb(2)  # t\n", "x = 1\nlog()\nb(3)  # t\n"),
        ("if x: \\\n    b(2)\n", "if x:\n    log()\n    b(3)\n"),
    ],
)
def test_statements_without_lines_of_their_own(text: str, expected: str) -> None:
    assert (
        made(text, at(InsertBefore, text, "b(2)", code="log()"), at(ReplaceExpression, text, "2", code="3")) == expected
    )


def test_only_the_operation_to_blame_is_refused() -> None:
    text = "if a:\n    b()\n    c(d)\n"
    good = at(InsertAfter, text, "b()", code="n()")
    bad = at(InsertBefore, text, "c(d)", code="n(")
    also_good = at(ReplaceExpression, text, "d", code="e")
    result = run(text, good, bad, also_good)
    assert result.text == "if a:\n    b()\n    n()\n    c(e)\n"
    assert [refusal.edit.operation for refusal in result.refused] == [bad]


def test_renamed_imports_are_put_in_order_after_all_else() -> None:
    text = "from m import Post, User\nfrom n import x\n\ny = User\n"
    names = [at(ReplaceName, text, "User", nth, new="AUser") for nth in range(2)]
    removed = at(ReplaceStatement, text, "from n import x", code="from n import z")
    imported = nowhere(ImportName, module="m", name="Case")
    expected = "from m import AUser, Case, Post\nfrom n import z\n\ny = AUser\n"
    assert made(text, *names, removed, imported, style=Style(sorts_imports=True)) == expected


def test_a_file_that_exists_is_not_created() -> None:
    assert reasons("x = 1\n", nowhere(CreateFile, text="y = 2\n")) == ["the file to create exists already"]


def test_nested_operations_all_arrive() -> None:
    text = "x = f(g(h(a)))\n"
    result = made(
        text,
        at(AppendCall, text, "f(g(h(a)))", call="one()"),
        at(SetArgument, text, "g(h(a))", name="k", value="v"),
        at(AppendCall, text, "h(a)", call="two()"),
        at(ReplaceName, text, "a", new="b"),
    )
    assert result == "x = f(g(h(b).two(), k=v)).one()\n"


def test_an_insertion_at_a_wraps_edge_stays_outside() -> None:
    text = "a()\nb()\n"
    wrap = between(WrapStatements, text, "a()", "b()", header="try:", footer="finally:\n    c()")
    outside = at(InsertBefore, text, "a()", code="x()"), at(InsertAfter, text, "b()", code="y()")
    assert made(text, wrap, *outside) == "x()\ntry:\n    a()\n    b()\nfinally:\n    c()\ny()\n"
    inside = at(InsertAfter, text, "a()", code="x()")
    assert made(text, wrap, inside) == "try:\n    a()\n    x()\n    b()\nfinally:\n    c()\n"


def test_wraps_nest() -> None:
    text = "a()\nb()\n"
    outer = between(WrapStatements, text, "a()", "b()", header="with c:", footer="")
    inner = at(WrapStatements, text, "b()", header="try:", footer="finally:\n    d()")
    expected = "with c:\n    a()\n    try:\n        b()\n    finally:\n        d()\n"
    assert made(text, outer, inner) == made(text, inner, outer) == expected


@pytest.mark.parametrize(
    "pair",
    [
        lambda t: (at(ReplaceExpression, t, "g(b, k=1)", code="x"), at(ReplaceExpression, t, "g(b, k=1)", code="y")),
        lambda t: (at(ReplaceExpression, t, "g(b, k=1)", code="x"), at(ReplaceName, t, "b", new="c")),
        lambda t: (at(ReplaceExpression, t, "g(b, k=1)", code="x"), at(AppendCall, t, "g(b, k=1)", call="y()")),
        lambda t: (at(RemoveStatement, t, "a = f(g(b, k=1))"), at(ReplaceName, t, "b", new="c")),
        lambda t: (at(SetArgument, t, "g(b, k=1)", name="k", value="2"), at(ReplaceExpression, t, "1", code="3")),
        lambda t: (at(SetArgument, t, "g(b, k=1)", name="k", value="2"), at(RemoveArgument, t, "g(b, k=1)", name="k")),
        lambda t: (
            at(WrapStatements, t, "a = f(g(b, k=1))", header="try:", footer="finally:\n    x()"),
            at(WrapStatements, t, "a = f(g(b, k=1))", header="with y:", footer=""),
        ),
        lambda t: (
            between(WrapStatements, t, "a =", "c()", header="try:", footer="finally:\n    x()"),
            between(WrapStatements, t, "c()", "d()", header="with y:", footer=""),
        ),
        lambda t: (at(RemoveStatement, t, "c()"), at(WrapStatements, t, "c()", header="with y:", footer="")),
    ],
)
def test_contradictions_name_both_sides(pair) -> None:  # type: ignore[no-untyped-def]
    text = "a = f(g(b, k=1))\nc()\nd()\n"
    one, other = pair(text)
    found = reasons(text, one, other)
    assert len(found) == 2
    assert type(other).__name__ in found[0]
    assert type(one).__name__ in found[1]
    assert run(text, one, other).text == text
