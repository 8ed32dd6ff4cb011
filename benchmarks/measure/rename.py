"""What it costs to see one rename."""

from __future__ import annotations

from measure import ours, renames
from measure.book import Record, Table
from measure.contest import in_turn, usual
from measure.renames import Task
from measure.section import Section, comparison, wrapped
from measure.trees import BIG, size, tree

RULE = "model-db-suffix"
COLD, WARM = "lifeops-migrate, cold", "lifeops-migrate, warm"
MODELS = "src/dstack/_internal/server/models.py"
MODULE = "dstack._internal.server.models"
DSTACK = Task("dstack", MODELS, MODULE, "UserModel", "UserDB")
ALL = Task(BIG, f"dstack/{MODELS}", MODULE, "UserModel", "UserDB")
OTHERS = {
    DSTACK: (renames.libcst, renames.rope, renames.bowler, renames.ast_grep),
    ALL: (renames.rope, renames.ast_grep),
}


def measure(runs: int) -> dict[str, Table]:
    """Both trees. LibCST takes minutes on the larger, and Bowler's figure is in the section on size."""
    return {task.tree: _measured(task, runs) for task in OTHERS}


def _measured(task: Task, runs: int) -> Table:
    folder = tree(task.tree)
    rule = ours.selected(RULE)
    everybody = [ours.cold(COLD, *rule), ours.warm(WARM, *rule), *(other(task) for other in OTHERS[task])]
    return Table(size(folder), in_turn(everybody, folder, usual(runs)))


def written(record: Record) -> str:
    """A table for each tree."""
    parts = [f"### {name} ({table.size})\n\n{comparison(table.rows, COLD)}" for name, table in record.tables.items()]
    return "\n".join([START, *parts])


START = "## One rename\n\n" + wrapped(
    f"""This tool renames *all* models of the tree, by `run --dry-run --select {RULE}`, and shows the diff. The others
    rename one class, `{DSTACK.name}` to `{DSTACK.new}`, as far as they can, and show or describe the change."""
)
SECTION = Section("rename", measure, written)
