"""What came in since a chat was last briefed, and what its earlier briefings had before them."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncConnection

from briefings.changes import NOTHING_EARLIER, Earlier
from briefings.compose import Briefing, compose
from briefings.model import SourceState, Window
from briefings.search import Query, parse
from briefings.store import events, statements
from briefings.store.articles import Which
from briefings.store.material import material

# An article may be published so long before the last briefing and still be news; what is older is an archive, and
# whoever adds a feed or a file of old articles does not want them in the channel.
LATE = timedelta(days=2)
# How far back it counts as a repetition, and how many rows of it are looked at.
REMEMBERED = timedelta(days=3)
MAX_EARLIER = 1_000
# A first briefing does not go back further, however seldom it comes.
FIRST = timedelta(days=7)
# Outlets' clocks differ.
AHEAD = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Intake:
    """A stretch of articles by when they came in: ids behind `after`, up to `upto`.

    `begin` and `end` are the instants when the last briefing and this one looked. A first one has no `after`: it covers
    what was published since `begin`, or, where that is None too, in the last turn of its schedule, so long as `turn`.
    """

    after: int | None
    upto: int
    begin: datetime | None
    end: datetime
    turn: timedelta

    @property
    def window(self) -> Window:
        """Publication: from when an article counts as news, until the end."""
        turn = min(max(self.turn, timedelta(hours=1)), FIRST)
        if self.after is None or self.begin is None:
            return Window(self.begin or self.end - turn, self.end + AHEAD)
        return Window(self.begin - LATE, self.end + AHEAD)

    @property
    def since(self) -> datetime | None:
        """When the last briefing there looked; None for the first one."""
        return self.begin if self.after is not None else None


@dataclass(frozen=True, slots=True)
class Found:
    """A composed briefing, with the sources as they fared meanwhile."""

    briefing: Briefing
    sources: tuple[SourceState, ...]


class Composer:
    """Composes briefings, each once for all who want the same: the same query of the same articles."""

    def __init__(self) -> None:
        self._known: dict[tuple[object, ...], Found] = {}

    def forget(self) -> None:
        """Drops what was composed."""
        self._known.clear()

    async def compose(self, connection: AsyncConnection, intake: Intake, query: str, now: datetime) -> Found:
        """What is new in `intake` on the subject of `query`. Raises StoreError, QueryError."""
        window = intake.window
        key = (intake.after, intake.upto, window, query)
        if key not in self._known:
            self._known[key] = await _compose(connection, intake, parse(query, now, ZoneInfo("UTC")))
        return self._known[key]


async def _compose(connection: AsyncConnection, intake: Intake, query: Query) -> Found:
    window = intake.window
    rows = await material(connection, window, query, (intake.after or 0, intake.upto))
    earlier = NOTHING_EARLIER
    if intake.after is not None:
        before = Window(window.begin - REMEMBERED, window.end)
        ids = (0, intake.after)
        earlier = Earlier(
            tuple(await events.within(connection, before, query, MAX_EARLIER, ids, Which.ALL)),
            tuple(await statements.within(connection, before, query, MAX_EARLIER, ids, Which.ALL)),
        )
    # Grouping what is alike takes a second where a lot came in, which others need not wait for.
    return Found(await asyncio.to_thread(compose, rows, earlier), rows.sources)
