"""What code makes of a class's name: the table's name it computes, and where else the name is read.

The target's code is never run. `evaluate` walks the syntax tree of a function such as `def __tablename__(cls)` and does
the string operations itself, within bounds that hostile input cannot leave; what it does not understand it answers with
`Unknown`, naming the node. `name_reads` finds the places that read a class's name and says what each is for.
"""

from lifeops_codemods.project.naming.evaluator import evaluate, evaluate_assignment, evaluate_expression
from lifeops_codemods.project.naming.reads import NameRead, NameUse, name_reads, names_read
from lifeops_codemods.project.naming.values import External, Located, Lookup, Unknown

__all__ = [
    "External",
    "Located",
    "Lookup",
    "NameRead",
    "NameUse",
    "Unknown",
    "evaluate",
    "evaluate_assignment",
    "evaluate_expression",
    "name_reads",
    "names_read",
]
