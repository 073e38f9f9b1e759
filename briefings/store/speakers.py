"""Speakers on record: one row a canonical name, found by any word of it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from functools import lru_cache
from typing import Any

from sqlalchemy import Row, Select, bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from briefings.model import Speaker, SpeakerKind
from briefings.search import Field, Query
from briefings.store.schema import article, speaker, speaker_alias, speaker_word, statement
from briefings.store.upsert import insert_ignoring, insert_new
from briefings.terms import terms

# `by:officials` may name hundreds of groups; a query that asks for more is cut to the ones on record longest.
MAX_NAMED = 500


async def resolve_all(connection: AsyncConnection, names: Mapping[str, SpeakerKind]) -> dict[str, int]:
    """The ids of the speakers of these names."""
    from briefings.extract.names import name_key  # only writing needs it, and it takes a while to load

    # Always in the same order, so that two transactions that put the same people on record cannot wait for each other.
    ordered = sorted(names, key=lambda name: (name_key(name), name))
    return {name: await _resolve(connection, name, name_key(name), names[name]) for name in ordered}


async def _resolve(connection: AsyncConnection, name: str, key: str, kind: SpeakerKind) -> int:
    """The id of the speaker of that name, who is put on record where new; other spellings become aliases."""
    values = {"name": name, "key": key, "kind": kind.value}
    id = await insert_new(connection, speaker, values, unique="key")
    if id is None:
        id = (await connection.execute(select(speaker.c.id).where(speaker.c.key == key))).scalar_one()
    await insert_ignoring(connection, speaker_alias, [{"speaker_id": id, "alias": name}])
    words = sorted(set(terms(name)))
    await insert_ignoring(connection, speaker_word, [{"word": word, "speaker_id": id} for word in words])
    return id


async def named(connection: AsyncConnection, name_terms: Collection[str]) -> list[int]:
    """The ids of the speakers whose names or aliases hold all of `name_terms`, at most `MAX_NAMED`."""
    wanted = sorted(set(name_terms))
    return list(await connection.scalars(_named(), {"words": wanted, "count": len(wanted)}))


@lru_cache(maxsize=1)
def _named() -> Select[int]:
    return (
        select(speaker_word.c.speaker_id)
        .where(speaker_word.c.word.in_(bindparam("words", expanding=True)))
        .group_by(speaker_word.c.speaker_id)
        .having(func.count() == bindparam("count"))
        .order_by(speaker_word.c.speaker_id)
        .limit(MAX_NAMED)
    )


async def of_query(connection: AsyncConnection, query: Query) -> list[list[int]]:
    """For each `by:` term of a query, in order, the speakers that it names."""
    return [await named(connection, term.terms) for term in query.terms if term.field is Field.BY]


async def profiles(connection: AsyncConnection, ids: Iterable[int]) -> list[tuple[Speaker, int]]:
    """The speakers of `ids` with their statement counts, most on record first."""
    count = func.count(statement.c.id)
    rows = await connection.execute(
        select(speaker, count.label("statements"))
        .join(statement, statement.c.speaker_id == speaker.c.id, isouter=True)
        .where(speaker.c.id.in_(list(ids)))
        .group_by(speaker.c.id)
        .order_by(count.desc(), speaker.c.name)
    )
    found = list(rows)
    aliases = await _aliases(connection, [row.id for row in found])
    return [(from_row(row, aliases.get(row.id, ())), row.statements) for row in found]


async def roles(connection: AsyncConnection, id: int, limit: int = 8) -> list[tuple[str, str]]:
    """The roles that outlets gave a speaker, as (role, outlet), each once, newest first."""
    newest = func.max(statement.c.id)
    rows = await connection.execute(
        select(statement.c.role, article.c.outlet)
        .join(article, article.c.id == statement.c.article_id)
        .where(statement.c.speaker_id == id, statement.c.role.is_not(None))
        .group_by(statement.c.role, article.c.outlet)
        .order_by(newest.desc())
        .limit(limit)
    )
    return [(row.role, row.outlet) for row in rows]


async def leading(connection: AsyncConnection, sample: int, limit: int) -> list[str]:
    """The names most on record among the `sample` newest statements."""
    recent = select(statement.c.speaker_id).order_by(statement.c.id.desc()).limit(sample).subquery()
    rows = await connection.execute(
        select(speaker.c.name)
        .join(recent, recent.c.speaker_id == speaker.c.id)
        .group_by(speaker.c.id, speaker.c.name)
        .order_by(func.count().desc(), speaker.c.name)
        .limit(limit)
    )
    return [row.name for row in rows]


async def words_from(connection: AsyncConnection, letter: str, limit: int) -> list[str]:
    """The words of names on record that begin with `letter`, as index terms."""
    word = speaker_word.c.word
    # A range of the key, which is read no further than to the limit.
    found = select(word).where(word >= letter, word < f"{letter}\uffff").distinct().order_by(word).limit(limit)
    return list(await connection.scalars(found))


async def with_word(connection: AsyncConnection, word: str, limit: int) -> list[str]:
    """The names that hold an index term, newest first."""
    found = select(speaker.c.name).join(speaker_word, speaker_word.c.speaker_id == speaker.c.id)
    return list(
        await connection.scalars(found.where(speaker_word.c.word == word).order_by(speaker.c.id.desc()).limit(limit))
    )


async def _aliases(connection: AsyncConnection, ids: list[int]) -> dict[int, tuple[str, ...]]:
    query = select(speaker_alias).where(speaker_alias.c.speaker_id.in_(ids)).order_by(speaker_alias.c.id)
    found: dict[int, tuple[str, ...]] = {}
    for row in await connection.execute(query):
        found[row.speaker_id] = (*found.get(row.speaker_id, ()), row.alias)
    return found


def from_row(row: Row[Any], aliases: tuple[str, ...] = ()) -> Speaker:
    return Speaker(row.id, row.name, SpeakerKind(row.kind), tuple(alias for alias in aliases if alias != row.name))
