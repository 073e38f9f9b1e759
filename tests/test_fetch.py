"""The guarded fetcher: what it brings, what it refuses, and what it costs when a server means harm."""

import asyncio
import gzip
import ipaddress
import subprocess
import sys
import time
import tracemalloc
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import brotli
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from briefings.answers import etag_of, max_age, modified_of, status_failure
from briefings.errors import FetchError, SettingsError
from briefings.fetch import Fetched, Fetcher
from briefings.guard import Allowed, is_public, shown, system_resolve
from briefings.steps import first_step, next_step
from tests.fakes.web import Web, endless, tls_context, trusting_context

LOCAL = ("127.0.0.0/8",)


@pytest.fixture
def web() -> Iterator[Web]:
    with Web() as server:
        yield server


async def get(url: str, **settings: object) -> Fetched:
    async with Fetcher(**({"allow": LOCAL} | settings)) as fetcher:  # type: ignore[arg-type]
        return await fetcher.get(url)


async def failure(url: str, **settings: object) -> FetchError:
    with pytest.raises(FetchError) as caught:
        await get(url, **settings)
    message = str(caught.value)
    assert "\n" not in message
    assert "Traceback" not in message
    return caught.value


class Names:
    """A resolver with scripted answers, the last of which stays; it counts the questions."""

    def __init__(self, *answers: list[str]) -> None:
        self.answers = list(answers)
        self.asked: list[tuple[str, int]] = []

    async def __call__(self, host: str, port: int) -> list[str]:
        self.asked.append((host, port))
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


async def nobody(host: str, port: int) -> list[str]:
    """A resolver that knows no name."""
    raise OSError("no such host")


# What it brings


async def test_a_page_with_its_declared_type_and_charset(web: Web) -> None:
    url = web.route("/a", body=b"hello", headers={"Content-Type": 'Text/HTML; Charset="windows-1251"'})
    assert await get(url) == Fetched(b"hello", url, "text/html", "windows-1251")


