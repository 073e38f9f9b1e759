"""What editors set right about speakers: two that are one, and a name that should read otherwise."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from briefings.errors import QueryError, StoreConflict
from briefings.search import Field, Query, Term
from briefings.store import fulltext, speakers
from briefings.store.material import nearest
from briefings.store.schema import correction, event, speaker, speaker_alias, speaker_key, statement
from briefings.terms import terms

MAX_NAME = 200
_SHOWN = 60
_NAMED = 4


@dataclass(frozen=True, slots=True)
class Correction:
    """One correction on record.

    Attributes:
        made: when, UTC.
        what: "merge" or "rename".
        before: the speaker's name until then; of a merge, that of the speaker who is no more.
        after: the name since.
    """

    made: datetime
    what: str
    before: str
    after: str


async def merge(connection: AsyncConnection, name: str, into: str, now: datetime) -> tuple[Correction, int]:
    """Makes one speaker of two: all that `name` stands for becomes that of the speaker called `into`.

    Statements, spellings and keys move, so that articles to come are filed alike. Returns the correction with the
    count of statements moved.

    Raises:
        QueryError: one of the names stands for nobody or for several, or both stand for the same speaker.
        StoreConflict: another writer merged one of them at that moment.
    """
    one, other = await _find(connection, name), await _find(connection, into)
    if one.id == other.id:
        raise QueryError(f"{_quoted(name)} and {_quoted(into)} are one speaker on record: {_quoted(other.name)}")
    # Waits for those who write statements of them, so that none comes too late to be moved.
    both = select(speaker.c.id).where(speaker.c.id.in_([one.id, other.id])).order_by(speaker.c.id).with_for_update()
    if len(list(await connection.scalars(both))) < 2:
        raise StoreConflict(speakers.MERGED)
    await connection.execute(update(speaker_key).where(speaker_key.c.speaker_id == one.id).values(speaker_id=other.id))
    moved = await connection.execute(
        update(statement).where(statement.c.speaker_id == one.id).values(speaker_id=other.id)
    )
    for noun in (statement, event):
        await fulltext.move(connection, noun, one.id, other.id)
    spellings = select(speaker_alias.c.alias).where(speaker_alias.c.speaker_id == one.id).order_by(speaker_alias.c.id)
    for spelling in dict.fromkeys([one.name, *await connection.scalars(spellings)]):
        await speakers.spell(connection, other.id, spelling)
    await connection.execute(delete(speaker).where(speaker.c.id == one.id))
    return await _note(connection, Correction(now, "merge", one.name, other.name)), moved.rowcount


async def rename(connection: AsyncConnection, name: str, to: str, now: datetime) -> Correction:
    """Gives the speaker whom `name` stands for the canonical name `to`; what they were called before finds them still.

    Raises:
        QueryError: `name` stands for nobody or for several; `to` is no name, or is theirs already, or another's.
        StoreConflict: another writer merged the speaker at that moment.
    """
    from briefings.extract.names import name_key  # only writing needs it, and it takes a while to load

    if len(to) > MAX_NAME:
        raise QueryError(f"a name has at most {MAX_NAME} characters; this one has {len(to)}")
    if not terms(to):
        raise QueryError(f"{_quoted(to)} has no letters or digits, so it is no name")
    found = await _find(connection, name)
    if to == found.name:
        raise QueryError(f"{_quoted(to)} is the name on record already")
    renamed = await connection.execute(update(speaker).where(speaker.c.id == found.id).values(name=to))
    if not renamed.rowcount:
        raise StoreConflict(speakers.MERGED)
    others = [other for other in await speakers.called(connection, to) if other.id != found.id]
    if others or await speakers.claim(connection, name_key(to), found.id) != found.id:
        way = f"onrecord speaker merge {shlex.quote(found.name)} {shlex.quote(to)}"
        raise QueryError(f"{_quoted(to)} is another speaker on record; to make them one: {way}")
    await speakers.spell(connection, found.id, found.name)
    await speakers.spell(connection, found.id, to)
    return await _note(connection, Correction(now, "rename", found.name, to))


async def made(connection: AsyncConnection) -> list[Correction]:
    """All corrections on record, newest first."""
    rows = await connection.execute(select(correction).order_by(correction.c.made.desc(), correction.c.id.desc()))
    return [Correction(row.made, row.what, row.before, row.after) for row in rows]


async def _note(connection: AsyncConnection, done: Correction) -> Correction:
    values = {"made": done.made, "what": done.what, "before": done.before, "after": done.after}
    await connection.execute(insert(correction).values(values))
    return done


async def _find(connection: AsyncConnection, name: str) -> speakers.Called:
    """The one speaker on record whom `name` stands for. Raises QueryError, with names that are near."""
    found = await speakers.called(connection, name)
    if len(found) == 1:
        return found[0]
    if found:
        listed = ", ".join(_quoted(one.name) for one in found[:_NAMED])
        raise QueryError(f"{_quoted(name)} may be any of {len(found)} speakers: {listed}; write one of these names")
    near = await _near(connection, name)
    raise QueryError(f"nobody on record is called {_quoted(name)}" + (f"; did you mean {near}?" if near else ""))


async def _near(connection: AsyncConnection, name: str) -> str:
    """Names on record that hold the words of `name`, or words near them, for people to choose from; "" for none."""
    wanted = tuple(terms(name))
    if not wanted:
        return ""
    profiles = await speakers.profiles(connection, await speakers.named(connection, wanted))
    names = [found.name for found, _ in profiles[:_NAMED]]
    if not names:
        near = await nearest(connection, Query(name, (Term(name, wanted, Field.BY),)), "speaker", _NAMED)
        names = list(near.speakers) if near.near else []
    return " or ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def _quoted(name: str) -> str:
    return f"“{name if len(name) <= _SHOWN else name[: _SHOWN - 1] + '…'}”"
