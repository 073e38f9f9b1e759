"""/sources add, test, pause, resume and remove, against real servers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import select

from briefings.fetch import Fetcher
from briefings.polling.survey import Asked, Survey, survey
from briefings.store import Store
from briefings.store.schema import source
from handlers.base import Right
from tests.conftest import NOW
from tests.fakes.web import Web
from tests.handlers.chatting import Person, changes

FEED = b"""<rss version='2.0'><channel><title>Harbour News</title>
<item><title>Ferries wait</title><guid>1</guid><link>/1</link><pubDate>Thu, 15 Aug 2024 08:00:00 GMT</pubDate></item>
<item><title>Cranes stand still</title><guid>2</guid><link>/2</link></item></channel></rss>"""
PAGE = b"""<html lang=en><title>Ferries wait</title><article><h1>Ferries wait</h1>
<p>Ann Bell said the harbour would open. The engineers went on with their work through the night, and no ship left.</p>
<p>The cranes stood still all day, and the crews were sent home by their captains until the morning of the next day.</p>
</article></html>"""
HTML = {"Content-Type": "text/html"}
RSS = {"Content-Type": "application/rss+xml"}


async def look(asked: Asked, *, read: bool) -> Survey:
    async with Fetcher(["127.0.0.1"]) as fetcher:
        return await survey(asked, fetcher, NOW, read=read)


@pytest.fixture
def web() -> Iterator[Web]:
    with Web(strict=False) as served:
        served.route("/feed", body=FEED, headers=RSS)
        served.route("/1", body=PAGE, headers=HTML)
        served.route("/", body=b"<link rel=alternate type=application/rss+xml href=/feed><p>Home", headers=HTML)
        yield served


@pytest.fixture
def owner(sqlite_store: Store) -> Person:
    return Person(sqlite_store, may=Right.OWNER, survey=look)


async def places(store: Store) -> list[tuple[str, str, str]]:
    async with store.read() as connection:
        rows = await connection.execute(select(source.c.name, source.c.kind, source.c.status).order_by(source.c.id))
        return [(row.name, row.kind, row.status) for row in rows]


async def test_a_site_is_added_by_its_feed(owner: Person, web: Web) -> None:
    told = await owner.told(f"/sources add {web.host}")
    assert told == (
        f"Added Harbour News (feed, {web.url('/feed')}). It is read from now on; it lists 2 entries, of which those of "
        "the last 3 days come in and post no alerts."
    )
    assert await places(owner.store) == [("Harbour News", "feed", "polled")]
    (done,) = await changes(owner.store)
    assert (done.what, done.detail) == ("sources add", f"Harbour News ({web.url('/feed')})")
    again = await owner.told(f"/sources add {web.url('/feed')}")
    assert again == f"Harbour News ({web.url('/feed')}) is there already, polled."
    assert len(await changes(owner.store)) == 1


async def test_its_name_and_kind_can_be_given(owner: Person, web: Web) -> None:
    body = b"<title>Press</title><ul><li><a href=/1>The first release of this day</a></ul><a href=/about>About us</a>"
    web.route("/press", body=body, headers=HTML)
    told = await owner.told(f'/sources add {web.url("/press")} links:"ul a" name:"The Ministry"')
    assert told.startswith(f"Added The Ministry (links, {web.url('/press')}).")
    assert told.endswith("of the 1 entry that it lists now none is taken in, only what is new from now on.")
    assert await places(owner.store) == [("The Ministry", "links", "polled")]


async def test_a_test_adds_nothing_and_reads_an_article(owner: Person, web: Web) -> None:
    told = (await owner.told(f"/sources test {web.url('/feed')}")).splitlines()
    assert told[0] == f"Harbour News (feed, {web.url('/feed')}) works. It lists 2 articles."
    assert told[1].endswith("· Ferries wait")
    assert told[2] == "no date · Cranes stand still"
    assert told[3].startswith("Its newest article can be read: “Ferries wait”, ")
    assert await places(owner.store) == []
    assert await changes(owner.store) == []


async def test_a_known_place_is_tested_by_its_name(owner: Person, web: Web) -> None:
    await owner.told(f"/sources add {web.url('/feed')}")
    assert "works. It lists 2 articles." in await owner.told("/sources test Harbour")


async def test_what_is_no_place_says_what_it_is(owner: Person) -> None:
    with Web(strict=False) as web:
        web.route("/page", body=PAGE, headers=HTML)
        for action in ("add", "test"):
            told = await owner.told(f"/sources {action} {web.url('/page')}")
            assert "no feed" in told
            assert told.startswith("Not added: ") == (action == "add")
    assert await places(owner.store) == []


async def test_pausing_resuming_and_removing(owner: Person, web: Web) -> None:
    await owner.told(f"/sources add {web.url('/feed')}")
    assert await owner.told("/sources pause harbour") == "Harbour News is not read until it is resumed."
    assert "paused" in await owner.told("/sources")
    assert await owner.told("/sources resume 1") == "Harbour News is read again, from now on."
    assert "next look now" in await owner.told("/sources")
    assert await owner.told(f"/sources remove {web.url('/feed')}/") == "Harbour News is not read any more."
    assert await places(owner.store) == []
    assert [done.what for done in await changes(owner.store)][::-1] == [
        "sources add",
        "sources pause",
        "sources resume",
        "sources remove",
    ]


async def test_several_are_told_apart_by_number(owner: Person, web: Web) -> None:
    for path in ("/a", "/b"):
        web.route(path, body=FEED, headers=RSS)
        await owner.told(f"/sources add {web.url(path)}")
    reply = await owner.says("/sources pause harbour")
    assert reply.data["error"].startswith("2 places are meant; give the number of one: 1 (Harbour News, http://127.")
    assert await owner.told("/sources pause 2") == "Harbour News is not read until it is resumed."


@pytest.mark.parametrize("action", ["add x.test", "test x.test", "pause 1", "resume 1", "remove 1"])
async def test_only_owners_may(owner: Person, action: str) -> None:
    for may in (Right.ASK, Right.ADMIN):
        reply = await Person(owner.store, may=may, survey=look).says(f"/sources {action}")
        assert "owner" in reply.data["error"]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("/sources add", "/sources add takes an address"),
        ("/sources pause", "/sources pause takes the name of a source"),
        ("/sources add a.test b.test", "one address at a time"),
        ("/sources add name:x", "one address is needed"),
        ("/sources add a.test kind:gopher", "kind: is one of telegram, json-feed, feed, links"),
        ("/sources remove nobody", "no place that is polled is called “nobody”"),
        ("/sources add /etc", "Not added: "),
        ("/sources add file:///etc/passwd", "Not added: "),
        ("/sources add http://169.254.169.254/latest", "is not a public address"),
        ("/sources add http://me:s3cret@127.0.0.2/", "is not a public address"),
    ],
)
async def test_what_is_wrong_is_said(owner: Person, line: str, message: str) -> None:
    reply = await owner.says(line)
    assert message in (reply.data["error"] if "usage" in reply.data else reply.document.summary)
    assert "s3cret" not in f"{reply.document}{reply.data}"
    assert await places(owner.store) == []


async def test_next_looks_and_failures_show(owner: Person, web: Web) -> None:
    await owner.told(f"/sources add {web.url('/feed')}")
    async with owner.store.write() as connection:
        failing = {"error": "x answered 500", "failures": 4, "failing_since": NOW - timedelta(days=2), "read": NOW}
        await connection.execute(source.update().values(**failing, next_poll=NOW + timedelta(hours=3)))
    told = await owner.told("/sources")
    assert "Harbour News · feed · failing since Wed 14 Aug 2024: x answered 500 · 0 articles" in told
    assert told.endswith("next look in 3 h")
