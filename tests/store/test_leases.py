"""A lease has one holder at a time, on both databases; and what is old is dropped from the outbox."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

from sqlalchemy import func, insert, select

from bot.lease import Lease
from briefings.model import Address
from briefings.store import Store, deliveries, leases, slots, subscriptions, tallies, watches
from briefings.store.old_posts import KEPT, tidy_posts
from briefings.store.schema import briefing, cut, delivery, subscription, watch
from briefings.subscription import parse
from tests.conftest import NOW
from tests.test_digest import Plain

DESK = Address("telegram", "-100")


def clock() -> datetime:
    return datetime.now(UTC)


async def test_one_of_many_gets_it(store: Store) -> None:
    held = [Lease(store, "send:x", clock) for _ in range(5)]
    assert sum(await asyncio.gather(*(lease.take() for lease in held))) == 1
    assert sum(lease.valid for lease in held) == 1


async def test_the_next_one_gets_it_when_it_is_given_back_or_runs_out(store: Store) -> None:
    first, second = Lease(store, "send:x", clock, 0.3), Lease(store, "send:x", clock, 30)
    assert await first.take()
    assert not await second.take()
    await first.give_back()
    assert not first.valid
    assert await second.take()
    await second.give_back()
    assert await first.take()
    await asyncio.sleep(0.35)
    assert not first.valid
    assert await second.take()
    # The first one finds out, and what it gives back is not the second one's.
    await asyncio.wait_for(first.keep(), 2)
    await first.give_back()
    assert not await first.take()


async def test_it_lasts_while_it_is_kept(store: Store) -> None:
    first, second = Lease(store, "send:x", clock, 0.6), Lease(store, "send:x", clock, 0.6)
    assert await first.take()
    holder = first.holder
    keeping = asyncio.create_task(first.keep())
    await asyncio.sleep(1)
    assert first.valid
    assert first.holder == holder
    assert not await second.take()
    keeping.cancel()


async def test_each_time_it_is_taken_has_a_holder_of_its_own(store: Store) -> None:
    lease = Lease(store, "send:x", clock)
    assert await lease.take()
    before = lease.holder
    await lease.give_back()
    assert await lease.take()
    assert lease.holder != before


async def test_whoever_knows_to_be_alone_takes_it_at_once(store: Store) -> None:
    async with store.write() as connection:
        assert await leases.take(connection, "send:x", "dead", 3600, clock())
    assert not await Lease(store, "send:x", clock).take()
    assert await Lease(store, "send:x", clock, sole=True).take()


async def test_things_are_counted(store: Store) -> None:
    async with store.write() as connection:
        for _ in range(3):
            await tallies.count(connection, "posts", "slack briefing")
        assert await tallies.every(connection) == {("posts", "slack briefing"): 3}


async def test_what_was_settled_long_ago_is_dropped_and_nothing_else(store: Store) -> None:
    async with store.write() as connection:
        kept = await subscriptions.add(connection, DESK, parse("daily 08:00", "UTC", NOW), "x", NOW)
        gone = await subscriptions.add(connection, DESK, parse("daily 09:00", "UTC", NOW), "x", NOW)
        await subscriptions.end(connection, gone.id, NOW)
        row = {"due": NOW, "made": NOW, "end": NOW, "upto": 0, "state": "sent", "missed": 0, "document": "{}"}
        row |= {"slot": "2024-08-16T08:00", "begin": None, "after": None, "done": NOW}
        ids = await slots.add(connection, [row | {"subscription_id": each.id} for each in (kept, gone)])
        await deliveries.add_briefings(connection, [(DESK, [Plain("a", "a")], id) for id in ids], NOW)
        await connection.execute(delivery.update().where(delivery.c.briefing_id == ids[1]).values(done=NOW))
        await connection.execute(briefing.update().where(briefing.c.id == ids[0]).values(done=None, state="queued"))
        ended = await watches.add(connection, DESK, "bridge", 20, "x", NOW)
        await watches.change(connection, ended.id, ended=NOW)
        await connection.execute(insert(cut).values(due=NOW, upto=0, made=NOW))
    assert await tidy_posts(store, NOW + KEPT) == 1  # the cut
    assert await tidy_posts(store, NOW + KEPT + timedelta(days=1)) == 4
    async with store.read() as connection:
        counts = [
            await connection.scalar(select(func.count()).select_from(noun))
            for noun in (subscription, briefing, delivery, watch, cut)
        ]
    assert counts == [1, 1, 1, 0, 0]


async def test_what_an_old_backup_had_on_its_way_is_not_posted_again(store: Store) -> None:
    async with store.write() as connection:
        made = await subscriptions.add(connection, DESK, parse("daily 08:00", "UTC", NOW), "x", NOW)
        row = {"due": NOW, "made": NOW, "end": NOW, "upto": 0, "state": "queued", "missed": 0, "document": "{}"}
        row |= {"slot": "2024-08-16T08:00", "begin": None, "after": None, "subscription_id": made.id}
        [id] = await slots.add(connection, [row])
        await deliveries.add_briefings(connection, [(DESK, [Plain("a", "a")], id)], NOW)
        await deliveries.abandon(connection, "on its way then", NOW)
        assert await deliveries.heads(connection, "telegram", NOW, 10) == []
        report = (await slots.latest(connection, DESK, 1))[0]
    assert (report.state, report.note, report.done) == ("unsure", "on its way then", NOW)
