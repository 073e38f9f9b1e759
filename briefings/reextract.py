"""Reading the record again with another extractor. Each article in a transaction of its own, so that a stop half-way
leaves whole articles and a second pass reads the rest."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncConnection

from briefings import extracted
from briefings.extract.base import Extraction, Extractor
from briefings.model import Article
from briefings.store import Store, articles, events, statements
from briefings.store.keeping import Change

BATCH = 16

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class Report:
    """What became of one pass over the record.

    Attributes:
        articles: how many were read.
        statements: which of theirs kept their ids, are new, and are gone.
        events: the same of events.
        unread: by language, how many articles the extractor read nothing from because it cannot read it.
    """

    articles: int = 0
    statements: Change = field(default_factory=Change)
    events: Change = field(default_factory=Change)
    unread: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class Reextract:
    """Reads articles on record again.

    Attributes:
        store: where they are, and what is found goes.
        extractor: what finds statements and events.
        zone: the days of articles that give a time are counted in it, as by `Ingest`.
    """

    store: Store
    extractor: Extractor
    zone: ZoneInfo

    async def pending(self, *, everything: bool = False) -> int:
        """How many articles `run` would read now. Raises StoreError."""
        async with self.store.read() as connection:
            return await articles.count_to_read(connection, self._but(everything))

    async def run(self, *, everything: bool = False, advance: Callable[[int], None] = lambda _: None) -> Report:
        """Reads the articles that another extractor read, and puts what it finds in the place of what is on record.

        Args:
            everything: whether to read those too that this one has read.
            advance: told after each batch how many articles were in it.

        Raises:
            ExtractorError: the extractor cannot run. What was read before is kept.
            StoreError: the store failed. What was read before is kept, and nothing by half.
        """
        report, last = Report(), 0
        while batch := await self._next(everything, last):
            passages = [extracted.passage(article, self.zone) for article, _ in batch]
            extractions = await asyncio.to_thread(self.extractor.extract, passages)
            for (article, before), extraction in zip(batch, map(extracted.on_record, extractions), strict=True):
                await self._store(article, before, extraction, report)
            last = batch[-1][0].id
            advance(len(batch))
        _log.info("read the record again", extra={"articles": report.articles})
        return report

    def _but(self, everything: bool) -> str | None:
        return None if everything else self.extractor.name

    async def _next(self, everything: bool, after: int) -> list[tuple[Article, str]]:
        async with self.store.read() as connection:
            return await articles.to_read(connection, self._but(everything), after, BATCH)

    async def _store(self, article: Article, before: str, extraction: Extraction, report: Report) -> None:
        async def write(connection: AsyncConnection) -> tuple[Change, Change] | None:
            name, language = self.extractor.name, extraction.language
            if not await articles.mark_extracted(connection, article.id, before, name, language):
                return None  # removed meanwhile, or read by another process
            attributions, places = extraction.attributions, extracted.places(extraction)
            said = await statements.replace(connection, article, attributions, places)
            return said, await events.replace(connection, article, extracted.happenings(extraction))

        changes = await self.store.write_again(write)
        if changes is None:
            return
        report.articles += 1
        report.statements += changes[0]
        report.events += changes[1]
        if extraction.language:
            report.unread[extraction.language] += 1
