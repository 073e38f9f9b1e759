from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefings.terms import MAX_TERM, fold, terms, words


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("negotiations", "Negotiation"),
        ("Šefčovič", "sefcovic"),
        ("Zelensky's", "zelensky"),
        ("officials’", "officials"),
        ("don’t", "dont"),
        ("O'Brien", "OBrien"),
        ("ﬁre", "fire"),
        ("STRASSE", "straße"),
        ("İstanbul", "istanbul"),
    ],
)
def test_spellings_that_search_must_not_tell_apart(one: str, other: str) -> None:
    assert terms(one) == terms(other)


def test_words_are_cut_at_everything_else() -> None:
    assert words("T-64, snake_case; 1.5 (Київ)…") == ["t", "64", "snake", "case", "1", "5", "киів"]


@given(st.text())
def test_terms_are_letters_and_digits_alone_and_folding_is_final(text: str) -> None:
    for term in terms(text):
        assert term.isalnum()
        assert 0 < len(term) <= MAX_TERM
        assert not set(term) & set("'\"\\ ")
    assert fold(fold(text)) == fold(text)
