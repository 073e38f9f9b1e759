"""RSS, Atom and RDF feeds."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefings.errors import InputError, Unreadable
from briefings.model import Draft, Precision
from briefings.sources import Defaults, Refused
from briefings.sources.feed import Feed
from tests.sources.payloads import DAY, NOTHING, patient, payload, read

SPACES = (
    'xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/" '
    'xmlns:atom="http://www.w3.org/2005/Atom"'
)
AT = "https://news.test/feed"


def rss(
    items: str, head: str = "<title>News &amp;amp; Views</title><language>en-GB</language>", prolog: str = ""
) -> bytes:
    return f'{prolog}<rss version="2.0" {SPACES}><channel>{head}{items}</channel></rss>'.encode()


def articles(body: bytes, defaults: Defaults = NOTHING) -> list[Draft]:
    found = list(read(payload(body, AT, "application/rss+xml"), defaults))
    assert all(isinstance(item, Draft) for item in found), found
    return [item for item in found if isinstance(item, Draft)]


def test_an_rss_item() -> None:
    (made,) = articles(
        rss("""<item><title>Talks &lt;b&gt;resume&lt;/b&gt; at P&amp;amp;O</title><link>/2024/talks</link>
        <guid isPermaLink="false">tag:7</guid><pubDate>Wed, 14 Aug 2024 10:00:00 +0200</pubDate>
        <author>jane@news.test (Jane Roe)</author><description>Short.</description>
        <content:encoded><![CDATA[<p>He said &ldquo;no&rdquo;.</p><script>x()</script><p>They left<br/>at once.</p>
        <ul><li>One</li><li>Two</li></ul>]]></content:encoded></item>""")
    )
    assert made == Draft(
        text="He said “no”.\n\nThey left\nat once.\n\nOne\n\nTwo",
        title="Talks resume at P&O",
        outlet="News & Views",
        published=DAY.replace(hour=8),
        url="https://news.test/2024/talks",
        byline="Jane Roe",
        language="en-gb",
        external_id="tag:7",
    )


def test_an_atom_entry() -> None:
    body = b"""<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom" xml:lang="uk"><title>News</title>
    <entry><id>urn:1</id><title type="html">A &amp;lt;b&amp;gt;</title><link href="https://news.test/1"/>
    <author><name>Ann</name></author><author><name>Bob</name></author><updated>2024-08-14T10:00:00Z</updated>
    <summary>Less</summary><content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>One</p><p>Two</p></div></content>
    </entry><entry><id>urn:2</id><title>B</title><published>2024-08-13</published><updated>2024-08-14T10:00:00Z</updated>
    <source><title>Elsewhere</title></source>
    <summary type="text">1 &lt; 2 and &lt;p&gt; stays</summary></entry></feed>"""
    first, second = articles(body)
    assert (first.text, first.byline, first.title) == ("One\n\nTwo", "Ann, Bob", "A <b>")
    assert (first.published, first.published_precision) == (DAY.replace(hour=10), Precision.MINUTE)
    assert (first.outlet, first.language, first.external_id) == ("News", "uk", "urn:1")
    assert (second.text, second.outlet) == ("1 < 2 and <p> stays", "Elsewhere")
    assert (second.published, second.published_precision) == (DAY.replace(day=13), Precision.DAY)


def test_an_rdf_item() -> None:
    body = f"""<?xml version="1.0"?><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" {SPACES}
    xmlns="http://purl.org/rss/1.0/"><channel rdf:about="x"><title>News</title></channel>
    <item rdf:about="https://news.test/1"><title>T</title><link>https://news.test/1</link><description>Words</description>
    <dc:date>2024-08-14T10:00:00Z</dc:date><dc:publisher>The Agency</dc:publisher></item></rdf:RDF>""".encode()
    (made,) = articles(body)
    assert (made.text, made.outlet, made.published) == ("Words", "The Agency", DAY.replace(hour=10))


def item(
    inner: str = "<description>Words</description>", date: str = "<pubDate>Wed, 14 Aug 2024 10:00:00 GMT</pubDate>"
) -> str:
    return f"<item><title>T</title>{inner}{date}</item>"


def test_the_outlet_is_given_or_the_entrys_own_or_the_feeds() -> None:
    body = rss(item() + item('<description>Words</description><source url="https://o.test/">Other</source>'))
    assert [made.outlet for made in articles(body)] == ["News & Views", "Other"]
    assert [made.outlet for made in articles(body, Defaults("Given"))] == ["Given", "Given"]
    (host,) = articles(rss(item("<description>Words</description><link>https://www.x.test/1</link>"), head=""))
    assert host.outlet == "x.test"


def test_entries_that_lack_something_are_named() -> None:
    body = rss(item() + item(date="") + item(inner="") + item(date="<pubDate>soon</pubDate>") + item())
    found = list(read(payload(body, AT), NOTHING))
    assert [str(it) for it in found if isinstance(it, Refused)] == [
        "entry 2: no date of publication; give one with --date 2024-08-14",
        "entry 3: no text",
        "entry 4: no date of publication; give one with --date 2024-08-14",
    ]
    assert len(articles(rss(item(date="")), Defaults(published=DAY))) == 1


def test_text_without_markup_keeps_its_lines() -> None:
    (made,) = articles(rss(item("<description>One &amp;amp; two.\n\nThree.</description>")))
    assert made.text == "One & two.\n\nThree."


def test_links_that_deceive_are_dropped() -> None:
    for link in ("javascript:alert(1)", "https://bbc.test@evil.test/", "file:///etc/passwd"):
        (made,) = articles(rss(item(f"<description>Words</description><link>{link}</link>")))
        assert made.url is None


@pytest.mark.parametrize("encoding", ["utf-8", "windows-1251", "koi8-r", "utf-16"])
def test_encodings(encoding: str) -> None:
    body = f'<?xml version="1.0" encoding="{encoding}"?>' + rss(item("<description>Переговоры</description>")).decode()
    (made,) = articles(body.encode(encoding))
    assert made.text == "Переговоры"


def test_a_server_that_declares_the_encoding_is_believed() -> None:
    body = rss(item("<description>Переговоры</description>")).decode().encode("windows-1251")
    (made,) = read(payload(body, AT, "application/rss+xml", "windows-1251"), NOTHING)
    assert isinstance(made, Draft)
    assert made.text == "Переговоры"


def test_a_broken_feed_gives_what_it_has() -> None:
    body = rss(item("<description>One &nbsp; two\x01 & three</description>"))[: -len("</item></channel></rss>")]
    (made,) = articles(body)
    assert made.text.split() == ["One", "two", "&", "three"]


BOMB = """<!DOCTYPE rss [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>"""


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_entities_of_its_own_are_not_read(encoding: str) -> None:
    body = rss(item("<description>&b;</description>"), prolog='<?xml version="1.0"?>\n<!-- ]> <rss> -->' + BOMB)
    with pytest.raises(Unreadable, match="declares XML entities of its own"):
        articles(body.decode().encode(encoding))


@pytest.mark.parametrize("quote", ['"]>"', "'>'"])
def test_a_document_type_does_not_reach_the_parser(quote: str) -> None:
    prolog = f'<!DOCTYPE rss [<!ATTLIST x y CDATA {quote}><!ENTITY a SYSTEM "file:///etc/hostname">]>'
    try:
        found = articles(rss(item("<description>x &a; y</description>"), prolog=prolog))
    except Unreadable:
        return
    assert [made.text for made in found] == ["x &a; y"]


def test_an_outside_document_type_is_passed_over() -> None:
    prolog = '<?xml version="1.0"?><!DOCTYPE rss SYSTEM "file:///etc/passwd">\n'
    (made,) = articles(rss(item("<description>Words</description>"), prolog=prolog))
    assert made.text == "Words"


def test_a_payload_that_spells_a_file_name_opens_no_file() -> None:
    for body in (b"/etc/passwd", b"http://127.0.0.1:9/", b"pyproject.toml"):
        with pytest.raises(Unreadable, match="is not a feed"):
            list(read(payload(body), kind="feed"))


PAGE = b"""<!doctype html><html><head><title>News</title>
<link rel="alternate" type="application/rss+xml" href="/rss.xml"><link rel=alternate type="application/atom+xml" href="https://o.test/a">
<link rel="alternate" hreflang="fr" href="/fr"><link rel="alternate" type="application/rss+xml" href="javascript:1">
<link rel="alternate" type="application/rss+xml" href="c"><link rel="alternate" type="application/rss+xml" href="d">
</head><body>Hello</body></html>"""


def test_a_page_in_a_feeds_place_names_its_feeds() -> None:
    with pytest.raises(Unreadable) as caught:
        list(read(payload(PAGE, "https://me:pw@news.test/x?key=1", "application/rss+xml"), kind="feed"))
    message = str(caught.value)
    assert message == (
        "https://news.test/x?… serves a web page, not a feed; "
        "it names these feeds: https://news.test/rss.xml https://o.test/a https://news.test/c"
    )


def test_a_page_without_feeds_is_told_apart_as_well() -> None:
    with pytest.raises(Unreadable, match=r"serves a web page, not a feed$"):
        list(read(payload(b"<html><body>hello</body></html>", AT), kind="feed"))


@pytest.mark.parametrize(
    "body", [b"{}", b"<a/>", b"plain", b"<rss", b"<!-- <rss>", b"<?xml version='1.0'?>", b"\xff\xfe\x00"]
)
def test_what_is_no_feed(body: bytes) -> None:
    with pytest.raises(Unreadable):
        list(read(payload(body), kind="feed"))


@pytest.mark.parametrize(
    "body",
    [
        b"<!---->" * 300_000 + rss(""),
        b"\n" * 2_000_000 + rss(""),
        rss("<a>" * 200_000),
        rss("<item>" * 50_000),
        rss("<a/>" * 200_000),
        rss("<" * 2_000_000),
        rss("<a " * 400_000),
        rss("<![CDATA[" * 200_000),
        rss(item("<description>" + "&lt;div&gt;" * 100_000 + "</description>")),
    ],
    ids=range(9),
)
def test_feeds_made_to_take_for_ever_do_not(body: bytes) -> None:
    given_ = payload(body)
    began = time.monotonic()
    try:
        for _ in Feed().read(given_, NOTHING):
            pass
    except Unreadable:
        pass
    assert time.monotonic() - began < 5


@pytest.mark.parametrize(
    ("body", "content_type", "wanted"),
    [
        (rss(""), None, True),
        (b"<?xml version='1.0'?>\n<!-- x -->\n<feed xmlns='http://www.w3.org/2005/Atom'>", "text/xml", True),
        (b"\xef\xbb\xbf  <rdf:RDF xmlns:rdf='x'>", "text/html", True),
        (rss("").decode().encode("utf-16"), None, True),
        (b"", "application/atom+xml", True),
        (b"<html><body><rss></body>", "application/rss+xml", False),
        (b"<?xml version='1.0'?><!DOCTYPE html><html>", "application/xml", False),
        (b"<svg><feed/></svg>", "application/xml", False),
        (b"text about <rss> feeds", None, False),
    ],
)
def test_is_recognised(body: bytes, content_type: str | None, wanted: bool) -> None:
    assert Feed().recognises(payload(body, "-", content_type)) is wanted


@patient
@given(st.binary(max_size=200), st.booleans())
def test_no_bytes_break_it(body: bytes, inside: bool) -> None:
    if inside:
        body = rss(item("<description>@</description>")).replace(b"@", body)
    try:
        items = list(Feed().read(payload(body, AT), NOTHING))
    except InputError:
        return
    assert all(isinstance(it, Draft | Refused) for it in items)


pieces = st.sampled_from(
    [
        "<item>",
        "</item>",
        "<title>",
        "<link/>",
        "<pubDate>x</pubDate>",
        "<dc:date>0000-00-00</dc:date>",
        "<![CDATA[",
        "]]>",
        "&#0;",
        "&a;",
        "<!--",
        "-->",
        "<?x",
        "<!ENTITY",
        "<guid>",
        "<author>@()</author>",
        "<source>",
        "<content:encoded>",
        "<description",
        "type='text/plain'>",
        "xml:base='::'",
        "<media:content/>",
        "<pubDate>Mon,",
        "31",
        "Feb",
        "99999",
        "25:61:61",
        "+9999</pubDate>",
        "<geo:lat>x</geo:lat>",
        "<georss:point>1</georss:point>",
        "<link>http://[</link>",
    ]
)


@patient
@given(st.lists(pieces, max_size=12))
def test_no_markup_breaks_it(parts: list[str]) -> None:
    try:
        items = list(Feed().read(payload(rss(" ".join(parts)), AT), NOTHING))
    except InputError:
        return
    assert all(isinstance(it, Draft | Refused) for it in items)
