"""The border: what every text, title, link and date looks like once it is inside."""

import re
import time
import unicodedata
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefings.model import Draft, Precision
from briefings.sources import normal
from briefings.sources.base import MAX_ARTICLE_CHARACTERS, Defaults, Refused
from tests.sources.payloads import DAY, KNOWN, NOTHING, patient

NOW = datetime(2024, 8, 20, 12, tzinfo=UTC)


def draft(defaults: Defaults = KNOWN, **fields: object) -> Draft | Refused:
    return normal.draft(normal.Raw(**({"text": "Words."} | fields)), defaults, "here", NOW)  # type: ignore[arg-type]


def kept(defaults: Defaults = KNOWN, **fields: object) -> Draft:
    made = draft(defaults, **fields)
    assert isinstance(made, Draft), made
    return made


def refused(defaults: Defaults = KNOWN, **fields: object) -> str:
    made = draft(defaults, **fields)
    assert isinstance(made, Refused), made
    assert made.where == "here"
    return made.reason


@pytest.mark.parametrize(
    ("given_", "wanted"),
    [
        ("a\r\nb\rc\x0bd\x85e\u2028f", "a\nb\nc\nd\ne\nf"),
        ("a  \t\nb\n\n\n\n\nc\n \n \nd", "a\nb\n\nc\n\nd"),
        ("  \n a b \n ", "a b"),
        ("e\u0301te\u0301", "été"),
        ("a\x00b\x1b[31mc\x7f\x9f", "ab[31mc"),
        ("user\u202egnp.exe \u2066x\u2069 \u200fy", "usergnp.exe x y"),
        ("nego\u200btia\u00adtions\ufeff \u2060x", "negotiations x"),
        ("pass\u200dword", "password"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("👩\u200d👩\u200d👧", "👩\u200d👩\u200d👧"),
        ("half \ud83d pair", "half  pair"),
        ("tab\there", "tab\there"),
        ("non\u00a0breaking “quotes” – dash…", "non\u00a0breaking “quotes” – dash…"),
    ],
)
def test_text(given_: str, wanted: str) -> None:
    assert normal.clean(given_) == wanted


@patient
@given(st.text(alphabet=st.characters(), max_size=200))
def test_clean_text_can_be_stored_and_stays_as_it_is(text: str) -> None:
    once = normal.clean(text)
    once.encode("utf-8")
    assert unicodedata.is_normalized("NFC", once)
    assert "\n\n\n" not in once
    assert "\r" not in once
    assert not any(unicodedata.category(c) == "Cc" for c in once if c not in "\n\t")
    assert normal.clean(once) == once


def test_a_pile_of_combining_marks_takes_no_time() -> None:
    began = time.monotonic()
    text = normal.clean("a" + "\u0301\u0316" * 400_000 + "b")
    assert time.monotonic() - began < 2
    assert len(text) < 40
    assert text.endswith("b")


def test_lines_of_spaces_take_no_time() -> None:
    began = time.monotonic()
    assert normal.clean("a" + " " * 2_000_000 + "b" + "\n" * 2_000_000) != ""
    assert time.monotonic() - began < 3


def test_the_title_is_one_line_cut_between_words() -> None:
    assert kept(title=" One\n two\tthree ").title == "One two three"
    long = kept(title="word " * 100).title
    assert len(long) <= 300
    assert long.endswith("word…")
    assert len(kept(title="x" * 5000).title) == 300


def test_a_missing_title_is_the_first_words() -> None:
    assert kept(text="First line here\n\nMore.").title == "First line here"
    assert kept(text="First line here", defaults=Defaults("O", DAY, title="Given")).title == "Given"
    assert len(kept(text="word " * 99).title) <= normal.FIRST_WORDS


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "ftp://x.test/",
        "//x.test/",
        "/relative",
        "http://",
        "http:///x",
        "http://[::1",
        "http://x.test:port/",
        "http://a b.test/",
        "http://x.test/\n",
        "http://x.test/a\u202eb",
        "http://x.test/<script>",
        "https://good.test@evil.test/",
        "http://me:pw@x.test/",
        "https://x.test/" + "a" * 2000,
        "",
    ],
)
def test_a_link_that_nobody_should_follow_is_dropped(url: str) -> None:
    if url.endswith("\n"):  # surrounding space is no harm
        assert normal.web_url(url) == "http://x.test/"
        return
    assert kept(url=url).url is None


