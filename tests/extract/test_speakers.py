"""Who a source is: pronouns, surnames, descriptions, groups and bodies, without the language model."""

from __future__ import annotations

import pytest

from briefings.extract.attributions import Reading, attributions
from briefings.extract.base import Attribution
from briefings.extract.layout import lay_out
from briefings.model import SpeakerKind


def _last(text: str, *sources: str) -> Attribution:
    """The attribution of the last of `sources`, which is found from the end of the text; the others are heard first."""
    spans, position = [], 0
    for source in sources[:-1]:
        begin = text.index(source, position)
        position = begin + len(source)
        spans.append((begin, position))
    begin = text.rindex(sources[-1])
    spans.append((begin, begin + len(sources[-1])))
    last = max(at for at, character in enumerate(text) if character.isalnum())
    content = (last, last + 1)
    found = attributions(lay_out(text), [Reading([content], None, span) for span in spans], None)
    return next(one for one in found if one.source and one.source[0][0] == spans[-1][0])


def _speaker(text: str, *sources: str) -> str | None:
    return _last(text, *sources).speaker


@pytest.mark.parametrize(
    ("text", "sources", "speaker"),
    [
        ("Maria Lopez opened the bridge. Later she said that it was late.", ["she"], "Maria Lopez"),
        ("Maria Lopez met Peter Brandt. He said that it went well.", ["He"], "Peter Brandt"),
        ("Peter Brandt welcomed Paul Adler. He said that it went well.", ["He"], "Peter Brandt"),
        ('Peter Brandt resigned. "Paul Adler is to blame," he said.', ["he"], "Peter Brandt"),
        ("Peter Brandt resigned. People like Paul Adler are to blame, he said.", ["he"], "Peter Brandt"),
        ("In his speech, Peter Brandt said he would stay.", ["he"], "Peter Brandt"),
        ("As he told reporters, Peter Brandt will stay on.", ["he"], "Peter Brandt"),
        ('"Never," said Peter Brandt, a lawyer. He’s sure of it, he said.', ["He"], "Peter Brandt"),
        (
            "Peter Brandt said no. “It rained. It poured.” “We left,” he said of it.",
            ["Peter Brandt", "he"],
            "Peter Brandt",
        ),
        ("Mrs. Okoro voted. Peter Brandt did not. She said that it was close.", ["She"], "Okoro"),
        ("Kashi Venn, his wife, was there. Peter Brandt left. She said it was loud.", ["She"], "Kashi Venn"),
    ],
)
def test_a_he_or_she_is_whoever_is_most_in_mind(text: str, sources: list[str], speaker: str) -> None:
    found = _last(text, *sources)
    assert (found.speaker, found.speaker_kind) == (speaker, SpeakerKind.PERSON)


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("A voter came by. She said that it was late.", "She"),
        ("Mary Smith came. Her sister waited. She said that it was late.", "She"),
        ("Peter Brandt came by. She said that it was late.", "She"),
        ("Peter Brandt and Paul Adler came. It rained. It was cold. He said that it was late.", "He"),
        ("Nobody was there. He said that it was late.", "He"),
        ("A statement by “Peter Brandt” was read. She said that it was late.", "She"),
    ],
)
def test_a_pronoun_without_a_clear_name_stays_unnamed(text: str, source: str) -> None:
    assert _speaker(text, source) is None


def test_a_name_in_a_quotation_is_not_who_speaks_after_it() -> None:
    assert _speaker("Peter Brandt left. “Paul Adler is unfit,” he said.", "he") == "Peter Brandt"


def test_a_chain_of_pronouns_is_followed_where_nobody_speaks() -> None:
    text = "Peter Brandt ran for office. He lost. Then he moved away. In May, when it was warm, he wrote so."
    assert _speaker(text, "he") == "Peter Brandt"


def test_gender_is_learnt_from_the_pronouns_around_a_name() -> None:
    text = (
        "Thuy Nokomis opened when she could. Thuy Nokomis said she was glad. Peter Brandt came by. "
        "Paul Adler came too. She said that it was full."
    )
    assert _speaker(text, "She") == "Thuy Nokomis"


def test_a_last_name_alone_is_not_a_wife_whose_husband_it_is() -> None:
    text = (
        "Brandt ended his campaign. Brandt told his staff on Monday. His wife, Maria Brandt, was there. "
        "Brandt said it was over."
    )
    assert _speaker(text, "Brandt") == "Brandt"


