"""Articles on record: adding and reading them."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, delete, func, literal, select, true, update
from sqlalchemy.ext.asyncio import AsyncConnection

from briefings.addresses import folded
from briefings.model import Article, ArticleRef, Coverage, Draft, Precision, Window
from briefings.store import fulltext, slots, tallies
from briefings.store.schema import article, event, source, statement
from briefings.store.upsert import insert_new

# Where the highest id is kept that an article which is gone had.
_HIGHEST = ("highest", "article")
# Articles by when they came in: ids behind the first one, up to and with the second.
IdRange = tuple[int, int]

REF_COLUMNS = (
    article.c.id.label("reference_id"),
    article.c.title.label("article_title"),
    article.c.outlet.label("article_outlet"),
    article.c.url.label("article_url"),
    article.c.published.label("article_published"),
    article.c.published_precision.label("article_precision"),
    article.c.superseded.label("article_superseded"),
    func.coalesce(article.c.origin_id, article.c.id).label("article_origin"),
    article.c.story_id.label("article_story"),
)


@dataclass(frozen=True, slots=True)
class Standing:
    """How an article came in, and how it stands to others on record.

    Attributes:
        partial: its text is only what a feed told of it.
        backlog: it came with a new source, and is no news to anybody.
        replaces: the id of its earlier wording.
        origin: the id of the article of which it is a near-copy.
        story: the id of the happening that it is about.
    """

    partial: bool = False
    backlog: bool = False
    replaces: int | None = None
    origin: int | None = None
    story: int | None = None


ALONE = Standing()


class Which(Enum):
    """Which articles' lines are wanted: of present wordings; of these, what is news; or withdrawn lines as well."""

    STANDING = "standing"
    NEWS = "news"
    ALL = "all"

    @property
    def conditions(self) -> tuple[ColumnElement[bool], ...]:
        """The same as conditions on `article`."""
        standing = article.c.superseded.is_(None)
        news = article.c.backlog.is_(False)
        return {Which.STANDING: (standing,), Which.NEWS: (standing, news), Which.ALL: ()}[self]


def identity(draft: Draft) -> str:
    """What makes two drafts the same article: their own address, or outlet, title and text where they have none.

    The address is folded, so that a page for phones and a link with tracking parameters lead to the same article, and
    hashed: a key of one length that every index can hold.
    """
    named = (
        ("url", folded(draft.url))
        if draft.url and not draft.shared
        else ("text", draft.outlet, draft.title, draft.text)
    )
    return hashlib.sha256("\0".join(named).encode()).hexdigest()


async def known(connection: AsyncConnection, identities: Sequence[str]) -> dict[str, Article]:
    """The articles on record already, by identity: of each its present wording."""
    found = await connection.execute(select(article).where(article.c.identity.in_(identities)))
    return {row.identity: from_row(row) for row in found}


async def add(
    connection: AsyncConnection,
    draft: Draft,
    source_id: int,
    fetched: datetime,
    extractor: str,
    language: str | None = None,
    standing: Standing = ALONE,
) -> Article | None:
    """Stores a draft that has a date. Returns None where the article is on record already.

    `language` is the one that the extractor told; what the source says of it goes first.
    """
    if draft.published is None:
        raise ValueError("a draft needs its date before it is stored")
    await slots.taking_in(connection)
    values: dict[str, Any] = {
        "identity": identity(draft),
        "source_id": source_id,
        "outlet": draft.outlet,
        "title": draft.title,
        "text": draft.text,
        "published": draft.published,
        "published_precision": draft.published_precision.value,
        "fetched": fetched,
        "url": draft.url,
        "byline": draft.byline,
        "language": draft.language or language,
        "external_id": draft.external_id,
        "partial": standing.partial,
    }
    stands = {
        "backlog": standing.backlog,
        "replaces": standing.replaces,
        "origin_id": standing.origin,
        "story_id": standing.story,
        "extractor": extractor,
    }
    # PostgreSQL numbers them so by itself; on SQLite nobody else writes meanwhile.
    numbered = {"id": await highest(connection) + 1} if connection.dialect.name == "sqlite" else {}
    id = await insert_new(connection, article, {**values, **numbered, **stands}, unique="identity")
    if id is None:
        return None
    precision = {"published_precision": draft.published_precision}
    return Article(id=id, **{**values, **precision}, story=standing.story)


async def supersede(connection: AsyncConnection, id: int, when: datetime) -> bool:
    """Notes that a later wording takes an article's place, and frees its identity for that. False where another one
    did meanwhile, or the article is gone."""
    freed = article.c.identity + literal(f"#{id}")
    ended = update(article).where(article.c.id == id, article.c.superseded.is_(None))
    return (await connection.execute(ended.values(superseded=when, identity=freed))).rowcount == 1


async def follow(connection: AsyncConnection, before: int, now: int) -> None:
    """Makes the new wording the origin of what was a copy of the one before."""
    await connection.execute(update(article).where(article.c.origin_id == before).values(origin_id=now))


async def put_in_story(connection: AsyncConnection, id: int, story: int | None) -> None:
    await connection.execute(update(article).where(article.c.id == id).values(story_id=story))


async def highest(connection: AsyncConnection) -> int:
    """The highest id that an article has, or had that is gone: whoever has seen up to there shall miss none to come."""
    there = await connection.scalar(select(func.max(article.c.id))) or 0
    return max(there, await tallies.number(connection, *_HIGHEST))


