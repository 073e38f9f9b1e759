"""The query language."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from briefings.errors import QueryError
from briefings.search import Field, Query, Term, parse

NOW = datetime(2024, 8, 16, 9, 0, tzinfo=UTC)  # a Friday
KYIV = ZoneInfo("Europe/Kyiv")  # three hours ahead of UTC in August


def query(text: str) -> Query:
    return parse(text, NOW, KYIV)


def test_words_phrases_and_fields() -> None:
    found = query('negotiations "fair process" -visa by:Podolyak IN:Kursk from:"Example Times"')
    assert [(term.field, term.text, term.negated) for term in found.terms] == [
        (Field.TEXT, "negotiations", False),
        (Field.TEXT, "fair process", False),
        (Field.TEXT, "visa", True),
        (Field.BY, "Podolyak", False),
        (Field.IN, "Kursk", False),
        (Field.FROM, "Example Times", False),
    ]


@pytest.mark.parametrize("marks", ['""', "“”", "„“", "«»", "””"])
def test_every_style_of_quotation_marks(marks: str) -> None:
    assert query(f"{marks[0]}fair process{marks[1]}").terms[0].terms == ("fair", "process")


@pytest.mark.parametrize(
    ("text", "begin"),
    [
        ("since:2024-08-14", datetime(2024, 8, 13, 21, tzinfo=UTC)),
        ('since:"14 Aug 2024"', datetime(2024, 8, 13, 21, tzinfo=UTC)),
        ("since:today", datetime(2024, 8, 15, 21, tzinfo=UTC)),
        ("since:yesterday", datetime(2024, 8, 14, 21, tzinfo=UTC)),
        ("since:friday", datetime(2024, 8, 15, 21, tzinfo=UTC)),
        ("since:Sat", datetime(2024, 8, 9, 21, tzinfo=UTC)),
        ("since:7d", NOW - timedelta(days=7)),
        ("since:6h", NOW - timedelta(hours=6)),
        ("since:2W", NOW - timedelta(weeks=2)),
    ],
)
def test_since_in_the_askers_zone(text: str, begin: datetime) -> None:
    assert query(text).since == begin


def test_until_includes_its_day() -> None:
    assert query("until:2024-08-14").until == datetime(2024, 8, 14, 21, tzinfo=UTC)


def test_the_day_that_a_clock_change_shortens_is_whole() -> None:
    found = query("since:2024-03-31 until:2024-03-31")  # 23 hours in Kyiv
    assert found.since is not None
    assert found.until is not None
    assert found.until - found.since == timedelta(hours=23)


@pytest.mark.parametrize("text", ["12:30", "https://a.example/b", "Moscow:", "x:y"])
def test_a_colon_in_a_word_is_no_field(text: str) -> None:
    assert query(text).terms[0].field is Field.TEXT


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('"fair process', "never closed"),
        ("by:“Podolyak", "never closed"),
        ("by:", "needs a name"),
        ("since:soon", "no date"),
        ("since:monkey", "no date"),
        ("since:2030-01-01", "in the future"),
        ("since:2024-13-01", "no date"),
        ("-since:7d", "makes no sense"),
        ("since:2024-08-15 until:2024-08-14", "since: lies after until:"),
        ("😀", "no letters"),
        ("-", "no letters"),
        ('about:"a b"', "no about:"),
        ("x" * 501, "at most 500"),
        ("a " * 21, "at most 20"),
        ("until:9999-12-31", "outside the calendar"),
    ],
)
def test_what_is_wrong_is_said(text: str, says: str) -> None:
    with pytest.raises(QueryError, match=says):
        query(text)


FRAGMENTS = st.sampled_from(
    [
        "by:",
        "in:",
        "from:",
        "since:",
        "until:",
        "-",
        '"',
        "“",
        "”",
        "«",
        ":",
        "7d",
        "today",
        "2024-02-30",
        " ",
        "a",
        "й",
    ]
)


@given(st.text() | st.lists(FRAGMENTS | st.text(max_size=3), max_size=12).map("".join))
def test_nothing_but_a_query_error_is_raised(text: str) -> None:
    try:
        found = query(text)
    except QueryError:
        return
    assert all(term.terms for term in found.terms)


@example("-0", Field.TEXT, False)
@given(st.text(min_size=1, max_size=30), st.sampled_from(Field), st.booleans())
def test_a_term_written_out_reads_as_itself(text: str, field: Field, negated: bool) -> None:
    try:
        wanted = query(str(Term(text.translate(dict.fromkeys(map(ord, '"“”„«»'))), (), field, negated)))
    except QueryError:
        return  # nothing searchable in it
    assert [(term.field, term.negated) for term in wanted.terms] in ([(field, negated)], [])
