"""Which story an article that comes in belongs to, by the record."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from briefings.store import Store, stories
from briefings.stories.clusters import choose
from briefings.stories.features import Features, Frequencies, features, keys

# How common terms are changes slowly; counting them takes a tenth of a second.
COUNT_AFTER = 100


@dataclass(frozen=True, slots=True)
class Place:
    """Where an article belongs: in the `story` of that id, or, where that is None, in a new one."""

    story: int | None
    features: Features
    keys: tuple[str, ...]
    published: datetime

    async def take(self, connection: AsyncConnection) -> int:
        """Puts the article's place on record, in the caller's transaction. Returns the story's id."""
        mine = (self.features, self.published, self.keys)
        if self.story is not None and await stories.join(connection, self.story, *mine):
            return self.story
        return await stories.begin(connection, *mine)


class Placing:
    """Finds the place of articles, one after another. It holds how common terms are for some minutes."""

    def __init__(self) -> None:
        self._frequencies = Frequencies()
        self._counted: datetime | None = None
        self._placed = 0

    async def place(self, store: Store, title: str, text: str, published: datetime) -> Place:
        """The place of an article. Raises StoreError."""
        mine = await asyncio.to_thread(features, title, text)
        async with store.read() as connection:
            await self._count(connection, published)
            telling = keys(mine, self._frequencies)
            near = await stories.candidates(connection, telling, published)
        found = await asyncio.to_thread(choose, mine, published, near, self._frequencies)
        return Place(found.story if found else None, mine, telling, published)

    async def _count(self, connection: AsyncConnection, published: datetime) -> None:
        """Counts again where the last count is of another time or of a much smaller record."""
        self._placed += 1
        if (
            self._counted is None
            or abs(published - self._counted) > timedelta(days=7)
            or self._placed >= min(COUNT_AFTER, 2 + self._frequencies.articles)
        ):
            self._frequencies = Frequencies.of(await stories.recent(connection, published))
            self._counted, self._placed = published, 0
