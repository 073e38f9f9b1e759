"""The outbox: messages on their way to chats, and what became of each.

A row is open until `done` is set. Of a chat's open rows only the first one is sent, so that order is kept whatever
fails. Who sends holds a row by its `holder`: what a holder that is no more left behind may have been posted.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, case, exists, func, insert, literal, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from briefings.model import Address
from briefings.store import slots
from briefings.store.message import Message, Rendered, from_row
from briefings.store.schema import Instant, delivery, lease
from briefings.subscription import SlotState

_AT_ONCE = 1_000  # ids in one statement
# States of a row. "unknown": it may have been posted.
PENDING, SENDING, UNKNOWN, SENT, FAILED, JOINED = "pending", "sending", "unknown", "sent", "failed", "joined"


async def add_briefings(
    connection: AsyncConnection, posts: Sequence[tuple[Address, Sequence[Rendered], int]], now: datetime
) -> None:
    """Puts briefings into the outbox: for each the chat, its messages in order, and the slot's id."""
    rows = [row for address, parts, slot in posts for row in _rows("briefing", address, parts, now, briefing_id=slot)]
    if rows:
        await connection.execute(insert(delivery), rows)


async def add(
    connection: AsyncConnection,
    kind: str,
    address: Address,
    parts: Sequence[Rendered],
    now: datetime,
    *,
    watch: int | None = None,
) -> None:
    """Puts an alert or a notice into the outbox, its messages in order, in the caller's transaction."""
    await connection.execute(insert(delivery), list(_rows(kind, address, parts, now, watch_id=watch)))


def _rows(
    kind: str, address: Address, parts: Sequence[Rendered], now: datetime, **of: int | None
) -> Iterator[dict[str, Any]]:
    for number, part in enumerate(parts, 1):
        yield {
            "key": secrets.token_urlsafe(16),
            "kind": kind,
            "briefing_id": of.get("briefing_id"),
            "watch_id": of.get("watch_id"),
            "platform": address.platform,
            "chat": address.chat,
            "thread": address.thread,
            "part": number,
            "parts": len(parts),
            "body": part.body,
            "plain": part.plain,
            "buttons": [[[button.label, button.command] for button in row] for row in part.buttons],
            "state": PENDING,
            "attempts": 0,
            "repeats": 0,
            "due": now,
            "made": now,
        }


async def heads(connection: AsyncConnection, platform: str, now: datetime, limit: int) -> list[Message]:
    """The first open message of each chat of a platform, where it is due: those of the oldest first.

    In two steps, for a database that has not counted its rows lately may otherwise look through all for each of them.
    """
    of_chats = select(func.min(delivery.c.id)).where(delivery.c.platform == platform, _OPEN).group_by(delivery.c.chat)
    ids = sorted(await connection.scalars(of_chats))
    found: list[Message] = []
    for begin in range(0, len(ids), _AT_ONCE):
        found += await _due(connection, ids[begin : begin + _AT_ONCE], now, limit - len(found))
        if len(found) >= limit:
            break
    return found


async def _due(connection: AsyncConnection, ids: Sequence[int], now: datetime, limit: int) -> list[Message]:
    """Those of these messages that may be sent, or settled, now."""
    first = delivery.alias("first")
    receipt = (
        select(first.c.receipt)
        .where(first.c.briefing_id == delivery.c.briefing_id, first.c.part == 1)
        .scalar_subquery()
        .label("first")
    )
    rows = (
        select(delivery, receipt)
        .where(delivery.c.id.in_(ids), delivery.c.state.in_((PENDING, UNKNOWN)), delivery.c.due <= now)
        .order_by(delivery.c.due, delivery.c.id)
        .limit(limit)
    )
    return [from_row(row) for row in await connection.execute(rows)]


