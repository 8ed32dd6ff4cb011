"""Whose fault an exception is that comes out of a query: the modifier or filter, by name and line."""

from __future__ import annotations

import os
import traceback
from collections.abc import Iterator
from types import FrameType

from fissix.pytree import Base

_QUERY = os.path.join("bowler", "query.py")


def modifier_failed(error: BaseException) -> tuple[int, str]:
    """The line that was being worked on, and `modifier add_timeout (rename.py:12) failed: KeyError: 'x'`."""
    what = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    for kind, frame, line, node in _called_by_bowler(error):
        place = f"{os.path.basename(frame.f_code.co_filename)}:{line}"
        return _line_of(node), f"{kind} {_name(frame)} ({place}) failed: {what}"
    return 0, f"the query failed: {what}"


def script_failed(error: BaseException, script: str) -> str:
    """`rename.py:3: NameError: …`: the last line of the script itself that was being run."""
    what = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    if isinstance(error, SyntaxError) and error.filename == script:
        return f"{script}:{error.lineno}: {type(error).__name__}: {error.msg}"
    lines = [line for frame, line in traceback.walk_tb(error.__traceback__) if frame.f_code.co_filename == script]
    return f"{script}:{lines[-1]}: {what}" if lines else f"{script}: {what}"


def _called_by_bowler(error: BaseException) -> Iterator[tuple[str, FrameType, int, object]]:
    """What `Fixer.transform` of Bowler called, and for which node: filters it runs in a generator."""
    called_by = ""
    node: object = None
    for frame, line in traceback.walk_tb(error.__traceback__):
        code = frame.f_code
        if code.co_filename.endswith(_QUERY) and code.co_name in {"transform", "<genexpr>"}:
            called_by = "filter" if code.co_name == "<genexpr>" else "modifier"
            node = frame.f_locals.get("node", node)
        elif called_by:
            yield called_by, frame, line, node
            return


def _line_of(node: object) -> int:
    return (node.get_lineno() or 0) if isinstance(node, Base) else 0


def _name(frame: FrameType) -> str:
    """The function's own name, or for what Bowler's methods make, the name of the method."""
    code = frame.f_code
    if code.co_filename == "<string>":
        return "given as text"
    return code.co_qualname.partition(".<locals>")[0] if code.co_filename.endswith(_QUERY) else code.co_name
