"""Watches: each new statement that matches one is put into the outbox, with others that came in at about that time."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from briefings import document as doc
from briefings import zones
from briefings.changes import Earlier, part_statements
from briefings.digest import Render
from briefings.errors import QueryError, StoreError
from briefings.fresh import AHEAD, LATE, REMEMBERED
from briefings.gather import copies_once
from briefings.groups import Carried
from briefings.model import Window
from briefings.present import plural, reader_of, statement_line
from briefings.search import parse
from briefings.store import Store, chats, deliveries, slots, statements, watches
from briefings.store.articles import Which
from briefings.subscription import Watch

_log = logging.getLogger(__name__)

# Statements of one post; the others are a search away.
MAX_LINES = 8
MAX_FOUND = 200


@dataclass(frozen=True, slots=True)
class Alerts:
    """Posts what is new for the watches of all chats.

    Attributes:
        store: the record.
        render: makes a platform's messages of a document; by the platform's name.
        now: the clock, UTC.
        zone: that of chats that have none of their own: caps count its days.
    """

    store: Store
    render: Render
    now: Callable[[], datetime]
    zone: ZoneInfo

    async def tick(self) -> int:
        """Looks at what came in since the last time. Returns how many posts were queued. Raises StoreError."""
        now = self.now()
        async with self.store.read() as connection:
            upto = (await slots.looked(connection, now)).upto
            if not await watches.behind(connection, upto):
                return 0
        async with self.store.write() as connection:
            upto = await slots.watermark(connection)
            await watches.pass_over_silent(connection, upto, now)
        async with self.store.read() as connection:
            waiting = await watches.behind(connection, upto)
        return sum([await self._tried(watch, seen, upto, now) for watch, seen in waiting])

    async def _tried(self, watch: Watch, seen: int, upto: int, now: datetime) -> int:
        """Looks for one watch; a fault in it keeps no other waiting."""
        try:
            return await self._look(watch, seen, upto, now)
        except (StoreError, SQLAlchemyError, OSError):
            raise
        except Exception:
            _log.exception("a watch was not looked at", extra={"watch": watch.id})
            return 0

    async def _look(self, watch: Watch, seen: int, upto: int, now: datetime) -> int:
        async with self.store.read() as connection:
            found = await self._new(connection, watch, (seen, upto), now)
            known = await chats.get(connection, watch.address)
        zone = zones.of_chat(known.zone if known else None, self.zone)
        day = now.astimezone(zone).date().isoformat()

        async def write(connection: AsyncConnection) -> int:
            """Posts and moves on in one transaction, unless another process did."""
            number = await watches.advance(connection, watch.id, seen, upto, day if found else None)
            if not found or number is None or number > watch.cap:
                return 0
            shown = document(watch, found, zone, number)
            parts = self.render(watch.address.platform, shown)
            await deliveries.add(connection, "alert", watch.address, parts, now, watch=watch.id)
            return 1

        return await self.store.write_again(write)

    async def _new(
        self, connection: AsyncConnection, watch: Watch, ids: tuple[int, int], now: datetime
    ) -> Sequence[Carried]:
        """The statements that match and that nobody told before, the newest first."""
        try:
            query = parse(watch.query, now, self.zone)
        except QueryError as error:
            _log.error("a watch cannot be searched for: %s", error, extra={"watch": watch.id})
            return ()
        window = Window(now - LATE, now + AHEAD)
        found = await statements.within(connection, window, query, MAX_FOUND, ids, Which.NEWS)
        rows = [each for each in found if each.act.spoken]
        if not rows:
            return ()
        before = Window(now - LATE - REMEMBERED, now + AHEAD)
        # What was withdrawn since, and what came with a new source, was told all the same, or was no news.
        known = await statements.within(connection, before, query, MAX_FOUND, (0, ids[0]), Which.ALL)
        earlier = Earlier((), tuple(known))
        return part_statements(copies_once((*rows, *known)), earlier)[0]


def document(watch: Watch, found: Sequence[Carried], zone: ZoneInfo, number: int) -> doc.Document:
    """The message of one alert, the `number`-th of its day."""
    title = f"{watch.query} · {plural(len(found), 'new statement', more=len(found) >= MAX_FOUND)}"
    reader = reader_of([carried.statement.article for carried in found], zone)
    blocks: list[doc.Block] = [doc.Heading(title, 1)]
    blocks += [statement_line(carried, reader) for carried in found[:MAX_LINES]]
    if len(found) > MAX_LINES:
        search = doc.Text(f"/who-said {watch.query}", "code")
        blocks.append(doc.paragraph(doc.Text(f"{len(found) - MAX_LINES} more: ", "quiet"), search))
    if number >= watch.cap:
        last = f"This is post {number} today, the most for this watch; what else comes in today is not posted."
        blocks.append(doc.quiet(last))
    blocks.append(
        doc.Buttons(
            (doc.Button("Mute for a day", f"/watch mute {watch.id} 1d"), doc.Button("End", f"/watch end {watch.id}"))
        )
    )
    first = found[0].statement
    summary = f"{title}: {first.source_text or 'somebody'} {first.cue_text} {first.text}".strip()
    return doc.Document(summary[:300], tuple(blocks))
