"""What was posted long ago, dropped: its record of slots and messages, and what was ended."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Table, and_, delete, exists, select
from sqlalchemy.ext.asyncio import AsyncConnection

from briefings.store import Store
from briefings.store.schema import briefing, cut, delivery, subscription, watch

# How long what became of a slot can be looked up; and cuts, at which only slots due at that instant look.
KEPT = timedelta(days=90)
CUTS_KEPT = timedelta(days=8)
BATCH = 500
# Between two transactions, for others to write.
PAUSE = 0.12


async def tidy_posts(store: Store, now: datetime) -> int:
    """Drops slots and messages that were settled more than `KEPT` ago, and subscriptions and watches that ended then.

    Returns how many rows went. Stopped half-way, it goes on the next time. Raises StoreError.
    """
    before, total = now - KEPT, 0
    posted = exists().where(delivery.c.briefing_id == briefing.c.id)
    ran = exists().where(briefing.c.subscription_id == subscription.c.id)
    alerted = exists().where(delivery.c.watch_id == watch.c.id)
    old: tuple[tuple[Table, ColumnElement[bool]], ...] = (
        (delivery, and_(delivery.c.made < before, delivery.c.done < before)),
        (briefing, and_(briefing.c.made < before, briefing.c.done < before, ~posted)),
        (subscription, and_(subscription.c.ended < before, ~ran)),
        (watch, and_(watch.c.ended < before, ~alerted)),
        (cut, cut.c.due < now - CUTS_KEPT),
    )
    for noun, condition in old:
        total += await _drop(store, noun, condition)
    return total


async def _drop(store: Store, noun: Table, old: ColumnElement[bool]) -> int:
    [key], total = noun.primary_key.columns, 0

    async def drop(connection: AsyncConnection) -> int:
        keys = list(await connection.scalars(select(key).where(old).limit(BATCH)))
        await connection.execute(delete(noun).where(key.in_(keys)))
        return len(keys)

    while count := await store.write_again(drop):
        total += count
        if count < BATCH:
            break
        await asyncio.sleep(PAUSE)
    return total
