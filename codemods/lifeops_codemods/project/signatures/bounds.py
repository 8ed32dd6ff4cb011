"""Integer ids of a path, and whether they are bounded already."""

from __future__ import annotations

import re

from lifeops_codemods.facts.expressions import parts as parts_of
from lifeops_codemods.project import Project
from lifeops_codemods.project.annotations import metadata
from lifeops_codemods.project.constants import Given
from lifeops_codemods.project.functions import FunctionRef, function
from lifeops_codemods.project.parameters import Taken
from lifeops_codemods.project.signatures.requested import Requested
from lifeops_codemods.project.types import Instance

_ID = re.compile(r"(.*_)?(id|pk)|.+I[dD]")
_BOUNDS = frozenset({"ge", "gt", "le", "lt"})
_MARKS = frozenset({"Ge", "Gt", "Le", "Lt", "Interval", "AfterValidator", "BeforeValidator", "PlainValidator"})


def is_id(one: Requested) -> bool:
    """Whether a parameter is an `int` and is called like an id."""
    return one.taken.type == Instance("builtins.int") and _ID.fullmatch(one.shown) is not None


def has_bounds(project: Project, ref: FunctionRef, taken: Taken) -> bool:
    """Whether anything bounds or checks a parameter; what is unpacked into its mark may."""
    row = taken.parameter
    annotation = None if row.annotation is None else Given(ref.path, function(project, ref).scope, row.annotation)
    said = [] if annotation is None else list(metadata(project, annotation))
    for given in [*said, *([taken.marker] if taken.marker is not None else [])]:
        if given.expression[0] == "call":
            named = dict(given.expression[5])
            if named.keys() & _BOUNDS or parts_of(given.expression[3])[-1:] in {(mark,) for mark in _MARKS}:
                return True
    return False
