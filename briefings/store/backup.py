"""The whole store as one file, while others go on writing to it: see `briefings.store.archive` for what is in it."""

from __future__ import annotations

import gzip
from collections.abc import AsyncGenerator, Callable, Iterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from datetime import datetime
from typing import IO, Any

from sqlalchemy import Row, Select, Table, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from briefings.store import archive, fulltext, migrate
from briefings.store.archive import Header, Section
from briefings.store.schema import event, metadata, statement
from briefings.store.streamed import batches

# What is about running processes, and not for others to find.
LEFT_OUT = frozenset({"lease"})
SEARCHABLE = {f"{noun.name}_terms": noun for noun in (statement, event)}
TERMS = ("id", "body", "place", "outlet", "speaker")
_AT_ONCE = 200  # rows; articles are the largest


@dataclass(frozen=True, slots=True)
class Piece:
    """Some lines of a backup, and how many rows that is."""

    lines: bytes
    rows: int


def tables() -> list[Table]:
    """The tables that a backup holds, those that others refer to first."""
    return [table for table in metadata.sorted_tables if table.name not in LEFT_OUT]


async def count(connection: AsyncConnection) -> int:
    """How many rows a backup will have."""
    counted = [select(func.count()).select_from(noun) for noun in (*tables(), *SEARCHABLE.values())]
    return sum([await connection.scalar(one) or 0 for one in counted])


async def write(
    connection: AsyncConnection, out: IO[bytes], made: datetime, advance: Callable[[int], None] = lambda _: None
) -> dict[str, int]:
    """Writes a backup. Returns how many rows of each table are in it.

    Args:
        connection: to read with, of `Store.read`: one state of the store, whatever is written meanwhile.
        out: where to; is not closed.
        made: the time, now.
        advance: told how many rows were written since last.
    """
    counts: dict[str, int] = {}
    # No name of a file, and no time but the one in its first line, so that the same store gives the same file.
    with gzip.GzipFile(filename="", mode="wb", fileobj=out, mtime=0) as packed:
        async with aclosing(pieces(connection, made, counts)) as written:
            async for piece in written:
                packed.write(piece.lines)
                advance(piece.rows)
    return counts


async def pieces(connection: AsyncConnection, made: datetime, counts: dict[str, int]) -> AsyncGenerator[Piece, None]:
    """A backup, unpacked, piece by piece; `counts` is filled with how many rows of each table there are."""
    yield Piece(archive.header_line(Header(migrate.HEAD, made)), 0)
    for section, query, values in _sections(connection.dialect.name):
        counts[section.table] = 0
        yield Piece(archive.section_line(section), 0)
        async with aclosing(batches(connection, query, _AT_ONCE)) as found:
            async for rows in found:
                counts[section.table] += len(rows)
                yield Piece(archive.row_lines([values(row) for row in rows]), len(rows))
    yield Piece(archive.end_line(counts), 0)


def _sections(dialect: str) -> Iterator[tuple[Section, Select[Any], Callable[[Row[Any]], Sequence[Any]]]]:
    """Each table, how its rows are selected, and what of a row is written."""
    for table in tables():
        columns = tuple(column.name for column in table.columns)
        yield Section(table.name, columns), select(table).order_by(*table.primary_key), tuple
    for name, noun in SEARCHABLE.items():
        yield Section(name, TERMS), fulltext.stored(noun, dialect), _terms


def _terms(row: Row[Any]) -> Sequence[Any]:
    found = fulltext.read_back(row)
    return found.id, " ".join(found.body), " ".join(found.place), " ".join(found.outlet), found.speaker
