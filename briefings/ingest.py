"""One source, one pass: read, extract, store. Each article in a transaction of its own, so that a stop half-way
leaves whole articles and a second pass adds the rest."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from pathlib import Path
from zoneinfo import ZoneInfo

from briefings.errors import InputError
from briefings.extract.base import Extractor
from briefings.filing import Filing, Incoming, Report
from briefings.model import Draft
from briefings.sources import detect
from briefings.sources.base import Defaults, Payload, Refused
from briefings.store import Store, sources
from briefings.stories.placing import Placing

BATCH = 16

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Ingest:
    """Takes payloads into the record.

    Attributes:
        store: where to.
        extractor: what finds statements and events.
        zone: the days of articles that give a time are counted in it ("on Tuesday" in a dispatch of 23:30 UTC).
        now: the instant that everything taken in is stamped with, UTC.
        oldest: articles published before are refused: the record drops them anyway.
        placing: finds the stories of articles; whoever takes in again and again keeps one.
    """

    store: Store
    extractor: Extractor
    zone: ZoneInfo
    now: datetime
    oldest: datetime | None = None
    placing: Placing = field(default_factory=Placing)

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
                report.refused.extend(item for item in batch if isinstance(item, Refused))
                found = [item for item in batch if isinstance(item, Draft)]
                if found:
                    # Not before: what never gave an article is no source.
                    source_id = source_id or await self._register(source.kind, address, found[0])
                    # Who gives the page of an article again gives it as it reads now.
                    revise = source.kind == "page"
                    await self.store_all([Incoming(draft, revise=revise) for draft in found], source_id, report)
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

    async def store_all(self, incoming: list[Incoming], source_id: int, report: Report) -> list[int | None]:
        """Takes in articles of one source.

        Args:
            incoming: articles with text and date, a batch of them: their texts are read together.
            source_id: the source's id.
            report: what became of them is added to it.

        Returns:
            For each the id of the article on record, new or not; None where it was refused.

        Raises:
            StoreError: the store failed. What was stored before is kept, and nothing by half.
        """
        filing = Filing(self.store, self.extractor, self.zone, self.now, self.placing, source_id, report)
        kept = [item for item in incoming if not self._too_old(item.draft, report)]
        ids = await filing.file(kept)
        found = {id(item): article for item, article in zip(kept, ids, strict=True)}
        return [found.get(id(item)) for item in incoming]

    def _too_old(self, draft: Draft, report: Report) -> bool:
        """What is older than the record keeps is refused, or each pass of its feed would bring it back."""
        if not self.oldest or not draft.published or draft.published >= self.oldest:
            return False
        reason = f"is of {draft.published:%Y-%m-%d}, older than KEEP_DAYS keeps"
        report.refused.append(Refused(f"“{draft.title}”", reason))
        return True

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


def _address(payload: Payload) -> str:
    """What a source is known by: its address, the whole path of a file."""
    if "://" in payload.address or payload.address == "-":
        return payload.address
    # A file's name may hold bytes that are not UTF-8, which no store takes.
    return str(Path(payload.address).absolute()).encode("utf-8", "replace").decode("utf-8")


def _next_batch(drafts: Iterator[Draft | Refused]) -> list[Draft | Refused]:
    return list(islice(drafts, BATCH))
