"""Full text on both databases, behind the same calls: add, remove, move, search, hits, and what is amiss.

SQLite: an FTS5 table a noun, with the columns body, speaker, place and outlet, handed ready terms (the "ascii"
tokenizer cuts at spaces and leaves other letters alone). PostgreSQL: one tsvector a row with a GIN index, its lexemes
prefixed by field. Rows are keyed by time-ordered ids, so hits come newest first without sorting: FTS5 walks its lists
backwards, and PostgreSQL's planner takes the key for common words and GIN for rare ones.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    Row,
    Select,
    String,
    Table,
    TableClause,
    Text,
    bindparam,
    column,
    delete,
    func,
    insert,
    literal,
    not_,
    select,
    table,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql import ColumnElement, cast
from sqlalchemy.types import UserDefinedType

from briefings.search import Field, Query, Term
from briefings.store.ids import MAX_ID, lower_bound
from briefings.store.indexed import COLUMNS, EVERY, PREFIXES, from_fts5, from_tsvector, fts5_row, speaker_term, tsvector
from briefings.store.indexed import Indexed as Indexed

# In no row: what `by:` stands for when it names nobody on record.
_NOBODY = "nobody"
_AT_ONCE = 10_000  # ids in one statement; SQLite takes 32,766 parameters, PostgreSQL 65,535


class _TsVector(UserDefinedType[str]):
    """PostgreSQL's own type; named here so that a search on SQLite need not load the other dialect."""

    cache_ok = True

    def get_col_spec(self, **_: Any) -> str:
        return "TSVECTOR"


class _TsQuery(_TsVector):
    cache_ok = True

    def get_col_spec(self, **_: Any) -> str:
        return "TSQUERY"


async def add(connection: AsyncConnection, noun: Table, rows: Iterable[Indexed]) -> None:
    """Makes new rows of `noun` searchable, in the caller's transaction."""
    sqlite = connection.dialect.name == "sqlite"
    values = [fts5_row(row) if sqlite else {"id": row.id, "terms": tsvector(row)} for row in rows]
    if values:
        await connection.execute(insert(_index(noun, connection.dialect.name)), values)


def stored(noun: Table, dialect: str) -> Select[Any]:
    """Selects what is searchable of the rows of `noun`, in the order of their ids, for `read_back`."""
    index = _index(noun, dialect)
    columns = [index.c.id, cast(index.c.terms, Text).label("terms")] if dialect == "postgresql" else list(index.c)
    # Only of rows that are on record: the others are a fault (see `dangling`), and nobody misses them.
    return select(*columns).join(noun, noun.c.id == _key(index)).order_by(noun.c.id)


def read_back(row: Row[Any]) -> Indexed:
    """What `add` made searchable, from a row of `stored`."""
    return from_fts5(row) if "rowid" in row._mapping else from_tsvector(row.id, row.terms)


async def remove(connection: AsyncConnection, noun: Table, ids: Collection[int]) -> None:
    """Takes rows of `noun` out of the index, in the caller's transaction."""
    index, listed = _index(noun, connection.dialect.name), list(ids)
    for begin in range(0, len(listed), _AT_ONCE):
        await connection.execute(delete(index).where(_key(index).in_(listed[begin : begin + _AT_ONCE])))


async def move(connection: AsyncConnection, noun: Table, speaker: int, to: int) -> None:
    """Makes what is searchable as a speaker's searchable as that of the speaker `to`, in the caller's transaction."""
    index = _index(noun, connection.dialect.name)
    before, after = speaker_term(speaker), speaker_term(to)
    if connection.dialect.name == "sqlite":
        match = column(f"{noun.name}_terms").op("MATCH")(f'{COLUMNS[Field.BY]} : "{before}"')
        # A list made beforehand: FTS5 shall not change what it is reading.
        found = select(_key(index)).where(match).correlate(None)
        moved = update(index).where(_key(index).in_(found)).values(speaker=f"{EVERY} {after}")
    else:
        prefix = PREFIXES[Field.BY]
        match = index.c.terms.op("@@")(cast(f"'{prefix}{before}'", _TsQuery))
        less = func.ts_delete(index.c.terms, f"{prefix}{before}")
        moved = update(index).where(match).values(terms=less.op("||")(cast(f"'{prefix}{after}'", _TsVector)))
    await connection.execute(moved)


@dataclass(frozen=True, slots=True)
class Search:
    """A query as the index understands it: an expression, and the range of ids that its days span, half open.

    Attributes:
        expression: in the index's own language; None matches every row.
        first: the least id.
        end: the id behind the greatest.
    """

    expression: str | None
    first: int
    end: int

    def parameters(self) -> dict[str, object]:
        """The values for the parameters of `hits`."""
        return {"expression": self.expression, "first": self.first, "end": self.end}


