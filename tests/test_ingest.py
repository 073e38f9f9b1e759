"""One source, one pass: whole articles or nothing, whatever is in them, on both databases."""

from __future__ import annotations

import asyncio
import json
import shutil
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from bot.app import App
from briefings import extract, filing
from briefings.errors import StoreError, Unreadable
from briefings.extract.base import Attribution, Extraction, Happening, Passage
from briefings.ingest import Ingest
from briefings.model import Act, EventType, Kind, Precision
from briefings.report import Report
from briefings.sources import Defaults
from briefings.sources.normal import MAX_OUTLET, MAX_TITLE, at_noon
from briefings.sources.open import open_payload
from briefings.store import Store, sources
from briefings.store.schema import article, event, source, statement
from briefings.store.verify import verify
from config.settings import Settings
from tests.conftest import NOW
from tests.fakes.extractor import Fake, sentences
from tests.fakes.web import Web
from tests.sources.payloads import KNOWN, NOTHING, payload

ZONE = ZoneInfo("Europe/Kyiv")


def line(**fields: object) -> str:
    given = {"text": "Ann Smith said that talks had begun. Bo Ash said no.", "published": "2024-08-14"}
    return json.dumps(given | {"outlet": "O"} | fields)


def lines(*texts: str) -> bytes:
    return "".join(f"{text}\n" for text in texts).encode()


def ingest_into(store: Store, extractor: Any = None) -> Ingest:
    return Ingest(store, extractor or Fake(), ZONE, NOW)


async def take(store: Store, body: bytes, address: str = "in.jsonl", defaults: Defaults = NOTHING) -> Report:
    return await ingest_into(store).take(payload(body, address), defaults)


async def counted(store: Store) -> dict[str, int]:
    tables = (article, statement, event, source)
    async with store.read() as connection:
        counts = [await connection.scalar(select(func.count()).select_from(table)) for table in tables]
        assert (await verify(connection)).mismatches == []
    return {table.name: count or 0 for table, count in zip(tables, counts, strict=True)}


# What an article may hold

EVIL = [
    (line(text="A \ud800 b. He said \ud83dno.", title="\ud800", outlet="O\udfff", id="\ud800", byline="\ud800"), None),
    (line(text='a\0b. "No," said Ann\0 Smith.', title="x\0y", outlet="O\0", url="http://x.test/\0", id="\0"), None),
    (line(text="\u202eHe said \u2066no\u2069.\u202c", title="\u202e", outlet="\u202eO"), None),
    (
        line(
            title="t " * 500_000,
            outlet="o " * 500_000,
            id="9" * 100_000,
            byline="b" * 9999,
            url="http://x/" + "a" * 9999,
        ),
        None,
    ),
    (line(id=10**400, text="Long number."), None),
    ('{"text": "x", "published": "2024-08-14", "outlet": "O", "id": ' + "9" * 5000 + "}", "too long"),
    (line(id=1e300), '"id" must be a string'),
    ('{"text": "Fine otherwise.", "published": "2024-08-14", "outlet": "O", "more": [1e999, NaN]}', None),
    (line(published=10**40), '"published" must be a string'),
    ("[" * 100_000, "nested too deep"),
    ('{"text": "x", "a":' + '{"a":' * 100_000, "nested too deep"),
    (line(text="One by this id.", id="same"), None),
    (line(text="Another by this id.", id="same"), None),
    (line(published="0001-01-01"), "before 1700"),
    (line(published="0001-01-01T00:00:00+12:00"), "out of range"),
    (line(published="9999-12-31"), "in the future"),
    (line(published="9999-12-31T23:59:59-12:00"), "out of range"),
    (line(published="2199-01-01"), "in the future"),
    (line(text="\0\ud800\u200b"), "no text"),
    (line(text="He said. " * 20_000, title="Long"), None),
]


async def test_nothing_that_json_may_hold_breaks_it(store: Store) -> None:
    report = await take(store, lines(*(text for text, _ in EVIL)))
    wanted = {f"line {at}": reason for at, (_, reason) in enumerate(EVIL, 1) if reason}
    assert [refused.where for refused in report.refused] == list(wanted)
    for refused in report.refused:
        assert wanted[refused.where] in refused.reason
        assert len(str(refused)) < 200
    assert report.added == len(EVIL) - len(wanted)
    assert (await counted(store))["article"] == report.added
    async with store.read() as connection:
        rows = list(await connection.execute(select(article)))
    for row in rows:
        kept = f"{row.text}{row.title}{row.outlet}{row.byline}{row.url}{row.external_id}"
        assert not set(kept) & set("\0\ud800\udfff\u202e\u2066")
        assert len(row.title) <= MAX_TITLE
        assert len(row.outlet) <= MAX_OUTLET


