"""A backup put back into an empty store, of either database, in one transaction: all of it, or nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Connection,
    Date,
    DateTime,
    Float,
    Insert,
    Integer,
    String,
    column,
    func,
    insert,
    inspect,
    literal,
    select,
    table,
    text,
)
from sqlalchemy.engine.interfaces import ReflectedColumn
from sqlalchemy.exc import DataError, IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.types import TypeEngine

from briefings.errors import InputError, StoreError
from briefings.store import Store, articles, fulltext, migrate
from briefings.store.archive import Header, Reader, Section
from briefings.store.backup import SEARCHABLE, TERMS, tables
from briefings.store.ids import MAX_ID
from briefings.store.indexed import GAP, Indexed
from briefings.store.schema import Instant, article, metadata

# The revision at which backups came to be.
OLDEST = "0003"

Converter = Callable[[Any], Any]


async def restore(store: Store, backup: Reader, advance: Callable[[], None] = lambda: None) -> dict[str, int]:
    """Fills an empty store from a backup, and brings it up to this program's revision.

    Args:
        store: the store; whatever revision it has, or none.
        backup: read to its end.
        advance: told whenever some rows are in.

    Returns:
        How many rows there are of each table.

    Raises:
        InputError: the backup is damaged, or of a revision that cannot be restored.
        StoreError: the store is not empty, or failed. Whatever is raised, the store is as it was before.
    """
    _ensure_restorable(backup.name, backup.header)
    async with store.reshape() as connection:
        await _make_ready(connection, store.place, backup.header.revision)
        counts = await _load(connection, backup, advance)
        await _check_references(connection, backup)
        await migrate.upgrade(connection)
        await _continue_numbers(connection)
    return counts


def _ensure_restorable(name: str, header: Header) -> None:
    revision = header.revision
    if revision > migrate.HEAD or not migrate.known(revision):
        raise InputError(f"{name} is of revision {revision}, which a newer onrecord made: install that one")
    if revision < OLDEST:
        raise InputError(f"{name} is of revision {revision}; backups can be restored from revision {OLDEST} on")


async def _make_ready(connection: AsyncConnection, place: str, revision: str) -> None:
    """Sees to it that the store is empty, stays so, and has the tables of the backup's revision."""
    found = await migrate.current(connection)
    there = await connection.run_sync(lambda opened: set(inspect(opened).get_table_names()))
    ours = [noun for noun in metadata.sorted_tables if noun.name in there]
    if connection.dialect.name == "postgresql" and ours:
        # Who wants to write waits until all is in; SQLite has one writer at a time anyway.
        names = ", ".join(map(connection.dialect.identifier_preparer.format_table, ours))
        await connection.execute(text(f"LOCK TABLE {names} IN EXCLUSIVE MODE"))
    for noun in tables():
        if noun in ours and await connection.scalar(select(literal(1)).select_from(noun).limit(1)):
            aside = " or move that file aside" if connection.dialect.name == "sqlite" else ""
            raise StoreError(
                f"{place} is not empty: something is in its table “{noun.name}”; "
                f"a backup is restored into an empty one: name another in DATABASE_URL{aside}"
            )
    if found is not None and found > revision:
        await _take_down(connection)
    await migrate.upgrade(connection, revision)


async def _take_down(connection: AsyncConnection) -> None:
    """Removes the tables, which are empty, so that those of an older revision can be made."""
    await migrate.upgrade(connection)  # of which revision all tables are known
    for name in SEARCHABLE:
        await connection.execute(text(f"DROP TABLE {name}"))
    await connection.run_sync(metadata.drop_all)
    await connection.execute(text("DELETE FROM alembic_version"))


async def _load(connection: AsyncConnection, backup: Reader, advance: Callable[[], None]) -> dict[str, int]:
    counts: dict[str, int] = {}
    described, target = await connection.run_sync(_described), None
    for batch in backup.batches():
        if target is None or target.section is not batch.section:
            target = _target(described, backup, batch.section)
            counts[batch.section.table] = 0
        rows = [target.row(backup, batch.line + at, row) for at, row in enumerate(batch.rows)]
        try:
            await target.put(connection, rows)
        except (IntegrityError, DataError) as error:
            lines = f"lines {batch.line} to {batch.line + len(rows) - 1}"
            backup.damaged(f"the database refuses rows of “{batch.section.table}” in the {lines}", error)
        counts[batch.section.table] += len(rows)
        advance()
    return counts


