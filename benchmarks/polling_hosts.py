"""Feeds on made-up hosts: when each publishes what, what is wrong with a tenth of them, and a server for them all.

The server is a process of its own, so that its time and memory are not counted with those of what polls it. It listens
on every loopback address: each host is an address of its own, and a few hosts have several feeds, as publishers do.
"""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import math
import multiprocessing
import random
import time
import zlib
from bisect import bisect_right
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import cached_property
from itertools import accumulate
from multiprocessing.connection import Connection
from typing import Any

BEGIN = datetime(2027, 3, 1, 6, 0, tzinfo=UTC)
# Of ten feeds one is bad; of twenty bad ones, so many in this way each. A few of `detour` are `big` instead.
TROUBLES = ("slow", "error", "moved", "limited", "slow", "cut", "detour", "page", "fat", "never",
            "slow", "error", "moved", "gone", "bomb", "cut", "detour", "reset", "loop", "slow")  # fmt: skip
# Whose entries can all be had, with patience.
READABLE = ("", "slow", "moved", "detour")
# Entries a day: log-normal, so that a quarter has less than one and a few have many an hour.
MEDIAN, SPREAD, MOST = 2.5, 1.5, 240.0
# News comes by day: in the hours from 6 to 22 so much more than the mean of a whole day, and in the night the rest.
BY_DAY, BY_NIGHT = 1.35, 0.3
RETRY_AFTER, SLOW = 7_200, (0.4, 1.6)
FAT, BIG = 12_000_000, 6_000_000
# Places with one feed, and with several.
_SHARING = (1, 1, 1, 1, 1, 1, 3, 1, 1, 5, 1, 4)
_SECOND = timedelta(seconds=1)


@dataclass(frozen=True)
class Site:
    """A feed and how it behaves.

    Attributes:
        number: from 1 on, in the order of all feeds.
        host: a loopback address.
        trouble: one of `TROUBLES`, "big", or "" for one that is well.
        window: how many entries it lists, the latest ones.
        instants: when its entries are published, in whole seconds since the epoch, in order.
        ttl: minutes for which it says that it will not change, if it says so.
        max_age: the same in seconds, as a header.
        tagged, dated: whether it has an ETag, and a Last-Modified.
        stamped: whether its head names the moment at which it is asked, so that no two answers are alike.
        atom, packed: whether it is Atom, and whether it is compressed.
    """

    number: int
    host: str
    trouble: str
    window: int
    instants: tuple[int, ...]
    ttl: int | None
    max_age: int | None
    tagged: bool
    dated: bool
    stamped: bool
    atom: bool
    packed: bool

    def path(self) -> str:
        return f"/feed/{self.number}"

    def link(self, entry: int) -> str:
        """Where an entry's page would be. No entry needs it."""
        return f"http://{self.host}/{self.number}/{entry}"

    def published(self, until: float) -> int:
        """How many entries were published up to an instant."""
        return bisect_right(self.instants, until)

    @property
    def fresh_for(self) -> timedelta:
        """How long it asks not to be polled."""
        return max(timedelta(minutes=self.ttl or 0), timedelta(seconds=self.max_age or 0))


def sites(count: int, end: datetime, seed: int) -> list[Site]:
    """So many feeds that publish until `end`, each time the same for one seed."""
    hosts = _hosts()
    return [_site(number, next(hosts), end, seed) for number in range(1, count + 1)]


def _hosts() -> Iterator[str]:
    number = 0
    while True:
        for sharing in _SHARING:
            number += 1
            yield from [f"127.{1 + number // 60_000}.{number // 240 % 250}.{1 + number % 240}"] * sharing


