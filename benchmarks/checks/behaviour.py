"""What the projects do before and after: their contract, their tests, the import of every module."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar
from xml.etree import ElementTree

from evidence.occurrences import whole_words

from checks.environment import PINS, TABLE, own_python
from checks.outcome import Outcome, agree
from checks.places import CORPORA

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

HINTS = {"fmn": "fmn's gssapi is built from source: apt-get update && apt-get install -y libkrb5-dev, then run again"}
LONGEST = 1800
STEADY = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "PYTHONHASHSEED": "0"}  # documents made from sets stay equal

Answer = TypeVar("Answer")
Ran = subprocess.CompletedProcess[str]


def outcomes(
    name: str, before: Path, after: Path, renamed: Mapping[str, str], added: frozenset[str] = frozenset()
) -> list[Outcome]:
    """All that can be run of this project, on both of its states; added: parameters that operations may have got."""
    if "requires" in PINS[name]:
        return [_contract(name, before, after, added), _tests(name, before, after)]
    python = own_python(name)
    if python is None:
        return [Outcome("imports", None, "its dependencies are not installable here")]
    return [_bare_contract(name, python, before, after, added), _imports(name, python, before, after, renamed)]


def _of_both(ask: Callable[[Path], Answer], before: Path, after: Path) -> tuple[Answer, Answer]:
    """What is answered for each state, both at the same path: some projects show where they are."""
    answers = []
    for folder in (before, after):
        place = folder.rename(before.with_name("project"))
        try:
            answers.append(ask(place))
        finally:
            place.rename(folder)
    return answers[0], answers[1]


# -- projects with tests


def _contract(name: str, before: Path, after: Path, added: frozenset[str]) -> Outcome:
    first, second = _of_both(lambda folder: _get(name, "--contract", str(folder)), before, after)
    if first.returncode:
        return Outcome("contract", None, _why(name, first))
    return _same_contract(first, second, added)


def _tests(name: str, before: Path, after: Path) -> Outcome:
    first, second = _of_both(lambda folder: _results(name, folder), before, after)
    if not first:
        return Outcome("tests", None, f"they do not run; {HINTS.get(name, 'see get.py --test')}")
    different = [
        f"{case}: {first.get(case)} before, {second.get(case)} after"
        for case in sorted(first.keys() | second.keys())
        if first.get(case) != second.get(case)
    ]
    passed = sum(result == "passed" for result in second.values())
    return agree("tests", different, f"{passed} of {len(second)} pass, as before")


def _results(name: str, folder: Path) -> dict[str, str]:
    report = folder.parent / f"tests-{folder.name}.xml"
    report.unlink(missing_ok=True)
    _get(name, "--test", str(folder), f"--junitxml={report}")
    if not report.exists():
        return {}
    cases = ElementTree.parse(report).iter("testcase")
    return {f"{case.get('classname')}::{case.get('name')}": _result(case) for case in cases}


def _result(case: ElementTree.Element) -> str:
    return next((child.tag for child in case if child.tag in {"failure", "error", "skipped"}), "passed")


def _get(name: str, *arguments: str) -> Ran:
    command = [sys.executable, str(CORPORA / "get.py"), name, *arguments]
    return subprocess.run(
        command, env=STEADY, capture_output=True, text=True, errors="replace", timeout=LONGEST, check=False
    )


def _why(name: str, ran: Ran) -> str:
    return f"{HINTS.get(name, 'its environment cannot be made')} ({_last_line(ran.stderr)})"


def _last_line(text: str) -> str:
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("WARNING")]
    return lines[-1] if lines else ""


# -- projects without


def _bare_contract(name: str, python: str, before: Path, after: Path, added: frozenset[str]) -> Outcome:
    script = str(CORPORA / "contract.py")
    command = [python, script, *TABLE[name]["contract"]]
    first, second = _of_both(lambda folder: _inside(name, folder, command), before, after)
    if first.returncode:
        return Outcome("contract", None, _last_line(first.stderr))
    return _same_contract(first, second, added)


def _same_contract(first: Ran, second: Ran, added: frozenset[str]) -> Outcome:
    if second.returncode:
        return Outcome("contract", False, _last_line(second.stderr))
    lines = (ran.stdout.splitlines()[-1] for ran in (first, second))
    before, after = (json.loads(re.sub(r" at 0x[0-9a-f]+", "", line)) for line in lines)  # addresses of objects
    changed = _take_back(before["operations"], after["operations"], added)
    if changed:
        before["openapi"] = after["openapi"] = ""
    different = [f"{key} differs" for key in before if before[key] != after[key]]
    counts = f"{before['mappers']} mappers, {len(before['relationships'])} relationships"
    but = f", but for the parameters {', '.join(sorted(added))} of {changed}" if changed else ""
    return agree("contract", different, f"{counts}, {len(before['operations'])} operations, as before{but}")


def _take_back(before: dict[str, Any], after: dict[str, Any], added: frozenset[str]) -> int:
    """Leave out of the operations what they got in addition, with the 422 for it; say of how many."""
    changed = 0
    for key in before.keys() & after.keys():
        known, now = before[key], after[key]
        new = added & (set(now["parameters"]) - set(known["parameters"]))
        if new:
            changed += 1
            now["parameters"] = [name for name in now["parameters"] if name not in new]
            now["responses"] = [code for code in now["responses"] if code in known["responses"] or code != "422"]
    return changed


def _imports(name: str, python: str, before: Path, after: Path, renamed: Mapping[str, str]) -> Outcome:
    first, second = _of_both(lambda folder: _imported(name, python, folder), before, after)
    if not first:
        return Outcome("imports", None, "the import of its modules does not end")
    old = {new: word for word, new in renamed.items()}
    words = whole_words(old)
    plain = {module: words.sub(lambda match: old[match.group()], told) for module, told in second.items()}
    plain_first = {module: words.sub(lambda match: old[match.group()], told) for module, told in first.items()}
    different = [
        f"{module}: {first.get(module)} before, {second.get(module)} after"
        for module in sorted(first.keys() | second.keys())
        if plain_first.get(module) != plain.get(module)
    ]
    well = sum(told == "ok" for told in second.values())
    return agree("imports", different, f"{well} of {len(second)} modules import, as before")


def _imported(name: str, python: str, folder: Path) -> dict[str, str]:
    script = str(Path(__file__).with_name("import_all.py"))
    root = folder / TABLE[name]["roots"][0]
    ran = _inside(name, folder, [python, script, str(root), TABLE[name]["package"]])
    found: dict[str, str] = json.loads(ran.stdout) if ran.stdout.strip() else {}
    return found


def _inside(name: str, folder: Path, command: list[str]) -> Ran:
    """Run in the project's copy, which comes before the installed package on the path."""
    path = [str(folder / TABLE[name]["roots"][0]), str(Path(__file__).with_name("absent"))]
    variables = {
        **STEADY,
        **TABLE[name].get("variables", {}),
        "ABSENT": ",".join(TABLE[name].get("absent", [])),
        "PYTHONPATH": os.pathsep.join(path),
    }
    return subprocess.run(
        command,
        cwd=folder,
        env=variables,
        capture_output=True,
        text=True,
        errors="replace",
        timeout=LONGEST,
        check=False,
    )