@pytest.mark.parametrize(
    ("text", "source", "speaker"),
    [
        ("Jan de Groot left. De Groot said that it was time.", "De Groot", "Jan de Groot"),
        ("Anna Berg-Olsen left. Berg-Olsen said that it was time.", "Berg-Olsen", "Anna Berg-Olsen"),
        ("Peter Brandt spoke. BRANDT: It is time.", "BRANDT", "Peter Brandt"),
        ("Sen. Peter Brandt (R-Ky.) spoke. Mr. Brandt said that it was time.", "Mr. Brandt", "Peter Brandt"),
        ("Petro Bondarskyi left. Bondarskiy said that it was time.", "Bondarskiy", "Petro Bondarskyi"),
        ("Aung Min Thu Kyi left. Thu Kyi said that it was time.", "Thu Kyi", "Aung Min Thu Kyi"),
        ("Zoë Šimková left. Simkova said that it was time.", "Simkova", "Zoë Šimková"),
        ("Peter Brandt left. It was late by Brandt’s account.", "Brandt’s", "Peter Brandt"),
        ("Hold Maria Lopez to account. Maria Lopez left. Lopez said so.", "Lopez", "Maria Lopez"),
        ("Ko Min-jun left. Mr. Ko said that it was time.", "Mr. Ko", "Ko Min-jun"),
        ("In a post on Telegram Petro Bondar, an aide, said so.", "Petro Bondar, an aide,", "Petro Bondar"),
    ],
)
def test_a_name_is_the_fullest_that_the_article_gives(text: str, source: str, speaker: str) -> None:
    assert _speaker(text, source) == speaker


def test_no_first_name_is_guessed() -> None:
    assert _speaker("Clinton said that it was time.", "Clinton") == "Clinton"


@pytest.mark.parametrize(
    ("source", "speaker", "role"),
    [
        ("Ivan Petrov, an aide to President Oleh Koval,", "Ivan Petrov", "an aide to President Oleh Koval"),
        ("An aide to President Oleh Koval, Ivan Petrov,", "Ivan Petrov", "An aide to President Oleh Koval"),
        ("her campaign manager, Ivan Petrov,", "Ivan Petrov", "her campaign manager"),
        ("Foreign Minister Ivan Petrov", "Ivan Petrov", "Foreign Minister"),
    ],
)
def test_a_role_beside_a_name_is_a_role(source: str, speaker: str, role: str) -> None:
    found = _last(f"On Monday {source} said that it was time.", source)
    assert (found.speaker, found.role) == (speaker, role)


@pytest.mark.parametrize(
    ("text", "source", "speaker"),
    [
        ("Senator Paula Brandt left. The senator said so.", "The senator", "Paula Brandt"),
        ("Senator Paula Brandt left. Gov. Rosa Adler stayed. The senator said so.", "The senator", "Paula Brandt"),
        ("Paula Brandt, the Republican nominee, left. The GOP nominee said so.", "The GOP nominee", "Paula Brandt"),
        ("Paula Brandt, a former mayor, met Rosa Adler. The former mayor said so.", "The former mayor", "Paula Brandt"),
        (
            "Senator Paula Brandt of Ohio met Senator Rosa Adler of Utah. The Ohio senator said so.",
            "The Ohio senator",
            "Paula Brandt",
        ),
        ("Paula Brandt came home. Her lawyer warned of it. Brandt’s lawyer, Ian Moss, left.", "Her lawyer", "Ian Moss"),
        ("Vice President Paula Brandt met President Ian Moss. The president said so.", "The president", "Ian Moss"),
        ("Paula Brandt spoke to voters. The billionaire said so.", "The billionaire", "Paula Brandt"),
    ],
)
def test_a_description_means_whoever_the_article_describes_so(text: str, source: str, speaker: str) -> None:
    assert _speaker(text, source) == speaker


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("Paula Brandt met a source. The source said so.", "The source"),
        ("Paula Brandt met voters. Officials said so.", "Officials"),
        ("Paula Brandt spoke. The moderator said so.", "The moderator"),
        ("Senator Paula Brandt met Senator Rosa Adler. It was a long talk. The chairman said so.", "The chairman"),
        ("Gov. Paula Brandt spoke. The senator said so.", "The senator"),
        ("President Peter Brandt spoke. The French president said so.", "The French president"),
        ("Peter Brandt spoke. The businesswoman said so.", "The businesswoman"),
    ],
)
def test_who_is_not_described_stays_unnamed(text: str, source: str) -> None:
    found = _last(text, source)
    assert (found.speaker, found.speaker_kind) == (None, SpeakerKind.UNNAMED)


