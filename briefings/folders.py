"""Folders of articles into the record: each file once, and again when it was changed.

What became of a file is on record with its size and the time of its writing, so that a pass that was interrupted goes
on where it stopped, and the next one opens only what is new.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from briefings.errors import InputError, Unreadable
from briefings.ingest import File, Ingest, path_address
from briefings.model import Draft
from briefings.polling.place import Known, Noted
from briefings.report import Report
from briefings.sources import folder
from briefings.sources.base import Defaults, Refused
from briefings.sources.normal import at_noon
from briefings.sources.open import open_payload
from briefings.store import entries, sources

# Files looked up at once, and files after which what became of them is put on record.
LOOK_UP, NOTE = 500, 16


@dataclass(frozen=True, slots=True)
class Pass:
    """How a folder is gone through.

    Attributes:
        defaults: what is known of articles that do not say.
        kind: the kind of source that each file must be; judged by its content where None.
        pattern: names of files meant, as for `folder.scan`; all where None.
        oldest: articles published before, by their own word or by when their file was written, stay out; UTC.
        backlog: whether what it holds is no news.
        retry: whether files of which something was refused are opened again though nobody changed them.
        limit: of files to open; the others are left for the next pass.
        undated: the day of articles that give none; they are refused where None.
    """

    defaults: Defaults
    kind: str | None = None
    pattern: str | None = None
    oldest: datetime | None = None
    backlog: bool = False
    retry: bool = True
    limit: int | None = None
    undated: datetime | None = None


def _unheard(_done: int, _total: int) -> None:
    """What is told of progress that nobody watches."""


class _Found(NamedTuple):
    key: str
    fingerprint: str
    path: Path


async def take_folder(ingest: Ingest, path: Path, how: Pass, advance: Callable[[int, int], None] = _unheard) -> Report:
    """Takes a folder, by its whole path, into the record as a source of its own; see `FolderIngest`.

    Raises:
        InputError, StoreError: as there; also where no file in it is meant.
    """
    report, began, address = Report(), time.monotonic(), path_address(path)

    async def register() -> int:
        async with ingest.store.write() as connection:
            return await sources.register(connection, folder.KIND, path.name or address, address, ingest.now)

    async with ingest.store.read() as connection:
        known_as = await entries.source_at(connection, address)
    try:
        if not await asyncio.to_thread(any, folder.scan(path, how.pattern)):
            raise Unreadable(_nothing(path, how.pattern))
        await FolderIngest(ingest, path, known_as, register, report, advance).take(how)
    except InputError as error:
        async with ingest.store.write() as connection:
            await sources.mark_failed(connection, address, ingest.now, str(error))
        raise
    async with ingest.store.write() as connection:
        if (id := await entries.source_at(connection, address)) is not None:
            await sources.mark_read(connection, id, ingest.now, time.monotonic() - began, report.extract_seconds)
    return report


class FolderIngest:
    """Takes one folder into the record, once.

    Args:
        ingest: takes the articles in.
        path: of the folder.
        known_as: the id of its source, where it is on record.
        register: puts it on record, when its first article goes there; gives the id.
        report: what became of it is added to it.
        advance: told after each file how many of how many files were gone through.
    """

    def __init__(
        self,
        ingest: Ingest,
        path: Path,
        known_as: int | None,
        register: Callable[[], Awaitable[int]],
        report: Report,
        advance: Callable[[int, int], None] = _unheard,
    ) -> None:
        self._ingest = ingest
        self._path = path
        self._id = known_as
        self._register = register
        self._report = report
        self._advance = advance
        self._done = 0
        self._noted: list[Noted] = []

    async def take(self, how: Pass) -> int:
        """Goes through the folder. Returns how many files are left for the next pass.

        Raises:
            InputError: there is no such folder, or it may not be read.
            StoreError: the store failed. What was stored before is kept, and nothing by half.
        """
        refused: list[Refused] = []
        total = await asyncio.to_thread(self._count, how)
        found = await asyncio.to_thread(folder.scan, self._path, how.pattern, refused)
        room = how.limit
        left = 0
        try:
            while batch := await asyncio.to_thread(_next, found):
                fresh = await self._fresh(batch, how)
                self._report.unchanged += len(batch) - len(fresh)
                self._done += len(batch) - len(fresh)
                self._advance(self._done, total)
                opened = fresh if room is None else fresh[:room]
                left += len(fresh) - len(opened)
                room = None if room is None else room - len(opened)
                for item, before in opened:
                    await self._take(item, before, how)
                    self._done += 1
                    self._advance(self._done, total)
        finally:
            await self._note()
        for each in refused:
            self._report.refuse(each)
        return left

    def _count(self, how: Pass) -> int:
        return sum(1 for _ in folder.scan(self._path, how.pattern))

    async def _fresh(self, batch: Sequence[_Found], how: Pass) -> list[tuple[_Found, Known | None]]:
        if self._id is None:
            return [(item, None) for item in batch]
        async with self._ingest.store.read() as connection:
            known = await entries.known(connection, self._id, [item.key for item in batch])
        return [
            (item, before)
            for item in batch
            if (before := known.get(item.key)) is None
            or before.fingerprint != item.fingerprint
            or (how.retry and before.tries)
        ]

    async def _take(self, item: _Found, before: Known | None, how: Pass) -> None:
        """Takes one file in, and notes what became of it."""
        refused, ids = self._report.refusals, list[int | None]()
        written = await asyncio.to_thread(_written, item.path)
        # An article is older than its file: what was not written since needs no look.
        if written is not None and (how.oldest is None or written >= how.oldest):
            file = File(item.key, before.article if before else None, how.backlog, _since(how.oldest))
            defaults = how.defaults if how.undated is None else _dated(how.defaults, how.undated)
            try:
                async with open_payload(str(item.path)) as opened:
                    payload = replace(opened, address=item.key)  # what messages call it
                    ids = await self._ingest.read(
                        payload, defaults, self._report, self._source, kind=how.kind, file=file
                    )
            except InputError as error:
                self._report.refuse(Refused("" if item.key in str(error) else item.key, str(error)))
        article = ids[0] if len(ids) == 1 else None
        tries = int(self._report.refusals > refused)
        self._noted.append(Noted(item.key, item.fingerprint, article, tries))
        if len(self._noted) >= NOTE:
            await self._note()

    async def _source(self, _kind: str = "", _first: Draft | None = None) -> int:
        if self._id is None:
            self._id = await self._register()
        return self._id

    async def _note(self) -> None:
        id, noted, self._noted = self._id, self._noted, []
        # A folder that never gave an article is no source, and has nothing to keep.
        if id is None or not noted:
            return
        await self._ingest.store.write_again(lambda connection: entries.note(connection, id, noted, self._ingest.now))


def _nothing(path: Path, pattern: str | None) -> str:
    which = f"no file that fits {pattern}" if pattern else "no articles"
    return f"{path.name} holds {which}; files that end in {', '.join(sorted(folder.SUFFIXES))} are read"


def _next(found: Iterator[tuple[str, str, Path]]) -> list[_Found]:
    return [_Found(*each) for each in islice(found, LOOK_UP)]


def _written(path: Path) -> datetime | None:
    """When a file was written, UTC; None where it is gone."""
    try:
        return datetime.fromtimestamp(path.stat().st_mtime, UTC)
    except (OSError, ValueError, OverflowError):
        return None


def _since(oldest: datetime | None) -> Callable[[Draft], bool]:
    return lambda draft: oldest is None or draft.published is None or draft.published >= oldest


def _dated(defaults: Defaults, day: datetime) -> Defaults:
    return replace(defaults, published=defaults.published or at_noon(day.date()))
