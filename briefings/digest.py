"""Slots that are due become briefings in the outbox: claimed, composed, and written in one transaction.

Any number of processes may do this at once: who composes a subscription holds its row by a claim, and what is written
counts only while the claim still stands. A slot is on record once: `briefing` is unique by subscription and local
time.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from briefings.document import Document
from briefings.errors import OnRecordError, StoreError
from briefings.fresh import Composer, Intake
from briefings.model import Address
from briefings.planning import Run, due_run, turn
from briefings.schedule import Slot
from briefings.scheduled import Occasion, document, narrowed
from briefings.store import Store, deliveries, slots, subscriptions
from briefings.store.message import Rendered
from briefings.subscription import SlotState, Subscription

_log = logging.getLogger(__name__)

Render = Callable[[str, Document], Sequence[Rendered]]

# Subscriptions composed at once, and seconds for which they are held: a process that stops half-way delays them by so
# much, and one that composes takes a fraction of it.
BATCH = 50
HELD = 60.0


@dataclass(frozen=True, slots=True)
class Planned:
    """A subscription that is due, and what its briefing covers. `joins` are briefings that it takes the place of."""

    subscription: Subscription
    run: Run
    in_turn: bool
    intake: Intake
    joins: tuple[Row[Any], ...]

    @property
    def occasion(self) -> Occasion:
        run = self.run
        joined = tuple(row.slot for row in self.joins)
        return Occasion(run.slot.local, self.intake.since, run.missed, run.missed_from, joined)


@dataclass(frozen=True, slots=True)
class Composed:
    """A briefing that is ready to be written; without `parts` where nothing is to be posted, for a `fault` or not."""

    planned: Planned
    document: Document
    parts: Sequence[Rendered] = ()
    fault: str | None = None


class Digest:
    """Composes what is due.

    Args:
        store: the record.
        render: makes a platform's messages of a document; by the platform's name.
        now: the clock, UTC.
        reached: told, for tests, which step of a batch was done.
    """

    def __init__(
        self,
        store: Store,
        render: Render,
        now: Callable[[], datetime],
        reached: Callable[[str], Awaitable[None]] | None = None,
    ) -> None:
        self._store = store
        self._render = render
        self._now = now
        self._reached = reached
        self._composer = Composer()

    async def tick(self) -> int:
        """Composes all that is due now. Returns how many slots were settled or queued. Raises StoreError."""
        total = 0
        try:
            while True:
                claimed, settled = await self._batch()
                total += settled
                # Where nothing of a batch could be settled, trying it again at once would not help.
                if claimed < BATCH or not settled:
                    return total
        finally:
            self._composer.forget()

    async def _batch(self) -> tuple[int, int]:
        now = self._now()
        async with self._store.read() as connection:
            if not await subscriptions.any_due(connection, now):
                return 0, 0
        async with self._store.write() as connection:
            claim, rows = await subscriptions.claim(connection, now, HELD, BATCH)
        if not rows:
            return 0, 0
        try:
            await self._step("claimed")
            planned = await self._plan(rows, now)
            await self._step("planned")
            ready = await self._compose(planned, now)
            await self._step("composed")
            written = await self._store.write_again(lambda connection: write(connection, claim, ready, now))
            await self._step("written")
        except BaseException:
            # Also when the process is told to stop: the next one shall not wait until the claim runs out.
            await asyncio.shield(self._release(claim))
            raise
        return len(rows), written

    async def _plan(self, rows: Sequence[Row[Any]], now: datetime) -> list[Planned]:
        """What each row's briefing covers. One whose schedule cannot be kept any more is paused, and says why."""
        found: list[tuple[Subscription, Run, datetime, bool]] = []
        for row in rows:
            try:
                subscription = subscriptions.from_row(row)
                found.append((subscription, *_due(subscription, now)))
            except Exception as error:
                # A schedule that cannot be kept any more, or a row that somebody damaged.
                _log.error("a subscription was paused: %s", error, extra={"subscription": row.id})
                async with self._store.write() as connection:
                    await subscriptions.stop(connection, row.id, f"its schedule cannot be kept: {error}")
        cuts: dict[datetime, Row[Any]] = {}
        for due in {due for _, _, due, _ in found}:
            async with self._store.write() as connection:
                cuts[due] = await slots.cut_at(connection, due, now)
        async with self._store.read() as connection:
            waiting = await slots.waiting(connection, [subscription.id for subscription, *_ in found])
        planned = []
        for subscription, run, due, in_turn in found:
            joins = tuple(waiting.get(subscription.id, ()))
            intake = _intake(subscription, cuts[due], joins)
            planned.append(Planned(subscription, run, in_turn, intake, joins))
        return planned

    async def _compose(self, planned: Sequence[Planned], now: datetime) -> list[Composed]:
        ready, began = [], time.monotonic()
        async with self._store.read() as connection:
            for each in planned:
                if time.monotonic() - began > HELD / 2:
                    break  # the rest is released, before others may take over what is composed here
                try:
                    ready.append(await self._one(connection, each, now))
                except (StoreError, SQLAlchemyError, OSError):
                    raise  # the store's fault, which passes, and not the briefing's
                except Exception as error:
                    _log.exception("a briefing was not composed", extra={"subscription": each.subscription.id})
                    why = str(error) if isinstance(error, OnRecordError) else "a fault of onrecord, which the log tells"
                    ready.append(Composed(each, Document(why), fault=f"it could not be composed: {why}"))
        return ready

    async def _one(self, connection: AsyncConnection, planned: Planned, now: datetime) -> Composed:
        subscription = planned.subscription
        found = await self._composer.compose(connection, planned.intake, subscription.wanted.query, now)
        composed = narrowed(found.briefing, subscription.wanted.sections)
        shown = document(composed, subscription.wanted, found.sources, planned.occasion)
        # One that somebody asked for is posted, also where it had to wait until this one took its place.
        if composed.empty and subscription.wanted.silent and planned.in_turn and not planned.joins:
            return Composed(planned, shown)
        return Composed(planned, shown, await asyncio.to_thread(self._render, subscription.address.platform, shown))

    async def _release(self, claim: str) -> None:
        try:
            async with self._store.write() as connection:
                await subscriptions.release(connection, claim)
        except OnRecordError as error:
            _log.warning("what was to be composed waits %.0f s: %s", HELD, error)

    async def _step(self, name: str) -> None:
        if self._reached is not None:
            await self._reached(name)


