"""Comments by which a person tells the engine to leave a place alone.

# lifeops: ignore                            the statement on this line; on a `def` or `class` line its whole body
# lifeops: ignore[eager-load, pagination]    the same, for these rules only
# lifeops: ignore-file[pagination]           the file; above its first statement, docstring aside
"""

from lifeops_codemods.suppressions.complaint import Complaint, complaints
from lifeops_codemods.suppressions.reader import suppressions
from lifeops_codemods.suppressions.suppression import Suppression

__all__ = ["Complaint", "Suppression", "complaints", "suppressions"]
