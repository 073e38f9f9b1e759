"""What is older than the record is kept goes, with all that was found in it, and nothing else does."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select

from briefings.search import parse
from briefings.store import Store, articles, events, statements
from briefings.store.retention import Tidied, tidy
from briefings.store.schema import article, source, speaker, statement
from briefings.store.verify import verify
from tests.conftest import NOW
from tests.records import Happened, Said, Told, put


def told(number: int, published: datetime) -> Told:
    said = [Said("Ann Bell", f"that talk {number} began"), Said(f"Speaker{number} Xu", "that it rained")]
    return Told(said, [Happened("Talks were held.", day=date(2024, 8, 1))], title=str(number), published=published)


async def titles(store: Store) -> list[str]:
    async with store.read() as connection:
        assert (await verify(connection)).mismatches == []
        return sorted(await articles.titles(connection, 1000))


async def test_old_articles_go_with_all_that_was_found_in_them(store: Store) -> None:
    edge = NOW - timedelta(days=30)
    ages = [edge - timedelta(days=300), edge - timedelta(microseconds=1), edge, NOW, NOW + timedelta(days=2)]
    await put(store, *(told(number, published) for number, published in enumerate(ages)))
    assert await tidy(store, NOW, 30) == Tidied(edge, 2)
    assert await titles(store) == ["2", "3", "4"]
    assert await tidy(store, NOW, 30) == Tidied(edge, 0)
    async with store.read() as connection:
        for query, hits in (("talk", 3), ("by:Bell", 3), ("by:Speaker0", 0), ("by:Speaker2", 1)):
            page = await statements.search(connection, parse(query, NOW, ZoneInfo("UTC")), 9)
            assert page.total == hits, query
        assert (await events.search(connection, parse("talks", NOW, ZoneInfo("UTC")), 9))[1] == 3
        assert await connection.scalar(select(func.count()).select_from(source)) == 1
        assert await connection.scalar(select(func.count()).select_from(speaker)) == 6


async def test_all_is_kept_where_no_age_is_set(store: Store) -> None:
    await put(store, told(0, datetime(1900, 1, 1, tzinfo=UTC)))
    assert await tidy(store, NOW, 0) == Tidied(None, 0)
    assert await titles(store) == ["0"]


async def test_a_record_may_go_as_a_whole(store: Store) -> None:
    await put(store, *(told(number, NOW - timedelta(days=9)) for number in range(3)))
    assert (await tidy(store, NOW, 1)).articles == 3
    assert await titles(store) == []
    await put(store, told(4, NOW))
    assert await titles(store) == ["4"]


async def test_others_write_between_the_parts(sqlite_template: Path, tmp_path: Path) -> None:
    """On SQLite, where whoever waits must find the lock free at the moment of looking."""
    path = tmp_path / "busy.db"
    path.write_bytes(sqlite_template.read_bytes())
    steps: list[int] = []
    async with Store(f"sqlite:///{path}") as store, Store(f"sqlite:///{path}", busy_seconds=1) as other:
        await put(store, *(told(number, NOW - timedelta(days=9)) for number in range(12)))
        working = asyncio.ensure_future(tidy(store, NOW, 1, batch=3, advance=steps.append))
        for number in range(100, 104):
            await put(other, told(number, NOW))
        assert (await working).articles == 12
    assert steps == [3, 3, 3, 3]
    async with Store(f"sqlite:///{path}") as store:
        assert await titles(store) == ["100", "101", "102", "103"]


async def test_what_stops_half_way_leaves_whole_articles(store: Store) -> None:
    await put(store, *(told(number, NOW - timedelta(days=9 + number)) for number in range(5)))

    def stop(_: int) -> None:
        raise RuntimeError

    with pytest.raises(RuntimeError):
        await tidy(store, NOW, 1, batch=2, pause=0, advance=stop)
    assert await titles(store) == ["0", "1", "2"]  # the oldest went first
    async with store.read() as connection:
        assert await connection.scalar(select(func.count()).select_from(statement)) == 6
        assert await connection.scalar(select(func.max(article.c.id))) == 3
