"""One line of Python as runs, given what the lines before it left open.

A line is read by one pattern; what it leaves between two matches is plain. Names stay plain as well, so that a line has
few runs. `tests/cli/test_highlight.py` holds the runs to those of pygments, and says where they differ.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from lifeops_migrate.highlight.kinds import Kind, Run, State
from lifeops_migrate.highlight.words import WITHIN_EXPRESSIONS, WORDS, Leading

_NAME = r"[^\W\d]\w*"
_NUMBER = (
    r"(?:\d(?:_?\d)*\.(?:\d(?:_?\d)*)?|\.\d(?:_?\d)*)(?:[eE][+-]?\d(?:_?\d)*)?|\d(?:_?\d)*[eE][+-]?\d(?:_?\d)*j?"
    r"|0[oO](?:_?[0-7])+|0[bB](?:_?[01])+|0[xX](?:_?[a-fA-F0-9])+|\d(?:_?\d)*"
)
_BODIES = {
    '"': r'[^"\\]*(?:\\.[^"\\]*)*"',
    "'": r"[^'\\]*(?:\\.[^'\\]*)*'",
    '"""': r'[^"\\]*(?:(?:\\.|"(?!""))[^"\\]*)*"""',
    "'''": r"[^'\\]*(?:(?:\\.|'(?!''))[^'\\]*)*'''",
}
"""The rest of a string, its closing quotes included."""

_WHOLE = "|".join(
    rf"{quotes}(?!{quotes[0] * 2}){body}" if len(quotes) == 1 else quotes + body for quotes, body in _BODIES.items()
)
_COMMON = rf"({_NAME})|({_WHOLE})|(\"\"\"|'''|[\"'])|(\#.*)|(@{_NAME})|({_NUMBER})"
_TOKEN = re.compile(_COMMON)
_TOKEN_OF_EXPRESSION = re.compile(rf"{_COMMON}|((?:=[ \t]*)?(?:![sraf])?[}}:])|([\[({{])|([\])])")
_NAME_IS, _WHOLE_IS, _OPEN_IS, _COMMENT_IS, _DECORATOR_IS, _NUMBER_IS, _FIELD_ENDS, _BRACKET_OPENS, _ = range(1, 10)

_END = {quotes: re.compile(body) for quotes, body in _BODIES.items()}
_TEXT_OF_F = {
    "f": re.compile(r"(?:[^\"'\\{}\n]|\\N\{[^}]*\}|\\[^{}]|\\|\{\{|\})+"),
    "rf": re.compile(r"(?:[^\"'\\{}\n]|\\[\\\"']|\\|\{\{|\})+"),
}
"""What stands between the quotes and the fields of an f-string."""

_FROM = re.compile(r"from[ \t]*(?!None\b)[\w.]*(?:[ \t]+(import)\b)?")
_IMPORT = re.compile(r"import(?:[ \t]+as[ \t]+|[ \t]*,[ \t]*|[ \t]+|[\w.])*")
_AS = re.compile(r"(?<=[ \t])as(?=[ \t])")
_DEFINED = re.compile(rf"[ \t]+({_NAME})")
_PATTERN = re.compile(
    r"(?![ \t]*(?:[:,;=^&|@~)\]}]|(?:and|as|assert|async|await|break|class|continue|def|del|elif|else|except|finally"
    r"|for|from|global|if|import|in|is|lambda|nonlocal|not|or|pass|raise|return|try|while|with|yield)\b))"
)
_IMPORTS = re.compile(r"[ \t]+(?:from|import)\b")
_OPEN_END = re.compile(r"(?:[^\\]|\\.)*\\\Z")


@lru_cache(maxsize=4096)
def runs_of(line: str, state: State = ()) -> tuple[tuple[Run, ...], State]:
    """The runs of a line without its end, and what it leaves open."""
    reader = _Reader(line, state)
    reader.read()
    return tuple(reader.runs), tuple(reader.open)


def colored(lines: Iterable[str], state: State = ()) -> Iterator[tuple[Run, ...]]:
    """The runs of each of the lines, which have no ends. state: what is open before the first."""
    for line in lines:
        runs, state = runs_of(line, state)
        yield runs


