"""RSS, Atom and RDF feeds as places to poll."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefings.errors import InputError
from briefings.sources import Defaults
from briefings.sources.entries import MAX_ENTRIES, WHOLE
from briefings.sources.feed import Feed
from briefings.sources.listing import Listing
from tests.sources.payloads import NOTHING, patient, payload
from tests.sources.test_feed import AT, item, pieces, rss


def listed(body: bytes, defaults: Defaults = NOTHING, address: str = AT) -> Listing:
    return Feed().list(payload(body, address, "application/rss+xml"), defaults)


LONG = "<p>Words of an article.</p>" * (WHOLE // 20)


def test_what_a_feed_lists() -> None:
    body = rss(
        f"""<item><title>A</title><guid>https://news.test/a</guid><content:encoded><![CDATA[{LONG}]]></content:encoded></item>
        <item><title>B</title><link>/b</link><description><![CDATA[{LONG}]]></description></item>
        <item><title>C</title><pubDate>Wed, 14 Aug 2999 10:00:00 GMT</pubDate></item>
        <item><link>/d</link><guid isPermaLink="false">d</guid></item>
        <item><pubDate>Wed, 14 Aug 2024 10:00:00 GMT</pubDate></item>
        <item><title>E</title><link>/e</link><content:encoded>{"word " * WHOLE}[…]</content:encoded></item>
        <item><title>D again</title><guid isPermaLink="false">d</guid></item>""",
        head="<title>News</title>",
    )
    found = listed(body)
    assert found.title == "News"
    assert [(it.draft.url, it.whole) for it in found.entries] == [
        ("https://news.test/a", True),
        ("https://news.test/b", False),
        (None, True),
        ("https://news.test/d", False),
        ("https://news.test/e", False),
    ]
    assert [it.key for it in found.entries if it.draft.url] == [
        "https://news.test/a",
        "https://news.test/b",
        "d",
        "https://news.test/e",
    ]
    assert {it.draft.published for it in found.entries} == {None}
    assert [str(it) for it in found.refused] == ["entry 5: neither title nor text nor link; nothing to find it by"]


def test_keys_stay_and_fingerprints_tell_of_changes() -> None:
    def entries(text: str) -> Listing:
        described = f"<description>{text}</description>"
        return listed(rss(item(described) + item("<guid>1</guid><description>@</description>")))

    beginning = "The same beginning. " * 9
    before, same, after = entries(beginning), entries(beginning), entries(f"{beginning} And more.")
    assert before == same
    assert [it.key for it in before.entries] == [it.key for it in after.entries]
    assert [a.fingerprint == b.fingerprint for a, b in zip(before.entries, after.entries, strict=True)] == [False, True]


def test_keys_stay_when_the_feed_moves() -> None:
    body = rss(item("<guid>123</guid><link>/a</link>") + item("<guid>124</guid>"))
    before, after = listed(body), listed(body, address="https://feeds.test/deep/er")
    assert [it.key for it in before.entries] == [it.key for it in after.entries] == ["123", "124"]
    assert [it.draft.url for it in before.entries] == ["https://news.test/a", None]


def test_an_id_that_all_entries_share_is_none() -> None:
    same = "<guid isPermaLink='false'>news.test</guid>"
    found = listed(
        rss(item(f"{same}<link>/a</link>") + item(f"{same}<link>/b</link>") + item(f"{same}<link>/a</link>"))
    )
    assert [it.key for it in found.entries] == ["https://news.test/a", "https://news.test/b"]


def test_an_archive_is_cut_and_says_so() -> None:
    body = rss("".join(item(f"<guid>{at}</guid>") for at in range(MAX_ENTRIES + 5)))
    found = listed(body)
    assert len(found.entries) == MAX_ENTRIES
    assert [str(it) for it in found.refused] == [
        "entries 1001 to 1005: not read; 1,000 entries are the most that is taken at a time"
    ]


@pytest.mark.parametrize("day", ["<pubDate>{}</pubDate>", "<dc:date>{}</dc:date>"])
def test_of_an_archive_that_begins_with_the_oldest_the_newest_are_taken(day: str) -> None:
    started = datetime(2020, 1, 1)  # noqa: DTZ001 - as the feed gives it, without a zone
    dates = [started + timedelta(hours=at) for at in range(2 * MAX_ENTRIES + 5)]
    body = rss("".join(item(f"<guid>{at}</guid>", day.format(when.isoformat())) for at, when in enumerate(dates)))
    found = listed(body)
    assert (found.entries[0].key, found.entries[-1].key) == (str(MAX_ENTRIES + 5), str(2 * MAX_ENTRIES + 4))
    assert [each.where for each in found.refused] == [f"entries 1 to {MAX_ENTRIES + 5}"]


def test_the_outlet_of_a_listed_entry_is_its_own_or_given_or_the_feeds() -> None:
    body = rss(item() + item('<source url="https://o.test/">Other</source>'))
    assert [it.draft.outlet for it in listed(body, Defaults("Given")).entries] == ["Given", "Other"]
    assert listed(rss(item()), NOTHING).entries[0].draft.outlet == "News & Views"


@pytest.mark.parametrize(
    ("inner", "url"),
    [
        ("<link>https://proxy.test/1</link><fb:origLink>https://news.test/1</fb:origLink>", "https://news.test/1"),
        ("<link>https://proxy.test/1</link><fb:origLink>javascript:1</fb:origLink>", "https://proxy.test/1"),
        ("<guid isPermaLink='true'>https://news.test/g</guid>", "https://news.test/g"),
        ("<guid isPermaLink='false'>https://news.test/g</guid>", None),
        ("<guid>https://news.test/g</guid><link>https://news.test/l</link>", "https://news.test/l"),
        ("<enclosure url='https://news.test/a.mp3' type='audio/mpeg' length='1'/>", None),
        ("<link xml:base='https://o.test/x/'>y</link>", "https://o.test/x/y"),
        ("<atom:link rel='alternate' href='l'/>", "https://news.test/l"),
        ("<link>http://[</link>", None),
    ],
)
def test_the_link_of_an_entry(inner: str, url: str | None) -> None:
    spaces = "xmlns:fb='http://rssnamespace.org/feedburner/ext/1.0'"
    (entry,) = listed(rss(item(inner)).replace(b"<rss ", f"<rss {spaces} ".encode())).entries
    assert entry.draft.url == url
    assert entry.whole is (url is None)


def test_the_links_of_an_atom_entry() -> None:
    links = """<link rel="self" href="s"/><link rel="enclosure" href="e"/><link rel="alternate" href="a"/>
    <link rel="alternate" type="application/json" href="j"/><link rel="replies" type="text/html" href="r"/>"""
    body = f"""<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://base.test/"><title>News</title>
    <entry xml:base="sub/"><id>urn:1</id><title>T</title>{links}</entry></feed>"""
    (entry,) = listed(body.encode()).entries
    assert (entry.draft.url, entry.key) == ("https://base.test/sub/a", "urn:1")


SYNDICATION = "xmlns:sy='http://purl.org/rss/1.0/modules/syndication/'"


@pytest.mark.parametrize(
    ("head", "fresh_for"),
    [
        ("<ttl>60</ttl>", timedelta(hours=1)),
        ("<ttl> 15 </ttl><sy:updatePeriod>daily</sy:updatePeriod>", timedelta(minutes=15)),
        ("<ttl>0</ttl>", None),
        ("<ttl>-5</ttl>", None),
        ("<ttl>99999999999999999999</ttl>", None),
        ("<ttl>500000</ttl>", None),
        ("<ttl>soon</ttl>", None),
        ("<sy:updatePeriod> Hourly </sy:updatePeriod>", timedelta(hours=1)),
        ("<sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>4</sy:updateFrequency>", timedelta(minutes=15)),
        ("<sy:updatePeriod>daily</sy:updatePeriod><sy:updateFrequency>0</sy:updateFrequency>", timedelta(days=1)),
        ("<sy:updatePeriod>yearly</sy:updatePeriod>", None),
        ("", None),
    ],
)
def test_how_long_a_feed_stays_fresh(head: str, fresh_for: timedelta | None) -> None:
    assert listed(rss(head).replace(b"<rss ", f"<rss {SYNDICATION} ".encode())).fresh_for == fresh_for


def test_a_document_type_of_pages_before_a_feed_is_passed_over() -> None:
    body = b"<!DOCTYPE html><!-- <p> -->" + rss(item("<link>/a</link>"))
    assert Feed().recognises(payload(body))
    assert len(listed(body).entries) == 1


def test_entities_for_a_document_type_alone_go_with_it() -> None:
    prolog = '<!DOCTYPE rss [<!ENTITY % latin PUBLIC "-//W3C//x" "http://127.0.0.1:9/lat1.ent"> %latin;]>'
    (entry,) = listed(rss(item("<description>One&amp;nbsp;two</description>"), prolog=prolog)).entries
    assert entry.draft.text.split() == ["One", "two"]


@pytest.mark.parametrize("encoding", ["utf-16-be", "utf-16-le", "utf-32", "utf-32-be"])
def test_wide_characters_without_a_mark(encoding: str) -> None:
    body = ("<?xml version='1.0'?>" + rss(item("<description>Переговоры</description>")).decode()).encode(encoding)
    assert [it.draft.text for it in listed(body).entries] == ["Переговоры"]


@patient
@given(st.lists(pieces, max_size=12))
def test_no_markup_breaks_a_listing(parts: list[str]) -> None:
    try:
        found = listed(rss("<item>" + " ".join(parts)), Defaults("O"))
    except InputError:
        return
    keys = [it.key for it in found.entries]
    assert len(set(keys)) == len(keys)
    assert all(key and len(key) <= 500 for key in keys)
