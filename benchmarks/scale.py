"""What a project costs by its lines: processor time, memory and bytes, of each part of a plan. For docs/scale.md.

    python benchmarks/scale.py TREE [dask://SCHEDULER:8786]

Each part is measured in a process of its own, with every rule, without the cache, in one process. Changes nothing.
"""

from __future__ import annotations

import gc
import json
import marshal
import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

from lifeops_codemods import pipeline
from lifeops_codemods.pipeline import Request, plan
from lifeops_codemods.rules import all_rules
from lifeops_codemods.source.discovery import discover
from lifeops_codemods.workers.dask import Dask
from lifeops_codemods.workspace import Workspace

MEGABYTE = 1e6


def main() -> None:
    if len(sys.argv) == 4 and sys.argv[1] in PARTS:
        print(json.dumps(PARTS[sys.argv[1]](Path(sys.argv[2]), sys.argv[3])))
        return
    tree, url = Path(sys.argv[1]).resolve(), (sys.argv[2:] or [""])[0]
    read, facts = measured("read", tree), measured("facts", tree)
    lines = read["lines"]
    print(f"{read['files']:,} files, {lines:,} lines, {read['bytes'] / MEGABYTE:.1f} MB of text")
    print(f"{'':42} {'here':>10} {'a million lines':>18}")
    row("read: cpu s", read["cpu"], lines)
    row("read: memory MB", read["memory"], lines)
    row("facts: cpu s", facts["cpu"] - read["cpu"], lines)
    row("facts: memory MB, texts included", facts["memory"] - read["memory"], lines)
    row("facts: MB sent to workers", facts["sent"], lines)
    row("facts: MB sent back", facts["answered"], lines)
    for name, where in (("here", ""), ("dask", url)):
        if name == "here" or url:
            whole = measured("whole", tree, where)
            row(f"plan ({name}): cpu s of this process", whole["cpu"], lines)
            row(f"plan ({name}): wall s", whole["wall"], lines)
            row(f"plan ({name}): of it rewriting, cpu s", whole["rewriting"], lines)
            row(f"plan ({name}): largest memory MB", whole["memory"], lines)


def row(what: str, value: float, lines: int) -> None:
    print(f"{what:42} {value:10.1f} {value / lines * 1e6:18.1f}")


def measured(part: str, tree: Path, url: str = "") -> dict[str, Any]:
    words = [sys.executable, __file__, part, str(tree), url]
    found: dict[str, Any] = json.loads(subprocess.run(words, check=True, stdout=subprocess.PIPE).stdout)
    return found


def read(tree: Path, url: str) -> dict[str, Any]:
    workspace = _workspace(tree)
    lines = sum(data.count(b"\n") for data in workspace.data.values())
    size = sum(map(len, workspace.data.values()))
    return {"files": len(workspace.paths), "lines": lines, "bytes": size, "cpu": process_time(), "memory": _memory()}


def facts(tree: Path, url: str) -> dict[str, Any]:
    workspace = _workspace(tree)
    found = workspace.facts(workspace.paths)
    cpu, memory = process_time(), _memory()
    texts = {workspace.digests[path]: workspace.original(path) for path in workspace.paths}
    sent = len(marshal.dumps(list(texts.values()))) / MEGABYTE
    answered = sum(len(marshal.dumps(tuple(one.raw))) for one in found if one is not None) / MEGABYTE
    return {"cpu": cpu, "memory": memory, "sent": sent, "answered": answered}


def whole(tree: Path, url: str) -> dict[str, Any]:
    rewriting = _timed_settling()
    start = perf_counter()
    if url:
        with Dask(url) as executor:
            plan(Request(root=tree, rules=all_rules(), executor=executor))
    else:
        plan(Request(root=tree, rules=all_rules()))
    largest = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
    return {"cpu": process_time(), "wall": perf_counter() - start, "rewriting": sum(rewriting), "memory": largest}


def _timed_settling() -> list[float]:
    """The seconds that each rule's edits take to be made, in a list that grows."""
    seconds: list[float] = []
    settle = pipeline.settle

    def timed(*given: Any) -> Any:
        start = process_time()
        try:
            return settle(*given)
        finally:
            seconds.append(process_time() - start)

    pipeline.settle = timed
    return seconds


def _workspace(tree: Path) -> Workspace:
    gc.disable()
    return Workspace(tree, discover(tree).files, all_rules(), None)


def _memory() -> float:
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize() / MEGABYTE


PARTS: dict[str, Callable[[Path, str], dict[str, Any]]] = {"read": read, "facts": facts, "whole": whole}

if __name__ == "__main__":
    main()