def _site(number: int, host: str, end: datetime, seed: int) -> Site:
    chance = random.Random(f"{seed} {number}")
    trouble = ""
    if number % 10 == 7:
        place = number // 10
        trouble = TROUBLES[place % len(TROUBLES)]
        if trouble == "detour" and place // len(TROUBLES) % 5 == 0 and place % len(TROUBLES) > 10:
            trouble = "big"
    window, kind = chance.randint(20, 40), chance.random()
    rate = min(chance.lognormvariate(math.log(MEDIAN), SPREAD), MOST)
    return Site(
        number=number,
        host=host,
        trouble=trouble,
        window=window,
        instants=tuple(_instants(chance, rate, window, end)),
        ttl=chance.choice((15, 30, 60, 120)) if chance.random() < 0.2 else None,
        max_age=chance.choice((300, 600, 1_800, 3_600)) if chance.random() < 0.2 else None,
        tagged=kind < 0.5 or trouble == "big",
        dated=0.1 < kind < 0.65,
        stamped=kind > 0.9,
        atom=chance.random() < 0.4,
        packed=chance.random() < 0.6,
    )


def _instants(chance: random.Random, rate: float, window: int, end: datetime) -> list[int]:
    """Instants of publication at `rate` a day until `end`, enough of them before the beginning to fill the window."""
    begin, second = BEGIN.timestamp(), 86_400 / (rate * BY_DAY)
    shift = chance.choice((0, 0, 0, 5, 8, 14)) * 3_600
    found, wanted = set(), window
    at = begin
    while wanted:
        at -= chance.expovariate(1 / second)
        if _kept(chance, at + shift) and int(at) not in found:
            found.add(int(at))
            wanted -= 1
    at = begin
    while (at := at + chance.expovariate(1 / second)) < end.timestamp():
        if _kept(chance, at + shift):
            found.add(int(at))
    return sorted(found)


def _kept(chance: random.Random, at: float) -> bool:
    return 6 <= at % 86_400 // 3_600 < 22 or chance.random() < BY_NIGHT / BY_DAY


class Prose:
    """Made-up text in which words are as unevenly common as in English; no two entries are alike."""

    def __init__(self) -> None:
        chance = random.Random(5)
        syllables = [first + last for first in "bdfgklmnprstvz" for last in "aeiou"]
        self._words = sorted({"".join(chance.choices(syllables, k=chance.randint(2, 4))) for _ in range(20_000)})
        chance.shuffle(self._words)
        self._weights = list(accumulate(1 / rank for rank in range(1, len(self._words) + 1)))

    def title(self, site: int, entry: int) -> str:
        return " ".join(self._some(random.Random(f"title {site} {entry}"), 7)).capitalize()

    def paragraphs(self, site: int, entry: int) -> list[str]:
        """Some paragraphs of an entry, long enough to be the article itself, with a statement in the first two."""
        chance = random.Random(f"text {site} {entry}")
        made = []
        for number in range(chance.randint(4, 6)):
            sentences = [" ".join(self._some(chance, 18)).capitalize() for _ in range(3)]
            if number < 2:
                name = f"{self._words[chance.randrange(900, 1_400)].capitalize()} {self._words[site].capitalize()}"
                sentences.append(f"{name} said that {' '.join(self._some(chance, 12))}")
            made.append(". ".join(sentences) + ".")
        return made

    def _some(self, chance: random.Random, count: int) -> list[str]:
        return chance.choices(self._words, cum_weights=self._weights, k=count)


