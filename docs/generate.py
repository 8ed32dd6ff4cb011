"""Write the pages that are made from the code: `make docs`. A test fails if one of them is out of date."""

from __future__ import annotations

import json
from collections.abc import Iterator
from difflib import unified_diff
from pathlib import Path

from lifeops_codemods.config import parse_settings
from lifeops_codemods.config.schema import json_schema
from lifeops_codemods.documentation import standard_of
from lifeops_codemods.pipeline import Request
from lifeops_codemods.review.model import Review
from lifeops_codemods.review.reviewing import review
from lifeops_codemods.rule import Category, Rule
from lifeops_codemods.rules import all_rules
from lifeops_migrate.explain import page
from lifeops_migrate.reviews.markdown import markdown

DOCS = Path(__file__).parent
ROOT = DOCS.parent
DEMO = ROOT / "fixtures" / "lifeops"
CASES = ROOT / "cli" / "lifeops_migrate" / "cases"

_LINES = 40
"""A case with a longer diff is taken only where there is no shorter one."""


def cases() -> dict[Path, str]:
    """The diff of one fixture of each rule, which `explain` shows."""
    made = {CASES / f"{rule.name}.diff": _case(rule) for rule in all_rules()}
    return {path: text for path, text in made.items() if text}


def pages() -> dict[str, str]:
    """The text of every generated page, by its name in this folder."""
    schema = json.dumps(json_schema(all_rules()), indent=2, ensure_ascii=False)
    found = {f"rules/{rule.name}.md": page(rule) for rule in all_rules()}
    return {
        "lifeops-migrate.schema.json": f"{schema}\n",
        "rules/README.md": _index(),
        **found,
        "lifeops-review.md": markdown(demonstration()),
    }


def stale() -> list[str]:
    """The generated files that are out of date, missing, or left over; all relative to the project."""
    wanted = cases() | {DOCS / name: text for name, text in pages().items()}
    wrong = {path for path, text in wanted.items() if not path.is_file() or path.read_text(encoding="utf-8") != text}
    there = {*CASES.glob("*"), *(DOCS / "rules").glob("*")}
    return sorted(path.relative_to(ROOT).as_posix() for path in wrong | (there - wanted.keys()))


def write() -> None:
    """Write them all; what is left over goes."""
    for folder in (CASES, DOCS / "rules"):
        folder.mkdir(exist_ok=True)
        for path in folder.iterdir():
            path.unlink()
    for path, text in cases().items():
        path.write_text(text, encoding="utf-8")
    for name, text in pages().items():
        (DOCS / name).write_text(text, encoding="utf-8")


def demonstration() -> Review:
    """The review of the demonstration project."""
    file = DEMO / "pyproject.toml"
    settings = parse_settings(file.read_text(encoding="utf-8"), file.name, all_rules())
    return review(Request(root=DEMO, rules=all_rules(), settings=settings), "all standards")


def _index() -> str:
    lines = [
        "# Rules",
        "",
        "`lifeops-migrate explain RULE` prints the same pages; `lifeops-migrate rules` lists them.",
        "",
        "| Rule | Category | Effect | Severity | What it is for | Standard |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    order = list(Category)
    for rule in sorted(all_rules(), key=lambda rule: (order.index(rule.category), rule.name)):
        cells = (f"[{rule.name}]({rule.name}.md)", rule.category, rule.effect, rule.severity, rule.summary)
        lines.append(f"| {' | '.join(cells)} | {standard_of(rule)} |")
    return "\n".join(lines) + "\n"


def _case(rule: Rule) -> str:
    """The shortest diff of a case that shows more than one changed line, if there is one."""
    found = [(case.name, "".join(_diff(case))) for case in sorted((ROOT / "fixtures" / rule.name).glob("*"))]
    diffs = sorted((_weight(diff), name, diff) for name, diff in found if diff)
    return diffs[0][2] if diffs else ""


def _weight(diff: str) -> tuple[bool, bool, int]:
    changed = [line for line in diff.splitlines() if line[:1] in "+-" and line[:3] not in {"+++", "---"}]
    return diff.count("\n") > _LINES, len(changed) < 3, len(diff)


def _diff(case: Path) -> Iterator[str]:
    after = case / "after"
    for path in sorted(after.rglob("*.py")):
        name = path.relative_to(after)
        try:
            new = path.read_text(encoding="utf-8")
            old = (case / "before" / name).read_text(encoding="utf-8") if (case / "before" / name).is_file() else ""
        except UnicodeDecodeError:
            continue
        if "\r" not in new + old and new.endswith("\n"):
            yield from unified_diff(old.splitlines(True), new.splitlines(True), f"a/{name}", f"b/{name}")


if __name__ == "__main__":
    write()