def test_a_good_link_stays_as_it_is() -> None:
    url = "https://x.test:8443/a/ü?q=1&r=%20#top"
    assert kept(url=url).url == url


def test_the_outlet_is_told_or_given_or_the_host() -> None:
    assert kept(outlet=" The\nTimes ").outlet == "The Times"
    assert kept().outlet == "The Courier"
    assert kept(Defaults(published=DAY), url="https://WWW.News.Test/a").outlet == "news.test"
    assert kept(Defaults(published=DAY, url="https://news.test/a")).outlet == "news.test"
    assert len(kept(outlet="x" * 999).outlet) == 100
    assert refused(Defaults(published=DAY)) == "no outlet; give one with --outlet NAME"


def test_the_date() -> None:
    east = timezone(timedelta(hours=3))
    made = kept(published=datetime(2024, 8, 14, 1, 30, tzinfo=east))
    assert (made.published, made.published_precision) == (datetime(2024, 8, 13, 22, 30, tzinfo=UTC), Precision.MINUTE)
    assert kept(published=datetime(2024, 8, 14, 1, 30)).published == datetime(2024, 8, 14, 1, 30, tzinfo=UTC)  # noqa: DTZ001 - naive on purpose
    assert kept().published_precision is Precision.DAY
    assert kept(Defaults("O", DAY.replace(hour=9))).published_precision is Precision.MINUTE


def test_a_date_that_cannot_be() -> None:
    assert refused(NOTHING, outlet="O") == "no date of publication; give one with --date 2024-08-14"
    assert "in the future" in refused(published=NOW + timedelta(hours=49))
    assert kept(published=NOW + timedelta(hours=47))
    assert "before 1700" in refused(published=datetime(1699, 12, 31, tzinfo=UTC))
    assert kept(published=datetime(1700, 1, 1, tzinfo=UTC))
    far = datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=14)))
    assert "out of range" in refused(published=far)


@pytest.mark.parametrize(
    ("text", "instant", "precision"),
    [
        ("2024-08-14", DAY, Precision.DAY),
        ("20240814", DAY, Precision.DAY),
        ("2024-W33-3", DAY, Precision.DAY),
        (" 2024-08-14T10:00:00Z ", DAY.replace(hour=10), Precision.MINUTE),
        ("2024-08-14 10:00", DAY.replace(hour=10), Precision.MINUTE),
        ("2024-08-14T10:00:00+02:00", DAY.replace(hour=8), Precision.MINUTE),
    ],
)
def test_dates_as_written(text: str, instant: datetime, precision: Precision) -> None:
    assert normal.parse_date(text) == (instant, precision)


@pytest.mark.parametrize("text", ["", "yesterday", "2024-13-01", "2024-02-30", "14/08/2024", "1723629600"])
def test_dates_that_are_none(text: str) -> None:
    with pytest.raises(ValueError):
        normal.parse_date(text)


def test_the_text_has_to_be_there_and_to_fit() -> None:
    assert refused(text=" \n\u200b ") == "no text"
    assert len(kept(text="x" * MAX_ARTICLE_CHARACTERS).text) == MAX_ARTICLE_CHARACTERS
    assert "longer than 1,000,000 characters" in refused(text="x" * (MAX_ARTICLE_CHARACTERS + 1))


def test_the_lesser_fields() -> None:
    made = kept(byline=" A\nB ", language="EN_gb", external_id=" 7 ")
    assert (made.byline, made.language, made.external_id) == ("A B", "en-gb", "7")
    made = kept(byline=" ", language="English!", external_id="x" * 501)
    assert (made.byline, made.language, made.external_id) == (None, None, None)


def test_what_is_printable_needs_no_cleaning() -> None:
    """By that, `clean` skips looking for what it takes out; a Python with newer Unicode tables must not change it."""
    taken_out = re.compile(f"{normal._JUNK.pattern}|{normal._BREAKS.pattern}|[\u200c\u200d]")
    printable = "".join(character for character in map(chr, range(0x110000)) if character.isprintable())
    assert taken_out.search(printable) is None
    assert not any(character.isspace() for character in printable.replace(" ", ""))
