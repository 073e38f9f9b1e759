"""The wiring: settings in, the parts of the program out, closed in reverse order."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from bot import log
from bot.access import Access
from bot.desk import Desk
from bot.limits import Limiter
from briefings.errors import StoreError, Unreadable
from briefings.model import Address
from briefings.store import Store
from config.settings import Settings
from handlers import registry
from handlers.base import Reply, Request

if TYPE_CHECKING:
    from bot.intake import Intake
    from briefings.extract.base import Extractor
    from briefings.ingest import Ingest
    from briefings.polling.poller import Poller
    from briefings.polling.survey import Asked, Survey
    from briefings.reextract import Reextract
    from briefings.report import Report
    from briefings.sources.base import Defaults, Payload
    from briefings.stories.placing import Placing


def utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class App:
    """The parts that commands and platforms work with.

    Attributes:
        settings: as read at the start.
        store: ready to use.
        now: the clock, UTC; tests set it.
    """

    settings: Settings
    store: Store
    now: Callable[[], datetime] = utc_now

    async def answer(self, line: str) -> Reply:
        """Answers a command line of the operator at the terminal. Raises StoreError."""
        here = Address("terminal", "here")
        request = Request("", "", self.now(), self.settings.zone, here, survey=self.survey)
        return await registry.answer(line, request, self.store)

    def desk(self) -> Desk:
        """What answers people on all platforms."""
        settings = self.settings
        access = Access(self.store, frozenset(settings.owners), frozenset(settings.allowed_chats))
        limiter = Limiter(settings.asks_per_minute, settings.asks_per_minute // 3 + 10)
        return Desk(self.store, access, limiter, settings.zone, self.now, self.survey)

    async def survey(self, asked: Asked, *, read: bool) -> Survey:
        """Looks at a place that is to be polled. Raises InputError, QueryError."""
        from briefings.fetch import Fetcher  # loads the network's parts
        from briefings.polling.survey import survey

        async with Fetcher(self.settings.fetch_allow) as fetcher:
            return await survey(asked, fetcher, self.now(), read=read)

    @asynccontextmanager
    async def polling(self) -> AsyncIterator[Poller]:
        """What polls places, until the end of the `async with`; the extractor is loaded when it is first needed."""
        from briefings import extract
        from briefings.fetch import Fetcher
        from briefings.politeness import Politeness
        from briefings.polling.poller import Poller
        from briefings.stories.placing import Placing

        load, placing = cache(extract.load), Placing()
        async with Fetcher(self.settings.fetch_allow, politeness=Politeness()) as fetcher:
            poller = Poller(self.store, fetcher, lambda now: self._ingest(load(), now, placing), self.now)
            try:
                yield poller
            finally:
                await poller.close()

    def intake(self, desk: Desk) -> Intake:
        """What takes in articles that people hand in."""
        from bot.intake import Intake  # readers take long to load

        return Intake(desk, self.take)

    async def take(self, what: Payload | str, defaults: Defaults, kind: str | None = None) -> Report:
        """Takes in a payload, or what is at a web address: no file of this machine. Raises InputError, StoreError."""
        from briefings import extract

        if not isinstance(what, str):
            return await self._ingest(extract.load()).take(what, defaults, kind)
        if not what.lower().startswith(("http://", "https://")):
            raise Unreadable("only http and https addresses are taken from chats")
        return await self.ingest(what, defaults, kind)

    async def ingest(
        self,
        address: str,
        defaults: Defaults | None = None,
        kind: str | None = None,
        advance: Callable[[int, int], None] = lambda _done, _total: None,
    ) -> Report:
        """Takes in what is at `address`: a file, a URL or "-". Raises InputError, StoreError."""
        # Imported here, because readers and extractor take longer to load than an answer takes to give.
        from briefings import extract
        from briefings.fetch import Fetcher
        from briefings.sources.open import open_payload

        ingest = self._ingest(extract.load())
        async with Fetcher(self.settings.fetch_allow) as fetcher, open_payload(address, fetcher) as payload:
            return await ingest.take(payload, defaults, kind, advance)

    async def ingest_folder(
        self,
        path: Path,
        defaults: Defaults,
        kind: str | None = None,
        pattern: str | None = None,
        advance: Callable[[int, int], None] = lambda _done, _total: None,
    ) -> Report:
        """Takes in the files of a folder, those that a pass before did not. Raises InputError, StoreError."""
        from briefings import extract  # as above
        from briefings.folders import Pass, take_folder

        return await take_folder(self._ingest(extract.load()), path, Pass(defaults, kind, pattern), advance)

    def _ingest(self, extractor: Extractor, now: datetime | None = None, placing: Placing | None = None) -> Ingest:
        from briefings.ingest import Ingest  # as above
        from briefings.stories.placing import Placing

        days, now = self.settings.keep_days, now or self.now()
        oldest = now - timedelta(days=days) if days else None
        return Ingest(self.store, extractor, self.settings.zone, now, oldest, placing or Placing())

    def reextract(self) -> Reextract:
        """What reads the record again, with the extractor of this version. Raises ExtractorError."""
        from briefings import extract  # as above
        from briefings.reextract import Reextract

        return Reextract(self.store, extract.load(), self.settings.zone)


@asynccontextmanager
async def running(settings: Settings, *, create: bool = True, prepare: bool = True) -> AsyncIterator[App]:
    """An app with an open store.

    Args:
        settings: as read at the start.
        create: whether an SQLite file that is not there is made. A question to a mistyped path must not make one.
        prepare: whether the schema is made ready, or checked.

    Raises:
        SettingsError, StoreError.
    """
    log.configure(settings.log_level, settings.secrets())
    async with Store(settings.database_url.get_secret_value()) as store:
        if not create and not store.exists:
            raise StoreError(f"there is no record at {store.place} yet; take articles in: onrecord ingest FILE or URL")
        if prepare:
            await store.prepare()
        yield App(settings, store)
