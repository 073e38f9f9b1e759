"""What the record need not keep any longer, dropped by age."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from briefings.store import Store, articles
from briefings.store.schema import article

# Articles in one transaction: with all that was found in them, well below a second.
BATCH = 200
# Between two of them. SQLite lets who waits for its lock look again every 0.1 seconds, and gives no turns.
PAUSE = 0.12


@dataclass(frozen=True, slots=True)
class Tidied:
    """What was dropped.

    Attributes:
        before: articles published before then went; None where all are kept for good.
        articles: how many.
    """

    before: datetime | None = None
    articles: int = 0


async def tidy(
    store: Store,
    now: datetime,
    keep_days: int,
    *,
    batch: int = BATCH,
    pause: float = PAUSE,
    advance: Callable[[int], None] = lambda _: None,
) -> Tidied:
    """Drops the articles published more than `keep_days` days ago, with all that was found in them.

    Their sources and speakers stay. Stopped half-way, it goes on with the rest the next time.

    Args:
        store: the store.
        now: the time, UTC.
        keep_days: 0 keeps all.
        batch: how many articles go in one transaction.
        pause: seconds between two transactions, for others to write.
        advance: told how many articles went since last.

    Raises:
        StoreError: the store failed. What was dropped before is gone, and nothing by half.
    """
    if not keep_days:
        return Tidied()
    before, dropped = now - timedelta(days=keep_days), 0

    async def drop(connection: AsyncConnection) -> int:
        old = select(article.c.id).where(article.c.published < before).order_by(article.c.published).limit(batch)
        # Held first, as by who reads an article again: so neither waits for the other half-way.
        ids = list(await connection.scalars(old.with_for_update()))
        return await articles.remove(connection, ids) if ids else 0

    while count := await store.write_again(drop):
        dropped += count
        advance(count)
        if count < batch:
            break
        await asyncio.sleep(pause)
    return Tidied(before, dropped)
