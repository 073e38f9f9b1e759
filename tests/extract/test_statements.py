"""Who said what: the patterns of news prose, and who the speaker is."""

from __future__ import annotations

from datetime import date

import pytest

from briefings.extract import load
from briefings.extract.base import Attribution, Passage
from briefings.model import Act, Kind, SpeakerKind, quote_spans

WEDNESDAY = date(2024, 8, 14)


def read(text: str) -> list[tuple[str | None, str, str]]:
    """Speaker, cue, content of each statement."""
    return [(a.speaker, quote_spans(text, a.cue), quote_spans(text, a.content)) for a in attributions(text)]


def attributions(text: str) -> tuple[Attribution, ...]:
    return load().extract([Passage(text, published=WEDNESDAY)])[0].attributions


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Russia said that it had won.", ("Russia", "said", "that it had won")),
        ('"We won," Vladimir Putin said.', ("Vladimir Putin", "said", '"We won,"')),
        ("“We won,” said Vladimir Putin, the president.", ("Vladimir Putin", "said", "“We won,”")),
        ("It was a mistake, Dmitry Peskov said.", ("Dmitry Peskov", "said", "It was a mistake")),
        ("According to Dmitry Peskov, it was late.", ("Dmitry Peskov", "According to", "it was late")),
        ("It was late, according to Dmitry Peskov.", ("Dmitry Peskov", "according to", "It was late")),
        ("Russia accused NATO of helping.", ("Russia", "accused", "NATO of helping")),
        ("Moscow has denied the charge.", ("Moscow", "has denied", "the charge")),
        ("Dmitry Peskov blamed NATO for it.", ("Dmitry Peskov", "blamed", "NATO for it")),
        ("Lawmakers in Moscow warned that war was near.", ("Lawmakers in Moscow", "warned", "that war was near")),
        (
            'Moscow officials called it a "terror".',
            ("Moscow officials", "called", 'it a "terror"'),
        ),
        ("Dmitry Peskov told Reuters that it was so.", ("Dmitry Peskov", "told", "that it was so")),
        ("The UK Ministry of Defence cited Article 51.", ("UK Ministry of Defence", "cited", "Article 51")),
        ("Ukrainian media reported 100 captured.", ("Ukrainian media", "reported", "100 captured")),
        (
            '"We won," John Smith said. "We always do."',
            ("John Smith", "said", '"We won," … "We always do."'),
        ),
        ("A source said that it had begun.", (None, "said", "that it had begun")),
        ("People familiar with the matter said that it was so.", (None, "said", "that it was so")),
    ],
)
def test_one_statement(text: str, expected: tuple[str | None, str, str]) -> None:
    assert read(text) == [expected]


@pytest.mark.parametrize(
    "text",
    [
        "Putin did not say whether it was so.",
        "Putin plans to say that it was so.",
        "The claims of the report were long.",
        "The man accused of the attack was there.",
        "It was called the Sea House.",
        "Nothing was said.",
        "",
    ],
)
def test_no_statement_is_invented(text: str) -> None:
    assert read(text) == []


def test_a_role_belongs_to_the_one_before_it() -> None:
    text = "Mykhailo Podolyak, an aide to President Volodymyr Zelensky, wrote on Telegram that Russia must lose."
    [found] = attributions(text)
    assert found.speaker == "Mykhailo Podolyak"
    assert found.role == "an aide to President Volodymyr Zelensky"
    assert found.venue == "on Telegram"
    assert found.speaker_kind is SpeakerKind.PERSON


def test_a_title_is_a_role_and_no_part_of_the_name() -> None:
    [found] = attributions("Ukrainian President Volodymyr Zelensky said on Tuesday that it would go on.")
    assert (found.speaker, found.role) == ("Volodymyr Zelensky", "Ukrainian President")
    assert found.said_on == date(2024, 8, 13)


def test_a_hedge_is_kept_and_is_no_role() -> None:
    [found] = attributions("Nikolai Patrushev, giving no concrete evidence, blamed NATO and Western special services.")
    assert (found.speaker, found.role, found.act) == ("Nikolai Patrushev", None, Act.ACCUSES)
    assert found.hedges == ("giving no concrete evidence",)


def test_two_verbs_share_a_subject() -> None:
    text = 'Moscow officials called it a "terrorist invasion" and said that it would change nothing.'
    assert read(text) == [
        ("Moscow officials", "called", 'it a "terrorist invasion"'),
        ("Moscow officials", "said", "that it would change nothing"),
    ]


def test_two_speakers_in_one_sentence_keep_their_own_words() -> None:
    text = "The US said that it took no part; Russian officials dismissed that as rhetoric."
    assert read(text) == [
        ("US", "said", "that it took no part"),
        ("Russian officials", "dismissed", "that as rhetoric"),
    ]


def test_surnames_and_pronouns_resolve_within_the_article() -> None:
    text = (
        "Hillary Clinton met Donald Trump.\n\n“I disagree,” Clinton said.\n\nShe added that it was late.\n\n"
        "Mr. Trump said that it was early. He insisted that it was so."
    )
    assert [speaker for speaker, _, _ in read(text)] == ["Hillary Clinton"] * 2 + ["Donald Trump"] * 2


def test_no_first_name_is_guessed() -> None:
    assert read("Zelensky said that it was late.") == [("Zelensky", "said", "that it was late")]


def test_a_quotation_goes_on_in_the_next_paragraph() -> None:
    text = "“We won,” John Smith said. “And more.\n\n“It was hard.”\n\nThe end."
    assert read(text) == [("John Smith", "said", "“We won,” … “And more. … “It was hard.”")]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ('John Smith said: "We won."', Kind.DIRECT),
        ('John Smith said that it was "over" by then.', Kind.MIXED),
        ("John Smith said that it was over.", Kind.INDIRECT),
    ],
)
def test_the_kind_follows_the_marks(text: str, kind: Kind) -> None:
    assert [found.kind for found in attributions(text)] == [kind]
