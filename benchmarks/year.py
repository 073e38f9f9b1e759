"""A year of the clock through the whole digest: each slot that was composed, against an independent walk of the year.

    python -m benchmarks.year [--year 2027]

In seven zones, a subscription each at 00:00, 01:30, 02:30 and 03:30, on SQLite. The clock goes to one second before the
next due instant, when nothing may be composed, and to the instant itself, to the second. What is on record in the end
is compared with a walk over every minute of the year that uses nothing of the program's: one slot for each local date
that there is, at the first minute at which the zone's clocks show the time or a later one.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
import time
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock_time
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import func, select, update

from bot.outbox import render
from briefings.digest import Digest
from briefings.model import Address
from briefings.store import Store, subscriptions
from briefings.store.schema import briefing, delivery, subscription
from briefings.subscription import SlotState, parse

ZONES = (
    *("Europe/Kyiv", "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca", "Asia/Kathmandu"),
    *("Pacific/Apia", "UTC"),
)
TIMES = ("00:00", "01:30", "02:30", "03:30")

Found = set[tuple[str, str, datetime]]


def walked(zone: str, year: int) -> Found:
    """What should be: by zone and local time of each slot, its instant."""
    at, found, dates = datetime(year - 1, 12, 30, tzinfo=UTC), set(), set()
    reached: list[tuple[datetime, datetime]] = []
    while at < datetime(year + 1, 1, 3, tzinfo=UTC):
        local = at.astimezone(ZoneInfo(zone)).replace(tzinfo=None, fold=0)
        dates.add(local.date())
        if not reached or local > reached[-1][0]:
            reached.append((local, at))
        at += timedelta(minutes=1)
    for text in TIMES:
        wanted, position = clock_time.fromisoformat(text), 0
        for day in sorted(each for each in dates if each.year == year):
            meant = datetime.combine(day, wanted)
            while reached[position][0] < meant:
                position += 1
            found.add((zone, meant.isoformat(timespec="minutes"), reached[position][1]))
    return found


async def composed(store: Store, year: int) -> tuple[Found, Counter[str]]:
    """What the digest puts on record in a year, and what was amiss on the way."""
    now, amiss = datetime(year - 1, 12, 30, 12, tzinfo=UTC), Counter[str]()
    async with store.write() as connection:
        for number, zone in enumerate(ZONES):
            for text in TIMES:
                chat = Address("telegram", str(-1 - number))
                await subscriptions.add(connection, chat, parse(f"daily {text} {zone}", "UTC", now), "x", now)
    digest = Digest(store, render, lambda: now)
    while True:
        async with store.read() as connection:
            due = await connection.scalar(select(func.min(subscription.c.next_due, type_=briefing.c.due.type)))
        if due is None or due >= datetime(year + 1, 1, 2, tzinfo=UTC):
            break
        now = due - timedelta(seconds=1)
        amiss["early"] += await digest.tick()
        now = due
        amiss["none at the instant"] += not await digest.tick()
        async with store.write() as connection:
            await connection.execute(update(delivery).values(state="sent", done=now))
            queued = update(briefing).where(briefing.c.state == SlotState.QUEUED)
            await connection.execute(queued.values(state=SlotState.SENT))
    async with store.read() as connection:
        zone_of = {row.id: row.schedule.split()[-1] for row in await connection.execute(select(subscription))}
        rows = list(await connection.execute(select(briefing)))
    amiss["twice"] = len(rows) - len({(row.subscription_id, row.slot) for row in rows})
    amiss["late"] = sum(row.made != row.due for row in rows)
    return {(zone_of[row.subscription_id], row.slot, row.due) for row in rows}, amiss


def main() -> int:
    """Prints how many slots there were and what was amiss; exit status 1 if anything was."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--year", type=int, default=2027)
    year, began = options.parse_args().year, time.monotonic()

    async def run(path: Path) -> tuple[Found, Counter[str]]:
        async with Store(f"sqlite:///{path}") as store:
            await store.migrate()
            return await composed(store, year)

    with tempfile.TemporaryDirectory() as folder:
        found, amiss = asyncio.run(run(Path(folder) / "year.db"))
    found = {each for each in found if date.fromisoformat(each[1][:10]).year == year}
    expected = set[tuple[str, str, datetime]]().union(*(walked(zone, year) for zone in ZONES))
    amiss["missing"], amiss["not meant"] = len(expected - found), len(found - expected)
    print(f"{year}: {len(found):,} slots of {len(expected):,}, in {time.monotonic() - began:.0f} s")
    print(", ".join(f"{name}: {count}" for name, count in sorted(amiss.items())))
    return int(any(amiss.values()))


if __name__ == "__main__":
    sys.exit(main())
