"""The table's name that a function computes, against what Python itself computes for the same function.

The spellings are those of public repositories, shortened. They are this test's own text, so it may run them.
"""

from __future__ import annotations

import ast
import runpy
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lifeops_codemods.project.naming import (
    External,
    Located,
    Unknown,
    evaluate,
    evaluate_assignment,
    evaluate_expression,
)

if TYPE_CHECKING:
    from lifeops_codemods.project.naming import Lookup

CLASS_NAMES = ("User", "TaskNote", "HTTPServer", "OAuth2Token", "Category", "Address", "UserModel", "_Private", "A")

SPELLINGS = runpy.run_path(str(Path(__file__).with_name("spellings.py")))


def function_of(body: str, header: str = "def __tablename__(cls):") -> ast.FunctionDef:
    node = ast.parse(f"{header}\n    {body}").body[0]
    assert isinstance(node, ast.FunctionDef)
    return node


def module(text: str) -> Lookup:
    """The lookup of one module: its functions, constants and imports."""
    found: dict[str, Any] = {}
    for node in ast.parse(text).body:
        match node:
            case ast.FunctionDef(name=name):
                found[name] = node
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                found[name] = value
            case ast.ImportFrom(module=source, names=names):
                found |= {alias.asname or alias.name: External(f"{source}.{alias.name}") for alias in names}
            case ast.Import(names=names):
                found |= {alias.asname or alias.name: External(alias.name) for alias in names}
    return found.get


def takes_the_class(found: object) -> bool:
    return isinstance(found, ast.FunctionDef) and found.args.args[0].arg == "cls"


IMPORTS = module("import re, string, functools\n")
SPELLED = module(Path(__file__).with_name("spellings.py").read_text())
FUNCTIONS = sorted(name for name in SPELLINGS if takes_the_class(SPELLED(name)))


def computed(body: str, class_name: str = "TaskNote", lookup: Lookup = IMPORTS, **calls: object) -> object:
    return evaluate(function_of(body), class_name, lookup, calls=calls)


def spelled(name: str, class_name: str) -> object:
    function = SPELLED(name)
    assert isinstance(function, ast.FunctionDef)
    return evaluate(function, class_name, SPELLED)


def run_by_python(name: str, class_name: str) -> object:
    return SPELLINGS[name](type(class_name, (), {}))


def test_there_are_many_spellings() -> None:
    assert len(FUNCTIONS) > 60


@pytest.mark.parametrize("class_name", CLASS_NAMES)
@pytest.mark.parametrize("spelling", FUNCTIONS)
def test_computes_what_python_computes(spelling: str, class_name: str) -> None:
    assert spelled(spelling, class_name) == run_by_python(spelling, class_name)


@given(st.sampled_from(FUNCTIONS), st.from_regex(r"[A-Z][A-Za-z0-9_]{0,25}", fullmatch=True))
def test_computes_what_python_computes_for_any_name(spelling: str, class_name: str) -> None:
    assert spelled(spelling, class_name) == run_by_python(spelling, class_name)


