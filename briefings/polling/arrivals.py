"""New entries made into articles: from what the place carries, or from the entry's own page."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from briefings.errors import FetchError, InputError, Unreadable
from briefings.fetch import Fetched, Fetcher
from briefings.filing import Incoming
from briefings.guard import shown
from briefings.model import Draft, Precision
from briefings.sources.base import Defaults, Payload, Refused
from briefings.sources.listing import Entry
from briefings.sources.normal import NO_DATE, at_noon
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
        if entry.whole or entry.draft.url is None:
            return self._of_feed(entry, partial=False)
        try:
            page = await self._page(entry.draft.url, entry.draft)
        except InputError as error:
            if _passing(error) and tries + 1 < TRIES:
                return Arrival(entry, again=True, why=str(error))
            return replace(self._of_feed(entry, partial=True), why=str(error))
        told = len(entry.draft.text) > FULLER * len(page.text)
        if told:
            page = replace(page, text=entry.draft.text)
        return self._arrived(entry, page, partial=False, told=told)

    def _of_feed(self, entry: Entry, *, partial: bool) -> Arrival:
        draft = entry.draft
        if len(draft.text) < (TEASER if partial else 1):
            return Arrival(entry, why="the feed tells nothing of it")
        if draft.published is None:
            draft = replace(draft, published=self._today, published_precision=Precision.DAY)
        return self._arrived(entry, draft, partial=partial, told=True)

    def _arrived(self, entry: Entry, draft: Draft, *, partial: bool, told: bool) -> Arrival:
        return Arrival(entry, Incoming(draft, partial, self.backlog, revise=True, told=told))

    async def _page(self, url: str, told: Draft) -> Draft:
        """The article on an entry's page. Raises InputError."""
        fetched = await self.fetcher.get(url)
        defaults = Defaults(told.outlet, told.published, told.url, told.title)
        async with self.reading:
            made = await asyncio.to_thread(_read, url, fetched, defaults)
            if isinstance(made, Refused) and made.reason == NO_DATE:
                made = await asyncio.to_thread(_read, url, fetched, replace(defaults, published=self._today))
        if isinstance(made, Refused):
            raise Unreadable(f"{shown(url)}: {made.reason}")
        return replace(
            made,
            # One place is one outlet, whatever its pages call themselves.
            outlet=told.outlet,
            byline=made.byline or told.byline,
            language=made.language or told.language,
            external_id=told.external_id,
        )

    @property
    def _today(self) -> datetime:
        """The day on which an entry was first seen, for one that nobody dates."""
        return at_noon(self.now.date())


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
