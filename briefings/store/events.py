"""Events on record: adding, searching and reading them. Their ids sort by when they happened."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime, time
from typing import Any

from sqlalchemy import Row, Select, delete, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from briefings.carried import Happened
from briefings.extract.base import Happening
from briefings.model import Article, Event, EventType, Precision, When, Window
from briefings.search import Query
from briefings.store import articles, fulltext, speakers
from briefings.store.ids import neighbours, time_ordered
from briefings.store.keeping import Change, Signs, ids_for, rows_of, same
from briefings.store.schema import article, event
from briefings.store.statements import MAX_COUNTED
from briefings.terms import terms


async def add(connection: AsyncConnection, of: Article, found: Sequence[Happening]) -> int:
    """Stores the events found in an article and makes them searchable. Returns how many."""
    ids = await ids_for(connection, event, wanted(of, found))
    await put(connection, of, [Happened(id, of.id, item) for id, item in zip(ids, found, strict=True)])
    return len(found)


async def replace(connection: AsyncConnection, of: Article, found: Sequence[Happening]) -> Change:
    """Puts the events found in an article in the place of those that it has on record.

    One of the same words keeps its id, unless it is dated otherwise now: ids stand in the order of time.
    """
    before = await rows_of(connection, event, of.id)
    ids_wanted = wanted(of, found)
    known = same(
        [_signs(row.id, row.span, row.type) for row in before],
        [_signs(id, item.span, item.type.value) for id, item in zip(ids_wanted, found, strict=True)],
    )
    kept = {at: before[was].id for at, was in known.items()}
    ids = await ids_for(connection, event, ids_wanted, kept)
    intakes = {row.id: row.intake for row in before}
    await remove(connection, [row.id for row in before])
    await put(connection, of, [Happened(id, intakes.get(id, of.id), item) for id, item in zip(ids, found, strict=True)])
    return Change(len(kept), len(found) - len(kept), len(before) - len(kept))


async def remove(connection: AsyncConnection, ids: Sequence[int]) -> None:
    """Takes events off the record and out of the search."""
    await fulltext.remove(connection, event, ids)
    await connection.execute(delete(event).where(event.c.id.in_(ids)))


def wanted(of: Article, found: Sequence[Happening]) -> list[int]:
    """The ids that events get where they are free."""
    return [time_ordered(_at(item, of), of.identity, item.span[0]) for item in found]


def _signs(id: int, span: Any, type: str) -> Signs:
    """What an event is recognised by: its moment, which the id tells, with its words, and its type or any."""
    words = (neighbours(id), json.dumps(span))
    return (*words, type), words


async def put(connection: AsyncConnection, of: Article, happened: Sequence[Happened]) -> None:
    """Stores events of an article under their ids, and makes them searchable."""
    rows, index = [], []
    for each in happened:
        item = each.happening
        row = {**_values(of, item), "id": each.id, "intake": each.intake}
        rows.append(row)
        index.append(
            fulltext.Indexed(
                id=each.id,
                body=terms(row["text"]),
                place=[term for name in item.where for term in terms(name)],
                outlet=terms(of.outlet),
                speaker=await speakers.held(connection, item.account) if item.account else None,
            )
        )
    if rows:
        await connection.execute(insert(event), rows)
        await fulltext.add(connection, event, index)


async def search(connection: AsyncConnection, query: Query, limit: int) -> tuple[list[Event], int]:
    """The latest events that match, latest first, with how many there are in all (counted to `MAX_COUNTED`)."""
    dialect = connection.dialect.name
    wanted = fulltext.search(dialect, query, await speakers.of_query(connection, query))
    hits = fulltext.hits(dialect, event, everything=wanted.expression is None).limit(MAX_COUNTED).cte("hits")
    total = select(func.count()).select_from(hits).scalar_subquery().label("total")
    page = select(hits.c.id).order_by(hits.c.id.desc()).limit(limit).subquery("page")
    found = _joined(total).join(page, page.c.id == event.c.id)
    rows = list(await connection.execute(found, wanted.parameters()))
    return [from_row(row) for row in rows], rows[0].total if rows else 0


async def within(
    connection: AsyncConnection,
    window: Window,
    query: Query | None,
    limit: int,
    ids: articles.IdRange | None = None,
    which: articles.Which = articles.Which.STANDING,
) -> list[Event]:
    """The events of the articles published within `window` that came in with `ids`, latest first, at most `limit`."""
    published = select(article.c.id).where(*articles.within(window), *which.conditions)
    taken_in = articles.ranged(ids, event.c.intake)
    rows = _joined().where(event.c.article_id.in_(published), *taken_in).limit(limit)
    parameters: dict[str, object] = {}
    if query and query.terms:
        # Unbounded in time: the window is of publication, while an event's id is of when it happened.
        dialect = connection.dialect.name
        wanted = fulltext.search(dialect, Query(query.text, query.terms), await speakers.of_query(connection, query))
        rows = rows.where(event.c.id.in_(fulltext.hits(dialect, event).order_by(None)))
        parameters = wanted.parameters()
    return [from_row(row) for row in await connection.execute(rows, parameters)]


async def texts(connection: AsyncConnection, limit: int) -> list[str]:
    """The words of the latest events: what happens."""
    return list(await connection.scalars(select(event.c.text).order_by(event.c.id.desc()).limit(limit)))


def _at(item: Happening, of: Article) -> datetime:
    """Where an event stands in time: at noon UTC of its first day, which is within that day from -12 to +11 hours
    of UTC, or, undated, with its article."""
    if item.when and item.when.first:
        return datetime.combine(item.when.first, time(12), UTC)
    return of.published


def _joined(*extra: Any) -> Select[Any]:
    return (
        select(*extra, event, *articles.REF_COLUMNS)
        .select_from(event)
        .join(article, article.c.id == event.c.article_id)
        .order_by(event.c.id.desc())
    )


def _values(of: Article, item: Happening) -> dict[str, Any]:
    when = item.when
    return {
        "article_id": of.id,
        "span": item.span,
        "text": of.text[slice(*item.span)],
        "type": item.type.value,
        "who": item.who,
        "whom": item.whom,
        "where": item.where,
        "when_text": when.text if when else None,
        "when_first": when.first if when else None,
        "when_last": when.last if when else None,
        "when_precision": when.precision.value if when else None,
        "when_open": bool(when and when.open_ended),
        "numbers": item.numbers,
        "hedges": item.hedges,
        "account": item.account,
    }


def from_row(row: Row[Any]) -> Event:
    when = None
    if row.when_text is not None:
        when = When(row.when_text, row.when_first, row.when_last, Precision(row.when_precision), row.when_open)
    return Event(
        id=row.id,
        article=articles.reference(row),
        span=(row.span[0], row.span[1]),
        text=row.text,
        type=EventType(row.type),
        who=tuple(row.who),
        whom=tuple(row.whom),
        where=tuple(row.where),
        when=when,
        numbers=tuple(row.numbers),
        hedges=tuple(row.hedges),
        account=row.account,
    )
