"""The record read again: what stays keeps its id, what is new and what is gone are so for every search."""

from __future__ import annotations

import asyncio
import shutil
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select, update

from briefings import reextract
from briefings.errors import StoreError
from briefings.extract.base import Attribution, Extraction, Happening, Passage
from briefings.ingest import Ingest
from briefings.model import Act, EventType, Kind, Precision, Span, When
from briefings.reextract import Reextract, Report
from briefings.search import parse
from briefings.store import Store, corrections, events, fulltext, statements
from briefings.store.keeping import Change, same
from briefings.store.schema import article, event, speaker, statement
from briefings.store.verify import verify
from tests.conftest import NOW
from tests.fakes.extractor import Fake, sentences
from tests.sources.payloads import payload
from tests.test_ingest import line, lines

ZONE = ZoneInfo("Europe/Kyiv")
TEXT = "Ann Bell said it rained. Troops fled at dawn. Bo Ash warned of snow. Cy Elm said it shone."


async def take(store: Store, extractor: Fake, *texts: str) -> None:
    body = lines(*(line(text=text) for text in texts))
    report = await Ingest(store, extractor, ZONE, NOW).take(payload(body, "in.jsonl"))
    assert report.added == len(texts)


async def again(store: Store, extractor: Any, *, everything: bool = False) -> Report:
    report = await Reextract(store, extractor, ZONE).run(everything=everything)
    async with store.read() as connection:
        assert (await verify(connection)).mismatches == []
    return report


async def ids(store: Store) -> dict[str, int]:
    """The ids of all statements and events, by their words."""
    async with store.read() as connection:
        said = await connection.execute(select(statement.c.text, statement.c.id).order_by(statement.c.id.desc()))
        return {row.text: row.id for row in [*said, *await connection.execute(select(event.c.text, event.c.id))]}


async def found(store: Store, query: str) -> list[str]:
    async with store.read() as connection:
        page = await statements.search(connection, parse(query, NOW, ZONE), 50)
    return [f"{one.speaker.name if one.speaker else '-'}: {one.text}" for one in page.statements]


async def happened(store: Store, query: str) -> list[str]:
    async with store.read() as connection:
        return [one.text for one in (await events.search(connection, parse(query, NOW, ZONE), 50))[0]]


def newer(find: Callable[[str], Extraction]) -> Fake:
    return Fake(find, "fake-2")


def only(content: Sequence[Span], **more: Any) -> Attribution:
    return Attribution(content=tuple(content), kind=Kind.DIRECT, **more)


# What changes, and what does not


async def test_what_is_still_found_keeps_its_id_and_the_rest_comes_and_goes(store: Store) -> None:
    await take(store, Fake(), TEXT)
    before = await ids(store)
    assert list(before) == ["it rained", "it shone", "Troops fled at dawn."]

    def find(text: str) -> Extraction:
        more = sentences(text, "said|warned", Act.CLAIMS)
        return replace(more, attributions=more.attributions[:2], happenings=())

    report = await again(store, newer(find))
    assert report == Report(1, Change(1, 1, 1), Change(0, 0, 1))
    after = await ids(store)
    assert after.keys() == {"it rained", "of snow"}
    assert after["it rained"] == before["it rained"]
    assert after["of snow"] not in before.values()
    assert await found(store, "rained") == ["Ann Bell: it rained"]
    assert await found(store, "snow") == ["Bo Ash: of snow"] == await found(store, "by:Ash")
    assert await found(store, "shone") == [] == await happened(store, "troops")
    async with store.read() as connection:
        assert set(await connection.scalars(select(statement.c.act))) == {"claims"}
        # Speakers whom no statement mentions any more stay.
        assert set(await connection.scalars(select(speaker.c.name))) == {"Ann Bell", "Bo Ash", "Cy Elm"}


async def test_each_article_is_read_once_by_each_extractor(store: Store) -> None:
    await take(store, Fake(), TEXT, "Bo Ash said no.")
    work = Reextract(store, newer(sentences), ZONE)
    assert (await work.pending(), await work.pending(everything=True)) == (2, 2)
    assert await again(store, work.extractor) == Report(2, Change(3, 0, 0), Change(1, 0, 0))
    assert (await work.pending(), await work.pending(everything=True)) == (0, 2)
    assert await again(store, work.extractor) == Report()
    before = await ids(store)
    assert (await again(store, work.extractor, everything=True)).articles == 2
    assert await ids(store) == before


