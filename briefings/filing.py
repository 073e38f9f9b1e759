"""A batch of articles on its way into the record: which are known, edited, copies of others, or new.

What is new is read by the extractor, all of a batch together. Of a near-copy the lines of its origin are carried over,
so that a wire story is read once. Each article is stored in one transaction, with all that belongs to it.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncConnection

from briefings import extracted
from briefings.carried import Lines, copied, standing
from briefings.errors import StoreConflict
from briefings.extract.base import Extraction, Extractor
from briefings.model import Article, Draft
from briefings.report import Report
from briefings.sources.base import Refused
from briefings.store import Store, articles, copies, entries, events, revisions, statements
from briefings.store import lines as stored
from briefings.store.articles import Standing
from briefings.stories.copies import SHARED_KEYS, index_keys
from briefings.stories.mapping import mapping
from briefings.stories.placing import Placing
from briefings.stories.shingles import covered, normal, shingles

# An edit keeps at least this part of a text, or is at least half as long: a notice about cookies or a wall before the
# article is no edit of it.
KEPT_PART, KEPT_LENGTH = 0.2, 0.5
# Of what another entry of a place tells at the same address, this part has to stand in it to be the same article.
SAME_PART = 0.5


@dataclass(frozen=True, slots=True)
class Incoming:
    """An article that comes in.

    Attributes:
        draft: the article, with text and date.
        partial: its text is only what a feed tells of it.
        backlog: it comes with a new source, and is no news.
        revise: it is the article as it reads now: another text on record is an earlier wording of it.
        told: its text is the place's, and was not read at the article's own address. Then it revises what came from
            that place alone: anybody's feed may link to anybody's article.
        of: the id of the article on record which it is expected to be a wording of.
        listed: it is one of several that a place lists, and may share its address with them.
        where: what a refusal calls it; its title, where empty.
    """

    draft: Draft
    partial: bool = False
    backlog: bool = False
    revise: bool = False
    told: bool = False
    of: int | None = None
    listed: bool = False
    where: str = ""

    @property
    def name(self) -> str:
        """What a refusal calls it."""
        return self.where or f"“{self.draft.title}”"


@dataclass(frozen=True, slots=True)
class Filing:
    """Files articles of one source; attributes as for `Ingest`, with the source's id and the report to add to."""

    store: Store
    extractor: Extractor
    zone: ZoneInfo
    now: datetime
    placing: Placing
    source_id: int
    report: Report

    async def file(self, incoming: Sequence[Incoming]) -> list[int | None]:
        """Files a batch. For each the id of the article on record, or None where it was refused. Raises StoreError."""
        incoming = await self._told_apart(incoming)
        identities = [articles.identity(item.draft) for item in incoming]
        chosen: dict[str, Incoming] = {}
        for identity, item in zip(identities, incoming, strict=True):
            chosen.setdefault(identity, item)
        async with self.store.read() as connection:
            known = await articles.known(connection, list(chosen))
            known |= await _expected(connection, {key: item for key, item in chosen.items() if key not in known})
        fresh = {identity: item for identity, item in chosen.items() if identity not in known}
        edits = {identity: item for identity, item in chosen.items() if self._edits(item, known.get(identity))}
        ids = {identity: article.id for identity, article in known.items()} | await self._add(fresh)
        for identity, extraction in zip(edits, await self._extract(edits.values()), strict=True):
            ids[identity] = await self._revise(known[identity], edits[identity], extraction)
        filed: list[int | None] = []
        for identity, item in zip(identities, incoming, strict=True):
            first = chosen[identity]
            if first.draft.text == item.draft.text:
                filed.append(ids[identity])
                self.report.known += item is not first or (identity in known and identity not in edits)
            else:
                filed.append(None)
                reason = f"has the address of “{first.draft.title}” and another text; give it an address of its own"
                self.report.refuse(Refused(item.name, reason))
        return filed

    async def _told_apart(self, incoming: Sequence[Incoming]) -> Sequence[Incoming]:
        """The articles, those with the address of quite another one marked as such: sites have pages of which each
        calls itself by one address, feeds whose entries all link to one, and dead links that lead to a front page."""
        async with self.store.read() as connection:
            known = await articles.known(connection, [articles.identity(item.draft) for item in incoming])
        return [
            replace(item, draft=replace(item.draft, shared=True))
            if self._another(item, known.get(articles.identity(item.draft)))
            else item
            for item in incoming
        ]

    def _another(self, item: Incoming, there: Article | None) -> bool:
        if there is None or not item.listed or item.of == there.id or item.draft.text == there.text:
            return False
        elsewhere = item.told and there.source_id != self.source_id
        return not (elsewhere or there.partial or item.partial or _kept(there.text, item.draft.text, SAME_PART))

    def _edits(self, item: Incoming, before: Article | None) -> bool:
        """Whether an article is another wording of the one on record, to be put in its place."""
        if before is None or not item.revise or item.draft.text == before.text:
            return False
        if item.told and before.source_id != self.source_id:
            return False
        if before.partial or item.partial:
            return before.partial
        return len(item.draft.text) >= KEPT_LENGTH * len(before.text) or _kept(before.text, item.draft.text)

    async def _add(self, fresh: Mapping[str, Incoming]) -> dict[str, int]:
        """Files articles that are new. What may be a copy, also of one in this batch, comes after the others."""
        likely = await self._likely(fresh)
        ids: dict[str, int] = {}
        unread: dict[str, Incoming] = {identity: item for identity, item in fresh.items() if identity not in likely}
        for identity, extraction in zip(unread, await self._extract(unread.values()), strict=True):
            ids[identity] = await self._store(unread[identity], extraction)
        unread.clear()
        for identity in likely:
            lines = await self._carried(fresh[identity].draft)
            if lines is None:
                unread[identity] = fresh[identity]
            else:
                ids[identity] = await self._store(fresh[identity], lines)
        for identity, extraction in zip(unread, await self._extract(unread.values()), strict=True):
            ids[identity] = await self._store(unread[identity], extraction)
        return ids

    async def _likely(self, fresh: Mapping[str, Incoming]) -> list[str]:
        """Those that are copies of what is on record, or share keys with one before them."""
        found: list[str] = []
        before: list[frozenset[int]] = []
        for identity, item in fresh.items():
            keys = frozenset(await asyncio.to_thread(index_keys, item.draft.text))
            if any(len(keys & other) >= SHARED_KEYS for other in before) or await self._match(item.draft):
                found.append(identity)
            before.append(keys)
        return found

    async def _match(self, draft: Draft) -> copies.Match | None:
        async with self.store.read() as connection:
            return await copies.match(connection, draft.text, _published(draft))

    async def _carried(self, draft: Draft) -> Lines | None:
        """The lines of the article of which this is a copy; None where it is of none, or is to be read for itself."""
        match = await self._match(draft)
        if match is None:
            return None
        async with self.store.read() as connection:
            lines = await stored.of_article(connection, match.article.id)
        moves = await asyncio.to_thread(mapping, match.article.text, draft.text)
        return await asyncio.to_thread(copied, lines, moves)

    async def _extract(self, items: Iterable[Incoming]) -> list[Extraction]:
        passages = [extracted.passage(item.draft, self.zone) for item in items]
        if not passages:
            return []
        began = time.monotonic()
        extractions = await asyncio.to_thread(self.extractor.extract, passages)
        self.report.extract_seconds += time.monotonic() - began
        return list(map(extracted.on_record, extractions))

    async def _store(self, item: Incoming, found: Extraction | Lines) -> int:
        """Stores a new article with what was found in it or carried over to it. Returns its id."""
        draft = item.draft
        place = None
        if isinstance(found, Extraction):
            place = await self.placing.place(self.store, draft.title, draft.text, _published(draft))

        async def write(connection: AsyncConnection) -> Filed:
            match = await copies.match(connection, draft.text, _published(draft))
            stands = Standing(item.partial, item.backlog, origin=match.origin if match else None)
            article = await self._article(connection, draft, self.source_id, found, stands)
            if article is None:  # another process was faster
                there = await articles.known(connection, [articles.identity(draft)])
                return Filed(next(iter(there.values())).id)
            story = match.story if match and match.story else None
            if story is None and place is not None:
                story = await place.take(connection)
            await articles.put_in_story(connection, article.id, story)
            await copies.put(connection, article)
            return Filed(article.id, match is not None, await _add_lines(connection, article, found))

        filed = await self.store.write_again(write)
        self._count(filed, found)
        return filed.article

    async def _revise(self, before: Article, item: Incoming, extraction: Extraction) -> int:
        """Puts the new wording of an article in the place of the one on record. Returns the id of the new one."""
        # What somebody else told first is the article's own outlet's from when its own page was read.
        own = before.source_id == self.source_id or not before.partial
        draft = replace(
            item.draft,
            outlet=before.outlet if own else item.draft.outlet,
            published=before.published,
            published_precision=before.published_precision,
        )
        source_id = before.source_id if own else self.source_id
        moves = await asyncio.to_thread(mapping, before.text, draft.text)

        async def write(connection: AsyncConnection) -> Filed:
            if not await articles.supersede(connection, before.id, self.now):
                return Filed(before.id)  # another process was faster
            kept = standing(await stored.of_article(connection, before.id), moves)
            await copies.drop(connection, before.id)
            match = await copies.match(connection, draft.text, before.published)
            origin = match.origin if match else None
            stands = Standing(item.partial, item.backlog, before.id, origin, before.story)
            article = await self._article(connection, draft, source_id, extraction, stands)
            if article is None:
                raise StoreConflict("an article was edited by two at once; try again")
            await articles.follow(connection, before.id, article.id)
            await copies.put(connection, article)
            attributions, places = extraction.attributions, extracted.places(extraction)
            said = await revisions.put_statements(connection, article, attributions, places, kept.said)
            happenings = extracted.happenings(extraction)
            told = await revisions.put_events(connection, article, happenings, kept.happened)
            return Filed(article.id, match is not None, (said.added, told.added))

        filed = await self.store.write_again(write)
        self._count(filed, extraction, edited=True)
        return filed.article

    async def _article(
        self,
        connection: AsyncConnection,
        draft: Draft,
        source_id: int,
        found: Extraction | Lines,
        stands: Standing,
    ) -> Article | None:
        language = found.language if isinstance(found, Extraction) else None
        return await articles.add(connection, draft, source_id, self.now, self.extractor.name, language, stands)

    def _count(self, filed: Filed, found: Extraction | Lines, *, edited: bool = False) -> None:
        report = self.report
        if filed.lines is None:
            report.known += 1
            return
        report.added += not edited
        report.edited += edited
        report.copies += filed.copy and not edited
        report.statements += filed.lines[0]
        report.events += filed.lines[1]
        if isinstance(found, Extraction) and found.language:
            report.unread[found.language] += 1


