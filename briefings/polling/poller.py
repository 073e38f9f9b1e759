"""Polls: each claimed place is looked at, what is new of it taken in, and its next poll set."""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from briefings.errors import FetchError, InputError, OnRecordError, StoreError
from briefings.fetch import Fetcher
from briefings.folders import FolderIngest, Pass
from briefings.guard import shown
from briefings.ingest import Ingest
from briefings.polling import rhythm
from briefings.polling.arrivals import Arrival, Arrivals
from briefings.polling.listed import Listed, look
from briefings.polling.place import Known, Noted, Place
from briefings.report import Report
from briefings.sources import folder
from briefings.sources.base import Defaults
from briefings.sources.listing import Entry, Listing
from briefings.sources.normal import host_of
from briefings.store import Store, entries, polls

_log = logging.getLogger(__name__)

# Places looked at by one process at a time, and articles of one place at a time: what waits in memory is bounded.
PLACES = 20
TOGETHER = 8
# Articles of one place in one poll; the others come with the next ones.
MAX_NEW = 40
# A place is followed when it has moved so often in a row: once may be a mistake.
MOVES = 3
_GONE = 410


@dataclass(frozen=True, slots=True)
class Polled:
    """What a poll brought: new or edited articles, those left for the next poll, and why one could not be read."""

    new: int = 0
    left: int = 0
    why: str = ""


class Poller:
    """Polls places that are due, many at once. For one event loop; others may poll on the same store.

    Args:
        store: the record.
        fetcher: where places and pages come from; its politeness is each host's.
        ingest: takes articles in, as of an instant (UTC).
        now: the clock, UTC.
        chance: from 0 to 1, evenly.
        places: how many places are looked at at once.

    Attributes:
        taken: how many articles came in or were edited so far.
    """

    def __init__(
        self,
        store: Store,
        fetcher: Fetcher,
        ingest: Callable[[datetime], Ingest],
        now: Callable[[], datetime],
        chance: Callable[[], float] = random.random,
        places: int = PLACES,
    ) -> None:
        self._store = store
        self._fetcher = fetcher
        self._now = now
        self._chance = chance
        self._places = places
        self.taken = 0
        self._under_way: dict[asyncio.Task[None], Place] = {}
        # Reading keeps a processor busy, however many wait; one after another needs the memory of one.
        self._reading = asyncio.Lock()
        self._made = ingest

    def _ingest(self, now: datetime) -> Ingest:
        return replace(self._made(now), turn=self._reading, at_once=1)

    async def tick(self) -> int:
        """Begins polls of places that are due, as many as there is room for. Returns how many. Raises StoreError."""
        room = self._places - len(self._under_way)
        if room <= 0:
            return 0
        now = self._now()
        async with self._store.read() as connection:
            if not await polls.any_due(connection, now):
                return 0
        claimed = await self._store.write_again(lambda connection: polls.claim(connection, now, room))
        for place in claimed:
            task = asyncio.create_task(self._run(place))
            self._under_way[task] = place
            task.add_done_callback(self._under_way.pop)
        return len(claimed)

    async def idle(self) -> None:
        """Waits until no poll is under way."""
        while self._under_way:
            await asyncio.wait(list(self._under_way))

    async def close(self) -> None:
        """Breaks off what is under way; other workers may take it over at once."""
        places = list(self._under_way.values())
        for task in list(self._under_way):
            task.cancel()
        await self.idle()
        with suppress(StoreError):
            async with self._store.write() as connection:
                await polls.release(connection, places)

    async def _run(self, place: Place) -> None:
        try:
            await self.poll(place)
        except OnRecordError as error:
            # The store's fault, or the extractor's: not the place's, which is due again when its claim runs out.
            _log.error("%s: %s", shown(place.address), error)
        except Exception:
            _log.exception("a fault of onrecord itself, in polling", extra={"source": place.id})
            await self._fail(place, InputError("a fault of onrecord itself, which the log tells"))

    async def poll(self, place: Place) -> None:
        """Polls one place and settles it. Raises StoreError, ExtractorError."""
        began, report = time.monotonic(), Report()
        try:
            if place.kind == folder.KIND:
                listed, polled = Listed(None), await self._go_through(place, report)
            else:
                listed = await look(place, self._fetcher, self._reading)
                polled = await self._take(place, listed.listing, report) if listed.listing else Polled()
        except InputError as error:
            await self._fail(place, error)
            return
        await self._settle(place, listed, polled, (time.monotonic() - began, report.extract_seconds))
        self.taken += report.added + report.edited
        if report.added or report.edited:
            counts = {"source": place.id, "added": report.added, "edited": report.edited, "copies": report.copies}
            _log.info("polled", extra=counts)

    async def _take(self, place: Place, listing: Listing, report: Report) -> Polled:
        """Takes in what is new among the entries, a few at a time."""
        listed = {entry.key: entry for entry in listing.entries}
        async with self._store.read() as connection:
            known = await entries.known(connection, place.id, listed)
        wanted, passed = _sorted_out(place, list(listed.values()), known)
        now = self._now()

        async def note(noted: Sequence[Noted]) -> None:
            await self._store.write_again(lambda connection: entries.note(connection, place.id, noted, now))

        await note([Noted(entry.key, entry.fingerprint) for entry in passed])
        arrivals = Arrivals(self._fetcher, self._reading, now, backlog=place.caught_up is None)
        ingest, again, why = self._ingest(now), 0, ""
        chosen, left = wanted[:MAX_NEW], len(wanted[MAX_NEW:])
        for at in range(0, len(chosen), TOGETHER):
            batch = chosen[at : at + TOGETHER]
            before = {entry.key: known.get(entry.key, Known("", None, 0)) for entry in batch}
            arrived = await arrivals.of([(entry, before[entry.key].tries) for entry in batch])
            noted = await self._file(ingest, place, arrived, before, report)
            await note(noted)
            again += sum(each.again for each in arrived)
            why = next((each.why for each in arrived if each.why and each.incoming is None), why)
        await self._store.write_again(lambda connection: polls.seen(connection, place, listed, now))
        return Polled(report.added + report.edited, left + again, why)

    async def _go_through(self, place: Place, report: Report) -> Polled:
        """Takes in what is new in a folder of this machine. Raises InputError, StoreError."""
        now = self._now()

        async def itself() -> int:
            return place.id

        # What is undated in a new folder may be of any age, as in a new feed.
        new = place.caught_up is None
        how = Pass(
            Defaults(outlet=place.name),
            oldest=place.oldest,
            backlog=new,
            retry=False,
            limit=MAX_NEW,
            undated=None if new else now,
        )
        ingest = self._ingest(now)
        left = await FolderIngest(ingest, Path(place.address), place.id, itself, report).take(how)
        return Polled(report.added + report.edited, left, str(report.refused[0]) if report.refused else "")

    async def _file(
        self, ingest: Ingest, place: Place, arrived: Sequence[Arrival], before: dict[str, Known], report: Report
    ) -> list[Noted]:
        """Puts articles on record. Returns what to note of their entries."""
        incoming = [
            replace(each.incoming, of=before[each.entry.key].article) for each in arrived if each.incoming is not None
        ]
        ids = iter(await ingest.store_all(incoming, place.id, report))
        return [
            Noted(
                each.entry.key,
                each.entry.fingerprint,
                next(ids) if each.incoming else None,
                before[each.entry.key].tries + 1 if each.again else 0,
            )
            for each in arrived
        ]

    async def _settle(self, place: Place, listed: Listed, polled: Polled, seconds: tuple[float, float]) -> None:
        now, news = self._now(), polled.new > 0 and place.caught_up is not None
        interval = rhythm.adapted(place.interval, news=news) if place.caught_up else place.interval
        wait = rhythm.wait(interval, listed.fresh_for, self._chance())
        if polled.left:
            wait = rhythm.SHORTEST
        values: dict[str, Any] = {
            "read": now,
            "error": None,
            "note": polled.why or None,
            "read_seconds": seconds[0],
            "extract_seconds": seconds[1],
            "failures": 0,
            "failing_since": None,
            "interval": round(interval.total_seconds()),
            "next_poll": now + wait,
            **_moved(place, listed),
        }
        if not polled.left:
            values |= listed.validators
            if place.caught_up is None:
                values["caught_up"] = now
        if polled.new:
            values["news"] = now
        async with self._store.write() as connection:
            if await polls.settle(connection, place, values) and values["moves"] >= MOVES:
                address = _address(place, values["moved"])
                await polls.move(connection, place, address, host_of(address) or "", now)

    async def _fail(self, place: Place, error: InputError) -> None:
        """Notes a failure of the place, and puts it off."""
        now, status = self._now(), getattr(error, "status", None)
        retry = error.retry_after if isinstance(error, FetchError) else None
        after = timedelta(seconds=min(retry, 1e6)) if retry else None
        values: dict[str, Any] = {
            "read": now,
            "error": str(error),
            "failures": place.failures + 1,
            "next_poll": now + rhythm.back_off(place.interval, place.failures + 1, after, self._chance()),
        }
        if not place.failures:
            values["failing_since"] = now
        if status == _GONE:
            values |= {"status": "retired", "note": "its server says that it is gone for good"}
        async with self._store.write() as connection:
            await polls.settle(connection, place, values)


