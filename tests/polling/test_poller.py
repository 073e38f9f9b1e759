"""Polling, against real servers: what is new comes in once, what changes is noticed, what fails is put off."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any
from xml.sax.saxutils import escape

import pytest
from sqlalchemy import select, update

from briefings.fetch import Fetcher
from briefings.ingest import Ingest
from briefings.polling.poller import Poller
from briefings.store import Store, places
from briefings.store.places import Chosen, Wanted
from briefings.store.schema import article, entry, source
from briefings.store.verify import verify
from tests.fakes.extractor import Fake
from tests.fakes.web import Web
from tests.test_ingest import ZONE

START = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
RSS = {"Content-Type": "application/rss+xml"}
HTML = {"Content-Type": "text/html"}
PAST = "The engineers went on with their work through the night, and the harbour stayed closed to all ships."


def rss(*items: str, more: str = "") -> bytes:
    return f"<rss version='2.0'><channel><title>Harbour News</title>{more}{''.join(items)}</channel></rss>".encode()


def item(name: str, link: str = "", text: str = "", at: datetime | None = START, guid: str = "") -> str:
    date = f"<pubDate>{format_datetime(at)}</pubDate>" if at else ""
    link = f"<link>{escape(link)}</link>" if link else ""
    return (
        f"<item><title>{name}</title>{link}<guid isPermaLink='false'>{guid or name}</guid>{date}"
        f"<description>{escape(text)}</description></item>"
    )


def page(name: str, *paragraphs: str) -> bytes:
    body = "".join(f"<p>{each}</p>" for each in (*paragraphs, PAST, PAST.replace("night", "day")))
    head = f"<html lang='en'><head><title>{name}</title></head>"
    return f"{head}<body><article><h1>{name}</h1>{body}</article></body></html>".encode()


@dataclass
class Newsroom:
    """A poller with a clock that is set by hand."""

    store: Store
    web: Web
    fetcher: Fetcher
    clock: datetime = START
    poller: Poller = field(init=False)

    def __post_init__(self) -> None:
        self.poller = Poller(self.store, self.fetcher, self._ingest, lambda: self.clock, lambda: 0.5)

    def _ingest(self, now: datetime) -> Ingest:
        return Ingest(self.store, Fake(), ZONE, now)

    async def add(self, path: str = "/feed", name: str = "Harbour News", **more: Any) -> Chosen:
        wanted = Wanted(more.pop("kind", "feed"), name, self.web.url(path), more.pop("host", "127.0.0.1"), **more)
        async with self.store.write() as connection:
            return (await places.add(connection, wanted, self.clock))[0]

    async def poll(self, later: timedelta = timedelta(days=1)) -> int:
        """Polls what is due, then sets the clock on."""
        count = await self.poller.tick()
        await self.poller.idle()
        self.clock += later
        async with self.store.read() as connection:
            assert (await verify(connection)).mismatches == []
        return count

    async def rows(self) -> list[Any]:
        async with self.store.read() as connection:
            return list(await connection.execute(select(article).order_by(article.c.id)))

    async def titles(self) -> list[str]:
        return sorted(row.title for row in await self.rows() if row.superseded is None)

    async def place(self, id: int = 1) -> Any:
        async with self.store.read() as connection:
            return (await connection.execute(select(source).where(source.c.id == id))).one()

    def asked(self, path: str) -> int:
        return sum(seen.path == path for seen in self.web.requests)


@pytest.fixture
def web() -> Iterator[Web]:
    with Web() as served:
        yield served


@asynccontextmanager
async def newsroom(store: Store, web: Web) -> AsyncIterator[Newsroom]:
    async with Fetcher(["127.0.0.1", "localhost"]) as fetcher:
        yield Newsroom(store, web, fetcher)


@pytest.fixture
async def room(store: Store, web: Web) -> AsyncIterator[Newsroom]:
    async with newsroom(store, web) as made:
        yield made


WHOLE = f"Ann Bell said the harbour would open. {PAST} " * 10


async def test_what_a_feed_names_is_fetched_once_and_read(room: Newsroom) -> None:
    web = room.web
    one = web.route("/one", body=page("One", "Ann Bell said the harbour would open."), headers=HTML)
    web.route("/feed", body=rss(item("One", one), item("Two", text=WHOLE)), headers=RSS)
    await room.add()
    await room.poll()
    await room.poll()
    assert await room.titles() == ["One", "Two"]
    assert (room.asked("/feed"), room.asked("/one")) == (2, 1)
    first, second = await room.rows()
    assert {first.outlet, second.outlet} == {"Harbour News"}
    assert first.url == one
    assert "Ann Bell said" in first.text
    assert not first.partial
    place = await room.place()
    assert (place.error, place.failures, place.read) == (None, 0, START + timedelta(days=1))


async def test_a_feed_is_asked_for_changes_only(room: Newsroom) -> None:
    tagged = {**RSS, "ETag": '"1"', "Last-Modified": "Mon, 02 Mar 2026 10:00:00 GMT"}
    room.web.route("/feed", body=rss(item("One", text=WHOLE)), headers=tagged)
    room.web.route("/feed", 304)
    await room.add()
    for _ in range(3):
        await room.poll()
    asked = [seen.headers for seen in room.web.requests]
    assert [headers.get("if-none-match") for headers in asked] == [None, '"1"', '"1"']
    assert asked[1]["if-modified-since"] == "Mon, 02 Mar 2026 10:00:00 GMT"
    assert await room.titles() == ["One"]


async def test_a_new_place_brings_its_last_days_and_these_are_no_news(room: Newsroom) -> None:
    old, fresh = START - timedelta(days=4), START - timedelta(days=2)
    listed = [
        item("Old", text=WHOLE, at=old),
        item("Recent", text=WHOLE + "x", at=fresh),
        item("When", text="y" * 90, at=None),
    ]
    room.web.route("/feed", body=rss(*listed), headers=RSS)
    later = [
        item("New", text="Bo Ash said no. " * 20, at=START + timedelta(hours=20)),
        item("Why", text="z" * 90, at=None),
    ]
    room.web.route("/feed", body=rss(*later, *listed), headers=RSS)
    await room.add()
    await room.poll()
    assert [(row.title, row.backlog) for row in await room.rows()] == [("Recent", True)]
    await room.poll()
    assert [(row.title, row.backlog) for row in await room.rows()][1:] == [("New", False), ("Why", False)]
    why = (await room.rows())[-1]
    assert (why.published.date(), why.published_precision) == ((START + timedelta(days=1)).date(), "day")


async def test_an_edited_entry_is_read_again_and_is_a_new_wording(room: Newsroom) -> None:
    before, after = (page("One", f"Ann Bell said {what}.", "Bo Ash said it was late.") for what in ("yes", "no"))
    one = room.web.route("/one", body=before, headers=HTML)
    room.web.route("/one", body=after, headers=HTML)
    room.web.route("/feed", body=rss(item("One", one, "short")), headers=RSS)
    room.web.route("/feed", body=rss(item("One", one, "short, but changed")), headers=RSS)
    await room.add()
    for _ in range(3):
        await room.poll()
    old, new = await room.rows()
    assert old.superseded == START + timedelta(days=1)
    assert new.replaces == old.id
    assert "said no" in new.text
    assert room.asked("/one") == 2


async def test_a_page_that_cannot_be_read_is_tried_again_and_then_told_by_the_feed(room: Newsroom) -> None:
    room.web.route("/one", 503)
    feed = rss(item("One", room.web.url("/one"), PAST))
    room.web.route("/feed", body=feed, headers={**RSS, "ETag": '"1"'})
    await room.add()
    for _ in range(5):
        await room.poll(timedelta(minutes=10))
    (row,) = await room.rows()
    assert (row.partial, row.text) == (True, PAST)
    assert room.asked("/one") == 3
    # The validators are sent only once nothing is left of what they stand for.
    assert [bool(seen.headers.get("if-none-match")) for seen in room.web.requests if seen.path == "/feed"][:3] == [
        False
    ] * 3


async def test_a_page_behind_a_wall_is_told_by_the_feed_at_once(room: Newsroom) -> None:
    room.web.route("/one", 403)
    room.web.route(
        "/feed", body=rss(item("One", room.web.url("/one"), PAST), item("Two", room.web.url("/one?2"))), headers=RSS
    )
    room.web.route("/one?2", 403)
    await room.add()
    await room.poll()
    assert [(row.title, row.partial) for row in await room.rows()] == [("One", True)]
    assert "403" in (await room.place()).note


async def test_the_rhythm_follows_the_news(room: Newsroom) -> None:
    for at in range(9):
        room.web.route(
            "/feed",
            body=rss(item(f"N{at}", text=f"{WHOLE} {at}" * (at + 1), at=START + timedelta(days=at))),
            headers=RSS,
        )
    await room.add()
    intervals = []
    for _ in range(14):
        await room.poll()
        intervals.append((await room.place()).interval)
    assert intervals[1] > intervals[5] == 300
    assert intervals[-1] > intervals[9] > 300


async def test_what_the_place_says_of_its_freshness_is_honoured(room: Newsroom) -> None:
    room.web.route("/a", body=rss(more="<ttl>180</ttl>"), headers=RSS)
    room.web.route("/b", body=rss(), headers={**RSS, "Cache-Control": "max-age=7200"})
    room.web.route("/c", 429, headers={"Retry-After": "10800"})
    for path in ("/a", "/b", "/c"):
        await room.add(path, path, host=path)
    await room.poll(timedelta())
    waits = [(await room.place(id)).next_poll - START for id in (1, 2, 3)]
    assert [round(each / timedelta(hours=1), 1) for each in waits] == [3.0, 2.0, 3.0]


async def test_failures_put_it_off_ever_longer_and_are_named(room: Newsroom) -> None:
    room.web.route("/feed", 500)
    await room.add()
    waits = []
    for _ in range(4):
        await room.poll(timedelta())
        place = await room.place()
        waits.append((place.next_poll - room.clock) / timedelta(minutes=1))
        room.clock = place.next_poll
    assert waits == sorted(waits)
    assert waits[-1] > 4 * waits[0]
    assert place.failures == 4
    assert place.failing_since == START
    assert "500" in place.error


async def test_what_serves_a_page_now_says_so_and_names_its_feeds(room: Newsroom) -> None:
    link = b"<link rel=alternate type='application/rss+xml' href='/rss'>"
    body = b"<!doctype html><html><head><title>x</title>" + link + b"</head></html>"
    room.web.route("/feed", body=body, headers=HTML)
    await room.add()
    await room.poll()
    error = (await room.place()).error
    assert "serves a web page, not a feed" in error
    assert "/rss" in error


async def test_what_recovers_is_whole_again(room: Newsroom) -> None:
    room.web.route("/feed", 500)
    room.web.route("/feed", body=rss(item("One", text=WHOLE)), headers=RSS)
    await room.add()
    await room.poll()
    await room.poll()
    place = await room.place()
    assert (place.error, place.failures, place.failing_since) == (None, 0, None)
    assert await room.titles() == ["One"]


async def test_gone_is_gone(room: Newsroom) -> None:
    room.web.route("/feed", 410)
    await room.add()
    assert [await room.poll() for _ in range(2)] == [1, 0]
    assert (await room.place()).status == "retired"


async def test_the_third_move_in_a_row_is_followed(room: Newsroom) -> None:
    room.web.route("/new", body=rss(item("One", text=WHOLE)), headers=RSS)
    room.web.redirect("/feed", "/new", 301)
    await room.add()
    for _ in range(4):
        await room.poll()
    assert (await room.place()).address == room.web.url("/new")
    assert (room.asked("/feed"), room.asked("/new")) == (3, 4)
    assert await room.titles() == ["One"]


async def test_a_move_for_now_is_not(room: Newsroom) -> None:
    room.web.route("/new", body=rss(), headers=RSS)
    for status in (301, 301, 302, 301):
        room.web.redirect("/feed", "/new", status)
    await room.add()
    for _ in range(4):
        await room.poll()
    assert (await room.place()).address == room.web.url("/feed")


async def test_a_move_to_another_place_retires_it(room: Newsroom) -> None:
    room.web.route("/new", body=rss(), headers=RSS)
    room.web.redirect("/feed", "/new", 308)
    await room.add()
    await room.add("/new", "Its new place")
    for _ in range(4):
        await room.poll()
    place = await room.place()
    assert (place.status, place.note) == ("retired", "moved to the address of Its new place")


async def test_a_password_goes_to_no_other_host(room: Newsroom) -> None:
    with Web() as other:
        other.route("/new", body=rss(), headers=RSS)
        room.web.redirect("/feed", other.url("/new", "localhost"), 301)
        await room.add()
        async with room.store.write() as connection:
            secret = room.web.url("/feed").replace("//", "//me:s3cret@")
            await connection.execute(update(source).values(address=secret))
        for _ in range(4):
            await room.poll()
        assert (await room.place()).address == other.url("/new", "localhost")
        assert not any("authorization" in seen.headers for seen in other.requests)
        assert room.web.requests[0].headers["authorization"]


async def test_a_long_list_comes_in_parts_and_none_is_lost(room: Newsroom) -> None:
    listed = [item(f"N{at}", text=f"{at} {WHOLE}" + "Cy Elm said so. " * at, at=START) for at in range(100)]
    room.web.route("/feed", body=rss(*listed), headers={**RSS, "ETag": '"1"'})
    await room.add()
    counts = []
    for _ in range(4):
        await room.poll(timedelta(minutes=6))
        counts.append(len(await room.rows()))
    assert counts == [40, 80, 100, 100]
    assert (await room.place()).caught_up is not None
    assert all(row.backlog for row in await room.rows())


async def test_a_host_gets_its_share_and_no_more(room: Newsroom) -> None:
    for at in range(5):
        room.web.route(f"/{at}", body=rss(), headers=RSS)
        await room.add(f"/{at}", f"P{at}", host="one.example" if at < 4 else "two.example")
    assert await room.poll(timedelta()) == 3
    assert await room.poll(timedelta()) == 2


async def test_a_claim_that_ran_out_is_taken_over(room: Newsroom) -> None:
    from briefings.store import polls

    room.web.route("/feed", body=rss(item("One", text=WHOLE)), headers=RSS)
    await room.add()
    async with room.store.write() as connection:
        (place,) = await polls.claim(connection, room.clock, 5)
    assert await room.poll(timedelta(minutes=30)) == 0
    assert await room.poll() == 1
    async with room.store.write() as connection:
        assert not await polls.settle(connection, place, {"error": "too late"})
    assert await room.titles() == ["One"]
    assert (await room.place()).error is None


async def test_what_is_no_longer_listed_is_forgotten(room: Newsroom) -> None:
    for at in range(3):
        room.web.route(
            "/feed", body=rss(item(f"N{at}", text=f"{at} {WHOLE}", at=START + timedelta(days=at * 20))), headers=RSS
        )
    await room.add()
    for _ in range(3):
        await room.poll(timedelta(days=20))
    async with room.store.read() as connection:
        assert len(list(await connection.execute(select(entry)))) == 2


async def test_what_breaks_off_is_free_for_others(room: Newsroom) -> None:
    room.web.route("/feed", body=rss(), headers=RSS, delay=30)
    await room.add()
    await room.poller.tick()
    await room.poller.close()
    assert (await room.place()).claim is None


async def test_no_feed_rewords_the_article_of_another(room: Newsroom) -> None:
    web = room.web
    one = web.route("/one", body=page("One", "Ann Bell said the harbour would open."), headers=HTML)
    web.route("/feed", body=rss(item("One", one)), headers=RSS)
    await room.add(name="Harbour News")
    await room.poll()
    other = "Ann Bell said the harbour would never open again. " * 30
    web.route(
        "/other",
        body=rss(
            item("One", one).replace("<description>", f"<content:encoded>{other}</content:encoded><description>")
        ).replace(b"<rss ", b"<rss xmlns:content='http://purl.org/rss/1.0/modules/content/' "),
        headers=RSS,
    )
    await room.add("/other", name="Somebody Else")
    await room.poll()
    (row,) = await room.rows()
    assert (row.outlet, row.superseded) == ("Harbour News", None)
    assert "never" not in row.text
