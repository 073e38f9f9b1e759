"""The processes that a benchmark measures: those that compose what is due, and the one that sends."""

from __future__ import annotations

import asyncio
import multiprocessing
import resource
import sys
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from benchmarks.due import SECOND
from benchmarks.fakes import BOT, SECRET, TOKEN
from bot.access import Access
from bot.delivery import Sender
from bot.desk import Desk
from bot.lease import Lease
from bot.limits import Limiter
from bot.outbox import render
from bot.platforms.slack.platform import Slack
from bot.platforms.telegram.platform import Telegram
from briefings.digest import Digest
from briefings.store import Store
from tests.bot.record import intake_of

# What was composed is sent so long after the slots were due.
AFTER = timedelta(minutes=10)


@dataclass(frozen=True)
class Work:
    """What a process did: how much, from when to when (seconds since 1970), in how much processor time and memory."""

    done: int
    begun: float
    ended: float
    processor: float
    megabytes: float

    @property
    def seconds(self) -> float:
        return self.ended - self.begun


class Meter:
    """Counts in the process that it is made in."""

    def __init__(self) -> None:
        self.begun, self.processor = time.time(), time.process_time()

    def work(self, done: int) -> Work:
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1_024 if sys.platform == "linux" else 1_048_576)
        return Work(done, self.begun, time.time(), time.process_time() - self.processor, peak)


def clock(begin: datetime) -> Callable[[], datetime]:
    """A clock that shows `begin` now, and goes on."""
    began = time.monotonic()
    return lambda: begin + timedelta(seconds=time.monotonic() - began)


def compose(address: str, begin: datetime) -> Work:
    """Composes all that is due at an instant, in a process of its own."""

    async def tick() -> Work:
        async with Store(address) as store:
            await store.check()
            meter = Meter()
            return meter.work(await Digest(store, render, clock(begin)).tick())

    return asyncio.run(tick())


def send(address: str, urls: dict[str, str], counts: dict[str, int]) -> dict[str, Work]:
    """Delivers so many messages of each platform, in a process of its own."""

    async def deliver() -> dict[str, Work]:
        async with Store(address) as store:
            now = clock(SECOND + AFTER)
            desk = Desk(store, Access(store, frozenset(), frozenset()), Limiter(60, 60), ZoneInfo("UTC"), now)
            senders = (deliver_some(desk, name, url, counts[name]) for name, url in urls.items())
            found = dict(zip(urls, await asyncio.gather(*senders), strict=True))
            await desk.close()
            return found

    return asyncio.run(deliver())


async def deliver_some(desk: Desk, name: str, url: str, count: int) -> Work:
    """Delivers `count` messages of a platform, then stops as at the end of a process."""
    platform: Slack | Telegram
    if name == "telegram":
        platform = Telegram(desk, intake_of(desk), token=TOKEN, api_url=url)
    else:
        platform = Slack(desk, intake_of(desk), bot_token=BOT, signing_secret=SECRET, api_url=f"{url}api/")
    await platform.start(listen=False)
    lease = Lease(desk.store, f"send:{name}", desk.now)
    assert await lease.take()
    kept = asyncio.create_task(lease.keep())
    noted, enough = 0, asyncio.Event()

    async def reached(step: str) -> None:
        nonlocal noted
        noted += step == "noted"
        if noted >= count:
            enough.set()

    sender = asyncio.create_task(Sender(platform, desk, lease, desk.now, reached=reached).run())
    meter = Meter()
    try:
        await asyncio.wait_for(enough.wait(), 30 + 3 * count / platform.pace.per_second)
    except TimeoutError:
        print(f"  {name}: stopped waiting", file=sys.stderr)
    found = meter.work(noted)
    kept.cancel()
    await lease.give_back()
    await sender
    await platform.stop()
    return found


def in_processes(count: int, work: Any, *arguments: Any) -> list[Any]:
    """The results of the same work in so many new processes at once."""
    with ProcessPoolExecutor(count, multiprocessing.get_context("spawn")) as pool:
        return [future.result() for future in [pool.submit(work, *arguments) for _ in range(count)]]