@dataclass
class Printer:
    """Makes feeds; what was made is kept, as a publisher's cache does."""

    prose: Prose = field(default_factory=Prose)
    _entries: dict[tuple[int, int], bytes] = field(default_factory=dict)
    _bodies: dict[int, tuple[int, bytes]] = field(default_factory=dict)

    def body(self, site: Site, now: float) -> bytes:
        """The feed as it is at an instant, compressed if it is."""
        count = site.published(now)
        kept = self._bodies.get(site.number)
        if kept is None or kept[0] != count or site.stamped:
            made = self._feed(site, count, now)
            kept = self._bodies[site.number] = (count, gzip.compress(made, 6, mtime=0) if site.packed else made)
        return kept[1]

    def _feed(self, site: Site, count: int, now: float) -> bytes:
        entries = b"".join(self._entry(site, at) for at in range(count - 1, max(-1, count - 1 - site.window), -1))
        name, stamp = f"Courier {site.number}", datetime.fromtimestamp(now, UTC)
        if site.atom:
            changed = stamp if site.stamped else datetime.fromtimestamp(site.instants[count - 1], UTC)
            head = f"<id>urn:courier:{site.number}</id><title>{name}</title><updated>{changed.isoformat()}</updated>"
            whole = b"<feed xmlns='http://www.w3.org/2005/Atom'>%s%s</feed>" % (head.encode(), entries)
        else:
            head = f"<title>{name}</title><link>http://{site.host}/</link><description>News of {name}</description>"
            head += f"<ttl>{site.ttl}</ttl>" if site.ttl else ""
            head += f"<lastBuildDate>{format_datetime(stamp)}</lastBuildDate>" if site.stamped else ""
            names = b"xmlns:content='http://purl.org/rss/1.0/modules/content/'"
            whole = b"<rss version='2.0' %s><channel>%s%s</channel></rss>" % (names, head.encode(), entries)
        return b"<?xml version='1.0' encoding='utf-8'?>\n" + whole

    def _entry(self, site: Site, at: int) -> bytes:
        made = self._entries.get((site.number, at))
        if made is None:
            made = self._entries[(site.number, at)] = self._made(site, at).encode()
        return made

    def _made(self, site: Site, at: int) -> str:
        title, link = self.prose.title(site.number, at), site.link(at)
        instant = datetime.fromtimestamp(site.instants[at], UTC)
        text = "".join(f"&lt;p&gt;{each}&lt;/p&gt;" for each in self.prose.paragraphs(site.number, at))
        if site.atom:
            return (
                f"<entry><id>urn:courier:{site.number}:{at}</id><title>{title}</title><link href='{link}'/>"
                f"<updated>{instant.isoformat()}</updated><content type='html'>{text}</content></entry>"
            )
        return (
            f"<item><title>{title}</title><link>{link}</link><guid isPermaLink='false'>{site.number}-{at}</guid>"
            f"<pubDate>{format_datetime(instant)}</pubDate><content:encoded>{text}</content:encoded></item>"
        )

    @cached_property
    def bomb(self) -> bytes:
        """A few kilobytes that would be 300 MB."""
        packer = zlib.compressobj(9, wbits=31)
        block = packer.compress(bytes(1 << 20)) + packer.flush(zlib.Z_FULL_FLUSH)
        return block + (packer.compress(bytes(1 << 20)) + packer.flush(zlib.Z_FULL_FLUSH)) * 300

    def big(self, site: Site) -> bytes:
        """An archive of thousands of entries, just small enough to be read."""
        made, size, at = [], 0, 0
        while size < BIG:
            one = self._entry(site, at % len(site.instants))
            made.append(one.replace(b"</id>", b"-%d</id>" % at).replace(b"</guid>", b"-%d</guid>" % at))
            size, at = size + len(made[-1]), at + 1
        head, _, tail = self._feed(site, 1, BEGIN.timestamp()).partition(self._entry(site, 0))
        return head + b"".join(made) + tail