async def to_read(connection: AsyncConnection, but: str | None, after: int, limit: int) -> list[tuple[Article, str]]:
    """The next articles to read again, with the extractor that read them, in the order of taking in: of each its
    present wording.

    Args:
        connection: to read with.
        but: the extractor whose articles are left out; None for all articles.
        after: the id of the last one before.
        limit: how many at most.
    """
    found = select(article).where(_read_by_others(but), article.c.id > after).order_by(article.c.id).limit(limit)
    return [(from_row(row), row.extractor) for row in await connection.execute(found)]


async def count_to_read(connection: AsyncConnection, but: str | None) -> int:
    """How many articles there are to read again, `but` being as for `to_read`."""
    return await connection.scalar(select(func.count()).select_from(article).where(_read_by_others(but))) or 0


def _read_by_others(but: str | None) -> ColumnElement[bool]:
    # An earlier wording stays as it was told.
    return and_(article.c.superseded.is_(None), true() if but is None else article.c.extractor != but)


async def mark_extracted(connection: AsyncConnection, id: int, before: str, by: str, language: str | None) -> bool:
    """Notes that the extractor `by` has read an article. False where it is gone, or no longer as `before` left it.

    `language` is kept where the article's is not known. On PostgreSQL the row stays locked for this transaction, so
    that no two replace what was found in it.
    """
    known = func.coalesce(article.c.language, language)
    marking = update(article).where(article.c.id == id, article.c.extractor == before)
    return (await connection.execute(marking.values(extractor=by, language=known))).rowcount == 1


async def remove_of(connection: AsyncConnection, source_ids: list[int]) -> int:
    """Removes sources with their articles, and all that was found in these. Returns how many articles that were.

    Speakers stay: others may have quoted them.
    """
    ids = list(await connection.scalars(select(article.c.id).where(article.c.source_id.in_(source_ids))))
    removed = await remove(connection, ids)
    await connection.execute(delete(source).where(source.c.id.in_(source_ids)))
    return removed


async def remove(connection: AsyncConnection, ids: list[int]) -> int:
    """Removes articles with all that was found in them. Returns how many there were."""
    for noun in (statement, event):
        of_articles = select(noun.c.id).where(noun.c.article_id.in_(ids))
        await fulltext.remove(connection, noun, list(await connection.scalars(of_articles)))
        await connection.execute(delete(noun).where(noun.c.article_id.in_(ids)))
    # SQLite would give the highest ids again, to articles that everybody took to have seen.
    await tallies.raise_to(connection, *_HIGHEST, max(ids, default=0))
    return (await connection.execute(delete(article).where(article.c.id.in_(ids)))).rowcount


async def coverage(connection: AsyncConnection, window: Window, ids: IdRange | None = None) -> Coverage:
    """How many articles of how many outlets were published within `window`, of those with `ids`."""
    counted = select(func.count(), func.count(article.c.outlet.distinct())).where(
        *within(window), article.c.superseded.is_(None), *ranged(ids)
    )
    articles, outlets = (await connection.execute(counted)).one()
    return Coverage(articles, outlets)


async def newest(connection: AsyncConnection) -> datetime | None:
    """When the newest article on record was published, UTC."""
    newest = select(func.max(article.c.published, type_=article.c.published.type))
    found: datetime | None = await connection.scalar(newest)
    return found


async def titles(connection: AsyncConnection, limit: int) -> list[str]:
    """The titles of the newest articles."""
    newest = select(article.c.title).where(article.c.superseded.is_(None)).order_by(article.c.published.desc())
    return list(await connection.scalars(newest.limit(limit)))


async def stream(connection: AsyncConnection, batch: int = 100) -> AsyncIterator[list[Row[Any]]]:
    """All articles by id, whole rows, `batch` at a time."""
    last = 0
    while True:
        query = select(article).where(article.c.id > last).order_by(article.c.id).limit(batch)
        rows = list(await connection.execute(query))
        if not rows:
            return
        yield rows
        last = rows[-1].id


def from_row(row: Row[Any]) -> Article:
    return Article(
        id=row.id,
        identity=row.identity,
        source_id=row.source_id,
        outlet=row.outlet,
        title=row.title,
        text=row.text,
        published=row.published,
        published_precision=Precision(row.published_precision),
        fetched=row.fetched,
        url=row.url,
        byline=row.byline,
        language=row.language,
        external_id=row.external_id,
        partial=row.partial,
        story=row.story_id,
    )


def within(window: Window) -> tuple[Any, Any]:
    """The condition that an article was published within `window`."""
    return (article.c.published >= window.begin, article.c.published < window.end)


def ranged(ids: IdRange | None, key: ColumnElement[int] = article.c.id) -> tuple[ColumnElement[bool], ...]:
    """The condition that an article's id, or a key that refers to it, lies in a range; none where that is None."""
    return (key > ids[0], key <= ids[1]) if ids else ()


def reference(row: Row[Any]) -> ArticleRef:
    """The reference that `REF_COLUMNS` select."""
    return ArticleRef(
        id=row.reference_id,
        title=row.article_title,
        outlet=row.article_outlet,
        url=row.article_url,
        published=row.article_published,
        published_precision=Precision(row.article_precision),
        superseded=row.article_superseded,
        origin=row.article_origin,
        story=row.article_story,
    )
