"""Inserting what may be there already: the one place where SQLite and PostgreSQL differ in it."""

from __future__ import annotations

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


def _insert(connection: AsyncConnection, into: Table) -> Any:
    # Imported as needed: each takes a noticeable part of a cold start, and no program needs both.
    if connection.dialect.name == "sqlite":
        from sqlalchemy.dialects import sqlite

        return sqlite.insert(into)
    from sqlalchemy.dialects import postgresql

    return postgresql.insert(into)
