"""feedparser's own corpus of feeds, where there is a copy of it; and the comparison itself, on feeds made for that."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from benchmarks.feed_corpus import Wanted, expectations
from benchmarks.feeds import Figures, measured


@pytest.fixture(scope="module")
def corpus() -> Figures:
    """The corpus as it is read; FEEDPARSER_TESTS is the folder `tests` of a copy of kurtmckee/feedparser."""
    path = os.environ.get("FEEDPARSER_TESTS")
    if not path:
        pytest.skip("FEEDPARSER_TESTS is not set to the folder tests of a copy of kurtmckee/feedparser")
    if not (Path(path) / "wellformed").is_dir():
        pytest.skip(f"there is no folder wellformed in {path}")
    return measured(Path(path))


def test_no_feed_of_the_corpus_breaks_it(corpus: Figures) -> None:
    assert corpus.failed == []
    assert corpus.read > 2000
    # One is empty, one declares entities of its own.
    assert sum(corpus.refused.values()) <= 2, corpus.refused


@pytest.mark.parametrize(("what", "by_rule"), [("title", 6), ("link", 3), ("id", 5), ("date", 0)])
def test_what_the_corpus_expects_is_found(corpus: Figures, what: str, by_rule: int) -> None:
    assert [result for result in corpus.missed() if result.wanted.what == what] == []
    met, differ, count = corpus.held(what)
    assert differ <= by_rule
    assert met + differ == count > 20


def feed(expect: str, inner: str = "", head: str = "") -> str:
    return (
        f'<!--\nDescription: x\nExpect:      {expect}\n-->\n{head}<rss version="2.0"><channel>{inner}</channel></rss>'
    )


@pytest.mark.parametrize(
    ("expect", "wanted"),
    [
        ("not bozo and feed['title'] == 'a' + 'b'", [Wanted(None, "title", "title", "ab")]),
        ("feed.title == 'a' or feed.title == 'b'", [Wanted(None, "title", "title", "a", ("b",))]),
        (
            "entries[0]['link'] == entries[1]['link'] == 'a'",
            [Wanted(0, "link", "link", "a"), Wanted(1, "link", "link", "a")],
        ),
        ("entries[0]['title_detail']['value'] == 'a'", [Wanted(0, "title", "title", "a")]),
        ("entries[0]['links'][0] == {'href': 'a', 'rel': 'b'}", [Wanted(0, "link", "link", "a")]),
        ("entries[0]['issued_parsed'] == (2004, 1)", [Wanted(0, "date", "issued", (2004, 1))]),
        ("not entries[0].has_key('link')", [Wanted(0, "link", "link", None)]),
        ("entries[0]['source']['title'] == 'a' and len(entries) == 1", []),
        ("entries[0]['title'] == __import__('os').name", []),
    ],
)
def test_expectations_are_parsed_and_never_run(expect: str, wanted: list[Wanted]) -> None:
    assert expectations(feed(expect)) == wanted


ITEM = (
    "<item><title>A &amp;lt;b&amp;gt;c&amp;lt;/b&amp;gt;</title><link>javascript:1</link><guid>x</guid>"
    "<pubDate>Wed, 14 Aug 2024 10:00:00 +0200</pubDate></item>"
)


@pytest.mark.parametrize(
    ("expect", "rule"),
    [
        ("entries[0]['title'] == 'A &lt;b&gt;c&lt;/b&gt;'", ""),
        ("entries[0]['title'] == 'A'", None),
        ("entries[1]['title'] == 'A'", None),
        ("entries[0]['id'] == 'x'", ""),
        ("entries[0]['id'] == 'y'", None),
        ("entries[0]['published'] == 'Wed, 14 Aug 2024 08:00:00 GMT'", ""),
        ("entries[0]['published_parsed'] == (2024, 8, 14, 8, 0, 0, 2, 227, 0)", ""),
        ("entries[0]['published_parsed'] == (2024, 8, 14, 10, 0, 0, 2, 227, 0)", None),
        ("entries[0]['published'] == 'soon'", None),
        ("entries[0]['link'] == 'javascript:1'", "a link is http or https and names no user"),
        ("entries[0]['link'] == 'https://x.test/'", None),
        ("feed['link'] == 'https://x.test/'", None),
    ],
)
def test_what_is_not_as_expected_is_told(tmp_path: Path, expect: str, rule: str | None) -> None:
    (tmp_path / "wellformed").mkdir()
    (tmp_path / "wellformed" / "a.xml").write_text(feed(expect, ITEM), encoding="utf-8")
    (tmp_path / "wellformed" / "b.xml").write_text(feed(expect, ITEM, "<!DOCTYPE rss [<!ENTITY a 'b'>]>"))
    figures = measured(tmp_path)
    assert (figures.read, sum(figures.refused.values()), figures.failed) == (1, 1, [])
    read, refused = figures.results
    assert read.rule == rule
    assert refused.rule == "a feed that declares XML entities is refused"
