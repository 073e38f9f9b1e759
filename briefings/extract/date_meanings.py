"""What English words for times mean on the day of publication; one function a form of `date_rules`.

Each takes the match of its rule and the day, if it is known. It gives None where the words name no days, or none
without that day, and may raise ValueError and OverflowError, for days that the calendar does not have.
"""

from __future__ import annotations

import re
from datetime import date, timedelta

from briefings.extract import intervals
from briefings.extract.intervals import Interval
from briefings.model import Precision

Match = re.Match[str]

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
NUMBERS = {
    "a": 1,
    "an": 1,
    "one": 1,
    "two": 2,
    "three": 3,
    "four": 4,
    "five": 5,
    "six": 6,
    "seven": 7,
    "eight": 8,
    "nine": 9,
    "ten": 10,
}
_PARTS = {"beginning": "early", "start": "early", "middle": "mid", "end": "late"}


def _said(match: Match, name: str) -> str | None:
    """What a group holds; None where the form has no such group, too."""
    said: str | None = match.groupdict().get(name)
    return said


def _day_of(match: Match, tag: str, published: date | None) -> date | None:
    day, name = match[f"d{tag}"] or match[f"e{tag}"], match[f"m{tag}"] or match[f"n{tag}"]
    return _day(int(day), _month_number(name), match[f"y{tag}"] or match[f"z{tag}"], published)


def _day(day: int, number: int, year: str | None, published: date | None) -> date | None:
    if year is None and published is None:
        return None
    return date(int(year) if year else intervals.nearest_year(number, day, published or date.max), number, day)


def _month_number(name: str) -> int:
    return _MONTHS.index(name[:3].lower()) + 1


def _month(name: str, year: str | None, published: date | None) -> Interval | None:
    number = _month_number(name)
    if year is None and published is None:
        return None
    return intervals.month(int(year) if year else intervals.nearest_year(number, 15, published or date.max), number)


def _count(match: Match) -> int:
    said = match["count"].lower()
    return NUMBERS.get(said) or int(said)


def _back_to(name: str, published: date) -> date:
    """The latest such weekday, the day itself included."""
    return published - timedelta(days=(published.weekday() - _DAYS.index(name.lower())) % 7)


def iso(match: Match, _: date | None) -> Interval | None:
    return intervals.one_day(date.fromisoformat(match.group()))


def slashes(match: Match, _: date | None) -> Interval | None:
    one, two, year = (int(match[name]) for name in ("a", "b", "year"))
    if one <= 12 and two <= 12 and one != two:
        return None  # the sixth of August to one reader is the eighth of June to another
    return intervals.one_day(date(year, min(one, two), max(one, two)) if max(one, two) > 12 else date(year, one, two))


def dated(match: Match, published: date | None) -> Interval | None:
    day = _day_of(match, "", published)
    return intervals.one_day(day) if day else None


def dates(match: Match, published: date | None) -> Interval | None:
    last = _day_of(match, "2", published)
    first = _day_of(match, "1", published)
    return Interval(first, last, Precision.DAY) if first and last and first <= last else None


def days_of_month(match: Match, published: date | None) -> Interval | None:
    last = _day(int(match["b"]), _month_number(match["month"]), match["year"], published)
    return Interval(last.replace(day=int(match["a"])), last, Precision.DAY) if last else None


def day_of_month(match: Match, published: date | None) -> Interval | None:
    if published is None:
        return None
    day = int(match["day"])
    there = published if day <= published.day else published.replace(day=1) - timedelta(days=1)
    return intervals.one_day(there.replace(day=day))


def weekdays(match: Match, published: date | None) -> Interval | None:
    if published is None:
        return None
    last = _back_to(match["last"], published)
    first = last - timedelta(days=(last.weekday() - _DAYS.index(match["first"].lower())) % 7)
    return Interval(first, last, Precision.DAY)


def weekday(match: Match, published: date | None) -> Interval | None:
    if published is None:
        return None
    day = _back_to(match["day"], published)
    before = day == published and (match["which"] or "").lower().startswith("last")
    return intervals.one_day(day - timedelta(days=7) if before else day)


def night(match: Match, published: date | None) -> Interval | None:
    if published is None:
        return None
    last = _back_to(match["day"], published) if match["day"] else published
    if match["day"] and match["way"] == "on":
        last += timedelta(days=1)
    return Interval(last - timedelta(days=1), last, Precision.DAY)


def near(match: Match, published: date | None) -> Interval | None:
    if published is None:
        return None
    said = match.group().lower()
    back = 2 if said.startswith("the day before") else 1 if said.startswith(("yesterday", "last night")) else 0
    return intervals.one_day(published - timedelta(days=back))


def _calendar(which: str, unit: str, published: date) -> Interval:
    """ "last week", "this month"."""
    back = which.lower() == "last"
    if unit == "week":
        return intervals.week(published - timedelta(weeks=back))
    if unit == "month":
        day = published.replace(day=1) - timedelta(days=1) if back else published
        return intervals.month(day.year, day.month)
    return intervals.year(published.year - back)


def unit(match: Match, published: date | None) -> Interval | None:
    if published is None:
        return None
    whole = _calendar(match["which"], match["unit"], published)
    part = (match["part"] or "").lower()
    if part == "earlier":
        return whole._replace(last=published)
    return intervals.third(part, whole) if part else whole


