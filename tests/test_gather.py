"""What counts as the same, and what is set against what."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import count

import pytest

from briefings.gather import copies_once, disputes, distinct, tell_once
from briefings.model import (
    Act,
    ArticleRef,
    Event,
    EventType,
    Kind,
    Precision,
    Speaker,
    SpeakerKind,
    Statement,
    When,
)

NUMBERS = count(1)


def article(outlet: str, id: int = 1) -> ArticleRef:
    return ArticleRef(id, "Title", outlet, None, datetime(2024, 8, 15, tzinfo=UTC), Precision.MINUTE)


def said(
    name: str,
    text: str,
    *,
    outlet: str = "Wire",
    act: Act = Act.SAYS,
    role: str | None = None,
    at: int = 0,
    of: int = 1,
) -> Statement:
    number = next(NUMBERS)
    return Statement(
        id=number,
        article=article(outlet, of),
        speaker=Speaker(hash(name), name, SpeakerKind.PERSON),
        role=role,
        source_text=name,
        source_spans=(),
        cue_text="said",
        cue_spans=(),
        text=text,
        spans=((at, at + len(text)),),
        context=f"{name} said {text}.",
        kind=Kind.INDIRECT,
        act=act,
    )


def happened(text: str, day: int | None = None, *, outlet: str = "Wire") -> Event:
    when = When("x", date(2024, 8, day), date(2024, 8, day), Precision.DAY) if day else None
    return Event(next(NUMBERS), article(outlet), (0, len(text)), text, EventType.FIGHT, when=when)


WIRE = "that Russia must suffer significant tactical defeats, and that the operation helps to convince it to negotiate"
HALF = "that Russia must suffer significant tactical defeats"
OTHER = "that harvests were good this year in the southern regions"


def test_copies_are_one_line_with_all_their_outlets() -> None:
    copy = WIRE.replace("significant", "serious")
    [one] = copies_once([said("A B", WIRE, outlet="Wire"), said("A B", copy, outlet="Post")])
    assert one.outlets == 2


@pytest.mark.parametrize(
    "other",
    [
        said("C D", WIRE),
        said("A B", OTHER),
        said("A B", HALF),
        said("A B", WIRE, act=Act.DENIES),
        said("A B", WIRE.replace("must suffer", "must not suffer")),
        said("A B", f"{WIRE} by 2025"),
    ],
    ids=["another speaker", "other words", "half of it", "another act", "negated", "another figure"],
)
def test_no_receipt_is_lent_to_words_that_it_does_not_carry(other: Statement) -> None:
    assert len(copies_once([said("A B", WIRE), other])) == 2


def test_likeness_does_not_wander_by_way_of_a_third() -> None:
    words = [f"word{letter}" for letter in "bcdfghjklmnprs"]
    texts = [" ".join(words[start : start + 10]) for start in range(4)]
    assert [len(one.copies) for one in copies_once([said("A B", text) for text in texts])] == [2, 2]


def test_a_briefing_keeps_one_line_a_matter_and_knows_the_others() -> None:
    kept, similar = distinct(copies_once([said("A B", WIRE), said("A B", HALF), said("A B", OTHER)]))
    assert [one.statement.text for one in kept] == [WIRE, OTHER]
    assert [one.statement.text for one in similar] == [HALF]
    reversal = said("A B", HALF.replace("must suffer", "must not suffer"))
    assert len(distinct(copies_once([said("A B", WIRE), reversal]))[0]) == 2


@pytest.mark.parametrize("other", ["officials in Moscow", "the Moscow officials"])
def test_a_group_is_the_same_in_another_order_of_words(other: str) -> None:
    assert len(copies_once([said("Moscow officials", WIRE), said(other, WIRE)])) == 1


def test_the_copy_that_names_the_role_stands_first() -> None:
    [one] = copies_once([said("A B", WIRE), said("A B", WIRE, role="an aide")])
    assert one.statement.role == "an aide"


def test_what_an_outlet_withdrew_lends_no_receipt_to_those_who_stand_by_it() -> None:
    gone = said("A B", WIRE, outlet="Post")
    gone = replace(gone, article=replace(gone.article, superseded=datetime(2024, 8, 16, tzinfo=UTC)))
    standing, withdrawn = copies_once([said("A B", WIRE), said("A B", WIRE, outlet="Star"), gone])
    assert [copy.article.outlet for copy in standing.copies] == ["Wire", "Star"]
    assert [copy.article.outlet for copy in withdrawn.copies] == ["Post"]


def test_of_accounts_alike_the_first_one_published_stands() -> None:
    early, late = happened("A bridge was hit", outlet="Post"), happened("A bridge was hit")
    early = replace(early, article=replace(early.article, published=datetime(2024, 8, 14, tzinfo=UTC)))
    [one] = tell_once([late, early])
    assert one.event.article.outlet == "Post"
    gone = replace(late, article=replace(late.article, superseded=datetime(2024, 8, 16, tzinfo=UTC)))
    assert len(tell_once([gone, early])) == 2


def test_an_event_is_told_once_by_its_most_typical_account() -> None:
    border = "thousands of troops crossed the western border"
    events = [
        happened(f"The post sets the offensive in context, as {border} at dawn", 6, outlet="Post"),
        happened(f"On 6 August {border}", 6, outlet="Wire"),
        happened(f"{border.capitalize()} on 6 August", 6, outlet="Times"),
    ]
    [told] = tell_once(events)
    assert told.event.article.outlet in ("Wire", "Times")
    assert told.outlets == 3


def test_the_same_words_of_another_day_are_another_event() -> None:
    text = "Missiles hit the port of Odesa at night"
    assert len(tell_once([happened(text, 6), happened(text, 7)])) == 2
    assert len(tell_once([happened(text, 6), happened(text)])) == 1


def test_a_denial_stands_beside_what_it_answers() -> None:
    claim = said("Washington", "that it had no part in planning the operation", at=10)
    denial = said("Moscow", "that as rhetoric", act=Act.DENIES, at=90)
    [dispute] = disputes(copies_once([denial, claim, said("C D", OTHER, at=200)]))
    assert [line.statement.speaker and line.statement.speaker.name for line in dispute.lines] == [
        "Washington",
        "Moscow",
    ]


def test_a_denial_finds_its_claim_in_another_article_by_words() -> None:
    claim = said("Moscow", "that NATO planned the incursion into Kursk", act=Act.ACCUSES, of=1)
    denial = said("Brussels", "that NATO had planned the incursion into Kursk", act=Act.DENIES, of=2)
    [dispute] = disputes(copies_once([claim, denial]))
    assert len(dispute.lines) == 2


@pytest.mark.parametrize("pointing", ["it", "that as rhetoric", "the statement as rhetoric", "those earlier claims"])
def test_a_denial_that_points_back_answers_the_line_before_it(pointing: str) -> None:
    lines = [
        said("Tokyo", "that ships had sailed", at=0),
        said("Washington", "that it had no part in the plan", at=10),
        said("Moscow", pointing, act=Act.DENIES, at=90),
    ]
    [dispute] = disputes(copies_once(lines))
    assert [line.statement.text for line in dispute.lines] == ["that it had no part in the plan", pointing]


def test_a_denial_of_its_own_is_not_set_against_just_any_line_before_it() -> None:
    lines = [said("Tokyo", "that ships had sailed", at=0), said("Moscow", "any part in it all", act=Act.DENIES, at=90)]
    [dispute] = disputes(copies_once(lines))
    assert [line.statement.text for line in dispute.lines] == ["any part in it all"]


def test_a_charge_without_an_answer_stands_alone_and_plain_statements_are_no_dispute() -> None:
    charge = said("Moscow", "NATO of helping the incursion", act=Act.ACCUSES)
    [dispute] = disputes(copies_once([charge, said("C D", OTHER)]))
    assert [line.statement.text for line in dispute.lines] == [charge.text]


def test_what_the_article_doubts_is_contested() -> None:
    doubted = replace(said("Moscow", OTHER), hedges=("giving no concrete evidence",))
    assert len(disputes(copies_once([doubted]))) == 1
