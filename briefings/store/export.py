"""The whole record as plain data: an article a row with its statements and events, or a row each of these."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from typing import Any

from sqlalchemy import Row, Select, Table, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from briefings.store import articles
from briefings.store.ids import to_text
from briefings.store.schema import article, event, speaker, statement
from briefings.store.streamed import batches

_INTERNAL = ("article_id", "intake", "speaker_id")
_AT_ONCE = 500
_OF_ARTICLE = (
    article.c.outlet,
    article.c.title,
    article.c.url,
    article.c.published,
    article.c.published_precision,
    article.c.id.label("article"),
    # When the line was gone from its article.
    article.c.superseded.label("withdrawn"),
)
_SAID = (
    statement.c.id,
    speaker.c.name.label("speaker"),
    statement.c.source_text,
    statement.c.role,
    statement.c.act,
    statement.c.kind,
    statement.c.text,
    statement.c.hedges,
    statement.c.venue,
    statement.c.said_on,
    statement.c.cue_text.label("cue"),
    *_OF_ARTICLE,
    statement.c.spans,
    statement.c.source_spans,
    statement.c.cue_spans,
)
_HAPPENED = (
    *(column for column in event.c if column.name not in ("article_id", "intake", "span")),
    *_OF_ARTICLE,
    event.c.span,
)


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
    values = {name: value for name, value in _iso(row).items() if name not in _INTERNAL}
    if "article_id" in row._mapping:
        values["id"] = to_text(row.id)
    return values


def _iso(row: Row[Any]) -> dict[str, Any]:
    values = row._mapping.items()
    return {name: value.isoformat() if hasattr(value, "isoformat") else value for name, value in values}


async def count(connection: AsyncConnection, noun: Table) -> int:
    """How many rows there are of `noun`."""
    return await connection.scalar(select(func.count()).select_from(noun)) or 0


def statement_columns() -> list[str]:
    """What each row of `statements` has, in order."""
    return [column.name for column in _SAID]


def event_columns() -> list[str]:
    """What each row of `events` has, in order."""
    return [column.name for column in _HAPPENED]


def statements(connection: AsyncConnection) -> AsyncGenerator[list[dict[str, Any]], None]:
    """Yields batches of statements, the oldest first, each with its speaker and article."""
    found = select(*_SAID).join(article, article.c.id == statement.c.article_id)
    found = found.join(speaker, speaker.c.id == statement.c.speaker_id, isouter=True)
    return _flat(connection, found.order_by(statement.c.id))


def events(connection: AsyncConnection) -> AsyncGenerator[list[dict[str, Any]], None]:
    """Yields batches of events in the order in which they happened, each with its article."""
    found = select(*_HAPPENED).join(article, article.c.id == event.c.article_id)
    return _flat(connection, found.order_by(event.c.id))


async def _flat(connection: AsyncConnection, found: Select[Any]) -> AsyncGenerator[list[dict[str, Any]], None]:
    async with aclosing(batches(connection, found, _AT_ONCE)) as streamed:
        async for batch in streamed:
            yield [{**_iso(row), "id": to_text(row.id)} for row in batch]