def ago(match: Match, published: date | None) -> Interval | None:
    if published is None:
        return None
    count, unit = _count(match), match["unit"]
    if match["day"]:
        return intervals.one_day(_back_to(match["day"], published) - timedelta(weeks=count)) if unit == "week" else None
    if unit in ("hour", "day"):
        return intervals.one_day(published - timedelta(days=count if unit == "day" else count // 24))
    if unit in ("week", "fortnight"):
        return intervals.week(published - timedelta(weeks=count * (2 if unit == "fortnight" else 1)))
    if unit == "month":
        before = intervals.months_before(published, count)
        return intervals.month(before.year, before.month)
    return intervals.year(published.year - count * (10 if unit == "decade" else 1))


def some_ago(match: Match, published: date | None) -> Interval | None:
    """ "A few" are taken for two to seven days, to eight weeks, months or years."""
    if published is None or match["unit"] in ("hour", "fortnight", "decade"):
        return None
    days = {"day": 1, "week": 7, "month": 30, "year": 365}[match["unit"]]
    precision = {"day": Precision.WEEK, "week": Precision.MONTH}.get(match["unit"], Precision.YEAR)
    most = 7 if days == 1 else 8
    return Interval(published - timedelta(days=most * days), published - timedelta(days=2 * days), precision)


def past(match: Match, published: date | None) -> Interval | None:
    """ "the past week", up to the day of publication."""
    if published is None:
        return None
    count, unit = _count(match) if match["count"] else 1, match["unit"]
    days = {"hour": 1 / 24, "day": 1, "week": 7, "fortnight": 14}.get(unit)
    if days is not None:
        precision = Precision.DAY if days <= 1 else Precision.WEEK
        return Interval(published - timedelta(days=max(1, round(count * days))), published, precision)
    first = intervals.months_before(published, count * {"month": 1, "year": 12, "decade": 120}[unit])
    return Interval(first, published, Precision.MONTH if unit == "month" else Precision.YEAR)


def in_month(match: Match, published: date | None) -> Interval | None:
    which = _said(match, "which")
    if which is None or published is None:
        return _month(match["month"], _said(match, "year"), published) if which is None else None
    number = _month_number(match["month"])
    found = intervals.month(published.year, number)
    if which.lower() == "last" and found.last >= published:
        found = intervals.month(published.year - 1, number)
    return found


def month_part(match: Match, published: date | None) -> Interval | None:
    whole = _month(match["month"], match["year"], published)
    return intervals.third(_part(match), whole) if whole else None


def _part(match: Match) -> str:
    said = (_said(match, "part") or _said(match, "place") or "").lower()
    return _PARTS.get(said, said)


def month_range(match: Match, published: date | None) -> Interval | None:
    last = _month(match["last"], match["year"], published)
    if last is None:
        return None
    count = (last.first.month - _month_number(match["first"])) % 12
    before = intervals.months_before(last.first, count)
    return intervals.months(intervals.month(before.year, before.month), count + 1)


def in_year(match: Match, _: date | None) -> Interval | None:
    return intervals.year(int(match["year"]))


def years(match: Match, _: date | None) -> Interval | None:
    first, last = int(match["first"]), int(match["last"])
    return Interval(date(first, 1, 1), date(last, 12, 31), Precision.YEAR) if first <= last else None


def year_part(match: Match, _: date | None) -> Interval | None:
    return intervals.third(_part(match), intervals.year(int(match["year"])))


def fraction(match: Match, published: date | None) -> Interval | None:
    """Halves and quarters."""
    year = match["year"]
    if year is None and published is None:
        return None
    of = int(year) if year else _calendar(match["which"], "year", published or date.max).first.year
    count = 6 if match["size"] == "half" else 3
    number = {"first": 0, "second": 1, "third": 2, "fourth": 3, "last": 12 // count - 1}[match["number"].lower()]
    return intervals.months(intervals.month(of, number * count + 1), count) if number * count < 12 else None


def decade(match: Match, _: date | None) -> Interval | None:
    first = int(match["decade"])
    begin, end = {"early": (0, 3), "mid": (4, 6), "late": (7, 9), "": (0, 9)}[(match["part"] or "").lower()]
    return Interval(date(first + begin, 1, 1), date(first + end, 12, 31), Precision.YEAR)


def season(match: Match, published: date | None) -> Interval | None:
    if year := _said(match, "year"):
        return intervals.season(match["season"], int(year))
    if published is None:
        return None
    return intervals.latest_season(match["season"], published, over=match["which"].lower() == "last")


def holiday(match: Match, published: date | None) -> Interval | None:
    month, day = {"new year's eve": (12, 31), "new year's day": (1, 1), "christmas eve": (12, 24)}.get(
        match["holiday"].lower().replace("’", "'"), (12, 25)
    )
    found = _day(day, month, match["year"], published)
    return intervals.one_day(found) if found else None


def weekend(_: Match, published: date | None) -> Interval | None:
    return intervals.weekend(published) if published else None


def week_of(match: Match, published: date | None) -> Interval | None:
    day = _day_of(match, "", published)
    return intervals.week(day) if day else None
