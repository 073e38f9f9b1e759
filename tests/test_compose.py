"""What is worth two minutes, and that nothing is told twice or lost without being counted."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from briefings import document as doc
from briefings.compose import MAX_EVENTS, MAX_PER_SPEAKER, MAX_SPEAKERS, compose
from briefings.model import Act, Coverage, Event, Material, Precision, SourceState, Statement, When, Window
from briefings.present import Reader, briefing, interval, when_words
from tests.test_gather import happened, said

DAY = Window(datetime(2024, 8, 14, 21, tzinfo=UTC), datetime(2024, 8, 15, 21, tzinfo=UTC))
KYIV = ZoneInfo("Europe/Kyiv")
WORDS = ("alpha", "bravo", "charlie", "delta", "echo")


def material(
    events: list[Event] | None = None,
    statements: list[Statement] | None = None,
    sources: tuple[SourceState, ...] = (),
) -> Material:
    return Material(DAY, Coverage(5, 4), tuple(events or ()), tuple(statements or ()), sources)


def distinct(number: int) -> str:
    return " ".join(f"{word}{number}" for word in WORDS)


def test_what_many_outlets_tell_comes_first() -> None:
    alone, shared = happened(distinct(1), 14), happened(distinct(2), 13)
    copies = [happened(distinct(2), 13, outlet=outlet) for outlet in ("Post", "Times")]
    composed = compose(material([alone, shared, *copies]))
    assert [told.outlets for told in composed.events] == [3, 1]


def test_what_is_left_out_is_counted() -> None:
    events = [happened(distinct(number), 14) for number in range(MAX_EVENTS + 3)]
    statements = [said(f"Speaker{number} X", distinct(number)) for number in range(MAX_SPEAKERS + 2)]
    statements += [said("Speaker0 X", distinct(100 + number)) for number in range(MAX_PER_SPEAKER)]
    composed = compose(material(events, statements))
    assert (len(composed.events), composed.events_left_out) == (MAX_EVENTS, 3)
    assert (len(composed.said), composed.speakers_left_out) == (MAX_SPEAKERS, 2)
    assert {said.name: said.left_out for said in composed.said}["Speaker0 X"] == 1
    text = briefing(composed, KYIV).to_json()
    assert "3 more events" in text
    assert "2 more speakers" in text


def test_a_disputed_line_does_not_come_again_under_its_speaker() -> None:
    charge = said("Moscow", "NATO of helping the incursion into Kursk region", act=Act.ACCUSES)
    composed = compose(material(statements=[charge, said("Kyiv", distinct(1))]))
    assert [dispute.lines[0].statement for dispute in composed.disputes] == [charge]
    assert [said.name for said in composed.said] == ["Kyiv"]


def test_thoughts_are_not_passed_off_as_sayings() -> None:
    assert compose(material(statements=[said("Kyiv", distinct(1), act=Act.THINKS)])).empty


def test_only_feeds_that_said_nothing_are_silent() -> None:
    sources = (
        SourceState(1, "feed", "Speaks", "a", in_window=1),
        SourceState(2, "feed", "Silent", "b", newest=datetime(2024, 8, 12, tzinfo=UTC)),
        SourceState(3, "feed", "Broken", "c", error="answers 404"),
        SourceState(4, "jsonl", "import.jsonl", "d"),
    )
    composed = compose(material(sources=sources))
    assert [source.name for source in composed.silent] == ["Broken", "Silent"]
    text = briefing(composed, KYIV).to_json()
    assert "Silent (nothing since 12 Aug)" in text
    assert "Broken (answers 404)" in text


def test_a_briefing_names_its_day_and_zone_and_an_empty_one_says_so() -> None:
    document = briefing(compose(material()), KYIV)
    heading, coverage, empty, *_ = document.blocks
    assert heading == doc.Heading("On Record · Thu 15 Aug 2024", 1)
    assert coverage == doc.paragraph(
        doc.Text("5 articles, 4 outlets · 0 events · 0 statements", "quiet"), doc.zone_note("Europe/Kyiv")
    )
    assert empty == doc.paragraph("Nothing on record for this day.")


READER = Reader(KYIV, 2024)


def test_times_are_worded_with_their_precision() -> None:
    def when(first: date, last: date, precision: Precision, *, since: bool = False) -> str:
        return interval(When("x", first, last, precision, since), READER)

    day = date(2024, 8, 6)
    assert when(day, day, Precision.DAY) == "6 Aug"
    assert when(date(2023, 8, 6), date(2023, 8, 6), Precision.DAY) == "6 Aug 2023"
    assert when(day, day, Precision.DAY, since=True) == "since 6 Aug"
    assert when(date(2024, 8, 11), date(2024, 8, 20), Precision.WEEK) == "about 11-20 Aug"
    assert when(date(2024, 7, 29), date(2024, 8, 4), Precision.WEEK) == "about 29 Jul-4 Aug"
    assert when(date(2024, 8, 1), date(2024, 8, 31), Precision.MONTH) == "Aug 2024"
    assert when(date(2022, 1, 1), date(2022, 12, 31), Precision.YEAR) == "2022"


def test_an_undated_event_is_told_not_dated() -> None:
    assert when_words(happened("x y z"), READER) == "reported 15 Aug"
