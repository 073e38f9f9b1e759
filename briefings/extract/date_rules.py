"""The forms of English words for times: one rule a form, a pattern and what it means.

Ambiguous forms stay unresolved (6/8/2024), and so does what lies ahead ("next Tuesday").
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from functools import cache
from typing import NamedTuple

from briefings.extract import date_meanings as meanings
from briefings.extract.intervals import Interval


class Rule(NamedTuple):
    """A form and its meaning: see `date_meanings`."""

    pattern: re.Pattern[str]
    resolve: Callable[[re.Match[str], date | None], Interval | None]


_MONTH = (
    r"(?:Jan(?:uary|\.)?|Feb(?:ruary|\.)?|Mar(?:ch|\.)?|Apr(?:il|\.)?|May|June?|July?|Aug(?:ust|\.)?|Sept?(?:ember|\.)?"
    r"|Oct(?:ober|\.)?|Nov(?:ember|\.)?|Dec(?:ember|\.)?)(?![\w-])"
)
_YEAR = r"(?:1[89]|20)\d\d(?!\d)"
_WEEKDAY = r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day"
_NUMBER = rf"(?P<count>{'|'.join(meanings.NUMBERS)}|\d{{1,2}})"
_UNIT = r"(?P<unit>hour|day|week|fortnight|month|year|decade)s?"
_TO = r"\s?(?:-|–|—|\bto\b|\buntil\b|\bthrough\b)\s?"
_PART = r"(?P<part>[Ee]arly|[Mm]id|[Ll]ate)"
_PLACE_IN = r"(?P<part>beginning|start|middle|end) of"
_TIME_OF_DAY = r"(?:morning|afternoon|evening|night)"


def _date(tag: str) -> str:
    """A day and a month, either first, and a year if there is one; the groups bear `tag`."""
    return (
        rf"(?:(?P<d{tag}>\d{{1,2}})(?:st|nd|rd|th)?\s(?:of\s)?(?P<m{tag}>{_MONTH})(?:,?\s(?P<y{tag}>{_YEAR}))?"
        rf"|(?P<n{tag}>{_MONTH})\s(?P<e{tag}>\d{{1,2}})(?:st|nd|rd|th)?(?!\d|,\d)(?:,?\s(?P<z{tag}>{_YEAR}))?)"
    )


_RULES = (
    (rf"(?<![\d-]){_YEAR[:-6]}-\d\d-\d\d(?![\d-])", meanings.iso),
    (rf"(?<![\d/])(?P<a>\d{{1,2}})/(?P<b>\d{{1,2}})/(?P<year>{_YEAR})", meanings.slashes),
    (rf"{_date('1')}{_TO}{_date('2')}", meanings.dates),
    (
        rf"(?P<a>\d{{1,2}})(?:{_TO}|(?<=\bbetween \d)\sand\s|(?<=\bbetween \d\d)\sand\s)(?P<b>\d{{1,2}})"
        rf"\s(?P<month>{_MONTH})(?:,?\s(?P<year>{_YEAR}))?",
        meanings.days_of_month,
    ),
    (
        rf"(?P<month>{_MONTH})\s(?P<a>\d{{1,2}}){_TO}(?P<b>\d{{1,2}})(?!\d)(?:,?\s(?P<year>{_YEAR}))?",
        meanings.days_of_month,
    ),
    (rf"(?:{_WEEKDAY},?\s)?\(?{_date('')}\)?", meanings.dated),
    (rf"\bthe week of {_date('')}", meanings.week_of),
    (
        r"(?<=\bon )the (?P<day>\d{1,2})(?:st|nd|rd|th)(?=[.,;:)]|\Z|\s(?:in|at|and|when|but|after)\b)",
        meanings.day_of_month,
    ),
    (
        rf"(?:(?<=\bfrom )|(?<=\bbetween )|(?<=\bFrom )|(?<=\bBetween ))(?P<first>{_WEEKDAY})(?:{_TO}|\sand\s)"
        rf"(?P<last>{_WEEKDAY})",
        meanings.weekdays,
    ),
    (
        rf"\b(?P<which>[Ll]ate (?:on )?|[Ee]arly (?:on )?|[Ll]ast |[Tt]his |early hours of )?(?P<day>{_WEEKDAY})"
        rf"(?:\s{_TIME_OF_DAY})?\b",
        meanings.weekday,
    ),
    (rf"\b[Oo]vernight(?:\s(?P<way>on|into|to)\s(?P<day>{_WEEKDAY}))?\b", meanings.night),
    (
        rf"\b(?:[Tt]he day before yesterday|[Yy]esterday(?:\s{_TIME_OF_DAY})?|[Tt]oday|[Tt]onight"
        r"|[Tt]his (?:morning|afternoon|evening)|[Ll]ast night)\b",
        meanings.near,
    ),
    (
        r"\b(?:(?P<part>[Ee]arlier|[Ee]arly|[Ll]ate)\s)?(?P<which>[Ll]ast|[Tt]his)\s(?P<unit>week|month|year)\b",
        meanings.unit,
    ),
    (rf"\b(?i:{_NUMBER}) {_UNIT} ago(?:\son\s(?P<day>{_WEEKDAY}))?\b", meanings.ago),
    (rf"\b(?:[Aa] few|[Ss]everal) {_UNIT} ago\b", meanings.some_ago),
    (rf"\bthe (?:past|last) (?:(?i:{_NUMBER}) )?{_UNIT}\b", meanings.past),
    (r"(?:(?<=\bover )|(?<=\bat )|(?<=\bduring )|(?<=Over ))the weekend\b|\b[Ll]ast weekend\b", meanings.weekend),
    (rf"\b{_PART}[-\s](?P<month>{_MONTH})(?:\s(?P<year>{_YEAR}))?", meanings.month_part),
    (rf"\b{_PLACE_IN} (?P<month>{_MONTH})(?:\s(?P<year>{_YEAR}))?", meanings.month_part),
    (
        rf"(?:(?<=\bfrom )|(?<=\bbetween ))(?P<first>{_MONTH})(?:{_TO}|\sand\s)(?P<last>{_MONTH})"
        rf"(?:\s(?P<year>{_YEAR}))?",
        meanings.month_range,
    ),
    (rf"\b(?P<month>{_MONTH})\s(?:of\s)?(?P<year>{_YEAR})", meanings.in_month),
    (
        rf"(?:(?<=\b[Ii]n )|(?<=\bof )|(?<=[Dd]uring )|(?<=[Ss]ince )|(?P<which>\b[Ll]ast|\b[Tt]his)\s)"
        rf"(?P<month>{_MONTH})",
        meanings.in_month,
    ),
    (rf"(?:(?<=\bfrom )|(?<=\bbetween ))(?P<first>{_YEAR})(?:{_TO}|\sand\s)(?P<last>{_YEAR})", meanings.years),
    (rf"\b(?:{_PART}[-\s]|{_PLACE_IN.replace('part', 'place')} )(?P<year>{_YEAR})\b", meanings.year_part),
    (
        rf"\b(?P<number>first|second|third|fourth|last) (?P<size>half|quarter) of "
        rf"(?:(?P<year>{_YEAR})|(?P<which>last|this) year)",
        meanings.fraction,
    ),
    (rf"\b(?:{_PART}[-\s])?(?P<decade>(?:1[89]|20)\d0)s\b", meanings.decade),
    (
        rf"\b(?:(?P<season>spring|summer|autumn|fall|winter) (?:of )?(?P<year>{_YEAR}))",
        meanings.season,
    ),
    (r"\b(?P<which>[Ll]ast|[Tt]his) (?P<season>spring|summer|autumn|fall|winter)\b", meanings.season),
    (
        rf"\b(?P<holiday>New Year[’']s (?:Eve|Day)|Christmas (?:Eve|Day))(?:,?\s(?P<year>{_YEAR}))?",
        meanings.holiday,
    ),
    (rf"(?:(?<=\b[Ii]n )|(?<=\bof )|(?<=[Dd]uring )|(?<=[Ss]ince ))(?P<year>{_YEAR})", meanings.in_year),
)


@cache
def rules() -> tuple[Rule, ...]:
    """All forms; of those that begin at one place the longest is meant, of like ones the first."""
    return tuple(Rule(re.compile(pattern), resolve) for pattern, resolve in _RULES)
