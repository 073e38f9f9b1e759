"""Turns at hosts, in simulated time: how many at once, how far apart, in which order, and what is left afterwards."""

import asyncio
import heapq
import itertools
import time
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefings.errors import FetchError
from briefings.fetch import Fetcher
from briefings.politeness import Politeness
from tests.fakes.web import Web

LOCAL = ("127.0.0.0/8",)


class Clock:
    """Time that passes only when everybody waits for it."""

    def __init__(self) -> None:
        self.time = 0.0
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []
        self._numbers = itertools.count()

    def __call__(self) -> float:
        return self.time

    async def sleep(self, seconds: float) -> None:
        woken: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (self.time + seconds, next(self._numbers), woken))
        await woken

    async def run(self, *people: Coroutine[Any, Any, None]) -> None:
        """Runs all to their ends; whoever is cancelled may be."""
        tasks = [asyncio.create_task(person) for person in people]
        while not all(task.done() for task in tasks):
            for _ in range(20):
                await asyncio.sleep(0)
            assert self._sleepers or all(task.done() for task in tasks), "somebody waits for what never comes"
            if self._sleepers:
                when, _, woken = heapq.heappop(self._sleepers)
                self.time = max(self.time, when)
                if not woken.done():
                    woken.set_result(None)
        for task in tasks:
            if not task.cancelled():
                task.result()


class Desk:
    """People who take turns, and what they did: (start, end, name)."""

    def __init__(self, at_once: int = 2, apart: float = 1.0) -> None:
        self.clock = Clock()
        self.politeness = Politeness(at_once, apart, self.clock, self.clock.sleep)
        self.took: list[tuple[float, float, str]] = []

    async def person(self, name: str, lasts: float, host: str = "a.example", comes: float = 0.0) -> None:
        await self.clock.sleep(comes)
        async with self.politeness.turn(host):
            start = self.clock()
            await self.clock.sleep(lasts)
            self.took.append((start, self.clock(), name))

    def starts(self) -> list[float]:
        return sorted(start for start, _, _ in self.took)

    async def left(self) -> int:
        """How many hosts are remembered after a long while, but for one that is asked just now."""
        await self.clock.run(self.clock.sleep(1000.0))
        async with self.politeness.turn("last.example"):
            return len(self.politeness) - 1


async def test_short_requests_start_one_second_apart() -> None:
    desk = Desk()
    await desk.clock.run(*(desk.person(str(number), 0.1) for number in range(4)))
    assert desk.starts() == [0.0, 1.0, 2.0, 3.0]


async def test_of_long_requests_two_are_under_way() -> None:
    desk = Desk()
    await desk.clock.run(*(desk.person(str(number), 5.0) for number in range(6)))
    assert desk.starts() == [0.0, 1.0, 5.0, 6.0, 10.0, 11.0]


async def test_whoever_came_first_is_served_first() -> None:
    desk = Desk(at_once=1)
    await desk.clock.run(*(desk.person(str(number), 0.3 * number, comes=0.01 * number) for number in range(9)))
    assert [name for _, _, name in desk.took] == [str(number) for number in range(9)]


async def test_one_host_does_not_hold_up_another() -> None:
    desk = Desk()
    await desk.clock.run(*(desk.person(str(number), 50.0, f"{number}.example") for number in range(100)))
    assert desk.starts() == [0.0] * 100


async def test_the_pause_is_kept_by_those_who_come_when_nobody_is_there() -> None:
    desk = Desk()
    await desk.clock.run(desk.person("a", 0.1))
    await desk.clock.run(desk.person("b", 0.1))
    await desk.clock.run(desk.person("c", 0.1, comes=30.0))
    assert desk.starts() == pytest.approx([0.0, 1.0, 31.1])


async def test_a_request_that_fails_gives_its_place_back() -> None:
    desk = Desk(at_once=1)

    async def fails() -> None:
        with suppress(ZeroDivisionError):
            async with desk.politeness.turn("a.example"):
                _ = 1 / 0

    await desk.clock.run(fails(), fails(), desk.person("a", 0.1))
    assert desk.starts() == [2.0]
    assert await desk.left() == 0


@pytest.mark.parametrize("at", [0.5, 1.5, 2.5], ids=["pausing", "waiting", "under way"])
async def test_those_who_give_up_leave_no_trace(at: float) -> None:
    desk = Desk(at_once=2)
    people = [asyncio.create_task(desk.person(str(number), 2.2)) for number in range(5)]

    async def give_up() -> None:
        await desk.clock.sleep(at)
        for task in people[1:4]:
            task.cancel()

    await desk.clock.run(give_up(), *(_wait(task) for task in people))
    served = {name for _, _, name in desk.took}
    assert {"0", "4"} <= served
    assert max(desk.starts()) <= 4.4
    assert await desk.left() == 0


