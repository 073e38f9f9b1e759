"""The sites of `benchmarks.polling`: so many feeds, most of them well-kept, on addresses of this machine.

    python -m benchmarks.polling_site PORT FEEDS SEED HOURS CLOCK

CLOCK is a file of eight bytes, the seconds since the day began as a double: the sites live by it. How often a feed
publishes is drawn from a log-normal distribution (median two articles a day, a few more than a hundred, two fifths less
than one); seven in ten tell by ETag whether they changed, some say by Cache-Control or `ttl` how long they will not. A
tenth misbehaves, each feed in one way (see `Fault`).
"""

from __future__ import annotations

import asyncio
import gzip
import mmap
import random
import struct
import sys
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from enum import StrEnum
from functools import lru_cache
from pathlib import Path

DAY = 86_400.0
BEGIN = datetime(2026, 3, 2, tzinfo=UTC)
LISTED = 30
MEDIAN, SPREAD, MOST = 2.0, 1.5, 200.0
# Feeds that are on a host with three others; the rest have one each.
SHARED = 5
# Feeds that carry no text, only a link to a page.
TEASERS = 5
_WORDS = (
    "harbour bridge market station hospital depot refinery airfield council ministry convoy village river valley the a "
    "of on in near with was were closed opened watched crossed left entered guarded measured evacuated three forty new "
    "old said reported denied officials residents engineers officers drivers traders yesterday overnight again still"
)


class Fault(StrEnum):
    """How a feed misbehaves."""

    SLOW = "slow"
    HANGS = "never ends"
    ERROR = "answers 500"
    CUT = "broken off"
    PAGE = "a web page"
    RESET = "hangs up"
    MOVED = "moved for good"
    FOUND = "moved for now"
    LOOP = "redirects in circles"
    HUGE = "huge"
    BOMB = "a bomb"
    GONE = "gone"
    BUSY = "asks to wait"


@dataclass(frozen=True, slots=True)
class Site:
    """One feed: the seconds at which it publishes, and how it behaves."""

    number: int
    host: str
    times: tuple[float, ...]
    fault: Fault | None
    etag: bool
    max_age: int
    teaser: bool

    @property
    def healthy(self) -> bool:
        """Whether all that it publishes can be had."""
        return self.fault in (None, Fault.SLOW, Fault.MOVED, Fault.FOUND)

    def published(self, at: float) -> int:
        """How many articles it has published until then."""
        return bisect_right(self.times, at)

    def when(self, number: int) -> datetime:
        """When an article was published; those before the day are of weeks ago."""
        if number < 0:
            return BEGIN - timedelta(days=7 - number)
        return BEGIN + timedelta(seconds=self.times[number])


