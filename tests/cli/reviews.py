"""Reviews of real files and reviews made by hand, for the tests of the formats."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from lifeops_codemods.config import OWN_FILE, SHARED_FILE, Settings, parse_settings
from lifeops_codemods.outcome import FileError
from lifeops_codemods.pipeline import Request
from lifeops_codemods.plan.model import Change, Position
from lifeops_codemods.review.model import Endpoint, Issue, Named, Reached, Review, Score, Spot, State
from lifeops_codemods.review.reviewing import review
from lifeops_codemods.rule import Category, Effect, Severity
from lifeops_codemods.rules import all_rules

from .making import file, rule, step

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from lifeops_codemods.plan.model import FilePlan


def reviewed(root: Path, *names: str) -> Review:
    """The review of what is on the disk, by the rules that are named, or by all."""
    settings = Settings()
    for name in (OWN_FILE, SHARED_FILE):
        if (root / name).is_file():
            settings = parse_settings((root / name).read_text(encoding="utf-8"), name, all_rules())
            break
    rules = tuple(one for one in all_rules() if not names or one.name in names)
    return review(Request(root=root.resolve(), rules=rules, settings=settings), "all standards")


def merged(reviews: Sequence[Review]) -> Review:
    """Several reviews as one: their issues in a row, with fingerprints of their own."""
    issues: list[Issue] = []
    endpoints: list[Endpoint] = []
    of: dict[str, tuple[Review, Issue]] = {}
    for one in reviews:
        for issue in one.issues:
            numbers = tuple(len(endpoints) + number for number in issue.endpoints)
            issues.append(replace(issue, fingerprint=f"{len(issues):032x}", endpoints=numbers))
            of[issues[-1].fingerprint] = (one, issue)
        endpoints += one.state.endpoints

    def change(issue: Issue) -> tuple[FilePlan, ...]:
        review, original = of[issue.fingerprint]
        return review.change(original)

    state = replace(reviews[0].state, endpoints=tuple(endpoints))
    errors = tuple(error for one in reviews for error in one.errors)
    return replace(reviews[0], issues=tuple(issues), state=state, errors=errors, change=change)


def hostile(root: Path, text: str) -> Review:
    """The text everywhere: in code, in names, in paths, in messages, in reasons, in the topic."""
    path = f"app/{text.replace('/', '_')[:60]}.py"
    before = f"first = 1\nname = '{text}'\nlast = 3\n"
    start = before.index("name")
    changed = file(path, step(before, [Change(start, start + 4, "new")], path=path))
    made = rule("eager-load", category=Category.PERFORMANCE, summary="Loads what is read")
    spot = Spot(path, 1, 3, 2)
    common = {"rule": made, "name": "eager-load", "path": path, "position": Position(2, 1, 2, 5), "files": (path,)}
    told = {"message": f"seen {text}", "anchor": text, "scope": text, "why": (f"{path}:1 {text}", text)}
    edit = Issue(
        fingerprint="a" * 32,
        severity=Severity.ERROR,
        effect=Effect.UNSAFE,
        clients_see=f"see {text}",
        unit="u",
        edits=1,
        endpoints=(0,),
        way=(text, text),
        **common,  # type: ignore[arg-type]
        **told,  # type: ignore[arg-type]
    )
    finding = Issue(
        fingerprint="b" * 32,
        severity=Severity.INFO,
        reason=f"reason {text}",
        advice=f"advice {text}",
        **common,  # type: ignore[arg-type]
        **told,  # type: ignore[arg-type]
    )
    return Review(
        topic=text,
        root=root,
        rules=(made,),
        state=State(
            endpoints=(Endpoint(("GET",), f"/{text}", text, spot, (), (Reached(text, spot, (Named(text, spot),)),)),),
            services=(Named(text, spot),),
            models=(Named(text, spot),),
        ),
        scores=(Score(rule="eager-load", standard="N+1", noun="endpoints", follows=0, total=1, issues=2),),
        issues=(edit, finding),
        errors=(FileError(path, 3, f"broken {text}"),),
        files_read=1,
        change=lambda issue: (changed,) if issue.is_edit else (),
    )
