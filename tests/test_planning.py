"""Which slot is next, however clocks jump, and which one a late run stands for."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefings.planning import MAX_MISSED, due_run, following, turn
from briefings.schedule import Schedule, Slot, next_slot, parse

NOON = datetime(2027, 6, 15, 12, tzinfo=UTC)


def schedule(text: str) -> Schedule:
    return parse(text, "UTC")[0]


def test_a_run_in_time_stands_for_its_own_slot() -> None:
    daily = schedule("daily 08:00 Europe/Kyiv")
    slot = next_slot(daily, NOON, None)
    run = due_run(daily, slot, slot.due + timedelta(seconds=3))
    assert (run.slot, run.missed, run.missed_from) == (slot, 0, None)
    assert run.following.local == "2027-06-17T08:00"


def test_a_late_run_stands_for_the_latest_slot_and_counts_the_others() -> None:
    daily = schedule("daily 08:00")
    run = due_run(daily, next_slot(daily, NOON, None), NOON + timedelta(days=10))
    assert (run.slot.local, run.missed, run.missed_from) == ("2027-06-25T08:00", 9, "2027-06-16T08:00")
    assert run.following.local == "2027-06-26T08:00"


def test_after_years_one_run_and_no_endless_counting() -> None:
    hourly = schedule("every 1h")
    run = due_run(hourly, next_slot(hourly, NOON, None), NOON + timedelta(days=3_000))
    assert run.missed == MAX_MISSED
    assert NOON + timedelta(days=3_000) < run.following.due <= NOON + timedelta(days=3_000, hours=1)


def test_a_run_in_the_future_is_taken_to_be_now() -> None:
    daily = schedule("daily 08:00")
    wrong = NOON + timedelta(days=4_000)
    local = wrong.replace(tzinfo=None).isoformat(timespec="minutes")
    assert following(daily, wrong, local, NOON).local == "2027-06-16T08:00"


@pytest.mark.parametrize(("before", "after"), [("Pacific/Auckland", "America/Los_Angeles"), ("UTC", "Asia/Kathmandu")])
def test_what_ran_in_one_zone_does_not_run_again_that_day_in_another(before: str, after: str) -> None:
    ran = next_slot(schedule(f"daily 08:00 {before}"), NOON, None)
    moved = following(schedule(f"daily 08:00 {after}"), ran.due, ran.local, ran.due)
    assert moved.local[:10] > ran.local[:10]


@given(
    st.integers(0, 40_000_000), st.integers(0, 4_000_000), st.sampled_from(["every 6h", "mon,thu 18:00 Europe/Kyiv"])
)
def test_a_run_never_goes_back_and_what_follows_lies_ahead(begin: int, late: int, text: str) -> None:
    rule, since = schedule(text), NOON + timedelta(seconds=begin)
    slot = next_slot(rule, since, None)
    now = slot.due + timedelta(seconds=late)
    run = due_run(rule, slot, now)
    assert slot.due <= run.slot.due <= now < run.following.due
    # Counted again from what is stored, it is the same.
    assert following(rule, now, run.slot.local, now) == run.following


def test_how_long_a_turn_is() -> None:
    assert turn(schedule("daily 08:00"), NOON) == timedelta(days=1)
    assert turn(schedule("weekdays 08:00"), datetime(2027, 6, 18, 5, tzinfo=UTC)) == timedelta(days=3)
    assert isinstance(next_slot(schedule("every 6h"), NOON, None), Slot)
