"""Chats: who may use the bot there, in which time zone, and whether anything can still be posted."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from briefings.chat import Chat
from briefings.model import Address
from briefings.store.schema import chat
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


async def move(connection: AsyncConnection, old: Address, to: str, now: datetime) -> None:
    """Gives a chat its new id with all that is known of it. What is known under the new id already stays."""
    known = await get(connection, old)
    if known is None:
        return
    values = {"title": known.title, "allowed": known.allowed, "zone": known.zone, "closed": None, "seen": now}
    await insert_ignoring(connection, chat, [{"platform": old.platform, "chat": to, **values}])
    await connection.execute(delete(chat).where(_is(old)))


def _is(address: Address) -> ColumnElement[bool]:
    return and_(chat.c.platform == address.platform, chat.c.chat == address.chat)
