"""Lists of feeds as OPML: what other readers write, what this program writes, and files made to do harm."""

import time
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from briefings.errors import InputError, Unreadable
from briefings.sources import normal
from briefings.sources.opml import MAX_BYTES, MAX_DEPTH, MAX_ELEMENTS, NAMESPACE, Outline, Outlines, read, write
from tests.conftest import NOW
from tests.sources.payloads import patient


def opml(body: str, declaration: str = '<?xml version="1.0" encoding="UTF-8"?>') -> bytes:
    return f'{declaration}<opml version="2.0"><head><title>Mine</title></head><body>{body}</body></opml>'.encode()


def outlines(body: str) -> list[Outline]:
    found = read(opml(body))
    assert found.refused == ()
    return list(found.outlines)


def failure(data: bytes) -> str:
    with pytest.raises(Unreadable) as caught:
        read(data)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_a_list_with_folders() -> None:
    body = """<outline text="World" title="World"><outline text="Wires"><outline type="rss" text="A" title="A"
      xmlUrl="https://a.test/feed" htmlUrl="https://a.test/"/></outline>
      <outline type="rss" text="B" xmlUrl="https://b.test/feed"/></outline>
      <outline text="A note"/><outline type="rss" text="C" xmlUrl="https://c.test/feed" category="/Local/Town,/x"/>"""
    assert outlines(body) == [
        Outline("A", "https://a.test/feed", "https://a.test/", category=("World", "Wires")),
        Outline("B", "https://b.test/feed", category=("World",)),
        Outline("C", "https://c.test/feed", category=("Local", "Town")),
    ]


@pytest.mark.parametrize(
    ("outline", "expected"),
    [
        ('xmlurl="https://a.test/f" text="A"', Outline("A", "https://a.test/f")),
        (
            'XMLURL="https://a.test/f" TEXT="A" HTMLURL="http://a.test"',
            Outline("A", "https://a.test/f", "http://a.test"),
        ),
        ('xmlUrl="https://a.test/f" title="Only a title"', Outline("Only a title", "https://a.test/f")),
        ('xmlUrl=" https://a.test/f#new " text=""', Outline("", "https://a.test/f")),
        ('xmlUrl="feed://a.test/f"', Outline("", "http://a.test/f")),
        ('xmlUrl="feed:https://a.test/f"', Outline("", "https://a.test/f")),
        ('type="rss" url="https://a.test/f"', Outline("", "https://a.test/f")),
        ('xmlUrl="https://a.test/f?x=1&y=2&copy=3" text="B & C"', Outline("B & C", "https://a.test/f?x=1&y=2&copy=3")),
        ('xmlUrl="https://a.test/f?x=1&amp;y=2" text="B &amp; C"', Outline("B & C", "https://a.test/f?x=1&y=2")),
        ('xmlUrl="https://a.test/f" text="Caf&eacute;&nbsp;&mdash; &#1042;"', Outline("Café — В", "https://a.test/f")),
        ('xmlUrl="https://a.test/f" text="&unknown; x"', Outline("&unknown; x", "https://a.test/f")),
        ('xmlUrl="https://me:s3cret@a.test/f"', Outline("", "https://me:s3cret@a.test/f")),
        ('xmlUrl="https://a.test/f" htmlUrl="javascript:x" text="A"', Outline("A", "https://a.test/f")),
        ('xmlUrl="https://a.test/f" text="A" fz:quickMode="false"', Outline("A", "https://a.test/f")),
    ],
)
def test_what_other_readers_write(outline: str, expected: Outline) -> None:
    assert outlines(f"<outline {outline}/>") == [expected]


def test_a_list_in_another_encoding() -> None:
    body = opml('<outline text="Новости" xmlUrl="https://a.test/f"/>', '<?xml version="1.0" encoding="windows-1251"?>')
    assert read(body.decode().encode("cp1251")).outlines[0].title == "Новости"
    assert read(body.decode().replace("windows-1251", "utf-16").encode("utf-16")).outlines[0].title == "Новости"


def test_what_is_broken_further_on_does_not_lose_what_was_there() -> None:
    data = opml('<outline text="A" xmlUrl="https://a.test/f"/><outline text="B" xmlUrl="https://b.test/f"/>')
    assert [each.title for each in read(data.replace(b"</body></opml>", b"")).outlines] == ["A", "B"]
    assert [each.title for each in read(data.replace(b"</head>", b"")).outlines] == ["A", "B"]
    assert [each.title for each in read(b"\n\n junk " + data + b" junk").outlines] == ["A", "B"]


