"""A place looked at before it is polled: what it is, what it lists, and whether an article can be read from it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urlsplit

from briefings.errors import FetchError, QueryError, Unreadable
from briefings.fetch import Fetcher
from briefings.guard import shown
from briefings.model import Draft
from briefings.polling.arrivals import Arrivals
from briefings.polling.listed import look
from briefings.polling.place import Place
from briefings.polling.rhythm import FIRST
from briefings.sources import LISTERS
from briefings.sources.discovery import discover
from briefings.sources.listing import Entry, Listing
from briefings.sources.normal import one_line
from briefings.sources.telegram import Telegram, channel_url
from briefings.store.places import Wanted


@dataclass(frozen=True, slots=True)
class Asked:
    """A place as somebody asks for it: an address, and, where they say, what to call it, its kind, and a selector of
    the links meant."""

    address: str
    name: str | None = None
    kind: str | None = None
    selector: str | None = None


@dataclass(frozen=True, slots=True)
class Survey:
    """What was found at an address.

    Attributes:
        wanted: the place, ready to be added.
        listing: what it lists now.
        others: further feeds that the site names.
        first: the newest of its articles as it would go on record, where one was tried and could be read.
        why: why it could not.
    """

    wanted: Wanted
    listing: Listing
    others: tuple[str, ...] = ()
    first: Draft | None = None
    why: str = ""

    @property
    def newest(self) -> list[Entry]:
        """The entries that have a date, the newest first, then the others in the place's own order."""
        dated = [(entry.draft.published, entry) for entry in self.listing.entries if entry.draft.published]
        ordered = [entry for _, entry in sorted(dated, key=lambda each: each[0], reverse=True)]
        return ordered + [entry for entry in self.listing.entries if not entry.draft.published]


async def survey(asked: Asked, fetcher: Fetcher, now: datetime, *, read: bool) -> Survey:
    """Looks at a place; with `read`, also at the newest article that it lists.

    Raises:
        InputError: it cannot be fetched, or is no place that can be polled; says what it is and what to do.
        QueryError: there is no such kind.
    """
    kinds = [lister.kind for lister in LISTERS]
    if asked.kind is not None and asked.kind not in kinds:
        raise QueryError(f"kind: is one of {', '.join(kinds)}", "/sources add https://example.org/news kind:links")
    kind = asked.kind or ("links" if asked.selector else None)
    address = asked.address
    others: tuple[str, ...] = ()
    title: str | None = None
    if kind is None:
        there = await discover(asked.address, fetcher)
        kind, address, others, title = there.kind, there.address, there.others, there.title
    elif kind == Telegram.kind:
        address = channel_url(asked.address) or address
    place, listing = await _look(kind, asked, address, fetcher)
    address = place.address
    if listing is None:
        raise Unreadable(f"{shown(address)} gave nothing")
    name = one_line(asked.name or listing.title or title, 100) or place.host
    wanted = Wanted(place.kind, name, address.partition("#")[0], place.host, asked.selector)
    found = Survey(wanted, listing, others)
    if not read or not listing.entries:
        return found
    newest = found.newest[0]
    arrivals = Arrivals(fetcher, asyncio.Lock(), now, backlog=True)
    (arrival,) = await arrivals.of([(replace(newest, draft=replace(newest.draft, outlet=wanted.name)), 2)])
    return replace(found, first=arrival.incoming.draft if arrival.incoming else None, why=arrival.why)


async def _look(kind: str, asked: Asked, address: str, fetcher: Fetcher) -> tuple[Place, Listing | None]:
    """The place with its scheme, https where that leads anywhere, and what it lists. Raises InputError."""
    if "://" in address:
        place = _place(kind, asked, address)
        return place, (await look(place, fetcher, asyncio.Lock())).listing
    try:
        return await _look(kind, asked, f"https://{address}", fetcher)
    except FetchError as error:
        # A host that answers has spoken; and a password goes over no open line unless somebody says so.
        if error.status is not None or "@" in address:
            raise
        secure = error
    try:
        return await _look(kind, asked, f"http://{address}", fetcher)
    except FetchError as error:
        raise (error if error.status is not None else secure) from None


def _place(kind: str, asked: Asked, address: str) -> Place:
    host = (urlsplit(address).hostname or "").lower()
    return Place(0, kind, asked.name or "", address, host, asked.selector, "", FIRST, None, None)