async def preview(connection: AsyncConnection, subscription: Subscription, now: datetime) -> Document:
    """The briefing that a subscription would post now. Nothing is changed by it."""
    local = now.astimezone(subscription.zone).replace(tzinfo=None).isoformat(timespec="minutes")
    cut = await slots.looked(connection, now)
    waiting = (await slots.waiting(connection, [subscription.id])).get(subscription.id, ())
    intake = _intake(subscription, cut, tuple(waiting))
    found = await Composer().compose(connection, intake, subscription.wanted.query, now)
    composed = narrowed(found.briefing, subscription.wanted.sections)
    return document(composed, subscription.wanted, found.sources, Occasion(local, intake.since))


async def write(connection: AsyncConnection, claim: str, ready: Sequence[Composed], now: datetime) -> int:
    """Writes briefings, their messages and the next due times of those subscriptions that `claim` still holds.

    Returns how many slots that were.
    """
    held = await subscriptions.held(connection, claim)
    kept = [each for each in ready if each.planned.subscription.id in held]
    kept = [each for each in kept if await _joinable(connection, each.planned)]
    known = await slots.on_record(connection, [(_id(each), each.planned.run.slot.local) for each in kept])
    fresh = [each for each in kept if (_id(each), each.planned.run.slot.local) not in known]
    for each in (each for each in fresh if not each.fault):
        for row in each.planned.joins:
            await deliveries.join(connection, row.id, now)
            await slots.settle(connection, row.id, SlotState.JOINED, now, None)
    ids = await slots.add(connection, [_slot(each, now) for each in fresh])
    posts: list[tuple[Address, Sequence[Rendered], int]] = [
        (each.planned.subscription.address, each.parts, ids[at]) for at, each in enumerate(fresh) if each.parts
    ]
    await deliveries.add_briefings(connection, posts, now)
    covered = {_id(each) for each in fresh if not each.fault}
    await subscriptions.advance(connection, [_advanced(each, now, covers=_id(each) in covered) for each in kept])
    await subscriptions.release(connection, claim)
    return len(fresh)


