"""Watches: searches of a chat that post what is new."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, case, exists, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from briefings.errors import QueryError
from briefings.model import Address
from briefings.store import slots
from briefings.store.schema import chat, watch
from briefings.subscription import Watch

MAX_OF_CHAT = 20


async def add(
    connection: AsyncConnection, address: Address, query: str, cap: int, made_by: str, now: datetime
) -> Watch:
    """Makes a watch, of what comes in from now on. Raises QueryError where the chat has too many."""
    count = await connection.scalar(select(func.count()).select_from(watch).where(_of(address), _ALIVE)) or 0
    if count >= MAX_OF_CHAT:
        raise QueryError(f"this chat has {count} watches, which is the most; end one first", "/watch")
    values = {
        "platform": address.platform,
        "chat": address.chat,
        "thread": address.thread,
        "query": query,
        "cap": cap,
        "made_by": made_by,
        "made": now,
        "seen": await slots.watermark(connection),
        "posted": 0,
    }
    id = await connection.scalar(insert(watch).values(values).returning(watch.c.id))
    return Watch(id or 0, address, query, cap, made_by, now)


async def get(connection: AsyncConnection, id: int) -> Watch | None:
    """The watch of that number, unless it has ended."""
    row = (await connection.execute(select(watch).where(watch.c.id == id, _ALIVE))).one_or_none()
    return from_row(row) if row else None


async def of_chat(connection: AsyncConnection, address: Address) -> list[Watch]:
    """A chat's watches, in the order of making."""
    rows = await connection.execute(select(watch).where(_of(address), _ALIVE).order_by(watch.c.id))
    return [from_row(row) for row in rows]


async def behind(connection: AsyncConnection, upto: int) -> list[tuple[Watch, int]]:
    """The watches that have not looked at all articles up to one, each with the last one that it has."""
    rows = await connection.execute(select(watch).where(_ALIVE, watch.c.seen < upto).order_by(watch.c.id))
    return [(from_row(row), row.seen) for row in rows]


async def pass_over_silent(connection: AsyncConnection, upto: int, now: datetime) -> None:
    """What comes in while a watch is muted, or its chat closed or switched off, is not posted afterwards."""
    closed = exists().where(
        chat.c.platform == watch.c.platform,
        chat.c.chat == watch.c.chat,
        or_(chat.c.closed.is_not(None), chat.c.allowed.is_(False)),
    )
    silent = update(watch).where(_ALIVE, watch.c.seen < upto, or_(watch.c.muted_until > now, closed))
    await connection.execute(silent.values(seen=upto))


async def advance(connection: AsyncConnection, id: int, seen: int, upto: int, day: str | None) -> int | None:
    """Notes that a watch has looked at the articles up to `upto`, unless somebody else did; None then.

    With a `day` it has something to post: returns which post of that day this is.
    """
    count = {"posted": case((watch.c.day == day, watch.c.posted + 1), else_=1), "day": day} if day else {}
    mine = update(watch).where(watch.c.id == id, watch.c.seen == seen, _ALIVE).values(seen=upto, **count)
    found: int | None = (await connection.execute(mine.returning(watch.c.posted))).scalar_one_or_none()
    return found


async def change(connection: AsyncConnection, id: int, **values: Any) -> None:
    """Sets columns of a watch: `muted_until`, `ended`, `query`, `cap` ..."""
    await connection.execute(update(watch).where(watch.c.id == id).values(**values))


def from_row(row: Row[Any]) -> Watch:
    address = Address(row.platform, row.chat, row.thread)
    return Watch(row.id, address, row.query, row.cap, row.made_by, row.made, row.muted_until)


_ALIVE = watch.c.ended.is_(None)


def _of(address: Address) -> ColumnElement[bool]:
    return and_(watch.c.platform == address.platform, watch.c.chat == address.chat)
