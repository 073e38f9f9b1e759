"""Stretches of the calendar: weeks, months, seasons and parts of them. Pure; both ends are days and are included."""

from __future__ import annotations

import calendar
from datetime import date, timedelta
from typing import NamedTuple

from briefings.model import Precision


class Interval(NamedTuple):
    """From the first day to the last; `precision` says how exactly the words name it."""

    first: date
    last: date
    precision: Precision


# By the first months of the seasons, as the northern half of the world has them: that of most of the news we read.
_SEASONS = {"spring": 3, "summer": 6, "autumn": 9, "fall": 9, "winter": 12}


def one_day(day: date) -> Interval:
    return Interval(day, day, Precision.DAY)


def week(day: date) -> Interval:
    """The week, from Monday on, that a day is in."""
    monday = day - timedelta(days=day.weekday())
    return Interval(monday, monday + timedelta(days=6), Precision.WEEK)


def weekend(published: date) -> Interval:
    """The Saturday and Sunday that are the latest on a day, those that it is one of included."""
    saturday = published - timedelta(days=(published.weekday() - 5) % 7)
    return Interval(saturday, saturday + timedelta(days=1), Precision.DAY)


def month(year: int, number: int) -> Interval:
    last = calendar.monthrange(year, number)[1]
    return Interval(date(year, number, 1), date(year, number, last), Precision.MONTH)


def months(first: Interval, count: int) -> Interval:
    """So many months from the one given on."""
    ahead = first.first.year * 12 + first.first.month - 1 + count - 1
    return Interval(first.first, month(ahead // 12, ahead % 12 + 1).last, Precision.MONTH)


def months_before(day: date, count: int) -> date:
    """The same day of the month, so many months ago; the month's last day where it has no such day."""
    at = day.year * 12 + day.month - 1 - count
    whole = month(at // 12, at % 12 + 1)
    return min(whole.first + timedelta(days=day.day - 1), whole.last)


def year(number: int) -> Interval:
    return Interval(date(number, 1, 1), date(number, 12, 31), Precision.YEAR)


def season(name: str, of: int) -> Interval:
    """A season of a year; a winter is that which begins in it."""
    return months(month(of, _SEASONS[name]), 3)


def latest_season(name: str, published: date, *, over: bool) -> Interval:
    """The latest season that has begun, or, with `over`, ended, before the day."""
    return next(
        found
        for of in (published.year, published.year - 1, published.year - 2)
        if (found := season(name, of)).first <= published and not (over and found.last >= published)
    )


def nearest_year(number: int, day: int, published: date) -> int:
    """The year in which a day of a month is nearest: news looks back more than ahead, so one to come counts as twice as
    far."""

    def distance(of: int) -> int:
        days = (date(of, number, min(day, 28)) - published).days
        return 2 * days if days > 0 else -days

    return min((published.year, published.year - 1, published.year + 1), key=distance)


def third(part: str, of: Interval) -> Interval:
    """The early, mid or late part of a week, month or year."""
    if of.precision is Precision.YEAR:
        begin = {"early": 1, "mid": 5, "late": 9}[part]
        return months(month(of.first.year, begin), 4)
    if of.precision is Precision.WEEK:
        days = {"early": (0, 2), "mid": (2, 4), "late": (3, 6)}[part]
    else:
        days = {"early": (0, 9), "mid": (10, 19), "late": (20, (of.last - of.first).days)}[part]
    first, last = (of.first + timedelta(days=each) for each in days)
    return Interval(first, last, Precision.WEEK)
