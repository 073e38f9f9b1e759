"""Senders that die at any step, databases that go away, disks that are full: nothing is lost, and no copy unmarked."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime

import psycopg
import pytest
from sqlalchemy import event, func, select

from bot.delivery import Sender
from bot.lease import Lease
from briefings.digest import Digest
from briefings.errors import StoreError
from briefings.store import Store, slots, subscriptions
from briefings.store.schema import briefing, delivery
from briefings.subscription import SlotState, parse
from tests.bot.test_delivery import SOON, Scene, mishap, scene_of
from tests.records import put
from tests.test_digest import DESK, Clock, render, said

TEXTS = ["one", "two", "three"]


@pytest.fixture(params=["slack", "telegram"])
async def scene(request: pytest.FixtureRequest, sqlite_store: Store) -> AsyncIterator[Scene]:
    async with scene_of(request.param, sqlite_store) as found:
        yield found


async def until_dead(scene: Scene, at: str) -> None:
    """Runs a sender that stops for good when it reaches a step: nothing of it is noted afterwards."""
    dead = asyncio.Event()

    async def die(step: str) -> None:
        if dead.is_set() or step == at:
            dead.set()
            raise asyncio.CancelledError

    held = Lease(scene.store, f"send:{scene.name}", lambda: datetime.now(UTC), sole=True)
    await held.take()
    scene.platform.pace = replace(scene.platform.pace, chat_seconds=0.02)  # type: ignore[misc]
    task = asyncio.create_task(Sender(scene.platform, scene.desk, held, lambda: datetime.now(UTC), SOON, die).run())
    await asyncio.wait_for(dead.wait(), 5)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


@pytest.mark.parametrize("step", ["claimed", "posted", "noted", "refused"])
async def test_what_a_sender_leaves_that_dies_at_a_step_is_settled_by_the_next(scene: Scene, step: str) -> None:
    await scene.queue(*TEXTS)
    if step == "refused":
        mishap(scene, "DropBefore")
    await until_dead(scene, step)
    held = Lease(scene.store, f"send:{scene.name}", lambda: datetime.now(UTC), sole=True)
    async with scene.sending(lease=held):
        await scene.settled()
    counted = Counter(scene.posted())
    assert list(counted) == TEXTS
    async with scene.store.read() as connection:
        report = (await slots.latest(connection, None, 1))[0]
    assert report.state is SlotState.SENT
    copies = sum(counted.values()) - len(TEXTS)
    assert copies == (1 if (scene.name, step) == ("telegram", "posted") else 0)
    assert copies <= report.repeats <= 1


async def test_one_that_dies_while_it_finds_out_leaves_that_to_the_next(sqlite_store: Store) -> None:
    async with scene_of("slack", sqlite_store) as scene:
        await scene.queue(*TEXTS)
        mishap(scene, "Drop")
        await until_dead(scene, "settled")
        held = Lease(scene.store, "send:slack", lambda: datetime.now(UTC), sole=True)
        async with scene.sending(lease=held):
            await scene.settled()
        assert scene.posted() == TEXTS


@pytest.mark.parametrize("address", ["postgresql"], indirect=True)
async def test_a_database_that_drops_its_connections_loses_nothing(address: str, store: Store) -> None:
    async with scene_of("telegram", store) as scene:
        texts = [f"text {number}" for number in range(12)]
        for number, each in enumerate(texts):
            await scene.queue(each, slot=f"2024-08-{number + 10}T08:00")
        async with scene.sending():
            until = time.monotonic() + 1.5
            while time.monotonic() < until:
                await asyncio.to_thread(_drop_connections, address)
                await asyncio.sleep(0.15)
            await scene.settled(15)
        counted = Counter(scene.posted())
        assert list(counted) == texts
        async with store.read() as connection:
            reports = await slots.latest(connection, None, 20)
        assert {report.state for report in reports} == {SlotState.SENT}
        assert sum(counted.values()) - len(texts) <= sum(report.repeats for report in reports)


def _drop_connections(address: str) -> None:
    """As a server does that is started anew."""
    with psycopg.connect(address, autocommit=True) as connection:
        others = "datname = current_database() AND pid <> pg_backend_pid()"
        connection.execute(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {others}")  # type: ignore[arg-type]


async def test_composing_waits_for_room_on_the_disk(sqlite_store: Store) -> None:
    clock, pages = Clock(), [0]

    @event.listens_for(sqlite_store._engine.sync_engine, "begin")
    def limit(connection: object) -> None:
        if pages[0]:
            connection.exec_driver_sql(f"PRAGMA max_page_count = {pages[0]}")  # type: ignore[attr-defined]

    async with sqlite_store.write() as connection:
        for number in range(60):
            wanted = parse(f"Desk {number}: daily 08:00", "Europe/Kyiv", clock())
            await subscriptions.add(connection, replace(DESK, chat=f"-{number}"), wanted, "x", clock())
    await put(sqlite_store, *(said(f"Speaker{n} Xu", f"that day {n} was long ago", 14) for n in range(30)))
    clock.to(15, 5)
    async with sqlite_store.read() as connection:
        pages[0] = int((await connection.exec_driver_sql("PRAGMA page_count")).scalar_one()) + 1
    digest = Digest(sqlite_store, render, clock)
    with pytest.raises(StoreError, match="no room left on the disk"):
        await digest.tick()
    async with sqlite_store.read() as connection:
        assert await connection.scalar(select(func.count()).select_from(briefing)) == 0
        assert await connection.scalar(select(func.count()).select_from(delivery)) == 0
    pages[0] = 1_000_000
    clock.now = clock.now.replace(minute=2)
    assert await digest.tick() == 60
