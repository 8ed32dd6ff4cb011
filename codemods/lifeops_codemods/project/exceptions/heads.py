"""The head of an `except` clause: from its keyword to what stands before its colon."""

from __future__ import annotations

import ast

from lifeops_codemods.project import Project
from lifeops_codemods.project.trees import offsets, span_of

_KEYWORD = "except"


def head_of(project: Project, path: str, handler: ast.ExceptHandler) -> tuple[int, int]:
    """The offsets of the head, without the blanks before the colon."""
    start = offsets(project, path).at(handler.lineno, handler.col_offset)
    text = project.text(path)
    if handler.type is None:
        return start, start + len(_KEYWORD)
    position = span_of(project, path, handler.type)[1]
    end = position
    while position < len(text) and text[position] != ":":
        if text[position] == "#":
            position = max(position, text.find("\n", position))
        elif not text[position].isspace() and text[position] != "\\":
            end = position + 1
        position += 1
    return start, end
