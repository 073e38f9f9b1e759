"""Numbers that only go up: how often things happened, from which monitoring draws rates, and how far ids have come."""

from __future__ import annotations

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from briefings.store.schema import tally
from briefings.store.upsert import insert_ignoring


async def count(connection: AsyncConnection, name: str, kind: str, by: int = 1) -> None:
    """Counts something of a kind, such as "platform_errors" and "slack Retry"."""
    await insert_ignoring(connection, tally, [{"name": name, "kind": kind, "count": 0}])
    which = update(tally).where(tally.c.name == name, tally.c.kind == kind)
    await connection.execute(which.values(count=tally.c.count + by))


async def every(connection: AsyncConnection) -> dict[tuple[str, str], int]:
    """All counts, by name and kind."""
    rows = await connection.execute(select(tally.c.name, tally.c.kind, tally.c.count))
    return {(name, kind): number for name, kind, number in rows}


async def number(connection: AsyncConnection, name: str, kind: str) -> int:
    """One count; 0 where nothing was counted."""
    return await connection.scalar(select(tally.c.count).where(tally.c.name == name, tally.c.kind == kind)) or 0


async def raise_to(connection: AsyncConnection, name: str, kind: str, least: int) -> None:
    """Makes a number at least so high."""
    await insert_ignoring(connection, tally, [{"name": name, "kind": kind, "count": 0}])
    which = update(tally).where(tally.c.name == name, tally.c.kind == kind, tally.c.count < least)
    await connection.execute(which.values(count=least))
