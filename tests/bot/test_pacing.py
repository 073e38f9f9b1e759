"""Posts go out at a platform's pace: evenly, late ones made up for, and never too many in any of its seconds."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import pytest

from bot.pacing import SPARED, Pacer
from bot.platforms.base import Pace


@dataclass
class Clock:
    now: float = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def pacer(clock: Clock) -> Pacer:
    return Pacer(Pace(per_second=30), clock)


def post(pacer: Pacer, clock: Clock, took: float = 0.0) -> float:
    """Posts as soon as it may be. Returns when that is."""
    clock.now += pacer.wait()
    assert pacer.wait() == pytest.approx(0, abs=1e-9)
    begun = pacer.posted("telegram:1")
    clock.now += took
    pacer.answered(begun)
    return begun


def test_posts_go_evenly_at_nearly_the_rate(pacer: Pacer, clock: Clock) -> None:
    times = [post(pacer, clock) for _ in range(90)]
    gaps = [later - one for one, later in pairwise(times)]
    assert max(gaps) - min(gaps) < 1e-6
    assert gaps[0] == pytest.approx((1 + SPARED) / 30)


def test_what_a_short_stall_cost_is_made_up_for(pacer: Pacer, clock: Clock) -> None:
    for _ in range(60):
        post(pacer, clock)
    begun = post(pacer, clock)
    clock.now += 0.15
    times = [post(pacer, clock) for _ in range(30)]
    assert min(later - one for one, later in pairwise(times)) >= (1 + SPARED) / 60 - 1e-6
    assert times[-1] - begun == pytest.approx(30 * (1 + SPARED) / 30)


def test_no_second_holds_too_many_after_a_pause(pacer: Pacer, clock: Clock) -> None:
    for _ in range(60):
        post(pacer, clock)
    clock.now += 60
    times = [post(pacer, clock) for _ in range(90)]
    assert min(later - one for one, later in zip(times, times[30:], strict=False)) >= 1 + SPARED - 1e-6


def test_a_post_that_was_long_on_its_way_counts_from_when_it_may_have_arrived(pacer: Pacer, clock: Clock) -> None:
    for _ in range(60):
        post(pacer, clock)
    for _ in range(30):
        post(pacer, clock, 0.01)
    slow = post(pacer, clock, 0.09)
    times = [post(pacer, clock, 0.01) for _ in range(30)]
    assert times[-1] - slow >= 1 + SPARED + 0.08 - 1e-6


def test_a_group_that_had_its_posts_of_a_minute_waits(clock: Clock) -> None:
    pacer = Pacer(Pace(per_second=30, group_per_minute=20), clock)
    for _ in range(20):
        clock.now += 1
        pacer.posted("telegram:-1")
    assert pacer.rest("telegram:-1") == pytest.approx(41)
    assert pacer.rest("telegram:-2") == 1
