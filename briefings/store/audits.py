"""What was changed from chats, and by whom."""

from __future__ import annotations

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from briefings.chat import Audit
from briefings.store.schema import audit


async def note(connection: AsyncConnection, done: Audit) -> None:
    """Puts a change on record. Call it in the transaction that makes the change."""
    values = {"made": done.made, "who": done.who, "chat": done.chat, "what": done.what, "detail": done.detail}
    await connection.execute(insert(audit).values(values))


async def made(connection: AsyncConnection, limit: int = 50) -> list[Audit]:
    """The newest changes, the newest first."""
    rows = await connection.execute(select(audit).order_by(audit.c.id.desc()).limit(limit))
    return [Audit(row.made, row.who, row.chat, row.what, row.detail) for row in rows]
