"""The whole record as plain data: an article a row, with its statements and events."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import AsyncIterator
from typing import Any

from sqlalchemy import Row, Table, select
from sqlalchemy.ext.asyncio import AsyncConnection

from briefings.store import articles
from briefings.store.ids import to_text
from briefings.store.schema import event, speaker, statement

_INTERNAL = ("article_id", "speaker_id")


async def rows(connection: AsyncConnection) -> AsyncIterator[list[dict[str, Any]]]:
    """Yields batches of articles in the order of taking in; dates and instants as ISO text."""
    names = {row.id: row.name for row in await connection.execute(select(speaker.c.id, speaker.c.name))}
    async for batch in articles.stream(connection):
        ids = [row.id for row in batch]
        said = await _by_article(connection, statement, ids)
        happened = await _by_article(connection, event, ids)
        yield [
            {
                **_plain(row),
                "statements": [{"speaker": names.get(found.speaker_id), **_plain(found)} for found in said[row.id]],
                "events": [_plain(found) for found in happened[row.id]],
            }
            for row in batch
        ]


async def _by_article(connection: AsyncConnection, noun: Table, ids: list[int]) -> dict[int, list[Row[Any]]]:
    found: dict[int, list[Row[Any]]] = defaultdict(list)
    for row in await connection.execute(select(noun).where(noun.c.article_id.in_(ids)).order_by(noun.c.id)):
        found[row.article_id].append(row)
    return found


def _plain(row: Row[Any]) -> dict[str, Any]:
    values = {name: value for name, value in row._mapping.items() if name not in _INTERNAL}
    if "article_id" in row._mapping:
        values["id"] = to_text(row.id)
    return {name: value.isoformat() if hasattr(value, "isoformat") else value for name, value in values.items()}
