"""A page watched for links."""

import time
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefings.errors import InputError, Unreadable
from briefings.model import Precision
from briefings.sources import Defaults
from briefings.sources.links import MAX_LINKS, Links
from briefings.sources.listing import Listing
from tests.sources.payloads import NOTHING, patient, payload

AT = "https://news.test/world/"
HEADLINE = "Ministers agree on a new plan"


def page(body: str, head: str = "<title>World</title>") -> bytes:
    return f"<!doctype html><html><head>{head}</head><body>{body}</body></html>".encode()


def listed(
    body: str,
    selector: str | None = None,
    defaults: Defaults = NOTHING,
    at: str = AT,
    head: str = "<title>World</title>",
) -> Listing:
    return Links().list(payload(page(body, head), at, "text/html"), defaults, selector)


def link(href: str, text: str = HEADLINE) -> str:
    return f'<a href="{href}">{text}</a>'


def keys(body: str, selector: str | None = None, at: str = AT) -> list[str]:
    return [entry.key for entry in listed(body, selector, at=at).entries]


def refusal(body: str, selector: str | None = None) -> str:
    with pytest.raises(Unreadable) as caught:
        listed(body, selector)
    return str(caught.value)


FRONT = f"""
<header><a href="/"><img alt="The Courier of the whole wide world"></a>
{link("/about/who-we-are-and-why", "Who we are and why we write")}</header>
<nav>{link("/section/long-name-here", "The longest name of a section")}</nav>
<main>
  <article><header>
    <h2>{link("/world/2024/talks-break-down", "Talks break down after <em>nine</em> hours")}</h2></header>
    <a href="/world/2024/talks-break-down#comments">12 comments</a>
    <time datetime="2024-08-14T10:00:00+02:00">this morning</time></article>
  <ul>
    <li>{link("river-rises-again-today.html", "The river rises again today")}
      <time datetime="2024-08-13">Tuesday</time></li>
    <li>{link("https://www.news.test/world/8123456", "A number is enough for us")}</li>
    <li>{link("https://other.test/their-own-story-here", "A story of somebody else entirely")}</li>
    <li>{link("/world/2024/short-words-here", "Read more")}</li>
    <li>{link("/tag/peace-talks-and-more", "More on peace talks today")}</li>
    <li>{link("/files/report-on-the-river.pdf", "The whole report on it")}</li>
    <li>{link("javascript:open(1234567)", "Open the long window now")}
      {link("mailto:desk@news.test", "Write to the desk now")}</li>
    <li>{link("#talks-break-down-again", "Down to the talks below")}{link(AT, "The page that you are on")}</li>
  </ul>
</main>
<aside>{link("/world/2019/most-read-of-all", "The most read story of all")}</aside>
<footer>{link("/legal/terms-of-use-here", "Terms of use for readers here")}</footer>
"""


def test_what_looks_like_articles() -> None:
    found = listed(FRONT)
    assert [(entry.key, entry.draft.title) for entry in found.entries] == [
        ("https://news.test/world/2024/talks-break-down", "Talks break down after nine hours"),
        ("https://news.test/world/river-rises-again-today.html", "The river rises again today"),
        ("https://www.news.test/world/8123456", "A number is enough for us"),
    ]
    assert [(entry.draft.published, entry.draft.published_precision) for entry in found.entries] == [
        (datetime(2024, 8, 14, 8, tzinfo=UTC), Precision.MINUTE),
        (datetime(2024, 8, 13, 12, tzinfo=UTC), Precision.DAY),
        (None, Precision.MINUTE),
    ]
    for entry in found.entries:
        assert entry.draft.url == entry.key
        assert (entry.draft.text, entry.whole, entry.draft.outlet) == ("", False, "World")
    assert (found.title, found.refused) == ("World", ())


def test_a_page_is_never_taken_for_one_unasked() -> None:
    assert not Links().recognises(payload(page(FRONT), AT, "text/html"))


@pytest.mark.parametrize(
    ("selector", "found"),
    [
        ("main h2 a", ["talks"]),
        ("main h2", ["talks"]),
        ("article", ["talks"]),
        ("h2 a > em", ["talks"]),
        ("li:nth-child(2) a, h2 a", ["talks", "number"]),
        ("a[href$='.pdf']", ["report"]),
        ("aside a", ["read"]),
        ("li + li:not(:nth-child(n+4)) a", ["number", "other"]),
        ("nav ~ aside a", ["read"]),
    ],
)
def test_what_a_selector_names(selector: str, found: list[str]) -> None:
    addresses = {
        "talks": "https://news.test/world/2024/talks-break-down",
        "number": "https://www.news.test/world/8123456",
        "report": "https://news.test/files/report-on-the-river.pdf",
        "read": "https://news.test/world/2019/most-read-of-all",
        "other": "https://other.test/their-own-story-here",
    }
    assert keys(FRONT, selector) == [addresses[name] for name in found]