async def test_the_request_says_who_asks_and_carries_nothing_else(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    url = web.route("/a", body=b"x", headers={"Set-Cookie": "a=b; Path=/"})
    async with Fetcher(LOCAL) as fetcher:
        await fetcher.get(url)
        await fetcher.get(url)
    for seen in web.requests:
        assert seen.headers["user-agent"].startswith("onrecord/")
        assert seen.headers["user-agent"].endswith(" (self-hosted briefing bot; feed reader)")
        assert seen.headers["accept-encoding"] == "gzip, deflate, br, zstd"
        assert seen.headers["host"] == web.host
        assert "cookie" not in seen.headers
        assert not {"authorization", "if-none-match", "if-modified-since"} & set(seen.headers)


async def test_a_name_is_asked_for_by_name_at_the_address_that_was_checked(web: Web) -> None:
    web.route("/a", body=b"x")
    names = Names(["127.0.0.1"])
    answer = await get(web.url("/a?b=c#d", "News.Test."), resolve=names)
    assert names.asked == [("news.test", web.port)]
    assert web.requests[0].headers["host"] == f"news.test:{web.port}"
    assert web.requests[0].path == "/a?b=c"
    assert answer.url == f"http://news.test.:{web.port}/a?b=c"


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_redirects_are_followed_and_the_last_address_is_told(web: Web, status: int) -> None:
    web.redirect("/a", "b?x=1", status)
    web.redirect("/b", web.url("/c"))
    web.route("/c", body=b"there")
    answer = await get(web.url("/a"))
    assert (answer.body, answer.url) == (b"there", web.url("/c"))


@pytest.mark.parametrize(
    ("encoding", "packed"),
    [
        ("gzip", gzip.compress(b"text" * 99)),
        ("x-gzip", gzip.compress(b"text" * 50) + gzip.compress(b"text" * 49)),
        ("gzip", gzip.compress(b"text" * 99) + b"\0\0"),
        ("deflate", zlib.compress(b"text" * 99)),
        ("deflate", zlib.compress(b"text" * 99, wbits=-15)),
        ("br", brotli.compress(b"text" * 99)),
        ("zstd", zstandard.compress(b"text" * 99)),
        ("identity", b"text" * 99),
    ],
)
async def test_compressed_bodies(web: Web, encoding: str, packed: bytes) -> None:
    url = web.route("/a", body=packed, headers={"Content-Encoding": encoding})
    assert (await get(url)).body == b"text" * 99


async def test_many_tasks_share_one_fetcher(web: Web) -> None:
    url = web.route("/a", body=b"x", delay=0.05)
    async with Fetcher(LOCAL) as fetcher:
        answers = await asyncio.gather(*(fetcher.get(url) for _ in range(30)))
    assert {answer.body for answer in answers} == {b"x"}


async def test_tls_is_checked_against_the_name_and_not_the_address() -> None:
    asked: list[str | None] = []
    context = tls_context()
    context.sni_callback = lambda _socket, name, _context: asked.append(name)
    with Web(context) as web:
        web.route("/a", body=b"safe")
        url = web.url("/a", "news.test")
        answer = await get(url, verify=trusting_context(), resolve=Names(["127.0.0.1"]))
        assert answer.body == b"safe"
        assert asked == ["news.test"]
        assert "certificate" in str(await failure(url, resolve=Names(["127.0.0.1"])))
        other = web.url("/a", "other.test")
        error = await failure(other, verify=trusting_context(), resolve=Names(["127.0.0.1"]))
        assert "certificate that is not trusted" in str(error)
        assert other in str(error)


# Asking again

DATE = "Fri, 16 Aug 2024 09:00:00 GMT"


async def test_what_has_not_changed_is_not_sent_again(web: Web) -> None:
    """With the validators as the server gave them, letter by letter."""
    etag = 'W/"a,b \xe9"'
    web.route("/a", body=b"x", headers={"ETag": etag, "Last-Modified": DATE, "Cache-Control": "max-age=60"})
    web.route("/a", 304, headers={"ETag": '"new"', "Cache-Control": "max-age=90"})
    async with Fetcher(LOCAL) as fetcher:
        first = await fetcher.get(web.url("/a"))
        again = await fetcher.get(web.url("/a"), etag=first.etag, modified=first.modified)
    assert (first.unchanged, first.etag, first.modified, first.max_age) == (False, etag, DATE, 60.0)
    sent = web.requests[1].headers
    assert (sent["if-none-match"], sent["if-modified-since"]) == (etag, DATE)
    # The server gave no new date, so the old one stays.
    assert again == Fetched(b"", web.url("/a"), None, None, True, '"new"', DATE, 90.0)


async def test_what_has_changed_is_sent_with_its_own_validators(web: Web) -> None:
    url = web.route("/a", body=b"x")
    answer = await get_again(url, '"old"', DATE)
    assert (answer.body, answer.unchanged, answer.etag, answer.modified) == (b"x", False, None, None)


async def get_again(url: str, etag: str | None, modified: str | None) -> Fetched:
    async with Fetcher(LOCAL) as fetcher:
        return await fetcher.get(url, etag=etag, modified=modified)


@pytest.mark.parametrize(
    ("etag", "modified"),
    [
        ('"a"\r\nX: y', DATE + "\r\nX: y"),
        ("a\nb", "yesterday"),
        ("*", "0"),
        ("", ""),
        ("a" * 501, DATE + " " * 500 + "x"),
        ("\u2026", "\u2026"),
        ("a\0b", "-1"),
        (None, None),
    ],
)
async def test_validators_that_make_no_sense_are_not_sent(web: Web, etag: str | None, modified: str | None) -> None:
    url = web.route("/a", body=b"x")
    await get_again(url, etag, modified)
    assert not {"if-none-match", "if-modified-since", "x"} & set(web.requests[0].headers)
    assert "no article or feed" in str(await failure(web.route("/b", 304)))


@pytest.mark.parametrize("headers", [{"ETag": "*", "Last-Modified": "soon"}, {"ETag": "a\tb" + "c" * 900}])
async def test_validators_that_make_no_sense_are_not_passed_on(web: Web, headers: dict[str, str]) -> None:
    answer = await get(web.route("/a", body=b"x", headers=headers))
    assert (answer.etag, answer.modified) == (None, None)


async def test_validators_go_to_the_end_of_the_chain(web: Web) -> None:
    with Web() as other:
        web.redirect("/a", other.url("/b"))
        other.route("/b", 304)
        answer = await get_again(web.url("/a"), '"x"', None)
        assert (answer.unchanged, answer.url, answer.etag) == (True, other.url("/b"), '"x"')
        assert other.requests[0].headers["if-none-match"] == '"x"'


@pytest.mark.parametrize(
    ("statuses", "leads"),
    [
        ([301], "/1"),
        ([308, 301], "/2"),
        ([301, 302, 301], "/1"),
        ([308, 308, 307], "/2"),
        ([302, 301], None),
        ([303], None),
        ([307, 308], None),
        ([], None),
    ],
)
async def test_where_an_address_has_moved_for_good(web: Web, statuses: list[int], leads: str | None) -> None:
    for number, status in enumerate(statuses):
        web.redirect(f"/{number}", f"/{number + 1}#top", status)
    web.route(f"/{len(statuses)}", body=b"x", headers={"ETag": '"e"'})
    web.route(f"/{len(statuses)}", 304)
    whole = web.url("/0").replace("http://", "http://me:hunter2@")
    answer = await get(whole)
    assert answer.moved == (web.url(leads) if leads else None)
    assert (await get_again(whole, answer.etag, None)).moved == answer.moved


HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"cache-control": "max-age=600"}, 600),
        ({"cache-control": 'public, Max-Age = "600" , must-revalidate', "age": "100"}, 500),
        ({"cache-control": "max-age=600, max-age=300"}, 300),
        ({"cache-control": "max-age=60", "age": "100"}, 0),
        ({"cache-control": "max-age=60", "age": "old"}, 60),
        ({"cache-control": "max-age=0"}, 0),
        ({"cache-control": "no-cache, max-age=60"}, None),
        ({"cache-control": "NO-STORE", "expires": HOUR}, None),
        ({"cache-control": 'private="max-age=5", s-maxage=9'}, None),
        ({"cache-control": "max-age=soon"}, None),
        ({"cache-control": "max-age=-5", "expires": HOUR}, 3600),
        ({"cache-control": "max-age=60", "expires": HOUR}, 60),
        ({"expires": HOUR}, 3600),
        ({"expires": HOUR, "date": HOUR * 0.5}, 1800),
        ({"expires": -HOUR}, 0),
        ({"expires": "0"}, 0),
        ({"expires": "Mon, 99 Foo 20244 99:99:99 GMT"}, 0),
        ({"expires": HOUR, "date": "today"}, 3600),
    ],
)
def test_how_long_an_answer_stays_fresh(headers: dict[str, str | timedelta], seconds: float | None) -> None:
    now = datetime(2024, 8, 16, 9, 0, tzinfo=UTC)
    written = {
        name: value if isinstance(value, str) else format_datetime(now + value, usegmt=True)
        for name, value in headers.items()
    }
    assert max_age(written, now) == seconds


