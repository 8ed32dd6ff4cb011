"""What a rule's documentation says, for programs."""

from __future__ import annotations

import re

from lifeops_codemods.rule import Rule

_SOURCE = re.compile(r"^Source: the LifeOps standard, [^\"]*\"(?P<quote>[^\"]+)\"")


def standard_of(rule: Rule) -> str:
    """The line of the standards that a rule enforces, as its documentation quotes it; else what the rule says."""
    quoted = _SOURCE.search(" ".join(rule.documentation.split("\n\n")[1:2]).replace("\n", " "))
    return quoted["quote"] if quoted else rule.summary
