"""One source, one pass: read, extract, store. Each article in a transaction of its own, so that a stop half-way
leaves whole articles and a second pass adds the rest."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncConnection

from briefings import extracted
from briefings.errors import InputError
from briefings.extract.base import Extraction, Extractor
from briefings.model import Draft
from briefings.sources import detect
from briefings.sources.base import Defaults, Payload, Refused
from briefings.store import Store, articles, events, sources, statements

BATCH = 16

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class Report:
    """What became of one pass: `known` articles were on record already, `refused` ones are named with the reason.
    Finding statements and events took `extract_seconds`.

    `unread` counts, by language, those taken in from which the extractor read nothing because it cannot read it.
    """

    added: int = 0
    known: int = 0
    statements: int = 0
    events: int = 0
    extract_seconds: float = 0.0
    refused: list[Refused] = field(default_factory=list)
    unread: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class Ingest:
    """Takes payloads into the record.

    Attributes:
        store: where to.
        extractor: what finds statements and events.
        zone: the days of articles that give a time are counted in it ("on Tuesday" in a dispatch of 23:30 UTC).
        now: the instant that everything taken in is stamped with, UTC.
        oldest: articles published before are refused: the record drops them anyway.
    """

    store: Store
    extractor: Extractor
    zone: ZoneInfo
    now: datetime
    oldest: datetime | None = None

    async def take(
        self,
        payload: Payload,
        defaults: Defaults | None = None,
        kind: str | None = None,
        advance: Callable[[Payload], None] = lambda _: None,
    ) -> Report:
        """Reads all of `payload` into the record.

        Args:
            payload: what was opened.
            defaults: what the giver knows of articles that do not say.
            kind: the kind of source it must be; judged by its content where None.
            advance: called after each batch, for progress.

        Raises:
            InputError: nothing in it can be read. What was read before is kept.
            StoreError: the store failed. What was stored before is kept, and nothing by half.
        """
        address = _address(payload)
        report, began = Report(), time.monotonic()
        try:
            source = detect(payload, kind)
            drafts = source.read(payload, defaults or Defaults())
            source_id: int | None = None
            while batch := await asyncio.to_thread(_next_batch, drafts):
                batch = [self._refused(item) for item in batch]
                report.refused.extend(item for item in batch if isinstance(item, Refused))
                found = [item for item in batch if isinstance(item, Draft)]
                if found:
                    # Not before: what never gave an article is no source.
                    source_id = source_id or await self._register(source.kind, address, found[0])
                    await self._batch(found, source_id, report)
                advance(payload)
        except InputError as error:
            await self._fail(address, str(error))
            raise
        if source_id is not None:
            async with self.store.write() as connection:
                seconds = time.monotonic() - began
                await sources.mark_read(connection, source_id, self.now, seconds, report.extract_seconds)
        counts = {"added": report.added, "known": report.known, "refused": len(report.refused)}
        _log.info("took in %s", payload.name, extra=counts)
        return report

    def _refused(self, item: Draft | Refused) -> Draft | Refused:
        """What is older than the record keeps is refused, or each pass of its feed would bring it back."""
        if isinstance(item, Refused) or not self.oldest or not item.published or item.published >= self.oldest:
            return item
        return Refused(f"“{item.title}”", f"is of {item.published:%Y-%m-%d}, older than KEEP_DAYS keeps")

    async def _register(self, kind: str, address: str, first: Draft) -> int:
        if kind == "feed" or "://" in address:
            name = first.outlet
        else:
            name = "standard input" if address == "-" else Path(address).name
        async with self.store.write() as connection:
            return await sources.register(connection, kind, name, address, self.now)

    async def _fail(self, address: str, error: str) -> None:
        async with self.store.write() as connection:
            await sources.mark_failed(connection, address, self.now, error)

    async def _batch(self, batch: Sequence[Draft], source_id: int, report: Report) -> None:
        drafts: dict[str, Draft] = {}
        clashing = 0
        for draft in batch:
            first = drafts.setdefault(articles.identity(draft), draft)
            if first.text != draft.text:
                reason = f"has the address of “{first.title}” and another text; give it an address of its own"
                report.refused.append(Refused(f"“{draft.title}”", reason))
                clashing += 1
        async with self.store.read() as connection:
            known = await articles.known(connection, list(drafts))
        fresh = [draft for identity, draft in drafts.items() if identity not in known]
        report.known += len(batch) - len(fresh) - clashing
        passages = [extracted.passage(draft, self.zone) for draft in fresh]
        began = time.monotonic()
        extractions = await asyncio.to_thread(self.extractor.extract, passages)
        report.extract_seconds += time.monotonic() - began
        for draft, extraction in zip(fresh, map(extracted.on_record, extractions), strict=True):
            await self._store(draft, extraction, source_id, report)

    async def _store(self, draft: Draft, extraction: Extraction, source_id: int, report: Report) -> None:
        async def write(connection: AsyncConnection) -> tuple[int, int] | None:
            name, language = self.extractor.name, extraction.language
            article = await articles.add(connection, draft, source_id, self.now, name, language)
            if article is None:  # another process was faster
                return None
            said = await statements.add(connection, article, extraction.attributions, extracted.places(extraction))
            return said, await events.add(connection, article, extracted.happenings(extraction))

        counts = await self.store.write_again(write)
        if counts is None:
            report.known += 1
            return
        report.added += 1
        report.statements += counts[0]
        report.events += counts[1]
        if extraction.language:
            report.unread[extraction.language] += 1


def _address(payload: Payload) -> str:
    """What a source is known by: its address, the whole path of a file."""
    if "://" in payload.address or payload.address == "-":
        return payload.address
    # A file's name may hold bytes that are not UTF-8, which no store takes.
    return str(Path(payload.address).absolute()).encode("utf-8", "replace").decode("utf-8")


def _next_batch(drafts: Iterator[Draft | Refused]) -> list[Draft | Refused]:
    return list(islice(drafts, BATCH))
