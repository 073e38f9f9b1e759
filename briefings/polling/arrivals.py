"""New entries made into articles: from what the place carries, or from the entry's own page."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urlsplit

from briefings.addresses import folded
from briefings.errors import FetchError, InputError, Unreadable
from briefings.fetch import Fetched, Fetcher
from briefings.filing import Incoming
from briefings.guard import shown
from briefings.model import Draft, Precision
from briefings.sources.base import Defaults, Payload, Refused
from briefings.sources.listing import Entry
from briefings.sources.normal import NO_DATE, at_noon, host_of
from briefings.sources.open import in_memory
from briefings.sources.page import Page, read_page

# A page that cannot be read is tried so often, a poll apart; then what the feed tells has to do.
TRIES = 3
# A feed's text shorter than this is no article, not even a part of one.
TEASER = 80
# Where the feed tells so much more than the page, the page is a stub before a wall.
FULLER = 1.5


@dataclass(frozen=True, slots=True)
class Arrival:
    """What became of an entry: an article, or None where its page shall be tried again (`again`) or there is none.

    `why` says what kept its page from being read.
    """

    entry: Entry
    incoming: Incoming | None = None
    again: bool = False
    why: str = ""


@dataclass(frozen=True, slots=True)
class Arrivals:
    """Makes articles of entries.

    Attributes:
        fetcher: where pages come from.
        reading: held while a page is read.
        now: the instant of the poll, UTC: entries without a date are dated by the day on which they were first seen.
        backlog: whether they came with a new place, and are no news.
    """

    fetcher: Fetcher
    reading: asyncio.Lock
    now: datetime
    backlog: bool

    async def of(self, entries: Sequence[tuple[Entry, int]]) -> list[Arrival]:
        """What becomes of entries, each given with how often its page was tried before."""
        return list(await asyncio.gather(*(self._one(entry, tries) for entry, tries in entries)))

    async def _one(self, entry: Entry, tries: int) -> Arrival:
        if entry.draft.url is None or (entry.whole and not entry.foreign):
            return self._of_feed(entry, partial=False)
        try:
            page, told = await self._page(entry)
        except InputError as error:
            if _passing(error) and tries + 1 < TRIES:
                return Arrival(entry, again=True, why=str(error))
            return replace(self._of_feed(entry, partial=True), why=str(error))
        if len(entry.draft.text) > FULLER * len(page.text) and not entry.foreign:
            page, told = replace(page, text=entry.draft.text), True
        return self._arrived(entry, page, partial=False, told=told)

    def _of_feed(self, entry: Entry, *, partial: bool) -> Arrival:
        draft = entry.draft
        if len(draft.text) < (TEASER if partial else 1):
            return Arrival(entry, why="the feed tells nothing of it")
        if entry.foreign:
            # What a place says of another one's article is not that article.
            draft = replace(draft, shared=True)
        if draft.published is None:
            draft = replace(draft, published=self._today, published_precision=Precision.DAY)
        return self._arrived(entry, draft, partial=partial, told=True)

    def _arrived(self, entry: Entry, draft: Draft, *, partial: bool, told: bool) -> Arrival:
        return Arrival(entry, Incoming(draft, partial, self.backlog, revise=True, told=told, listed=True))

    async def _page(self, entry: Entry) -> tuple[Draft, bool]:
        """The article on an entry's page, and whether it is only told there: under the address of another host, or
        under that of the site itself, to which dead links lead. Raises InputError."""
        told, url = entry.draft, entry.draft.url or ""
        fetched = await self.fetcher.get(url)
        if _front(fetched.url) and not _front(url):
            raise Unreadable(f"{shown(url)} leads to the front page of its site")
        defaults = Defaults(told.outlet if not entry.gathered else None, told.published, told.url, told.title)
        async with self.reading:
            made = await asyncio.to_thread(_read, url, fetched, defaults)
            if isinstance(made, Refused) and made.reason == NO_DATE:
                made = await asyncio.to_thread(_read, url, fetched, replace(defaults, published=self._today))
        if isinstance(made, Refused):
            raise Unreadable(f"{shown(url)}: {made.reason}")
        draft = replace(
            made,
            # One place is one outlet, whatever its pages call themselves, but where it gathers those of many.
            outlet=made.outlet if entry.gathered else told.outlet,
            byline=made.byline or told.byline,
            language=made.language or told.language,
            external_id=told.external_id,
        )
        return draft, host_of(folded(made.url or url)) != host_of(folded(fetched.url))

    @property
    def _today(self) -> datetime:
        """The day on which an entry was first seen, for one that nobody dates."""
        return at_noon(self.now.date())


def _front(url: str) -> bool:
    """Whether an address is that of a whole site."""
    parts = urlsplit(folded(url))
    return parts.path in ("", "/") and not parts.query


def _read(url: str, fetched: Fetched, defaults: Defaults) -> Draft | Refused:
    stream = in_memory(fetched.body)
    payload = Payload(stream, url, fetched.content_type, fetched.charset, len(fetched.body), fetched.url)
    if not Page().recognises(payload):
        raise Unreadable(f"{payload.name} is no web page")
    return read_page(payload, defaults)


def _passing(error: InputError) -> bool:
    """Whether another try may succeed: the network's or the server's fault, not that of what is there."""
    if not isinstance(error, FetchError):
        return False
    return error.status is None or error.status >= 500 or error.status in (408, 425, 429)