@dataclass(frozen=True, slots=True)
class _Target:
    """Where the rows of a section go.

    Attributes:
        section: the section.
        converters: for each of its columns, what makes the database's value of the file's. Raise ValueError.
        into: the statement that puts rows into a table; None for what is searchable.
    """

    section: Section
    converters: tuple[Converter, ...]
    into: Insert | None

    def row(self, backup: Reader, line: int, values: list[Any]) -> dict[str, Any]:
        made = {}
        for name, converter, value in zip(self.section.columns, self.converters, values, strict=True):
            try:
                made[name] = converter(value)
            except (ValueError, OverflowError) as error:
                backup.damaged(f"line {line} has an impossible {name} of “{self.section.table}”", error)
        return made

    async def put(self, connection: AsyncConnection, rows: list[dict[str, Any]]) -> None:
        if not rows:
            return
        if self.into is not None:
            await connection.execute(self.into, rows)
        else:
            await fulltext.add(connection, SEARCHABLE[self.section.table], [Indexed(**row) for row in rows])


def _described(connection: Connection) -> dict[str, list[ReflectedColumn]]:
    """The columns of the tables that a backup may hold, as the database has them: of the revision of the backup."""
    columns = inspect(connection).get_multi_columns(filter_names=[noun.name for noun in tables()])
    return {name: found for (_, name), found in columns.items()}


def _target(described: Mapping[str, list[ReflectedColumn]], backup: Reader, section: Section) -> _Target:
    """Where the rows of a section go."""
    into = None
    if section.table in SEARCHABLE:
        converters = {"id": _integer, **dict.fromkeys(TERMS[1:-1], _terms), "speaker": _or_none(_integer)}
    elif found := described.get(section.table):
        converters = {one["name"]: _converter(one) for one in found}
        into = insert(table(section.table, *(column(one["name"], _type(one)) for one in found)))
    else:
        backup.damaged(f"its revision has no table “{section.table[:60]}”")
    if sorted(section.columns) != sorted(converters):
        backup.damaged(f"the columns of “{section.table}” are not those of its revision")
    return _Target(section, tuple(converters[name] for name in section.columns), into)


def _type(one: ReflectedColumn) -> TypeEngine[Any]:
    """The type by which values of a column are handed to the database."""
    kind = one["type"]
    if isinstance(kind, JSON):
        return type(kind)(none_as_null=one["nullable"])
    return Instant() if isinstance(kind, DateTime) else kind


def _converter(one: ReflectedColumn) -> Converter:
    for kind, converter in _CONVERTERS:
        if isinstance(one["type"], kind):
            return _or_none(converter) if one["nullable"] else converter
    raise TypeError(f"a column of type {one['type']} is not known")


def _or_none(converter: Converter) -> Converter:
    return lambda value: None if value is None else converter(value)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError("no text")
    value.encode()  # no half characters
    return value


def _instant(value: Any) -> datetime:
    made = datetime.fromisoformat(_text(value))
    if made.tzinfo is None:
        raise ValueError("an instant without its zone")
    return made.astimezone(UTC)


def _date(value: Any) -> date:
    return date.fromisoformat(_text(value))


def _boolean(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError("neither true nor false")
    return value


def _integer(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or abs(value) > MAX_ID:
        raise ValueError("no integer of 64 bits")
    return value


def _float(value: Any) -> float:
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise ValueError("no number")
    return float(value)


def _json(value: Any) -> Any:
    return value


def _terms(value: Any) -> list[str]:
    terms = _text(value).split(" ") if value else []
    if not all(term == GAP or term.isalnum() for term in terms):
        raise ValueError("not as terms are made")
    return terms


# By the types that databases tell of their columns.
_CONVERTERS: tuple[tuple[type[TypeEngine[Any]], Converter], ...] = (
    (JSON, _json),
    (DateTime, _instant),
    (Date, _date),
    (Boolean, _boolean),
    (Integer, _integer),
    (Float, _float),
    (String, _text),
)


async def _check_references(connection: AsyncConnection, backup: Reader) -> None:
    """Foreign keys, which nothing watched over on SQLite."""
    if connection.dialect.name == "sqlite":
        stray = (await connection.execute(text("PRAGMA foreign_key_check"))).first()
        if stray is not None:
            backup.damaged(f"rows of “{stray[0]}” refer to some of “{stray[2]}” that are not in it")


async def _continue_numbers(connection: AsyncConnection) -> None:
    """Lets PostgreSQL number new rows from behind those that came with their numbers; SQLite does so by itself."""
    if connection.dialect.name != "postgresql":
        return
    for noun in metadata.sorted_tables:
        key = noun.autoincrement_column
        if key is None:
            continue
        if greatest := await (articles.highest(connection) if noun is article else connection.scalar(func.max(key))):
            sequence = func.pg_get_serial_sequence(noun.name, key.name)
            await connection.execute(select(func.setval(sequence, max(greatest, 1))))
