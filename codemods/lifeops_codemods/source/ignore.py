"""Patterns as in `.gitignore`, and which of them decides about a path.

pathspec translates a pattern into a regular expression. Which pattern decides is git's rule and is written here: the
last matching one of the nearest file that has one. A pattern is asked about a path itself and never about what lies
below a match, since whoever walks the tree does not enter a folder that is ignored.
"""

from __future__ import annotations

import os
import re
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from lifeops_codemods.source.reading import ReadError, read_file

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from lifeops_codemods.source.git_folder import GitFolder

_EVERYTHING = re.compile(r"(?:\*|/?\*\*(?:/\*\*)*(?:/\*)?)(/?)")
_BELOW = re.compile(r"(.*/\*\*)(/?)")
_GROUP_NAME = re.compile(r"\(\?P<\w+>")
_STAR = "[^/]*"


class Pattern(NamedTuple):
    """A line of an ignore file: its regular expression, and whether what matches is ignored."""

    regex: str
    ignores: bool


class Patterns:
    """The patterns of an ignore file, in the order in which they stand in it.

    Almost no path matches anything: one search in C says so at once, and no pattern is compiled by itself before a path
    has matched one of them.
    """

    __slots__ = ("_any", "_last_first")

    def __init__(self, lines: Iterable[str]) -> None:
        found = [pattern for line in lines if (pattern := _translated(line)) is not None]
        try:
            self._any = _any_of(found)
        except re.error:
            found = [pattern for pattern in found if _is_valid(pattern)]
            self._any = _any_of(found)
        self._last_first = tuple(reversed(found))

    def verdict(self, path: str, *, folder: bool) -> bool | None:
        """Return whether the patterns ignore `path` (POSIX, relative to their own folder); None if they do not say."""
        probe = f"{path}/" if folder else path
        if not self._any.fullmatch(probe):
            return None
        return next(pattern.ignores for pattern in self._last_first if _compiled(pattern.regex).fullmatch(probe))


@cache
def _compiled(regex: str) -> re.Pattern[str]:
    return re.compile(regex, re.DOTALL)


def _any_of(patterns: Iterable[Pattern]) -> re.Pattern[str]:
    """Raises re.error."""
    return re.compile("|".join(pattern.regex for pattern in patterns) or r"(?!)", re.DOTALL)


def _is_valid(pattern: Pattern) -> bool:
    try:
        _compiled(pattern.regex)
    except re.error:
        return False
    return True


NOTHING = Patterns(())
"""Patterns that say nothing of any path."""


class Layer(NamedTuple):
    """The patterns of one ignore file. They see a path as `prefix` and the path less `strip` characters."""

    patterns: Patterns
    prefix: str
    strip: int


Layers = tuple[Layer, ...]
"""The ignore files that have a say in a folder, the weakest first."""


def ignored(layers: Layers, path: str, *, folder: bool) -> bool:
    """Whether `layers` ignore `path` (POSIX, relative to the project's root), its parents not being ignored."""
    for layer in reversed(layers):
        verdict = layer.patterns.verdict(layer.prefix + path[layer.strip :], folder=folder)
        if verdict is not None:
            return verdict
    return False


def layer_of(root: Path, folder: str, read: list[str]) -> Layer | None:
    """Return the layer of the `.gitignore` in `folder` (relative to `root`, "" for the root); None if it says nothing.

    A `.gitignore` that cannot be read, or is a symbolic link, says nothing: so it is for git. `read` grows by its path.
    """
    prefix = f"{folder}/" if folder else ""
    read.append(os.path.join(root, f"{prefix}.gitignore"))
    try:
        lines = _lines(read_file(root, f"{prefix}.gitignore"))
    except ReadError:
        return None
    return Layer(Patterns(lines), "", len(prefix))


def layers_above(root: Path, git: GitFolder | None, read: list[str]) -> Layers:
    """Return the layers that hold at `root` before its own `.gitignore`: `info/exclude`, and the folders above.

    None hold if they ignore the root itself: who names an ignored folder wants it read. `read` grows by the ignore
    files that were looked for.
    """
    if git is None:
        return ()
    parts = root.relative_to(git.top).parts
    layers = [Layer(Patterns(_lines(git.excludes())), "", 0)]
    for depth, part in enumerate(parts):
        folder = "/".join(parts[:depth])
        if (layer := layer_of(git.top, folder, read)) is not None:
            layers.append(layer)
        if ignored(tuple(layers), f"{folder}/{part}" if folder else part, folder=True):
            return ()
    return _seen_from(parts, layers)


def _seen_from(parts: Sequence[str], layers: Sequence[Layer]) -> Layers:
    """Return `layers`, whose paths are relative to the repository's top, for paths relative to the folder `parts`."""
    above = "".join(f"{part}/" for part in parts)
    return tuple(Layer(layer.patterns, above[layer.strip :], 0) for layer in layers)


def _lines(content: bytes) -> list[str]:
    """Return the lines of an ignore file as git splits them."""
    text = content.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "surrogateescape")
    return [line.removesuffix("\r") for line in text.split("\n")]


def _translated(line: str) -> Pattern | None:
    """Return a line's pattern; None for a comment, or for what git would not understand either."""
    from pathspec.patterns.gitignore.spec import GitIgnoreSpecPattern  # late: most starts compile no pattern

    try:
        regex, ignores = GitIgnoreSpecPattern.pattern_to_regex(_spelled_out(line))
    except ValueError:
        return None
    if regex is None or ignores is None:
        return None
    return Pattern(_linear(_GROUP_NAME.sub("(?:", regex)), ignores)


def _spelled_out(line: str) -> str:
    """Return `line` so that its expression matches just the paths that it names, and not a path below or above.

    pathspec shortens `*` to "anything", and lets `x/**`, all that is below x, match the folder `x/` too.
    """
    bang, pattern = ("!", line[1:]) if line.startswith("!") else ("", line)
    core = pattern.rstrip()
    if whole := _EVERYTHING.fullmatch(core):
        return f"{bang}?*{whole[1]}"
    if below := _BELOW.fullmatch(core):
        return f"{bang}{below[1]}/*{below[2]}"
    return line


def _linear(regex: str) -> str:
    """Return `regex` so that it takes linear time within a path segment: the ignore file is a stranger's.

    Between two `*` of one segment, the first place where the part between them matches is as good as any later one.
    """
    first, *parts = regex.split(_STAR)
    if not parts:
        return regex
    *inner, last = parts
    steps = (_STAR + part if "/" in part.replace("[^/]", "") else f"(?>{_STAR}?{part})" for part in inner)
    return f"{first}{''.join(steps)}{_STAR}{last}"