async def test_no_question_breaks_it(store: Store, tmp_path: Path) -> None:
    await take(store, lines(line()))
    app = App(Settings(_env_file=None), store, lambda: NOW)
    odd = ("\0", "\ud800", "a\0b", "\u202ex", "x" * 480, "'", "%", "\\", "*", "(", "{", "NEAR/2", "a:b:c")
    for word in odd:
        for command in ("who-said", "briefing", "timeline", "speaker", "sources"):
            for field in ("", "by:", "in:", "from:"):
                assert (await app.answer(f"/{command} {field}{word}")).data
    assert "error" in (await app.answer("\0\ud800")).data


async def test_an_alias_of_the_date(store: Store) -> None:
    body = lines(json.dumps({"text": "He said no.", "outlet": "O", "date_publish": "2024-08-14 10:00:00"}))
    assert (await take(store, body)).added == 1
    async with store.read() as connection:
        assert await connection.scalar(select(article.c.published)) == datetime(2024, 8, 14, 10, tzinfo=UTC)


# Whole or not at all


async def test_a_second_pass_adds_nothing(store: Store) -> None:
    body = lines(line(), line(text="Bob Jones said yes."), line())
    first = await take(store, body)
    assert (first.added, first.known) == (2, 1)
    assert first.statements >= 2
    before = await counted(store)
    again = await take(store, body)
    assert (again.added, again.known, again.statements) == (0, 3, 0)
    assert await counted(store) == before
    elsewhere = await take(store, body, "other.jsonl")
    assert (elsewhere.added, elsewhere.known) == (0, 3)


async def test_two_passes_at_once_store_each_article_once(store: Store) -> None:
    body = lines(*(line(text=f"Ann Smith said that talk {at} had begun.") for at in range(20)))
    reports = await asyncio.gather(*(take(store, body, f"{at}.jsonl") for at in range(3)))
    assert sum(report.added for report in reports) == 20
    assert sum(report.known for report in reports) == 40
    assert (await counted(store))["article"] == 20


@pytest.mark.parametrize("table", ["statements", "events"])
@pytest.mark.parametrize("error", [StoreError("the disk is full"), RuntimeError("a fault"), asyncio.CancelledError()])
async def test_a_fault_in_the_middle_of_an_article_leaves_none_of_it(
    store: Store, monkeypatch: pytest.MonkeyPatch, table: str, error: BaseException
) -> None:
    body = lines(*(line(text=f"Ann Smith said that talk {at} had begun in Kyiv.") for at in range(5)))
    module = getattr(filing, table)
    add, calls = module.add, []

    async def failing(*arguments: Any) -> int:
        calls.append(arguments)
        written = await add(*arguments)
        if len(calls) == 3:
            raise error
        return written

    monkeypatch.setattr(module, "add", failing)
    with pytest.raises(type(error)):
        await take(store, body)
    monkeypatch.undo()
    assert await counted(store) == {"article": 2, "statement": 2, "event": 0, "source": 1}
    report = await take(store, body)
    assert (report.added, report.known) == (3, 2)


async def test_a_fault_of_the_extractor_stores_nothing_of_its_batch(sqlite_store: Store) -> None:
    class Broken:
        name = "broken"

        def extract(self, passages: Sequence[Passage]) -> list[Extraction]:
            raise MemoryError

    with pytest.raises(MemoryError):
        await ingest_into(sqlite_store, Broken()).take(payload(lines(line()), "in.jsonl"))
    assert (await counted(sqlite_store))["article"] == 0


async def test_a_stop_half_way_keeps_what_was_whole(sqlite_store: Store) -> None:
    body = lines(*(line(text=f"Ann Smith said that talk {at} had begun.") for at in range(40)))
    given = payload(body, "in.jsonl")
    read = given.stream.readline
    count = 0

    class Stream:
        def __getattr__(self, name: str) -> Any:
            return getattr(given.stream, name)

        def readline(self, limit: int) -> bytes:
            nonlocal count
            count += 1
            if count == 35:
                raise Unreadable("the disk is gone")
            return read(limit)

    with pytest.raises(Unreadable, match="the disk is gone"):
        await ingest_into(sqlite_store).take(replace(given, stream=Stream()))  # type: ignore[arg-type]
    assert (await counted(sqlite_store))["article"] == 32
    async with sqlite_store.read() as connection:
        (state,) = await sources.states(connection)
    assert state.error == "the disk is gone"


# Sources


async def test_what_never_gave_an_article_is_no_source(sqlite_store: Store) -> None:
    report = await take(sqlite_store, b"Words without a date.", "a.txt", Defaults(outlet="O"))
    assert [str(refused) for refused in report.refused] == ["no date of publication; give one with --date 2024-08-14"]
    for body in (b"", b"\x89PNG\r\n"):
        with pytest.raises(Unreadable):
            await take(sqlite_store, body, "a.txt")
    assert await counted(sqlite_store) == {"article": 0, "statement": 0, "event": 0, "source": 0}