async def test_a_line_may_change_all_but_its_words(store: Store) -> None:
    await take(store, Fake(), TEXT)
    before = await ids(store)

    def find(text: str) -> Extraction:
        one, other = sentences(text).attributions
        return Extraction((replace(one, speaker="Ann", role="Bell"), replace(other, speaker=None, cue=())))

    assert (await again(store, newer(find))).statements == Change(2, 0, 0)
    assert {**before, **await ids(store)} == before
    assert await found(store, "by:Ann rained") == ["Ann: it rained"]
    assert await found(store, "by:Elm") == []
    assert await found(store, "shone") == ["-: it shone"]


@pytest.mark.parametrize(
    ("content", "kept"),
    [
        ([(14, 23)], True),
        ([(14, 16)], True),
        ([(14, 16), (20, 22)], True),
        ([(14, 45)], True),
        ([(17, 23)], False),
        ([(9, 23)], False),
    ],
)
async def test_words_that_begin_where_the_old_ones_did_keep_the_id(
    store: Store, content: list[Span], kept: bool
) -> None:
    await take(store, Fake(), TEXT)
    before = set((await ids(store)).values())
    attributions = (only(content),)
    assert (await again(store, newer(lambda _: Extraction(attributions)))).statements.kept == kept
    (id,) = (await ids(store)).values()
    assert (id in before) == kept


async def test_lines_of_the_same_words_keep_their_own_ids(store: Store) -> None:
    text = "Ann Bell and Bo Ash said it rained."
    both = [only([(25, 34)], source=((0, 8),), role="Ann"), only([(25, 34)], source=((13, 19),), role="Bo")]
    await take(store, Fake(lambda _: Extraction(tuple(both))), text)

    async def roles() -> dict[str, int]:
        async with store.read() as connection:
            return {row.role: row.id for row in await connection.execute(select(statement))}

    before = await roles()
    assert (await again(store, newer(lambda _: Extraction(tuple(both[::-1]))))).statements == Change(2, 0, 0)
    assert await roles() == before
    assert (await again(store, Fake(lambda _: Extraction((both[1],)), "fake-3"))).statements == Change(1, 0, 1)
    assert await roles() == {"Bo": before["Bo"]}


