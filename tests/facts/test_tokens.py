"""The words of files, and which files hold them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from lifeops_codemods.facts.tokens import WordIndex, words

WORD = st.sampled_from([b"a", b"b", b"c", b"dd"])
CHANGES = st.lists(st.tuples(st.integers(0, 4), st.frozensets(WORD)), max_size=30)


def test_words_are_runs_of_identifier_characters_wherever_they_stand() -> None:
    found = words("x = models.Größe['a_1']  # see Ünder-line\n".encode())
    assert found == {word.encode() for word in ("x", "models", "Größe", "a_1", "see", "Ünder", "line")}


@given(CHANGES, st.frozensets(WORD))
def test_an_index_says_what_a_look_at_each_file_says(
    changes: list[tuple[int, frozenset[bytes]]], wanted: frozenset[bytes]
) -> None:
    files: dict[int, frozenset[bytes]] = {}
    index = WordIndex()
    for number, held in changes:
        assert index.put(number, held) == files.get(number, frozenset()) ^ held
        files[number] = held
        assert index.holding(wanted) == sorted(one for one, words in files.items() if words & wanted)
        assert all(index.holds(number, word) == (word in held) for word in wanted)
