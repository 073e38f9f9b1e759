"""A folder that is polled: what is put into it goes on record by itself."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from briefings.polling.poller import MAX_NEW
from briefings.store import Store, places
from briefings.store.places import Wanted
from briefings.store.schema import article
from tests.fakes.web import Web
from tests.polling.test_poller import START, Newsroom, newsroom


@pytest.fixture
async def room(store: Store) -> AsyncIterator[Newsroom]:
    with Web() as web:
        async with newsroom(store, web) as made:
            yield made


@pytest.fixture
def drop(tmp_path: Path) -> Path:
    made = tmp_path / "drop"
    made.mkdir()
    return made


def put(
    drop: Path, name: str, text: str = "Ann Bell said the harbour would open.", later: timedelta = timedelta()
) -> None:
    path = drop / name
    path.write_text(f"About {name}\n\n{text}\n")
    at = (START + later).timestamp()
    os.utime(path, (at, at))


async def follow(room: Newsroom, drop: Path) -> None:
    async with room.store.write() as connection:
        await places.add(connection, Wanted("folder", "The Drop", str(drop), ""), room.clock)


async def test_what_is_put_there_goes_on_record_once(room: Newsroom, drop: Path) -> None:
    await follow(room, drop)
    assert await room.poll() == 1
    assert (await room.place()).caught_up is not None
    put(drop, "one.txt", later=timedelta(days=1))
    await room.poll()
    await room.poll()
    (row,) = await room.rows()
    assert (row.outlet, row.title, row.backlog) == ("The Drop", "About one.txt", False)
    assert row.published.date() == (START + timedelta(days=1)).date()
    assert (await room.place()).error is None


async def test_a_new_folder_brings_in_no_archive(room: Newsroom, drop: Path) -> None:
    put(drop, "old.txt", later=-timedelta(days=30))
    put(drop, "undated.txt")
    (drop / "dated.jsonl").write_text(
        '{"title": "Dated", "text": "Ann Bell said so.", "published": "2026-03-01", "outlet": "The Drop"}\n'
    )
    await follow(room, drop)
    await room.poll()
    assert [(row.title, row.backlog) for row in await room.rows()] == [("Dated", True)]
    await room.poll()
    assert await room.titles() == ["Dated"]


async def test_an_edit_of_a_file(room: Newsroom, drop: Path) -> None:
    await follow(room, drop)
    await room.poll()
    put(drop, "one.txt", later=timedelta(days=1))
    await room.poll()
    put(drop, "one.txt", "Ann Bell said the harbour would stay closed.", later=timedelta(days=2))
    await room.poll()
    assert len(await room.titles()) == 1
    async with room.store.read() as connection:
        old = await connection.execute(select(article.c.id).where(article.c.superseded.is_not(None)))
        assert len(old.all()) == 1


async def test_many_files_come_in_over_several_polls(room: Newsroom, drop: Path) -> None:
    await follow(room, drop)
    await room.poll()
    for at in range(MAX_NEW + 5):
        put(drop, f"{at:03}.txt", f"Ann Bell said number {at}.", later=timedelta(days=1))
    await room.poll(timedelta(minutes=5))
    assert len(await room.titles()) == MAX_NEW
    await room.poll()
    assert len(await room.titles()) == MAX_NEW + 5


async def test_a_file_that_cannot_be_read_is_told_and_not_opened_again(room: Newsroom, drop: Path) -> None:
    await follow(room, drop)
    await room.poll()
    (drop / "broken.txt").write_bytes(b"caf\xe9 or not")
    await room.poll()
    assert "broken.txt" in (await room.place()).note
    await room.poll()
    assert (await room.place()).note is None


async def test_a_folder_that_is_gone_is_a_failure_and_comes_back(room: Newsroom, drop: Path) -> None:
    await follow(room, drop)
    drop.rmdir()
    await room.poll()
    place = await room.place()
    assert (place.failures, place.status) == (1, "polled")
    assert "there is no folder" in place.error
    drop.mkdir()
    await room.poll()
    assert (await room.place()).error is None
