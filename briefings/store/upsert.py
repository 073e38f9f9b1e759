"""Inserting what may be there already: the one place where SQLite and PostgreSQL differ in it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Table
from sqlalchemy.ext.asyncio import AsyncConnection


async def insert_new(connection: AsyncConnection, into: Table, values: dict[str, Any], unique: str) -> int | None:
    """Inserts a row unless its `unique` column is taken. Returns the new id, or None."""
    found: int | None = await connection.scalar(
        _insert(connection, into).values(values).on_conflict_do_nothing(index_elements=[unique]).returning(into.c.id)
    )
    return found


async def insert_ignoring(connection: AsyncConnection, into: Table, rows: list[dict[str, Any]]) -> None:
    """Inserts the rows that are not there yet."""
    if rows:
        await connection.execute(_insert(connection, into).on_conflict_do_nothing(), rows)


async def upsert(connection: AsyncConnection, into: Table, rows: list[dict[str, Any]], keys: Sequence[str]) -> None:
    """Inserts rows, or, where there is one of the same `keys` already, writes its other columns anew."""
    if rows:
        insert = _insert(connection, into)
        others = {name: insert.excluded[name] for name in rows[0] if name not in keys}
        await connection.execute(insert.on_conflict_do_update(index_elements=list(keys), set_=others), rows)


def _insert(connection: AsyncConnection, into: Table) -> Any:
    # Imported as needed: each takes a noticeable part of a cold start, and no program needs both.
    if connection.dialect.name == "sqlite":
        from sqlalchemy.dialects import sqlite

        return sqlite.insert(into)
    from sqlalchemy.dialects import postgresql

    return postgresql.insert(into)