@pytest.mark.parametrize(
    "selector", ["main >", "a[", "a::before", "a:visited-by(me)", "..", "$x", "a:nth-child(x)", ">a"]
)
def test_selectors_that_are_none(selector: str) -> None:
    said = refusal(FRONT, selector)
    assert repr(selector) in said
    assert "one looks like 'main h2 a'" in said


def test_what_is_said_when_there_is_nothing() -> None:
    assert refusal("<p>Words</p>") == (
        "nothing on https://news.test/world/ looks like a link to an article; give a CSS selector of the links meant, "
        "such as 'main h2 a'"
    )
    assert "'h3 a' matches nothing on https://news.test/world/" in refusal(FRONT, "h3 a")
    assert "'time' matches something, but no link" in refusal("<time>now</time>", "time")
    assert "longer than 500 characters" in refusal(FRONT, "a" * 501)
    with pytest.raises(Unreadable, match="is not a web page"):
        Links().list(payload(b"\x89PNG\r\n", AT, "image/png"), NOTHING)


def test_an_empty_selector_is_none() -> None:
    assert listed(FRONT, "  ") == listed(FRONT)


def test_one_entry_for_all_links_to_an_address() -> None:
    body = f"""<article><a href="/a/one-two-three"><img alt=""></a>{link("/a/one-two-three#x", "Read on")}
      {link("http://news.test/a/one-two-three?utm_source=front", HEADLINE)}
      {link("https://news.test:443/a/one-two-three", "Short")}</article>"""
    found = listed(body, "article")
    assert [entry.key for entry in found.entries] == [
        "https://news.test/a/one-two-three",
        "http://news.test/a/one-two-three",
    ]
    (one, two) = found.entries
    assert (one.draft.title, two.draft.title) == ("Read on", HEADLINE)


def test_an_edited_headline_is_no_edit() -> None:
    before = listed(link("/a/one-two-three"))
    after = listed(link("/a/one-two-three", "Ministers agree on no plan at all") + link("/a/four-five-six"))
    assert before.entries[0].key == after.entries[0].key
    assert before.entries[0].fingerprint == after.entries[0].fingerprint != after.entries[1].fingerprint
    assert all(len(entry.fingerprint) <= 64 for entry in after.entries)


def test_links_are_seen_from_the_base() -> None:
    head = "<base href='/deep/er/'>"
    found = listed(link("one-two-three.html"), head=head)
    assert [entry.key for entry in found.entries] == ["https://news.test/deep/er/one-two-three.html"]
    assert listed(link("one-two-three"), head="<base href='ftp://x.test/'>").entries[0].key == f"{AT}one-two-three"
    # A base elsewhere makes the links lead elsewhere, as in a browser.
    assert keys(link("one-two-three"), "a") == [f"{AT}one-two-three"]
    elsewhere = listed(link("one-two-three"), "a", head="<base href='https://x.test/'>")
    assert [entry.key for entry in elsewhere.entries] == ["https://x.test/one-two-three"]


@pytest.mark.parametrize(
    "href",
    [
        "javascript:alert(1)",
        " JavaScript:alert(1)",
        "java\nscript:alert(1)",
        "mailto:a@b.test",
        "tel:+1",
        "data:text/html,x",
        "ftp://a.test/b",
        "https://user:word@news.test/one-two-three",
        "//user@news.test/one-two-three",
        "http://[::1",
        "https://news.test:x/one-two-three",
        "/a b-c-d",
        "/" + "a-" * 1500,
    ],
)
def test_links_that_lead_nowhere(href: str) -> None:
    assert keys(link(href) + link("/a/one-two-three"), "a") == ["https://news.test/a/one-two-three"]


@pytest.mark.parametrize(
    "times",
    [
        '<time datetime="2024-08-14">a</time><time datetime="2024-08-13">b</time>',
        '<time datetime="soon">a</time>',
        "<time>14 August</time>",
        '<time datetime="2999-08-14">a</time>',
    ],
)
def test_dates_that_are_not_certain(times: str) -> None:
    (entry,) = listed(f"<article>{link('/a/one-two-three')}{times}</article>").entries
    assert entry.draft.published is None


def test_a_date_is_that_of_one_article() -> None:
    one, two = link("/a/one-two-three"), link("/a/four-five-six")
    both = '<time datetime="2024-08-14">a</time>'
    found = listed(f"<article>{one}{two}{both}</article><div>{both}{link('/a/seven-eight-nine')}</div>")
    assert [entry.draft.published for entry in found.entries] == [None, None, None]
    twice = listed(f"<ul><li>{one}{both}</li></ul><article>{one}{both}</article>")
    assert [entry.draft.published for entry in twice.entries] == [datetime(2024, 8, 14, 12, tzinfo=UTC)]
    differing = listed(f"<ul><li>{one}{both}</li></ul><article>{one}{both.replace('14', '13')}</article>")
    assert [entry.draft.published for entry in differing.entries] == [None]
    inner = listed(f"<li>{both.replace('14', '13')}<article>{one}{both}</article></li>")
    assert [entry.draft.published for entry in inner.entries] == [datetime(2024, 8, 14, 12, tzinfo=UTC)]