def _sorted_out(place: Place, entries: Sequence[Entry], known: dict[str, Known]) -> tuple[list[Entry], list[Entry]]:
    """The entries to take in, and those to note only: what a new place has from before it was added is its archive."""
    wanted: list[Entry] = []
    passed: list[Entry] = []
    for entry in entries:
        before = known.get(entry.key)
        if before is not None and before.fingerprint == entry.fingerprint and not before.tries:
            continue
        published = entry.draft.published
        undated = published is None and place.caught_up is None and before is None
        old = published is not None and place.oldest is not None and published < place.oldest
        # An edit of what is not on record is none: it was passed over as well.
        missed = before is not None and before.article is None and not before.tries and published is None
        (passed if undated or old or missed else wanted).append(entry)
    return wanted, passed


def _moved(place: Place, listed: Listed) -> dict[str, Any]:
    if listed.moved is None:
        return {"moved": None, "moves": 0}
    return {"moved": listed.moved, "moves": place.moves + 1 if listed.moved == place.moved else 1}


def _address(place: Place, moved: str) -> str:
    """Where a place moved to, with its credentials where that is the same host: no other one gets them."""
    from urllib.parse import urlsplit, urlunsplit

    before, after = urlsplit(place.address), urlsplit(moved)
    user, at, _ = before.netloc.rpartition("@")
    ports = [each.port or {"http": 80, "https": 443}.get(each.scheme) for each in (before, after)]
    same = ports[0] == ports[1] or ports == [80, 443]
    if not at or before.hostname != after.hostname or after.scheme < before.scheme or not same:
        return moved
    return urlunsplit(after._replace(netloc=f"{user}@{after.netloc}"))
