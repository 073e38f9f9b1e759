"""Subscriptions: making, changing, and finding those that are due."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, bindparam, delete, exists, func, insert, not_, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from briefings.errors import OnRecordError, QueryError
from briefings.model import Address
from briefings.planning import SKEW, following
from briefings.schedule import Schedule, Slot
from briefings.store.schema import chat, cut, delivery, subscription
from briefings.subscription import Section, Subscription, Wanted

# Of one chat; more would be a flood, or a mistake.
MAX_OF_CHAT = 50
# Nothing is put off for longer, whatever a platform asks for.
_NEVER_SO_LATE = timedelta(hours=25)


async def add(
    connection: AsyncConnection, address: Address, wanted: Wanted, made_by: str, now: datetime
) -> Subscription:
    """Makes a subscription of a chat, whose first slot is the next one. Raises QueryError where it has too many."""
    count = await connection.scalar(select(func.count()).select_from(subscription).where(_of(address), _ALIVE)) or 0
    if count >= MAX_OF_CHAT:
        raise QueryError(f"this chat has {count} subscriptions, which is the most; end one first", "/subscriptions")
    slot = following(wanted.schedule, now, None, now)
    values = {
        "platform": address.platform,
        "chat": address.chat,
        "thread": address.thread,
        **_worded(wanted),
        "made_by": made_by,
        "made": now,
        "ran": now,
        **_planned(slot),
    }
    id = await connection.scalar(insert(subscription).values(values).returning(subscription.c.id))
    return Subscription(id or 0, address, wanted, made_by, now, now, None, slot.local, slot.due)


async def get(connection: AsyncConnection, id: int) -> Subscription | None:
    """The subscription of that number, unless it has ended."""
    row = (await connection.execute(select(subscription).where(subscription.c.id == id, _ALIVE))).one_or_none()
    return _to_show(row) if row else None


async def of_chat(connection: AsyncConnection, address: Address) -> list[Subscription]:
    """A chat's subscriptions, whatever the thread, in the order of making."""
    rows = select(subscription).where(_of(address), _ALIVE).order_by(subscription.c.id)
    return [_to_show(row) for row in await connection.execute(rows)]


async def every(connection: AsyncConnection, limit: int = 1_000) -> list[Subscription]:
    """The subscriptions of all chats, those of one chat together."""
    order = (subscription.c.platform, subscription.c.chat, subscription.c.id)
    rows = await connection.execute(select(subscription).where(_ALIVE).order_by(*order).limit(limit))
    return [_to_show(row) for row in rows]


async def edit(connection: AsyncConnection, before: Subscription, wanted: Wanted, now: datetime) -> Subscription:
    """Puts another wording in the place of a subscription's. Its next slot is the next one from now; it stays paused
    if it was."""
    slot = following(wanted.schedule, now, before.last_slot, now)
    planned = _planned(slot) if before.paused is None else {}
    if before.paused is None and before.next_due is not None and before.next_due <= now:
        # What is due is not forgotten: as it was, or else, by another schedule, at once.
        planned = {} if wanted.schedule == before.wanted.schedule else {**planned, "asked": now}
    values = {**_worded(wanted), **planned, "ran": now, **_FREE}
    await connection.execute(update(subscription).where(_is(before.id)).values(values))
    return await _again(connection, before.id)


async def pause(connection: AsyncConnection, id: int, why: str) -> Subscription:
    """Stops a subscription until it is resumed; `why` is shown, as "by telegram:7"."""
    await stop(connection, id, why)
    return await _again(connection, id)


async def stop(connection: AsyncConnection, id: int, why: str) -> None:
    """As `pause`, also for a row that nothing can be made of."""
    values = {"paused": why, "next_slot": None, "next_due": None, "asked": None, **_FREE}
    await connection.execute(update(subscription).where(_is(id)).values(values))


