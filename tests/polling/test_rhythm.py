"""When a place is polled again."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from briefings.polling.rhythm import LONGEST, SHORTEST, adapted, back_off, wait

INTERVALS = st.timedeltas(SHORTEST, LONGEST)
CHANCES = st.floats(0, 1)
WISHES = st.none() | st.timedeltas(timedelta(), timedelta(days=400))


@given(INTERVALS)
def test_news_brings_the_next_poll_nearer_and_silence_puts_it_off(interval: timedelta) -> None:
    assert SHORTEST <= adapted(interval, news=True) <= interval <= adapted(interval, news=False) <= LONGEST


def test_a_feed_that_wakes_up_is_read_often_within_some_polls() -> None:
    interval, polls = LONGEST, 0
    while interval > SHORTEST:
        interval, polls = adapted(interval, news=True), polls + 1
    assert polls <= 9


@given(INTERVALS, WISHES, CHANCES)
def test_a_wait_stays_within_bounds_and_honours_the_place(
    interval: timedelta, wish: timedelta | None, chance: float
) -> None:
    found = wait(interval, wish, chance)
    assert SHORTEST <= found <= LONGEST
    assert found >= min(wish or timedelta(), LONGEST)
    assert found >= min(interval * 0.9, LONGEST) - timedelta(seconds=1)


@given(INTERVALS, st.integers(1, 10_000), WISHES, CHANCES)
def test_failures_put_a_place_off_ever_more_but_no_longer_than_a_day(
    interval: timedelta, failures: int, wish: timedelta | None, chance: float
) -> None:
    found = back_off(interval, failures, wish, chance)
    assert SHORTEST <= found <= LONGEST
    assert found >= min(wish or timedelta(), LONGEST)
    assert found <= back_off(interval, failures + 1, wish, chance)


def test_it_doubles() -> None:
    assert [back_off(SHORTEST, failures, None, 0) / SHORTEST for failures in (1, 2, 3, 4)] == [1, 2, 4, 8]
