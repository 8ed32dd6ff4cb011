"""The kinds of differences between two OpenAPI documents, and what each means for a client of today."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import NamedTuple


class Impact(StrEnum):
    """What a client notices that was written for the document before."""

    NONE = "none"
    ADDITIVE = "additive"
    BREAKING = "breaking"


class Change(StrEnum):
    """One kind of difference. A rule declares those that its edits may make.

    Narrowed means that fewer values are allowed than before, widened that more are. What a client may send must not be
    narrowed, what it must be ready to receive must not be widened; a field less in an answer counts as widened.
    """

    DESCRIPTION = "description"
    """Texts for people: descriptions, summaries, titles, examples."""
    SCHEMA_NAME = "schema-name"
    """The same schema under another name: generated clients name their classes after it."""
    OPERATION_ID = "operation-id"
    OPERATION_ADDED = "operation-added"
    OPERATION_REMOVED = "operation-removed"
    PARAMETER_ADDED = "parameter-added"
    """A parameter that nobody has to send."""
    PARAMETER_REMOVED = "parameter-removed"
    PARAMETER_REQUIRED = "parameter-required"
    """A parameter that must be sent: a new one, or one that could be left out before."""
    PARAMETER_OPTIONAL = "parameter-optional"
    """A parameter that may be left out now."""
    PARAMETER_NARROWED = "parameter-narrowed"
    PARAMETER_WIDENED = "parameter-widened"
    PARAMETER_DEFAULT = "parameter-default"
    """Another value is taken where the parameter is left out."""
    BODY_NARROWED = "body-narrowed"
    """Also a body, or a field of it, that must be sent now."""
    BODY_WIDENED = "body-widened"
    BODY_DEFAULT = "body-default"
    SUCCESS_STATUS = "success-status"
    """The same answer under another 2xx status."""
    RESPONSE_ADDED = "response-added"
    """One more status is documented, such as 422 with the first parameter that is validated."""
    RESPONSE_REMOVED = "response-removed"
    RESPONSE_NARROWED = "response-narrowed"
    """The answer is described more closely, or has more fields."""
    RESPONSE_WIDENED = "response-widened"
    OTHER = "other"
    """Anything else: security, servers, callbacks, what this version does not know."""

    @property
    def impact(self) -> Impact:
        """What it means for clients; what is not known to be harmless is breaking."""
        return _IMPACTS.get(self, Impact.BREAKING)


_IMPACTS = {
    Change.DESCRIPTION: Impact.NONE,
    Change.OPERATION_ADDED: Impact.ADDITIVE,
    Change.PARAMETER_ADDED: Impact.ADDITIVE,
    Change.PARAMETER_OPTIONAL: Impact.ADDITIVE,
    Change.PARAMETER_WIDENED: Impact.ADDITIVE,
    Change.BODY_WIDENED: Impact.ADDITIVE,
    Change.RESPONSE_ADDED: Impact.ADDITIVE,
    Change.RESPONSE_NARROWED: Impact.ADDITIVE,
}


class Difference(NamedTuple):
    """One difference: its kind, where in the document, and what was there before and is there after, for people."""

    change: Change
    place: str
    text: str

    @property
    def impact(self) -> Impact:
        return self.change.impact

    def __str__(self) -> str:
        return f"{self.impact}: {self.change} at {self.place}: {self.text}"


def undeclared(differences: Iterable[Difference], declared: Iterable[Change]) -> tuple[Difference, ...]:
    """The differences of kinds that no applied rule declares."""
    kinds = frozenset(declared)
    return tuple(one for one in differences if one.change not in kinds)


def worst(differences: Iterable[Difference]) -> Impact:
    """What all of them together mean for clients."""
    return max((one.impact for one in differences), key=list(Impact).index, default=Impact.NONE)