@given(
    st.dictionaries(
        st.sampled_from(["cache-control", "age", "expires", "date", "retry-after", "last-modified", "etag"]),
        st.text(st.characters(max_codepoint=255), max_size=60)
        | st.from_regex(r"(max-age|no-cache)[ =,\"0-9a-z]{0,20}", fullmatch=True)
        | st.from_regex(r"(Mon, )?[0-9]{1,2} [A-Z][a-z]{2} [0-9]{1,6} [0-9:]{1,9} [GMT+0-9-]{0,6}", fullmatch=True),
    )
)
def test_no_header_upsets_its_reader(headers: dict[str, str]) -> None:
    now = datetime(2024, 8, 16, 9, 0, tzinfo=UTC)
    for seconds in (max_age(headers, now), status_failure(503, headers).retry_after):
        assert seconds is None or 0 <= seconds < 1e12
    for validator in (etag_of(headers.get("etag")), modified_of(headers.get("last-modified"))):
        assert validator is None or not {"\r", "\n", "\0", "\x7f"} & set(validator)


# Addresses that are nobody's business


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "localhost",
        "[::1]",
        "[::]",
        "0.0.0.0",
        "0",
        "169.254.169.254",
        "10.0.0.1",
        "172.16.3.4",
        "192.168.1.1",
        "100.64.0.1",
        "198.18.0.1",
        "224.0.0.1",
        "255.255.255.255",
        "240.0.0.1",
        "2130706433",
        "0x7f000001",
        "127.1",
        "[::ffff:127.0.0.1]",
        "[::ffff:a00:1]",
        "[::127.0.0.1]",
        "[64:ff9b::10.0.0.1]",
        "[64:ff9b:1::10.0.0.1]",
        "[2002:7f00:1::]",
        "[2002:a00:1::1]",
        "[2001:0:1::1]",
        "[fc00::1]",
        "[fe80::1]",
        "[fec0::1]",
        "[ff02::1]",
        "[2001:db8::1]",
        "[3fff::1]",
        "[100::1]",
    ],
)
async def test_no_private_address_in_any_spelling(host: str) -> None:
    error = await failure(f"http://{host}:9/latest/meta-data", allow=())
    assert "is not a public address; allow it with FETCH_ALLOW" in str(error)


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "2606:4700::1111", "64:ff9b::8.8.8.8", "2002:808:808::1", "::ffff:8.8.8.8"]
)
def test_public_addresses_are_public(address: str) -> None:
    assert is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize(
    "address",
    ["192.0.0.192", "192.88.99.1", "168.63.129.16", "::ffff:8.8.8.8%1", "2606:4700::1111%1", "2002:c000:c0::1"],
)
def test_addresses_that_look_public_are_not(address: str) -> None:
    assert not is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize("answer", [["10.1.2.3"], ["93.184.216.34", "10.1.2.3"], ["::1", "93.184.216.34"]])