@dataclass
class Press:
    """The server: which feed is asked for when, by the simulated clock (`ahead` of the machine's, in seconds)."""

    sites: Sequence[Site]
    ahead: Any
    printer: Printer = field(default_factory=Printer)
    asked: dict[int, int] = field(default_factory=dict)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    @asynccontextmanager
    async def serve(self) -> AsyncIterator[int]:
        """At work, on the port given."""
        server = await asyncio.start_server(self._accept, "0.0.0.0", 0, backlog=1_000)  # noqa: S104 - see the module
        try:
            yield server.sockets[0].getsockname()[1]
        finally:
            server.close()
            for task in self._tasks:
                task.cancel()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            with suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError, TimeoutError):
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
                headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:])}
                await self._answer(head[0].split(" ")[1], headers, writer)
        finally:
            self._tasks.discard(task)
            writer.transport.abort() if writer.transport.get_write_buffer_size() else writer.close()

    async def _answer(self, path: str, headers: dict[str, str], writer: asyncio.StreamWriter) -> None:
        _, where, number = path.split("/")
        site, now = self.sites[int(number) - 1], time.monotonic() + self.ahead.value
        if where == "feed":
            self.asked[site.number] = self.asked.get(site.number, 0) + 1
        if site.trouble == "slow":
            await asyncio.sleep(random.uniform(*SLOW))
        elif site.trouble == "never":
            await asyncio.sleep(60)
        elif site.trouble == "reset":
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 9000\r\n\r\n<rss")
            await writer.drain()
            writer.transport.abort()
            return
        status, more, body = self._said(site, where, now, headers)
        lines = "".join(f"{name}: {value}\r\n" for name, value in more.items())
        writer.write(f"HTTP/1.1 {status} Made-up\r\nConnection: close\r\nContent-Length: {len(body)}\r\n{lines}\r\n".encode())
        writer.write(body)
        await writer.drain()

    def _said(self, site: Site, where: str, now: float, asked: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
        to = f"http://{asked['host']}/there/{site.number}"
        match site.trouble:
            case "error":
                return 500 + site.number % 4, {}, b"a fault"
            case "limited":
                return 429, {"Retry-After": str(RETRY_AFTER)}, b""
            case "gone":
                return 410, {}, b""
            case "loop":
                return 302, {"Location": to}, b""
            case "moved" | "detour" if where == "feed":
                return (301 if site.trouble == "moved" else 302), {"Location": to}, b""
            case "page":
                page = b"<!doctype html><html><head><title>For sale</title></head><body><p>This name is for sale.</body></html>"
                return 200, {"Content-Type": "text/html"}, page
            case "bomb":
                return 200, {"Content-Type": "application/rss+xml", "Content-Encoding": "gzip"}, self.printer.bomb
            case "fat":
                return 200, {"Content-Type": "application/rss+xml"}, b"<rss><channel>" + b"<item/>" * (FAT // 7)
        return self._feed(site, now, asked)

    def _feed(self, site: Site, now: float, asked: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
        count = 1 if site.trouble == "big" else site.published(now)
        more = {}
        if site.max_age:
            more["Cache-Control"] = f"max-age={site.max_age}"
        if site.tagged:
            more["ETag"] = f'"{hashlib.md5(b"%d" % count, usedforsecurity=False).hexdigest()}"'
        if site.dated:
            changed = datetime.fromtimestamp(site.instants[count - 1], UTC)
            more["Last-Modified"] = format_datetime(changed, usegmt=True)
        matches = {"if-none-match": more.get("ETag"), "if-modified-since": more.get("Last-Modified")}
        same = [asked[name] == value for name, value in matches.items() if value and name in asked]
        if same and all(same):
            return 304, more, b""
        more["Content-Type"] = "application/atom+xml" if site.atom else "application/rss+xml; charset=utf-8"
        if site.trouble == "big":
            return 200, more, self.printer.big(site)
        if site.packed:
            more["Content-Encoding"] = "gzip"
        body = self.printer.body(site, now)
        if site.trouble == "cut":
            more.pop("Content-Encoding", None)
            body = gzip.decompress(body) if site.packed else body
            body = body[: len(body) * 2 // 3]
        return 200, more, body


class Hosts:
    """The server's process, from outside: its port, the clock that it goes by, and what it was asked."""

    def __init__(self, pipe: Connection, ahead: Any) -> None:
        self._pipe = pipe
        self.ahead = ahead
        self.port: int = pipe.recv()

    def url(self, site: Site) -> str:
        return f"http://{site.host}:{self.port}{site.path()}"

    def asked(self) -> dict[int, int]:
        """How often each feed was asked for so far, by its number."""
        self._pipe.send("asked")
        found: dict[int, int] = self._pipe.recv()
        return found


@contextmanager
def serving(served: Sequence[Site]) -> Iterator[Hosts]:
    """The server at work."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    ahead = context.Value("d", BEGIN.timestamp() - time.monotonic())
    process = context.Process(target=_work, args=(theirs, served, ahead))
    process.start()
    try:
        yield Hosts(ours, ahead)
    finally:
        ours.send("end")
        process.join()


def _work(pipe: Connection, served: Sequence[Site], ahead: Any) -> None:
    asyncio.run(_serve(pipe, Press(served, ahead)))


async def _serve(pipe: Connection, press: Press) -> None:
    async with press.serve() as port:
        pipe.send(port)
        while await asyncio.to_thread(pipe.recv) == "asked":
            pipe.send(press.asked)
