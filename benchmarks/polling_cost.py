"""What fetching and reading a feed costs, beside bare httpx and feedparser; a part of `benchmarks.polling`."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from statistics import median
from typing import Any

from benchmarks.polling_site import Site, address
from briefings.fetch import Fetcher
from briefings.polling.listed import look
from briefings.polling.place import Place
from briefings.polling.poller import PLACES
from briefings.polling.rhythm import FIRST

ROUNDS, COMPARED = 3, 400


async def ours(all_of: Sequence[Site], port: int) -> None:
    """Fetches and lists the feeds as a poll does."""
    turn, reading = asyncio.Semaphore(PLACES), asyncio.Lock()
    async with Fetcher(["127.0.0.0/8"]) as fetcher:

        async def one(site: Site) -> None:
            place = Place(0, "feed", "", address(site, port), site.host, None, "", FIRST, None, None)
            async with turn:
                listed = await look(place, fetcher, reading)
            assert listed.listing is not None
            assert len(listed.listing.entries) > 0

        await asyncio.gather(*map(one, all_of))


async def bare(all_of: Sequence[Site], port: int) -> None:
    """The same with nothing but httpx and feedparser."""
    import feedparser
    import httpx

    turn, reading = asyncio.Semaphore(PLACES), asyncio.Lock()
    async with httpx.AsyncClient(timeout=20) as client:

        async def one(site: Site) -> None:
            async with turn:
                answer = await client.get(address(site, port))
                async with reading:
                    found = await asyncio.to_thread(feedparser.parse, answer.content)
            assert len(found["entries"]) > 0

        await asyncio.gather(*map(one, all_of))


async def compare(all_of: Sequence[Site], port: int) -> tuple[float, float]:
    """Seconds a feed, ours and bare: medians of rounds taken in turns."""
    chosen = [site for site in all_of if site.fault is None][:COMPARED]
    seconds: dict[Any, list[float]] = {ours: [], bare: []}
    for _ in range(ROUNDS + 1):
        for way, taken in seconds.items():
            began = time.perf_counter()
            await way(chosen, port)
            taken.append((time.perf_counter() - began) / len(chosen))
    # The first round loads libraries.
    return median(seconds[ours][1:]), median(seconds[bare][1:])
