"""Stories on record: which articles tell of one happening, and the terms by which a story is found."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from briefings.store.schema import article, story, story_term
from briefings.store.upsert import insert_ignoring
from briefings.stories.clusters import MAX_MEMBERS, OPEN, SHARED_KEYS, WINDOW, Story
from briefings.stories.features import Features

# Of the open stories that share terms with an article, so many are compared with it, the likeliest first.
COMPARED = 20
# How common a term is, is counted in so many articles of the latest stories.
COUNTED = 1_000
KEPT = timedelta(days=7)


async def candidates(connection: AsyncConnection, keys: Sequence[str], published: datetime) -> list[Story]:
    """The stories open at that instant that share terms with an article."""
    shared = func.count().label("shared")
    near = (
        select(story_term.c.story_id, shared)
        .where(story_term.c.term.in_(keys))
        .group_by(story_term.c.story_id)
        .having(shared >= SHARED_KEYS)
        .subquery()
    )
    found = (
        select(story)
        .join(near, near.c.story_id == story.c.id)
        .where(story.c.latest >= published - OPEN, story.c.begun <= published + OPEN)
        .order_by(near.c.shared.desc(), story.c.id)
        .limit(COMPARED)
    )
    return [
        Story(row.id, tuple(map(Features, row.features)), row.begun, row.latest)
        for row in await connection.execute(found)
    ]


async def recent(connection: AsyncConnection, until: datetime) -> list[Features]:
    """The features of the articles in the stories of the last days before `until`."""
    span = story.c.latest.between(until - WINDOW, until)
    found = select(story.c.features).where(span).order_by(story.c.latest.desc()).limit(COUNTED)
    members = [Features(each) for features in await connection.scalars(found) for each in features]
    return members[:COUNTED]


async def begin(connection: AsyncConnection, article: Features, published: datetime, keys: Sequence[str]) -> int:
    """Puts a story on record that begins with an article. Returns its id."""
    values = {"begun": published, "latest": published, "features": [dict(article.terms)]}
    id: int = (await connection.execute(insert(story).values(values).returning(story.c.id))).scalar_one()
    await _file(connection, id, keys)
    return id


async def join(
    connection: AsyncConnection, id: int, article: Features, published: datetime, keys: Sequence[str]
) -> bool:
    """Adds an article to a story. False where that is gone."""
    row = (await connection.execute(select(story).where(story.c.id == id).with_for_update())).one_or_none()
    if row is None:
        return False
    values: dict[str, Any] = {
        "begun": min(row.begun, published),
        "latest": max(row.latest, published),
        "features": [*row.features, dict(article.terms)][-MAX_MEMBERS:],
    }
    await connection.execute(update(story).where(story.c.id == id).values(values))
    await _file(connection, id, keys)
    return True


async def _file(connection: AsyncConnection, id: int, keys: Sequence[str]) -> None:
    await insert_ignoring(connection, story_term, [{"term": term, "story_id": id} for term in sorted(set(keys))])


async def prune(connection: AsyncConnection, now: datetime) -> int:
    """Drops stories without articles, and the terms of those that are over. Returns how many stories went."""
    told = select(article.c.story_id).where(article.c.story_id.is_not(None))
    gone = await connection.execute(delete(story).where(story.c.id.not_in(told), story.c.latest < now - KEPT))
    over = select(story.c.id).where(story.c.latest < now - WINDOW)
    await connection.execute(delete(story_term).where(story_term.c.story_id.in_(over)))
    return gone.rowcount
