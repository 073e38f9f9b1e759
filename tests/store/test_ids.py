from __future__ import annotations

import contextlib
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefings.errors import QueryError
from briefings.store.ids import MAX_ID, from_text, lower_bound, next_free, time_ordered, to_text

BEGIN = datetime(1700, 1, 1, tzinfo=UTC)
INSTANTS = st.timedeltas(timedelta(0), timedelta(days=543 * 365)).map(lambda since: BEGIN + since)


@given(INSTANTS, INSTANTS, st.text(), st.integers(0, 2_000_000))
def test_ids_sort_by_time(one: datetime, other: datetime, article: str, place: int) -> None:
    second = timedelta(seconds=1)
    if other - one >= second:
        assert time_ordered(one, article, place) < lower_bound(other)
    assert lower_bound(one) <= time_ordered(one, article, place) < lower_bound(one + second) <= MAX_ID


def test_what_stands_first_in_an_article_has_the_greater_id() -> None:
    instant = datetime(2024, 8, 14, tzinfo=UTC)
    assert time_ordered(instant, "a", 0) > time_ordered(instant, "a", 1) > time_ordered(instant, "a", 999_999)


@given(st.integers(0, MAX_ID))
def test_ids_survive_as_text(number: int) -> None:
    text = to_text(number)
    assert from_text(text) == number
    assert len(text.encode()) <= 13


@given(st.text(max_size=30))
def test_any_text_is_an_id_or_a_query_error(text: str) -> None:
    with contextlib.suppress(QueryError):
        assert 0 <= from_text(text) <= MAX_ID


@pytest.mark.parametrize("year", [1, 1699, 2250, 9999])
def test_far_years_give_the_nearest_end(year: int) -> None:
    assert 0 <= lower_bound(datetime(year, 1, 1, tzinfo=UTC)) <= MAX_ID


def test_the_same_row_gets_the_same_id_and_a_taken_one_moves_on() -> None:
    instant = datetime(2024, 8, 14, tzinfo=UTC)
    assert time_ordered(instant, "a", 7) == time_ordered(instant, "a", 7) != time_ordered(instant, "b", 7)
    assert next_free(8, {8, 7, 5}) == 6
