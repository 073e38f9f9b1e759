"""Migrations make exactly the schema that the code is written against."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, select, text, update

from briefings.errors import StoreError, StoreOutdated
from briefings.store import Store, articles, corrections, fulltext, migrate, speakers
from briefings.store.schema import article, metadata, speaker, speaker_key, statement
from briefings.store.verify import verify
from tests.conftest import NOW, on_server
from tests.records import Told, put


def differences(connection: Connection) -> list[Any]:
    def ours(name: str | None, kind: str, _parents: Any) -> bool:
        # The full-text tables belong to one database each; test_search shows that they work.
        return kind != "table" or "_terms" not in (name or "")

    context = MigrationContext.configure(connection, opts={"include_name": ours, "compare_type": True})
    return [found for found in compare_metadata(context, metadata) if not _unread(connection, found)]


def _unread(connection: Connection, difference: Any) -> bool:
    """SQLAlchemy reads no `ON DELETE` back from a reference that stands in its column's own definition, where alone
    SQLite can add one; `test_what_refers_to_a_removed_article_stays` shows that it is there."""
    if connection.dialect.name != "sqlite" or difference[0] not in ("add_fk", "remove_fk"):
        return False
    return {column.name for column in difference[1].columns} <= {"replaces", "origin_id", "story_id"}


async def test_what_refers_to_a_removed_article_stays(store: Store) -> None:
    first, second = await put(store, Told(title="First"), Told(title="Second"))
    async with store.write() as connection:
        refers = {"replaces": first, "origin_id": first}
        await connection.execute(update(article).where(article.c.id == second).values(refers))
    async with store.write() as connection:
        await articles.remove(connection, [first])
    async with store.read() as connection:
        left = (await connection.execute(select(article.c.id, article.c.replaces, article.c.origin_id))).all()
    assert left == [(second, None, None)]


async def test_migrations_match_the_schema(store: Store) -> None:
    async with store.read() as connection:
        assert await connection.run_sync(differences) == []


def test_head_is_the_newest_revision() -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(migrate.__file__).parent / "migrations"))
    assert ScriptDirectory.from_config(config).get_current_head() == migrate.HEAD


@pytest.fixture(params=["sqlite", "postgresql"])
def untouched(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a database without any table, once on each."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'untouched.db'}"
    import psycopg

    server, name = request.getfixturevalue("postgresql"), f"untouched_{uuid4().hex[:12]}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return on_server(server, name)


def upgrade_to(connection: Connection, revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(migrate.__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    command.upgrade(config, revision)


FILLED_0001 = (
    "INSERT INTO source VALUES (1, 'feed', 'F', 'https://f.test', '2024-08-14 00:00:00', NULL, NULL)",
    "INSERT INTO article (id, identity, source_id, outlet, title, text, published, published_precision, fetched, "
    "extractor) VALUES (7, 'i', 1, 'O', 'T', 'Ann Bell said no. A. Bell said yes.', '2024-08-14 12:00:00', 'day', "
    "'2024-08-16 00:00:00', 'rules-1')",
    "INSERT INTO speaker (id, name, key, kind) VALUES (3, 'Ann Bell', 'ann bell', 'person')",
    "INSERT INTO speaker (id, name, key, kind) VALUES (5, 'A. Bell', 'a bell', 'person')",
    "INSERT INTO speaker_alias (id, speaker_id, alias) VALUES (1, 3, 'Ann Bell'), (2, 5, 'A. Bell'), (3, 3, 'Ann')",
    "INSERT INTO speaker_word VALUES ('ann', 3), ('bell', 3), ('a', 5), ('bell', 5)",
    *(
        "INSERT INTO statement (id, article_id, speaker_id, source_text, source_spans, cue_text, cue_spans, text, "
        f"spans, context_begin, context_end, kind, act, hedges) VALUES ({id}, 7, {speaker}, '{source}', "
        f"'[[{at}, {at + len(source)}]]', '', '[]', '{said}', '[[{end}, {end + len(said)}]]', {at}, "
        f"{end + len(said) + 1}, 'indirect', 'says', '[]')"
        for id, speaker, source, said, at, end in ((12, 3, "Ann Bell", "no", 0, 14), (11, 5, "A. Bell", "yes", 18, 31))
    ),
)


def selections(connection: Connection) -> list[str]:
    """Sub-selects of tables with the columns that they have now: later revisions add some."""
    found = []
    for name in ("source", "article", "speaker_alias", "speaker_word", "statement"):
        columns = ", ".join(column["name"] for column in inspect(connection).get_columns(name))
        found.append(f"(SELECT {columns} FROM {name}) AS {name}")
    return found


async def test_a_filled_record_loses_nothing_to_the_second_revision(untouched: str) -> None:
    async with Store(untouched) as store:
        async with store.write() as connection:
            await connection.run_sync(upgrade_to, "0001")
            for line in FILLED_0001:
                await connection.execute(text(line))
            index = [fulltext.Indexed(12, ["no"], speaker=3), fulltext.Indexed(11, ["yes"], speaker=5)]
            await fulltext.add(connection, statement, index)
            kept = [*await connection.run_sync(selections), "statement_terms"]
            before = [list(await connection.execute(text(f"SELECT * FROM {name}"))) for name in kept]
        assert await store.migrate() is True
        async with store.read() as connection:
            assert [list(await connection.execute(text(f"SELECT * FROM {name}"))) for name in kept] == before
            assert list(await connection.execute(select(speaker).order_by(speaker.c.id))) == [
                (3, "Ann Bell", "person"),
                (5, "A. Bell", "person"),
            ]
            keys = await connection.execute(select(speaker_key).order_by(speaker_key.c.speaker_id))
            assert list(keys) == [("ann bell", 3), ("a bell", 5)]
            assert await connection.run_sync(differences) == []
            assert (await verify(connection)).mismatches == []
            assert await speakers.named(connection, ["bell"]) == [3, 5]
        # Foreign keys are on again, on every connection.
        with pytest.raises(StoreError, match=r"(?i)foreign key"):
            async with store.write() as connection:
                await connection.execute(text("INSERT INTO speaker_key (key, speaker_id) VALUES ('nobody', 99)"))
        done, moved = await store.write_again(lambda open: corrections.merge(open, "A. Bell", "Ann Bell", NOW))
        assert (done.after, moved) == ("Ann Bell", 1)
        async with store.read() as connection:
            assert (await connection.execute(select(statement.c.speaker_id).distinct())).scalars().all() == [3]


async def test_a_migration_that_fails_half_way_leaves_the_record_as_it_was(untouched: str) -> None:
    async with Store(untouched) as store:
        async with store.write() as connection:
            await connection.run_sync(upgrade_to, "0001")
            for line in FILLED_0001:
                await connection.execute(text(line))
            await connection.execute(text("CREATE TABLE correction (id INTEGER)"))  # in the way of the new one
        with pytest.raises(StoreError):
            await store.migrate()
        async with store.read() as connection:
            assert await migrate.revision(connection) == "0001"
            assert (await connection.execute(text("SELECT key FROM speaker ORDER BY id"))).scalars().all() == [
                "ann bell",
                "a bell",
            ]
            assert await connection.scalar(text("SELECT count(*) FROM speaker_alias")) == 3


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
