"""Command lines that buttons stand for, by an id that fits into a button."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from briefings.store.schema import button
from briefings.store.upsert import insert_ignoring


def button_id(line: str) -> str:
    """The id of a command line: 16 characters of its hash, the same each time, so that one line has one row."""
    return base64.urlsafe_b64encode(hashlib.blake2b(line.encode("utf-8", "replace"), digest_size=12).digest()).decode()


async def keep(connection: AsyncConnection, lines: Iterable[str], now: datetime) -> None:
    """Makes sure that the lines are found by their ids."""
    await insert_ignoring(connection, button, [{"id": button_id(line), "line": line, "made": now} for line in lines])


async def line_of(connection: AsyncConnection, id: str) -> str | None:
    """The command line of a button; None where it is not on record, or no longer."""
    found: str | None = await connection.scalar(select(button.c.line).where(button.c.id == id))
    return found


async def forget(connection: AsyncConnection, before: datetime) -> int:
    """Drops the lines of buttons made before an instant. Returns how many."""
    return (await connection.execute(delete(button).where(button.c.made < before))).rowcount
