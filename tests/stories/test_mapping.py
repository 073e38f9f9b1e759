"""Where the words of an origin stand in its copy: to the letter, in order, and quickly whatever the texts are."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefings.model import Span
from briefings.stories.mapping import mapping, own_paragraphs
from tests.stories.test_copies import INDEPENDENT, TEXT, WIRE

# Few characters, so that much is repeated and much is alike.
TEXTS = st.text(alphabet='ab .\n“"', max_size=80) | st.text(max_size=60)


def place(text: str, words: str) -> Span:
    begin = text.index(words)
    return begin, begin + len(words)


COPY = "\n\n".join(
    ["VELL (Agency) — " + WIRE[0], "A word of our own comes between the two.", WIRE[1], WIRE[3], "Edited by the desk."]
)


@pytest.mark.parametrize(
    "words",
    [
        "ran aground off the northern coast",
        "Nobody was hurt, and the hull is dry",
        "said. “We will tow her in",
        "is to begin",
    ],
)
def test_words_are_found_where_they_stand_in_the_copy(words: str) -> None:
    assert mapping(TEXT, COPY).span(place(TEXT, words)) == place(COPY, words)


@pytest.mark.parametrize("words", ["since 2019", "had organised coaches", "before noon.\n\n“Nobody was hurt"])
def test_what_the_copy_leaves_out_or_parts_is_not_found(words: str) -> None:
    assert mapping(TEXT, COPY).span(place(TEXT, words)) is None


def test_words_that_occur_often_map_to_their_own_place() -> None:
    origin = "\n".join(f"“We voted {word},” the member said." for word in ("yes", "no", "blank", "early", "late"))
    copy = "\n".join(line for line in origin.splitlines() if "no," not in line)
    aligned = mapping(origin, copy)
    for word in ("yes", "blank", "early", "late"):
        begin, _ = place(origin, f"{word},” the member said")
        found = aligned.span((begin, begin + len(f"{word},” the member said")))
        assert found == place(copy, f"{word},” the member said")


def test_all_spans_of_a_statement_are_there_or_none() -> None:
    content, cue, source = (
        place(TEXT, words)
        for words in ("Nobody was hurt, and the hull is dry", "said", "the harbour master of Port Vell")
    )
    aligned = mapping(TEXT, COPY)
    assert aligned.spans([content, cue, source]) == tuple(
        place(COPY, words)
        for words in ("Nobody was hurt, and the hull is dry", "said", "the harbour master of Port Vell")
    )
    assert mapping(TEXT, COPY.replace("harbour", "harbor")).spans([content, cue, source]) is None
    assert aligned.spans([]) == ()


def test_marks_set_another_way_are_alike_but_not_the_same() -> None:
    copy = TEXT.translate(str.maketrans("“”", '""'))
    span = place(TEXT, "“Nobody was hurt, and the hull is dry,”")
    aligned = mapping(TEXT, copy)
    assert aligned.span(span) is None
    assert aligned.alike(span) == place(copy, '"Nobody was hurt, and the hull is dry,"')


@pytest.mark.parametrize("span", [(-3, 4), (5, 5), (9, 2), (0, 10**6), (10**6, 10**6 + 1)])
def test_a_span_outside_the_text_maps_nowhere(span: Span) -> None:
    assert mapping(TEXT, TEXT).span(span) is None


@given(TEXTS, TEXTS, st.data())
def test_mapped_spans_are_verbatim_and_keep_their_order(origin: str, copy: str, data: st.DataObject) -> None:
    aligned = mapping(origin, copy)
    places = st.integers(0, len(origin) + 2)
    last: tuple[Span, Span] | None = None
    for begin, end in sorted(data.draw(st.lists(st.tuples(places, places), max_size=8))):
        found = aligned.span((begin, end))
        if found is None:
            continue
        assert copy[found[0] : found[1]] == origin[begin:end] != ""
        if last is not None and last[0][1] <= begin:
            assert last[1][1] <= found[0]
        last = (begin, end), found


@given(TEXTS)
def test_a_text_maps_to_itself(text: str) -> None:
    aligned = mapping(text, text)
    for line in text.split("\n"):
        words = line.strip()
        if words:
            assert aligned.span(place(text, words)) == place(text, words)
    assert own_paragraphs(text, text) == []


@given(TEXTS, st.integers(0, 80), st.integers(0, 80))
def test_what_stands_before_and_after_a_cut_maps(text: str, begin: int, end: int) -> None:
    copy = text[:begin] + text[max(begin, end) :]
    aligned = mapping(text, copy)
    assert all(
        copy[place : place + end - begin].split() != []
        for begin, place, end in zip(aligned.begins, aligned.places, aligned.ends, strict=True)
    )


@pytest.mark.parametrize(
    ("origin", "copy"),
    [
        ("word " * 40_000, "word " * 39_000),
        ("a b " * 50_000, "b a " * 50_000),
        ("x" * 200_000, "x" * 150_000),
        (" ".join(str(n) for n in range(30_000)), " ".join(str(n) for n in reversed(range(30_000)))),
        ("\n" * 200_000, "“" * 200_000),
    ],
    ids=["one word", "two words", "no spaces", "turned round", "no words"],
)
def test_hostile_texts_take_no_long_time(origin: str, copy: str) -> None:
    begin = time.perf_counter()
    mapping(origin, copy)
    own_paragraphs(origin, copy)
    assert time.perf_counter() - begin < 5


def test_own_paragraphs_are_those_that_the_origin_has_not() -> None:
    found = [COPY[begin:end] for begin, end in own_paragraphs(TEXT, COPY)]
    assert found == ["A word of our own comes between the two.", "Edited by the desk."]


def test_edits_make_no_paragraph_the_copys_own() -> None:
    copy = TEXT.replace("organised", "organized").replace("“", '"').replace("”", '"').replace("noon", "midday")
    assert own_paragraphs(TEXT, copy) == []
    assert own_paragraphs(TEXT, " ".join(WIRE)) == []


def test_a_new_sentence_in_an_old_paragraph_is_the_copys_own() -> None:
    added = WIRE[3] + " Our own correspondent has learned that two of the sailors were asleep when it happened."
    copy = "\n\n".join([WIRE[0], added])
    assert own_paragraphs(TEXT, copy) == [place(copy, added)]


def test_an_independent_article_is_its_own() -> None:
    assert len(own_paragraphs(TEXT, INDEPENDENT)) == 3
