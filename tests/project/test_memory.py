"""Answers that outlive changes: never another one than a fresh project gives, and not found twice without need."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lifeops_codemods.facts.model import FileFacts
from lifeops_codemods.facts.tokens import words
from lifeops_codemods.project import Project, cyclic_question, question

FILES = tuple(f"f{number}" for number in range(6))
WORDS = ("red", "green", "blue")


class Texts:
    """Files that hold words; what stands in them is read by the questions below."""

    def __init__(self, texts: dict[str, str]) -> None:
        self.texts = texts

    @property
    def paths(self) -> Sequence[str]:
        return FILES

    def text(self, path: str) -> str:
        return self.texts[path]

    def words(self, path: str) -> frozenset[bytes]:
        return words(self.texts[path].encode())

    def facts(self, paths: Sequence[str]) -> Sequence[FileFacts | None]:
        return [None for _ in paths]

    def tree(self, path: str) -> ast.Module:
        return ast.parse(self.texts[path])


answered: list[tuple[str, str]] = []


@question
def total(project: Project, path: str) -> int:
    """A number for each word of a file: of another file's total, of how many files hold it, of a word by itself."""
    answered.append(("total", path))
    return sum(amount(project, path, word) for word in project.text(path).split())


@question
def amount(project: Project, path: str, word: str) -> int:
    if word in FILES:
        return total(project, word) if word > path else 1
    if word == "failing":
        return failing(project, path)
    return 10 * len(project.mentioning([word])) if word.isupper() else len(word)


def failing(project: Project, path: str) -> int:
    """What is read by a question that raises counts as well."""
    try:
        return refused(project, FILES[-1])
    except ValueError:
        return 7


@question
def refused(project: Project, path: str) -> int:
    if "red" in project.text(path):
        raise ValueError(path)
    return 5


@question
def is_heavy(project: Project, path: str) -> bool:
    """An answer that often stays the same when the one below it does not."""
    answered.append(("is_heavy", path))
    return total(project, path) > 12


@question
def heavy(project: Project) -> tuple[str, ...]:
    answered.append(("heavy", ""))
    return tuple(path for path in FILES if is_heavy(project, path))


@cyclic_question(frozenset())
def reached(project: Project, path: str) -> frozenset[str]:
    """The files that a file names, and those that these name: in circles too."""
    named = [word for word in project.text(path).split() if word in FILES]
    return frozenset(named).union(*(reached(project, word) for word in named))


def everything(project: Project) -> Iterator[object]:
    yield heavy(project)
    for path in FILES:
        yield total(project, path)
        yield reached(project, path)


a_text = st.lists(st.sampled_from([*FILES, *WORDS, "RED", "BLUE", "failing"]), max_size=4).map(" ".join)
some_texts = st.fixed_dictionaries(dict.fromkeys(FILES, a_text))


@given(some_texts, st.lists(st.dictionaries(st.sampled_from(FILES), a_text, max_size=2), max_size=5))
def test_after_changes_all_answers_are_those_of_a_fresh_project(
    texts: dict[str, str], changes: list[dict[str, str]]
) -> None:
    source = Texts(dict(texts))
    project = Project(source)
    assert list(everything(project)) == list(everything(Project(Texts(dict(texts)))))
    for change in changes:
        source.texts.update(change)
        project.change(change)
        assert list(everything(project)) == list(everything(Project(Texts(dict(source.texts)))))


@given(some_texts, st.lists(st.dictionaries(st.sampled_from(FILES), a_text, max_size=2), max_size=5))
def test_an_answer_that_is_not_asked_for_in_between_is_right_later(
    texts: dict[str, str], changes: list[dict[str, str]]
) -> None:
    source = Texts(dict(texts))
    project = Project(source)
    list(everything(project))
    for change in changes:
        source.texts.update(change)
        project.change(change)
    assert list(everything(project)) == list(everything(Project(Texts(dict(source.texts)))))


@pytest.fixture
def project() -> Project:
    texts = {"f0": "f1 f2", "f1": "f3 red", "f2": "f4 green", "f3": "blue", "f4": "BLUE", "f5": ""}
    found = Project(Texts(texts))
    heavy(found)
    answered.clear()
    return found


def changed(project: Project, **texts: str) -> list[tuple[str, str]]:
    """What is answered anew after a change."""
    assert isinstance(project.source, Texts)
    project.source.texts.update(texts)
    project.change(texts)
    heavy(project)
    return sorted(answered)


def test_what_has_not_read_the_file_is_not_answered_again(project: Project) -> None:
    anew = changed(project, f2="f4 blue")
    assert ("total", "f2") in anew
    assert ("total", "f3") not in anew


def test_an_answer_that_stays_the_same_ends_the_search(project: Project) -> None:
    assert changed(project, f3="eulb") == [("total", "f3")]


def test_an_answer_that_changes_is_carried_up_as_far_as_it_matters(project: Project) -> None:
    anew = changed(project, f3="blues")
    assert {("total", "f3"), ("total", "f1"), ("total", "f0"), ("is_heavy", "f1")} <= set(anew)
    assert ("heavy", "") not in anew


def test_who_looked_for_a_word_is_asked_again_where_a_file_has_got_it(project: Project) -> None:
    before = total(project, "f4")
    changed(project, f5="BLUE")
    assert total(project, "f4") == before + 10


def test_a_change_that_touches_nothing_asks_nothing(project: Project) -> None:
    assert changed(project) == []


def test_what_grows_is_answered_anew_after_each_change() -> None:
    times = []

    @question
    def growing(project: Project) -> list[int]:
        project.changes_with_everything()
        times.append(1)
        return times

    project = Project(Texts(dict.fromkeys(FILES, "")))
    growing(project)
    growing(project)
    project.change(["f0"])
    growing(project)
    assert len(times) == 2
