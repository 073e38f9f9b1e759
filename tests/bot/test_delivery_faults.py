"""Senders that die at any step, databases that go away, disks that are full: nothing is lost, and no copy unmarked."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from sqlalchemy import event, func, select, update
from sqlalchemy.exc import OperationalError

from bot.delivery import Sender
from bot.lease import Lease
from bot.outcomes import Patience
from briefings.digest import Digest
from briefings.errors import StoreError
from briefings.model import Address
from briefings.store import Store, slots, subscriptions
from briefings.store.schema import briefing, delivery
from briefings.subscription import SlotState, parse
from tests.bot.slack.conftest import until
from tests.bot.test_delivery import SOON, Scene, mishap, scene_of
from tests.fakes.slack import SlackFake
from tests.records import put
from tests.test_digest import DESK, Clock, render, said

TEXTS = ["one", "two", "three"]
NOON = datetime(2024, 8, 16, 12, tzinfo=UTC)


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


@dataclass
class Hour:
    """A clock that goes so fast that an hour of it takes a second and a half, and its sender."""

    scene: Scene
    begun: float = field(default_factory=time.monotonic)

    def __call__(self) -> datetime:
        return NOON + timedelta(seconds=(time.monotonic() - self.begun) * 2400)

    @asynccontextmanager
    async def sending(self) -> AsyncIterator[None]:
        """With the patience of every day, but for what counts by the loop's own clock."""
        held = Lease(self.scene.store, f"send:{self.scene.name}", lambda: datetime.now(UTC))
        assert await held.take()
        pace = replace(self.scene.platform.pace, per_second=50, chat_seconds=0.02)
        self.scene.platform.pace = pace  # type: ignore[misc]
        patience = Patience(idle=0.01, storm=0.05)
        task = asyncio.create_task(Sender(self.scene.platform, self.scene.desk, held, self, patience).run())
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def queue(self, texts: Sequence[str], chats: Sequence[Address] = ()) -> None:
        """A briefing of each text, in each of these chats, or else here."""
        for chat in chats or [self.scene.here]:
            for number, each in enumerate(texts):
                await self.scene.queue(each, slot=f"2024-08-{number + 10}T08:00", to=chat)
        async with self.scene.store.write() as connection:
            await connection.execute(update(delivery).values(made=self(), due=self()))

    async def over(self) -> None:
        """Waits until the hour is over and lets the platform work again."""
        await asyncio.sleep(1.5 - (time.monotonic() - self.begun))
        if isinstance(self.scene.fake, SlackFake):
            self.scene.fake.planned.clear()
        else:
            self.scene.fake._server.faults.clear()


async def test_an_hour_without_the_platform_loses_nothing_and_is_waited_out(scene: Scene) -> None:
    await waited_out(scene, 503)


async def test_an_hour_in_which_slack_does_not_say_what_it_did_is_waited_out(sqlite_store: Store) -> None:
    async with scene_of("slack", sqlite_store) as scene:
        await waited_out(scene, 500)


async def waited_out(scene: Scene, status: int) -> None:
    hour = Hour(scene)
    await hour.queue(TEXTS)
    mishap(scene, "ServerError", 10_000, status=status)
    async with hour.sending():
        await hour.over()
        assert scene.posted() == []
        [first, *others] = await scene.rows()
        # At the pace of the beginning it would be hundreds.
        assert 3 <= first.attempts <= 15  # type: ignore[attr-defined]
        assert [row.attempts for row in others] == [0, 0]  # type: ignore[attr-defined]
        await scene.settled()
    assert scene.posted() == TEXTS
    assert {row.state for row in await scene.rows()} == {"sent"}  # type: ignore[attr-defined]


async def test_a_storm_over_many_chats_is_waited_out(scene: Scene) -> None:
    names = [f"C{number}" if scene.name == "slack" else f"-5{number}" for number in range(6)]
    for name in names:
        if isinstance(scene.fake, SlackFake):
            scene.fake.add_channel(name)
        else:
            scene.fake.add_chat(int(name), "supergroup")
    hour = Hour(scene)
    await hour.queue(["one", "two"], [Address(scene.name, name) for name in names])
    mishap(scene, "RetryAfter", 15, seconds=1)
    async with hour.sending():
        await scene.settled()
    for name in names:
        messages = scene.fake.messages(name) if isinstance(scene.fake, SlackFake) else scene.fake.messages(int(name))
        assert [message.text for message in messages] == ["one", "two"]
    assert sum(row.attempts for row in await scene.rows()) == 12 + 15  # type: ignore[attr-defined]


async def test_sending_waits_for_room_on_the_disk(scene: Scene) -> None:
    """What was posted while nothing could be noted is known once it can be."""
    await scene.queue(*TEXTS)
    full = [True]

    @event.listens_for(scene.store._engine.sync_engine, "before_cursor_execute")
    def refuse(_c: object, _cursor: object, statement: str, *_: object) -> None:
        if full[0] and statement.startswith(("UPDATE delivery SET state", "INSERT")):
            raise OperationalError(statement, None, Exception("database or disk is full"))

    full[0] = False
    async with scene.sending():
        await until(lambda: bool(scene.posted()))
        full[0] = True
        await asyncio.sleep(0.4)
        assert len(scene.posted()) <= 2
        full[0] = False
        await scene.settled()
    assert scene.posted() == TEXTS
    assert {row.repeats for row in await scene.rows()} == {0}  # type: ignore[attr-defined]


@pytest.mark.parametrize("address", ["postgresql"], indirect=True)
async def test_composing_goes_on_when_a_database_drops_its_connections(address: str, store: Store) -> None:
    clock, count = Clock(), 30
    await put(store, *(said(f"Speaker{n} Xu", f"that day {n} was long ago", 14) for n in range(10)))
    async with store.write() as connection:
        for number in range(count):
            wanted = parse(f"Desk {number}: daily 08:00", "Europe/Kyiv", clock())
            await subscriptions.add(connection, replace(DESK, chat=f"-{number}"), wanted, "x", clock())
    clock.to(15, 5)
    digest, faults = Digest(store, render, clock), 0
    over = asyncio.Event()
    dropping = asyncio.create_task(_keep_dropping(address, over))
    for _ in range(6):
        try:
            await digest.tick()
        except StoreError:
            faults += 1
        clock.now += timedelta(seconds=61)  # by then a claim that could not be given back has run out
    over.set()
    await dropping
    await digest.tick()
    assert faults
    async with store.read() as connection:
        composed = list(await connection.scalars(select(briefing.c.subscription_id)))
        queued = set(await connection.scalars(select(delivery.c.briefing_id)))
    assert len(composed) == len(set(composed)) == len(queued) == count


async def _keep_dropping(address: str, over: asyncio.Event) -> None:
    while not over.is_set():
        await asyncio.to_thread(_drop_connections, address)


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
