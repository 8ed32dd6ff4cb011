"""Measure this tool beside others on real projects, and write `docs/performance.md` and its drawing.

    python benchmarks/run.py [--runs N] [--only SECTION,...] [--page] [--lock]

Without options all sections are measured in one run. The figures are kept in `benchmarks/figures.json`, from which the
page is written; `--only` renews those of some sections. The projects are the pinned ones of the corpora folder
(`CORPORA`, by default `../shared/corpora` beside this repository).
"""

from __future__ import annotations

import argparse
import compileall
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from checks.places import REPO
from measure import peers, trees
from measure.book import Record, read, write
from measure.page import SECTIONS, code, drawing, machine, written

FIGURES = REPO / "benchmarks" / "figures.json"
PAGE = REPO / "docs" / "performance.md"


def main(arguments: Sequence[str] | None = None) -> int:
    wanted = options(arguments)
    if wanted.lock:
        peers.lock()
        return 0
    if not wanted.page:
        _measure(wanted.only, wanted.runs)
    write_page(FIGURES, PAGE)
    return 0


def options(arguments: Sequence[str] | None) -> argparse.Namespace:
    """`only` holds the names of the sections to measure. Ends the program where one is unknown."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=5, help="of each contestant at most (%(default)s)")
    parser.add_argument("--only", metavar="SECTION,...", help=f"measure these alone: {', '.join(SECTIONS)}")
    parser.add_argument("--page", action="store_true", help="measure nothing: write the page from the figures")
    parser.add_argument("--lock", action="store_true", help="pin the newest versions of the other tools")
    wanted = parser.parse_args(arguments)
    wanted.only = wanted.only.split(",") if wanted.only else list(SECTIONS)
    if unknown := set(wanted.only) - set(SECTIONS):
        parser.error(f"unknown: {', '.join(sorted(unknown))}; known: {', '.join(SECTIONS)}")
    if wanted.runs < 1:
        parser.error("--runs takes 1 or more")
    return wanted


def _measure(names: Sequence[str], runs: int) -> None:
    """Each section's figures are kept as soon as it is measured. Ends the program where a tree was written to."""
    start, version = time.strftime("%Y-%m-%d %H:%M", time.gmtime()), code()
    for source in ("codemods", "cli"):  # as an installation does; no run writes bytecode
        compileall.compile_dir(REPO / source, quiet=1)
    for name in names:
        began = time.monotonic()
        print(f"{name}", flush=True)
        tables = SECTIONS[name].measure(runs)
        if changed := trees.changed():
            sys.exit(f"{name}: somebody wrote to {', '.join(changed)}: the figures are not kept")
        write({**read(FIGURES), name: Record(start, version, machine(), tables)}, FIGURES)
        print(f"{name} took {time.monotonic() - began:.0f} s", flush=True)


def write_page(figures: Path, page: Path) -> None:
    """The page, and beside it the drawing."""
    book = read(figures)
    page.write_text(written(book))
    if "scale" in book:
        page.with_suffix(".svg").write_text(drawing(book["scale"]))


if __name__ == "__main__":
    sys.exit(main())
