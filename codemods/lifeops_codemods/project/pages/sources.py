"""What is found behind a list: queries, and totals that are reported beside their rows."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from lifeops_codemods.project.pages.inside import Inside
from lifeops_codemods.project.pages.statements import Built


@dataclass(frozen=True, slots=True, eq=False)
class Source:
    """A query whose rows a function returns. node: the statement where it is run, in the text of `inside`."""

    inside: Inside
    node: ast.expr
    built: Built
    unique: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Total:
    """`len(rows)`, reported beside the rows as the number of all of them."""

    inside: Inside
    node: ast.Call
