"""What a stage of a rewrite gets and gives: operations with their places in the text so far, and changes on it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from lifeops_codemods.operation import Operation, Span
from lifeops_codemods.plan.document import Document
from lifeops_codemods.plan.model import Change
from lifeops_codemods.plan.style import Style


class Placed(NamedTuple):
    """An operation and where it is in the text that the stage gets."""

    operation: Operation
    span: Span


@dataclass(frozen=True, slots=True)
class Outcome:
    """The changes that a stage makes, sorted and disjoint, and why it refuses operations."""

    changes: tuple[Change, ...] = ()
    refused: Mapping[Operation, str] = field(default_factory=dict)


Stage = Callable[[Document, Sequence[Placed], Style], Outcome]
