"""How far each standard is followed: counted in the project where that is possible, else by the issues of its rule."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lifeops_codemods.documentation import standard_of
from lifeops_codemods.review.model import Issue, Measure, Score, State
from lifeops_codemods.rule import Category, Rule

_ORDER = {category: number for number, category in enumerate(Category)}


def scores(state: State, rules: Sequence[Rule], issues: Sequence[Issue], files: int) -> tuple[Score, ...]:
    """A score for each rule that ran, in the order of the standards; then those that only the project tells."""
    measures = {measure.rule: measure for measure in state.measures}
    ordered = sorted(rules, key=lambda rule: (_ORDER[rule.category], rule.name))
    # Where there is nothing to follow a standard, nothing follows it.
    counted = [rule for rule in ordered if rule.name not in measures or measures[rule.name].total]
    found = [
        _of_rule(rule, measures.get(rule.name), state, [one for one in issues if one.name == rule.name], files)
        for rule in counted
    ]
    return (*found, *_without_rule(state, rules))


def _of_rule(rule: Rule, measure: Measure | None, state: State, issues: Sequence[Issue], files: int) -> Score:
    noun, follows, total = _counted(state, issues, files)
    if measure is not None:
        noun, follows, total = measure.noun, measure.follows, measure.total
    return Score(
        rule=rule.name, standard=standard_of(rule), noun=noun, follows=follows, total=total, issues=len(issues)
    )


def _counted(state: State, issues: Sequence[Issue], files: int) -> tuple[str, int, int]:
    """Of endpoints those that no issue belongs to; of files, where no issue belongs to an endpoint."""
    touched = {number for issue in issues for number in issue.endpoints}
    if state.endpoints and (touched or not issues):
        return "endpoints", len(state.endpoints) - len(touched), len(state.endpoints)
    return "files", files - len({issue.path for issue in issues}), files


def _without_rule(state: State, rules: Sequence[Rule]) -> Iterator[Score]:
    names = {rule.name for rule in rules}
    for measure in state.measures:
        if measure.rule not in names and measure.total:
            yield Score(
                rule="",
                standard=measure.standard,
                noun=measure.noun,
                follows=measure.follows,
                total=measure.total,
                issues=0,
            )
