"""Where a class's name is read, and what for."""

from __future__ import annotations

import ast
import textwrap

import pytest

from lifeops_codemods.project.naming import NameRead, NameUse, name_reads, names_read


def reads(text: str) -> tuple[NameRead, ...]:
    return name_reads(ast.parse(textwrap.dedent(text)))


def only(text: str) -> NameRead:
    (read,) = reads(text)
    return read


@pytest.mark.parametrize(
    "expression",
    ["cls.__name__", "cls.__qualname__", "self.__class__.__name__", "type(self).__name__", "getattr(cls, '__name__')"],
)
def test_reads_of_the_own_class(expression: str) -> None:
    text = f"def f(self):\n    return {expression}"

    assert names_read(ast.parse(text))
    assert only(text).own


@pytest.mark.parametrize("expression", ["User.__name__", "self.model.__name__", "type(obj).__name__", "__name__"])
def test_other_reads_are_not_of_the_own_class(expression: str) -> None:
    text = f"def f(self):\n    return {expression}"

    assert not names_read(ast.parse(text))
    assert [ast.unparse(read.owner) for read in reads(text)] == [expression.removesuffix(".__name__")] * (
        "." in expression
    )


def test_self_is_the_class_where_the_function_is_called_with_it() -> None:
    assert names_read(ast.parse("@declared_attr\ndef name(self): return self.__name__"))
    assert names_read(ast.parse("def __tablename__(klass): return klass.__name__"))
    assert not names_read(ast.parse("def f(function): return function.__name__"))


@pytest.mark.parametrize(
    ("text", "within"),
    [
        ("def f(cls):\n    raise HTTPException(404, detail=f'{cls.__name__} not found')", "HTTPException"),
        ("def f(self):\n    raise errors.NotFound(self.__class__.__name__)", "errors.NotFound"),
        ("def f(self):\n    self._logger.info('%s', type(self).__name__)", "self._logger.info"),
        ("def f(cls):\n    logging.getLogger(__name__)\n    log.debug(cls.__name__)", "log.debug"),
        ("def f(cls):\n    print(cls.__name__)", "print"),
        ("def f(cls):\n    warnings.warn(f'{cls.__name__} is old')", "warnings.warn"),
        ("def __repr__(self):\n    return f'<{type(self).__name__}>'", "__repr__"),
        ("def __str__(self):\n    name = self.__class__.__name__\n    return name", "__str__"),
        ("def f(cls, x):\n    assert x, cls.__name__", "AssertionError"),
        (
            "def f(cls):\n    msg = f'{cls.__name__} missing'\n    log.error(msg)\n    raise ValueError(msg)",
            "log.error",
        ),
    ],
)
def test_display(text: str, within: str) -> None:
    read = only(text)

    assert (read.use, read.within) == (NameUse.DISPLAY, within)


@pytest.mark.parametrize(
    "text",
    [
        "def f(cls):\n    return cls.__name__",
        "def f(cls):\n    logger = logging.getLogger(cls.__name__)",
        "def f(cls):\n    key = f'{cls.__name__}:1'\n    log.info(key)\n    cache.set(key, 1)",
        "def f(cls):\n    key = cls.__name__\n    cache.set(key, 1)",
        "def f(cls):\n    blog.info(cls.__name__)",
        "class A:\n    def f(cls):\n        event = {'type': cls.__name__}\n        return event",
        "__mapper_args__ = {'polymorphic_identity': cls.__name__}",
    ],
)
def test_other_uses(text: str) -> None:
    assert only(text).use is NameUse.OTHER


@pytest.mark.parametrize(
    "text",
    [
        "def __tablename__(cls):\n    return cls.__name__.lower()",
        "def __init_subclass__(cls):\n    cls.__tablename__ = cls.__name__.lower()",
        "def __init__(cls):\n    cls.__tablename__: str = snake(cls.__name__)",
    ],
)
def test_table_name(text: str) -> None:
    assert only(text).use is NameUse.TABLE_NAME


@pytest.mark.parametrize(
    ("text", "literals"),
    [
        ("if type(self).__name__ == 'User': pass", ("User",)),
        ("if 'User' != obj.__class__.__name__: pass", ("User",)),
        ("ok = cls.__name__ in ('User', 'Post')", ("User", "Post")),
        ("match cls.__name__:\n    case 'User': pass\n    case 'A' | 'B': pass", ("User", "A", "B")),
        ("def __repr__(self):\n    return 'x' if type(self).__name__ == 'User' else 'y'", ("User",)),
    ],
)
def test_compared(text: str, literals: tuple[str, ...]) -> None:
    read = only(text)

    assert (read.use, read.literals) == (NameUse.COMPARED, literals)


def test_a_comparison_without_literals_is_another_use() -> None:
    assert only("if cls.__name__ == wanted: pass").use is NameUse.OTHER