@pytest.mark.parametrize(
    ("source", "kind"),
    [
        ("British officials", SpeakerKind.GROUP),
        ("Ukrainian media", SpeakerKind.GROUP),
        ("United States", SpeakerKind.ORGANISATION),
        ("Acme campaign", SpeakerKind.ORGANISATION),
    ],
)
def test_groups_and_bodies_are_speakers_of_their_own(source: str, kind: SpeakerKind) -> None:
    found = _last(f"On Monday the {source} said that it was time. Acme sang.", source)
    assert (found.speaker, found.speaker_kind) == (source, kind)


@pytest.mark.parametrize(
    ("text", "source", "speaker"),
    [
        ("The Free Nations Committee (FNC) met. The FNC said so.", "The FNC", "Free Nations Committee"),
        ("The Brandt campaign met. Paula Brandt came. The campaign said so.", "The campaign", "Brandt campaign"),
        ("The Brandt campaign met. Paula Brandt came. Her campaign said so.", "Her campaign", "Brandt campaign"),
        ("Paula Brandt came. Her campaign said so.", "Her campaign", "Paula Brandt’s campaign"),
        ("Paula Brandt came. Her statement said so.", "Her statement", "Paula Brandt"),
        ("A poll by Acme University came out. The survey said so.", "The survey", "poll by Acme University"),
        ("Acme, a software company, grew. The company said so.", "The company", "Acme"),
        ("He saw the documentary “Rain”. The film said so.", "The film", "Rain"),
        ("It runs in Oslo. The company said so.", "The company", None),
    ],
)
def test_bodies_and_works_are_named_as_the_article_names_them(text: str, source: str, speaker: str | None) -> None:
    assert _speaker(text, source) == speaker


def test_several_people_are_a_group_of_their_own() -> None:
    found = _last("Peter Brandt met Maria Lopez. Brandt and Lopez said so.", "Brandt and Lopez")
    assert (found.speaker, found.speaker_kind) == ("Peter Brandt and Maria Lopez", SpeakerKind.GROUP)


def test_the_statement_is_of_whoever_made_it() -> None:
    text = "In a statement, the Flight Union praised her. It rained. The statement also named others."
    assert _speaker(text, "the Flight Union", "The statement") == "Flight Union"


@pytest.mark.parametrize(
    ("text", "source", "speaker"),
    [
        ('"Paul Adler fell, and he knows it," said Peter Brandt.', "he", "Paul Adler"),
        ('Peter Brandt said: "I think that it was late."', "I", "Peter Brandt"),
        ("I think that it was late.", "I", None),
    ],
)
def test_inside_a_quotation_the_speaker_speaks(text: str, source: str, speaker: str | None) -> None:
    assert _speaker(text, source) == speaker


def test_they_are_the_group_that_spoke_before() -> None:
    text = "Russian officials said no. They said that it was late."
    assert _speaker(text, "Russian officials", "They") == "Russian officials"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "?",
        "“”",
        "He. She. “He”",
        "“Never, he said” – he, , (who) said «she».",
        "İstanbul’da Ⅷ ﬁ he’s ’s S’ “I’ve” … O’Neil’s",
        "the his her of, the, of the president of",
        "PENCE: (CROSSTALK) — WHO, which, whose",
        "Gov. (R-Ky.) Sen. said of of of Mr.",
    ],
)
def test_spans_of_any_shape_are_taken(text: str) -> None:
    layout = lay_out(text)
    for begin in range(len(text)):
        for end in range(begin + 1, len(text) + 1):
            attributions(layout, [Reading([(begin, end)], None, (begin, end))], None)


def test_endless_names_and_pronouns_are_cheap() -> None:
    text = "Paula Brandt and Ian Moss he she his " * 1500 + "said so."
    source = (text.rindex("he"), text.rindex("he") + 2)
    assert len(attributions(lay_out(text), [Reading([(len(text) - 3, len(text) - 1)], None, source)], None)) == 1