async def test_a_name_that_resolves_to_a_private_address_is_refused_whole(answer: list[str]) -> None:
    error = await failure("http://inside.test/", resolve=Names(answer))
    assert str(error) == (
        "http://inside.test/ is refused: inside.test is not a public address; allow it with FETCH_ALLOW"
    )


async def test_a_redirect_to_a_private_address_is_refused(web: Web) -> None:
    web.redirect("/a", "http://10.0.0.1/admin?key=1")
    error = await failure(web.url("/a"))
    assert web.url("/a") in str(error)
    assert "10.0.0.1 is not a public address" in str(error)
    assert "key" not in str(error)


@pytest.mark.parametrize("to", ["file:///etc/passwd", "ftp://x.test/", "gopher://x.test/", "javascript:1"])
async def test_a_redirect_to_another_scheme_is_refused(web: Web, to: str) -> None:
    web.redirect("/a", to)
    assert "redirects to" in str(await failure(web.url("/a")))


async def test_a_name_that_changes_its_mind_is_not_asked_again(web: Web) -> None:
    """Rebinding: public when it is checked, private when it is connected to. There is one question, so one answer."""
    names = Names(["93.184.216.34"], ["127.0.0.1"])
    connected: list[str] = []
    fetcher = Fetcher(resolve=names, timeout=0.2)

    async def connect(self: object, host: str, *_: object) -> None:
        connected.append(host)
        raise TimeoutError

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("httpcore.AnyIOBackend.connect_tcp", connect)
        with pytest.raises(FetchError):
            await fetcher.get(web.url("/", "rebind.test"))
    assert connected == ["93.184.216.34"]
    assert len(names.asked) == 1
    with pytest.raises(FetchError, match="not a public address"):
        await fetcher.get(web.url("/", "rebind.test"))
    await fetcher.aclose()
    assert web.requests == []


