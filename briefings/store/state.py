"""How the program fares, in figures: what monitoring asks for. All of it is read from the store, so that any process of
several can answer for all of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from briefings.store import subscriptions, tallies
from briefings.store.schema import article, delivery, source, statement, subscription


@dataclass(frozen=True, slots=True)
class State:
    """Figures of one moment.

    Attributes:
        due: how many subscriptions are due, and `lag` how many seconds the one that is due for longest.
        open: messages that are still to be posted, by platform and state; `oldest` is the age of the oldest, in
            seconds.
        settled: messages of the last day that are settled, by platform and state.
        counts: what was counted since ever, by name and kind (see `tallies`).
        articles, statements: on record.
        sources: of each source: its name, the seconds that its latest pass took in all and for extraction, and whether
            it failed.
    """

    due: int
    lag: float
    open: dict[tuple[str, str], int]
    oldest: float
    settled: dict[tuple[str, str], int]
    counts: dict[tuple[str, str], int]
    articles: int
    statements: int
    sources: tuple[tuple[str, float | None, float | None, bool], ...]


async def state(connection: AsyncConnection, now: datetime) -> State:
    """The figures of now."""
    first = func.min(subscription.c.next_due, type_=subscription.c.next_due.type)
    due, longest = (await connection.execute(select(func.count(), first).where(subscriptions.due(now)))).one()
    by = (delivery.c.platform, delivery.c.state)
    waiting = select(*by, func.count()).where(delivery.c.done.is_(None)).group_by(*by)
    recent = select(*by, func.count()).where(delivery.c.made > now - timedelta(days=1), delivery.c.done.is_not(None))
    made = func.min(delivery.c.made, type_=delivery.c.made.type)
    oldest = await connection.scalar(select(made).where(delivery.c.done.is_(None)))
    columns = (source.c.name, source.c.read_seconds, source.c.extract_seconds, source.c.error)
    passes = await connection.execute(select(*columns).order_by(source.c.id).limit(1_000))
    return State(
        due=due,
        lag=(now - longest).total_seconds() if longest else 0.0,
        open={(platform, kind): count for platform, kind, count in await connection.execute(waiting)},
        oldest=(now - oldest).total_seconds() if oldest else 0.0,
        settled={(name, kind): count for name, kind, count in await connection.execute(recent.group_by(*by))},
        counts=await tallies.every(connection),
        articles=await connection.scalar(select(func.count()).select_from(article)) or 0,
        statements=await connection.scalar(select(func.count()).select_from(statement)) or 0,
        sources=tuple((name, read, took, error is not None) for name, read, took, error in passes),
    )
