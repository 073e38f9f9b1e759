"""Speakers on record: one row a speaker, found by any word of any spelling, and known by the keys of their names."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import Row, Select, bindparam, delete, exists, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from briefings.errors import StoreConflict
from briefings.model import Speaker, SpeakerKind
from briefings.search import Field, Query
from briefings.store.schema import article, speaker, speaker_alias, speaker_key, speaker_word, statement
from briefings.store.upsert import insert_ignoring
from briefings.terms import terms

# `by:officials` may name hundreds of groups; a query that asks for more is cut to the ones on record longest.
MAX_NAMED = 500
MERGED = "somebody merged that speaker at that moment; try again"


@dataclass(frozen=True, slots=True)
class Called:
    """A speaker whom a name stands for: id and canonical name."""

    id: int
    name: str


async def resolve_all(connection: AsyncConnection, names: Mapping[str, SpeakerKind]) -> dict[str, int]:
    """The ids of the speakers of these names."""
    from briefings.extract.names import name_key  # only writing needs it, and it takes a while to load

    # Always in the same order, so that two transactions that put the same people on record cannot wait for each other.
    ordered = sorted(names, key=lambda name: (name_key(name), name))
    return {name: await _resolve(connection, name, name_key(name), names[name]) for name in ordered}


async def _resolve(connection: AsyncConnection, name: str, key: str, kind: SpeakerKind) -> int:
    """The id of the speaker of that name, who is put on record where new; other spellings become aliases."""
    id = await of_key(connection, key)
    if id is None:
        known = await called(connection, name)
        id = await _claimed(connection, known[0].id, key) if known else await _new(connection, name, key, kind)
    await spell(connection, id, name)
    return id


async def of_key(connection: AsyncConnection, key: str) -> int | None:
    """The id of the speaker whom `key` stands for, held on record until the end of the transaction.

    No merge can take them away before what is written now is there for it to move. (SQLite has one writer at a time.)
    """
    found = select(speaker.c.id).join(speaker_key, speaker_key.c.speaker_id == speaker.c.id)
    id: int | None = await connection.scalar(_holding(found.where(speaker_key.c.key == key)))
    return id


async def called(connection: AsyncConnection, name: str) -> list[Called]:
    """The speakers whom `name` stands for, those longest on record first: by its key, or by a spelling that has the
    key today.

    What names have in common may be judged otherwise by this version than when their keys went on record; whom an
    editor merged under such a name must not come back as somebody new.
    """
    from briefings.extract.names import name_key  # as above

    key = name_key(name)
    own = select(speaker.c.id, speaker.c.name).join(speaker_key, speaker_key.c.speaker_id == speaker.c.id)
    row = (await connection.execute(own.where(speaker_key.c.key == key))).first()
    if row is not None:
        return [Called(row.id, row.name)]
    ids = await named(connection, terms(name))
    spelt = (
        select(speaker.c.id, speaker.c.name, speaker_alias.c.alias)
        .join(speaker_alias, speaker_alias.c.speaker_id == speaker.c.id)
        .where(speaker.c.id.in_(ids))
        .order_by(speaker.c.id)
    )
    rows = await connection.execute(spelt) if ids else ()
    return list(dict.fromkeys(Called(row.id, row.name) for row in rows if name_key(row.alias) == key))


def _holding(found: Select[int]) -> Select[int]:
    """With a lock that writers share: only taking the speaker off the record waits for it."""
    return found.with_for_update(read=True, key_share=True, of=speaker)


async def _new(connection: AsyncConnection, name: str, key: str, kind: SpeakerKind) -> int:
    """Puts a speaker on record, unless another writer just did: then theirs is the one."""
    made = insert(speaker).values(name=name, kind=kind.value).returning(speaker.c.id)
    id: int = (await connection.execute(made)).scalar_one()
    owner = await claim(connection, key, id)
    if owner != id:
        await connection.execute(delete(speaker).where(speaker.c.id == id))
    return owner


async def _claimed(connection: AsyncConnection, id: int, key: str) -> int:
    """As `claim`, for a speaker who was on record a moment ago."""
    if await connection.scalar(_holding(select(speaker.c.id).where(speaker.c.id == id))) is None:
        raise StoreConflict(MERGED)
    return await claim(connection, key, id)


async def claim(connection: AsyncConnection, key: str, id: int) -> int:
    """Lets `key` stand for a speaker, unless it stands for another. Returns the id of the one that it stands for."""
    await insert_ignoring(connection, speaker_key, [{"key": key, "speaker_id": id}])
    owner = await of_key(connection, key)
    if owner is None:
        raise StoreConflict(MERGED)
    return owner


async def spell(connection: AsyncConnection, id: int, name: str) -> None:
    """Makes a speaker known, and found, by one more spelling."""
    await insert_ignoring(connection, speaker_alias, [{"speaker_id": id, "alias": name}])
    words = sorted(set(terms(name)))
    await insert_ignoring(connection, speaker_word, [{"word": word, "speaker_id": id} for word in words])


async def held(connection: AsyncConnection, name: str) -> int | None:
    """The id of the speaker whom `name` stands for, or may stand for as a part of theirs, held as by `of_key`.

    Of several the one longest on record; None for nobody.
    """
    from briefings.extract.names import name_key  # as above

    id = await of_key(connection, name_key(name))
    while id is None and (ids := await named(connection, terms(name))):
        # None where they were merged at that moment: whose name it is now is asked again.
        id = await connection.scalar(_holding(select(speaker.c.id).where(speaker.c.id == ids[0])))
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
    """The speakers of `ids` with their statement counts, most on record first; without those who have none left."""
    count = func.count(statement.c.id)
    rows = await connection.execute(
        select(speaker, count.label("statements"))
        .join(statement, statement.c.speaker_id == speaker.c.id)
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
    """The names, newest first, that hold an index term and of whom there are statements."""
    heard = exists().where(statement.c.speaker_id == speaker.c.id)
    found = select(speaker.c.name).join(speaker_word, speaker_word.c.speaker_id == speaker.c.id).where(heard)
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