async def claim(
    connection: AsyncConnection, message: Message, holder: str, token: str, now: datetime, state: str = SENDING
) -> bool:
    """Takes a message, at most while `holder` has the lease `token`: to send it, or, with the state UNKNOWN, to find
    out whether it was posted. False where the lease is another's, or the message was changed meanwhile.

    `tried` stays the instant since when it may have been posted. To send what may have been posted is to repeat it.
    """
    mine = exists().where(lease.c.name == token, lease.c.holder == holder)
    sending = state == SENDING
    values: dict[str, Any] = {
        "state": state,
        "holder": holder,
        "attempts": delivery.c.attempts + int(sending),
        "repeats": delivery.c.repeats + int(sending and message.state == UNKNOWN),
        "tried": func.coalesce(delivery.c.tried, now, type_=Instant()),
    }
    taken = update(delivery).where(delivery.c.id == message.id, delivery.c.state == message.state, _OPEN, mine)
    return (await connection.execute(taken.where(delivery.c.chat == message.address.chat).values(values))).rowcount == 1


async def orphans(
    connection: AsyncConnection, platform: str, holder: str, token: str, now: datetime, settle: timedelta
) -> int:
    """Notes that what others were sending may have been posted, as `holder` has the lease `token`. Returns how many.
    What was sent within `settle` is left alone for so long: a call outlives its maker, and may still be on its way."""
    mine = exists().where(lease.c.name == token, lease.c.holder == holder)
    left = and_(delivery.c.platform == platform, delivery.c.state == SENDING, delivery.c.holder != holder, _OPEN, mine)
    due = case((delivery.c.tried > now - settle, literal(now + settle, Instant())), else_=literal(now, Instant()))
    values = {"state": UNKNOWN, "holder": None, "due": due, "error": "its sender stopped before noting the answer"}
    return (await connection.execute(update(delivery).where(left).values(values))).rowcount


async def sent(connection: AsyncConnection, message: Message, holder: str, receipt: str, now: datetime) -> bool:
    """Notes that a message was posted. False where somebody else has sent it meanwhile: it may stand there twice."""
    free = or_(delivery.c.holder == holder, delivery.c.state != SENDING)
    mine = update(delivery).where(delivery.c.id == message.id, free, _OPEN)
    done = await connection.execute(mine.values(state=SENT, receipt=receipt, done=now, error=None))
    if done.rowcount == 1:
        await _account(connection, message.briefing, now)
        return True
    another = delivery.c.receipt.is_distinct_from(receipt)
    again = update(delivery).where(delivery.c.id == message.id, another).values(repeats=delivery.c.repeats + 1)
    return (await connection.execute(again)).rowcount == 0


async def not_before(connection: AsyncConnection, address: Address, due: datetime) -> None:
    """Lets what waits for a chat wait until `due`: the platform takes no more of it at once."""
    there = and_(delivery.c.platform == address.platform, delivery.c.chat == address.chat, _OPEN)
    first = select(func.min(delivery.c.id)).where(there).scalar_subquery()
    await connection.execute(update(delivery).where(delivery.c.id == first, delivery.c.due < due).values(due=due))


async def later(
    connection: AsyncConnection, id: int, holder: str, due: datetime, error: str | None, **values: Any
) -> None:
    """Puts a message back, to be sent at `due`. It was surely not posted, unless `values` say otherwise."""
    mine = update(delivery).where(delivery.c.id == id, delivery.c.holder == holder, _OPEN)
    back = {"state": PENDING, "holder": None, "tried": None, "due": due, "error": error}
    await connection.execute(mine.values({**back, **values}))


async def give_up(
    connection: AsyncConnection, message: Message, holder: str, error: str, now: datetime, state: str = FAILED
) -> None:
    """Ends a message that was not posted, with those behind it; or one that may have been, where `state` is UNKNOWN."""
    mine = update(delivery).where(delivery.c.id == message.id, delivery.c.holder == holder, _OPEN)
    if (await connection.execute(mine.values(state=state, error=error, done=now))).rowcount == 1:
        if state == FAILED and message.briefing is not None:
            # What follows a message that could not be posted would hang in the air.
            rest = and_(delivery.c.briefing_id == message.briefing, delivery.c.part > message.part, _OPEN)
            values = {"state": FAILED, "error": error, "done": now, "holder": None}
            await connection.execute(update(delivery).where(rest).values(values))
        await _account(connection, message.briefing, now)