class TestNamesFromElsewhere:
    def test_a_function_and_a_constant_of_the_module(self) -> None:
        lookup = module(
            "import re\n_WORD = re.compile('(?<!^)(?=[A-Z])')\n"
            "def snake(name, suffix='', *, sep='_'):\n    return _WORD.sub(sep, name).lower() + suffix\n"
        )

        assert computed("return snake(cls.__name__, 's')", lookup=lookup) == "task_notes"
        assert computed("return snake(suffix='x', name=cls.__name__, sep='-')", lookup=lookup) == "task-notex"

    def test_a_function_of_another_module_sees_its_own_names(self) -> None:
        other = module(
            "import re as regex\nSEP = '_'\ndef snake(name):\n    return regex.sub('(?<!^)(?=[A-Z])', SEP, name)"
        )
        snake = other("snake")
        assert isinstance(snake, ast.FunctionDef)
        found: dict[str, Any] = {"utils.snake": Located(snake, other), "SEP": ast.Constant("-")}

        assert computed("return utils.snake(cls.__name__).lower()", lookup=found.get) == "task_note"

    def test_a_library_function_under_another_name(self) -> None:
        lookup = module("from re import sub as replace\nfrom inflection import underscore\n")

        assert computed("return replace('Note', 'Item', cls.__name__)", lookup=lookup) == "TaskItem"
        assert computed("return underscore(cls.__name__)", lookup=lookup) == "task_note"

    @pytest.mark.parametrize(
        ("definition", "body"),
        [
            ("prefix = 'app_'", "return cls.prefix + cls.__name__.lower()"),
            ("@staticmethod\ndef prefix(): return 'app_'", "return cls.prefix() + cls.__name__.lower()"),
            (
                "@classmethod\ndef prefix(cls): return 'app_' + cls.__name__[:0]",
                "return cls.prefix() + cls.__name__.lower()",
            ),
            ("@declared_attr\ndef prefix(cls): return 'app_'", "return cls.prefix + cls.__name__.lower()"),
        ],
    )
    def test_an_attribute_of_the_class(self, definition: str, body: str) -> None:
        found = module(definition)("prefix")

        assert computed(body, lookup={"cls.prefix": found}.get) == "app_tasknote"

    def test_the_parameter_may_have_any_name(self) -> None:
        function = function_of("return self.prefix + self.__name__", "def __tablename__(self):")

        assert evaluate(function, "User", {"cls.prefix": ast.Constant("t_")}.get) == "t_User"

    def test_a_name_of_the_project_hides_the_builtin(self) -> None:
        lookup = module("def str(x): return 'mine'")

        assert computed("return str(cls.__name__)", lookup=lookup) == "mine"

    def test_a_call_that_only_the_caller_knows(self) -> None:
        body = "if has_inherited_table(cls):\n        return None\n    return cls.__name__"

        assert isinstance(computed(body), Unknown)
        assert computed(body, has_inherited_table=True) is None
        assert computed(body, has_inherited_table=False) == "TaskNote"

    def test_a_call_known_by_its_text(self) -> None:
        function = function_of("return 'x' if hasattr(cls, '__table__') else cls.__name__")

        assert evaluate(function, "User", IMPORTS, calls={"hasattr(cls, '__table__')": False}) == "User"
        assert isinstance(evaluate(function, "User", IMPORTS, calls={"hasattr(cls, 'x')": False}), Unknown)

    def test_a_lambda_and_an_expression(self) -> None:
        function = ast.parse("lambda c: c.__name__.lower()", mode="eval").body
        expression = ast.parse("self.__name__.upper()", mode="eval").body
        assert isinstance(function, ast.Lambda)

        assert evaluate(function, "User", IMPORTS) == "user"
        assert evaluate_expression(expression, "User", IMPORTS, parameter="self") == "USER"


class TestAssignment:
    HEADER = "def __init_subclass__(cls, **kwargs):"

    def test_of_the_class_attribute(self) -> None:
        body = (
            "super().__init_subclass__(**kwargs)\n"
            "    cls.__tablename__ = cls.__name__.lower()\n"
            "    cls.__tablename__ += 's'"
        )

        assert evaluate_assignment(function_of(body, self.HEADER), "User", IMPORTS) == "users"

    def test_where_the_condition_does_not_hold(self) -> None:
        body = "if not cls.__abstract__:\n        cls.__tablename__ = cls.__name__"
        function = function_of(body, self.HEADER)

        assert evaluate_assignment(function, "User", {"cls.__abstract__": ast.Constant(True)}.get) is None
        assert evaluate_assignment(function, "User", {"cls.__abstract__": ast.Constant(False)}.get) == "User"
        assert isinstance(evaluate_assignment(function, "User", IMPORTS), Unknown)


NOT_UNDERSTOOD = {
    "an unknown name": "return pluralize(cls.__name__)",
    "an unknown library": "import inflect\n    return inflect.engine().plural(cls.__name__)",
    "an attribute of the class": "return cls.__module__ + cls.__name__",
    "an attribute of the metaclass": "return cls.__class__.__name__",
    "an attribute of a text": "return cls.__name__.__class__.__name__",
    "a format that reads attributes": "return '{0.__class__}'.format(cls.__name__)",
    "a format of the class": "return f'{cls}'",
    "str of the class": "return str(cls)",
    "a number": "return 5",
    "a tuple": "return cls.__name__,",
    "an await": "return [x async for x in cls.__name__]",
    "a yield": "yield cls.__name__",
    "a raise": "raise ValueError(cls.__name__)",
    "an error": "return cls.__name__[99]",
    "a with": "with open('x') as f:\n        return f.read()",
    "an open": "return open('x').read()",
    "an import": "return __import__('os').getcwd()",
    "an eval": "return eval('1')",
    "a global": "global x\n    x = 1\n    return 'a'",
    "a rename of the class": "cls.__name__ = 'x'\n    return cls.__name__",
    "a deletion": "x = 'a'\n    del x\n    return 'a'",
    "a star": "return ''.join(*[cls.__name__])",
    "an identity of texts": "return 'a' if cls.__name__ is 'User' else 'b'",
    "a place to start from": "return re.compile('a').match(cls.__name__, 3) or 'a'",
    "a list changed while it is gone through": "a = ['x']\n    for i in a:\n        if len(a) < 3:\n"
    "            a.append('y')\n    return ''.join(a)",
}


