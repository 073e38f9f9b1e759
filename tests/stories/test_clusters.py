"""Articles on one happening come together; others stay apart, however much they share."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefings.stories.clusters import ALIKE, OPEN, SHARED_KEYS, Story, choose
from briefings.stories.features import MAX_KEYS, MAX_TERMS, Features, Frequencies, features, keys
from tests.stories.test_copies import INDEPENDENT, TEXT, WIRE

NOON = datetime(2024, 8, 14, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)

FERRY = features("Ferry with 240 on board runs aground off Port Vell", TEXT)
FERRY_AGAIN = features("All safe after the Aurora strikes rocks near Port Vell", INDEPENDENT)
STRIKE = features(
    "Ferry crews at Port Vell vote for a strike over pay",
    "Crews of the ferries that sail from Port Vell voted on Monday for a strike from September. Their union asks for a "
    "raise of nine percent and for shorter shifts in winter. The owners called the vote premature, and offered talks. "
    "A mediator of the ministry of labour is to meet both sides. In the last strike, in 2017, islanders went without "
    "mail and fresh food for eleven days.",
)
VOTE = features(
    "Parliament passes the budget by two votes",
    "Parliament passed the budget for next year by two votes on Tuesday night, after a debate of nine hours. Three "
    "members of the coalition voted against it, and the finance minister said that she had expected as much. The "
    "opposition leader called for an election in the spring.",
)
BOTH = features(
    "News in brief",
    TEXT.split("\n\n")[0] + " Parliament passed the budget for next year by two votes on Tuesday night, after a debate "
    "of nine hours. The opposition leader called for an election in the spring.",
)
FREQUENCIES = Frequencies.of([FERRY, FERRY_AGAIN, STRIKE, VOTE])


def story(number: int, *members: Features, at: datetime = NOON) -> Story:
    return Story(number, members, at, at)


@pytest.mark.parametrize("frequencies", [FREQUENCIES, Frequencies()], ids=["some articles", "an empty record"])
def test_an_article_joins_the_story_of_the_same_happening(frequencies: Frequencies) -> None:
    stories = [story(1, VOTE), story(2, FERRY), story(3, STRIKE)]
    found = choose(FERRY_AGAIN, NOON + DAY / 4, stories, frequencies)
    assert found is not None
    assert found.story == 2
    assert ALIKE <= found.likeness <= 1


def test_another_happening_at_the_same_place_begins_a_story() -> None:
    local = Frequencies(500, {"port": 300, "vell": 290, "ferri": 120, "crew": 40, "ministri": 60, "vote": 30})
    stories = [story(1, VOTE), story(2, FERRY, FERRY_AGAIN)]
    assert choose(STRIKE, NOON, stories, local) is None
    found = choose(FERRY_AGAIN, NOON, [story(1, VOTE), story(2, FERRY)], local)
    assert found is not None
    assert found.story == 2


def test_a_story_closes_some_days_after_its_last_article() -> None:
    kept = [story(1, FERRY)]
    assert choose(FERRY_AGAIN, NOON + DAY, kept, FREQUENCIES) is not None
    assert choose(FERRY_AGAIN, NOON + OPEN + DAY / 24, kept, FREQUENCIES) is None
    assert choose(FERRY_AGAIN, NOON - OPEN - DAY / 24, kept, FREQUENCIES) is None
    going_on = Story(1, (FERRY,), NOON, NOON + 5 * DAY)
    assert choose(FERRY_AGAIN, NOON + 6 * DAY, [going_on], FREQUENCIES) is not None
    assert choose(FERRY_AGAIN, NOON + 2 * DAY, [going_on], FREQUENCIES) is not None


def test_an_article_that_comes_late_counts_less_alike() -> None:
    soon, late = (choose(FERRY_AGAIN, NOON + days * DAY, [story(1, FERRY)], FREQUENCIES) for days in (0, 2))
    assert soon is not None
    assert late is None or late.likeness < soon.likeness


def test_one_article_on_two_happenings_does_not_join_their_stories() -> None:
    rest = features("Inquiry into the Aurora to begin", "\n\n".join(WIRE[2:]))
    lead = features("Aurora aground, all safe", "\n\n".join(WIRE[:3]))
    assert choose(VOTE, NOON, [story(1, BOTH)], FREQUENCIES) is not None
    assert choose(VOTE, NOON, [story(1, FERRY, FERRY_AGAIN, BOTH, rest, lead)], FREQUENCIES) is None


def test_of_two_stories_as_like_the_older_is_chosen() -> None:
    found = choose(FERRY_AGAIN, NOON, [story(9, FERRY), story(4, FERRY)], FREQUENCIES)
    assert found is not None
    assert found.story == 4


def test_articles_on_one_happening_share_keys() -> None:
    mine, others = keys(FERRY, FREQUENCIES), keys(FERRY_AGAIN, FREQUENCIES)
    assert len(set(mine) & set(others)) >= SHARED_KEYS
    assert {"ferri", "vell", "aurora"} <= set(mine)
    assert len(mine) <= MAX_KEYS


def test_names_and_the_headline_weigh_more() -> None:
    made = features("Dredging begins", "In the morning Halvorsen saw the dredging of gravel begin, and gravel it was.")
    assert made.terms["halvorsen"] > made.terms["gravel"]
    assert made.terms["dredg"] > made.terms["gravel"]
    assert "the" not in made.terms


def test_a_word_of_every_day_tells_little() -> None:
    frequencies = Frequencies(1000, {"trump": 990, "ferri": 3})
    assert frequencies.rarity("aurora") > frequencies.rarity("ferri") > frequencies.rarity("trump") >= 0
    assert Frequencies(3, {"odd": 10**6}).rarity("odd") == 0


@given(st.text(), st.text())
def test_any_text_has_features_of_bounded_size(title: str, text: str) -> None:
    made = features(title, text)
    assert len(made.terms) <= MAX_TERMS
    assert choose(made, NOON, [story(1, FERRY), story(2, made), story(3)], FREQUENCIES) is None or made.terms