async def test_each_redirect_is_resolved_and_checked_anew(web: Web) -> None:
    names = Names(["127.0.0.1"], ["192.168.0.1"])
    web.redirect("/a", "/b")
    error = await failure(web.url("/a", "rebind.test"), allow=("127.0.0.1",), resolve=names)
    assert "rebind.test is not a public address" in str(error)
    assert [seen.path for seen in web.requests] == ["/a"]


async def test_what_is_allowed_is_fetched(web: Web) -> None:
    web.route("/a", body=b"in")
    local = Names(["127.0.0.1"])
    for allow in ("127.0.0.1", "127.0.0.0/8", "Wiki.Corp", f"wiki.corp:{web.port}", f"127.0.0.1:{web.port}"):
        assert (await get(web.url("/a", "wiki.corp"), allow=(allow,), resolve=local)).body == b"in"
    for allow in ("127.0.0.2", "wiki.corp:1", "corp", "127.0.0.1:1", "::/0"):
        await failure(web.url("/a", "wiki.corp"), allow=(allow,), resolve=local)


def test_an_allowance_for_a_port_is_for_that_port() -> None:
    allowed = Allowed(["[fd00::1]:8080", "10.0.0.0/8", "", "fd01::/16"])
    assert allowed.permits("x", ipaddress.ip_address("fd00::1"), 8080)
    assert not allowed.permits("x", ipaddress.ip_address("fd00::1"), 80)
    assert allowed.permits("x", ipaddress.ip_address("fd01::9"), 80)
    assert allowed.permits("x", ipaddress.ip_address("::ffff:10.0.0.1"), 80)


@pytest.mark.parametrize(
    "entry", ["10.0.0.0/33", "http://wiki.corp/", "wiki.corp:99999", "wiki.corp:http", "a b", ":80"]
)
def test_a_malformed_allowance_is_named(entry: str) -> None:
    with pytest.raises(SettingsError, match="FETCH_ALLOW"):
        Allowed([entry])


# Addresses that are none


@pytest.mark.parametrize(
    "url",
    [
        "",
        "x",
        "//x.test/",
        "ftp://x.test/",
        "file:///etc/passwd",
        "http://",
        "http:///x",
        "http://[::1",
        "http://x.test:0/",
        "http://x.test:99999/",
        "http://x.test:http/",
        "http://x.test/\r\nX: y",
        "http://a b.test/",
        "http://①②⑦.⓪.⓪.①/",
        "http://0177.0.0.1/",
        f"http://{'a' * 300}.test/",
        f"http://x.test/{'a' * 70000}",
        "http://.x.test/",
        "http://%00.test/",
        "http://\ud800.test/",
        "http://xn--.test/",
        "https://.../",
    ],
)
async def test_addresses_that_cannot_be_fetched(url: str) -> None:
    assert len(str(await failure(url, resolve=nobody))) < 600


async def test_a_name_that_the_system_cannot_even_ask_for() -> None:
    assert "does not resolve" in str(await failure(f"http://{'a' * 300}.test/"))


async def test_a_name_that_does_not_resolve() -> None:
    error = await failure("http://nowhere.test/feed", resolve=nobody)
    assert str(error) == "http://nowhere.test/feed has a host name that does not resolve; check its spelling"
    await failure("http://nowhere.test/feed", resolve=Names([]))


async def test_a_resolver_that_hangs_is_not_waited_for() -> None:
    async def slow(host: str, port: int) -> list[str]:
        await asyncio.sleep(30)
        return []

    assert "looked up in time" in str(await failure("http://slow.test/", resolve=slow, timeout=0.1))


async def test_a_server_that_is_not_there() -> None:
    with Web() as web:
        url = web.url("/")
    assert "takes no connection" in str(await failure(url))