def sites(count: int, seed: int, hours: float) -> list[Site]:
    """The feeds, the same ones for the same seed."""
    dice = random.Random(seed)
    faults = list(Fault)
    made = []
    for number in range(count):
        a_day = min(dice.lognormvariate(0, SPREAD) * MEDIAN, MOST)
        at, times = dice.expovariate(a_day) * DAY, list[float]()
        while at < hours * 3600:
            times.append(at)
            at += dice.expovariate(a_day) * DAY
        host = number - number % 4 if number % 20 < SHARED - 1 else number
        fault = faults[number // 10 % len(faults)] if number % 10 == 7 else None
        etag, max_age = dice.random() < 0.7, dice.choice((0, 0, 0, 300, 900, 3600))
        address = f"127.{1 + host // 62_500}.{host // 250 % 250}.{1 + host % 250}"
        made.append(Site(number, address, tuple(times), fault, etag, max_age, number % TEASERS == 3))
    return made


@lru_cache(maxsize=60_000)
def words(site: int, number: int) -> str:
    """The text of an article: no two are alike."""
    dice = random.Random(site * 1_000_003 + number)
    sentences = (" ".join(dice.choices(_WORDS.split(), k=12)).capitalize() for _ in range(16))
    return f"Ann Bell said number {site}-{number} was right. {'. '.join(sentences)}."


def item(site: Site, number: int, port: int) -> str:
    text = "" if site.teaser else f"<content:encoded><![CDATA[<p>{words(site.number, number)}</p>]]></content:encoded>"
    return (
        f"<item><title>Article {number} of feed {site.number}</title><guid isPermaLink='false'>{number}</guid>"
        f"<link>http://{site.host}:{port}/p/{site.number}/{number}</link>"
        f"<pubDate>{format_datetime(site.when(number))}</pubDate><description>In short.</description>{text}</item>"
    )


def feed(site: Site, latest: int, port: int) -> bytes:
    """The feed with its `latest` articles published in the day, and those before it."""
    listed = "".join(item(site, number, port) for number in range(latest - 1, latest - 1 - LISTED, -1))
    ttl = f"<ttl>{site.max_age // 60}</ttl>" if site.max_age == 900 else ""
    return (
        "<?xml version='1.0' encoding='utf-8'?><rss version='2.0' "
        "xmlns:content='http://purl.org/rss/1.0/modules/content/'><channel>"
        f"<title>Feed {site.number}</title>{ttl}{listed}</channel></rss>"
    ).encode()


def address(site: Site, port: int) -> str:
    return f"http://{site.host}:{port}/f/{site.number}"


def page(site: Site, number: int) -> bytes:
    title = f"Article {number} of feed {site.number}"
    return (
        f"<!doctype html><html lang=en><head><title>{title}</title></head><body><article><h1>{title}</h1>"
        f"<p>{words(site.number, number)}</p></article></body></html>"
    ).encode()


Answer = tuple[int, dict[str, str], bytes]


def answer(site: Site, path: str, headers: dict[str, str], at: float, port: int) -> Answer:
    """Status, headers and body; faults that are no answer are not told here."""
    kind, _, rest = path[1:].partition("/")
    if kind == "p":
        return 200, {"Content-Type": "text/html; charset=utf-8"}, page(site, int(rest.partition("/")[2]))
    here = f"http://{site.host}:{port}"
    moved = {Fault.MOVED: (301, "new"), Fault.FOUND: (302, "new"), Fault.LOOP: (302, "f")}
    if site.fault in moved and kind == "f":
        status, where = moved[site.fault]
        return status, {"Location": f"{here}/{where}/{site.number}"}, b""
    special: dict[Fault, Callable[[], Answer]] = {
        Fault.ERROR: lambda: (500, {}, b"no"),
        Fault.PAGE: lambda: (200, {"Content-Type": "text/html"}, b"<!doctype html><title>New site</title><p>Hello"),
        Fault.HUGE: lambda: (200, {"Content-Type": "text/xml"}, b"<rss><channel>" + b"<item/>" * 2_000_000),
        Fault.BOMB: lambda: (200, {"Content-Type": "text/xml", "Content-Encoding": "gzip"}, bomb()),
        Fault.GONE: lambda: (410, {}, b"gone"),
        Fault.BUSY: lambda: (429, {"Retry-After": "3600"}, b"later"),
    }
    if site.fault in special:
        return special[site.fault]()
    latest = site.published(at)
    tag = f'"{site.number}-{latest}"'
    told = {"Content-Type": "application/rss+xml"}
    if site.etag:
        told["ETag"] = tag
    if site.max_age:
        told["Cache-Control"] = f"max-age={site.max_age}"
    if site.etag and headers.get("if-none-match") == tag:
        return 304, told, b""
    return 200, told, feed(site, latest, port)


@lru_cache(maxsize=1)
def bomb() -> bytes:
    return gzip.compress(bytes(200_000_000), 9)


class Sites:
    """Serves them all from one socket, by the number in the path."""

    def __init__(self, all_of: list[Site], port: int, clock: Callable[[], float]) -> None:
        self._sites, self._port, self._clock = all_of, port, clock

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                if not await self._answer(head.decode("latin-1"), writer):
                    break
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    async def _answer(self, head: str, writer: asyncio.StreamWriter) -> bool:
        first, *lines = head.split("\r\n")
        path = first.split(" ")[1]
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        site = self._sites[int(path.split("/")[2])]
        if path.startswith("/f") and site.fault is Fault.RESET:
            writer.transport.abort()
            return False
        status, told, body = answer(site, path, headers, self._clock(), self._port)
        told = {**told, "Content-Length": str(len(body))}
        lines = [f"HTTP/1.1 {status} X", *(f"{name}: {value}" for name, value in told.items())]
        if path.startswith("/f") and site.fault in (Fault.SLOW, Fault.HANGS):
            await asyncio.sleep(0.3 if site.fault is Fault.SLOW else 3600)
        cut = path.startswith("/f") and site.fault is Fault.CUT
        writer.write(
            "\r\n".join([*lines, "", ""]).encode()
            + (b"" if status == 304 else body[: -len(body) // 2 if cut else None])
        )
        if cut:
            return False
        await writer.drain()
        return True


async def run(port: int, count: int, seed: int, hours: float, clock: Path) -> None:
    with clock.open("rb") as file, mmap.mmap(file.fileno(), 8, access=mmap.ACCESS_READ) as shared:
        served = Sites(sites(count, seed, hours), port, lambda: struct.unpack("d", shared[:8])[0])
        server = await asyncio.start_server(served.serve, "0.0.0.0", port, backlog=512)
        sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
        sys.stdout.flush()
        await server.serve_forever()


if __name__ == "__main__":
    port_, count_, seed_, hours_, clock_ = sys.argv[1:]
    asyncio.run(run(int(port_), int(count_), int(seed_), float(hours_), Path(clock_)))
