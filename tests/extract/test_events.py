"""What happened, and what the article is about."""

from __future__ import annotations

from datetime import date

import pytest

from briefings.extract import load
from briefings.extract.base import Extraction, Passage
from briefings.model import EventType


def read(text: str, title: str = "", published: date | None = date(2024, 8, 14)) -> Extraction:
    return load().extract([Passage(text, title, published)])[0]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Japan halted economic aid to Serbia.", EventType.SANCTION),
        ("Ghana deported 168 Liberians.", EventType.COERCE),
        ("The premier resigned on Sunday.", EventType.RETREAT),
        ("Students demonstrated in Baku.", EventType.PROTEST),
        ("Pakistan threatened to break off relations.", EventType.THREATEN),
        ("Hungary and Romania agreed to cooperate.", EventType.AGREE),
        ("The police arrested two men.", EventType.COERCE),
        ("Fighting continued at a border crossing.", EventType.FIGHT),
        ("Iran rejected the plan.", EventType.REJECT),
        ("The two sides held talks in Geneva.", EventType.CONSULT),
    ],
)
def test_the_type_of_an_event(text: str, kind: EventType) -> None:
    assert [event.type for event in read(text).happenings] == [kind]


@pytest.mark.parametrize(
    "text",
    [
        "Russia will attack the town.",
        "They plan to resign.",
        "The army has not captured the town.",
        "The weather was fine.",
        "The project was long, and it may have been attacked.",
    ],
)
def test_plans_and_predictions_are_no_events(text: str) -> None:
    assert read(text).happenings == ()


def test_an_event_tells_who_where_when_and_how_many() -> None:
    text = "On 6 August thousands of Ukrainian troops crossed Russia's western border."
    [event] = read(text).happenings
    assert event.type in (EventType.FIGHT, EventType.ASSAULT)
    assert event.who == ("thousands of Ukrainian troops",)
    assert event.where == ("Russia's western border",)
    assert event.when is not None
    assert (event.when.text, event.when.first) == ("6 August", date(2024, 8, 6))
    assert event.numbers == ("thousands",)
    assert event.account is None
    assert text[slice(*event.span)] == text.rstrip(".")


def test_what_is_known_by_somebodys_word_says_whose() -> None:
    [event] = read("Ukrainian media reported more than 100 Russian soldiers captured.").happenings
    assert (event.account, event.numbers) == ("Ukrainian media", ("more than 100",))


def test_the_day_of_publication_is_never_the_day_of_the_event() -> None:
    found = read("Ghana deported 168 Liberians.", "Ghana deports Liberians")
    assert found.happenings[0].when is None
    assert found.main_event.when is None


def test_the_main_event_comes_from_title_and_lead() -> None:
    found = read("Ukrainian troops captured a village in Kursk region on Tuesday.", "Village taken").main_event
    assert (found.who, found.what, found.where) == ("Ukrainian troops", "Village taken", "Kursk region")
    assert found.when is not None
    assert found.when.first == date(2024, 8, 13)


@pytest.mark.parametrize(
    "text",
    [
        "Some experts think that a tank, captured and burnt, is a T-64.",
        "Footage shows a British tank, captured or destroyed.",
    ],
)
def test_what_is_thought_or_shown_is_no_event(text: str) -> None:
    assert read(text).happenings == ()


def test_an_event_within_a_relative_clause_keeps_to_its_own_words() -> None:
    text = (
        "The post sets the offensive, which began on 6 August when thousands of troops crossed the border, "
        "in the context of talks."
    )
    [event] = read(text).happenings
    assert text[slice(*event.span)] == "thousands of troops crossed the border"
    assert event.when is not None
    assert event.when.first == date(2024, 8, 6)


def test_where_troops_are_is_an_event_whatever_is_said_beside_it() -> None:
    text = (
        "Geolocation has put Ukrainian troops about 30 kilometres from the border, in places that Russia said it held."
    )
    [event] = read(text).happenings
    assert (event.whom, event.numbers, event.account) == (("Ukrainian troops",), ("about 30 kilometres",), None)


def test_a_number_that_opens_the_sentence_is_whole() -> None:
    assert read("More than 100 soldiers were captured.").happenings[0].numbers == ("More than 100 soldiers",)


def test_a_day_that_belongs_to_something_else_does_not_date_the_event() -> None:
    assert read("Russia blamed NATO for the offensive that began on 6 August.").happenings[0].when is None
    [event] = read("Russia has moved units since the offensive began on 6 August.").happenings
    assert event.when is not None
    assert event.when.open_ended


@pytest.mark.parametrize(
    ("text", "who"),
    [
        ("A week ago Ukrainian troops crossed the border.", "Ukrainian troops"),
        ("Over the same days Russian forces kept advancing towards Pokrovsk.", "Russian forces"),
    ],
)
def test_a_setting_is_no_part_of_who_did_it(text: str, who: str) -> None:
    assert read(text).happenings[0].who == (who,)


def test_a_pronoun_is_not_what_the_article_is_about() -> None:
    assert read("They were arrested in Sydney. Thomas Sam spoke.", "Arrests").main_event.who != "They"