async def close_chat(connection: AsyncConnection, address: Address, reason: str, now: datetime) -> None:
    """Ends all that was to be posted in a chat that is closed."""
    there = and_(delivery.c.platform == address.platform, delivery.c.chat == address.chat, _OPEN)
    slots_of = set(await connection.scalars(select(delivery.c.briefing_id).where(there)))
    state = case((delivery.c.state == UNKNOWN, UNKNOWN), else_=FAILED)
    values = {"state": state, "error": f"nothing can be posted there: {reason}", "done": now, "holder": None}
    await connection.execute(update(delivery).where(there).values(values))
    # The newest first: what it covered begins where the one before it ended.
    for briefing_id in sorted(filter(None, slots_of), reverse=True):
        await _account(connection, briefing_id, now)


async def abandon(connection: AsyncConnection, why: str, now: datetime) -> None:
    """Ends all that is open, as what may have been posted, with the slots that it belongs to."""
    values = {"state": UNKNOWN, "error": why, "done": now, "holder": None}
    await connection.execute(update(delivery).where(_OPEN).values(values))
    await slots.settle_all(connection, SlotState.UNSURE, now, why)


async def move(connection: AsyncConnection, old: Address, to: str) -> None:
    """What is to be posted in a chat goes to its new id."""
    there = and_(delivery.c.platform == old.platform, delivery.c.chat == old.chat, _OPEN)
    await connection.execute(update(delivery).where(there).values(chat=to))


async def joinable(connection: AsyncConnection, briefing_id: int) -> bool:
    """Whether no message of a briefing was ever posted, or may have been. On PostgreSQL its messages stay locked, so
    that nobody sends one before this transaction ends."""
    of = select(delivery.c.state, delivery.c.repeats, delivery.c.done).where(delivery.c.briefing_id == briefing_id)
    if connection.dialect.name == "postgresql":
        of = of.with_for_update()
    rows = list(await connection.execute(of))
    return bool(rows) and all(row.state == PENDING and row.done is None and not row.repeats for row in rows)


async def join(connection: AsyncConnection, briefing_id: int, now: datetime) -> None:
    """Takes back a briefing that is `joinable`, in the same transaction."""
    of = update(delivery).where(delivery.c.briefing_id == briefing_id)
    await connection.execute(of.values(state=JOINED, done=now, holder=None))


async def _account(connection: AsyncConnection, of: int | None, now: datetime) -> None:
    """Settles a slot once the last of its messages is done."""
    if of is None:
        return
    columns = (delivery.c.state, delivery.c.error, delivery.c.done)
    rows = list(await connection.execute(select(*columns).where(delivery.c.briefing_id == of)))
    if any(row.done is None for row in rows):
        return
    states = {row.state for row in rows}
    state = _SETTLED.get(frozenset(states), SlotState.PARTLY)
    await slots.settle(connection, of, state, now, next((row.error for row in rows if row.error), None))
    if state is SlotState.FAILED:
        await slots.uncover(connection, of)


# What became of a slot, by the states of its messages; any other mixture is partly posted.
_SETTLED: Mapping[frozenset[str], SlotState] = {
    frozenset((SENT,)): SlotState.SENT,
    frozenset((FAILED,)): SlotState.FAILED,
    frozenset((UNKNOWN,)): SlotState.UNSURE,
    frozenset((UNKNOWN, FAILED)): SlotState.UNSURE,
}
_OPEN: ColumnElement[bool] = delivery.c.done.is_(None)
