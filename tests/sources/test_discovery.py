"""From a site's address to its feed, on a local web server."""

from collections.abc import Iterator

import pytest

from briefings.errors import FetchError, InputError, Unreadable
from briefings.fetch import Fetcher
from briefings.sources.discovery import MAX_REQUESTS, Found, discover
from tests.fakes.web import Web, tls_context, trusting_context

RSS = b"""<?xml version="1.0"?><rss version="2.0"><channel><title>The Courier</title><item><title>A</title>
<link>/a</link></item></channel></rss>"""
JSON_FEED = (
    b'{"version": "https://jsonfeed.org/version/1.1", "title": "J", "items": [{"id": "1", "content_text": "x"}]}'
)
HTML = {"Content-Type": "text/html; charset=utf-8"}
USUAL = ("/feed", "/rss", "/rss.xml", "/feed.xml", "/atom.xml", "/index.xml", "/feeds/posts/default")


@pytest.fixture
def web() -> Iterator[Web]:
    with Web() as server:
        yield server


async def here(_host: str, _port: int) -> list[str]:
    """A resolver by which every name is one of this machine."""
    return ["127.0.0.1"]


async def found(address: str) -> Found:
    async with Fetcher(("127.0.0.0/8",), resolve=here) as fetcher:
        return await discover(address, fetcher)


async def failure(address: str, error: type[InputError] = Unreadable) -> str:
    with pytest.raises(error) as caught:
        await found(address)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def page(web: Web, head: str, path: str = "/") -> str:
    body = f"<!doctype html><html><head><title>Front</title>{head}</head><body><p>x</p></body></html>"
    return web.route(path, body=body.encode(), headers=HTML)


def link(href: str, title: str = "", kind: str = "application/rss+xml") -> str:
    return f'<link rel="alternate" type="{kind}" title="{title}" href="{href}">'


def nothing_usual(web: Web, *but: str) -> None:
    for path in USUAL:
        if path not in but:
            web.route(path, 404)


def asked(web: Web) -> list[str]:
    return [request.path for request in web.requests]


@pytest.mark.parametrize("address", ["@the_ministry", "t.me/the_ministry", "https://telegram.me/s/the_ministry"])
async def test_a_channel_is_itself_and_is_not_looked_at(address: str) -> None:
    assert await found(address) == Found("telegram", "https://t.me/s/the_ministry", None)


async def test_a_site_that_leads_to_a_channel_is_the_channel(web: Web) -> None:
    url = web.redirect("/news", f"http://t.me:{web.port}/The_Ministry")
    web.route("/The_Ministry", body=b"<!doctype html><p>Open in the app</p>", headers=HTML)
    assert await found(url) == Found("telegram", "https://t.me/s/the_ministry", None)


@pytest.mark.parametrize(
    "address", ["@x", "@no name", "t.me/+AbCdEfGh", "https://t.me/joinchat/AbC", "telegram.me/c/1234/5", "t.me", "@"]
)
async def test_what_is_private_at_telegram_is_not_asked_for(address: str) -> None:
    message = await failure(address)
    assert "is no public channel of Telegram; give @NAME or t.me/NAME" in message
    assert "AbC" not in message  # with an invitation anybody can join


async def test_a_name_that_ends_as_telegrams_is_a_site_of_its_own(web: Web) -> None:
    web.route("/+x", body=RSS)
    assert (await found(web.url("/+x", "fort.me"))).kind == "feed"


async def test_a_feed_is_itself(web: Web) -> None:
    url = web.route("/f", body=RSS, headers={"Content-Type": "text/xml"})
    assert await found(f"{url}#top") == Found("feed", url, "The Courier")
    url = web.route("/j", body=JSON_FEED, headers={"Content-Type": "application/json"})
    assert await found(url) == Found("json-feed", url, "J")
    assert asked(web) == ["/f", "/j"]


async def test_the_feed_that_the_page_names(web: Web) -> None:
    url = page(web, link("/the-feed"))
    web.route("/the-feed", body=RSS)
    assert await found(url) == Found("feed", web.url("/the-feed"), "The Courier")
    assert asked(web) == ["/", "/the-feed"]


