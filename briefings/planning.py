"""Which slot is next, and which one a late run stands for, by a clock that may have been wrong. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from briefings.schedule import Schedule, Slot, next_slot

# A local time may lie so far ahead of another zone's, from UTC-12 to UTC+14; more was never a time that had come.
_AHEAD = timedelta(hours=26)
# What clocks of two machines differ by.
SKEW = timedelta(minutes=2)
# Slots counted that nobody composed; more are as good as these.
MAX_MISSED = 1_000


@dataclass(frozen=True, slots=True)
class Run:
    """A run that is due.

    Attributes:
        slot: the latest one that is due, which the run stands for.
        missed: how many before it were due as well; `missed_from` is the local time of the first of these.
        following: the next one.
    """

    slot: Slot
    following: Slot
    missed: int = 0
    missed_from: str | None = None


def following(schedule: Schedule, ran: datetime, last: str | None, now: datetime) -> Slot:
    """The slot after a run at `ran` for the local time `last`; it may be due already, where the zone's rules changed.

    What a clock said that was wrong does not hold it up: a run that lies in the future is taken to be now.

    Raises:
        ValueError: the schedule has no slot in a century.
    """
    if ran > now + SKEW:
        ran = now
    if last is not None:
        local = now.astimezone(ZoneInfo(schedule.zone)).replace(tzinfo=None)
        if datetime.fromisoformat(last) > local + _AHEAD:
            last = None
    return next_slot(schedule, ran, last)


def turn(schedule: Schedule, now: datetime) -> timedelta:
    """How long it is from the next slot to the one after it. Raises ValueError as `following` does."""
    coming = next_slot(schedule, now, None)
    return next_slot(schedule, coming.due, coming.local).due - coming.due


def due_run(schedule: Schedule, slot: Slot, now: datetime) -> Run:
    """What is to be composed at `now`, when `slot` has become due: one run, however many slots were missed.

    Raises:
        ValueError: the schedule has no slot in a century.
    """
    first, missed = slot, 0
    coming = next_slot(schedule, slot.due, slot.local)
    while coming.due <= now and missed < MAX_MISSED:
        slot, missed = coming, missed + 1
        coming = next_slot(schedule, slot.due, slot.local)
    if coming.due <= now:
        coming = next_slot(schedule, now, slot.local)
    return Run(slot, coming, missed, first.local if missed else None)
