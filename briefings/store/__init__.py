"""The briefing store. `Store` opens transactions; the modules beside it hold the queries, by noun."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Self, TypeVar

from sqlalchemy.ext.asyncio import AsyncConnection

from briefings.errors import StoreConflict
from briefings.store import migrate
from briefings.store.engine import (
    BUSY_SECONDS,
    ensure_openable,
    make_engine,
    place,
    read_options,
    reshape_options,
    translated,
    write_options,
)

# Each time two writers meet, one of them gets through: this many may meet at once.
MAX_ATTEMPTS = 10

Result = TypeVar("Result")


class Store:
    """A store at an address. Nothing is opened before the first transaction.

    Args:
        address: `sqlite:///file.db` or `postgresql://user:password@host/name`.
        busy_seconds: how long an SQLite transaction waits for another process's lock.

    Raises:
        SettingsError: the address is not one of a store.
    """

    def __init__(self, address: str, *, busy_seconds: float = BUSY_SECONDS) -> None:
        self._engine = make_engine(address, busy_seconds=busy_seconds)
        self._reading = read_options(self._engine)
        self._writing = write_options(self._engine)
        self._openable = False

    @property
    def place(self) -> str:
        """Where the store is, for messages: without user and password."""
        return place(self._engine.url)

    @property
    def exists(self) -> bool:
        """Whether there is a file, for SQLite; a server's database is taken to be there."""
        return self.dialect != "sqlite" or Path(self._engine.url.database or "").exists()

    @property
    def path(self) -> Path | None:
        """The file, for SQLite; None for a server's database."""
        return Path(self._engine.url.database or "").absolute() if self.dialect == "sqlite" else None

    @property
    def dialect(self) -> str:
        """ "sqlite" or "postgresql"."""
        return self._engine.dialect.name

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """A connection to read with, in one transaction that changes nothing and sees one state of the record.

        Raises StoreError and its kin.
        """
        self._ensure_openable()
        async with translated(self._engine.url), self._reading.connect() as connection:
            yield connection

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncConnection]:
        """A connection whose transaction is committed whole or rolled back whole. Raises StoreError and its kin."""
        self._ensure_openable()
        async with translated(self._engine.url), self._writing.begin() as connection:
            yield connection

    async def write_again(self, work: Callable[[AsyncConnection], Awaitable[Result]]) -> Result:
        """Does `work` in a transaction of its own, and again where another writer was in the way.

        Raises StoreError and its kin; StoreConflict only after `MAX_ATTEMPTS`.
        """
        for attempt in range(1, MAX_ATTEMPTS + 1):
            try:
                async with self.write() as connection:
                    return await work(connection)
            except StoreConflict:
                if attempt == MAX_ATTEMPTS:
                    raise
        raise AssertionError("unreachable: the last attempt returns or raises")

    def _ensure_openable(self) -> None:
        if not self._openable:
            ensure_openable(self._engine.url)
            self._openable = True

    async def check(self) -> None:
        """Raises StoreOutdated where the schema is not this program's; StoreError where the store does not answer."""
        async with self.read() as connection:
            await migrate.check(connection)

    async def prepare(self) -> None:
        """Makes the store ready to use: an SQLite file is created or upgraded, a PostgreSQL schema only checked.

        A server's schema is its administrator's to change (`onrecord migrate`); one's own file just works.
        """
        async with self.read() as connection:
            current = await migrate.revision(connection) == migrate.HEAD
        if current:
            return
        if self.dialect == "sqlite":
            await self.migrate()
        else:
            await self.check()

    async def migrate(self) -> bool:
        """Brings the schema up to date. Returns whether anything changed."""
        async with self.reshape() as connection:
            return await migrate.upgrade(connection)

    @asynccontextmanager
    async def reshape(self) -> AsyncIterator[AsyncConnection]:
        """As `write`, for work that makes or changes tables. On SQLite nothing watches over foreign keys meanwhile."""
        self._ensure_openable()
        try:
            async with translated(self._engine.url), reshape_options(self._engine).begin() as connection:
                yield connection
        finally:
            await self._engine.dispose()  # no other work may get the connection of this one

    async def close(self) -> None:
        await self._engine.dispose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()
