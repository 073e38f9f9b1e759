"""What goes wrong with a database is one line that says what to do, and leaves the store whole."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from pathlib import Path

import pytest
from sqlalchemy import text

from briefings.errors import SettingsError, StoreBusy, StoreError
from briefings.store import Store, articles, statements
from briefings.store.verify import verify
from tests.records import Said, Told, put


@pytest.mark.parametrize(
    "address",
    ["", "nonsense", "mysql://a:secret@b/c", "sqlite://", "sqlite:///:memory:", "postgresql://a:b:c:secret@x:y/z"],
)
def test_what_is_no_address_is_refused_without_secrets(address: str) -> None:
    with pytest.raises(SettingsError, match="DATABASE_URL") as caught:
        Store(address)
    assert "secret" not in str(caught.value)


async def test_a_locked_file_is_named_as_locked(sqlite_template: Path, tmp_path: Path) -> None:
    path = tmp_path / "locked.db"
    path.write_bytes(sqlite_template.read_bytes())
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    async with Store(f"sqlite:///{path}", busy_seconds=0.1) as store:
        with pytest.raises(StoreBusy, match="locked by another process"):
            await put(store, Told([Said("A B", "c")]))
        other.execute("ROLLBACK")
        other.close()
        await put(store, Told([Said("A B", "c")]))


async def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    async with Store(f"sqlite:///{tmp_path}/missing/store.db") as store:
        with pytest.raises(StoreError, match=r"folder .*missing does not exist"):
            await store.prepare()


async def test_a_file_that_is_no_database_is_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "notes.db"
    path.write_text("These are notes, not a database. " * 100)
    async with Store(f"sqlite:///{path}") as store:
        with pytest.raises(StoreError, match="not an SQLite database"):
            await store.prepare()
    assert path.read_text().startswith("These are notes")


async def test_a_server_that_is_not_there_is_said_to_be(unused_tcp_port: int) -> None:
    async with Store(f"postgresql://user:secret@127.0.0.1:{unused_tcp_port}/news") as store:
        begin = time.monotonic()
        with pytest.raises(StoreError, match=r"PostgreSQL at 127\.0\.0\.1") as caught:
            await store.prepare()
        assert time.monotonic() - begin < 10
    assert "secret" not in str(caught.value)


async def test_a_database_that_is_not_there_is_said_to_be(postgresql: str) -> None:
    async with Store(postgresql.replace("/postgres?", "/nowhere?")) as store:
        with pytest.raises(StoreError, match="nowhere"):
            await store.prepare()


async def test_a_failure_half_way_stores_nothing(store: Store) -> None:
    with pytest.raises(StoreError):
        async with store.write() as connection:
            await connection.execute(text("INSERT INTO speaker (name, kind) VALUES ('A', 'person')"))
            await connection.execute(text("INSERT INTO speaker (name) VALUES (NULL)"))
    async with store.read() as connection:
        assert (await connection.execute(text("SELECT count(*) FROM speaker"))).scalar() == 0


async def test_the_same_article_is_stored_once(store: Store) -> None:
    told = Told([Said("A B", "c")], url="https://a.example/story")
    await put(store, told)
    with pytest.raises(AssertionError):  # `put` insists on a new article
        await put(store, Told([Said("A B", "d")], url="HTTPS://A.example/story"))
    async with store.read() as connection:
        assert await articles.newest(connection) == told.published
        assert (await connection.execute(text("SELECT count(*) FROM statement"))).scalar() == 1


async def test_articles_of_one_second_find_room_beside_each_other(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Even when every statement wants the same id, and all come at once."""
    monkeypatch.setattr(statements, "time_ordered", lambda *_: (5 << 40) + 1_000)
    told = [Told([Said("A B", f"that {at} {part}") for part in "xyz"], title=str(at)) for at in range(6)]
    await asyncio.gather(*(put(store, one) for one in told))
    async with store.read() as connection:
        assert (await connection.execute(text("SELECT count(*) FROM statement"))).scalar() == 18
        assert (await verify(connection)).mismatches == []


async def test_two_writers_of_the_same_people_do_not_stop_each_other(store: Store) -> None:
    people = [f"Speaker{letter} Xu" for letter in "abcdefghij"]
    both = [
        Told([Said(name, f"that {at} is so") for name in names], title=f"{at}/{number}")
        for number in range(4)
        for at, names in enumerate((people, people[::-1]))
    ]
    await asyncio.gather(*(put(store, told) for told in both))
    async with store.read() as connection:
        assert (await connection.execute(text("SELECT count(*) FROM statement"))).scalar() == 80
        assert (await connection.execute(text("SELECT count(*) FROM speaker"))).scalar() == 10