async def test_the_next_address_is_tried_when_the_first_takes_no_connection(web: Web) -> None:
    web.route("/a", body=b"x")
    names = Names(["::1", "127.0.0.1"])
    assert (await get(web.url("/a", "two.test"), allow=(*LOCAL, "::1"), resolve=names)).body == b"x"


# Answers that are none


@pytest.mark.parametrize(
    ("status", "says"),
    [
        (404, "there is nothing there; check the address"),
        (410, "it is gone for good; remove it, or give the address that took its place"),
        (401, "not open to this bot"),
        (403, "not open to this bot"),
        (500, "try again later"),
        (429, "try again later"),
        (304, "no article or feed"),
        (418, "no article or feed"),
    ],
)
async def test_statuses(web: Web, status: int, says: str) -> None:
    error = await failure(web.route("/a", status))
    assert str(error).startswith(f"{web.url('/a')} answered {status}")
    assert says in str(error)
    assert error.retry_after is None
    assert error.status == status


async def test_where_there_is_no_answer_there_is_no_status(web: Web) -> None:
    for url in ("http://10.0.0.1/", "x", web.route("/a", raw=b"")):
        assert (await failure(url)).status is None


@pytest.mark.parametrize("status", [403, 410, 429, 500, 503])
@pytest.mark.parametrize(
    ("value", "low", "high"),
    [
        ("120", 120, 120),
        ("0", 0, 0),
        (timedelta(hours=1), 3500, 3600),
        (timedelta(hours=-1), 0, 0),
    ],
)
async def test_a_host_that_asks_for_patience(
    web: Web, status: int, value: str | timedelta, low: float, high: float
) -> None:
    if isinstance(value, timedelta):
        value = format_datetime(datetime.now(UTC) + value, usegmt=True)
    error = await failure(web.route("/a", status, headers={"Retry-After": value}))
    assert error.retry_after is not None
    assert low <= error.retry_after <= high


@pytest.mark.parametrize("value", ["soon", "-5", "1e9", "9" * 5000, "Mon, 99 Foo 20244 99:99:99 GMT", "²"])
async def test_patience_that_makes_no_sense(web: Web, value: str) -> None:
    raw = b"HTTP/1.1 429 X\r\nRetry-After: " + value.encode() + b"\r\nContent-Length: 0\r\n\r\n"
    web.route("/a", raw=raw)
    assert (await failure(web.url("/a"))).retry_after is None


async def test_too_many_redirects(web: Web) -> None:
    web.redirect("/a", "/a")
    assert "redirects more than 5 times" in str(await failure(web.url("/a")))
    assert len(web.requests) == 6


async def test_a_redirect_to_nowhere(web: Web) -> None:
    await failure(web.route("/a", 302))
    web.route("/b", raw=b"HTTP/1.1 302 X\r\nLocation: http://[\xff\r\nContent-Length: 0\r\n\r\n")
    await failure(web.url("/b"))


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\0\1\2\3" * 99,
        b"SSH-2.0-OpenSSH\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort",
        b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"HTTP/1.1 200 OK\r\nX: " + b"a" * 300_000 + b"\r\n\r\n",
        b"HTTP/1.1 999999 OK\r\n\r\n",
    ],
)
async def test_servers_that_do_not_speak_http(web: Web, raw: bytes) -> None:
    web.route("/a", raw=raw)
    assert "does not speak HTTP" in str(await failure(web.url("/a")))


async def test_https_asked_of_a_server_without_tls(web: Web) -> None:
    error = await failure(web.url("/a").replace("http:", "https:"))
    assert "TLS" in str(error) or "broke the connection" in str(error)


@pytest.mark.parametrize("encoding", ["gzip, gzip", "gzip, br", "compress", "zstd\r\nContent-Encoding: zstd"])
async def test_a_compression_that_was_not_asked_for(web: Web, encoding: str) -> None:
    url = web.route("/a", body=b"x", headers={"Content-Encoding": encoding})
    assert "was not asked for" in str(await failure(url))