def test_each_place_is_listed_once() -> None:
    body = """<outline text="A" xmlUrl="https://a.test/f"/><outline text="again" xmlUrl="http://www.a.test/f/"/>
    <outline text="F"><outline text="and again" xmlUrl="https://a.test/f?utm_source=x"/></outline>"""
    assert outlines(body) == [Outline("A", "https://a.test/f")]


def test_what_is_commented_out_is_not_there() -> None:
    body = """<outline text="Off" isComment="true"><outline text="A" xmlUrl="https://a.test/f"/></outline>
    <outline text="B" isComment="TRUE" xmlUrl="https://b.test/f"/><outline text="C" xmlUrl="https://c.test/f"/>"""
    assert outlines(body) == [Outline("C", "https://c.test/f")]


@pytest.mark.parametrize(
    "address",
    [
        "file:///etc/passwd",
        "javascript:alert(1)",
        "urn:feed:1",
        "//a.test/f",
        "feed.xml",
        "https://",
        "https://a b.test/",
        "http://[::1",
        "https://a\u202e.test/",
        "https://me:p w@a.test/",
        "https://me@good.test@evil.test/",
        "https://x.test/" + "a" * 3000,
    ],
)
def test_what_is_no_web_address_is_refused_with_its_name(address: str) -> None:
    found = read(opml(f'<outline text="A" xmlUrl="{address}"/><outline text="B" xmlUrl="https://b.test/f"/>'))
    assert found.outlines == (Outline("B", "https://b.test/f"),)
    (line,) = found.refused
    assert line.startswith("“A”: ")
    assert line.endswith("is no web address that can be polled")
    assert len(line) < 400


def test_no_password_is_in_a_refusal() -> None:
    (line,) = read(opml('<outline xmlUrl="ftp://me:s3cret@a.test/f"/>')).refused
    assert line == "ftp://a.test/f is no web address that can be polled"


OWN = f'xmlns:onrecord="{NAMESPACE}" text="A"'


def test_our_own_kinds_and_selectors() -> None:
    body = f"""<outline {OWN} type="link" url="https://a.test/news" onrecord:kind="links" onrecord:selector="h2 > a"/>
    <outline {OWN} type="rss" xmlUrl="https://b.test/j" onrecord:kind="json-feed"/>"""
    assert outlines(body) == [
        Outline("A", "https://a.test/news", kind="links", selector="h2 > a"),
        Outline("A", "https://b.test/j", kind="json-feed"),
    ]


def test_a_kind_of_a_later_version_is_refused() -> None:
    found = read(opml(f'<outline {OWN} type="link" url="https://a.test/x" onrecord:kind="telepathy"/>'))
    assert found == Outlines((), ("“A” is of the kind 'telepathy', which this version does not know; update it",))


@pytest.mark.parametrize(
    ("listed", "expected"),
    [
        # As Feedly, Inoreader, NetNewsWire and FreshRSS lay out their exports.
        (
            """<outline text="Wires" title="Wires">
            <outline type="rss" text="A" title="A" xmlUrl="https://a.test/f" htmlUrl="https://a.test"/></outline>""",
            Outline("A", "https://a.test/f", "https://a.test", category=("Wires",)),
        ),
        (
            '<outline text="A" title="A" type="rss" xmlUrl="https://a.test/f?a=1&amp;b=2" htmlUrl=""/>',
            Outline("A", "https://a.test/f?a=1&b=2"),
        ),
        (
            """<outline text="Wires" title="Wires">
            <outline text="A" title="A" description="" type="rss" version="RSS" htmlUrl="https://a.test/"
            xmlUrl="https://a.test/f"/></outline>""",
            Outline("A", "https://a.test/f", "https://a.test/", category=("Wires",)),
        ),
        (
            """<outline text="Wires" xmlns:frss="https://freshrss.org/opml" frss:opmlUrl="https://l.test/">
            <outline text="A" type="rss" xmlUrl="https://a.test/f" htmlUrl="https://a.test/" description="&lt;b&gt;"
            frss:cssFullContent="article" frss:kind="links"/></outline>""",
            Outline("A", "https://a.test/f", "https://a.test/", category=("Wires",)),
        ),
        (
            '<outline text="A" type="application/rss+xml" xmlUrl="https://a.test/f"/>',
            Outline("A", "https://a.test/f"),
        ),
    ],
)
def test_the_exports_of_well_known_readers(listed: str, expected: Outline) -> None:
    assert outlines(listed) == [expected]


