"""What of a source is in already: files of a folder by their entries, articles by their identities."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from briefings.model import Article
from briefings.polling.place import Known, Noted, key_hash
from briefings.store import articles
from briefings.store.schema import article, entry, source
from briefings.store.upsert import upsert


async def source_at(connection: AsyncConnection, address: str) -> int | None:
    """The id of the source at `address`, if it is on record."""
    found: int | None = await connection.scalar(select(source.c.id).where(source.c.address == address))
    return found


async def known(connection: AsyncConnection, source_id: int, keys: Collection[str]) -> dict[str, Known]:
    """What is known of a source's entries with these keys, by key."""
    hashes = {key_hash(key): key for key in keys}
    columns = (entry.c.key, entry.c.fingerprint, entry.c.article_id, entry.c.tries)
    rows = await connection.execute(select(*columns).where(entry.c.source_id == source_id, entry.c.key.in_(hashes)))
    return {hashes[row.key]: Known(row.fingerprint, row.article_id, row.tries) for row in rows}


async def note(connection: AsyncConnection, source_id: int, noted: Sequence[Noted], now: datetime) -> None:
    """Puts a source's entries on record as they are now."""
    rows = [
        {
            "source_id": source_id,
            "key": key_hash(each.key),
            "fingerprint": each.fingerprint,
            "article_id": each.article,
            "tries": each.tries,
            "seen": now,
        }
        for each in noted
    ]
    await upsert(connection, entry, rows, keys=("source_id", "key"))


async def on_record(connection: AsyncConnection, identities: Collection[str]) -> dict[str, int]:
    """The ids of the articles on record among these, by identity: without their texts, of thousands at once."""
    rows = await connection.execute(select(article.c.identity, article.c.id).where(article.c.identity.in_(identities)))
    return {row.identity: row.id for row in rows}


async def present(connection: AsyncConnection, ids: Collection[int]) -> dict[int, Article]:
    """The present wordings of articles that had these ids, by those; of articles edited once since, the edited one."""
    mine = or_(article.c.id.in_(ids), article.c.replaces.in_(ids))
    rows = list(await connection.execute(select(article).where(mine, article.c.superseded.is_(None))))
    return {each: articles.from_row(row) for row in rows for each in (row.id, row.replaces) if each in ids}