@pytest.mark.parametrize(
    ("body", "says"),
    [(gzip.compress(b"x" * 999)[:-9], "broke off"), (b"plain", "damaged"), (gzip.compress(b"") * 200, "damaged")],
)
async def test_damaged_compression(web: Web, body: bytes, says: str) -> None:
    url = web.route("/a", body=body, headers={"Content-Encoding": "gzip"})
    assert says in str(await failure(url))


# Servers that mean harm


@pytest.mark.parametrize("declared", [True, False])
async def test_a_body_that_is_too_large_is_cut_off(web: Web, declared: bool) -> None:
    body: object = b"x" * 50_001 if declared else (b"x" * 1000 for _ in range(1_000_000))
    url = web.route("/a", body=body)  # type: ignore[arg-type]
    error = await failure(url, max_bytes=50_000)
    assert "is larger than 50,000 bytes" in str(error)
    exactly = web.route("/b", body=b"x" * 50_000)
    assert len((await get(exactly, max_bytes=50_000)).body) == 50_000


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "zstd"])
async def test_a_bomb_stops_early_and_in_little_memory(web: Web, encoding: str) -> None:
    packed = endless(encoding, 900_000_000)
    url = web.route("/a", body=packed, headers={"Content-Encoding": encoding})
    await get(web.route("/warm", body=b"x"))
    tracemalloc.start()
    try:
        error = await failure(url, max_bytes=1_000_000)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert "is larger than 1,000,000 bytes" in str(error)
    assert peak < 16_000_000


async def test_a_body_of_tiny_pieces_takes_no_more_memory_than_a_whole_one(web: Web) -> None:
    chunks = b"2\r\nab\r\n" * 30_000 + b"0\r\n\r\n"
    url = web.route("/a", body=[chunks], headers={"Transfer-Encoding": "chunked"})
    await get(web.route("/warm", body=b"x"))
    tracemalloc.start()
    try:
        answer = await get(url)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert answer.body == b"ab" * 30_000
    assert peak < 1_500_000


