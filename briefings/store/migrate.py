"""Bringing a store's schema up to date. Alembic is imported only when there is something to do."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from briefings.errors import StoreOutdated

# The newest revision under migrations/versions; a test holds it to Alembic's own answer.
HEAD = "0005"
# Any constant will do, so long as nobody else takes the same advisory lock in the same database.
_MIGRATION_LOCK = 7_231_846_001


async def revision(connection: AsyncConnection) -> str | None:
    """The schema's revision; None for a database without tables of ours."""
    try:
        async with connection.begin_nested() if connection.dialect.name == "postgresql" else connection.begin():
            found: str | None = await connection.scalar(text("SELECT version_num FROM alembic_version"))
            return found
    except DBAPIError as error:
        cause = str(error.orig).lower()
        if "no such table" in cause or "does not exist" in cause:
            return None
        raise


async def check(connection: AsyncConnection) -> None:
    """Raises StoreOutdated unless the schema is the one that this program was written for."""
    found = await revision(connection)
    if found is None:
        raise StoreOutdated("the database holds no record yet; run: onrecord migrate")
    if found != HEAD:
        by_us = known(found)
        raise StoreOutdated(
            f"the database is at revision {found}, this program at {HEAD}; "
            + ("run: onrecord migrate" if by_us else "it was made by a newer onrecord: install that one")
        )


async def upgrade(connection: AsyncConnection, to: str | None = None) -> bool:
    """Migrates to a revision, `HEAD` if none is named, in the caller's transaction. Returns whether anything changed.

    Raises:
        StoreOutdated: the database was made by a newer program.
    """
    found, to = await current(connection), to or HEAD
    if found == to:
        return False
    await connection.run_sync(_upgrade, to)
    return True


async def current(connection: AsyncConnection) -> str | None:
    """As `revision`, held so until the end of the transaction.

    Raises:
        StoreOutdated: the database was made by a newer program.
    """
    if connection.dialect.name == "postgresql":
        # Several processes may start at once; the second waits, then finds the work done.
        await connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _MIGRATION_LOCK})
    found = await connection.run_sync(_current)
    if found is not None and not known(found):
        raise StoreOutdated(f"the database is at revision {found}, which a newer onrecord made: install that one")
    return found


def known(found: str) -> bool:
    """Whether this program can migrate from that revision."""
    return any(path.name.startswith(f"{found}_") for path in (_folder() / "versions").glob("*.py"))


def _folder() -> Path:
    return Path(__file__).parent / "migrations"


def _current(connection: Connection) -> str | None:
    from alembic.migration import MigrationContext

    return MigrationContext.configure(connection).get_current_revision()


def _upgrade(connection: Connection, to: str) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_folder()).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, to)