async def test_a_source_that_fails_later_says_so_until_it_works_again(store: Store) -> None:
    async def error() -> str | None:
        async with store.read() as connection:
            (state,) = await sources.states(connection)
        assert state.read == NOW
        return state.error

    await take(store, lines(line()))
    assert await error() is None
    with pytest.raises(Unreadable):
        await take(store, b"")
    assert "is empty" in (await error() or "")
    await take(store, lines(line()))
    assert await error() is None


@pytest.mark.parametrize(
    ("place", "body", "name"),
    [
        ("-", lines(line()), "standard input"),
        ("folder/in.jsonl", lines(line()), "in.jsonl"),
        ("caf\udce9.jsonl", lines(line()), "caf?.jsonl"),
        ("https://x.test/?key=secret", lines(line()), "O"),
    ],
)
async def test_what_a_source_is_called(store: Store, place: str, body: bytes, name: str) -> None:
    await take(store, body, place)
    async with store.read() as connection:
        (state,) = await sources.states(connection)
    assert state.name == name


async def test_progress_is_told_after_each_batch(sqlite_store: Store) -> None:
    body = lines(*(line(text=f"Talk {at}.") for at in range(40)))
    told: list[tuple[int, int]] = []
    given = replace(payload(body, "in.jsonl"), size=len(body))
    await ingest_into(sqlite_store).take(given, advance=lambda done, total: told.append((done, total)))
    assert len(told) == 3
    assert told[-1][0] == len(body)


# Days


async def test_a_day_alone_is_noon_utc(store: Store) -> None:
    await take(store, lines(line()))
    await take(store, b"Ann Smith said no.", "a.txt", KNOWN)
    async with store.read() as connection:
        rows = list(await connection.execute(select(article.c.published, article.c.published_precision)))
    assert rows == [(datetime(2024, 8, 14, 12, tzinfo=UTC), Precision.DAY)] * 2


def test_noon_utc_is_the_same_day_nearly_everywhere() -> None:
    day = date(2024, 8, 14)
    for hours in range(-12, 12):
        assert at_noon(day).astimezone(timezone(timedelta(hours=hours))).date() == day


@pytest.mark.parametrize(
    ("published", "day"),
    [("2024-08-13T23:30:00Z", date(2024, 8, 14)), ("2024-08-13", date(2024, 8, 13)), ("1700-01-01", date(1700, 1, 1))],
)
async def test_the_day_that_the_extractor_counts_from(sqlite_store: Store, published: str, day: date) -> None:
    seen: list[Passage] = []

    class Watching:
        name = "watching"

        def extract(self, passages: Sequence[Passage]) -> list[Extraction]:
            seen.extend(passages)
            return [Extraction()] * len(passages)

    await ingest_into(sqlite_store, Watching()).take(payload(lines(line(published=published)), "in.jsonl"))
    assert [passage.published for passage in seen] == [day]


# Reports, and the whole way from an address


async def test_from_an_address_to_the_record(sqlite_store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extract, "load", Fake)
    body = b"""<rss version="2.0"><channel><title>The Wire</title><item><title>T</title>
    <link>https://w.test/1</link><pubDate>Wed, 14 Aug 2024 10:00:00 GMT</pubDate>
    <description>Ann Smith said that talks had begun.</description></item>
    <item><title>T</title><pubDate>Wed, 14 Aug 2024</pubDate><description>Bob Jones said no.</description></item>
    <item><title>No date</title><description>Ann Smith said no.</description></item></channel></rss>"""
    with Web() as web:
        url = web.route("/feed", body=body, headers={"Content-Type": "application/rss+xml"})
        app = App(Settings(_env_file=None, fetch_allow="127.0.0.1"), sqlite_store, lambda: NOW)
        report = await app.ingest(url)
    assert (report.added, report.statements) == (2, 2)
    assert [str(refused) for refused in report.refused] == [
        "entry 3: no date of publication; give one with --date 2024-08-14"
    ]
    async with sqlite_store.read() as connection:
        (state,) = await sources.states(connection)
        days = list(await connection.execute(select(article.c.published, article.c.published_precision)))
    assert (state.name, state.kind, state.address, state.articles) == ("The Wire", "feed", url, 2)
    assert sorted(days) == [
        (datetime(2024, 8, 14, 10, tzinfo=UTC), Precision.MINUTE),
        (datetime(2024, 8, 14, 12, tzinfo=UTC), Precision.DAY),
    ]


async def test_a_closed_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", None)
    with pytest.raises(Unreadable, match="standard input is closed"):
        async with open_payload("-"):
            pass


