"""One source, one pass: read, extract, store. Each article in a transaction of its own, so that a stop half-way
leaves whole articles and a second pass adds the rest."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from briefings.errors import InputError
from briefings.extract.base import Extractor
from briefings.filing import Filing, Incoming
from briefings.model import Draft
from briefings.report import Report
from briefings.sources import detect
from briefings.sources.base import Defaults, Payload, Refused
from briefings.store import Store, articles, entries, sources
from briefings.stories.placing import Placing

BATCH = 16
# Articles looked up at once while all of them are on record already; 32 of the longest ones fit into memory.
SIFT, SIFT_CHARACTERS = 512, 32_000_000

Advance = Callable[[int, int], None]
SourceOf = Callable[[str, Draft], Awaitable[int]]

_log = logging.getLogger(__name__)


def _unheard(_done: int, _total: int) -> None:
    """What is told of progress that nobody watches."""


@dataclass(frozen=True, slots=True)
class File:
    """A file among others of one folder.

    Attributes:
        key: what refusals call it.
        of: the id of the article that it was, before it changed.
        backlog: whether it comes with a new folder, and is no news.
        wanted: whether an article of it shall go on record; others are passed over in silence.
    """

    key: str = ""
    of: int | None = None
    backlog: bool = False
    wanted: Callable[[Draft], bool] = lambda _: True

    def named(self, refused: Refused) -> Refused:
        """A refusal within it, with its name."""
        return Refused(": ".join(filter(None, (self.key, refused.where))), refused.reason)


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
        turn: held while articles are read, by those who must not read at once.
        at_once: how many articles are read together, on as many cores as there are; each takes memory.
    """

    store: Store
    extractor: Extractor
    zone: ZoneInfo
    now: datetime
    oldest: datetime | None = None
    placing: Placing = field(default_factory=Placing)
    turn: AbstractAsyncContextManager[Any] = field(default_factory=nullcontext)
    at_once: int = BATCH

    async def take(
        self,
        payload: Payload,
        defaults: Defaults | None = None,
        kind: str | None = None,
        advance: Advance = _unheard,
    ) -> Report:
        """Reads all of `payload` into the record, as a source of its own.

        Args:
            payload: what was opened.
            defaults: what the giver knows of articles that do not say.
            kind: the kind of source it must be; judged by its content where None.
            advance: told after each batch how many bytes were read, of how many, where that is known.

        Raises:
            InputError: nothing in it can be read. What was read before is kept.
            StoreError: the store failed. What was stored before is kept, and nothing by half.
        """
        address = _address(payload)
        report, began = Report(), time.monotonic()
        ids: list[int] = []

        async def source(kind: str, first: Draft) -> int:
            # Not before: what never gave an article is no source.
            if not ids:
                ids.append(await self._register(kind, address, first))
            return ids[0]

        try:
            await self.read(payload, defaults or Defaults(), report, source, kind=kind, advance=advance)
        except InputError as error:
            await self._fail(address, str(error))
            raise
        if ids or report.known:
            async with self.store.write() as connection:
                if (id := await entries.source_at(connection, address)) is not None:
                    seconds = time.monotonic() - began
                    await sources.mark_read(connection, id, self.now, seconds, report.extract_seconds)
        counts = {"added": report.added, "known": report.known, "refused": len(report.refused)}
        _log.info("took in %s", payload.name, extra=counts)
        return report

    async def read(
        self,
        payload: Payload,
        defaults: Defaults,
        report: Report,
        source: SourceOf,
        *,
        kind: str | None = None,
        file: File | None = None,
        advance: Advance = _unheard,
    ) -> list[int | None]:
        """Reads all of `payload` into the record, for a source that is somebody else's care.

        Args:
            payload: what was opened.
            defaults: what is known of articles that do not say.
            report: what became of it is added to it.
            source: gives the id of the source, by the payload's kind and the first article that goes on record.
            kind: as for `take`.
            file: how it stands in the folder that it is in, if it is in one.
            advance: as for `take`.

        Returns:
            The ids of its articles on record, in order; those of a long list that are there already are left out.

        Raises:
            InputError, StoreError: as for `take`.
        """
        reader = detect(payload, kind)
        # Who gives the page of an article again gives it as it reads now.
        revise = reader.kind == "page" or (file is not None and reader.kind == "text")
        file = file or File()
        of = file.of if revise else None
        drafts = reader.read(payload, defaults)
        ids: list[int | None] = []
        size = BATCH
        while batch := await asyncio.to_thread(_next_batch, drafts, size):
            for item in batch:
                if isinstance(item, Refused):
                    report.refuse(file.named(item))
            found = [item for item in batch if isinstance(item, Draft) and file.wanted(item)]
            fresh = found if revise else await self._unknown(found, report)
            # Somebody was interrupted here before: what is there already is told apart by the hundred.
            size = BATCH if fresh else SIFT
            for at in range(0, len(fresh), BATCH):
                incoming = [Incoming(each, False, file.backlog, revise, of=of) for each in fresh[at : at + BATCH]]
                ids += await self.store_all(incoming, await source(reader.kind, fresh[0]), report)
            if payload.size:  # of a pipe, nobody can tell
                advance(payload.stream.tell(), payload.size)
        return ids

    async def _unknown(self, drafts: Sequence[Draft], report: Report) -> list[Draft]:
        """Those that are not on record, too old or not; the others are counted. Texts of the record are not read."""
        named = [(articles.identity(draft), draft) for draft in drafts]
        async with self.store.read() as connection:
            known = await entries.on_record(connection, [identity for identity, _ in named])
        fresh = [draft for identity, draft in named if identity not in known]
        report.known += len(drafts) - len(fresh)
        return fresh

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
        ids: list[int | None] = []
        for at in range(0, len(kept), self.at_once):
            async with self.turn:
                ids += await filing.file(kept[at : at + self.at_once])
        found = {id(item): article for item, article in zip(kept, ids, strict=True)}
        return [found.get(id(item)) for item in incoming]

    def _too_old(self, draft: Draft, report: Report) -> bool:
        """What is older than the record keeps is refused, or each pass of its feed would bring it back."""
        if not self.oldest or not draft.published or draft.published >= self.oldest:
            return False
        reason = f"is of {draft.published:%Y-%m-%d}, older than KEEP_DAYS keeps"
        report.refuse(Refused(f"“{draft.title}”", reason))
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


def path_address(path: Path) -> str:
    """What a file or folder of this machine is known by as a source: its whole path."""
    # A name may hold bytes that are not UTF-8, which no store takes.
    return str(path.absolute()).encode("utf-8", "replace").decode("utf-8")


def _address(payload: Payload) -> str:
    """What a source is known by."""
    if "://" in payload.address or payload.address == "-":
        return payload.address
    return path_address(Path(payload.address))


def _next_batch(drafts: Iterator[Draft | Refused], size: int) -> list[Draft | Refused]:
    batch: list[Draft | Refused] = []
    characters = 0
    for item in islice(drafts, size):
        batch.append(item)
        characters += len(item.text) if isinstance(item, Draft) else 0
        if characters > SIFT_CHARACTERS:
            break
    return batch