@pytest.mark.filterwarnings("ignore::SyntaxWarning")
@pytest.mark.parametrize("case", NOT_UNDERSTOOD)
def test_says_what_it_does_not_understand(case: str) -> None:
    answer = computed(NOT_UNDERSTOOD[case])

    assert isinstance(answer, Unknown)
    assert answer.reason


HOSTILE = {
    "a long repetition": "return 'a' * 10**9",
    "a repetition of a repetition": "return 'a' * 1000 * 1000 * 1000",
    "a doubling": "x = 'a'\n    for i in range(1000):\n        x += x\n    return x",
    "a doubling list": "x = ['a']\n    for i in range(1000):\n        x += x\n    return x[0]",
    "an endless loop": "while True:\n        pass",
    "nested loops": "for a in range(2000):\n        for b in range(2000):\n            pass",
    "a long range": "return ''.join(str(i) for i in range(10**9))",
    "a wide format": "return f'{cls.__name__:>999999999}'",
    "a wide format of a number": "return '{:0999999999d}'.format(1)",
    "a wide percent": "return '%999999999s' % cls.__name__",
    "a wide percent from the values": "return '%*s' % (999999999, cls.__name__)",
    "a wide zfill": "return cls.__name__.zfill(999999999)",
    "a replacing": "return ('a' * 1999).replace('a', 'b' * 1999)",
    "a joining": "return ('a' * 1999).join('b' * 1999)",
    "a large number": "x = 9\n    for i in range(1000):\n        x = x * x\n    return str(x)",
    "a nested repeat": "return re.sub(r'(a+)+$', '', 'a' * 100 + 'b')",
    "a nested repeat with choices": "return re.sub(r'(a|aa)+$', '', 'a' * 100 + 'b')",
    "a nested bounded repeat": "return re.sub(r'(a{1,50}){1,50}$', '', 'a' * 100 + 'b')",
    "many repeats": "return re.sub(r'a*a*a*a*a*a*a*a*$', '', 'a' * 100 + 'b')",
    "many options": "return re.sub('a?' * 40 + 'a' * 40, '', 'a' * 40)",
    "a long pattern": "return re.sub('a' * 1000, '', cls.__name__)",
    "a long subject": "return re.sub('a', '', 'a' * 1999)",
    "a bad pattern": "return re.sub('(', '', cls.__name__)",
    "a deep expression": "return " + "+".join(["'a'"] * 800),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_hostile_code_is_refused_in_no_time(case: str) -> None:
    function = function_of(HOSTILE[case])
    started = time.perf_counter()

    answer = evaluate(function, "User", IMPORTS)

    assert isinstance(answer, Unknown)
    assert time.perf_counter() - started < 1


def test_a_pattern_that_python_warns_of_is_used_in_silence() -> None:
    assert computed("return re.sub('[[T]', '', cls.__name__)") == "askNote"


@pytest.mark.parametrize(
    "text",
    [
        "def f(x): return f(x)",
        "def f(x): return g(x)\ndef g(x): return f(x)",
        "f = f",
        "f = g\ng = f",
        "f = lambda x: f(x)",
    ],
)
def test_what_refers_to_itself_is_refused(text: str) -> None:
    assert isinstance(computed("return f(cls.__name__)", lookup=module(text)), Unknown)


def test_unknown_decorators_are_refused() -> None:
    known = module("@functools.lru_cache(maxsize=None)\ndef f(x): return x.lower()")
    unknown = module("@upper_cased\ndef f(x): return x.lower()")

    assert computed("return f(cls.__name__)", lookup=known) == "tasknote"
    assert isinstance(computed("return f(cls.__name__)", lookup=unknown), Unknown)