@pytest.mark.parametrize("said", ["HTML+XPath", "XML+XPath", "JSON+DotNotation"])
def test_pages_that_another_reader_takes_apart_are_no_feeds(said: str) -> None:
    found = read(opml(f'<outline text="A" type="{said}" xmlUrl="https://me:s3cret@a.test/news"/>'))
    assert found.outlines == ()
    (reason,) = found.refused
    assert reason.startswith("“A” is no feed")
    assert reason.endswith("add its page with kind:links")
    assert "s3cret" not in reason


def test_links_of_other_readers_are_no_feeds() -> None:
    assert outlines('<outline type="link" text="L" url="https://a.test/"/>') == []


# What is written


def test_what_is_written_is_what_other_readers_read() -> None:
    data = write(
        [
            Outline("A & <B>", "https://a.test/f?x=1&y=2", "https://a.test/", category=("World", "Wires")),
            Outline("Page", "https://p.test/news", None, "links", 'h2 > a[href^="/"]'),
            Outline("J", "https://j.test/f", None, "json-feed", category=("World",)),
        ],
        "On Record",
        datetime(2024, 8, 14, 12, tzinfo=timezone(timedelta(hours=2))),
    )
    root = etree.fromstring(data)
    assert root.get("version") == "2.0"
    assert root.findtext("head/title") == "On Record"
    assert root.findtext("head/dateCreated") == "Wed, 14 Aug 2024 10:00:00 GMT"
    feeds = root.findall(".//outline[@xmlUrl]")
    assert [(each.get("type"), each.get("text"), each.get("title"), each.get("xmlUrl")) for each in feeds] == [
        ("rss", "A & <B>", "A & <B>", "https://a.test/f?x=1&y=2"),
        ("rss", "J", "J", "https://j.test/f"),
    ]
    assert [each.get("text") for each in root.findall("body/outline")] == ["World", "Page"]
    # A reader that does not know the kind must not take the page for a feed.
    page = root.find("body/outline[@type='link']")
    assert page is not None
    assert page.get("xmlUrl") is None
    assert page.get("url") == "https://p.test/news"
    assert data.startswith(b"<?xml version='1.0' encoding='UTF-8'?>")


def test_passwords_are_written_only_where_they_are_wanted() -> None:
    place = Outline("A", "https://me:s3cret@a.test/f?key=1", "https://me:s3cret@a.test/")
    assert b"s3cret" not in write([place], "T", NOW)
    assert read(write([place], "T", NOW)).outlines[0].address == "https://a.test/f?key=1"
    assert read(write([place], "T", NOW, secrets=True)).outlines[0].address == "https://me:s3cret@a.test/f?key=1"


def line(limit: int) -> st.SearchStrategy[str]:
    """Any text as it is stored: clean, on one line."""
    return st.text(st.characters(exclude_categories=["Cs"]), max_size=limit).map(
        lambda text: normal.one_line(text, normal.MAX_TITLE)
    )


ADDRESSES = st.builds(
    "https://{}.test/{}".format,
    st.from_regex(r"[b-l][a-z0-9-]{0,8}[a-z]", fullmatch=True),
    st.from_regex(r"[a-z/]{0,5}[?]?[ö&=;%'a-z0-9]{0,6}", fullmatch=True),
).filter(lambda address: normal.web_url(address) is not None)
PLACES = st.builds(
    Outline,
    title=line(20).filter(bool),
    address=ADDRESSES,
    site=st.none() | ADDRESSES,
    kind=st.sampled_from([None, "json-feed", "links", "telegram"]),
    selector=st.none() | st.sampled_from(["h2 a", 'a[href*="&"] > b', "a < b", "é"]),
    category=st.lists(line(8).filter(bool), max_size=3).map(tuple),
)


@patient
@given(st.lists(PLACES, max_size=8, unique_by=lambda place: place.address.split("?")[0]), line(20))
def test_what_is_written_is_read_again(places: list[Outline], title: str) -> None:
    data = write(places, title, NOW, secrets=True)
    found = read(data)
    assert found.refused == ()
    unique = {each.address for each in found.outlines}
    expected = [each for each in places if each.address in unique]
    assert sorted(found.outlines, key=repr) == sorted(expected, key=repr)
    # Folded addresses may be one where addresses are not; nothing else is lost.
    assert len(unique) >= len({each.address.split("/")[2] for each in places})
    assert read(write(found.outlines, title, NOW, secrets=True)) == found


