"""Addresses: what is one article by them, and what is not."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from briefings.addresses import folded, plain, same_site

# An address as it is met, and as it is shown.
PLAIN = [
    ("https://a.example/x?utm_source=rss&utm_medium=feed", "https://a.example/x"),
    ("https://a.example/x?id=5&utm_campaign=z", "https://a.example/x?id=5"),
    ("https://a.example/x?fbclid=abc&p=2", "https://a.example/x?p=2"),
    ("https://A.Example:443/X", "https://a.example/X"),
    ("http://a.example:80/x", "http://a.example/x"),
    ("http://a.example:8080/x", "http://a.example:8080/x"),
    ("https://a.example./x", "https://a.example/x"),
    ("https://a.example", "https://a.example/"),
    ("https://a.example/x#xtor=RSS-3", "https://a.example/x"),
    ("https://a.example/x#utm_source=y", "https://a.example/x"),
    ("https://a.example/x#post-17", "https://a.example/x#post-17"),
    ("https://a.example/x?ref=rss", "https://a.example/x"),
    ("https://a.example/x?ref=17", "https://a.example/x?ref=17"),
    ("https://a.example/x?at_medium=RSS&at_campaign=KARANGA", "https://a.example/x"),
    ("https://a.example/x?CMP=share_btn_tw", "https://a.example/x"),
    ("https://a.example/x?smid=tw", "https://a.example/x"),
    ("https://a.example/x?ocid=socialflow&wt.mc_id=1", "https://a.example/x"),
    ("https://a.example/?p=12", "https://a.example/?p=12"),
    ("https://a.example/x?&&a=1&", "https://a.example/x?a=1"),
    ("https://[2001:db8::1]:443/x", "https://[2001:db8::1]/x"),
    ("ftp://a.example/x?utm_source=y", "ftp://a.example/x?utm_source=y"),
    ("https://me:pw@a.example/x?utm_source=y", "https://me:pw@a.example/x?utm_source=y"),
    ("not an address", "not an address"),
    ("", ""),
]
SAME = [
    ("http://a.example/x", "https://a.example/x"),
    ("https://www.a.example/x", "https://a.example/x"),
    ("https://m.a.example/x", "https://www.a.example/x"),
    ("https://mobile.a.example/x", "https://a.example/x"),
    ("https://amp.a.example/x", "https://a.example/x"),
    ("https://a.example/x/", "https://a.example/x"),
    ("https://a.example", "https://a.example/"),
    ("https://a.example/x/amp", "https://a.example/x"),
    ("https://a.example/x/amp/", "https://a.example/x/"),
    ("https://a.example/amp/x", "https://a.example/x"),
    ("https://a.example/x.amp", "https://a.example/x"),
    ("https://a.example/x.amp.html", "https://a.example/x.html"),
    ("https://a.example/x?amp=1", "https://a.example/x"),
    ("https://a.example/x?amp", "https://a.example/x"),
    ("https://a.example/x?outputType=amp", "https://a.example/x"),
    ("https://www-a-example.cdn.ampproject.org/c/s/www.a.example/x", "https://a.example/x"),
    ("https://a-example.cdn.ampproject.org/v/a.example/x?usqp=mq331AQ", "https://a.example/x"),
    ("https://www.google.com/amp/s/www.a.example/x", "https://a.example/x"),
    ("https://a.example/x?b=2&a=1", "https://a.example/x?a=1&b=2"),
    ("https://a.example/x?utm_source=y&id=3", "https://www.a.example/x?id=3"),
    ("https://a.example/%7Ejo", "https://a.example/~jo"),
    ("https://a.example/caf%c3%a9", "https://a.example/caf%C3%A9"),
    ("https://a.example/café", "https://a.example/caf%C3%A9"),
    ("https://a.example/x/index.html", "https://a.example/x/"),
    ("https://a.example//x", "https://a.example/x"),
    ("https://a.example/x#xtor=1", "https://a.example/x"),
    ("HTTPS://A.EXAMPLE/x", "https://a.example/x"),
    ("https://www.m.a.example/x", "https://a.example/x"),
]
DIFFERENT = [
    ("https://google.abc.de/amp/s/a.example/x", "https://a.example/x"),
    ("https://amp.blogspot.com/x", "https://blogspot.com/x"),
    ("https://m.github.io/x", "https://github.io/x"),
    ("https://a.example/live#feed-A", "https://a.example/live#feed-B"),
    ("https://a.example/live#at_1", "https://a.example/live#at_2"),
    ("https://a.example/x?id=1", "https://a.example/x?id=2"),
    ("https://a.example/x?p=1", "https://a.example/x"),
    ("https://a.example/x", "https://a.example/X"),
    ("https://a.example/x", "https://b.example/x"),
    ("https://news.a.example/x", "https://a.example/x"),
    ("https://a.example/live#post-1", "https://a.example/live#post-2"),
    ("https://a.example/live#post-1", "https://a.example/live"),
    ("https://a.example/amplifier", "https://a.example/lifier"),
    ("https://a.example/x/camp", "https://a.example/x/c"),
    ("https://t.me/channel/12", "https://t.me/channel/13"),
    ("https://a.example:8080/x", "https://a.example/x"),
    ("https://a.example/x.html", "https://a.example/x"),
    ("https://a.example/a%2Fb", "https://a.example/a/b"),
    ("https://m.co/x", "https://co/x"),
    ("https://a.example/x?source=12", "https://a.example/x"),
    ("https://www.google.com/search?q=x", "https://www.google.com/search?q=y"),
    ("https://a.example/1?v=dQw", "https://a.example/1?v=dQx"),
]
ADDRESSES = st.builds(
    "{}://{}{}{}/{}{}{}".format,
    st.sampled_from(["http", "https", "HTTP"]),
    st.sampled_from(["", "www.", "m.", "amp.", "www.m."]),
    st.sampled_from(["a.example", "B.example", "c.co.example", "a.example.", "x.cdn.ampproject.org"]),
    st.sampled_from(["", ":80", ":443", ":81"]),
    st.text("abAB/.%c3~ é-", max_size=12) | st.sampled_from(["c/s/d.example/x", "amp/x", "x/amp/", "x.amp.html"]),
    st.sampled_from(["", "?", "?b=1&a=2", "?utm_source=x&b", "?amp=1", "?ref=rss&ref=3", "?a=%7e&&"]),
    st.sampled_from(["", "#", "#post-1", "#xtor=2", "#é"]),
)


@pytest.mark.parametrize(("met", "shown"), PLAIN)
def test_what_is_shown(met: str, shown: str) -> None:
    assert plain(met) == shown


@pytest.mark.parametrize(("one", "other"), SAME)
def test_one_article(one: str, other: str) -> None:
    assert folded(one) == folded(other)


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_two_articles(one: str, other: str) -> None:
    assert folded(one) != folded(other)


def test_there_are_enough_pairs() -> None:
    assert len(PLAIN) + len(SAME) + len(DIFFERENT) >= 60


@given(ADDRESSES | st.text(max_size=40))
@example("http://x.cdn.ampproject.org:443/c/s/d.example/x")
@example("https://m.x.cdn.ampproject.org/%63/s/d.example/amp")
def test_applied_again_it_changes_nothing(url: str) -> None:
    assert plain(plain(url)) == plain(url)
    assert folded(folded(url)) == folded(url)
    assert folded(plain(url)) == folded(url)


@given(st.lists(st.sampled_from(["a=1", "b=2", "id=7", "c", "utm_x=1"]), max_size=5), st.randoms())
def test_the_order_of_parameters_says_nothing(pairs: list[str], random: Random) -> None:
    shuffled = random.sample(pairs, len(pairs))
    assert folded(f"https://a.example/?{'&'.join(pairs)}") == folded(f"https://a.example/?{'&'.join(shuffled)}")


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("https://www.a.example/x", "https://rss.a.example/y", True),
        ("http://a.example:8080/", "https://a.example/", True),
        ("https://news.bbc.co.uk/", "https://www.bbc.co.uk/", True),
        ("https://a.co.uk/", "https://b.co.uk/", False),
        ("https://a.blogspot.com/", "https://b.blogspot.com/", False),
        ("https://a.example/", "https://b.example/", False),
        ("http://127.0.0.1:1/", "http://127.0.0.1:1/x", True),
        ("http://127.0.0.1:1/", "http://127.0.0.2:1/", False),
        ("http://[::1]/", "http://[::1]/x", True),
        ("https://a.example/", None, False),
        ("ftp://a.example/", "ftp://a.example/", False),
    ],
)
def test_whether_one_publisher_answers_for_both(one: str, other: str | None, same: bool) -> None:
    assert same_site(one, other) is same