def _due(subscription: Subscription, now: datetime) -> tuple[Run, datetime, bool]:
    """The run that a subscription is due for, with its instant, and whether it is in turn or asked for."""
    if subscription.next_due is not None and subscription.next_slot is not None and subscription.next_due <= now:
        run = due_run(subscription.wanted.schedule, Slot(subscription.next_slot, subscription.next_due), now)
        return run, run.slot.due, True
    asked = subscription.asked or now
    local = asked.astimezone(subscription.zone).replace(tzinfo=None).isoformat(timespec="seconds")
    slot = Slot(local, asked)
    following = Slot(subscription.next_slot or local, subscription.next_due or now)
    return Run(slot, following), now, False


def _intake(subscription: Subscription, cut: Row[Any], joins: Sequence[Row[Any]]) -> Intake:
    """The articles that a briefing covers: those since the last one that was posted there, or, for the first one, of
    one turn of its schedule."""
    if joins:
        after, begin = joins[0].after, joins[0].begin
    else:
        after, begin = subscription.seen, subscription.seen_at
    if begin is not None:
        begin = min(begin, cut.made)  # a clock may have been wrong
    # Somebody may have asked for one since the slots due then were looked at.
    upto = max(cut.upto, after or 0)
    first = after is None or begin is None
    length = turn(subscription.wanted.schedule, cut.made) if first else timedelta()
    return Intake(after, upto, begin, cut.made, length)


async def _joinable(connection: AsyncConnection, planned: Planned) -> bool:
    return all([await deliveries.joinable(connection, row.id) for row in planned.joins])


def _id(composed: Composed) -> int:
    return composed.planned.subscription.id


def _slot(composed: Composed, now: datetime) -> dict[str, Any]:
    planned, intake = composed.planned, composed.planned.intake
    nothing = SlotState.FAILED if composed.fault else SlotState.SILENT
    return {
        "subscription_id": planned.subscription.id,
        "slot": planned.run.slot.local,
        "due": planned.run.slot.due,
        "made": now,
        "begin": intake.begin or intake.window.begin,
        "end": intake.end,
        "after": intake.after,
        "upto": intake.upto,
        "state": SlotState.QUEUED if composed.parts else nothing,
        "note": composed.fault,
        "missed": planned.run.missed,
        "missed_from": planned.run.missed_from,
        "done": None if composed.parts else now,
        "document": composed.document.to_json(),
    }


def _advanced(composed: Composed, now: datetime, *, covers: bool) -> Mapping[str, Any]:
    """What a subscription's row becomes. A run out of turn leaves its slots as they are."""
    planned, before = composed.planned, composed.planned.subscription
    in_turn = planned.in_turn
    return {
        "of": before.id,
        "next_slot": planned.run.following.local if in_turn else before.next_slot,
        "next_due": planned.run.following.due if in_turn else before.next_due,
        "ran": now if in_turn else before.ran,
        "last_slot": planned.run.slot.local if in_turn else before.last_slot,
        "asked": None,
        "seen": planned.intake.upto if covers else before.seen,
        "seen_at": planned.intake.end if covers else before.seen_at,
    }
