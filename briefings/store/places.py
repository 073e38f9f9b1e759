"""Places that are polled: adding, pausing, resuming and removing them, and finding the one that somebody means."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, exists, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from briefings.addresses import located
from briefings.errors import QueryError
from briefings.guard import shown
from briefings.polling.place import ARCHIVE
from briefings.polling.rhythm import FIRST
from briefings.store.schema import article, source

# Named in a message at most.
_NAMED = 5
_FRESH = {"etag": None, "modified": None, "body_hash": None, "moved": None, "moves": 0, "failures": 0}
_FREE = {"claim": None, "claimed_until": None, "error": None, "failing_since": None, "note": None}


@dataclass(frozen=True, slots=True)
class Wanted:
    """A place to poll: what reads it, what the desk calls it, where it is, whose turn is waited for, which links."""

    kind: str
    name: str
    address: str
    host: str
    selector: str | None = None


@dataclass(frozen=True, slots=True)
class Chosen:
    """A place on record."""

    id: int
    name: str
    address: str
    status: str
    kind: str = "feed"
    selector: str | None = None

    @property
    def web(self) -> bool:
        """Whether it is on the web, and not a folder."""
        return self.address.startswith(("http://", "https://"))


async def add(connection: AsyncConnection, wanted: Wanted, now: datetime) -> tuple[Chosen, bool]:
    """Begins to poll a place at once. Returns it, and False where it is polled or paused already.

    What it has from before its last days is left out. One that was taken in by hand or removed before is taken up.
    """
    (added,) = await add_all(connection, [wanted], now)
    return added


async def add_all(connection: AsyncConnection, wanted: Sequence[Wanted], now: datetime) -> list[tuple[Chosen, bool]]:
    """Adds many places as `add` does one. Of two whose addresses differ in their form alone, the first is added."""
    there: dict[str, Chosen] = {}
    for row in await connection.execute(select(source)):
        there.setdefault(located(row.address), _chosen(row))
        there[row.address] = _chosen(row)
    added = []
    for each in wanted:
        before = there.get(each.address) or there.get(located(each.address))
        if before is not None and before.status in ("polled", "paused"):
            added.append((before, False))
            continue
        chosen = await _follow(connection, each, before, now)
        there[chosen.address] = there[located(chosen.address)] = chosen
        added.append((chosen, True))
    return added


async def _follow(connection: AsyncConnection, wanted: Wanted, there: Chosen | None, now: datetime) -> Chosen:
    values: dict[str, Any] = {
        "kind": wanted.kind,
        "name": wanted.name,
        "host": wanted.host,
        "selector": wanted.selector,
        "status": "polled",
        "oldest": now - ARCHIVE,
        "caught_up": None,
        "next_poll": now,
        "interval": round(FIRST.total_seconds()),
        **_FRESH,
        **_FREE,
    }
    if there is not None:
        await connection.execute(update(source).where(source.c.id == there.id).values(values))
        return Chosen(there.id, wanted.name, there.address, "polled", wanted.kind, wanted.selector)
    made = insert(source).values({**values, "address": wanted.address, "added": now}).returning(source.c.id)
    id: int = (await connection.execute(made)).scalar_one()
    return Chosen(id, wanted.name, wanted.address, "polled", wanted.kind, wanted.selector)


async def pause(connection: AsyncConnection, id: int, why: str) -> None:
    """Stops polling until it is resumed; `why` is shown."""
    values = {"status": "paused", "next_poll": None, **_FREE, "note": why}
    await connection.execute(update(source).where(source.c.id == id).values(values))


async def resume(connection: AsyncConnection, id: int, now: datetime) -> None:
    """Polls again, at once: also what is retired, and what waits after failures."""
    values = {"status": "polled", "next_poll": now, "failures": 0, **_FREE}
    await connection.execute(update(source).where(source.c.id == id).values(values))


async def remove(connection: AsyncConnection, id: int) -> bool:
    """Polls a place no more. Its articles stay, and it with them; returns False where it had none and is gone."""
    has = bool(await connection.scalar(select(exists().where(article.c.source_id == id))))
    if has:
        values = {"status": "removed", "next_poll": None, **_FREE}
        await connection.execute(update(source).where(source.c.id == id).values(values))
    else:
        await connection.execute(delete(source).where(source.c.id == id))
    return has


async def followed(connection: AsyncConnection) -> list[Chosen]:
    """All places that are polled, paused or gone, by name."""
    there = source.c.status.in_(("polled", "paused", "retired"))
    rows = await connection.execute(select(source).where(there).order_by(source.c.name, source.c.id))
    return [_chosen(row) for row in rows]


async def find(connection: AsyncConnection, words: str) -> Chosen:
    """The place, polled or not any more, whose number, address or name is meant.

    Raises:
        QueryError: there is none, or several; it names them.
    """
    rows = await followed(connection)
    wanted = words.strip().casefold()
    exact = [row for row in rows if wanted in (str(row.id), row.name.casefold(), row.address.casefold())]
    exact = exact or [row for row in rows if located(row.address) == located(words.strip())]
    found = exact or [row for row in rows if wanted in f"{row.name} {shown(row.address)}".casefold()]
    if not wanted or not found:
        raise QueryError(f"no place that is polled is called “{words.strip()[:60]}”", "/sources")
    if len(found) > 1:
        names = "; ".join(f"{row.id} ({row.name}, {shown(row.address)})" for row in found[:_NAMED])
        raise QueryError(f"{len(found)} places are meant; give the number of one: {names}", "/sources pause 7")
    return found[0]


def _chosen(row: Any) -> Chosen:
    return Chosen(row.id, row.name, row.address, row.status, row.kind, row.selector)
