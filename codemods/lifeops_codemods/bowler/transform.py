"""One query on one file: text in, text out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from bowler import BowlerTool, Query
from fissix import pygram
from fissix.refactor import _detect_future_features

from lifeops_codemods.bowler.blame import modifier_failed
from lifeops_codemods.bowler.grammar import Unreadable, unreadable
from lifeops_codemods.bowler.hunks import Processor, accepted
from lifeops_codemods.bowler.line_ends import changes, plain
from lifeops_codemods.collecting import parse_error
from lifeops_codemods.outcome import FileError
from lifeops_codemods.plan.document import Document, parse
from lifeops_codemods.plan.mapping import apply_changes, map_back
from lifeops_codemods.plan.model import Change


class Task(NamedTuple):
    """A file to work on. filename: what filters and modifiers are told it is called."""

    path: str
    text: str
    filename: str


class Outcome(NamedTuple):
    """What became of a file. unread: Bowler's grammar ends before what it holds."""

    path: str
    changes: tuple[Change, ...] = ()
    error: FileError | None = None
    unread: bool = False


class Transformer:
    """A compiled query. options: those of fissix. processors: asked about each hunk."""

    def __init__(self, query: Query, options: dict[str, Any], processors: Sequence[Processor]) -> None:
        self._processors = tuple(processors)
        self._tool = BowlerTool(
            query.compile(), write=False, silent=True, interactive=False, in_process=True, options=options
        )
        # Four open files for processes that are never made: a script of many queries would run out of them.
        self._tool.queue = self._tool.results = self._tool.semaphore = None

    @property
    def patterns(self) -> list[Any]:
        """The compiled pattern of each of the query's selectors."""
        return [fixer.pattern for fixer in (*self._tool.pre_order, *self._tool.post_order)]

    def __call__(self, task: Task) -> Outcome:
        """Run the query on a file. Raises nothing but what ends a process."""
        try:
            made = changes(task.text, self._result(plain(task.text), task.filename))
        except Unreadable as refusal:
            return Outcome(task.path, error=FileError(task.path, refusal.line, refusal.message), unread=True)
        except (Exception, SystemExit) as error:
            line, said = modifier_failed(error)
            return Outcome(task.path, error=FileError(task.path, line, f"{said}; {_LEFT}"))
        return _checked(task, made)

    def _result(self, text: str, filename: str) -> str:
        tree = self._tree(text)
        self._tool.refactor_tree(tree, filename)
        result = str(tree)
        if result != text and self._processors:
            return accepted(text, result if result.endswith("\n") else f"{result}\n", filename, self._processors)
        return result

    def _tree(self, text: str) -> Any:
        """As `RefactoringTool.refactor_string` parses, which keeps to itself what it could not read."""
        driver = self._tool.driver
        features = _detect_future_features(text)
        if "print_function" in features:
            driver.grammar = pygram.python_grammar_no_print_statement
        try:
            tree = driver.parse_string(text)
        except Exception as error:
            raise unreadable(text, error) from error
        finally:
            driver.grammar = self._tool.grammar
        if str(tree) != text:
            raise Unreadable(0, "Bowler reads this file otherwise than it stands; change it by hand")
        tree.future_features = features
        return tree


_LEFT = "the file is left as it was"


def _checked(task: Task, made: tuple[Change, ...]) -> Outcome:
    """The outcome, or the error of a file that Python cannot read, before or afterwards."""
    if not made:
        return Outcome(task.path)
    if (broken := parse_error(task.text)) is not None:
        return Outcome(task.path, error=FileError(task.path, *broken))
    after = Document(apply_changes(task.text, made))
    try:
        parse(after.text)
    except SyntaxError as error:
        line = min(error.lineno or 1, len(after.line_starts))
        place = Document(task.text).line_at(map_back(made, after.line_starts[line - 1])) + 1
        said = f"what the query makes of it does not parse ({error.msg}: {after.line(line - 1).strip()[:80]!r})"
        return Outcome(task.path, error=FileError(task.path, place, f"{said}; {_LEFT}"))
    return Outcome(task.path, made)
