"""What an earlier run showed, given back where nothing has changed since: without rules, settings, texts or a plan."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

from lifeops_codemods.replay.program import modules_in
from lifeops_codemods.replay.recall import Recall
from lifeops_migrate.shown import Shown, from_plain, to_plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lifeops_codemods.plan.model import Migration
    from lifeops_codemods.replay.inputs import Inputs
    from lifeops_migrate.asked import Meant
    from lifeops_migrate.options import RunOptions


class Remembered:
    """What runs with the same words show of the same project. folder: of the cache; None remembers nothing."""

    def __init__(self, options: RunOptions, meant: Meant, folder: Path | None) -> None:
        self._root = meant.location.root
        self._recall = Recall(folder, self._root, _words(options, meant), modules_in(Path(__file__).parent))
        self._kept: tuple[Migration, Shown] | None = None

    def find(self) -> Shown | None:
        """What the last of them showed, where all that its plan was made of is as it was."""
        found = self._recall.find()
        if found is None:
            return None
        try:
            return from_plain(found.value, self._root, found.skipped, found.files_read)
        except (TypeError, ValueError):  # a value of another shape counts as not there
            return None

    def keep(self, exclude: Sequence[str], migration: Migration, inputs: Inputs, fresh: bool) -> None:
        """Remember what is shown of a migration of which nothing was turned down. fresh: it was made just now."""
        from lifeops_migrate.showing import shown_of

        if not fresh and self._recall.holds(inputs):
            return
        shown = shown_of(migration)
        self._kept = migration, shown
        self._recall.keep(to_plain(shown), exclude, inputs)

    def shown(self, migration: Migration) -> Shown:
        """What is shown of a migration; made once for the one that was kept."""
        from lifeops_migrate.showing import shown_of

        if self._kept is not None and self._kept[0].read is migration.read and self._kept[0].files is migration.files:
            return self._kept[1]
        return shown_of(migration)


def _words(options: RunOptions, meant: Meant) -> str:
    """All that makes the request: what of the options says what to plan, and the configuration to the byte."""
    location = meant.location
    configuration = (
        None if location.file is None else (location.file.name, hashlib.sha256(location.content).hexdigest())
    )
    changed = None if meant.changed is None else sorted(meant.changed)
    return repr((configuration, options.select, options.ignore, options.safe_only, location.paths, changed))