async def test_a_json_feed_that_the_page_names(web: Web) -> None:
    url = page(web, link("/wp-json/feed/7", kind="application/json") + link("j", kind="application/feed+json"))
    web.route("/j", body=JSON_FEED)
    assert await found(url) == Found("json-feed", web.url("/j"), "J")


async def test_the_likeliest_feed_comes_first(web: Web) -> None:
    links = (
        link("https://elsewhere.test/feed"),
        link("/sport/football/feed", "Football"),
        link("/comments/feed/", "Front » Comments Feed"),
        link("/kommentare.xml", "Kommentar-Feed"),
        link("/main.xml", "All articles"),
        link("/main.xml", "Again"),
    )
    url = page(web, "".join(links))
    web.route("/main.xml", body=RSS)
    expected = (web.url("/sport/football/feed"), "https://elsewhere.test/feed")
    assert await found(url) == Found("feed", web.url("/main.xml"), "The Courier", expected)


async def test_the_feed_of_the_section_that_is_asked_for(web: Web) -> None:
    url = page(web, link("/feed") + link("/world/feed"), "/world/")
    web.route("/world/feed", body=RSS)
    assert (await found(url)).address == web.url("/world/feed")


async def test_a_feed_that_is_gone_gives_way_to_the_next(web: Web) -> None:
    url = page(web, link("/gone") + link("/page") + link("/broken") + link("/fourth"))
    web.route("/gone", 410)
    page(web, "", "/page")
    web.route("/broken", body=b"no feed at all", headers={"Content-Type": "application/rss+xml"})
    nothing_usual(web, "/feed")
    web.route("/feed", body=RSS)
    assert (await found(url)).address == web.url("/feed")


async def test_the_usual_addresses_are_tried_and_the_first_is_taken(web: Web) -> None:
    url = page(web, "")
    web.route("/feed", 404)
    page(web, "", "/rss")  # a site that answers everything with its front page
    web.route("/rss.xml", body=RSS.replace(b"<item>", b"<x>").replace(b"</item>", b"</x>"))  # lists nothing
    web.redirect("/feed.xml", "/feeds/all", 301)
    web.route("/feeds/all", body=RSS)
    assert await found(url) == Found("feed", web.url("/feeds/all"), "The Courier")
    assert asked(web) == ["/", "/feed", "/rss", "/rss.xml", "/feed.xml", "/feeds/all"]


async def test_where_there_is_no_feed_its_links_can_be_followed(web: Web) -> None:
    url = page(web, "")
    nothing_usual(web)
    assert await failure(url) == (
        f"{url} is a web page: it names no feed, and there is none at the usual addresses; its links can be followed "
        'instead: add it with kind:links, or with links:"h2 a" for those that a CSS selector names'
    )
    assert len(web.requests) == MAX_REQUESTS


async def test_a_page_of_a_hundred_feeds_is_no_reason_for_a_hundred_requests(web: Web) -> None:
    url = page(web, "".join(link(f"/{number}") for number in range(100)), "/world")
    for number in range(100):
        web.route(f"/{number}", 404)
    web.route("/world/feed", 404)
    nothing_usual(web)
    assert "the feeds that it names cannot be read" in await failure(url)
    assert len(web.requests) == MAX_REQUESTS


@pytest.mark.parametrize("status", [429, 503])
async def test_a_site_that_is_busy_has_not_said_that_there_is_no_feed(web: Web, status: int) -> None:
    url = page(web, "")
    web.route("/feed", status)
    assert str(status) in await failure(url, FetchError)
    assert asked(web) == ["/", "/feed"]


async def test_what_is_neither_is_refused(web: Web) -> None:
    url = web.route("/a.pdf", body=b"%PDF-1.7", headers={"Content-Type": "application/pdf"})
    assert "is neither a feed nor a web page; give the address of a site or of its feed" in await failure(url)
    url = web.route("/empty", body=b"")
    assert "is neither" in await failure(url)
    url = web.route("/gone", 404)
    assert "/gone" in await failure(url, FetchError)
    await failure("mailto:desk@news.test", FetchError)
    await failure("", FetchError)


