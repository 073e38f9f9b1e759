"""Full text on both databases, behind the same calls: add, remove, hits, count.

SQLite: an FTS5 table a noun, with the columns body, speaker, place and outlet, handed ready terms (the "ascii"
tokenizer cuts at spaces and leaves other letters alone). PostgreSQL: one tsvector a row with a GIN index, its lexemes
prefixed by field. Rows are keyed by time-ordered ids, so hits come newest first without sorting: FTS5 walks its lists
backwards, and PostgreSQL's planner takes the key for common words and GIN for rare ones.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import (
    BigInteger,
    Select,
    Table,
    TableClause,
    bindparam,
    column,
    delete,
    func,
    insert,
    literal,
    select,
    table,
)
from sqlalchemy.dialects.postgresql import TSQUERY, TSVECTOR
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql import ColumnElement, cast

from briefings.search import Field, Query, Term
from briefings.store.ids import lower_bound

_COLUMNS = {Field.TEXT: "body", Field.BY: "speaker", Field.IN: "place", Field.FROM: "outlet"}
_PREFIXES = {Field.TEXT: "", Field.BY: "s:", Field.IN: "p:", Field.FROM: "o:"}
# In every row's speaker column, so that FTS5 has something to match when a query only leaves out.
_EVERY = "any"
# In no row: what `by:` stands for when it names nobody on record.
_NOBODY = "nobody"
_MAX_POSITION = 16_383  # of a lexeme in a tsvector; PostgreSQL documentation, 12.11 Limitations


@dataclass(frozen=True, slots=True)
class Indexed:
    """What is searchable of one row: index terms by field, in order, and the speaker's id."""

    id: int
    body: Sequence[str]
    place: Sequence[str] = ()
    outlet: Sequence[str] = ()
    speaker: int | None = None


async def add(connection: AsyncConnection, noun: Table, rows: Iterable[Indexed]) -> None:
    """Makes new rows of `noun` searchable, in the caller's transaction."""
    sqlite = connection.dialect.name == "sqlite"
    values = [_fts5_row(row) if sqlite else {"id": row.id, "terms": _tsvector(row)} for row in rows]
    if values:
        await connection.execute(insert(_index(noun, connection.dialect.name)), values)


async def remove(connection: AsyncConnection, noun: Table, ids: Collection[int]) -> None:
    """Takes rows of `noun` out of the index, in the caller's transaction."""
    index = _index(noun, connection.dialect.name)
    await connection.execute(delete(index).where(_key(index).in_(list(ids))))


def hits(dialect: str, noun: Table, query: Query, speakers: Sequence[Collection[int]]) -> Select[tuple[int]]:
    """Selects the ids ("id") of the rows that match, newest first.

    Args:
        dialect: "sqlite" or "postgresql".
        noun: the table whose rows are looked for.
        query: the parsed query.
        speakers: for each `by:` term of the query, in order, the ids of the speakers that it names.
    """
    index = _index(noun, dialect)
    key = _key(index)
    found = select(key.label("id")).order_by(key.desc())
    wanted = _matches(query, speakers)
    if dialect == "sqlite":
        expression = _fts5_query(wanted)
        found = found.where(column(f"{noun.name}_terms").op("MATCH")(bindparam("match", expression)))
    elif wanted:
        found = found.where(index.c.terms.op("@@")(cast(literal(_tsquery(wanted)), TSQUERY)))
    if query.since:
        found = found.where(key >= lower_bound(query.since))
    if query.until:
        found = found.where(key < lower_bound(query.until))
    return found


@dataclass(frozen=True, slots=True)
class _Match:
    """A field, and the phrases of which any must (or, negated, none may) occur in it."""

    field: Field
    phrases: tuple[tuple[str, ...], ...]
    negated: bool


def _matches(query: Query, speakers: Sequence[Collection[int]]) -> list[_Match]:
    """What a row must and must not have. Text terms must all match; of another field's terms, any."""
    named = iter(speakers)
    by_field: dict[tuple[Field, bool], list[tuple[str, ...]]] = {}
    found: list[_Match] = []
    for term in query.terms:
        phrases = _phrases(term, named)
        if term.field is Field.TEXT:
            found.append(_Match(term.field, phrases, term.negated))
        else:
            by_field.setdefault((term.field, term.negated), []).extend(phrases)
    found.extend(_Match(field, tuple(phrases), negated) for (field, negated), phrases in by_field.items())
    return found


def _phrases(term: Term, named: Iterator[Collection[int]]) -> tuple[tuple[str, ...], ...]:
    if term.field is not Field.BY:
        return (term.terms,)
    ids = next(named)
    return tuple((_speaker_term(id),) for id in sorted(ids))


def _speaker_term(id: int) -> str:
    return f"s{id}"


def _index(noun: Table, dialect: str) -> TableClause:
    """The full-text table of `noun`, keyed by "rowid" on SQLite and by "id" on PostgreSQL."""
    name = f"{noun.name}_terms"
    if dialect == "sqlite":
        return table(name, column("rowid", BigInteger), *(column(field) for field in _COLUMNS.values()))
    return table(name, column("id", BigInteger), column("terms", TSVECTOR))


def _key(index: TableClause) -> ColumnElement[int]:
    return index.c.rowid if "rowid" in index.c else index.c.id


def _fts5_row(row: Indexed) -> dict[str, object]:
    speaker = f"{_EVERY} {_speaker_term(row.speaker)}" if row.speaker is not None else _EVERY
    return {
        "rowid": row.id,
        "body": " ".join(row.body),
        "speaker": speaker,
        "place": " ".join(row.place),
        "outlet": " ".join(row.outlet),
    }


def _fts5_query(wanted: Sequence[_Match]) -> str:
    """An FTS5 expression. Terms are letters and digits alone, so quoting them is enough."""

    def any_of(match: _Match) -> str:
        phrases = " OR ".join(f'"{" ".join(phrase)}"' for phrase in match.phrases)
        return f"{_COLUMNS[match.field]} : ({phrases})" if phrases else f'speaker : "{_NOBODY}"'

    positive = [any_of(match) for match in wanted if not match.negated] or [f'speaker : "{_EVERY}"']
    negative = [any_of(match) for match in wanted if match.negated]
    expression = " AND ".join(f"({part})" for part in positive)
    return f"({expression}) NOT ({' OR '.join(negative)})" if negative else expression


def _tsvector(row: Indexed) -> str:
    """A tsvector literal: each lexeme quoted and with its positions, each field numbered from 1."""
    lexemes = [
        f"'{_PREFIXES[field]}{term}':{min(at, _MAX_POSITION)}"
        for field, found in ((Field.TEXT, row.body), (Field.IN, row.place), (Field.FROM, row.outlet))
        for at, term in enumerate(found, 1)
    ]
    if row.speaker is not None:
        lexemes.append(f"'{_PREFIXES[Field.BY]}{_speaker_term(row.speaker)}'")
    return " ".join(lexemes)


def _tsquery(wanted: Sequence[_Match]) -> str:
    def any_of(match: _Match) -> str:
        prefix = _PREFIXES[match.field]
        phrases = [" <-> ".join(f"'{prefix}{term}'" for term in phrase) for phrase in match.phrases]
        joined = " | ".join(phrases) or f"'{_NOBODY}'"
        return f"{'!' if match.negated else ''}({joined})"

    return " & ".join(any_of(match) for match in wanted)


async def count(connection: AsyncConnection, noun: Table) -> int:
    """How many rows of `noun` are searchable."""
    index = _index(noun, connection.dialect.name)
    return await connection.scalar(select(func.count()).select_from(index)) or 0