async def test_a_new_line_takes_nobodys_id(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Even where all want the same, and one that had it goes."""
    monkeypatch.setattr(statements, "time_ordered", lambda *_: (5 << 40) + 1_000)
    await take(store, Fake(), TEXT, "Cy Elm said no.")
    before = await ids(store)

    def find(text: str) -> Extraction:
        return Extraction(sentences(text, "said|warned").attributions[1:])

    report = await again(store, newer(find))
    assert report.statements == Change(1, 1, 2)
    after = await ids(store)
    assert after["it shone"] == before["it shone"]
    assert after["of snow"] not in before.values()


async def test_events_keep_their_ids_unless_their_day_changes(store: Store) -> None:
    def dated(day: date | None, type: EventType) -> Callable[[str], Extraction]:
        when = When("at dawn", day, day, Precision.DAY) if day else None
        return lambda _: Extraction((), (Happening((25, 45), type, when=when),))

    (first, second) = (date(2024, 8, 10), date(2024, 8, 12))
    await take(store, Fake(dated(first, EventType.FIGHT)), TEXT)
    before = await ids(store)
    assert (await again(store, newer(dated(first, EventType.RETREAT)))).events == Change(1, 0, 0)
    assert await ids(store) == before
    assert (await again(store, Fake(dated(second, EventType.RETREAT), "fake-3"))).events == Change(0, 1, 1)
    for day in (first, second):
        expected = ["Troops fled at dawn."] if day is second else []
        assert await happened(store, f"since:{day} until:{day}") == expected


async def test_a_merge_outlasts_a_new_reading(store: Store) -> None:
    await take(store, Fake(), "Ann Bell said it rained.", "A Bell said it snowed. A Bell warned us.")
    await store.write_again(lambda connection: corrections.merge(connection, "A Bell", "Ann Bell", NOW))
    report = await again(store, newer(lambda text: sentences(text, "said|warned")))
    assert report.statements == Change(2, 1, 0)
    assert sorted(await found(store, "by:Ann")) == ["Ann Bell: it rained", "Ann Bell: it snowed", "Ann Bell: us"]


async def test_a_rename_outlasts_a_new_reading(store: Store) -> None:
    await take(store, Fake(), TEXT)
    await store.write_again(lambda connection: corrections.rename(connection, "Ann Bell", "Dame Carter", NOW))
    await again(store, newer(sentences))
    assert await found(store, "by:Carter") == ["Dame Carter: it rained"] == await found(store, "by:Bell")


async def test_a_language_that_it_does_not_read_is_noted(store: Store) -> None:
    await take(store, Fake(), TEXT)
    report = await again(store, newer(lambda _: Extraction(language="uk")))
    assert (report.unread, report.statements, report.events) == ({"uk": 1}, Change(0, 0, 2), Change(0, 0, 1))
    async with store.read() as connection:
        assert await connection.scalar(select(article.c.language)) == "uk"


async def test_the_extractor_is_told_title_and_day(sqlite_store: Store) -> None:
    given = lines(line(title="T", published="2024-08-13T23:30:00Z"), line(text="No.", published="2024-08-13"))
    await Ingest(sqlite_store, Fake(), ZONE, NOW).take(payload(given, "in.jsonl"))
    seen: list[Passage] = []

    class Watching:
        name = "watching"

        def extract(self, passages: Sequence[Passage]) -> list[Extraction]:
            seen.extend(passages)
            return [Extraction()] * len(passages)

    await again(sqlite_store, Watching())
    assert [(one.title, one.published) for one in seen] == [("T", date(2024, 8, 14)), ("No.", date(2024, 8, 13))]


WORDS = "Ann Bell said that it rained and that snow fell in Kursk before dawn broke over the hills of home"
ENDS = st.lists(st.integers(0, len(WORDS)), min_size=2, max_size=6, unique=True).map(sorted)
FOUND = st.lists(ENDS.map(lambda ends: tuple(zip(ends[::2], ends[1::2], strict=False))), max_size=6)


@settings(max_examples=25)
@given(first=FOUND, second=FOUND)
def test_whatever_two_versions_find_the_same_words_keep_their_id(
    sqlite_template: Path,
    tmp_path_factory: pytest.TempPathFactory,
    first: list[tuple[Span, ...]],
    second: list[tuple[Span, ...]],
) -> None:
    path = tmp_path_factory.mktemp("again") / "again.db"
    shutil.copy(sqlite_template, path)

    async def spans(store: Store) -> dict[int, str]:
        async with store.read() as connection:
            rows = await connection.execute(select(statement.c.id, statement.c.spans))
            return {row.id: str(row.spans) for row in rows}

    def reader(found: list[tuple[Span, ...]], name: str) -> Fake:
        return Fake(lambda _: Extraction(tuple(map(only, found))), name)

    async def run() -> None:
        async with Store(f"sqlite:///{path}") as store:
            await take(store, reader(first, "fake-1"), WORDS)
            before = await spans(store)
            change = (await again(store, reader(second, "fake-2"))).statements
            after = await spans(store)
            assert (len(before), len(after)) == (len(first), len(second))
            assert change.kept == len(before.keys() & after.keys())
            assert (change.kept + change.added, change.kept + change.removed) == (len(after), len(before))
            staying = Counter(before.values()) & Counter(after.values())
            same = Counter(words for id, words in before.items() if after.get(id) == words)
            assert same == staying

    asyncio.run(run())


# Whole or not at all


@pytest.mark.parametrize("table", ["statements", "events"])
@pytest.mark.parametrize("error", [StoreError("the disk is full"), RuntimeError("a fault"), asyncio.CancelledError()])
async def test_an_interrupted_run_leaves_whole_articles_and_the_next_reads_the_rest(
    store: Store, monkeypatch: pytest.MonkeyPatch, table: str, error: BaseException
) -> None:
    await take(store, Fake(), *(f"{TEXT} Dee Fir warned of {at}." for at in range(5)))
    extractor = newer(lambda text: sentences(text, "warned"))
    module = getattr(reextract, table)
    replace_all, calls = module.replace, []

    async def failing(*arguments: Any) -> Change:
        calls.append(arguments)
        changed: Change = await replace_all(*arguments)
        if len(calls) == 3:
            raise error
        return changed

    async def read() -> tuple[int, int]:
        """How many articles each extractor has read; checks that what they say is that extractor's."""
        async with store.read() as connection:
            assert (await verify(connection)).mismatches == []
            rows = await connection.execute(
                select(article.c.extractor, statement.c.cue_text).join(
                    statement, statement.c.article_id == article.c.id
                )
            )
            assert {tuple(row) for row in rows} <= {("fake-1", "said"), ("fake-2", "warned")}
            names = list(await connection.scalars(select(article.c.extractor)))
        return names.count("fake-1"), names.count("fake-2")

    monkeypatch.setattr(module, "replace", failing)
    with pytest.raises(type(error)):
        await Reextract(store, extractor, ZONE).run()
    monkeypatch.undo()
    assert await read() == (3, 2)
    assert (await again(store, extractor)).articles == 3
    assert await read() == (0, 5)


async def test_two_runs_at_once_read_each_article_once(store: Store) -> None:
    await take(store, Fake(), *(f"{TEXT} And {at}." for at in range(20)))
    extractor = newer(lambda text: sentences(text, "said|warned"))
    reports = await asyncio.gather(again(store, extractor), again(store, extractor))
    assert sum(report.articles for report in reports) == 20
    total = reports[0].statements + reports[1].statements
    assert total == Change(40, 20, 0)


async def test_an_article_that_is_removed_meanwhile_stays_removed(store: Store) -> None:
    await take(store, Fake(), TEXT)

    class Slow:
        name = "slow"

        def extract(self, passages: Sequence[Passage]) -> list[Extraction]:
            asyncio.run_coroutine_threadsafe(remove(), loop).result()
            return [sentences(passage.text) for passage in passages]

    async def remove() -> None:
        async with store.write() as connection:
            for noun in (statement, event):
                await fulltext.remove(connection, noun, list((await ids(store)).values()))
                await connection.execute(delete(noun))
            await connection.execute(delete(article))

    loop = asyncio.get_running_loop()
    assert await again(store, Slow()) == Report()
    assert await ids(store) == {}


async def test_reading_again_mends_what_was_damaged(store: Store) -> None:
    await take(store, Fake(), TEXT)
    for spans in ({"not": "spans"}, [], [["a", None]]):
        async with store.write() as connection:
            await connection.execute(update(statement).values(spans=spans))
            await connection.execute(update(event).values(span=spans))
        assert (await again(store, Fake(), everything=True)).statements == Change(0, 2, 2)
    assert await found(store, "rained") == ["Ann Bell: it rained"]


async def test_progress_is_told_after_each_batch(sqlite_store: Store) -> None:
    await take(sqlite_store, Fake(), *(f"Talk {at}." for at in range(35)))
    told: list[int] = []
    await Reextract(sqlite_store, newer(sentences), ZONE).run(advance=told.append)
    assert told == [16, 16, 3]


# Which rows are the same


SIGNS = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 2)), max_size=8)


@given(SIGNS, SIGNS)
def test_no_row_stands_for_two_and_none_that_could_stand_is_left(
    before: list[tuple[int, int]], now: list[tuple[int, int]]
) -> None:
    matched = same(before, now)
    assert len(set(matched.values())) == len(matched)
    assert all(before[was][0] == now[at][0] or before[was][1] == now[at][1] for at, was in matched.items())
    left_before = {before[at][1] for at in range(len(before)) if at not in matched.values()}
    left_now = {now[at][1] for at in range(len(now)) if at not in matched}
    assert not left_before & left_now


@given(SIGNS)
def test_rows_are_the_same_as_themselves(rows: list[tuple[int, int]]) -> None:
    assert same(rows, rows) == {at: at for at in range(len(rows))}
