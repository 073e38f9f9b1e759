"""One process for thirty days at speed: articles come in, briefings and alerts go out, people ask; memory stays flat.

    python -m benchmarks.soak [--days 30]

The clock is simulated: it jumps from hour to hour as soon as all that is due has been posted. The platform is a
stand-in for Telegram in a process of its own; extractor, store (SQLite), clock's work, sender and desk are the
program's. Each hour another chat has its briefing, so that no chat's pace holds the simulation up.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import random
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import func, select

from benchmarks.fakes import TOKEN, serving
from benchmarks.search import Words, name_of
from bot.access import Asker
from bot.app import App, running
from bot.delivery import Sender
from bot.lease import Lease
from bot.outbox import render
from bot.platforms.telegram.platform import Telegram
from briefings.alerts import Alerts
from briefings.digest import Digest
from briefings.model import Address
from briefings.sources.base import Defaults, Payload
from briefings.sources.open import in_memory
from briefings.store import subscriptions, watches
from briefings.store.old_posts import tidy_posts
from briefings.store.retention import tidy
from briefings.store.schema import delivery
from briefings.subscription import parse
from config import settings as config

BEGIN = datetime(2027, 3, 1, tzinfo=UTC)
ZONES = ("UTC", "Europe/Kyiv", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe")
SCHEDULES = tuple(f"daily {hour:02}:00 {ZONES[hour % len(ZONES)]}{' border' * (hour % 2)}" for hour in range(24))
QUERIES = ("", "border", "by:Speaker1", "since:2d", "negotiations -border")
# Memory settles in the first days: caches fill, and the allocator finds its size.
WARM_DAYS, LIMIT = 8, 1.10
KEEP_DAYS = 5


class Clock:
    """A clock that goes on, and jumps when told."""

    def __init__(self) -> None:
        self._offset = BEGIN - datetime.now(UTC)

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self._offset

    def to(self, instant: datetime) -> None:
        self._offset += max(instant - self(), timedelta())


def resident() -> float:
    """Memory that this process holds, in MB."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096 / 1e6


def article(number: int, words: Words, now: datetime) -> bytes:
    """A made-up dispatch, as a feed would bring it."""
    sentences = []
    for _ in range(6):
        who = name_of(random.Random(number).randrange(1, 40) + len(sentences))
        sentences.append(f"{who} said that {' '.join(words.sentence())}.")
    return f"{' '.join(sentences)} On {now:%A} troops crossed the border near Sudzha.".encode()


async def hour(app: App, digest: Digest, alerts: Alerts, number: int, words: Words) -> None:
    """All that happens in one hour."""
    text = article(number, words, app.now())
    payload = Payload(in_memory(text), f"dispatch {number}", url=f"https://wire.example/{number}")
    defaults = Defaults(outlet=f"Wire {number % 7}", published=app.now(), url=payload.url)
    await app.take(payload, defaults, "text")
    await alerts.tick()
    async with app.store.write() as connection:
        await subscriptions.replan(connection, app.now())
    await digest.tick()
    desk = app.desk()
    for query in QUERIES:
        reply = await desk.answer(f"/who-said {query}", Asker(Address("terminal", "here")))
        render("slack", reply.document)
    await desk.close()


async def drained(app: App) -> None:
    """Waits until all that is due has been posted."""
    while True:
        async with app.store.read() as connection:
            left = select(func.count()).select_from(delivery).where(delivery.c.done.is_(None))
            if not await connection.scalar(left):
                return
        await asyncio.sleep(0.05)


async def subscribe(app: App, chats: Sequence[str]) -> None:
    async with app.store.write() as connection:
        for chat, text in zip(chats, SCHEDULES, strict=True):
            wanted = parse(text, "UTC", app.now())
            await subscriptions.add(connection, Address("telegram", chat), wanted, "telegram:7", app.now())
        for number in range(3):
            await watches.add(connection, Address("telegram", chats[number]), "border", 5, "telegram:7", app.now())


async def soak(days: int, url: str, chats: Sequence[str], folder: Path) -> list[float]:
    """Memory at the end of each day, in MB."""
    clock, words, found = Clock(), Words(3), []
    settings = config.load(database_url=f"sqlite:///{folder / 'soak.db'}", log_level="ERROR")
    async with running(settings) as base:
        app = App(base.settings, base.store, clock)
        await subscribe(app, chats)
        desk = app.desk()
        platform = Telegram(desk, app.intake(desk), token=TOKEN, api_url=url)
        await platform.start(listen=False)
        lease = Lease(app.store, "send:telegram", clock, sole=True)
        await lease.take()
        keeping = asyncio.create_task(lease.keep())
        sending = asyncio.create_task(Sender(platform, desk, lease, clock).run())
        digest, alerts = Digest(app.store, render, clock), Alerts(app.store, render, clock, settings.zone)
        for day in range(days):
            for at in range(24):
                clock.to(BEGIN + timedelta(days=day, hours=at, seconds=2))
                await hour(app, digest, alerts, day * 24 + at, words)
                await drained(app)
            await tidy(app.store, clock(), KEEP_DAYS)
            await tidy_posts(app.store, clock())
            gc.collect()
            found.append(resident())
            print(f"day {day + 1:2}: {found[-1]:.0f} MB", flush=True)
        for task in (sending, keeping):
            task.cancel()
        await asyncio.gather(sending, keeping, return_exceptions=True)
        await platform.stop()
        await desk.close()
    return found


def main() -> int:
    """Prints memory by the day, and its ratio to that of the days after warming up. Exit status 1 beyond the limit."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--days", type=int, default=30)
    days = max(options.parse_args().days, WARM_DAYS + 4)
    chats = [str(-1_000 - number) for number in range(len(SCHEDULES))]
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder, serving(["telegram"], {"telegram": chats}, 0) as fakes:
        found = asyncio.run(soak(days, fakes.urls["telegram"], chats, Path(folder)))
        seen = fakes.seen()["telegram"]
    posts = sum(map(len, seen.posts.values()))
    early, late = found[WARM_DAYS : WARM_DAYS + 4], found[-4:]
    ratio = (sum(late) / len(late)) / (sum(early) / len(early))
    print(f"{days} days in {time.monotonic() - began:.0f} s: {posts} posts, {seen.limited} answered 429")
    print(
        f"memory of the last days to that of days {WARM_DAYS + 1} to {WARM_DAYS + 4}: {ratio:.3f} (limit {LIMIT:.2f})"
    )
    return int(ratio > LIMIT or max(late) > LIMIT * max(early))


if __name__ == "__main__":
    sys.exit(main())