async def test_headers_without_end_are_not_waited_for(web: Web) -> None:
    web.route("/a", raw=b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 100_000)
    assert "does not speak HTTP" in str(await failure(web.url("/a")))
    web.route("/b", raw=b"HTTP/1.1 103 Early\r\n\r\n" * 10_000 + b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
    assert (await get(web.url("/b"))).body == b""


async def test_a_stream_of_nothing_ends(web: Web) -> None:
    """Empty deflate blocks: bytes keep coming, and none come out."""
    start = zlib.compressobj(wbits=-15)
    empty = start.flush(zlib.Z_FULL_FLUSH) or b"\x00\x00\x00\xff\xff"
    url = web.route("/a", body=(empty * 1000 for _ in range(1_000_000)), headers={"Content-Encoding": "deflate"})
    assert "is larger than" in str(await failure(url, max_bytes=100_000))


async def test_a_server_that_stays_silent(web: Web) -> None:
    began = time.monotonic()
    error = await failure(web.route("/a", delay=30), timeout=0.2)
    assert "did not answer within 0.2 seconds" in str(error)
    assert time.monotonic() - began < 2


async def test_a_server_that_dribbles_is_given_the_time_in_all_and_no_more(web: Web) -> None:
    began = time.monotonic()
    error = await failure(web.route("/a", body=b"x" * 10_000, dribble=0.02), timeout=5.0, total=0.5)
    assert "took longer than 0.5 seconds" in str(error)
    assert time.monotonic() - began < 2


async def test_redirects_share_the_time_in_all(web: Web) -> None:
    for number in range(5):
        web.route(f"/{number}", 302, headers={"Location": f"/{number + 1}"}, delay=0.2)
    assert "took longer than" in str(await failure(web.url("/0"), total=0.5))


# Credentials


async def test_credentials_go_to_their_own_host_only(web: Web) -> None:
    with Web() as other:
        web.redirect("/a", "/b")
        web.redirect("/b", other.url("/c"))
        other.route("/c", body=b"x")
        answer = await get(web.url("/a").replace("http://", "http://me:p%40ss@"))
        assert [seen.headers.get("authorization") for seen in web.requests] == ["Basic bWU6cEBzcw=="] * 2
        assert "authorization" not in other.requests[0].headers
        assert answer.url == other.url("/c")


async def test_credentials_do_not_go_to_another_port_or_come_back(web: Web) -> None:
    with Web() as other:
        web.redirect("/a", other.url("/b"))
        other.redirect("/b", web.url("/c"))
        web.route("/c", body=b"x")
        await get(web.url("/a").replace("http://", "http://me:hunter2@"))
        assert "authorization" not in other.requests[0].headers
        assert ["authorization" in seen.headers for seen in web.requests] == [True, False]


@pytest.mark.parametrize(
    ("here", "there", "stays"),
    [
        ("http://a.test/x", "/y", True),
        ("http://a.test/x", "//A.Test.:80/y", True),
        ("http://a.test/x", "https://a.test/y", True),
        ("https://a.test/x", "https://a.test:443/y", True),
        ("https://a.test/x", "http://a.test/y", False),
        ("https://a.test/x", "http://a.test:443/y", False),
        ("http://a.test/x", "https://a.test:8443/y", False),
        ("http://a.test:8080/x", "https://a.test/y", False),
        ("http://a.test:8080/x", "http://a.test/y", False),
        ("http://a.test/x", "http://a.test:8080/y", False),
        ("http://a.test/x", "http://b.a.test/y", False),
        ("http://b.a.test/x", "http://a.test/y", False),
        ("http://a.test/x", "http://a.test.evil.test/y", False),
        ("http://a.test/x", "http://a.test@evil.test/y", False),
    ],
)
def test_which_redirects_credentials_follow(here: str, there: str, stays: bool) -> None:
    step = next_step(first_step(here.replace("//", "//me:hunter2@"), None, None), 302, there)
    assert bool(step.authorization) == stays


async def test_credentials_that_a_redirect_names_are_not_used(web: Web) -> None:
    web.redirect("/a", web.url("/b").replace("http://", "http://evil:evil@"))
    web.route("/b", body=b"x")
    answer = await get(web.url("/a"))
    assert "authorization" not in web.requests[1].headers
    assert answer.url == web.url("/b")


@pytest.mark.parametrize(
    "url",
    [
        "http://me:hunter2@127.0.0.1:9/feed?token=hunter2",
        "http://me:hunter2@10.0.0.1/",
        "http://me:hunter2@nowhere.invalid/",
        "http://me:hunt/er2:hunter2@x.test/",
        "http://me:hunter2@x.test:port/",
        "http://me:hunter2@[::1/",
        "http://me:hunter2#@x.test/",
        "ftp://me:hunter2@x.test/",
        "http://me: hunter2@x .test/",
        "http:/me:hunter2@x.test/",
        "http:\\\\me:hunter2@x.test/",
        "http:/\t/me:hunter2@x.test/",
        "me:hunter2@x.test",
    ],
)
async def test_credentials_are_never_shown(url: str) -> None:
    error = await failure(url, resolve=system_resolve if "10.0.0.1" in url else nobody)
    assert "hunter2" not in str(error)
    chain: BaseException | None = error
    while chain is not None and not chain.__suppress_context__:
        assert "hunter2" not in str(chain)
        chain = chain.__cause__ or chain.__context__


def test_what_may_be_shown_of_an_address() -> None:
    assert shown("https://me:pw@x.test/@user/post?key=1#top") == "https://x.test/@user/post?…"
    assert shown("https://x.test/@user/post") == "https://x.test/@user/post"
    assert len(shown("https://x.test/" + "a" * 9999)) < 310


def test_importing_the_fetcher_imports_no_library() -> None:
    heavy = {"httpx", "httpcore", "anyio", "brotli", "zstandard"}
    code = f"import sys, briefings.fetch, briefings.politeness; sys.exit(bool({heavy!r} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