class Filed(NamedTuple):
    """What became of one article: its id, whether it is a copy, and how many statements and events came in with it
    (None where it was on record already)."""

    article: int
    copy: bool = False
    lines: tuple[int, int] | None = None


async def _add_lines(connection: AsyncConnection, of: Article, found: Extraction | Lines) -> tuple[int, int]:
    if isinstance(found, Lines):
        said = await statements.add_said(connection, of, found.said)
        return said, await events.add(connection, of, [each.happening for each in found.happened])
    said = await statements.add(connection, of, found.attributions, extracted.places(found))
    return said, await events.add(connection, of, extracted.happenings(found))


def _published(draft: Draft) -> datetime:
    if draft.published is None:
        raise ValueError("a draft needs its date before it is stored")
    return draft.published


def _kept(before: str, now: str, part: float = KEPT_PART) -> bool:
    """Whether so much of a text stands in another that this can be a later wording of it."""
    old = normal(before)
    return sum(covered(old, set(shingles(normal(now))))) >= part * len(old)


async def _expected(connection: AsyncConnection, unknown: Mapping[str, Incoming]) -> dict[str, Article]:
    """By identity, the articles on record of which these are wordings by what is expected of them. A file may as well
    hold another article than before: then little of the text is the same."""
    wanted = {item.of for item in unknown.values() if item.of is not None}
    there = await entries.present(connection, wanted) if wanted else {}
    return {
        identity: there[item.of]
        for identity, item in unknown.items()
        if item.of in there and (item.draft.text == there[item.of].text or _kept(there[item.of].text, item.draft.text))
    }
