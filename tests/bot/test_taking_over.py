"""Who sends changes: a process is frozen or loses its lease, and another one takes over what it left."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from bot.app import App
from bot.delivery import Sender
from bot.leading import Leading
from bot.lease import Lease
from briefings.errors import StoreError
from briefings.store import Store, deliveries, engine, leases, slots
from briefings.store.schema import delivery, lease
from briefings.subscription import SlotState
from config.settings import Settings
from tests.bot.test_delivery import SOON, Scene, scene_of


def clock() -> datetime:
    return datetime.now(UTC)


@pytest.fixture(params=["slack", "telegram"])
async def scene(request: pytest.FixtureRequest, sqlite_store: Store) -> AsyncIterator[Scene]:
    async with scene_of(request.param, sqlite_store) as found:
        yield found


async def until(true: Callable[[], bool], seconds: float = 5) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        await asyncio.sleep(0.01)


async def test_whoever_lost_the_lease_stands_by_and_sends_again_when_it_is_free(scene: Scene) -> None:
    """However often: else a few hours of trouble with the database would leave nobody who sends."""
    said: list[str] = []
    app = App(Settings(_env_file=None), scene.store)
    leading = Leading(app, scene.desk, said.append, False, listen=False, seconds=0.6, patience=SOON)
    task = asyncio.create_task(leading.lead(scene.platform))
    for number in (1, 2):
        await until(lambda: sum("sending only" in line for line in said) == number)  # noqa: B023
        await scene.queue(f"text {number}", slot=f"2024-08-1{number}T08:00")
        await scene.settled()
        async with scene.store.write() as connection:
            later = clock() + timedelta(seconds=0.5)
            await connection.execute(update(lease).values(holder="another", until=later))
        await until(lambda: sum("sends no more" in line for line in said) == number)  # noqa: B023
    assert not task.done()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert scene.posted() == ["text 1", "text 2"]


@asynccontextmanager
async def frozen(scene: Scene, at: str) -> AsyncIterator[asyncio.Event]:
    """A sender that stands still at a step, while its lease runs out, until the event is set."""
    there, awake = asyncio.Event(), asyncio.Event()

    async def stand(step: str) -> None:
        if step == at:
            there.set()
            await awake.wait()

    held = Lease(scene.store, f"send:{scene.name}", clock, 1.0)
    assert await held.take()
    sender = Sender(scene.platform, scene.desk, held, clock, SOON, stand)
    task = asyncio.create_task(sender.run())
    await asyncio.wait_for(there.wait(), 5)
    await asyncio.sleep(1.05)
    yield awake
    awake.set()
    await asyncio.wait_for(task, 5)


@pytest.mark.parametrize("step", ["claimed", "posted"])
async def test_one_that_awakes_after_its_lease_sends_nothing_and_spoils_nothing(scene: Scene, step: str) -> None:
    scene.platform.pace = replace(scene.platform.pace, chat_seconds=0.02)  # type: ignore[misc]
    await scene.queue("one", "two")
    async with frozen(scene, step), scene.sending():
        await scene.settled()
    copies = scene.posted().count("one")
    assert copies == (2 if (scene.name, step) == ("telegram", "posted") else 1)
    async with scene.store.read() as connection:
        report = (await slots.latest(connection, None, 1))[0]
    assert report.state is SlotState.SENT
    # What was read back stands there once, and nobody says that it may stand there twice.
    assert (report.repeats > 0) is (scene.name == "telegram")


async def test_one_that_awakes_in_time_notes_what_it_posted_before_that_is_sent_again(scene: Scene) -> None:
    await scene.queue("one")
    async with frozen(scene, "posted") as awake:
        async with scene.store.write() as connection:
            token = f"send:{scene.name}"
            # One that has lost the lease and does not know it yet leaves alone what the next one sends.
            assert await deliveries.orphans(connection, scene.name, "a third", token, clock(), timedelta()) == 0
            await connection.execute(update(lease).values(holder="another"))
            assert await deliveries.orphans(connection, scene.name, "another", token, clock(), timedelta()) == 1
        awake.set()
        await scene.settled()
        async with scene.sending():
            await asyncio.sleep(0.2)
    assert scene.posted() == ["one"]
    async with scene.store.read() as connection:
        report = (await slots.latest(connection, None, 1))[0]
    assert (report.state, report.repeats) == (SlotState.SENT, 0)


async def test_what_was_just_sent_is_not_looked_for_at_once(scene: Scene) -> None:
    """The call of a process that died may still be on its way."""
    await scene.queue("one")
    async with scene.store.write() as connection:
        left = {"state": "sending", "holder": "dead", "tried": clock(), "attempts": 1}
        await connection.execute(update(delivery).values(left))
    async with scene.sending(replace(SOON, settle=0.5)):
        await asyncio.sleep(0.3)
        [row] = await scene.rows()
        assert row.state == "unknown"  # type: ignore[attr-defined]
        assert scene.posted() == []
        await scene.settled()
    assert scene.posted() == ["one"]


@pytest.mark.parametrize("address", ["postgresql"], indirect=True)
async def test_a_process_that_stands_still_in_a_transaction_does_not_hold_up_the_others(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "STILL_SECONDS", 1)
    async with Store(address) as one, Store(address) as other:
        second = Lease(other, "send:x", clock, 30)
        with pytest.raises(StoreError):
            async with one.write() as connection:
                assert await leases.take(connection, "send:x", "frozen", 30, clock())
                assert await asyncio.wait_for(second.take(), 5)
                await connection.execute(select(1))
