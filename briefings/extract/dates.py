"""Expressions of time, resolved against the day of the article. English; the standard library only.

A day without a year is the one nearest to publication, past ones before those to come; a weekday is the latest one,
the day of publication included.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from datetime import date, timedelta

from briefings.model import Precision, Span, When

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MONTH = (
    r"(?:Jan(?:uary|\.)?|Feb(?:ruary|\.)?|Mar(?:ch|\.)?|Apr(?:il|\.)?|May|June?|July?|Aug(?:ust|\.)?|Sept?(?:ember|\.)?"
    r"|Oct(?:ober|\.)?|Nov(?:ember|\.)?|Dec(?:ember|\.)?)(?![\w-])"
)
_YEAR = r"(?:1[89]|20)\d\d"
_EXPRESSION = re.compile(
    r"\b(?P<since>[Ss]ince\s+)?(?:"
    rf"(?P<iso>{_YEAR}-\d\d-\d\d)"
    rf"|(?P<day1>\d{{1,2}})(?:st|nd|rd|th)?\s(?:of\s)?(?P<month1>{_MONTH})(?:,?\s(?P<year1>{_YEAR}))?"
    rf"|(?P<month2>{_MONTH})\s(?P<day2>\d{{1,2}})(?:st|nd|rd|th)?(?:,?\s(?P<year2>{_YEAR}))?(?!\d|,\d)"
    rf"|(?P<part>[Mm]id|[Ee]arly|[Ll]ate)[-\s](?P<month3>{_MONTH})(?:\s(?P<year3>{_YEAR}))?"
    rf"|(?P<month4>{_MONTH})\s(?P<year4>{_YEAR})"
    rf"|(?:(?<=\b[Ii]n\s)|(?<=\bof\s)|(?<=[Dd]uring\s)|(?<=[Ss]ince\s))(?:(?P<year5>{_YEAR})|(?P<month5>{_MONTH}))"
    r"|(?P<when>(?:[Ll]ate|[Ee]arly|[Ll]ast|[Tt]his)\s)?"
    r"(?P<weekday>Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday)(?:\s(?:morning|afternoon|evening|night))?"
    r"|(?P<word>[Yy]esterday|[Tt]oday|[Oo]vernight|[Tt]his (?:morning|afternoon|evening|week|month|year)"
    r"|[Ll]ast (?:night|week|month|year))"
    r"|(?P<count>[Aa]|[Oo]ne|[Tt]wo|[Tt]hree|\d{1,2}) (?P<unit>day|week|month|year)s? ago"
    r")\b"
)
# "since the offensive began on 6 August"
_SINCE = re.compile(r"\bsince\s[^,;.()]*\Z", re.IGNORECASE)
_AHEAD = re.compile(r"\b(?:next|every|each)\s\Z", re.IGNORECASE)


def find_dates(text: str, published: date | None, span: Span) -> Iterator[tuple[Span, When]]:
    """The expressions within `span` that resolve, with their own spans, in order."""
    for match in _EXPRESSION.finditer(text, *span):
        if _AHEAD.search(text, max(span[0], match.start() - 8), match.start()):
            continue
        found = _resolved(match, published)
        if found is not None:
            first, last, precision = found
            since = match["since"] is not None or _SINCE.search(text, max(span[0], match.start() - 80), match.start())
            yield match.span(), When(match.group(), first, last, precision, bool(since))


def resolve(text: str, published: date | None) -> When | None:
    """The first expression in `text` that resolves; None where there is none."""
    return next((when for _, when in find_dates(text, published, (0, len(text)))), None)


_Resolved = tuple[date, date, Precision]


def _resolved(match: re.Match[str], published: date | None) -> _Resolved | None:
    try:
        absolute = _absolute(match, published)
        if absolute is not None or published is None:
            return absolute
        if match["weekday"]:
            back = (published.weekday() - _DAYS.index(match["weekday"].lower())) % 7
            if back == 0 and (match["when"] or "").strip().lower() == "last":
                back = 7
            return _one(published - timedelta(days=back))
        if match["unit"]:
            return _ago(match["count"].lower(), match["unit"], published)
        return _relative(match["word"].lower(), published) if match["word"] else None
    except (ValueError, OverflowError):
        # "31 February" and the edges of the calendar resolve to nothing.
        return None


def _one(day: date) -> _Resolved:
    return day, day, Precision.DAY


def _month_number(name: str) -> int:
    return _MONTHS.index(name[:3].lower()) + 1


def _month(year: int, month: int) -> tuple[date, date]:
    return date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1])


def _absolute(match: re.Match[str], published: date | None) -> _Resolved | None:
    if match["iso"]:
        return _one(date.fromisoformat(match["iso"]))
    for suffix in "12":
        if match["month" + suffix]:
            year = match["year" + suffix]
            return _day(int(match["day" + suffix]), _month_number(match["month" + suffix]), year, published)
    if match["year5"]:
        return _year(int(match["year5"]))
    for suffix in "345":
        if match["month" + suffix]:
            number = _month_number(match["month" + suffix])
            year = match["year" + suffix] if suffix != "5" else None
            if year is None and published is None:
                return None
            first, last = _month(int(year) if year else _nearest_year(number, 15, published), number)
            return _part(match["part"], first, last) if suffix == "3" else (first, last, Precision.MONTH)
    return None


def _part(part: str, first: date, last: date) -> _Resolved:
    """A third of a month."""
    begin = {"early": first, "mid": first.replace(day=11), "late": first.replace(day=21)}[part.lower()]
    end = {"early": first.replace(day=10), "mid": first.replace(day=20), "late": last}[part.lower()]
    return begin, end, Precision.WEEK


def _day(day: int, month: int, year: str | None, published: date | None) -> _Resolved | None:
    if year:
        return _one(date(int(year), month, day))
    if published is None:
        return None
    return _one(date(_nearest_year(month, min(day, 28), published), month, day))


def _nearest_year(month: int, day: int, published: date | None) -> int:
    if published is None:
        raise ValueError("no day to count from")

    def distance(year: int) -> int:
        # News looks back more than ahead: a day to come counts as twice as far.
        days = (date(year, month, day) - published).days
        return 2 * days if days > 0 else -days

    return min((published.year, published.year - 1, published.year + 1), key=distance)


def _ago(count: str, unit: str, published: date) -> _Resolved:
    number = {"a": 1, "one": 1, "two": 2, "three": 3}.get(count) or int(count)
    if unit == "day":
        return _one(published - timedelta(days=number))
    if unit == "week":
        return _week(published - timedelta(weeks=number))
    months = published.year * 12 + published.month - 1 - number * (12 if unit == "year" else 1)
    if unit == "month":
        return *_month(months // 12, months % 12 + 1), Precision.MONTH
    return _year(months // 12)


def _week(day: date) -> _Resolved:
    monday = day - timedelta(days=day.weekday())
    return monday, monday + timedelta(days=6), Precision.WEEK


def _year(year: int) -> _Resolved:
    return date(year, 1, 1), date(year, 12, 31), Precision.YEAR


def _relative(word: str, published: date) -> _Resolved:
    if word in ("yesterday", "last night"):
        return _one(published - timedelta(days=1))
    if word == "overnight":
        return published - timedelta(days=1), published, Precision.DAY
    back = word.startswith("last")
    if word.endswith("week"):
        return _week(published - timedelta(weeks=back))
    if word.endswith("month"):
        day = published.replace(day=1) - timedelta(days=1) if back else published
        return *_month(day.year, day.month), Precision.MONTH
    if word.endswith("year"):
        return _year(published.year - back)
    return _one(published)
