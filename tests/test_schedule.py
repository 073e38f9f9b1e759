"""Schedules as people write them, and a year of clock in zones that change theirs."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefings.errors import QueryError
from briefings.schedule import MAX_CHARACTERS, Schedule, Slot, next_slot, parse, upcoming

ZONES = (
    "Europe/Kyiv",
    "America/New_York",
    "Australia/Lord_Howe",
    "Africa/Casablanca",
    "Asia/Kathmandu",
    "Pacific/Apia",
    "UTC",
    "America/Scoresbysund",  # skips the last hour of a Saturday
    "Africa/Cairo",  # skips and repeats an hour beside midnight
)
TEXTS = (
    "daily 00:00",
    "daily 02:30,03:30",
    "weekdays 07:30",
    "weekends 9:00",
    "mon,thu 01:30 and 18:00",
    "hourly",
    "every 6h",
    "every 5h",
    "every 36h",
    "every 7d",
    "cron 30 7 13 * fri",
    "cron 15 */3 * * *",
)
# What is written, what is stored, what people are shown. The zone of the chat is Europe/Kyiv.
ACCEPTED = [
    ("daily 08:00", "daily 08:00 Europe/Kyiv", "daily at 08:00, Europe/Kyiv"),
    ("Daily AT 8am", "daily 08:00 Europe/Kyiv", "daily at 08:00, Europe/Kyiv"),
    ("daily\u00a008:00\n", "daily 08:00 Europe/Kyiv", "daily at 08:00, Europe/Kyiv"),
    ("08:00", "daily 08:00 Europe/Kyiv", "daily at 08:00, Europe/Kyiv"),
    ("every day at 8:30 p.m.", "daily 20:30 Europe/Kyiv", "daily at 20:30, Europe/Kyiv"),
    ("daily 12am and 12 pm", "daily 00:00,12:00 Europe/Kyiv", "daily at 00:00 and 12:00, Europe/Kyiv"),
    ("daily 08:00 america/new_york", "daily 08:00 America/New_York", "daily at 08:00, America/New_York"),
    ("daily 08:00 utc", "daily 08:00 UTC", "daily at 08:00, UTC"),
    ("daily 08:00, in Asia/Kathmandu", "daily 08:00 Asia/Kathmandu", "daily at 08:00, Asia/Kathmandu"),
    ("weekdays 07:30", "weekdays 07:30 Europe/Kyiv", "weekdays at 07:30, Europe/Kyiv"),
    ("weekends 9:00", "weekends 09:00 Europe/Kyiv", "weekends at 09:00, Europe/Kyiv"),
    ("mon,thu 18:00", "mon,thu 18:00 Europe/Kyiv", "Mondays and Thursdays at 18:00, Europe/Kyiv"),
    ("every Monday 18:00", "mon 18:00 Europe/Kyiv", "Mondays at 18:00, Europe/Kyiv"),
    ("tues, thurs and sundays 18:00", "tue,thu,sun 18:00 Europe/Kyiv", None),
    ("fri-mon 18:00,9:00", "mon,fri,sat,sun 09:00,18:00 Europe/Kyiv", None),
    ("weekdays,sat,sun 7:00", "daily 07:00 Europe/Kyiv", None),
    ("every 6h", "every 6 hours Europe/Kyiv", "every 6 hours, Europe/Kyiv"),
    ("every 2 hours", "every 2 hours Europe/Kyiv", "every 2 hours, Europe/Kyiv"),
    ("every 120 minutes", "every 2 hours Europe/Kyiv", "every 2 hours, Europe/Kyiv"),
    ("hourly", "every hour Europe/Kyiv", "every hour, Europe/Kyiv"),
    ("every hour", "every hour Europe/Kyiv", "every hour, Europe/Kyiv"),
    ("every 7 days", "every 7 days Europe/Kyiv", "every 7 days, Europe/Kyiv"),
    ("every 5 hrs", "every 5 hours Europe/Kyiv", "every 5 hours, Europe/Kyiv"),
    ("every 1d", "daily 00:00 Europe/Kyiv", "daily at 00:00, Europe/Kyiv"),
    ("cron 30 7 * * mon-fri", "weekdays 07:30 Europe/Kyiv", "weekdays at 07:30, Europe/Kyiv"),
    ("cron 0 8 * * 0", "sun 08:00 Europe/Kyiv", "Sundays at 08:00, Europe/Kyiv"),
    ("cron 0 8 * * 7", "sun 08:00 Europe/Kyiv", "Sundays at 08:00, Europe/Kyiv"),
    ("CRON 0 8 * * 1", "mon 08:00 Europe/Kyiv", "Mondays at 08:00, Europe/Kyiv"),
    ("cron 0 8 * * 5-7", "fri,sat,sun 08:00 Europe/Kyiv", None),
    ("cron 0 8 * * Sat-SUN", "weekends 08:00 Europe/Kyiv", None),
    ("cron 0 8 * * */2", "tue,thu,sat,sun 08:00 Europe/Kyiv", None),
    ("cron 0 8-18/5 1 JAN *", "cron 0 8-18/5 1 jan * Europe/Kyiv", "cron 0 8-18/5 1 jan *, Europe/Kyiv"),
    ("cron 0 0 29 2 *", "cron 0 0 29 2 * Europe/Kyiv", None),
]


@pytest.mark.parametrize(("text", "stored", "words"), ACCEPTED)
def test_what_is_read(text: str, stored: str, words: str | None) -> None:
    for behind in ("", "Kursk negotiations", '"fair process"  since:7d', "-visa/mastercard", "by:A/B"):
        schedule, rest = parse(f"  {text} {behind} ", "Europe/Kyiv")
        assert (str(schedule), rest) == (stored, behind)
        assert Schedule.parse_stored(stored) == schedule
        assert words in (None, schedule.words())


def test_what_people_are_shown_can_be_typed() -> None:
    for text, _, _ in ACCEPTED:
        schedule, _ = parse(text, "Europe/Kyiv")
        assert parse(schedule.words(), "UTC") == (schedule, "")


def test_the_query_begins_behind_times_and_zone() -> None:
    assert parse("daily 08:00,18:00 Europe/Kyiv Kursk negotiations", "UTC")[1] == "Kursk negotiations"
    assert parse("daily 08:00, Kursk", "UTC")[1] == "Kursk"
    assert parse("daily 08:00 and Kursk", "UTC")[1] == "and Kursk"
    assert parse("daily 08:00 2024 elections", "UTC")[1] == "2024 elections"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "a schedule needs a time of day or an interval"),
        ("Kursk negotiations", "“Kursk” is no schedule"),
        ("every full moon", "“every” is no schedule"),
        ("daily", "a schedule needs a time of day or an interval"),
        ("daily Kursk", "“Kursk” is neither a day nor a time of day"),
        ("mon,thx 18:00", "“thx” is neither a day nor a time of day"),
        ("daily 25:00", "“25:00” is no time of day; they go from 00:00 to 23:59"),
        ("daily 24:00", "“24:00” is no time of day; they go from 00:00 to 23:59"),
        ("daily 08:60", "“08:60” is no time of day; they go from 00:00 to 23:59"),
        ("daily 08:00,25:00", "“25:00” is no time of day; they go from 00:00 to 23:59"),
        ("daily 08:00,18", "“18” is no time of day; they go from 00:00 to 23:59"),
        ("daily 13pm", "“13pm” is no time of day; they go from 00:00 to 23:59"),
        ("daily 08:00утра", "“08:00утра” is no time of day; they go from 00:00 to 23:59"),
        ("ſun 08:00", "“ſun” is no schedule"),  # which re takes for a letter s
        ("daily 8", "“8” is no time of day; they go from 00:00 to 23:59"),
        ("2027-02-30 08:00", "“2027-02-30” is no time of day; they go from 00:00 to 23:59"),
        ("daily 08:00,08:30", "08:00 and 08:30 are less than an hour apart"),
        ("daily 00:00,23:30", "23:30 and 00:00 are less than an hour apart"),
        ("daily 08:00 Mars/Olympus", "“Mars/Olympus” is no time zone that I know"),
        ("daily 08:00 America/Argentina", "“America/Argentina” is no time zone that I know"),
        ("daily 08:00 right/Europe/Kyiv", "“right/Europe/Kyiv” is no time zone that I know"),
        ("every 30m", "an interval is a whole number of hours or days, from 1 hour to 7 days"),
        ("every 0h", "an interval is a whole number of hours or days, from 1 hour to 7 days"),
        ("every 90 minutes", "an interval is a whole number of hours or days, from 1 hour to 7 days"),
        ("every 8 days", "an interval is a whole number of hours or days, from 1 hour to 7 days"),
        ("every 999999h", "an interval is a whole number of hours or days, from 1 hour to 7 days"),
        ("every 2 months", "an interval is a whole number of hours or days, from 1 hour to 7 days"),
        ("every 6", "an interval is a whole number of hours or days, from 1 hour to 7 days"),
        ("every 2 days at 08:00", "an interval takes no time of day; write either"),
        ("cron 0 8 * *", "cron has five fields: minute, hour, day of the month, month and weekday"),
        ("cron 0 0 31 2 *", "cron 0 0 31 2 * never fires: there is no such date"),
        ("cron 0 0 31 4,6 *", "cron 0 0 31 4,6 * never fires: there is no such date"),
        ("cron 61 * * * *", "“61” is no minute that cron understands; they go from 0 to 59"),
        ("cron 0 18-8 * * *", "“18-8” is no hour that cron understands; they go from 0 to 23"),
        ("cron 0 8 0 * *", "“0” is no day of the month that cron understands; they go from 1 to 31"),
        ("cron 0 8 L * *", "“l” is no day of the month that cron understands; they go from 1 to 31"),
        ("cron 0 8 * foo *", "“foo” is no month that cron understands; they go from 1 to 12"),
        ("cron 0 8 * jan2 *", "“jan2” is no month that cron understands; they go from 1 to 12"),
        ("cron 0 8 * * 8", "“8” is no weekday that cron understands; they go from 0 to 7"),
        ("cron 0 8 * * Kursk", "“kursk” is no weekday that cron understands; they go from 0 to 7"),
        ("cron 0 */0 * * *", "“*/0” is no hour that cron understands; they go from 0 to 23"),
        ("cron 0 8,, * * *", "“8,,” is no hour that cron understands; they go from 0 to 23"),
        ("cron */30 * * * *", "00:00 and 00:30 are less than an hour apart"),
        ("cron * * * * *", "00:00 and 00:01 are less than an hour apart"),
        ("daily 08:00 " + "x" * 10_000, f"a subscription has at most {MAX_CHARACTERS} characters; this one has 10012"),
    ],
)
def test_what_is_refused(text: str, message: str) -> None:
    with pytest.raises(QueryError) as error:
        parse(text, "Europe/Kyiv")
    assert str(error.value) == message
    assert error.value.usage
    assert len(message) < 120


def test_a_default_zone_that_is_none_and_stored_text_that_is_none() -> None:
    with pytest.raises(QueryError, match="no time zone"):
        parse("daily 08:00", "Nowhere/Land")
    for text in ("", "daily 08:00", "daily 08:00 Europe/Kyiv Kursk", "daily 8:00 UTC", "daily 08:00 Gone/Zone"):
        with pytest.raises(QueryError):
            Schedule.parse_stored(text)


def test_two_late_runs_on_one_weekday_are_no_neighbours() -> None:
    assert str(parse("mon 00:00,23:30", "UTC")[0]) == "mon 00:00,23:30 UTC"


def test_cron_with_day_and_weekday_fires_on_either_and_on_both_behind_an_asterisk() -> None:
    after = datetime(2027, 1, 31, 12, tzinfo=UTC)
    either = upcoming(parse("cron 0 8 13 * fri", "UTC")[0], after, 4)
    assert [slot.local for slot in either] == [f"2027-02-{day:02}T08:00" for day in (5, 12, 13, 19)]
    both = upcoming(parse("cron 0 8 */2 * fri", "UTC")[0], after, 3)
    assert [slot.local for slot in both] == ["2027-02-05T08:00", "2027-02-19T08:00", "2027-03-05T08:00"]


def test_a_leap_day_is_waited_for_across_2100() -> None:
    slots = upcoming(parse("cron 0 0 29 2 *", "UTC")[0], datetime(2095, 1, 1, tzinfo=UTC), 2)
    assert [slot.local for slot in slots] == ["2096-02-29T00:00", "2104-02-29T00:00"]


@pytest.mark.parametrize(
    ("zone", "slot", "due"),
    [
        # The table of platforms.md. A skipped time is due when the gap ends; APScheduler has half an hour later.
        ("Europe/Kyiv", "2027-03-28T03:30", "2027-03-28T01:00"),
        ("America/New_York", "2027-03-14T02:30", "2027-03-14T07:00"),
        ("Europe/Kyiv", "2027-10-31T03:30", "2027-10-31T00:30"),
        ("America/New_York", "2027-11-07T01:30", "2027-11-07T05:30"),
        # The hour before midnight of a Saturday, and clocks that change by half an hour.
        ("America/Scoresbysund", "2027-03-27T23:30", "2027-03-28T01:00"),
        ("Australia/Lord_Howe", "2027-10-03T02:15", "2027-10-02T15:30"),
    ],
)
def test_a_time_that_is_skipped_or_repeated_comes_once(zone: str, slot: str, due: str) -> None:
    schedule, _ = parse(f"daily {slot[11:]}", zone)
    begin = datetime.fromisoformat(due).replace(tzinfo=UTC) - timedelta(hours=30)
    found = [each for each in upcoming(schedule, begin, 4) if each.local[:10] == slot[:10]]
    assert found == [Slot(slot, datetime.fromisoformat(due).replace(tzinfo=UTC))]


def test_slots_that_the_clocks_put_at_one_instant_are_one() -> None:
    spring = upcoming(parse("hourly", "Europe/Kyiv")[0], datetime(2027, 3, 27, 23, 30, tzinfo=UTC), 3)
    assert [(slot.local[11:], slot.due.hour) for slot in spring] == [("02:00", 0), ("04:00", 1), ("05:00", 2)]
    autumn = upcoming(parse("hourly", "Europe/Kyiv")[0], datetime(2027, 10, 30, 22, 30, tzinfo=UTC), 3)
    assert [(slot.local[11:], slot.due.hour) for slot in autumn] == [("02:00", 23), ("03:00", 0), ("04:00", 2)]


def test_intervals_go_by_local_hours() -> None:
    after = datetime(2027, 3, 27, 7, 41, 30, tzinfo=UTC)
    grid = upcoming(parse("every 6h", "Europe/Kyiv")[0], after, 4)
    assert [slot.local[5:] for slot in grid] == ["03-27T12:00", "03-27T18:00", "03-28T00:00", "03-28T06:00"]
    free = upcoming(parse("every 36h", "Europe/Kyiv")[0], after, 2)
    assert [slot.local[5:] for slot in free] == ["03-28T21:41", "03-30T09:41"]
    late = next_slot(parse("every 36h", "Europe/Kyiv")[0], after + timedelta(days=30), free[0].local)
    assert late.local == "2027-04-27T21:41"  # still a multiple of 36 hours on the clock


def shown_first(zone: str, begin: datetime, end: datetime) -> tuple[set[date], list[tuple[datetime, datetime]]]:
    """By walking the clock, with no regard to folds: the local dates there are, and each new high of the local time
    with its instant. Every quarter of an hour, on which all clocks change and all times of these tests lie."""
    dates, highs, at = set(), [], begin
    while at < end:
        local = at.astimezone(ZoneInfo(zone)).replace(tzinfo=None, fold=0)
        dates.add(local.date())
        if not highs or local > highs[-1][0]:
            highs.append((local, at))
        at += timedelta(minutes=15)
    return dates, highs


@pytest.mark.parametrize(("zone", "year"), [*((zone, 2027) for zone in ZONES), ("Pacific/Apia", 2011)])
def test_a_year_of_clock(zone: str, year: int) -> None:
    begin = datetime(year - 1, 12, 29, tzinfo=UTC)
    dates, highs = shown_first(zone, begin, begin + timedelta(days=372))
    expected_dates = sorted(day for day in dates if day.year == year)
    assert len(expected_dates) == (364 if year == 2011 else 365)
    for clock in ("00:00", "01:30", "02:30", "03:30"):
        expected, at = [], 0
        for day in expected_dates:
            wanted = datetime.combine(day, time.fromisoformat(clock))
            while highs[at][0] < wanted:
                at += 1
            expected.append(Slot(f"{day}T{clock}", highs[at][1]))
        schedule, _ = parse(f"daily {clock}", zone)
        slots = upcoming(schedule, begin, 370)
        assert [slot for slot in slots if slot.local.startswith(str(year))] == expected


schedules = st.builds(lambda text, zone: parse(text, zone)[0], st.sampled_from(TEXTS), st.sampled_from(ZONES))
instants = st.integers(0, 365 * 86_400).map(
    lambda seconds: datetime(2027, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
)
# Near the changes of the clock, where things go wrong, as often as anywhere.
changes = [datetime(2027, *day, tzinfo=UTC) for day in ((2, 6), (3, 13), (3, 27), (4, 3), (10, 2), (10, 30), (11, 6))]
near_changes = st.builds(lambda day, m: day + timedelta(minutes=m), st.sampled_from(changes), st.integers(0, 2880))
moments = instants | near_changes


@given(schedules, moments)
def test_slots_advance_in_key_and_instant_and_are_never_early(schedule: Schedule, after: datetime) -> None:
    slots = upcoming(schedule, after, 30)
    for one, other in pairwise(slots):
        assert one.local < other.local
        assert one.due < other.due
    for slot in slots:
        assert slot.due > after
        shown = slot.due.astimezone(ZoneInfo(schedule.zone)).replace(tzinfo=None)
        assert timedelta(0) <= shown - datetime.fromisoformat(slot.local) <= timedelta(hours=1)


@given(schedules, moments, st.integers(0, 29), st.integers(-3_000_000, 3_000_000))
def test_whatever_the_clock_says_the_next_slot_is_the_first_that_is_left(
    schedule: Schedule, after: datetime, ran: int, jump: int
) -> None:
    """A clock that jumped back gives the slot that follows; one that jumped ahead leaves out what was missed."""
    slots = upcoming(schedule, after, 60)
    now = min(slots[ran].due + timedelta(seconds=jump), slots[-1].due - timedelta(seconds=1))
    expected = next(slot for slot in slots[ran + 1 :] if slot.due > now)
    assert next_slot(schedule, now, slots[ran].local) == expected


@given(schedules, moments, st.lists(st.integers(-100_000, 250_000), max_size=40))
def test_no_slot_is_lost_or_doubled_by_a_jumping_clock(schedule: Schedule, after: datetime, jumps: list[int]) -> None:
    """A worker that polls: what is due is run, at once or late, and nothing else."""
    waiting, now, ran = next_slot(schedule, after, None), after, list[Slot]()
    for jump in jumps:
        now += timedelta(seconds=jump)
        if now >= waiting.due:
            ran.append(waiting)
            waiting = next_slot(schedule, now, waiting.local)
            assert waiting.due > now
    keys = [slot.local for slot in ran]
    assert keys == sorted(set(keys))
    assert waiting.local not in keys
    every = {slot.local: slot for slot in upcoming(schedule, after, 24 * 60)} if ran else {}
    assert all(every.get(slot.local, slot) == slot for slot in ran)


@given(schedules, moments, st.sampled_from(ZONES))
def test_a_zone_that_changes_repeats_no_key(schedule: Schedule, after: datetime, zone: str) -> None:
    ran = next_slot(schedule, after, None)
    slot = next_slot(replace(schedule, zone=zone), ran.due, ran.local)
    assert slot.local > ran.local
    assert slot.due > ran.due


@given(
    st.text(max_size=60)
    | st.lists(st.sampled_from([*" ".join(TEXTS).split(), "/", ",", "UTC"]), max_size=9).map(" ".join)
)
def test_any_text_is_read_or_refused_and_what_is_stored_reads_back(text: str) -> None:
    try:
        schedule, rest = parse(text, "Europe/Kyiv")
    except QueryError:
        return
    assert text.rstrip().endswith(rest)
    assert "\n" not in str(schedule)
    assert Schedule.parse_stored(str(schedule)) == schedule
    assert upcoming(schedule, datetime(2027, 1, 1, tzinfo=UTC), 2)


def test_what_next_slot_refuses() -> None:
    schedule, _ = parse("daily 08:00", "UTC")
    with pytest.raises(ValueError, match="zone"):
        next_slot(schedule, datetime(2027, 1, 1), None)  # noqa: DTZ001
    with pytest.raises(ValueError):
        next_slot(schedule, datetime(2027, 1, 1, tzinfo=UTC), "yesterday")
    with pytest.raises(ValueError, match="no slot"):
        next_slot(replace(schedule, times=()), datetime(2027, 1, 1, tzinfo=UTC), None)
