"""All facts joined: the questions that a rule may ask of a whole project.

`Project` holds the files and remembers answers. The questions themselves are functions in the module of their subject
(`modules`, `names`, `classes`, `models`, `references`, …) that take the project first and are marked `@question`.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Sequence
from functools import wraps
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar

from lifeops_codemods.facts.model import FileFacts

_MANY = 8
"""So many names are looked for in one pass over the files, and not each by itself and remembered."""

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
        self.answers: dict[tuple[Any, ...], Any] = {}
        self._facts: dict[str, FileFacts | None] = {}
        self._known = frozenset(source.paths)
        self._mentions: dict[str, frozenset[str]] = {}
        self._of_files: dict[str, dict[Callable[..., Any], Any]] = {}

    def after(self, changed: Iterable[str]) -> Project:
        """The project after some files have changed: what is known of each of the others alone is known still."""
        later = Project(self.source, self.src, self.checks)
        gone = frozenset(changed)
        later._facts = {path: facts for path, facts in self._facts.items() if path not in gone}
        later._of_files = {path: answers for path, answers in self._of_files.items() if path not in gone}
        return later

    def answers_of(self, path: str) -> dict[Callable[..., Any], Any]:
        """The answers that depend on one file and on nothing else."""
        return self._of_files.setdefault(path, {})

    @property
    def paths(self) -> Sequence[str]:
        return self.source.paths

    def __contains__(self, path: str) -> bool:
        return path in self._known

    def text(self, path: str) -> str:
        return self.source.text(path)

    def tree(self, path: str) -> ast.Module:
        return self.source.tree(path)

    def facts(self, path: str) -> FileFacts:
        """The facts of one file; those of an empty file where it does not parse."""
        if path not in self._facts:
            self.facts_of([path])
        return self._facts[path] or _EMPTY

    def facts_of(self, paths: Iterable[str]) -> list[FileFacts | None]:
        """The facts of several files, gathered together."""
        wanted = list(paths)
        missing = [path for path in dict.fromkeys(wanted) if path not in self._facts]
        if missing:
            self._facts.update(zip(missing, self.source.facts(missing), strict=True))
        return [self._facts[path] for path in wanted]

    def parses(self, path: str) -> bool:
        return self.facts_of([path])[0] is not None

    def mentioning(self, names: Iterable[str]) -> list[str]:
        """The files that hold at least one of `names` as a word, anywhere: code, string or comment."""
        wanted = frozenset(names)
        if len(wanted) > _MANY:
            words = {name.encode("utf-8", "surrogateescape") for name in wanted}
            return [path for path in self.source.paths if not words.isdisjoint(self.source.words(path))]
        found: set[str] = set()
        for name in wanted:
            found |= self._files_with(name)
        return [path for path in self.source.paths if path in found]

    def _files_with(self, name: str) -> frozenset[str]:
        if name not in self._mentions:
            word = name.encode("utf-8", "surrogateescape")
            self._mentions[name] = frozenset(path for path in self.source.paths if word in self.source.words(path))
        return self._mentions[name]

    def mentions(self, path: str, name: str) -> bool:
        return name.encode() in self.source.words(path)


def question(function: Callable[Concatenate[Project, P], R]) -> Callable[Concatenate[Project, P], R]:
    """Remember the answer of a function of the project and hashable arguments."""

    @wraps(function)
    def ask(project: Project, /, *args: P.args, **kwargs: P.kwargs) -> R:
        key = (function, args, *kwargs.values()) if kwargs else (function, args)
        try:
            return project.answers[key]  # type: ignore[no-any-return]
        except KeyError:
            answer = project.answers[key] = function(project, *args, **kwargs)
            return answer

    return ask


def file_question(function: Callable[[Project, str], R]) -> Callable[[Project, str], R]:
    """As `question`, for one about a single file: its answer outlives a change of the others."""

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
            if key not in project.answers:
                project.answers[key] = otherwise
                project.answers[key] = function(project, *args, **kwargs)
            return project.answers[key]  # type: ignore[no-any-return]

        return ask

    return decorate


_EMPTY = FileFacts(((), (), (), (), (), (), (), (), (), ()))
