"""Migrations make exactly the schema that the code is written against."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from briefings.errors import StoreOutdated
from briefings.store import Store, migrate
from briefings.store.schema import metadata
from tests.conftest import on_server


def differences(connection: Connection) -> list[Any]:
    def ours(name: str | None, kind: str, _parents: Any) -> bool:
        # The full-text tables belong to one database each; test_search shows that they work.
        return kind != "table" or "_terms" not in (name or "")

    context = MigrationContext.configure(connection, opts={"include_name": ours, "compare_type": True})
    return list(compare_metadata(context, metadata))


async def test_migrations_match_the_schema(store: Store) -> None:
    async with store.read() as connection:
        assert await connection.run_sync(differences) == []


def test_head_is_the_newest_revision() -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(migrate.__file__).parent / "migrations"))
    assert ScriptDirectory.from_config(config).get_current_head() == migrate.HEAD


async def test_migrating_twice_changes_nothing(store: Store) -> None:
    assert await store.migrate() is False
    await store.check()


async def test_an_sqlite_file_is_made_when_it_is_first_used(tmp_path: Path) -> None:
    async with Store(f"sqlite:///{tmp_path / 'new.db'}") as store:
        with pytest.raises(StoreOutdated, match="onrecord migrate"):
            await store.check()
        await store.prepare()
        await store.check()


async def test_a_server_is_migrated_only_when_asked(postgresql: str) -> None:
    import psycopg

    with psycopg.connect(postgresql, autocommit=True) as connection:
        connection.execute("CREATE DATABASE untouched")
    async with Store(on_server(postgresql, "untouched")) as store:
        with pytest.raises(StoreOutdated, match="onrecord migrate"):
            await store.prepare()
        assert await store.migrate() is True
        await store.prepare()


async def test_a_newer_schema_is_left_alone(store: Store) -> None:
    async with store.write() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    for attempt in (store.prepare, store.migrate, store.check):
        with pytest.raises(StoreOutdated, match="newer onrecord"):
            await attempt()
