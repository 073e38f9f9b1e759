"""Near-copies on record: by which article an outlet's text was carried before, looked up by a few keys."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from briefings.model import Article
from briefings.store import articles
from briefings.store.schema import article, copy_key
from briefings.stories.copies import SHARED_KEYS, copy_of, index_keys

# What a wire sends is carried within days; older keys only slow the search.
APART = timedelta(days=3)
KEPT = timedelta(days=7)
# Of the articles that share keys with a text, so many are compared with it, the likeliest first.
COMPARED = 20


@dataclass(frozen=True, slots=True)
class Match:
    """An article of which a text is a near-copy, with the id of what it is itself a copy of (its own, where of none),
    and its story."""

    article: Article
    origin: int
    story: int | None


async def match(connection: AsyncConnection, text: str, published: datetime, but: int | None = None) -> Match | None:
    """The likeliest article on record of which `text`, published at that instant, is a near-copy; not the one `but`."""
    keys = index_keys(text)
    if not keys:
        return None
    shared = func.count().label("shared")
    near = (
        select(copy_key.c.article_id, shared)
        .where(copy_key.c.key.in_(keys))
        .group_by(copy_key.c.article_id)
        .having(shared >= min(SHARED_KEYS, len(keys)))
        .subquery()
    )
    candidates = (
        select(article)
        .join(near, near.c.article_id == article.c.id)
        .where(article.c.published.between(published - APART, published + APART), article.c.superseded.is_(None))
        .order_by(near.c.shared.desc(), article.c.id)
        .limit(COMPARED)
    )
    for row in await connection.execute(candidates):
        if row.id != but and copy_of(text, row.text):
            return Match(articles.from_row(row), row.origin_id or row.id, row.story_id)
    return None


async def put(connection: AsyncConnection, of: Article) -> None:
    """Makes an article known to `match`."""
    rows = [{"key": key, "article_id": of.id} for key in index_keys(of.text)]
    if rows:
        await connection.execute(insert(copy_key), rows)


async def drop(connection: AsyncConnection, id: int) -> None:
    """Makes an article unknown to `match`."""
    await connection.execute(delete(copy_key).where(copy_key.c.article_id == id))


async def prune(connection: AsyncConnection, now: datetime) -> int:
    """Drops the keys of articles that no copy is to come of any more. Returns how many."""
    old = select(article.c.id).where(article.c.published < now - KEPT, article.c.fetched < now - KEPT)
    return (await connection.execute(delete(copy_key).where(copy_key.c.article_id.in_(old)))).rowcount