class _Reader:
    """Reads one line. open: as `State`. runs: up to `done`."""

    def __init__(self, line: str, state: State) -> None:
        self.line = line
        self.open = list(state)
        self.runs: list[Run] = []
        self.done = 0

    def read(self) -> None:
        """Read all of it."""
        at = 0
        while at < len(self.line):
            inside = self.open[-1] if self.open else ""
            if not inside.endswith(("'", '"')):
                at = self._code(at)
            elif inside[0] in "rf":
                at = self._text_of_f(at, inside.rstrip("'\""), inside.lstrip("rf"))
            else:
                at = self._rest_of_string(at, inside)
        self._plain(len(self.line))

    def _put(self, start: int, end: int, kind: Kind) -> None:
        """A run, and the plain text before it. What is put next to its like is one with it."""
        if start == self.done and self.runs and self.runs[-1].kind is kind:
            self.runs[-1] = Run(self.runs[-1].text + self.line[start:end], kind)
        else:
            self._plain(start)
            self.runs.append(Run(self.line[start:end], kind))
        self.done = end

    def _plain(self, end: int) -> None:
        if self.done < end:
            self.runs.append(Run(self.line[self.done : end], Kind.PLAIN))
            self.done = end

    def _rest_of_string(self, at: int, quotes: str) -> int:
        found = _END[quotes].match(self.line, at)
        if found:
            self.open.pop()
            self._put(at, found.end(), Kind.STRING)
            return found.end()
        return self._line_ends_in(at, quotes)

    def _line_ends_in(self, at: int, quotes: str) -> int:
        """A string goes on below if it has three quotes, or a backslash at the end; else it was none."""
        self._put(at, len(self.line), Kind.STRING)
        if len(quotes) == 1 and not _OPEN_END.match(self.line, at):
            self.open.clear()
        return len(self.line)

    def _text_of_f(self, at: int, prefix: str, quotes: str) -> int:
        """The text of an f-string, up to its end, a field, or the end of the line."""
        start, line = at, self.line
        while at < len(line):
            if line.startswith(quotes, at):
                self.open.pop()
                at += len(quotes)
                break
            found = _TEXT_OF_F[prefix].match(line, at)
            if found is None and line[at] == "{":
                self.open.append("{")
                at += 1
                break
            at = found.end() if found else at + 1
        else:
            return self._line_ends_in(start, quotes)
        self._put(start, at, Kind.STRING)
        return at

    def _code(self, at: int) -> int:
        """Code, up to a string that needs to be read by itself, the end of a field, or the end of the line."""
        line = self.line
        words, token = (WITHIN_EXPRESSIONS, _TOKEN_OF_EXPRESSION) if self.open else (WORDS, _TOKEN)
        wildcard = -1
        for found in token.finditer(line, at):
            start, end = found.span()
            if start < self.done:
                continue
            which = found.lastindex or 0
            if which == _NAME_IS:
                kind = words.get(found[0])
                if kind is None:
                    continue
                if isinstance(kind, Kind):
                    self._put(start, end, kind)
                elif kind is Leading.PREFIX:
                    if self._prefix(start, end):
                        return self.done
                elif kind is Leading.WILDCARD:
                    if start == wildcard:
                        self._put(start, end, Kind.KEYWORD)
                elif kind is Leading.PATTERN:
                    wildcard = self._pattern(start, end)
                else:
                    self._word(kind, start, end)
            elif which == _OPEN_IS:
                self.open.append(found[0])
                self._put(start, end, Kind.STRING)
                return end
            elif which == _FIELD_ENDS:
                if self.open[-1] == "{":
                    self.open.pop()
                    self._put(start, end, Kind.STRING)
                    return end
                if found[0][-1] == "}":
                    self.open.pop()
            elif which >= _BRACKET_OPENS:
                if which == _BRACKET_OPENS:
                    self.open.append("(")
                elif self.open[-1] == "(":
                    self.open.pop()
            else:
                self._put(start, end, _KINDS[which])
        return len(line)

    def _prefix(self, start: int, end: int) -> bool:
        """The prefix of a string, if it is one. Returns whether an f-string begins, whose text is read by itself."""
        quote = self.line[end : end + 1]
        if quote not in {"'", '"'}:
            return False
        prefix = self.line[start:end].lower().replace("t", "f")
        if "f" not in prefix:
            self._put(start, end, Kind.STRING)
            return False
        quotes = quote * 3 if self.line.startswith(quote * 3, end) else quote
        self.open.append(("rf" if "r" in prefix else "f") + quotes)
        self._put(start, end + len(quotes), Kind.STRING)
        return True

    def _pattern(self, start: int, end: int) -> int:
        """`match` or `case`, if it is a keyword here. Returns where a wildcard may be, or -1."""
        if self.line[:start].strip(" \t") or not _PATTERN.match(self.line, end):
            return -1
        self._put(start, end, Kind.KEYWORD)
        return self.line.find("_", end)

    def _word(self, word: Leading, start: int, end: int) -> None:
        line = self.line
        if word is Leading.BUILTIN:
            if line[start - 1 : start] != ".":
                self._put(start, end, Kind.BUILTIN)
        elif word is Leading.LAZY:
            if start == 0 and _IMPORTS.match(line, end):
                self._put(start, end, Kind.KEYWORD)
        else:
            self._put(start, end, Kind.KEYWORD)
            if word is Leading.DEFINITION and (name := _DEFINED.match(line, end)):
                self._put(*name.span(1), Kind.NAME)
            elif word is Leading.FROM and not line[:start].endswith("yield "):
                self._from(start)
            elif word is Leading.IMPORT:
                self._import(start)

    def _from(self, start: int) -> None:
        """The module is plain, whatever its name."""
        found = _FROM.match(self.line, start)
        if found and found[1]:
            self._put(*found.span(1), Kind.KEYWORD)
        elif found:
            self._plain(found.end())

    def _import(self, start: int) -> None:
        """Modules and what they are called here are plain."""
        found = _IMPORT.match(self.line, start)
        if found:
            for alias in _AS.finditer(self.line, start, found.end()):
                self._put(*alias.span(), Kind.KEYWORD)
            self._plain(found.end())


_KINDS = {
    _WHOLE_IS: Kind.STRING,
    _COMMENT_IS: Kind.COMMENT,
    _DECORATOR_IS: Kind.DECORATOR,
    _NUMBER_IS: Kind.NUMBER,
}
