"""Web pages."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefings.errors import InputError, Unreadable
from briefings.model import Draft, Precision
from briefings.sources import Defaults, Refused
from briefings.sources.page import Page, canonical
from tests.sources.payloads import DAY, KNOWN, NOTHING, patient, payload, read

AT = "https://news.test/x?utm=1"
PARAGRAPHS = [
    "The two delegations met in Geneva on Tuesday for the first time since the spring, officials said.",
    "“We will not sign anything that our people cannot live with,” the foreign minister, Ana Roe, told reporters.",
    "A spokesman for the other side declined to comment, but confirmed that the talks would resume on Friday.",
    "Observers said that the meeting had gone on for longer than either government had expected it to.",
]
META = """<meta property="og:site_name" content="The Courier">
<meta property="article:published_time" content="2024-08-14T09:30:00+02:00">
<link rel="canonical" href="https://www.news.test/talks"><meta name="author" content="Jane Roe">"""


def page(head: str = META, body: list[str] | None = None, lang: str = "en") -> str:
    text = "".join(f"<p>{paragraph}</p>" for paragraph in body or PARAGRAPHS)
    return f"""<!DOCTYPE html><html lang="{lang}"><head><meta charset="utf-8">
    <title>Talks resume - The Courier</title>{head}</head>
    <body><nav><a href="/">Home</a><a href="/world">World</a></nav>
    <article><h1>Talks resume</h1>{text}</article><footer>© 2011 The Courier</footer></body></html>"""


def one(body: bytes, defaults: Defaults = NOTHING, address: str = AT, charset: str | None = None) -> Draft:
    (made,) = read(payload(body, address, "text/html", charset), defaults)
    assert isinstance(made, Draft), made
    return made


def test_a_page() -> None:
    made = one(page().encode())
    assert made == Draft(
        text="\n\n".join(PARAGRAPHS),
        title="Talks resume",
        outlet="The Courier",
        published=DAY.replace(hour=7, minute=30),
        url="https://www.news.test/talks",
        byline="Jane Roe",
        language="en",
    )


@pytest.mark.parametrize(
    ("head", "published", "precision"),
    [
        ('<meta name="date" content="2024-08-14">', DAY, Precision.DAY),
        ('<meta itemprop="datePublished" content="2024-08-14T10:00Z">', DAY.replace(hour=10), Precision.MINUTE),
        (
            '<script type="application/ld+json">{"@type":"NewsArticle","datePublished":"2024-08-14T10:00:00Z",'
            '"dateModified":"2024-08-16T10:00:00Z"}</script>',
            DAY.replace(hour=10),
            Precision.MINUTE,
        ),
        ('<meta name="dc.date" content="14 August 2024">', DAY, Precision.DAY),
    ],
)
def test_dates_that_a_page_declares(head: str, published: object, precision: Precision) -> None:
    made = one(page(head).encode(), Defaults("O"))
    assert (made.published, made.published_precision) == (published, precision)


def test_a_year_in_the_footer_is_no_date_of_publication() -> None:
    (item,) = read(payload(page("").encode(), AT, "text/html"), Defaults("O"))
    assert str(item) == "no date of publication; give one with --date 2024-08-14"
    assert one(page("").encode(), KNOWN).published == DAY


def test_the_outlet_is_the_pages_or_given_or_the_host() -> None:
    dated = '<meta name="date" content="2024-08-14">'
    assert one(page(META).encode(), Defaults("Given")).outlet == "The Courier"
    bare = page(dated).replace(" - The Courier</title>", "</title>").encode()
    assert one(bare, Defaults("Given")).outlet == "Given"
    assert one(bare).outlet == "news.test"


@pytest.mark.parametrize(
    ("claimed", "here", "wanted"),
    [
        ("https://www.news.test/a", "https://news.test/a?utm=1", "https://www.news.test/a"),
        ("https://news.test/a", "https://amp.news.test/a", "https://news.test/a"),
        ("https://news.test/a", "https://edition.news.test/a", "https://news.test/a"),
        ("https://bbc.test/a", "https://news.test/a", "https://news.test/a"),
        ("https://test/a", "https://news.test/a", "https://news.test/a"),
        ("https://evilnews.test/a", "https://news.test/a", "https://news.test/a"),
        ("javascript:1", "https://news.test/a", "https://news.test/a"),
        ("https://news.test/a", None, "https://news.test/a"),
        (None, None, None),
    ],
)
def test_a_page_speaks_for_its_own_host_only(claimed: str | None, here: str | None, wanted: str | None) -> None:
    assert canonical(claimed, here) == wanted


def test_a_saved_page_takes_its_address_from_the_giver_or_itself() -> None:
    assert one(page().encode(), address="saved.html").url == "https://www.news.test/talks"
    given_ = Defaults(url="https://other.test/saved")
    assert one(page().encode(), given_, address="saved.html").url == "https://other.test/saved"


RUSSIAN = ["Переговоры в Женеве продолжатся в пятницу, сообщил журналистам представитель министерства."] * 1 + [
    "Стороны не стали комментировать ход встречи, которая длилась дольше, чем ожидали наблюдатели.",
    "«Мы не подпишем того, с чем не смогут жить наши люди», — сказала министр после встречи.",
]


@pytest.mark.parametrize(
    ("encoding", "declared", "meta"),
    [
        ("windows-1251", "windows-1251", None),
        ("windows-1251", None, "windows-1251"),
        ("koi8-r", None, "KOI8-R"),
        ("utf-8", None, None),
        ("utf-8-sig", "windows-1251", "koi8-r"),
        ("utf-16", None, None),
        ("windows-1251", "utf-8", "windows-1251"),
        ("windows-1251", "unicode_escape", "windows-1251"),
        ("windows-1251", None, None),
    ],
)
def test_charsets(encoding: str, declared: str | None, meta: str | None) -> None:
    text = page(body=RUSSIAN, lang="ru").replace('<meta charset="utf-8">', f'<meta charset="{meta}">' if meta else "")
    assert one(text.encode(encoding, "replace"), charset=declared).text.startswith("Переговоры в Женеве")


def test_a_few_umlauts_in_a_long_page_that_names_no_encoding_are_read() -> None:
    body = page(body=["The Höfe in Köln stayed closed.", *PARAGRAPHS * 20]).replace('<meta charset="utf-8">', "")
    made = one(body.replace("“", '"').replace("”", '"').replace("©", "").encode("latin-1"))
    assert made.text.startswith("The Höfe in Köln")


def test_one_broken_character_does_not_garble_the_rest() -> None:
    body = page(body=[*PARAGRAPHS, "Ending — here."] * 3).encode().replace("—".encode(), b"\xe2\x80", 1)
    made = one(body)
    assert "“We will not sign" in made.text


@pytest.mark.parametrize(
    "body",
    [
        b"<html></html>",
        b"<!doctype html><title>X</title>",
        b"<html><body><noscript>You need to enable JavaScript to run this app.</noscript></body></html>",
        b"<html><body><nav><a href=/>Home</a><a href=/a>World</a></nav></body></html>",
        b"<html><body><h1>404</h1><p>Not found</p></body></html>",
        b"<html><frameset></frameset></html>",
        b"<html><body>" + b"<div>" * 100_000,
    ],
    ids=range(7),
)
def test_a_page_without_an_article(body: bytes) -> None:
    with pytest.raises(Unreadable, match="has no article in it"):
        one(body, KNOWN)


def test_a_page_that_is_too_large() -> None:
    with pytest.raises(Unreadable, match="larger than 5,000,000 bytes"):
        one(b"<html><p>" + b"x" * 5_000_000, KNOWN)


@pytest.mark.parametrize(
    "inner", ["<a href=x>y</a>", "<span>y", "a<br>", "<tr><td>abc", "<" * 9, "<a ", "&amp", "<!--"]
)
def test_pages_made_to_take_for_ever_do_not(inner: str) -> None:
    body = b"<html><body><p>" + inner.encode() * (2_000_000 // len(inner))
    began = time.monotonic()
    try:
        for _ in Page().read(payload(body, AT), KNOWN):
            pass
    except Unreadable:
        pass
    assert time.monotonic() - began < 5


@pytest.mark.parametrize(
    ("body", "address", "content_type", "wanted"),
    [
        (b"<!DOCTYPE html><p>x", "-", None, True),
        (b"\xef\xbb\xbf \n<!-- saved --><html>", "-", None, True),
        (b"<?xml version='1.0'?><html xmlns='x'>", "-", "application/xml", True),
        (b"hello", "a.HTML", None, True),
        (b"hello", "-", "text/html", True),
        (b"hello <html>", "-", None, False),
        (b"<pre>", "-", None, False),
        (b"<rss>", "-", "application/xml", False),
    ],
)
def test_is_recognised(body: bytes, address: str, content_type: str | None, wanted: bool) -> None:
    assert Page().recognises(payload(body, address, content_type)) is wanted


@patient
@given(st.binary(max_size=300), st.booleans())
def test_no_bytes_break_it(body: bytes, inside: bool) -> None:
    whole = page(body=["@"]).encode().replace(b"@", body) if inside else body
    try:
        items = list(Page().read(payload(whole, AT), KNOWN))
    except InputError:
        return
    assert all(isinstance(item, Draft | Refused) for item in items)


pieces = st.sampled_from(
    [
        "<p>",
        "<div>",
        "<table>",
        "<td>",
        "<ul><li>",
        "<script>",
        "<!--",
        "<svg>",
        "</html>",
        "</p>",
        "<iframe>",
        "<h1>",
        "<br>",
        "&#0;",
        "&bogus;",
        "<a/href='::'>",
        "<link/rel=canonical/href=http://[>",
        "<meta/property=article:published_time/content=99999-99-99>",
        "<time/datetime=x>",
        "<script/type=application/ld+json>{[",
        "<meta/name=author/content=@>",
        "<meta/charset=idna>",
        "<base/href=::>",
    ]
)


@patient
@given(st.lists(pieces, max_size=12))
def test_no_markup_breaks_it(parts: list[str]) -> None:
    try:
        items = list(Page().read(payload(page(" ".join(parts), [*PARAGRAPHS, *parts]).encode(), AT), KNOWN))
    except InputError:
        return
    assert all(isinstance(item, Draft | Refused) for item in items)