async def resume(connection: AsyncConnection, before: Subscription, now: datetime) -> Subscription:
    """Lets a subscription run again, from its next slot on. That one covers what came in since the latest run.

    Raises QueryError where its schedule cannot be kept any more.
    """
    from_row(await _row(connection, before.id))
    slot = following(before.wanted.schedule, now, before.last_slot, now)
    values = {"paused": None, "ran": now, **_planned(slot)}
    await connection.execute(update(subscription).where(_is(before.id)).values(values))
    return await _again(connection, before.id)


async def end(connection: AsyncConnection, id: int, now: datetime) -> None:
    """Ends a subscription for good. What became of its slots stays on record; what is on its way is still posted."""
    values = {"ended": now, "next_slot": None, "next_due": None, "asked": None, **_FREE}
    await connection.execute(update(subscription).where(_is(id)).values(values))


async def ask(connection: AsyncConnection, id: int, now: datetime) -> None:
    """Wants a run at once, besides its slots."""
    await connection.execute(update(subscription).where(_is(id)).values(asked=now))


async def rezone(connection: AsyncConnection, address: Address, before: str, zone: str, now: datetime) -> int:
    """Moves those of a chat's subscriptions that go by its zone `before` to another. Returns how many."""
    moved = [each for each in await of_chat(connection, address) if each.wanted.schedule.zone == before]
    for each in moved:
        rule = Schedule.parse_stored(f"{each.wanted.schedule.rule} {zone}")
        await edit(connection, each, replace(each.wanted, schedule=rule), now)
    return len(moved)


def due(now: datetime) -> ColumnElement[bool]:
    """The condition that a subscription is due, or asked for, in a chat that is open and that no owner has switched the
    bot off in, and that nobody composes it."""
    closed = exists().where(
        chat.c.platform == subscription.c.platform,
        chat.c.chat == subscription.c.chat,
        or_(chat.c.closed.is_not(None), chat.c.allowed.is_(False)),
    )
    free = or_(subscription.c.claimed_until.is_(None), subscription.c.claimed_until <= now)
    wanted = or_(subscription.c.next_due <= now, subscription.c.asked.is_not(None))
    return and_(wanted, _ALIVE, subscription.c.paused.is_(None), free, not_(closed))


async def any_due(connection: AsyncConnection, now: datetime) -> bool:
    """Whether there is anything to claim. Looking for it keeps nobody from writing."""
    return await connection.scalar(select(subscription.c.id).where(due(now)).limit(1)) is not None


async def claim(connection: AsyncConnection, now: datetime, seconds: float, limit: int) -> tuple[str, list[Row[Any]]]:
    """Takes subscriptions that are due, those that are longest due first, for nobody else to compose meanwhile.

    Returns the claim, by which they are held for so many seconds, and their rows.
    """
    found = select(subscription.c.id).where(due(now)).order_by(subscription.c.next_due, subscription.c.id).limit(limit)
    if connection.dialect.name == "postgresql":
        found = found.with_for_update(skip_locked=True, of=subscription)
    mine = secrets.token_hex(12)
    values = {"claim": mine, "claimed_until": now + timedelta(seconds=seconds)}
    taken = update(subscription).where(subscription.c.id.in_(found)).values(values).returning(subscription)
    rows = list(await connection.execute(taken))
    return mine, sorted(rows, key=lambda row: (row.next_due is None, row.next_due, row.id))


async def release(connection: AsyncConnection, claim: str) -> None:
    """Gives up what is held by a claim, for others to take at once."""
    held = update(subscription).where(subscription.c.claim == claim)
    await connection.execute(held.values(_FREE))


async def held(connection: AsyncConnection, claim: str) -> set[int]:
    """Those still held by a claim. On PostgreSQL they stay locked until this transaction ends."""
    found = select(subscription.c.id).where(subscription.c.claim == claim)
    if connection.dialect.name == "postgresql":
        found = found.with_for_update()
    return set(await connection.scalars(found))


