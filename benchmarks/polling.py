"""A day of polling: thousands of feeds on this machine, a tenth of which misbehave; and what reading a feed costs.

    python -m benchmarks.polling [--feeds 2000] [--hours 24] [--seed 1] [--read 20]

The feeds (`benchmarks.polling_site`) are served by a process of their own. The day is simulated: the clock goes on as
soon as all that is due at its minute is under way, and waits while a poll has been under way for five of its minutes.
So a day's polls are done in minutes; how long a feed that is due has to wait is told in seconds as they pass. The
poller is the product's, on an SQLite file, without the second between requests to one host, which is time only. One
article in `--read` is read by the real extractor, whose network is so in memory, the others by a stand-in.

Then the same feeds are fetched and read, without validators, by our fetcher and lister and by bare httpx and
feedparser, in turns, as many at once; feeds a second of both, and the ratio of the times. Exits with 1 where a healthy
feed had to wait for five minutes, an article of one is missing or there twice, memory passes 400 MB, or the ratio 1.3.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import re
import resource
import socket
import struct
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from statistics import median, quantiles
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from benchmarks.polling_cost import compare
from benchmarks.polling_site import BEGIN, Site, address, sites
from bot.performing import give_memory_back
from briefings import extract
from briefings.extract.base import Extraction, Extractor, Passage
from briefings.fetch import Fetcher
from briefings.ingest import Ingest
from briefings.polling.place import Place
from briefings.polling.poller import Poller
from briefings.store import Store, places, polls
from briefings.store.places import Wanted
from briefings.store.schema import article, source
from briefings.stories.placing import Placing
from tests.fakes.extractor import Fake

STEP = timedelta(minutes=1)
# The clock waits for polls that take longer than this of it; well within the time that a claim holds.
PATIENCE = timedelta(minutes=5)
# A feed that has to wait for as long as the shortest interval would miss a turn.
LONGEST_WAIT, MEMORY, RATIO = 300.0, 400.0, 1.3
# Seconds in which a request has to end; 20 in the product, where they are real.
TOTAL = 2.0
_TITLE = re.compile(r"Article (-?\d+) of feed (\d+)")


class Sampled:
    """Reads one article in so many with the real extractor, the others with a stand-in."""

    def __init__(self, every: int) -> None:
        self._real: Extractor | None = extract.load() if every else None
        self._fake, self._every, self._count = Fake(), every, 0
        self.name = self._real.name if self._real else self._fake.name

    def extract(self, passages: Sequence[Passage]) -> list[Extraction]:
        found = []
        for passage in passages:
            self._count += 1
            real = self._real if self._every and self._count % self._every == 0 else None
            found += (real or self._fake).extract([passage])
        return found


@dataclass(slots=True)
class Day:
    """What was seen of a day. `waits` has, for each healthy feed, the longest time from being due to being looked at,
    in seconds, and `looked` when it was looked at last; `wait_later` is the longest wait after all were read once."""

    seconds: float = 0.0
    polls: int = 0
    memory: float = 0.0
    articles: int = 0
    wanted: int = 0
    missing: int = 0
    twice: int = 0
    waits: dict[int, float] = field(default_factory=dict)
    wait_later: float = 0.0
    looked: dict[int, datetime] = field(default_factory=dict)
    delays: list[float] = field(default_factory=list)
    polled: Counter[int] = field(default_factory=Counter)
    words: Counter[str] = field(default_factory=Counter)


class Watched(Poller):
    """The poller, with a note of when each place is looked at."""

    def __init__(self, *args: Any, seen: Callable[[int], None]) -> None:
        super().__init__(*args)
        self._seen = seen
        self.since: dict[int, datetime] = {}

    async def poll(self, place: Place) -> None:
        self._seen(place.id)
        self.since[place.id] = self._now()
        try:
            await super().poll(place)
        finally:
            del self.since[place.id]


class Clock:
    """The time of the day, for us and for the sites."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.now = BEGIN

    def set(self, to: datetime) -> None:
        self.now = to
        with self._path.open("r+b", buffering=0) as file:  # in place: the sites look into the file itself
            file.write(struct.pack("d", (to - BEGIN).total_seconds()))


def _free_port() -> int:
    with socket.socket() as tried:
        tried.bind(("0.0.0.0", 0))
        port: int = tried.getsockname()[1]
        return port


@asynccontextmanager
async def serving(folder: Path, count: int, seed: int, hours: float) -> AsyncIterator[tuple[int, Clock]]:
    """The sites, under way: their port and their clock."""
    path, port = folder / "clock", _free_port()
    path.write_bytes(struct.pack("d", 0.0))
    command = [sys.executable, "-m", "benchmarks.polling_site", str(port), str(count), str(seed), str(hours), str(path)]
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    try:
        assert process.stdout is not None
        await process.stdout.readline()
        yield port, Clock(path)
    finally:
        process.kill()
        await process.wait()


async def follow(store: Store, all_of: Sequence[Site], port: int) -> dict[int, Site]:
    """Adds the feeds; each by the id of its place."""
    wanted = [Wanted("feed", f"Feed {site.number}", address(site, port), site.host) for site in all_of]
    async with store.write() as connection:
        added = await places.add_all(connection, wanted, BEGIN)
    return {chosen.id: site for (chosen, _), site in zip(added, all_of, strict=True)}


