"""What a check found, and how it is told."""

from __future__ import annotations

from typing import NamedTuple


class Outcome(NamedTuple):
    """`passed` is None where the check could not be made; `told` says why, or what is wrong."""

    check: str
    passed: bool | None
    told: str = ""

    def __str__(self) -> str:
        word = {True: "ok", False: "FAILED", None: "skipped"}[self.passed]
        return f"  {word:8}{self.check}" + (f": {self.told}" if self.told else "")


def agree(check: str, problems: list[str], told: str = "") -> Outcome:
    """Passed if there are no problems; else the first few of them."""
    if not problems:
        return Outcome(check, True, told)
    more = f"\n            and {len(problems) - 8} more" if len(problems) > 8 else ""
    return Outcome(check, False, "".join(f"\n            {problem}" for problem in problems[:8]) + more)