async def test_credentials_go_to_the_server_that_they_were_given_for(web: Web) -> None:
    page(web, link("/feed") + link(f"http://localhost:{web.port}/other"))
    web.route("/feed", body=RSS)
    address = web.url("/").replace("//", "//me:s3cret@")
    assert await found(address) == Found(
        "feed", web.url("/feed").replace("//", "//me:s3cret@"), "The Courier", (f"http://localhost:{web.port}/other",)
    )
    assert all("authorization" in request.headers for request in web.requests)


async def test_no_credentials_are_in_messages(web: Web) -> None:
    page(web, "")
    nothing_usual(web)
    assert "s3cret" not in await failure(web.url("/").replace("//", "//me:s3cret@"))


async def test_https_is_tried_first_where_no_scheme_is_named() -> None:
    with Web(tls_context()) as web:
        web.route("/f", body=RSS)
        async with Fetcher(("127.0.0.0/8",), resolve=here, verify=trusting_context()) as fetcher:
            assert await discover(f"news.test:{web.port}/f", fetcher) == Found(
                "feed", web.url("/f", "news.test"), "The Courier"
            )
        assert asked(web) == ["/f"]


@pytest.mark.parametrize("address", ["{}", "{}/?", "//{}/", " news.test:{port} "])
async def test_http_is_tried_where_https_leads_nowhere(web: Web, address: str) -> None:
    web.route("/", body=RSS)
    place = await found(address.format(web.host, port=web.port))
    assert place.address.startswith("http://")
    assert (place.kind, place.title) == ("feed", "The Courier")


async def test_where_neither_leads_anywhere_the_clearer_answer_is_told(web: Web) -> None:
    web.route("/gone", 410)
    assert f"http://{web.host}/gone" in await failure(f"{web.host}/gone", FetchError)
    web.route("/silent", raw=b"")
    assert f"https://{web.host}/silent" in await failure(f"{web.host}/silent", FetchError)


async def test_what_https_answers_is_an_answer() -> None:
    with Web(tls_context()) as web:
        web.route("/f", 403)
        async with Fetcher(("127.0.0.0/8",), resolve=here, verify=trusting_context()) as fetcher:
            with pytest.raises(FetchError, match=r"https://news\.test"):
                await discover(f"news.test:{web.port}/f", fetcher)
        assert asked(web) == ["/f"]


async def test_a_password_is_not_sent_in_the_open_unless_asked(web: Web) -> None:
    message = await failure(f"me@{web.host}/f", FetchError)
    assert message.startswith(f"https://{web.host}/f ")
    assert web.requests == []


async def test_two_first_tries_are_counted(web: Web) -> None:
    page(web, "")
    nothing_usual(web, USUAL[-1])
    await failure(web.host)
    assert len(web.requests) == MAX_REQUESTS - 1  # that over TLS is no request that this server can tell


async def test_the_schemes_of_feed_readers(web: Web) -> None:
    web.route("/", body=RSS)
    assert (await found(f"feed:{web.url('/')}")).address == web.url("/")
    assert (await found(f"feed://{web.host}/")).address == web.url("/")


async def test_a_named_feed_inside_the_network_is_not_asked_for(web: Web) -> None:
    with Web() as inside:
        url = page(web, link(f"http://localhost:{inside.port}/admin"))
        nothing_usual(web)
        async with Fetcher((web.host,)) as fetcher:
            with pytest.raises(Unreadable, match="the feeds that it names cannot be read"):
                await discover(url, fetcher)
        assert inside.requests == []


@pytest.mark.parametrize(
    "head",
    [
        "<link rel=alternate type='application/rss+xml' href='http://['>",
        "<link rel=alternate type='application/rss+xml' href='file:///etc/passwd'>",
        "<link rel=alternate hreflang=de href='/de'>",
        "<link rel=alternate type='text/html' href='/m'>",
        "<link rel=alternate type='application/xml' href='/sitemap.xml'>",
        "<base href='javascript:x'>",
    ],
)
async def test_links_that_lead_to_no_feed_are_passed_over(web: Web, head: str) -> None:
    url = page(web, head)
    nothing_usual(web)
    assert "it names no feed" in await failure(url)
