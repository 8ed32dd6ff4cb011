"""Write a plan to disk so that it cannot be half done, and take it back.

`writing.apply` and `runs.undo` are the two ways in, `commits.commit_rules` a third that uses the first rule by rule;
all end in `transaction.commit`. disk.py is the one seam for I/O; git.py asks git, commits.py has it commit, nobody else
calls it.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lifeops_codemods.apply.checks import unwritable
    from lifeops_codemods.apply.errors import ApplyError, Interrupted, Refused
    from lifeops_codemods.apply.runs import Run, history, recover, undo
    from lifeops_codemods.apply.transaction import Recovery
    from lifeops_codemods.apply.writing import apply

__all__ = [
    "ApplyError",
    "Interrupted",
    "Recovery",
    "Refused",
    "Run",
    "apply",
    "history",
    "recover",
    "undo",
    "unwritable",
]

_MODULES = {
    "ApplyError": "errors",
    "Interrupted": "errors",
    "Recovery": "transaction",
    "Refused": "errors",
    "Run": "runs",
    "apply": "writing",
    "history": "runs",
    "recover": "runs",
    "undo": "runs",
    "unwritable": "checks",
}


def __getattr__(name: str) -> object:
    """Planning asks this package whether files can be written, and needs nothing of what writes them."""
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
