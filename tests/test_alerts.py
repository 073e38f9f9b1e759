"""Watches post each new matching statement soon, together with others, so often a day, and nothing that was told."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from briefings.alerts import MAX_LINES, Alerts
from briefings.model import Address
from briefings.store import Store, chats, watches
from briefings.store.schema import delivery
from briefings.subscription import Watch
from tests.records import Said, Told, put
from tests.test_digest import Clock, render, said

DESK = Address("telegram", "-100")


class Watching:
    """A store with a clock, and what is posted of it."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.clock = Clock(datetime(2024, 8, 15, 6, 30, tzinfo=UTC))
        self.alerts = Alerts(store, render, self.clock, ZoneInfo("UTC"))

    async def watch(self, query: str, cap: int = 20, address: Address = DESK) -> Watch:
        async with self.store.write() as connection:
            return await watches.add(connection, address, query, cap, "telegram:7", self.clock())

    async def change(self, watch: Watch, **values: object) -> None:
        async with self.store.write() as connection:
            await watches.change(connection, watch.id, **values)

    async def posts(self) -> list[str]:
        async with self.store.read() as connection:
            return list(await connection.scalars(select(delivery.c.body).order_by(delivery.c.id)))


@pytest.fixture
def watching(store: Store) -> Watching:
    return Watching(store)


async def test_what_matches_and_is_new_is_posted_once(watching: Watching) -> None:
    await put(watching.store, said("Ann Bell", "that the bridge was safe before", 15))
    await watching.watch("bridge")
    assert await watching.alerts.tick() == 0
    await put(watching.store, said("Bob Carr", "that the bridge is gone", 15), said("Carl Diaz", "that it rains", 15))
    assert await watching.alerts.tick() == 1
    assert await watching.alerts.tick() == 0
    [post] = await watching.posts()
    assert "bridge · 1 new statement" in post
    assert "that the bridge is gone" in post
    assert "rains" not in post


async def test_many_at_once_come_in_one_post(watching: Watching) -> None:
    await watching.watch("bridge")
    await put(watching.store, *(said(f"Speaker{n} Xu", f"that bridge {n} is gone", 15) for n in range(MAX_LINES + 3)))
    assert await watching.alerts.tick() == 1
    [post] = await watching.posts()
    assert post.count("is gone") == MAX_LINES
    assert "3 more: /who-said bridge" in post


async def test_a_copy_of_what_was_told_is_not_posted(watching: Watching) -> None:
    await watching.watch("bridge")
    words = "that the old bridge over the river Seym was blown up at dawn"
    await put(watching.store, said("Ann Bell", words, 15))
    assert await watching.alerts.tick() == 1
    again = Told([Said("Ann Bell", words)], outlet="Late Post", published=datetime(2024, 8, 15, 7, tzinfo=UTC))
    await put(watching.store, again)
    assert await watching.alerts.tick() == 0


async def test_an_archive_that_comes_in_is_not_posted(watching: Watching) -> None:
    await watching.watch("bridge")
    await put(watching.store, said("Ann Bell", "that the bridge is gone", 2))
    assert await watching.alerts.tick() == 0


async def test_a_day_has_so_many_posts_and_the_last_one_says_so(watching: Watching) -> None:
    await watching.watch("bridge", cap=2)
    posted = []
    for number in range(4):
        await put(watching.store, said(f"Speaker{number} Xu", f"that bridge {number} is gone", 15))
        posted.append(await watching.alerts.tick())
    assert posted == [1, 1, 0, 0]
    assert "This is post 2 today, the most for this watch" in (await watching.posts())[-1]
    watching.clock.now += timedelta(days=1)
    await put(watching.store, said("Late Xu", "that bridge 9 is gone", 16))
    assert await watching.alerts.tick() == 1


async def test_the_day_is_that_of_the_chat(watching: Watching) -> None:
    await watching.watch("bridge", cap=1)
    async with watching.store.write() as connection:
        await chats.change(connection, DESK, watching.clock(), zone="Pacific/Auckland")
    watching.clock.to(15, 11, 50)
    await put(watching.store, said("Ann Bell", "that bridge 1 is gone", 15))
    assert await watching.alerts.tick() == 1
    watching.clock.to(15, 12, 10)  # midnight there
    await put(watching.store, said("Bob Carr", "that bridge 2 is gone", 15))
    assert await watching.alerts.tick() == 1


async def test_what_comes_in_while_it_is_muted_is_not_posted_afterwards(watching: Watching) -> None:
    made = await watching.watch("bridge")
    await watching.change(made, muted_until=watching.clock() + timedelta(hours=1))
    await put(watching.store, said("Ann Bell", "that bridge 1 is gone", 15))
    assert await watching.alerts.tick() == 0
    watching.clock.now += timedelta(hours=2)
    assert await watching.alerts.tick() == 0
    await put(watching.store, said("Bob Carr", "that bridge 2 is gone", 15))
    assert await watching.alerts.tick() == 1


async def test_nothing_is_queued_for_a_closed_chat_nor_after_the_end(watching: Watching) -> None:
    ended = await watching.watch("bridge", address=Address("slack", "C1"))
    await watching.watch("bridge")
    await watching.change(ended, ended=watching.clock())
    async with watching.store.write() as connection:
        await chats.change(connection, DESK, watching.clock(), closed="kicked")
    await put(watching.store, said("Ann Bell", "that bridge 1 is gone", 15))
    assert await watching.alerts.tick() == 0


async def test_many_processes_post_each_once(watching: Watching) -> None:
    for number in range(8):
        await watching.watch("bridge", address=Address("telegram", f"-{number}"))
    await put(watching.store, said("Ann Bell", "that bridge 1 is gone", 15))
    assert sum(await asyncio.gather(*(watching.alerts.tick() for _ in range(4)))) == 8
    assert len(await watching.posts()) == 8
