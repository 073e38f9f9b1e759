"""Quotations whose cue stands in an earlier paragraph."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefings.extract.attributions import Reading
from briefings.extract.carry import MAX_PARAGRAPHS, carry
from briefings.extract.layout import lay_out


def carried(text: str, *cues: tuple[str, str | None]) -> list[list[str]]:
    """The contents of readings made of (cue, content or None) pairs, each found in the text in turn."""
    readings, at = [], 0
    for cue, content in cues:
        begin = text.index(cue, at)
        at = begin + len(cue)
        low = text.index(content) if content else 0
        spans = [(low, low + len(content))] if content else []
        readings.append(Reading(spans, (begin, at)))
    return [[text[b:e] for b, e in reading.content] for reading in carry(lay_out(text), readings)]


def test_a_quotation_that_is_left_open_goes_on_in_the_next_paragraph() -> None:
    text = "Ann Smith said: “It was late.\n\n“It was dark.\n\n“We left.”\n\nThe end."
    assert carried(text, ("said", "“It was late.")) == [["“It was late.", "“It was dark.", "“We left.”"]]


def test_a_quotation_that_closes_is_over() -> None:
    text = "Ann Smith said: “It was late.”\n\n“It was dark.”\n\nThe end."
    assert carried(text, ("said", "“It was late.”")) == [["“It was late.”"]]


@pytest.mark.parametrize("mark", [":", ","])
def test_a_cue_without_words_announces_the_quotation_below(mark: str) -> None:
    assert carried(f"Ann Smith stated{mark}\n\n“It was hard.”", ("stated", None)) == [["“It was hard.”"]]


@pytest.mark.parametrize(
    "text",
    [
        "Ann Smith stated.\n\n“It was hard.”",
        "Ann Smith stated,\n\nIt was hard.",
        "Ann Smith stated:",
        "Ann Smith stated:\n\n“It was hard,” Bob Jones said.",
    ],
)
def test_a_cue_that_announces_nothing_is_left_out(text: str) -> None:
    assert carried(text, ("stated", None)) == []


def test_a_paragraph_set_apart_after_a_colon_is_all_of_it_announced() -> None:
    text = "Ann Smith added:\n\nIt reeks of fear. She knows nothing.\n\nBob Jones left."
    assert carried(text, ("added", None), ("knows", "nothing")) == [["It reeks of fear. She knows nothing."]]


@pytest.mark.parametrize(
    "text", ["Ann Smith added: late.\n\nShe knows nothing.", "Ann Smith added.\n\nShe knows nothing."]
)
def test_a_paragraph_that_nothing_announces_keeps_its_readings(text: str) -> None:
    own = "late" if "late" in text else None
    assert ["nothing"] in carried(text, ("added", own), ("knows", "nothing"))


def test_a_quotation_whose_beginning_is_known_is_taken_to_its_end() -> None:
    rest = "They do not want it again. " * 8
    text = f"Ann Smith said that “it took years. {rest}It is over.” Bob Jones left."
    [content] = carried(text, ("said", "that “it took years."))
    assert content == [f"that “it took years. {rest}It is over.”"]


def test_a_quotation_in_which_another_cue_stands_is_not() -> None:
    text = "“It took years. Bob Jones says they do not want it again,” Ann Smith said."
    assert ["“It took years."] in carried(text, ("says", "they do not want it again"), ("said", "“It took years."))


@pytest.mark.parametrize("dash", ["―", "— ", " – ", "--"])
def test_a_quotation_with_a_credit_is_whom_it_names(dash: str) -> None:
    [reading] = carry(lay_out(text := f"“It was hard. It took years.”{dash}Ann Smith."), [])
    assert reading.source is not None
    assert [text[b:e] for b, e in (*reading.content, reading.source)] == ["“It was hard. It took years.”", "Ann Smith"]


@pytest.mark.parametrize(
    "text",
    [
        "“It was hard.” — and then it ended",
        "It was hard. — Ann Smith",
        "“It was hard.” Ann Smith",
        "“It was hard.” — Ann Smith. Nobody knew why",
    ],
)
def test_what_is_no_credit_makes_no_reading(text: str) -> None:
    assert carry(lay_out(text), []) == []


def test_a_paragraph_with_a_cue_of_its_own_keeps_its_words() -> None:
    text = "Ann Smith said: “It was late.\n\n“It was dark,” Bob Jones said."
    assert carried(text, ("said", "“It was late."), ("said", "“It was dark,”")) == [
        ["“It was late."],
        ["“It was dark,”"],
    ]


def test_a_mark_that_is_missing_throughout_does_not_swallow_the_article() -> None:
    text = "Ann Smith said: “It was late." + "\n\n“It was dark." * 40
    [content] = carried(text, ("said", "“It was late."))
    assert len(content) == 1 + MAX_PARAGRAPHS


PIECES = ["“", "”", '"', "A", " said", ":", ",", ".", "—", "\n\n", " "]


@given(st.lists(st.sampled_from(PIECES), max_size=40).map("".join))
def test_what_is_carried_stands_in_order_and_apart(text: str) -> None:
    cues = [(at, at + 4) for at in range(len(text)) if text.startswith("said", at)]
    for reading in carry(lay_out(text), [Reading([], cue) for cue in cues]):
        edges = [edge for span in reading.content for edge in span]
        assert edges
        assert edges == sorted(edges)
        assert edges[-1] <= len(text)
