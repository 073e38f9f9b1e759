"""Leases: what only one process may do at a time, by the database's own clock where it has one."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from briefings.store.schema import lease
from briefings.store.upsert import insert_ignoring


async def take(connection: AsyncConnection, name: str, holder: str, seconds: float, now: datetime) -> bool:
    """Takes a lease that is free or run out, or makes one's own last. `now` counts on SQLite, whose processes share a
    machine; on PostgreSQL the server's clock does."""
    now = await _clock(connection, now)
    until = now + timedelta(seconds=seconds)
    free = or_(lease.c.holder == holder, lease.c.until <= now)
    held = update(lease).where(lease.c.name == name, free).values(holder=holder, until=until)
    if (await connection.execute(held)).rowcount == 1:
        return True
    await insert_ignoring(connection, lease, [{"name": name, "holder": holder, "until": until}])
    return await connection.scalar(select(lease.c.holder).where(lease.c.name == name)) == holder


async def seize(connection: AsyncConnection, name: str, holder: str, seconds: float, now: datetime) -> None:
    """Takes a lease whoever has it: for whoever knows by other means that nobody is there."""
    await connection.execute(delete(lease).where(lease.c.name == name))
    await take(connection, name, holder, seconds, now)


async def give_back(connection: AsyncConnection, name: str, holder: str) -> None:
    """Frees a lease for the next one at once, if one still has it."""
    await connection.execute(delete(lease).where(lease.c.name == name, lease.c.holder == holder))


async def _clock(connection: AsyncConnection, now: datetime) -> datetime:
    if connection.dialect.name == "sqlite":
        return now
    found: datetime = (await connection.execute(select(func.clock_timestamp()))).scalar_one()
    return found