async def _wait(task: asyncio.Task[None]) -> None:
    await asyncio.wait([task])


async def test_hosts_that_nobody_uses_are_forgotten() -> None:
    desk = Desk()
    most = 0
    for number in range(3000):
        async with desk.politeness.turn(f"{number}.example"):
            desk.clock.time += 0.1
        most = max(most, len(desk.politeness))
    assert most <= 12


@given(
    people=st.lists(
        st.tuples(
            st.sampled_from(["a.example", "b.example"]),
            st.sampled_from([0.0, 0.3, 1.0, 4.0]),  # when they come
            st.sampled_from([0.0, 0.5, 3.0]),  # how long they take
            st.none() | st.sampled_from([0.0, 0.4, 1.2, 2.0, 5.0]),  # when they give up
        ),
        max_size=12,
    ),
    at_once=st.integers(1, 3),
)
def test_whatever_people_do_the_rules_hold(people: list[tuple[str, float, float, float | None]], at_once: int) -> None:
    async def happens() -> None:
        desk = Desk(at_once)
        hosts: dict[str, str] = {}

        async def one(number: int, host: str, comes: float, lasts: float, gives_up: float | None) -> None:
            name = f"{number:02}"
            hosts[name] = host
            task = asyncio.create_task(desk.person(name, lasts, host, comes))
            if gives_up is not None:
                await desk.clock.sleep(gives_up)
                task.cancel()
            await asyncio.wait([task])

        await desk.clock.run(*(one(number, *person) for number, person in enumerate(people)))
        for host in ("a.example", "b.example"):
            took = sorted(turn for turn in desk.took if hosts[turn[2]] == host)
            for (start, _, _), (following, _, _) in itertools.pairwise(took):
                assert following - start >= 1.0 - 1e-9
            for start, _, _ in took:
                assert sum(begin <= start < end for begin, end, _ in took) <= at_once
            comings = [people[int(name)][1] for _, _, name in took]
            assert comings == sorted(comings)
        stays = sum(person[3] is None for person in people)
        assert len(desk.took) >= stays
        assert await desk.left() == 0

    asyncio.run(happens())


# With the fetcher, by the real clock


@pytest.fixture
def web() -> Any:
    with Web() as server:
        yield server


async def test_a_chain_of_redirects_takes_a_turn_for_each_request(web: Web) -> None:
    web.redirect("/a", "/b")
    web.route("/b", body=b"x")
    hosts: list[str] = []

    class Noted(Politeness):
        def turn(self, host: str) -> Any:
            hosts.append(host)
            return super().turn(host)

    async def resolve(host: str, port: int) -> list[str]:
        return ["127.0.0.1"]

    began = time.monotonic()
    async with Fetcher(LOCAL, total=0.3, resolve=resolve, politeness=Noted(apart=0.4)) as fetcher:
        answer = await fetcher.get(web.url("/a", "News.Test."))
    assert answer.body == b"x"
    assert hosts == ["news.test", "news.test"]
    assert time.monotonic() - began >= 0.4  # waiting is not counted, or 0.3 seconds would not have been enough


async def test_many_tasks_to_one_host_are_under_way_by_twos(web: Web) -> None:
    url = web.route("/a", body=b"x", delay=0.1)
    began = time.monotonic()
    async with Fetcher(LOCAL, politeness=Politeness(apart=0.0)) as fetcher:
        await asyncio.gather(*(fetcher.get(url) for _ in range(6)))
    assert time.monotonic() - began >= 0.3


async def test_whoever_waits_too_long_is_told_that_nothing_was_tried(web: Web) -> None:
    url = web.route("/a", body=b"x", delay=0.5)
    politeness = Politeness(at_once=1, apart=0.0)
    async with Fetcher(LOCAL, politeness=politeness, patience=0.1) as fetcher:
        first = asyncio.create_task(fetcher.get(url))
        await asyncio.sleep(0.05)
        with pytest.raises(FetchError) as caught:
            await fetcher.get(url)
        assert str(caught.value) == (
            f"{url} was not reached: too many requests to 127.0.0.1 were waiting; try again later"
        )
        assert (await first).body == b"x"
        assert (await fetcher.get(url)).body == b"x"
    assert len(web.requests) == 2
