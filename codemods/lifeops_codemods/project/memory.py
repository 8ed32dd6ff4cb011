"""Answers that outlive a change of the files that they do not depend on.

A question is a function of the project, and asks others. What is noted of each answer is what it was made of: the files
that were read for it, the words that were looked for in all files, and the answers to other questions. After a change
an answer is right still where none of these is different. That is found out when it is asked for again: at once where
neither it nor anything below it has read what changed; else by asking again below it, in the order of the first time,
until an answer is another one than before. This is the algorithm of Salsa and of rustc's queries ("red-green"; see
Hammer et al., *Adapton*, PLDI 2014), for one process and one thread.

Files and words are bits of one integer, so that what lies below an answer is one `and` away.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from typing import Any

_WORD_BITS = 509
_FILE_BITS = 2039
"""Words share that many bits, and files: two that share one cost time and never a wrong answer."""
ALWAYS = -1
"""All bits: for an answer that counts as another one after each change."""
NEVER, RUNNING = -1, -2
"""Instead of the change after which an answer is known to be right: there is none yet, it is being found."""


class Answer:
    """What is remembered of one answer.

    function: answers, from the project and `arguments`. is_cyclic: it may use itself, so those that it uses are not
    asked before it. own: the bits of what was read for it by itself. below: those and all of the answers in `uses`.
    checked: the last change after which it is known to be right. changed: the change since which it is as it is.
    """

    __slots__ = ("arguments", "below", "changed", "checked", "function", "is_cyclic", "own", "uses", "value")

    def __init__(self, function: Callable[..., Any], arguments: tuple[Any, ...], is_cyclic: bool = False) -> None:
        self.function = function
        self.arguments = arguments
        self.is_cyclic = is_cyclic
        self.value: Any = None
        self.own = 0
        self.below = 0
        self.uses: tuple[Answer, ...] = ()
        self.checked = NEVER
        self.changed = NEVER


class Memory:
    """All answers about one `subject`, which is a project.

    now: counts the changes. reading, noting: what the question that is being answered has read and asked so far. bits:
    of each file.
    """

    def __init__(self, subject: Any, paths: Sequence[str]) -> None:
        self.subject = subject
        self.answers: dict[Hashable, Answer] = {}
        self.now = 0
        self.reading = 0
        self.noting: dict[Answer, None] = {}
        self.bits = {path: 1 << _WORD_BITS + number % _FILE_BITS for number, path in enumerate(paths)}
        self._dirty: list[int] = []
        self._masks: dict[int, int] = {}
        self._tables: list[Answer] = []

    # -- what is noted while a question is answered

    def reads(self, path: str) -> None:
        """A file is read, or what is known of it alone."""
        self.reading |= self.bits.get(path, 0)

    def looks_for(self, word: str) -> None:
        """It is asked whether files hold a word."""
        self.reading |= 1 << hash(word) % _WORD_BITS

    def depends_on_everything(self) -> None:
        """What is being answered is another answer after each change."""
        self.reading = ALWAYS

    # -- changes

    def change(self, files: Iterable[str], words: Iterable[str]) -> None:
        """Some files have another text, and hold or lack other words than before."""
        dirty = 0
        for path in files:
            dirty |= self.bits.get(path, 0)
        for word in words:
            dirty |= 1 << hash(word) % _WORD_BITS
        self.now += 1
        self._dirty = [known | dirty for known in self._dirty] + [dirty]
        for answer in self._tables:
            if answer.own & dirty:
                answer.value = None  # those hold trees, and a tree goes with its file

    def is_right(self, answer: Answer) -> bool:
        """Whether an answer is what it would be now."""
        if answer.checked < 0:
            return False
        dirty = self._dirty[answer.checked]
        if answer.below & dirty:
            if answer.own & dirty or answer.below == ALWAYS or answer.is_cyclic:
                return False
            if any(self._again(used) > answer.checked for used in answer.uses):
                return False
            self._sum_up(answer)
        answer.checked = self.now
        return True

    def _again(self, used: Answer) -> int:
        """The change since which an answer that another one uses is as it is now, asked again where it must be."""
        if used.checked == RUNNING:
            return self.now
        if used.checked != self.now and not self.is_right(used):
            try:
                self.answer(used)
            except Exception:  # whoever uses it is asked anew, and meets the same
                return self.now
        return used.changed

    # -- answering

    def answer(self, answer: Answer) -> Any:
        """Answer anew; note what the answer was made of, and when it became another one."""
        reading, noting = self.reading, self.noting
        self.reading, self.noting = 0, {}
        first, answer.checked = answer.checked == NEVER, RUNNING
        try:
            value = answer.function(self.subject, *answer.arguments)
        except BaseException:
            answer.checked = NEVER
            self.reading |= reading
            self.noting |= noting
            raise
        answer.own, answer.uses = self.reading, tuple(self.noting)
        self.reading, self.noting = reading, noting
        self._sum_up(answer)
        if first or value != answer.value:
            answer.value, answer.changed = value, self.now
            if first and isinstance(value, Mapping):
                self._tables.append(answer)
        answer.checked = self.now
        return answer.value

    def _sum_up(self, answer: Answer) -> None:
        below = answer.own
        for used in answer.uses:
            below |= used.below
        answer.below = self._masks.setdefault(below, below)
        answer.own = self._masks.setdefault(answer.own, answer.own)
