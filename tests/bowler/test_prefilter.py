"""A file that a query changes is never left out by the words that it must hold."""

from __future__ import annotations

from pathlib import Path

import pytest
from bowler import Query

from lifeops_codemods.bowler.prefilter import can_match, needs
from lifeops_codemods.bowler.transform import Task, Transformer
from lifeops_codemods.facts.tokens import words

CODE = """
import a.b.c
from a.b import name, other
from name import x
@name
class name(Base, metaclass=Meta): ...
class Other(name):
    attribute = 1
    def method(self, argument=1): return self.attribute
    async def waits(self): await self.method(2)
def name(argument): name.attribute = name(argument).attribute
a.b.c.name(1)
name.method(argument=name)
value = 'text', 12, ...
"""
QUERIES = {
    "module": (Query().select_module("a.b"), True),
    "deeper module": (Query().select_module("a.b.d"), False),
    "class": (Query().select_class("name"), True),
    "subclass": (Query().select_subclass("name"), True),
    "attribute": (Query().select_attribute("attribute"), True),
    "method": (Query().select_method("method"), True),
    "function": (Query().select_function("name"), True),
    "variable": (Query().select_var("value"), True),
    "no such variable": (Query().select_var("values"), False),
    "root": (Query().select_root(), True),
    "alternatives": (Query().select("power< 'missing' any > | power< 'name' any+ >"), True),
    "repeated": (Query().select("classdef< 'class' any ['(' any* 'absent' any* ')'] any* >"), True),
    "not": (Query().select("funcdef< 'def' not 'absent' any* >"), True),
    "string": (Query().select("STRING"), True),
    "literal": (Query().select("\"'text'\""), True),
    "number": (Query().select("'12'"), True),
    "punctuation": (Query().select("'...'"), True),
    "both": (Query().select("import_from< 'from' 'name' 'import' 'missing' >"), False),
}


@pytest.mark.parametrize("name", QUERIES)
def test_what_matches_passes_and_what_lacks_a_word_does_not(name: str) -> None:
    query, expected = QUERIES[name]
    seen: list[object] = []
    query.modify(lambda node, capture, filename: seen.append(node))
    transformer = Transformer(query, {"print_function": True}, ())
    assert transformer(Task("a.py", CODE, "a.py")).error is None
    [pattern] = transformer.patterns
    passes = can_match(needs(pattern), words(CODE.encode()))
    assert passes is expected
    assert passes or not seen


def test_it_holds_on_real_code() -> None:
    files = sorted((Path(__file__).parents[2] / "fixtures/lifeops/services/api/app/services").glob("*.py"))
    for query in (Query().select_method("append"), Query().select_class("BaseService"), Query().select_module("app")):
        touched: set[str] = set()
        query.modify(lambda node, capture, filename, touched=touched: touched.add(filename))
        transformer = Transformer(query, {"print_function": True}, ())
        passing = set()
        for file in files:
            text = file.read_text(encoding="utf-8")
            transformer(Task(file.name, text, file.name))
            if can_match(needs(transformer.patterns[0]), words(text.encode())):
                passing.add(file.name)
        assert touched
        assert touched <= passing < {file.name for file in files}
