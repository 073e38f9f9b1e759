"""Slots and what became of them, and up to where the record is read for each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Integer, Row, and_, case, exists, func, insert, literal, or_, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from briefings.model import Address
from briefings.store.schema import Instant, article, briefing, cut, delivery, subscription
from briefings.store.upsert import insert_ignoring
from briefings.subscription import SlotReport, SlotState

# Any constant will do, so long as nobody else takes the same advisory lock in the same database.
_TAKING_IN = 7_231_846_002


async def taking_in(connection: AsyncConnection) -> None:
    """To be called in a transaction that adds articles, before it does: see `watermark`."""
    if connection.dialect.name == "postgresql":
        await connection.execute(text("SELECT pg_advisory_xact_lock_shared(:key)"), {"key": _TAKING_IN})


async def watermark(connection: AsyncConnection) -> int:
    """The id such that every article with it or a lower one can be read, and every one to come gets a higher one.

    On PostgreSQL ids are given out before they are committed: this waits for the transactions that add articles now,
    a few milliseconds each. SQLite has one writer at a time. Call it first in a transaction of its own that writes.
    """
    if connection.dialect.name == "postgresql":
        await connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _TAKING_IN})
    return await connection.scalar(select(func.max(article.c.id))) or 0


async def cut_at(connection: AsyncConnection, due: datetime, now: datetime) -> Row[Any]:
    """Up to where slots due at one instant look: `upto`, and the instant `made` when the first of them looked."""
    found: Row[Any] | None = (await connection.execute(select(cut).where(cut.c.due == due))).one_or_none()
    if found is None:
        upto = await watermark(connection)
        await insert_ignoring(connection, cut, [{"due": due, "upto": upto, "made": now}])
        found = (await connection.execute(select(cut).where(cut.c.due == due))).one()
    return found


async def looked(connection: AsyncConnection, now: datetime) -> Row[Any]:
    """Up to where somebody looks who only looks: the columns of `cut_at`, without a word to anybody else."""
    upto = func.coalesce(select(func.max(article.c.id)).scalar_subquery(), 0).label("upto")
    found: Row[Any] = (await connection.execute(select(upto, literal(now, Instant()).label("made")))).one()
    return found


async def add(connection: AsyncConnection, rows: Sequence[Mapping[str, Any]]) -> list[int]:
    """Puts slots on record. Returns their ids in order. Raises StoreConflict where one is there already."""
    if not rows:
        return []
    # All at once: on SQLite, having each insertion return its id takes a statement a row.
    await connection.execute(insert(briefing), list(rows))
    ids = await _ids(connection, [(row["subscription_id"], row["slot"]) for row in rows])
    return [ids[row["subscription_id"], row["slot"]] for row in rows]


async def on_record(connection: AsyncConnection, wanted: Sequence[tuple[int, str]]) -> set[tuple[int, str]]:
    """Which of these slots, by subscription and local time, are on record already."""
    return set(await _ids(connection, wanted)) & set(wanted)


async def _ids(connection: AsyncConnection, wanted: Sequence[tuple[int, str]]) -> dict[tuple[int, str], int]:
    """The ids of slots, by subscription and local time. There may be others among them."""
    rows = await connection.execute(
        select(briefing.c.id, briefing.c.subscription_id, briefing.c.slot).where(
            briefing.c.subscription_id.in_({id for id, _ in wanted}), briefing.c.slot.in_({slot for _, slot in wanted})
        )
    )
    return {(row.subscription_id, row.slot): row.id for row in rows}


async def waiting(connection: AsyncConnection, ids: Sequence[int]) -> dict[int, list[Row[Any]]]:
    """The slots of subscriptions of which nothing was posted yet, or may have been, the oldest first."""
    posted = exists().where(
        delivery.c.briefing_id == briefing.c.id, or_(delivery.c.state != "pending", delivery.c.repeats > 0)
    )
    rows = await connection.execute(
        select(briefing)
        .where(briefing.c.subscription_id.in_(ids), briefing.c.state == SlotState.QUEUED, ~posted)
        .order_by(briefing.c.id)
    )
    found: dict[int, list[Row[Any]]] = {}
    for row in rows:
        found.setdefault(row.subscription_id, []).append(row)
    return found


async def latest(connection: AsyncConnection, address: Address | None, limit: int, offset: int = 0) -> list[SlotReport]:
    """What became of a chat's latest slots, or of all chats', the newest first. Of one that waits, `note` is why."""
    page = select(briefing.c.id)
    if address is not None:
        # Asked for first, or the database may look for a chat's few slots among all there are.
        there = and_(subscription.c.platform == address.platform, subscription.c.chat == address.chat)
        of_chat = list(await connection.scalars(select(subscription.c.id).where(there)))
        page = page.where(briefing.c.subscription_id.in_(of_chat))
    ids = list(await connection.scalars(page.order_by(briefing.c.id.desc()).limit(limit).offset(offset)))
    parts = (
        select(
            delivery.c.briefing_id,
            func.count().label("parts"),
            func.sum((delivery.c.state == "sent").cast(Integer)).label("sent"),
            func.sum(delivery.c.repeats).label("repeats"),
            func.max(case((delivery.c.done.is_(None), delivery.c.error))).label("error"),
        )
        .where(delivery.c.briefing_id.in_(ids))
        .group_by(delivery.c.briefing_id)
        .subquery()
    )
    rows = (
        select(briefing, *_OF, parts.c.parts, parts.c.sent, parts.c.repeats, parts.c.error)
        .join(subscription, subscription.c.id == briefing.c.subscription_id)
        .outerjoin(parts, parts.c.briefing_id == briefing.c.id)
        .where(briefing.c.id.in_(ids))
        .order_by(briefing.c.id.desc())
    )
    return [_report(row) for row in await connection.execute(rows)]


async def settle(connection: AsyncConnection, id: int, state: SlotState, now: datetime, note: str | None) -> None:
    """Notes what became of a slot that was on its way."""
    queued = update(briefing).where(briefing.c.id == id, briefing.c.state == SlotState.QUEUED)
    await connection.execute(queued.values(state=state, done=now, note=note))


async def settle_all(connection: AsyncConnection, state: SlotState, now: datetime, note: str) -> None:
    """Notes the same of every slot that is on its way."""
    queued = update(briefing).where(briefing.c.state == SlotState.QUEUED)
    await connection.execute(queued.values(state=state, done=now, note=note))


async def uncover(connection: AsyncConnection, id: int) -> None:
    """Nothing of a slot was posted: the subscription's next one covers what it did, and what came after it."""
    row = (await connection.execute(select(briefing).where(briefing.c.id == id))).one()
    covered = and_(subscription.c.id == row.subscription_id, subscription.c.seen >= row.upto)
    # What somebody is composing just now was planned without it.
    values = {"seen": row.after, "seen_at": row.begin, "claim": None, "claimed_until": None}
    await connection.execute(update(subscription).where(covered).values(values))


# What a report says of the subscription.
_OF = tuple(subscription.c[name] for name in ("name", "schedule", "platform", "chat", "thread"))


def _report(row: Row[Any]) -> SlotReport:
    return SlotReport(
        subscription=row.subscription_id,
        name=row.name,
        zone=row.schedule.rsplit(" ", 1)[-1],
        slot=row.slot,
        due=row.due,
        made=row.made,
        state=SlotState(row.state),
        note=row.note or row.error,
        missed=row.missed,
        parts=row.parts or 0,
        sent=row.sent or 0,
        repeats=row.repeats or 0,
        done=row.done,
        address=Address(row.platform, row.chat, row.thread),
    )
