"""What the process tells its caller."""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


class Exit(IntEnum):
    """The exit codes, the gravest first."""

    INTERRUPTED = 130
    TERMINATED = 143
    FAILED = 2
    VERIFY_FAILED = 5
    REFUSED = 4
    INCOMPLETE = 3
    CHANGES = 1
    DONE = 0


def gravest(codes: Iterable[Exit]) -> Exit:
    """The one to exit with where several apply."""
    order = list(Exit)
    return min(codes, key=order.index, default=Exit.DONE)