def search(dialect: str, query: Query, speakers: Sequence[Collection[int]]) -> Search:
    """Translates a query.

    Args:
        dialect: "sqlite" or "postgresql".
        query: the parsed query.
        speakers: for each `by:` term of the query, in order, the ids of the speakers that it names.
    """
    wanted = _matches(query, speakers)
    return Search(
        expression=_fts5_query(wanted) if dialect == "sqlite" else _tsquery(wanted) or None,
        first=lower_bound(query.since) if query.since else 0,
        end=lower_bound(query.until) if query.until else MAX_ID,
    )


@lru_cache(maxsize=16)
def hits(dialect: str, noun: Table, *, everything: bool = False) -> Select[int]:
    """Selects the ids ("id") of the rows that match, newest first; its parameters are those of a `Search`.

    Made once, so that SQLAlchemy need not build and look it up for every question. `everything` leaves the expression
    out, for a search without one.
    """
    index = _index(noun, dialect)
    key = _key(index)
    found = select(key.label("id")).where(key >= bindparam("first"), key < bindparam("end")).order_by(key.desc())
    if everything:
        return found
    expression = bindparam("expression", type_=String())
    if dialect == "sqlite":
        return found.where(column(f"{noun.name}_terms").op("MATCH")(expression))
    return found.where(index.c.terms.op("@@")(cast(expression, _TsQuery)))


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
    return tuple((speaker_term(id),) for id in sorted(ids))


def _index(noun: Table, dialect: str) -> TableClause:
    """The full-text table of `noun`, keyed by "rowid" on SQLite and by "id" on PostgreSQL."""
    name = f"{noun.name}_terms"
    if dialect == "sqlite":
        return table(name, column("rowid", BigInteger), *(column(field) for field in COLUMNS.values()))
    return table(name, column("id", BigInteger), column("terms", _TsVector))


def _key(index: TableClause) -> ColumnElement[int]:
    return index.c.rowid if "rowid" in index.c else index.c.id


def _fts5_query(wanted: Sequence[_Match]) -> str:
    """An FTS5 expression. Terms are letters and digits alone, so quoting them is enough."""

    def any_of(match: _Match) -> str:
        phrases = " OR ".join(f'"{" ".join(phrase)}"' for phrase in match.phrases)
        return f"{COLUMNS[match.field]} : ({phrases})" if phrases else f'speaker : "{_NOBODY}"'

    positive = [any_of(match) for match in wanted if not match.negated] or [f'speaker : "{EVERY}"']
    negative = [any_of(match) for match in wanted if match.negated]
    expression = " AND ".join(f"({part})" for part in positive)
    return f"({expression}) NOT ({' OR '.join(negative)})" if negative else expression


def _tsquery(wanted: Sequence[_Match]) -> str:
    def any_of(match: _Match) -> str:
        prefix = PREFIXES[match.field]
        phrases = [" <-> ".join(f"'{prefix}{term}'" for term in phrase) for phrase in match.phrases]
        joined = " | ".join(phrases) or f"'{_NOBODY}'"
        return f"{'!' if match.negated else ''}({joined})"

    return " & ".join(any_of(match) for match in wanted)


async def unindexed(connection: AsyncConnection, noun: Table) -> int:
    """How many rows of `noun` are not searchable."""
    key = _key(_index(noun, connection.dialect.name))
    missing = select(func.count()).select_from(noun).where(noun.c.id.not_in(select(key)))
    return await connection.scalar(missing) or 0


async def dangling(connection: AsyncConnection, noun: Table) -> int:
    """How many searchable rows are not rows of `noun`."""
    index = _index(noun, connection.dialect.name)
    stray = select(func.count()).select_from(index).where(_key(index).not_in(select(noun.c.id)))
    return await connection.scalar(stray) or 0


async def misfiled(connection: AsyncConnection, noun: Table) -> int:
    """How many rows of `noun`, one with a `speaker_id`, are searchable, but not as those of their speaker."""
    index = _index(noun, connection.dialect.name)
    own = literal(speaker_term("")) + cast(noun.c.speaker_id, String)
    if connection.dialect.name == "sqlite":
        filed = index.c.speaker == literal(f"{EVERY} ") + own
    else:
        filed = index.c.terms.op("@@")(cast(literal(f"'{PREFIXES[Field.BY]}") + own + literal("'"), _TsQuery))
    searchable = select(func.count()).select_from(noun).join(index, _key(index) == noun.c.id)
    return await connection.scalar(searchable.where(noun.c.speaker_id.is_not(None), not_(filed))) or 0
