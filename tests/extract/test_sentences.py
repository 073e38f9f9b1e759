"""Where paragraphs and sentences end."""

from __future__ import annotations

import pytest

from briefings.extract.sentences import MAX_SENTENCE, paragraphs, sentences


def cut(text: str) -> list[str]:
    return [text[b:e] for paragraph in paragraphs(text) for b, e in sentences(text, paragraph)]


@pytest.mark.parametrize(
    "pieces",
    [
        ["Gen. Smith met Mr. Lee in Washington D.C. on Monday.", "They spoke."],
        ["He lives in the U.S.", "The house is small."],
        ["George W. Bush won by 3.5 points.", "No. 4 lost."],
        ["“We won.”", "He left."],
        ["It took two days ... and more.", "Then it ended..."],
        ["Sen. Bernie Sanders spoke on Jan. 4 at noon!", "Why?", "Nobody knows."],
        ["Govs. Ann Bell and Bob Jones met Reps. Carl Xu and Dee Low.", "They left."],
        ['"Is it?" he asked.', "It was."],
    ],
    ids=lambda pieces: pieces[0][:24],
)
def test_sentences_end_at_full_stops_and_not_at_abbreviations(pieces: list[str]) -> None:
    assert cut(" ".join(pieces)) == pieces


@pytest.mark.parametrize("gap", ["\n", "\n\n", "\r\n", "\u2029", " \n \n "])
def test_no_sentence_spans_paragraphs(gap: str) -> None:
    assert cut(f"A headline without a stop{gap}The story begins.") == ["A headline without a stop", "The story begins."]


def test_a_sentence_does_not_end_inside_a_kept_span() -> None:
    text = "“One. Two.” he said. Three."
    assert [text[b:e] for b, e in sentences(text, (0, len(text)), [(0, 11)])] == ["“One. Two.” he said.", "Three."]


def test_text_without_stops_is_cut_into_bounded_pieces() -> None:
    pieces = cut("word " * 5000)
    assert max(map(len, pieces)) <= MAX_SENTENCE
    assert " ".join(pieces).split() == ["word"] * 5000


def test_nothing_comes_of_nothing() -> None:
    assert cut("") == cut(" \n\t\n ") == []
