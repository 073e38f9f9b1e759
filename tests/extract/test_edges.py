"""Where spans begin and end."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefings.extract.edges import bare, whole
from briefings.extract.layout import lay_out


def edged(text: str, *pieces: str) -> list[str]:
    begins = [text.index(piece) for piece in pieces]
    spans = [(begin, begin + len(piece)) for begin, piece in zip(begins, pieces, strict=True)]
    return [text[begin:end] for begin, end in whole(lay_out(text), spans)]


@pytest.mark.parametrize(
    ("text", "piece", "expected"),
    [
        ("“We won,” he said.", "We won", "“We won,”"),
        ("“We won,” he said.", "We won,", "“We won,”"),
        ("He said: «We won».", "We won", "«We won»"),
        ('He called it "a shame" and left.', 'it "a shame', 'it "a shame"'),
        ("It was late, he said.", "It was late,", "It was late"),
        ("He blamed NATO, giving no concrete evidence.", "NATO, giving no concrete evidence", "NATO"),
        ("He said that they had no evidence.", "that they had no evidence", "that they had no evidence"),
        ("“We won. It was hard,” he said.", "It was hard", "“We won. It was hard,”"),
        ("“We won.” The town was quiet, he said.", "“We won.” The town was quiet", "“We won.”"),
        ("He called it a “terrorist invasion”.", "it a “terrorist", "it a “terrorist invasion”"),
        ("He called it a “terrorist” and said much more of the very same kind.", "it a", "it a"),
    ],
)
def test_content_is_neat(text: str, piece: str, expected: str) -> None:
    assert edged(text, piece) == [expected]


def test_pieces_that_meet_are_one_and_a_mark_alone_is_none() -> None:
    assert edged("He said: “It’s late — very late”", "“It’s late — very", "very late") == ["“It’s late — very late”"]
    assert edged("It was late, he said; it was dark.", ",", "it was dark") == ["it was dark"]


def test_a_cue_has_no_comma_and_a_colon_alone_stays() -> None:
    assert bare("he said, so", (3, 8)) == (3, 7)
    assert bare("SMITH: so", (5, 6)) == (5, 6)


@given(
    st.lists(st.sampled_from([*"“”\"'‘’«», ;.a", "word ", "\n\n", "without evidence"]), max_size=30).map("".join),
    st.lists(st.tuples(st.integers(0, 60), st.integers(1, 20)), max_size=4),
)
def test_whatever_the_spans_they_end_up_sorted_apart_and_worded(text: str, pieces: list[tuple[int, int]]) -> None:
    spans = [(begin, min(begin + size, len(text))) for begin, size in pieces if begin < len(text)]
    found = whole(lay_out(text), spans)
    edges = [edge for span in found for edge in span]
    assert edges == sorted(edges)
    for begin, end in found:
        assert 0 <= begin < end <= len(text)
        assert any(character.isalnum() for character in text[begin:end])
