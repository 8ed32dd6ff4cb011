"""Attributes get other names: two selectors in one query, in Bowler's own style."""

from bowler import Query

(
    Query()
    .select_attribute("_requester")
    .rename("_asker")
    .select_attribute("session_factory")
    .rename("make_session")
    .write()
)