class Found:
    """An extractor that finds the given things in every article."""

    name = "found"

    def __init__(self, extraction: Extraction) -> None:
        self.extraction = extraction

    def extract(self, passages: Sequence[Passage]) -> list[Extraction]:
        return [self.extraction] * len(passages)


async def test_that_somebody_said_so_is_a_statement_and_no_event(sqlite_store: Store) -> None:
    text = "Moscow rejected the plan at noon. Troops took the town, the army said at dusk."
    rejected = Attribution(content=((16, 32),), cue=((7, 15),), source=((0, 6),), act=Act.DENIES)
    reported = Attribution(content=((34, 54),), cue=((65, 69),), source=((56, 64),))
    events = (
        Happening((0, 32), EventType.REJECT),
        Happening((34, 54), EventType.AGREE, account="the army"),
        Happening((34, 77), EventType.FIGHT),
    )
    extractor = Found(Extraction((rejected, reported), events))
    report = await ingest_into(sqlite_store, extractor).take(payload(lines(line(text=text)), "in.jsonl"), NOTHING)
    assert (report.statements, report.events) == (2, 2)
    async with sqlite_store.read() as connection:
        assert set(await connection.scalars(select(event.c.type))) == {"AGREE", "FIGHT"}


async def test_an_article_in_another_language_is_kept_and_counted(store: Store) -> None:
    def find(text: str) -> Extraction:
        return sentences(text) if "said" in text else Extraction(language="uk" if "дощ" in text else "ru")

    body = lines(
        line(text="Ann Bell said it rained.", language="en"),
        line(text="Був дощ."),
        line(text="Ішов дощ.", language="uk-UA"),
        line(text="Шёл снег."),
        line(text="Шёл снег."),
    )
    report = await ingest_into(store, Fake(find)).take(payload(body, "in.jsonl"), NOTHING)
    assert (report.added, report.known, report.statements, report.unread) == (4, 1, 1, {"uk": 2, "ru": 1})
    again = await ingest_into(store, Fake(find)).take(payload(body, "in.jsonl"), NOTHING)
    assert (again.known, again.unread) == (5, {})
    async with store.read() as connection:
        languages = await connection.scalars(select(article.c.language).order_by(article.c.id))
        assert list(languages) == ["en", "uk", "uk-ua", "ru"]


PIECES = st.sampled_from(
    [
        "Ann Bell said ",
        "according to ",
        "“",
        "”",
        '"',
        "«",
        "that it rained",
        ". ",
        "\n\n",
        "e\u0301",
        "🕊️",
        "\u202e",
        "İ",
        "he ",
    ]
)
TEXTS = st.lists(PIECES | st.text(max_size=6), min_size=1, max_size=25).map("".join)


@settings(max_examples=30)
@given(texts=st.lists(TEXTS, min_size=1, max_size=4))
def test_whatever_the_text_every_line_on_record_stands_in_it(
    sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory, texts: list[str]
) -> None:
    path = tmp_path_factory.mktemp("any") / "any.db"
    shutil.copy(sqlite_template, path)

    async def run() -> list[str]:
        async with Store(f"sqlite:///{path}") as store:
            body = lines(*(line(text=f"{text} {number}") for number, text in enumerate(texts)))
            report = await ingest_into(store, extract.load()).take(payload(body, "any.jsonl"), NOTHING)
            assert report.added + len(report.refused) + report.known == len(texts)
            async with store.read() as connection:
                return (await verify(connection)).mismatches

    assert asyncio.run(run()) == []


async def test_words_that_are_nobodys_are_not_on_record(store: Store) -> None:
    def find(text: str) -> Extraction:
        quoted, told = text.index("“"), text.index("They")
        return Extraction(
            (
                Attribution(content=((told, told + 4),)),
                Attribution(content=((told + 5, told + 9),), source=((0, 3),)),
                Attribution(content=((quoted, len(text)),), kind=Kind.DIRECT),
            )
        )

    body = lines(line(text="Ann came. They went. It was said: “We won.”"))
    report = await ingest_into(store, Fake(find)).take(payload(body, "in.jsonl"), NOTHING)
    assert report.statements == 2
    assert (await counted(store))["statement"] == 2


async def test_what_is_older_than_the_record_keeps_is_refused_by_name(store: Store) -> None:
    oldest = datetime(2024, 8, 14, tzinfo=UTC)
    body = lines(
        line(title="Old", published="2024-08-13"), line(title="New", published="2024-08-15", url="https://a.b/c")
    )
    report = await replace(ingest_into(store), oldest=oldest).take(payload(body, "in.jsonl"), NOTHING)
    assert (report.added, [str(each.reason) for each in report.refused]) == (
        1,
        ["is of 2024-08-13, older than KEEP_DAYS keeps"],
    )