async def advance(connection: AsyncConnection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Sets columns of subscriptions, each named by `of`."""
    if rows:
        names = [name for name in rows[0] if name != "of"]
        which = update(subscription).where(subscription.c.id == bindparam("of"))
        await connection.execute(which.values({name: bindparam(name) for name in names}), list(rows))


async def replan(connection: AsyncConnection, now: datetime) -> int:
    """Counts again when each subscription that waits is due, by the clock and the zones' rules of now.

    Returns for how many that was another instant: after the clock was set right, or with new rules of time zones. What
    a wrong clock put off further than anything is ever put off is sent now.
    """
    far = and_(delivery.c.done.is_(None), delivery.c.due > now + _NEVER_SO_LATE)
    await connection.execute(update(delivery).where(far).values(due=now))
    await connection.execute(delete(cut).where(cut.c.due > now + SKEW))
    waiting = select(subscription).where(_ALIVE, subscription.c.paused.is_(None), subscription.c.next_due > now)
    changed = 0
    for row in list(await connection.execute(waiting)):
        try:
            slot = following(Schedule.parse_stored(row.schedule), row.ran, row.last_slot, now)
        except (ValueError, OnRecordError):  # told when it is due
            continue
        if (slot.local, slot.due) != (row.next_slot, row.next_due):
            same = update(subscription).where(_is(row.id), subscription.c.next_due == row.next_due)
            changed += (await connection.execute(same.values(**_planned(slot)))).rowcount
    return changed


def from_row(row: Row[Any]) -> Subscription:
    """Raises QueryError for a schedule that cannot be kept any more: its zone is unknown to this machine."""
    return _made_of(row, _schedule(row.schedule))


@lru_cache(maxsize=4_096)
def _schedule(stored: str) -> Schedule:
    return Schedule.parse_stored(stored)


def _to_show(row: Row[Any]) -> Subscription:
    """As `from_row`, but one whose schedule cannot be kept is shown too, so that somebody can change it."""
    try:
        return from_row(row)
    except QueryError:
        return _made_of(row, Schedule(row.schedule, "UTC"))


def _made_of(row: Row[Any], schedule: Schedule) -> Subscription:
    sections = tuple(Section(name) for name in row.sections)
    return Subscription(
        id=row.id,
        address=Address(row.platform, row.chat, row.thread),
        wanted=Wanted(row.name, schedule, row.query, sections, row.silent),
        made_by=row.made_by,
        made=row.made,
        ran=row.ran,
        paused=row.paused,
        next_slot=row.next_slot,
        next_due=row.next_due,
        last_slot=row.last_slot,
        seen=row.seen,
        seen_at=row.seen_at,
        asked=row.asked,
    )


def names(rows: Iterable[Subscription]) -> str:
    """Subscriptions in a sentence: "#1 Ukraine desk, #2 Kursk"."""
    return ", ".join(f"#{each.id} {each.wanted.name}" for each in rows)


_ALIVE = subscription.c.ended.is_(None)
# What nobody composes.
_FREE: Mapping[str, None] = MappingProxyType({"claim": None, "claimed_until": None})


def _is(id: int) -> ColumnElement[bool]:
    return subscription.c.id == id


def _of(address: Address) -> ColumnElement[bool]:
    return and_(subscription.c.platform == address.platform, subscription.c.chat == address.chat)


async def _again(connection: AsyncConnection, id: int) -> Subscription:
    return _to_show(await _row(connection, id))


async def _row(connection: AsyncConnection, id: int) -> Row[Any]:
    found: Row[Any] = (await connection.execute(select(subscription).where(_is(id)))).one()
    return found


def _worded(wanted: Wanted) -> dict[str, Any]:
    return {
        "name": wanted.name,
        "schedule": str(wanted.schedule),
        "query": wanted.query,
        "sections": list(wanted.sections),
        "silent": wanted.silent,
    }


def _planned(slot: Slot) -> dict[str, Any]:
    return {"next_slot": slot.local, "next_due": slot.due}
