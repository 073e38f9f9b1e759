"""A few feeds for an hour of the simulated day that `benchmarks.polling` lives in full."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from benchmarks.polling import Day, live, report, serving
from benchmarks.polling_site import sites

FEEDS, HOURS, SEED = 60, 1.0, 3


@pytest.mark.skipif(
    sys.platform != "linux", reason="elsewhere, 127.0.0.1 is the only address of this machine by itself"
)
async def test_an_hour_of_polling_loses_nothing(tmp_path: Path) -> None:
    all_of = sites(FEEDS, SEED, HOURS)
    assert sum(site.fault is not None for site in all_of) == FEEDS // 10
    async with serving(tmp_path, FEEDS, SEED, HOURS) as (port, clock):
        day = await live(tmp_path, all_of, port, clock, HOURS, every=0)
    assert (day.missing, day.twice) == (0, 0)
    assert day.articles == day.wanted > 0
    assert day.waits.keys() == {id for id in day.polled if all_of[id - 1].healthy}
    assert min(day.polled.values()) >= 1
    words = "\n".join(day.words)
    assert "slow: polled, no failure" in words
    assert "broken off: polled, … broke the connection off" in words
    assert "answers 500: polled, … answered 500" in words


def test_a_bound_that_is_missed_is_told() -> None:
    day = Day(seconds=1.0, polls=2, memory=100.0, waits={1: 2.0})
    day.polled[1] = 2
    assert report(day, 0.011, 0.010)
    assert not report(day, 0.014, 0.010)
    day.missing = 1
    assert not report(day, 0.011, 0.010)
