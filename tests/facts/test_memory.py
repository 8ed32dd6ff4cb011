"""What a file's facts take in memory, and what they must not leave behind."""

from __future__ import annotations

import gc

from lifeops_codemods.facts.collect import collect

TEXT = "import a\n\n\nclass B(a.C):\n    def f(self, x: int = 1) -> 'a.D':\n        return [y for y in x if f'{y}']\n"


def test_a_walk_leaves_nothing_that_only_the_cycle_collector_would_find() -> None:
    collect(TEXT)
    gc.collect()
    gc.disable()
    try:
        collect(TEXT)
        assert gc.collect() == 0
    finally:
        gc.enable()
