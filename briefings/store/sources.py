"""Where articles come from, and how each place fares."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from briefings.model import SourceState, Window
from briefings.store import articles
from briefings.store.schema import article, source
from briefings.store.upsert import insert_new


async def register(connection: AsyncConnection, kind: str, name: str, address: str, now: datetime) -> int:
    """The id of the source at `address`, which is put on record where new."""
    values = {"kind": kind, "name": name, "address": address, "added": now}
    id = await insert_new(connection, source, values, unique="address")
    if id is None:
        id = (await connection.execute(select(source.c.id).where(source.c.address == address))).scalar_one()
    return id


async def mark_read(
    connection: AsyncConnection, id: int, now: datetime, seconds: float | None = None, extracting: float | None = None
) -> None:
    """Notes that a source was read at `now` without a fault, and how long that took: in all, and for extraction."""
    values = {"read": now, "error": None, "read_seconds": seconds, "extract_seconds": extracting}
    await connection.execute(update(source).where(source.c.id == id).values(values))


async def mark_failed(connection: AsyncConnection, address: str, now: datetime, error: str) -> None:
    """Notes that a source could not be read, where it is on record; an address that never worked is no source."""
    await connection.execute(update(source).where(source.c.address == address).values(read=now, error=error))


async def states(connection: AsyncConnection, window: Window | None = None) -> list[SourceState]:
    """All sources by name, with their articles until the end of `window` (of all time, where None)."""
    published = article.c.published
    in_window = func.count().filter(*articles.within(window)) if window else func.count()
    counted = (
        select(
            article.c.source_id,
            func.count().label("articles"),
            in_window.label("in_window"),
            func.max(published, type_=published.type).label("newest"),
        )
        .where(article.c.superseded.is_(None))
        .group_by(article.c.source_id)
    )
    if window:
        counted = counted.where(published < window.end)
    totals = counted.subquery()
    query = select(source, totals.c.articles, totals.c.in_window, totals.c.newest).join(
        totals, totals.c.source_id == source.c.id, isouter=True
    )
    return [
        SourceState(
            id=row.id,
            kind=row.kind,
            name=row.name,
            address=row.address,
            articles=row.articles or 0,
            in_window=row.in_window or 0,
            newest=row.newest,
            read=row.read,
            error=row.error,
            status=row.status,
            next_poll=row.next_poll,
            failures=row.failures,
            failing_since=row.failing_since,
            note=row.note,
        )
        for row in await connection.execute(query.order_by(source.c.name, source.c.id))
    ]