def test_languages_without_spaces_and_other_sites_of_the_same_name() -> None:
    assert keys(link("/a/1234567.html", "日本の首相が新しい計画に合意したと発表")) == [
        "https://news.test/a/1234567.html"
    ]
    assert keys(link("https://sport.news.test/one-two-three") + link("https://badnews.test/one-two-three")) == [
        "https://sport.news.test/one-two-three"
    ]


def test_a_header_of_the_page_holds_no_articles() -> None:
    top = f"<header>{link('/a/the-paper-itself', 'All about the paper itself')}</header>"
    assert keys(f"{top}<article><header>{link('/a/one-two-three')}</header></article>") == [
        "https://news.test/a/one-two-three"
    ]


def test_the_outlet() -> None:
    given_ = listed(link("/a/one-two-three"), defaults=Defaults(outlet="The Courier"))
    assert given_.entries[0].draft.outlet == "The Courier"
    site = "<meta property='og:site_name' content='News Test'><title>World</title>"
    assert listed(link("/a/one-two-three"), head=site).entries[0].draft.outlet == "News Test"
    assert listed(link("/a/one-two-three"), head="").entries[0].draft.outlet == "news.test"


def test_their_number_is_bounded() -> None:
    found = listed("".join(link(f"/a/one-two-{number}") for number in range(MAX_LINKS + 50)))
    assert len(found.entries) == MAX_LINKS
    assert found.entries[0].key == "https://news.test/a/one-two-0"
    assert [str(each) for each in found.refused] == [
        "links 201 to 250: not read; 200 links are the most that is taken at a time"
    ]


@pytest.mark.parametrize(
    "body",
    [
        "<div>" * 400 + link("/a/one-two-three"),
        "<b></b>" * 60_000 + link("/a/one-two-three"),
        "<p>words</p>" * 500_000,
    ],
)
def test_pages_that_are_made_to_take_long(body: str) -> None:
    began = time.process_time()
    with pytest.raises(Unreadable):
        listed(body)
    assert time.process_time() - began < 3


@pytest.mark.parametrize(
    "selector", ["* * * * a", "li ~ li ~ li a", "li + li a", "li:nth-last-child(2n+1) a", ":has(a) a"]
)
def test_selectors_take_no_longer_on_such_pages(selector: str) -> None:
    wide = "<ul>" + f"<li>{link('/a/one-two-three')}" * 4_900 + "</ul>"
    deep = ("<div>" * 150 + link("/a/one-two-three") + "</div>" * 150) * 150
    began = time.process_time()
    for body in (wide, deep):
        try:
            listed(body, selector)
        except Unreadable as error:
            assert "matches nothing" in str(error)  # noqa: PT017
    assert time.process_time() - began < 5


PIECES = st.lists(
    st.sampled_from(
        [
            "<a>", "</a>", "<a href='/a/one-two-three'>", "<a href='#x'>", "<article>", "</article>", "<li>", "</li>",
            "<h2>", "</h2>", "<time datetime='2024-08-14'>", "</time>", "<nav>", "</nav>", "<main>", "<base href='//'>",
            "<template>", "</template>", "<svg>", "</svg>", "<table>", "<tr>", "<form>", "<!--", "-->", "<![CDATA[",
            "<script>", "</script>", "\0", "words of a headline here", "&#0;", "&#xd800;", "<a href='/b/four-five-6",
        ]
    )
    | st.text(max_size=8),
    max_size=40,
)  # fmt: skip


@patient
@given(pieces=PIECES, selector=st.none() | st.sampled_from(["a", "li a", "h2"]) | st.text(max_size=12))
def test_whatever_the_page(pieces: list[str], selector: str | None) -> None:
    body = "".join(pieces).encode("utf-8", "replace")
    try:
        found = Links().list(payload(b"<html>" + body, AT, "text/html"), NOTHING, selector)
    except InputError as error:
        assert "\n" not in str(error)  # noqa: PT017
        return
    names = [entry.key for entry in found.entries]
    assert len(set(names)) == len(names) <= MAX_LINKS
    for entry in found.entries:
        assert entry.draft.url == entry.key
        assert entry.key.startswith(("http://", "https://"))
        assert "#" not in entry.key
        assert not entry.whole


@patient
@given(body=st.binary(max_size=300), charset=st.sampled_from([None, "utf-16", "utf-7", "koi8-r", "x"]))
def test_whatever_the_bytes(body: bytes, charset: str | None) -> None:
    try:
        Links().list(payload(b"<html><a href='/a/b-c-d'>" + body, AT, "text/html", charset), NOTHING)
    except InputError as error:
        assert "\n" not in str(error)  # noqa: PT017
