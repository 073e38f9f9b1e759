"""Finding statements and events: the same answers on both databases."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from briefings.model import Window
from briefings.search import parse
from briefings.store import Store, events, speakers, statements
from briefings.store.fulltext import remove
from briefings.store.schema import statement
from tests.conftest import NOW
from tests.records import Happened, Said, Told, put

UTC_ZONE = ZoneInfo("UTC")

RECORD = (
    Told(
        [
            Said("Mykhailo Podolyak", "that the operation helps negotiations", venue="on Telegram", places=("Kursk",)),
            Said("Nikolai Patrushev", "that the West planned the operation"),
        ],
        outlet="Example Times",
        published=datetime(2024, 8, 14, 12, tzinfo=UTC),
    ),
    Told(
        [
            Said("Podolyak", "that a fair negotiation process comes nearer"),
            Said("[a source]", "that talks about the process were fair"),
            Said("Анна Петренко", "що перемовини тривають"),
        ],
        outlet="Sample Wire",
        published=datetime(2024, 8, 15, 12, tzinfo=UTC),
    ),
    Told([Said("Élodie Šefčovič", "that T-64 tanks aren't O'Brien's")], published=datetime(2024, 8, 10, tzinfo=UTC)),
)


async def found(store: Store, query: str) -> list[str]:
    """The words that are found, newest first."""
    async with store.read() as connection:
        page = await statements.search(connection, parse(query, NOW, UTC_ZONE), 10)
    assert page.total == len(page.statements)
    return [one.text for one in page.statements]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("negotiations", ["fair negotiation process", "helps negotiations"]),
        ("NEGOTIATION", ["fair negotiation process", "helps negotiations"]),
        ("fair process", ["were fair", "fair negotiation process"]),
        ('"fair negotiation process"', ["fair negotiation process"]),
        ('"process fair"', []),
        ("process -talks", ["fair negotiation process"]),
        ('process -"were fair"', ["fair negotiation process"]),
        ("by:Podolyak", ["fair negotiation process", "helps negotiations"]),
        ('by:"Mykhailo Podolyak"', ["helps negotiations"]),
        ("by:Podolyak by:Patrushev operation", ["the West planned", "helps negotiations"]),
        ("operation -by:Podolyak", ["the West planned"]),
        ("by:Nobody operation", []),
        ("operation -by:Nobody", ["the West planned", "helps negotiations"]),
        ("in:Kursk", ["helps negotiations"]),
        ("in:Telegram", ["helps negotiations"]),
        ('from:"Example Times"', ["the West planned", "helps negotiations"]),
        ("from:example process", []),
        ("-process since:2024-08-14", ["що перемовини тривають", "the West planned", "helps negotiations"]),
        ("since:2024-08-15 until:2024-08-15 process", ["were fair", "fair negotiation process"]),
        ("until:2024-08-14 negotiations", ["helps negotiations"]),
        ("until:2024-08-10", ["T-64"]),
        ("перемовини", ["що перемовини тривають"]),
        ("by:sefcovic", ["T-64"]),
        ("T-64", ["T-64"]),
        ("obrien", ["T-64"]),
        ("arent", ["T-64"]),
    ],
)
async def test_query_finds(store: Store, query: str, expected: list[str]) -> None:
    await put(store, *RECORD)
    texts = await found(store, query)
    assert len(texts) == len(expected)
    for part in expected:
        assert any(part in text for text in texts), f"{part!r} not in {texts}"


async def test_a_statement_is_found_by_the_rest_of_its_sentence_but_not_by_what_others_say_in_it(store: Store) -> None:
    await put(store, Told([Said("Ambassador Mohib", "that he was hopeful", "told critics of the visas")]))
    assert await found(store, "visa hopeful") == ["that he was hopeful"]
    two = [Said("moscow officials", 'it an "invasion" and', "called"), Said("they", "that nothing would change")]
    await put(store, Told(two, title="Two in one sentence"))
    assert len(await found(store, "invasion")) == 1
    async with store.read() as connection:
        page = await statements.search(connection, parse("hopeful", NOW, UTC_ZONE), 1)
    assert page.statements[0].context == "Ambassador Mohib told critics of the visas that he was hopeful."


async def test_newest_come_first_and_pages_follow(store: Store) -> None:
    for day in (3, 1, 2):
        await put(store, Told([Said("A B", f"word number {day}")], published=datetime(2024, 8, day, tzinfo=UTC)))
    async with store.read() as connection:
        first = await statements.search(connection, parse("word", NOW, UTC_ZONE), 2)
        second = await statements.search(connection, parse("word", NOW, UTC_ZONE), 2, 2)
    assert [one.text[-1] for one in (*first.statements, *second.statements)] == ["3", "2", "1"]
    assert (first.total, first.more) == (3, False)


async def test_counting_stops_at_the_limit(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(statements, "MAX_COUNTED", 4)
    statements._page.cache_clear()
    await put(store, Told([Said("A B", f"word {number}") for number in range(6)]))
    async with store.read() as connection:
        page = await statements.search(connection, parse("word", NOW, UTC_ZONE), 2)
    statements._page.cache_clear()
    assert (page.total, page.more, len(page.statements)) == (4, True, 2)


async def test_a_common_word_does_not_read_all_its_hits(store: Store) -> None:
    """The plan walks the key, newest first, and stops: no sort, and no list of all hits."""
    from sqlalchemy import text

    from briefings.store import fulltext

    many = [Said("A B", f"word {number}") for number in range(40)]
    start = datetime(2024, 7, 1, tzinfo=UTC)
    for number in range(40):
        await put(store, Told(many, title=str(number), published=start + timedelta(hours=number)))
    async with store.write() as connection:
        await connection.execute(text("ANALYZE"))
    async with store.read() as connection:
        query = fulltext.search(store.dialect, parse("word", NOW, UTC_ZONE), [])
        hits = fulltext.hits(store.dialect, statement).limit(5)
        compiled = str(hits.compile(dialect=connection.dialect, compile_kwargs={"literal_binds": False}))
        parameters = hits.compile(dialect=connection.dialect).params | query.parameters()
        explain = "EXPLAIN QUERY PLAN " if store.dialect == "sqlite" else "EXPLAIN "
        if store.dialect == "sqlite":
            values = tuple(parameters[name] for name in hits.compile(dialect=connection.dialect).positiontup)
            rows = await connection.exec_driver_sql(explain + compiled, values)
            plan = " ".join(row.detail for row in rows)
            assert "TEMP B-TREE" not in plan
        else:
            rows = await connection.exec_driver_sql(explain + compiled, parameters)
            plan = " ".join(row[0] for row in rows)
            assert "Sort" not in plan
            assert "Index Scan Backward" in plan


async def test_what_is_removed_is_not_found(store: Store) -> None:
    await put(store, Told([Said("A B", "word one"), Said("A B", "word two")]))
    async with store.write() as connection:
        page = await statements.search(connection, parse("one", NOW, UTC_ZONE), 5)
        await remove(connection, statement, [page.statements[0].id])
    assert await found(store, "one") == []
    assert len(await found(store, "word")) == 1


async def test_events_come_by_when_they_happened(store: Store) -> None:
    await put(
        store,
        Told(
            happened=[
                Happened("Troops crossed the border.", day=date(2024, 8, 6), where=("Kursk",)),
                Happened("Troops took a town.", day=date(2024, 8, 3)),
                Happened("Troops are said to have gone."),
            ]
        ),
    )
    async with store.read() as connection:
        all_events, total = await events.search(connection, parse("troops", NOW, UTC_ZONE), 10)
        in_kursk, _ = await events.search(connection, parse("in:Kursk", NOW, UTC_ZONE), 10)
        on_day, _ = await events.search(
            connection, parse("since:2024-08-06 until:2024-08-06", NOW, ZoneInfo("America/New_York")), 10
        )
    # The undated one stands with its article, on the 14th.
    assert [one.text.split()[-1] for one in all_events] == ["gone.", "border.", "town."]
    assert total == 3
    assert [one.text for one in in_kursk] == ["Troops crossed the border."] == [one.text for one in on_day]


async def test_window_and_query_narrow_a_briefing(store: Store) -> None:
    await put(store, *RECORD)
    window = Window(datetime(2024, 8, 14, tzinfo=UTC), datetime(2024, 8, 15, tzinfo=UTC))
    async with store.read() as connection:
        everything = await statements.within(connection, window, None, 50)
        narrowed = await statements.within(connection, window, parse("by:Patrushev", NOW, UTC_ZONE), 50)
    assert len(everything) == 2
    assert [one.speaker and one.speaker.name for one in narrowed] == ["Nikolai Patrushev"]


async def test_spellings_of_a_name_are_one_speaker(store: Store) -> None:
    await put(store, Told([Said("Volodymyr Zelensky", "one")]), Told([Said("Volodymyr Zelenskyy", "two")], title="B"))
    assert len(await found(store, "by:Zelensky")) == 2
    assert len(await found(store, "by:Zelenskyy")) == 2
    async with store.read() as connection:
        [(profile, count)] = await speakers.profiles(connection, await speakers.named(connection, ["zelenski"]))
    assert (profile.name, profile.aliases, count) == ("Volodymyr Zelensky", ("Volodymyr Zelenskyy",), 2)
