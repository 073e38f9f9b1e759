"""How lines are worded: roles with their outlet, verbs with or without a colon."""

from __future__ import annotations

from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest

from briefings.groups import Carried
from briefings.model import Act, Kind
from briefings.present import Reader, role_of, statement_line
from tests.test_gather import article, said

READER = Reader(ZoneInfo("UTC"), 2024)


def test_a_role_is_the_outlets_own_where_outlets_differ() -> None:
    plain, aide = said("A B", "it rained"), said("A B", "it rained", outlet="Times", role="an aide")
    adviser = said("A B", "it rained", outlet="Post", role="an adviser")
    assert role_of([plain]) is None
    assert role_of([plain, aide]) == "an aide"
    assert role_of([aide, adviser]) == "an aide, as Times has it"


@pytest.mark.parametrize(
    ("context", "cue", "text", "kind", "flows"),
    [
        ("The minister said that it rained.", "said", "that it rained", Kind.INDIRECT, True),
        ("The ministry cited Article 51.", "cited", "Article 51", Kind.INDIRECT, True),
        ("He wrote on Telegram that it rained.", "wrote", "that it rained", Kind.INDIRECT, True),
        ("According to him, it rained.", "According to", "it rained", Kind.INDIRECT, False),
        ("It rained, the minister said.", "said", "It rained", Kind.INDIRECT, False),
        ("One aim, it said, is to stop strikes.", "said", "One aim … is to stop strikes", Kind.INDIRECT, False),
        ('He said "it rained".', "said", '"it rained"', Kind.DIRECT, False),
    ],
)
def test_words_that_do_not_follow_their_verb_get_a_colon(
    context: str, cue: str, text: str, kind: Kind, flows: bool
) -> None:
    statement = replace(said("A B", text), context=context, cue_text=cue, kind=kind)
    assert statement_line(Carried((statement,)), READER).flows is flows


@pytest.mark.parametrize(
    ("act", "unsaid"),
    [(Act.SAYS, ""), (Act.DENIES, ""), (Act.THINKS, "thought"), (Act.WISHES, "wish"), (Act.HOLDS, "stance")],
)
def test_what_nobody_uttered_is_called_what_it_is(act: Act, unsaid: str) -> None:
    assert statement_line(Carried((said("A B", "it rained", act=act),)), READER).unsaid == unsaid


def test_every_act_that_is_not_spoken_has_a_word_for_it() -> None:
    for act in Act:
        line = statement_line(Carried((said("A B", "it rained", act=act),)), READER)
        assert bool(line.unsaid) is not act.spoken


@pytest.mark.parametrize(
    ("venue", "shown"),
    [
        ("On Telegram", "on Telegram"),
        ("In an interview with CNN", "in an interview with CNN"),
        ("on Telegram", "on Telegram"),
        ("reporters", "reporters"),
        ("The New York Times", "The New York Times"),
        ("CNN", "CNN"),
        (None, None),
    ],
)
def test_a_venue_that_opened_its_sentence_reads_on_after_the_verb(venue: str | None, shown: str | None) -> None:
    statement = replace(said("A B", "it rained"), venue=venue)
    assert statement_line(Carried((statement,)), READER).venue == shown


def test_each_outlet_has_one_receipt_and_the_years_that_differ_are_named() -> None:
    one, two = said("A B", "x"), said("A B", "x", outlet="Post")
    line = statement_line(Carried((one, replace(one, article=article("Wire", 3)), two)), Reader(ZoneInfo("UTC"), 2025))
    assert [receipt.outlet for receipt in (line.receipt, *line.others)] == ["Wire", "Post"]
    assert line.receipt.when == "15 Aug 2024 00:00"