@patient
@given(
    st.lists(
        st.builds(
            Outline,
            title=st.text(max_size=20),
            address=ADDRESSES,
            site=st.none() | ADDRESSES,
            kind=st.sampled_from([None, "links"]),
            selector=st.none() | st.text(max_size=20),
            category=st.lists(st.text(max_size=8), max_size=40).map(tuple),
        ),
        max_size=4,
    ),
    st.text(max_size=20),
)
def test_whatever_is_written_can_be_read(places: list[Outline], title: str) -> None:
    found = read(write(places, title, NOW))
    assert found.refused == ()
    assert {each.address for each in found.outlines} <= {each.address for each in places}
    assert bool(found.outlines) == bool(places)


# What means harm


def test_entities_are_refused() -> None:
    nested = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    doctype = f'<!DOCTYPE opml [<!ENTITY l0 "lol">{nested}<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    assert "declares XML entities" in failure(opml('<outline text="&l9;&x;" xmlUrl="https://a.test/f"/>', doctype))
    assert "declares XML entities" in failure(
        opml("", '<!DOCTYPE opml [<!ENTITY % p SYSTEM "http://127.0.0.1:9/">%p;]>')
    )


def test_a_document_type_elsewhere_is_not_fetched() -> None:
    doctype = '<!DOCTYPE opml SYSTEM "http://127.0.0.1:9/opml.dtd">'
    assert read(opml('<outline text="A" xmlUrl="https://a.test/f"/>', doctype)).outlines[0].title == "A"
    include = '<x:include xmlns:x="http://www.w3.org/2001/XInclude" href="/etc/passwd" parse="text"/>'
    assert read(opml(include)) == Outlines(())


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "is no OPML"),
        (b"<rss version='2.0'/>", "is no OPML"),
        (b"<html><body>Log in</body></html>", "is no OPML"),
        (b"\x00\x01\x02", "is no OPML"),
        (b"<opml" + b" " * MAX_BYTES, "is larger than"),
        (b"<opml>" + b"<outline/>" * 2 * MAX_ELEMENTS, "more elements than any list"),
        (opml("<outline>" * (MAX_DEPTH + 1)), "folders in folders"),
        (b"</opml><!-- <opml>", "is broken"),
    ],
)
def test_what_is_no_list_says_so(data: bytes, words: str) -> None:
    assert words in failure(data)


@pytest.mark.parametrize(
    "data",
    [
        opml('<outline text="&' * 60_000),
        opml("<outline " + " ".join(f'a{number}="&"' for number in range(60_000)) + "/>"),
        opml("</outline>" * 150_000),
        opml("<outline><x>" * 80_000),
        opml('<outline text="A" xmlUrl="https://a.test/&amp;' + "&amp;" * 800_000 + '"/>'),
        opml("".join(f'<outline xmlUrl="https://a.test/{number}"/>' for number in range(20_000))),
        opml("<!DOCTYPE x [" * 100_000),
    ],
)
def test_a_file_made_to_take_long_does_not(data: bytes) -> None:
    began = time.process_time()
    read_or_refused(data)
    assert time.process_time() - began < 5


def read_or_refused(data: bytes) -> Outlines | None:
    try:
        return read(data)
    except InputError as error:
        message = str(error)
    assert message
    assert "\n" not in message
    return None


PARTS = st.sampled_from(
    [
        "<outline ",
        "text='",
        'xmlUrl="https://a.test/',
        "'",
        '"',
        "/>",
        ">",
        "</outline>",
        "&",
        "&#0;",
        "&#x110000;",
        "&amp",
    ]
) | st.sampled_from(
    ["<!--", "<![CDATA[", "]]>", "<?x ", 'isComment="true" ', "xmlns:o='x' o:kind='links' ", "\0", "\ufffe", "&nbsp;"]
)


@patient
@given(st.lists(PARTS | st.text(max_size=4)).map("".join))
def test_any_list_is_read_or_refused(body: str) -> None:
    found = read_or_refused(opml(body.encode("utf-8", "replace").decode()))
    for outline in found.outlines if found else ():
        assert outline.address.startswith(("http://", "https://"))
        assert "\n" not in outline.title


@patient
@given(st.binary(max_size=200), st.sampled_from([b"", b"<opml>", b"\xff\xfe<opml>"]))
def test_any_bytes_are_read_or_refused(data: bytes, before: bytes) -> None:
    read_or_refused(before + data)


def test_now_may_be_in_any_zone() -> None:
    assert b"Thu, 01 Jan 1970 00:00:00 GMT" in write([], "T", datetime(1970, 1, 1, tzinfo=UTC))
