"""Write a plan to disk so that it cannot be half done, and take it back.

`writing.apply` and `runs.undo` are the two ways in; both end in `transaction.commit`. disk.py is the one seam for
I/O, git.py the one caller of git.
"""

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
