"""All facts joined: the questions that a rule may ask of a whole project.

`Project` holds the files and remembers answers. The questions themselves are functions in the module of their subject
(`modules`, `names`, `classes`, `models`, `references`, …) that take the project first and are marked `@question`.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Sequence
from functools import partial, wraps
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar

from lifeops_codemods.facts.model import FileFacts
from lifeops_codemods.facts.tokens import WordIndex
from lifeops_codemods.project.memory import RUNNING, Answer, Memory

P = ParamSpec("P")
R = TypeVar("R")


class Source(Protocol):
    """Where a project's texts and facts come from; handed in, so that the project itself opens no file."""

    @property
    def paths(self) -> Sequence[str]:
        """POSIX paths of all Python files, sorted."""

    def text(self, path: str) -> str:
        """The decoded text; `""` for a file that could not be read."""

    def words(self, path: str) -> frozenset[bytes]:
        """Every run of identifier characters in the file, as UTF-8."""

    def facts(self, paths: Sequence[str]) -> Sequence[FileFacts | None]:
        """The facts of each file; None where it does not parse."""

    def tree(self, path: str) -> ast.Module:
        """The file's tree, for the rare question that the facts do not answer. Raises SyntaxError."""


class Project:
    """One project as rules see it. `src` are the configured source roots, in order.

    checks: whether the project's own linter looks for a rule (`B904`) in a file.
    """

    def __init__(
        self, source: Source, src: Sequence[str] = (), checks: Callable[[str, str], bool] = lambda path, code: False
    ) -> None:
        self.source = source
        self.src = tuple(src)
        self.checks = checks
        self.memory = Memory(self, source.paths)
        self._facts: dict[str, FileFacts | None] = {}
        self._numbers = {path: number for number, path in enumerate(source.paths)}
        self._words = WordIndex()
        for number, path in enumerate(source.paths):
            self._words.put(number, source.words(path))
        self._of_files: dict[str, dict[Callable[..., Any], Any]] = {}

    def change(self, paths: Iterable[str]) -> None:
        """Some files have another text now. What is known without them is known still."""
        changed = frozenset(paths)
        different: set[bytes] = set()
        for path in changed:
            different |= self._words.put(self._numbers[path], self.source.words(path))
            self._facts.pop(path, None)
            self._of_files.pop(path, None)
        self.memory.change(changed, {word.decode("utf-8", "surrogateescape") for word in different})

    def answers_of(self, path: str) -> dict[Callable[..., Any], Any]:
        """The answers that depend on one file and on nothing else."""
        self.memory.reads(path)
        return self._of_files.setdefault(path, {})

    @property
    def paths(self) -> Sequence[str]:
        return self.source.paths

    def __contains__(self, path: str) -> bool:
        return path in self._numbers

    def text(self, path: str) -> str:
        self.memory.reads(path)
        return self.source.text(path)

    def tree(self, path: str) -> ast.Module:
        self.memory.reads(path)
        return self.source.tree(path)

    def facts(self, path: str) -> FileFacts:
        """The facts of one file; those of an empty file where it does not parse."""
        memory = self.memory
        memory.reading |= memory.bits.get(path, 0)
        if path not in self._facts:
            self._gather([path])
        return self._facts[path] or _EMPTY

    def facts_of(self, paths: Iterable[str]) -> list[FileFacts | None]:
        """The facts of several files, gathered together."""
        wanted = list(paths)
        for path in wanted:
            self.memory.reads(path)
        self._gather(wanted)
        return [self._facts[path] for path in wanted]

    def _gather(self, paths: Iterable[str]) -> None:
        missing = [path for path in dict.fromkeys(paths) if path not in self._facts]
        if missing:
            self._facts.update(zip(missing, self.source.facts(missing), strict=True))

    def parses(self, path: str) -> bool:
        return self.facts_of([path])[0] is not None

    def mentioning(self, names: Iterable[str]) -> list[str]:
        """The files that hold at least one of `names` as a word, anywhere: code, string or comment."""
        wanted = set(names)
        for name in wanted:
            self.memory.looks_for(name)
        paths = self.source.paths
        return [paths[number] for number in self._words.holding(map(_encoded, wanted))]

    def words_among(self, path: str, names: Iterable[str]) -> list[str]:
        """Those of `names` that a file holds as words."""
        self.memory.reads(path)
        number = self._numbers[path]
        return [name for name in names if self._words.holds(number, _encoded(name))]

    def mentions(self, path: str, name: str) -> bool:
        self.memory.looks_for(name)
        return self._words.holds(self._numbers[path], _encoded(name))

    def changes_with_everything(self) -> None:
        """Say of the question that is being answered that its answer grows, so that no change leaves it as it is."""
        self.memory.depends_on_everything()


def _encoded(name: str) -> bytes:
    return name.encode("utf-8", "surrogateescape")


def _answer(
    function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any], *, is_cyclic: bool = False
) -> Answer:
    return Answer(partial(function, **kwargs) if kwargs else function, args, is_cyclic)


def question(function: Callable[Concatenate[Project, P], R]) -> Callable[Concatenate[Project, P], R]:
    """Remember the answer of a function of the project and hashable arguments, until what it was made of changes."""

    @wraps(function)
    def ask(project: Project, /, *args: P.args, **kwargs: P.kwargs) -> R:
        key = (function, args, *kwargs.values()) if kwargs else (function, args)
        memory = project.memory
        known = memory.answers.get(key)
        if known is None:
            known = memory.answers[key] = _answer(function, args, kwargs)
            value = memory.answer(known)
        elif known.checked == memory.now or memory.is_right(known):
            value = known.value
        else:
            value = memory.answer(known)
        memory.noting[known] = None
        return value  # type: ignore[no-any-return]

    return ask


def file_question(function: Callable[[Project, str], R]) -> Callable[[Project, str], R]:
    """As `question`, for one about a single file: its answer depends on nothing else."""

    @wraps(function)
    def ask(project: Project, path: str, /) -> R:
        known = project.answers_of(path)
        try:
            return known[function]  # type: ignore[no-any-return]
        except KeyError:
            answer = known[function] = function(project, path)
            return answer

    return ask


def cyclic_question(
    otherwise: Any,
) -> Callable[[Callable[Concatenate[Project, P], R]], Callable[Concatenate[Project, P], R]]:
    """As `question`, for one whose answer may depend on itself (`x = x.next()`): the inner answer is `otherwise`."""

    def decorate(function: Callable[Concatenate[Project, P], R]) -> Callable[Concatenate[Project, P], R]:
        @wraps(function)
        def ask(project: Project, /, *args: P.args, **kwargs: P.kwargs) -> R:
            key = (function, args, *kwargs.values()) if kwargs else (function, args)
            memory = project.memory
            known = memory.answers.get(key)
            if known is None:
                known = memory.answers[key] = _answer(function, args, kwargs, is_cyclic=True)
            elif known.checked == memory.now:
                memory.noting[known] = None
                return known.value  # type: ignore[no-any-return]
            elif known.checked == RUNNING:
                memory.depends_on_everything()
                return otherwise  # type: ignore[no-any-return]
            value = known.value if memory.is_right(known) else memory.answer(known)
            memory.noting[known] = None
            return value  # type: ignore[no-any-return]

        return ask

    return decorate


_EMPTY = FileFacts(((), (), (), (), (), (), (), (), (), ()))
