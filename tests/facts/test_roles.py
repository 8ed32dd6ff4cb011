"""What a string is there for, and other facts that only their place tells."""

from __future__ import annotations

import pytest

from lifeops_codemods.facts.collect import collect
from lifeops_codemods.facts.model import FileFacts, Flags
from lifeops_codemods.facts.tokens import words


def facts(text: str) -> FileFacts:
    return FileFacts(collect(text))


ROLES = [
    ("x: 'A'", "annotation", ()),
    ("x: list['A'] = 1", "annotation", ()),
    ("def f(x: 'A'): pass", "annotation", ()),
    ("def f() -> 'A': pass", "annotation", ()),
    ("x: TypeAlias = 'A'", "annotation", ()),
    ("x: Annotated['A', 1]", "annotation", ()),
    ("x: Annotated[int, 'A']", "other", ()),
    ("x: Literal['A']", "other", ()),
    ("x: Annotated[int, f('A')]", "argument", (0, 0)),
    ("x: int = 'A'", "other", ()),
    ("def f(x='A'): pass", "other", ()),
    ("f('A')", "argument", (0, 0)),
    ("f(1, k='A')", "argument", (0, "k")),
    ("f(k={'a': 1, 'b': ['A']})", "argument", (0, "k", "b")),
    ("f(g('A'))", "argument", (1, 0)),
    ("f(['A'])", "argument", (0, 0)),
    ("x['A']", "subscript", ("x",)),
    ("a.b()['A']", "subscript", ("", "")),
    ("x.__name__ == 'A'", "compare", ("__name__",)),
    ("'A' in x.names", "compare", ("names",)),
    ("x == ['A']", "compare", ("x",)),
    ("__all__ = ['A']", "all", ()),
    ("__all__: list[str] = ['A']", "all", ()),
    ("__all__ += ['A']", "all", ()),
    ("__all__.append('A')", "all", ()),
    ("__all__.extend(['A'])", "all", ()),
    ("{'A': 1}", "key", ()),
    ("'A'", "doc", ()),
    ("def f():\n    'A'", "doc", ()),
    ("x = 'A'", "other", ()),
    ("return_ = ('A',)", "other", ()),
]


@pytest.mark.parametrize(("text", "role", "context"), ROLES)
def test_roles(text: str, role: str, context: tuple[object, ...]) -> None:
    found = [(row.role, row.context) for row in facts(text).strings if row.value == "A"]
    if context == ("", ""):
        assert [one for one, _ in found] == [role]
    else:
        assert found == [(role, context)]


def test_what_stands_under_type_checking_or_a_condition_says_so() -> None:
    text = "if TYPE_CHECKING:\n    from a import b\nelse:\n    from a import c\nfrom a import d\n"
    flags = {row.bound: row.flags for row in facts(text).imports}
    assert flags == {"b": Flags.TYPE_CHECKING, "c": Flags.CONDITIONAL, "d": Flags.NONE}


@pytest.mark.parametrize(
    "text", ["try:\n    import a\nexcept E:\n    pass", "for x in y:\n    import a", "if x:\n    import a"]
)
def test_conditional_imports(text: str) -> None:
    (row,) = facts(text).imports
    assert row.flags == Flags.CONDITIONAL


def test_a_global_declaration_binds_in_the_module() -> None:
    rows = facts("def f():\n    global x\n    x = 1\n").bound[0, "x"]
    assert [row.kind for row in rows] == ["assign"]


def test_a_nonlocal_declaration_binds_in_the_function_around() -> None:
    text = "def f():\n x = 0\n class A:\n  x = 1\n  def g(self):\n   nonlocal x\n   x = 2\n"
    found = facts(text)
    (function,) = (index for index, row in enumerate(found.scopes) if row.name == "f")
    assert len(found.bound[function, "x"]) == 2


def test_words_are_runs_of_identifier_characters_in_code_strings_and_comments() -> None:
    data = "a.b='c d'#e-f\néx1_".encode()
    assert words(data) == {b"a", b"b", b"c", b"d", b"e", b"f", "éx1_".encode()}


def test_decorated_definitions_start_at_their_first_decorator() -> None:
    text = "x = 1\n@a(b)  # c\n@d\nclass E: pass\n"
    (row,) = facts(text).classes
    assert text[slice(*row.definition)] == "@a(b)  # c\n@d\nclass E: pass"


@pytest.mark.parametrize("text", ["class ﬁsh: pass", "def ﬁsh(): pass"])
def test_an_identifier_that_python_normalises_is_read(text: str) -> None:
    assert facts(text).bindings[0].name == "fish"


def test_an_at_sign_in_a_comment_begins_no_decorator() -> None:
    text = "@(\n # @ b\n a)\ndef f(): pass"
    assert facts(text).functions[0].definition[0] == 0