async def live(folder: Path, all_of: list[Site], port: int, clock: Clock, hours: float, every: int) -> Day:
    """The day."""
    day, dice, placing, extractor = Day(), random.Random(1), Placing(), Sampled(every)
    async with Store(f"sqlite:///{folder / 'day.db'}") as store, Fetcher(["127.0.0.0/8"], total=TOTAL) as fetcher:
        await store.prepare()
        by_id = await follow(store, all_of, port)
        due: dict[int, float] = {}

        def seen(id: int) -> None:
            waited = time.monotonic() - due.pop(id, time.monotonic())
            day.polls += 1
            day.polled[id] += 1
            day.looked[id] = clock.now
            if by_id[id].healthy:
                day.waits[id] = max(waited, day.waits.get(id, 0.0))
                day.wait_later = max(waited, day.wait_later) if day.polled[id] > 1 else day.wait_later

        def ingest(now: datetime) -> Ingest:
            return Ingest(store, extractor, ZoneInfo("UTC"), now, placing=placing)

        poller = Watched(store, fetcher, ingest, lambda: clock.now, dice.random, seen=seen)
        began = time.monotonic()
        while clock.now < BEGIN + timedelta(hours=hours):
            async with store.read() as connection:
                waiting = source.c.next_poll <= clock.now, source.c.claim.is_(None)
                for row in await connection.execute(select(source.c.id).where(*waiting)):
                    due.setdefault(row.id, time.monotonic())
            await _minute(poller, store, clock)
            clock.set(clock.now + STEP)
        await poller.idle()
        day.seconds = time.monotonic() - began
        day.memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        await _account(store, by_id, day)
    return day


async def _minute(poller: Watched, store: Store, clock: Clock) -> None:
    """Begins all that is due, and waits for what has been under way for too long."""
    while True:
        await poller.tick()
        async with store.read() as connection:
            waiting = await polls.any_due(connection, clock.now)
        if not waiting and all(clock.now - since < PATIENCE for since in poller.since.values()):
            break
        await asyncio.sleep(0.002)
    # What is quick gets done within its minute, as it would.
    until = time.monotonic() + 0.05
    while poller.since and time.monotonic() < until:  # noqa: ASYNC110 - nothing tells when a poll ends
        await asyncio.sleep(0.002)


async def _account(store: Store, by_id: dict[int, Site], day: Day) -> None:
    """Compares what is on record with what was published, and counts how the feeds fared."""
    async with store.read() as connection:
        rows = list(await connection.execute(select(article.c.title, article.c.fetched)))
        ends = {row.id: row for row in await connection.execute(select(source))}
    by_number = {site.number: site for site in by_id.values()}
    found: Counter[tuple[int, int]] = Counter()
    for row in rows:
        match = _TITLE.fullmatch(row.title)
        assert match is not None, row.title
        number, of = int(match[1]), int(match[2])
        found[of, number] += 1
        day.delays.append((row.fetched - by_number[of].when(number)).total_seconds())
    day.articles = len(rows)
    day.twice = sum(count - 1 for count in found.values())
    for id, site in by_id.items():
        day.words[f"{site.fault or 'well-kept'}: {ends[id].status}, {_kind(ends[id].error)}"] += 1
        if site.healthy:
            # What came after the last look of the day is tomorrow's.
            upto = site.published((day.looked[id] - BEGIN).total_seconds())
            day.wanted += upto
            day.missing += sum((site.number, number) not in found for number in range(upto))


def _kind(error: str | None) -> str:
    """A failure's words without its address."""
    return "no failure" if error is None else re.sub(r"\S*//\S+|127\.\S+", "…", error)


async def measure(count: int, hours: float, seed: int, every: int) -> tuple[Day, float, float]:
    all_of = sites(count, seed, hours)
    with tempfile.TemporaryDirectory() as name:
        async with serving(Path(name), count, seed, hours) as (port, clock):
            day = await live(Path(name), all_of, port, clock, hours, every)
            our, theirs = await compare(all_of, port)
    return day, our, theirs


def report(day: Day, our: float, theirs: float) -> bool:
    """Prints the figures. Returns whether all bounds are kept."""
    longest = max(day.waits.values(), default=0.0)
    looks = [day.polled[id] for id in day.waits]
    delays = quantiles(day.delays, n=20) if len(day.delays) > 1 else [0.0] * 19
    lines = [
        f"{sum(day.words.values()):,} feeds, {day.polls:,} polls in {day.seconds:.0f} s: {day.polls / day.seconds:.0f} "
        f"a second, with {day.articles:,} articles; memory {day.memory:.0f} MB (at most {MEMORY:.0f})",
        f"healthy feeds: the longest wait of one that was due is {longest:.0f} s (at most {LONGEST_WAIT:.0f}), after "
        f"all were read once {day.wait_later:.0f} s; looks {min(looks)} to {max(looks)}, median {median(looks):.0f}",
        f"their articles: {day.wanted:,} published, {day.missing} missing, {day.twice} twice; on record after "
        f"{delays[9] / 60:.0f} min (median), {delays[18] / 60:.0f} min (p95)",
        f"fetched and read: {1 / our:.0f} feeds a second, httpx and feedparser alone {1 / theirs:.0f}; "
        f"ratio {our / theirs:.2f} (at most {RATIO})",
        *(f"  {count:5} {words}" for words, count in sorted(day.words.items())),
    ]
    sys.stdout.write("\n".join(lines) + "\n")
    healthy = longest <= LONGEST_WAIT and not day.missing and not day.twice
    return healthy and day.memory <= MEMORY and our / theirs <= RATIO


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--feeds", type=int, default=2000)
    parser.add_argument("--hours", type=float, default=24)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--read", type=int, default=20, help="one article in so many is read by the real extractor")
    given = parser.parse_args()
    give_memory_back()  # as every command does
    sys.exit(0 if report(*asyncio.run(measure(given.feeds, given.hours, given.seed, given.read))) else 1)


if __name__ == "__main__":
    main()
