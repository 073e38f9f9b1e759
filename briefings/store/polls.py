"""Places that are due: claimed, polled and settled.

A claim holds a place for one poller. It runs out, so that a process that stops keeps nothing; what it settles later
is ignored. Whoever claims does so alone, so that no host gets more than its share whatever the number of workers.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, and_, delete, func, or_, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql import ColumnElement

from briefings.polling.place import Place, key_hash
from briefings.polling.rhythm import FIRST
from briefings.store.schema import entry, source

# Places of one host that are polled at the same time, over all workers.
PER_HOST = 2
HELD = timedelta(minutes=20)
# An entry that its place has not listed for so long is forgotten.
FORGOTTEN = timedelta(days=30)
_SEEN_AGAIN = timedelta(days=1)
# Any constant will do, so long as nobody else takes the same advisory lock in the same database.
_CLAIMING = 7_231_846_003
_FREE = {"claim": None, "claimed_until": None}


def _due(now: datetime) -> ColumnElement[bool]:
    free = or_(source.c.claimed_until.is_(None), source.c.claimed_until <= now)
    return and_(source.c.status == "polled", source.c.next_poll <= now, free)


async def any_due(connection: AsyncConnection, now: datetime) -> bool:
    """Whether there is anything to claim. Looking for it keeps nobody from writing."""
    return await connection.scalar(select(source.c.id).where(_due(now)).limit(1)) is not None


async def claim(connection: AsyncConnection, now: datetime, limit: int) -> list[Place]:
    """Takes places that are due, those that are longest due first, at most `limit` and `PER_HOST` of one host."""
    if connection.dialect.name == "postgresql":
        await connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _CLAIMING})
    turn = func.row_number().over(partition_by=source.c.host, order_by=(source.c.next_poll, source.c.id)).label("turn")
    due = select(source.c.id, source.c.host, source.c.next_poll, turn).where(_due(now)).subquery()
    held = select(source.c.host, func.count().label("held")).where(source.c.claimed_until > now)
    held = held.where(source.c.claim.is_not(None)).group_by(source.c.host)
    busy = {row.host: row.held for row in await connection.execute(held)}
    rows = await connection.execute(
        select(due).where(due.c.turn <= PER_HOST).order_by(due.c.next_poll, due.c.id).limit(limit + 2 * len(busy))
    )
    ids = [row.id for row in rows if busy.get(row.host, 0) + row.turn <= PER_HOST][:limit]
    if not ids:
        return []
    values = {"claim": secrets.token_hex(12), "claimed_until": now + HELD}
    taken = update(source).where(source.c.id.in_(ids)).values(values).returning(source)
    places = {row.id: _place(row) for row in await connection.execute(taken)}
    return [places[id] for id in ids]


async def release(connection: AsyncConnection, places: Iterable[Place]) -> None:
    """Gives up claims, for others to take at once."""
    for place in places:
        await connection.execute(_held(place).values(_FREE))


async def settle(connection: AsyncConnection, place: Place, values: dict[str, Any]) -> bool:
    """Writes what became of a poll and gives up the claim. False where that ran out meanwhile."""
    return (await connection.execute(_held(place).values({**values, **_FREE}))).rowcount == 1


async def move(connection: AsyncConnection, place: Place, address: str, host: str, now: datetime) -> bool:
    """Gives a place another address. Where that is another place's already, this one is retired; False then."""
    there = select(source.c.name).where(source.c.address == address, source.c.id != place.id)
    if (name := await connection.scalar(there)) is not None:
        values = {"status": "retired", "note": f"moved to the address of {name}", "read": now}
        await connection.execute(update(source).where(source.c.id == place.id).values(values))
        return False
    fresh = {"etag": None, "modified": None, "body_hash": None, "moved": None, "moves": 0}
    values = {"address": address, "host": host, "note": f"moved here on {now:%Y-%m-%d}", **fresh}
    await connection.execute(update(source).where(source.c.id == place.id).values(values))
    return True


async def seen(connection: AsyncConnection, place: Place, keys: Collection[str], now: datetime) -> None:
    """Notes that entries are listed still, once a day, and forgets those that have not been for long."""
    stale = entry.c.seen < now - _SEEN_AGAIN
    listed = update(entry).where(entry.c.source_id == place.id, entry.c.key.in_(list(map(key_hash, keys))), stale)
    await connection.execute(listed.values(seen=now))
    gone = delete(entry).where(entry.c.source_id == place.id, entry.c.seen < now - FORGOTTEN)
    await connection.execute(gone)


def _held(place: Place) -> Any:
    return update(source).where(source.c.id == place.id, source.c.claim == place.claim)


def _place(row: Row[Any]) -> Place:
    return Place(
        id=row.id,
        kind=row.kind,
        name=row.name,
        address=row.address,
        host=row.host or "",
        selector=row.selector,
        claim=row.claim,
        interval=timedelta(seconds=row.interval) if row.interval else FIRST,
        oldest=row.oldest,
        caught_up=row.caught_up,
        etag=row.etag,
        modified=row.modified,
        body_hash=row.body_hash,
        failures=row.failures,
        moved=row.moved,
        moves=row.moves,
    )
