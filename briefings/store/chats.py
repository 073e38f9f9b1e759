"""Chats: who may use the bot there, in which time zone, and whether anything can still be posted."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from briefings.chat import Chat
from briefings.model import Address
from briefings.store import deliveries
from briefings.store.schema import chat, subscription, watch
from briefings.store.upsert import insert_ignoring


async def get(connection: AsyncConnection, address: Address) -> Chat | None:
    """What is known of a chat, whatever the thread; None if nothing is."""
    row = (await connection.execute(select(chat).where(_is(address)))).one_or_none()
    if row is None:
        return None
    return Chat(Address(row.platform, row.chat), row.title, row.allowed, row.zone, row.closed)


async def change(connection: AsyncConnection, address: Address, now: datetime, **values: Any) -> None:
    """Sets columns of a chat (`title`, `allowed`, `zone`, `closed`), which is put on record where new."""
    new = {"platform": address.platform, "chat": address.chat, "title": "", "seen": now}
    await insert_ignoring(connection, chat, [new])
    await connection.execute(update(chat).where(_is(address)).values(seen=now, **values))


async def move(connection: AsyncConnection, old: Address, to: str, now: datetime, *, allowed: bool | None) -> None:
    """Gives a chat its new id, with all that is known of it and all that goes there. What is known under the new id
    already counts before that.

    `allowed` is for a chat of which nothing was decided: whether the settings let its old id in.
    """
    new = Address(old.platform, to)
    before, after = await get(connection, old) or Chat(old), await get(connection, new) or Chat(new)
    decided = next((each for each in (after.allowed, before.allowed, allowed) if each is not None), None)
    title = after.title or before.title
    await change(connection, new, now, title=title, allowed=decided, zone=after.zone or before.zone, closed=None)
    await connection.execute(delete(chat).where(_is(old)))
    for noun in (subscription, watch):
        there = and_(noun.c.platform == old.platform, noun.c.chat == old.chat)
        await connection.execute(update(noun).where(there).values(chat=to))
    await deliveries.move(connection, old, to)


def _is(address: Address) -> ColumnElement[bool]:
    return and_(chat.c.platform == address.platform, chat.c.chat == address.chat)
