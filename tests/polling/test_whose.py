"""Whose an article is: pages and feeds that use the address of another article, by mistake or not."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from briefings.store import Store
from tests.fakes.web import Web
from tests.polling.test_poller import HTML, RSS, Newsroom, item, newsroom, page, rss

HARBOUR = (
    "Ann Bell said the harbour would open within a week. Divers had looked at the sea wall and found two cracks in it, "
    "neither of them deep. The pilots asked for a trial with an empty ship. Traders on the quay were told to wait for "
    "a letter from the port, which the mayor promised before Friday. Ferries to the islands go from the old pier. "
)
BRIDGE = (
    "Bo Ash said that the bridge was held by the army and closed to lorries. Soldiers let buses through one at a time. "
    "A teacher who had walked across in the morning counted nine tents and a kitchen. The road to the north has been "
    "dark since a mast fell on it. Nobody in the village could say when the power company would send its people. "
)
CONTENT = "xmlns:content='http://purl.org/rss/1.0/modules/content/'"


@pytest.fixture
async def room(store: Store, tmp_path: Path) -> AsyncIterator[Newsroom]:
    with Web() as web:
        async with newsroom(store, web) as made:
            yield made


def whole(name: str, link: str, text: str) -> str:
    told = f"<content:encoded>{text}</content:encoded>"
    return item(name, link).replace("<description>", f"{told}<description>")


def feed(*items: str) -> bytes:
    return rss(*items).replace(b"<rss ", f"<rss {CONTENT} ".encode())


def bare(name: str, text: str) -> bytes:
    head = f"<html lang='en'><head><title>{name}</title></head>"
    return f"{head}<body><article><h1>{name}</h1><p>{text}</p></article></body></html>".encode()


async def test_pages_that_call_themselves_by_one_address_stay_apart(room: Newsroom) -> None:
    web = room.web
    same = f"<link rel='canonical' href='{web.url('/news')}'>".encode()
    texts = [HARBOUR, BRIDGE]
    links = [
        web.route(f"/{at}", body=bare(f"No {at}", text).replace(b"<head>", b"<head>" + same), headers=HTML)
        for at, text in enumerate(texts)
    ]
    web.route("/feed", body=rss(*(item(f"No {at}", link) for at, link in enumerate(links))), headers=RSS)
    await room.add()
    await room.poll()
    assert await room.titles() == ["No 0", "No 1"]
    assert all(row.superseded is None for row in await room.rows())


async def test_entries_that_all_link_to_one_page_stay_apart_and_are_edited_one_by_one(room: Newsroom) -> None:
    texts = [HARBOUR * 4, BRIDGE * 4]
    link = room.web.url("/live")
    room.web.route("/feed", body=feed(*(whole(f"No {at}", link, text) for at, text in enumerate(texts))), headers=RSS)
    await room.add()
    await room.poll()
    assert await room.titles() == ["No 0", "No 1"]
    texts[1] += "It opened on Monday. "
    room.web.route("/feed", body=feed(*(whole(f"No {at}", link, text) for at, text in enumerate(texts))), headers=RSS)
    await room.poll()
    await room.poll()
    now = [row for row in await room.rows() if row.superseded is None]
    assert sorted(row.title for row in now) == ["No 0", "No 1"]
    assert [row.title for row in now if "on Monday" in row.text] == ["No 1"]


async def test_a_dead_link_that_leads_to_the_front_page_is_no_article(room: Newsroom) -> None:
    web = room.web
    front = web.route("/", body=page("Front page", "Ann Bell said the harbour would open. " * 9), headers=HTML)
    gone = web.redirect("/gone", front)
    told = "Ann Bell said that the ferry had left, and that nobody was on board when it did so in the morning."
    web.route("/feed", body=rss(item("Gone", gone, told)), headers=RSS)
    await room.add()
    await room.poll()
    (row,) = await room.rows()
    assert (row.title, row.partial, row.url) == ("Gone", True, gone)


async def test_of_what_a_feed_says_of_anothers_article_the_article_is_read(room: Newsroom) -> None:
    web = room.web
    one = web.route("/one", body=page("One", "Ann Bell said the harbour would open."), headers=HTML)
    other = f"http://localhost:{web.port}/one"
    fake = "Ann Bell said the harbour would never open. " * 40
    web.route("/evil", body=feed(whole("One", other, fake)), headers=RSS)
    web.route("/feed", body=rss(item("One", other)), headers=RSS)
    await room.add("/evil", name="Somebody Else")
    await room.poll()
    (row,) = await room.rows()
    assert "never" not in row.text
    assert one


async def test_a_feed_that_gathers_those_of_many_is_no_outlet(room: Newsroom) -> None:
    web = room.web
    for path in ("/one", "/two"):
        web.route(path, body=bare(path, HARBOUR if path == "/one" else BRIDGE), headers=HTML)
    links = [f"http://localhost:{web.port}/one", f"http://[::1]:{web.port}/two", web.url("/two")]
    web.route("/feed", body=rss(*(item(f"No {at}", link, HARBOUR) for at, link in enumerate(links))), headers=RSS)
    await room.add(name="Planet")
    await room.poll()
    told = {row.url: row.outlet for row in await room.rows()}
    assert told[links[0]] != "Planet"  # its page names none, so that its host has to do
    assert told[links[2]] == "Planet"


async def test_a_feed_that_is_kept_elsewhere_keeps_its_name(room: Newsroom) -> None:
    web = room.web
    web.route("/one", body=bare("One", HARBOUR), headers=HTML)
    web.route("/feed", body=rss(item("One", f"http://localhost:{web.port}/one")), headers=RSS)
    await room.add(name="Harbour News")
    await room.poll()
    (row,) = await room.rows()
    assert (row.outlet, row.partial) == ("Harbour News", False)


async def test_where_that_cannot_be_read_its_address_is_left_to_it(room: Newsroom) -> None:
    web = room.web
    other = f"http://localhost:{web.port}/one"
    fake = "Ann Bell said the harbour would never open. " * 40
    web.route("/one", 404)
    web.route("/one", body=page("One", "Bo Ash said it would open soon. " * 12), headers=HTML)
    web.route("/evil", body=feed(whole("One", other, fake)), headers=RSS)
    await room.add("/evil", name="Somebody Else")
    await room.poll()
    web.route("/feed", body=rss(item("One", other)), headers=RSS)
    await room.add("/feed", name="Harbour News")
    await room.poll()
    now = [row for row in await room.rows() if row.superseded is None]
    assert [(row.outlet, "never" in row.text) for row in now] == [("Somebody Else", True), ("Harbour News", False)]
