"""Connections to the store, and the translation of what goes wrong there into our own errors."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from briefings.errors import SettingsError, StoreBusy, StoreConflict, StoreError, StoreOutdated

BUSY_SECONDS = 5.0
CONNECT_SECONDS = 5
# After which a server ends a transaction that writes, but does nothing.
STILL_SECONDS = 20
_WRITE = "onrecord_write"
_RESHAPE = "onrecord_reshape"


def make_engine(address: str, *, busy_seconds: float = BUSY_SECONDS) -> AsyncEngine:
    """An engine for `address`: `sqlite:///file.db` or `postgresql://user@host/name`; connects on first use.

    Raises:
        SettingsError: the address is not one of a store.
    """
    url = parse_address(address)
    if url.get_backend_name() == "sqlite":
        return _sqlite(url, busy_seconds)
    # A generic plan cannot know how common a word is, and would read every hit of one; custom plans can.
    options: dict[str, Any] = {"options": "-c plan_cache_mode=force_custom_plan", "connect_timeout": CONNECT_SECONDS}
    engine = create_async_engine(url, connect_args=options, pool_pre_ping=True)

    @event.listens_for(engine.sync_engine, "begin")
    def begin(connection: Connection) -> None:
        # A process that stands still half-way would keep what it has locked from all others, such as the lease.
        if connection.get_execution_options().get(_WRITE) and not connection.get_execution_options().get(_RESHAPE):
            connection.exec_driver_sql(f"SET LOCAL idle_in_transaction_session_timeout = '{STILL_SECONDS}s'")

    return engine


def parse_address(address: str) -> URL:
    """A store's address with the drivers that we use. Raises SettingsError, without repeating a password."""
    hint = "write sqlite:///onrecord.db or postgresql://user:password@host/name"
    try:
        url = make_url(address)
        backend = url.get_backend_name()
    except (ArgumentError, ValueError) as error:
        raise SettingsError(f"DATABASE_URL is not the address of a database; {hint}") from error
    if backend == "sqlite":
        if not url.database or url.database == ":memory:":
            raise SettingsError("DATABASE_URL names no file; write sqlite:///onrecord.db")
        return url.set(drivername="sqlite+aiosqlite")
    if backend in ("postgresql", "postgres"):
        if "@" in (url.host or ""):
            raise SettingsError("DATABASE_URL has an @ within its password; write it as %40")
        return url.set(drivername="postgresql+psycopg")
    raise SettingsError(f"DATABASE_URL names {backend!r}, which is not supported; {hint}")


def _sqlite(url: URL, busy_seconds: float) -> AsyncEngine:
    engine = create_async_engine(url, connect_args={"timeout": busy_seconds})

    @event.listens_for(engine.sync_engine, "connect")
    def configure(dbapi_connection: Any, _record: Any) -> None:
        # The driver's own transaction handling is off, so that ours can say BEGIN IMMEDIATE (see `begin`).
        dbapi_connection.isolation_level = None
        cursor = dbapi_connection.cursor()
        _ensure_wal(cursor, busy_seconds)
        for pragma in ("synchronous = NORMAL", "foreign_keys = ON", "cache_size = -65536"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def begin(connection: Connection) -> None:
        if connection.get_execution_options().get(_RESHAPE, False):
            # SQLite changes many a table by making it anew. With foreign keys on, dropping the old one would delete
            # what refers to its rows; and within a transaction they cannot be switched off.
            connection.exec_driver_sql("PRAGMA foreign_keys = OFF")
        # A writer takes the lock at once: one that reads first and writes later can be refused half-way.
        writes = connection.get_execution_options().get(_WRITE, False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def _ensure_wal(cursor: Any, busy_seconds: float) -> None:
    """Switches a file to write-ahead logging, once. SQLite does not wait for others in this, as it does elsewhere: two
    processes that begin with a new file at once would meet."""
    until = time.monotonic() + busy_seconds
    while True:
        try:
            cursor.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > until:
                raise
        time.sleep(0.02)


def read_options(engine: AsyncEngine) -> AsyncEngine:
    """The same engine and pool, for transactions that see one state of the record throughout."""
    if engine.dialect.name == "sqlite":  # where every transaction does
        return engine
    return engine.execution_options(isolation_level="REPEATABLE READ")


def write_options(engine: AsyncEngine) -> AsyncEngine:
    """The same engine and pool, for transactions that write."""
    return engine.execution_options(**{_WRITE: True})


def reshape_options(engine: AsyncEngine) -> AsyncEngine:
    """The same engine and pool, for transactions that change tables.

    On SQLite they run without foreign keys, and leave their connection so: dispose of the pool afterwards.
    """
    return engine.execution_options(**{_WRITE: True, _RESHAPE: True})


@asynccontextmanager
async def translated(url: URL) -> AsyncIterator[None]:
    """Turns what a driver raises within into `StoreError` and its kin."""
    try:
        yield
    except SQLAlchemyError as error:
        cause = str(error.orig) if isinstance(error, DBAPIError) and error.orig else str(error)
        raise _explain(cause, url) from error
    except (TimeoutError, OSError) as error:
        raise StoreError(f"cannot reach {place(url)}: {error}; check DATABASE_URL") from error


def ensure_openable(url: URL) -> None:
    """Raises StoreError where an SQLite file can be neither opened nor made.

    Asked before the first connection: the asynchronous driver's thread outlives a connection that could not be
    opened, and may then complain on standard error that nobody waits for it any more.
    """
    if url.get_backend_name() == "sqlite":
        try:
            sqlite3.connect(url.database or "").close()
        except sqlite3.Error as error:
            raise _explain(str(error), url) from error


def place(url: URL) -> str:
    """Where a store is, for messages: never a user or a password."""
    if url.get_backend_name() == "sqlite":
        return f"the database {url.database}"
    return f"PostgreSQL at {url.host or url.query.get('host') or 'localhost'}:{url.port or 5432}/{url.database or ''}"


def _explain(cause: str, url: URL) -> StoreError:
    cause = " ".join(cause.split())
    lower = cause.lower()
    where = place(url)
    if "database is locked" in lower or "database table is locked" in lower:
        return StoreBusy(f"{where} is locked by another process; stop that one, or try again when it is done")
    if any(sign in lower for sign in ("duplicate key", "unique constraint", "deadlock", "could not serialize")):
        return StoreConflict(f"{where}: another process wrote the same at that moment; try again")
    if "unable to open database file" in lower:
        folder = Path(url.database or "").absolute().parent
        return StoreError(f"{where} cannot be opened: {_folder_fault(folder)}; check DATABASE_URL")
    if "readonly database" in lower:
        return StoreError(f"{where} is read-only; give this user the right to write to the file and its folder")
    if "not a database" in lower or "malformed" in lower:
        return StoreError(f"{where} is not an SQLite database or is damaged; restore a backup or name another file")
    if "no such table" in lower or ("does not exist" in lower and "relation" in lower):
        return StoreOutdated(f"{where} has no tables of this version; run: onrecord migrate")
    if "disk is full" in lower or "disk full" in lower:
        return StoreError(f"there is no room left on the disk of {where}; nothing was written")
    if "connection" in lower and url.get_backend_name() != "sqlite":
        return StoreError(f"{where} does not answer: {cause[:300]}; check DATABASE_URL and that the server runs")
    return StoreError(f"{where} failed: {cause[:300]}")


def _folder_fault(folder: Path) -> str:
    if not folder.exists():
        return f"the folder {folder} does not exist"
    return f"the file or its folder {folder} may not be read or written by this user"
