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
        "The claims of the report were long.",
        "The bridge was opened at noon, and the rain went on.",
        "Troops crossed the border near the village on Tuesday.",
        "“",
        "“” “” \" ' ’",
        "\x00\x07\x1b[31m \u200b\ufeff",
        "<div class='a'><br/></div>&nbsp;&amp;",
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


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "International law, British officials said, gives Ukraine that right.",
            [("British officials", "said", "International law … gives Ukraine that right")],
        ),
        # What follows a whole clause may be the writer's own.
        (
            "More than 100 soldiers were captured, Ukrainian media reported, as the offensive continued.",
            [("Ukrainian media", "reported", "More than 100 soldiers were captured")],
        ),
        (
            "US officials described the operation as protective, though they voiced concern about escalation.",
            [
                ("US officials", "described", "the operation as protective"),
                ("US officials", "voiced concern about", "escalation"),
            ],
        ),
        (
            "In a post on Telegram Mykhailo Podolyak, an aide to the president, wrote that Russia must lose.",
            [("Mykhailo Podolyak", "wrote", "that Russia must lose")],
        ),
        (
            "In the New Zealand Herald, Professor John Burrows, the chairman, said that it was so.",
            [("John Burrows", "said", "that it was so")],
        ),
        (
            "Nikolai Patrushev, a Kremlin official whom other outlets title differently, blamed NATO.",
            [("Nikolai Patrushev", "blamed", "NATO")],
        ),
        (
            "Director General Suleiman al-Amr, in remarks to a broadcaster, said that it was over.",
            [("Suleiman al-Amr", "said", "that it was over")],
        ),
        ("John Smith stated,\n\n“It was hard.”", [("John Smith", "stated", "“It was hard.”")]),
    ],
)
def test_attributions_amid_a_sentence(text: str, expected: list[tuple[str | None, str, str]]) -> None:
    assert read(text) == expected


@pytest.mark.parametrize(
    ("text", "speaker"),
    [
        ("Officials in Moscow called it a “terror”. It would change nothing, they said.", "Officials in Moscow"),
        ("Lawmakers in Moscow warned of worse to come. War, they said, was near.", "Lawmakers in Moscow"),
        (
            "A unit was destroyed, Russian defence officials reported. They said that it was so.",
            "Russian defence officials",
        ),
        ("Ukraine's own explanation begins at the border. One aim, it said, is to stop the strikes.", "Ukraine"),
        ("Dmitry Peskov met Joe Biden. Two officials said that it was so. They added that it was late.", None),
        ("Troops from Russia crossed. Dmitry Peskov said that it was so. They said that it was late.", None),
        ("The reporter rang. The Kremlin was silent.\n\nThey said that it was late.", None),
        ("Mykhailo Podolyak, an aide, looked towards talks. He wrote that it was late.", "Mykhailo Podolyak"),
    ],
)
def test_a_pronoun_means_whoever_stands_right_before_it(text: str, speaker: str | None) -> None:
    assert read(text)[-1][0] == speaker


@pytest.mark.parametrize(
    ("text", "content", "hedge"),
    [
        ("Dmitry Peskov blamed NATO, giving no concrete evidence.", "NATO", "giving no concrete evidence"),
        ("Dmitry Peskov blamed NATO, but offered no evidence.", "NATO", "offered no evidence"),
        ("Dmitry Peskov blamed NATO. He gave no concrete evidence.", "NATO", "gave no concrete evidence"),
    ],
)
def test_how_well_it_is_founded_is_a_hedge_and_no_content(text: str, content: str, hedge: str) -> None:
    [found] = attributions(text)
    assert quote_spans(text, found.content) == content
    assert found.hedges == (hedge,)


def test_footage_is_a_source_and_nobody() -> None:
    text = "Footage on Russian social media allegedly shows a captured tank."
    [found] = attributions(text)
    assert (found.speaker, quote_spans(text, found.source)) == (None, "Footage on Russian social media")


def test_a_role_ends_where_its_relative_clause_begins() -> None:
    [found] = attributions("Nikolai Patrushev, an official whom others title differently, said that it was so.")
    assert found.role == "an official"


def test_a_place_of_origin_ties_a_group_down_wherever_the_article_capitalises_it() -> None:
    text = "He left Scientology. Scientology officials said that it was so."
    assert read(text)[-1][0] == "Scientology officials"


def test_an_outlet_that_is_cited_is_no_venue() -> None:
    found = attributions("According to ABC News, John Smith also believes that it was so.")
    assert [one.venue for one in found] == [None] * len(found)
