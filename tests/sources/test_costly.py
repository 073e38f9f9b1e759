"""Inputs that are small and cost a lot: each is refused, or read, in a time that grows with its size."""

from __future__ import annotations

import time

import pytest

from briefings.errors import Unreadable
from briefings.sources import charset, markup
from briefings.sources.base import Defaults
from briefings.sources.css import selected
from briefings.sources.feed import Feed
from briefings.sources.links import Links
from briefings.sources.page import read_page
from tests.sources.payloads import payload

AT = "https://news.test/"
SLOW = 5.0
"""Seconds; without bounds each took from twenty to an hour."""


def attributes(tag: str, count: int) -> str:
    return f"<{tag} " + " ".join(f"a{at}" for at in range(count)) + ">"


@pytest.fixture(autouse=True)
def quick() -> object:
    began = time.perf_counter()
    yield
    assert time.perf_counter() - began < SLOW


def test_many_attributes_of_one_element() -> None:
    page = f"<html><body><article>{attributes('p', 60_000)}Words</article>".encode()
    with pytest.raises(Unreadable):
        read_page(payload(page, AT, "text/html"), Defaults("O"))
    with pytest.raises(Unreadable):
        Links().list(payload(page, AT, "text/html"), Defaults("O"))
    body = f"<rss version='2.0'><channel>{attributes('item', 60_000)}</item></channel></rss>".encode()
    with pytest.raises(Unreadable, match="too many attributes"):
        Feed().list(payload(body, AT, "application/rss+xml"), Defaults("O"))


@pytest.mark.parametrize("separator", ["/", '="" ', '=""', '=">" ', " < "])
def test_however_they_are_divided(separator: str) -> None:
    page = "<html><body><article><p " + separator.join(f"a{at}" for at in range(55_000)) + ">Words</article>"
    if separator == " < ":  # which some parsers take for part of a name
        page = page * 2
    assert markup.overloaded(page)


def test_stray_marks_are_none_of_them() -> None:
    words = 'It\'s "so" if a<b and c. ' * 2_000
    script = "<script>" + "if(a<b.length&&!c['x']){d(\"e\")}" * 5_000 + "</script>"
    assert not markup.overloaded(f"<p class=\"x\"\">{words}</p><a href='/y''>{words}</a>{script}")


def test_what_is_long_between_quotation_marks_is_no_attribute() -> None:
    picture = "data:image/png;base64," + "ab/+= " * 50_000
    page = f"<p>Before <img src=\"{picture}\" alt='{picture}'> after</p>"
    assert not markup.overloaded(page)
    assert "after" in markup.plain(page)


@pytest.mark.parametrize("text", ["<a ", '<a "', "<a '", '<a "x" ', "<a <", '"<a', "<a b=' ", "<a/"])
def test_looking_for_them_is_quick(text: str) -> None:
    markup.overloaded_tag(text * 1_000_000)


def test_a_long_author() -> None:
    for author in ("a." * 500_000 + "@", "<b/>" + "a." * 500_000 + "@", "<name>x</name>" + "a." * 500_000 + "@"):
        body = f"<rss version='2.0'><channel><item><author>{author}</author></item></channel></rss>"
        with pytest.raises(Unreadable, match="author"):
            Feed().list(payload(body.encode(), AT, "application/rss+xml"), Defaults("O"))


def test_a_long_author_in_a_broken_feed() -> None:
    body = f"<rss version='2.0'><channel><item><author>{'a.' * 200_000}@</author></item></channel>"
    with pytest.raises(Unreadable):
        Feed().list(payload(body.encode(), AT, "application/rss+xml"), Defaults("O"))


def test_an_entry_of_nothing_but_tags() -> None:
    body = f"<rss version='2.0'><channel><item><title>T</title><description><![CDATA[{'<br>' * 1_000_000}]]>"
    body += "</description></item></channel></rss>"
    (entry,) = Feed().list(payload(body.encode(), AT, "application/rss+xml"), Defaults("O")).entries
    assert entry.draft.text == ""


def test_links_with_a_long_name() -> None:
    base = b'<html><head><base href="https://news.test/' + b"a" * 1900 + b'"></head><body>'
    body = base + b"".join(b'<a href="?%d">a b c d</a>' % at for at in range(2_000))
    Links().list(payload(body, AT, "text/html"), Defaults("O"))


def test_one_has_at_a_time() -> None:
    tree = markup.parse("<div><a>x</a></div>")
    assert len(selected(tree, "div:has(a)", "page")) == 1
    with pytest.raises(Unreadable, match=r"more than one :has\(\)"):
        selected(tree, "div:has(div:has(a))", "page")


@pytest.mark.parametrize(
    ("label", "text"),
    [("iso-8859-9", "Cumhurbaşkanı İstanbul'da"), ("windows-874", "ข่าว"), ("iso-8859-8-i", "שלום")],
)
def test_charsets_that_sites_name(label: str, text: str) -> None:
    python = {"iso-8859-9": "iso8859-9", "windows-874": "cp874", "iso-8859-8-i": "iso8859-8"}[label]
    assert charset.decode(text.encode(python), label) == text
