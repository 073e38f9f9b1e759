"""The query language of the commands, parsed into one typed query.

    negotiations "fair process" -visa by:Podolyak in:Kursk from:"Example Times" since:7d until:2024-08-15

Words and phrases must all occur; `-` leaves out what follows. `by:` is the speaker, `in:` a place or a venue, `from:`
the outlet, each with a word or a "phrase", and several of the same field mean any of them. `since:` and `until:` bound
the day (of publication for statements, of happening for events), both days included, in the asker's time zone; `7d`
and the like count from the moment of asking.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from briefings.errors import QueryError
from briefings.terms import terms

MAX_QUERY_CHARACTERS = 500
MAX_TERMS = 20
EXAMPLE = 'negotiations by:Podolyak from:"Example Times" since:7d -visa'

_OPENING, _CLOSING = '"“”„«', '"”“»'
_DAYS = {"h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1), "m": timedelta(days=30)}
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_AGO = re.compile(r"(\d{1,4})([hdwm])", re.IGNORECASE)


class Field(StrEnum):
    """What a term is looked for in."""

    TEXT = "text"
    BY = "by"
    IN = "in"
    FROM = "from"


@dataclass(frozen=True, slots=True)
class Term:
    """A word or phrase as typed, and the index terms that it stands for, which must follow one another."""

    text: str
    terms: tuple[str, ...]
    field: Field = Field.TEXT
    negated: bool = False

    def __str__(self) -> str:
        prefix = "" if self.field is Field.TEXT else f"{self.field}:"
        bare = re.fullmatch(r"[^\s\"“”„«»\-−][^\s\"“”„«»]*", self.text) and (prefix or ":" not in self.text)
        return f"{'-' if self.negated else ''}{prefix}" + (self.text if bare else f'"{self.text}"')


@dataclass(frozen=True, slots=True)
class Query:
    """A parsed query. `since` and `until` are instants in UTC, half open; None is unbounded. `text` is as typed."""

    text: str = ""
    terms: tuple[Term, ...] = ()
    since: datetime | None = None
    until: datetime | None = None

    @property
    def empty(self) -> bool:
        return not self.terms and self.since is None and self.until is None


@dataclass(frozen=True, slots=True)
class _Word:
    """One token of a query: `negated`, `field` ("" for none) and the value, with `quoted` telling phrases."""

    negated: bool
    field: str
    value: str
    quoted: bool

    @property
    def typed(self) -> str:
        return f"{self.field}:{self.value}" if self.field else self.value


def parse(text: str, now: datetime, zone: ZoneInfo) -> Query:
    """Parses what somebody typed.

    Args:
        text: the query alone, without a command.
        now: the instant of asking, for "7d" and "yesterday".
        zone: in which days begin and end.

    Raises:
        QueryError: for anything that is not a query, naming the word; nothing else.
    """
    if len(text) > MAX_QUERY_CHARACTERS:
        raise QueryError(f"a query has at most {MAX_QUERY_CHARACTERS} characters; this one has {len(text)}", EXAMPLE)
    found: list[Term] = []
    since: datetime | None = None
    until: datetime | None = None
    for word in _split(text):
        if word.field == "since":
            since = _bound(word, now, zone, end=False)
        elif word.field == "until":
            until = _bound(word, now, zone, end=True)
        else:
            found.append(_term(word))
    if len(found) > MAX_TERMS:
        raise QueryError(f"a query has at most {MAX_TERMS} words; this one has {len(found)}", EXAMPLE)
    if since and since > now:
        raise QueryError("since: lies in the future, so nothing can be found", "since:7d")
    if since and until and since >= until:
        raise QueryError("since: lies after until:, so nothing can be found", "since:2024-08-01 until:2024-08-15")
    return Query(" ".join(text.split()), tuple(found), since, until)


def _split(text: str) -> Iterator[_Word]:
    """Cuts a query at spaces outside quotation marks."""
    at, end = 0, len(text)
    while at < end:
        if text[at].isspace():
            at += 1
            continue
        negated = text[at] in "-−" and at + 1 < end and not text[at + 1].isspace()
        at += negated
        field, at = _field(text, at)
        if at < end and text[at] in _OPENING:
            value, at = _phrase(text, at)
            yield _Word(negated, field, value, True)
            continue
        begin = at
        while at < end and not text[at].isspace():
            at += 1
        yield _Word(negated, field, text[begin:at], False)


def _field(text: str, at: int) -> tuple[str, int]:
    """The field name that ends in a colon at `at`, lower case, and the position behind it; "" where there is none."""
    match = re.compile(r"([A-Za-z]+):(?!//)").match(text, at)
    return (match.group(1).lower(), match.end()) if match else ("", at)


def _phrase(text: str, at: int) -> tuple[str, int]:
    """The text within the quotation marks that open at `at`, and the position behind them."""
    closing = next((i for i in range(at + 1, len(text)) if text[i] in _CLOSING), None)
    if closing is None:
        raise QueryError(f"the quotation mark before {_short(text[at + 1 :])} is never closed", '"fair process"')
    return text[at + 1 : closing], closing + 1


def _term(word: _Word) -> Term:
    if word.field and word.field not in tuple(Field):
        if word.quoted:
            raise QueryError(f"there is no {word.field}: in a query; there are by: in: from: since: until:", EXAMPLE)
        # "12:30" is no field and "Moscow:" ends in a colon: words with a colon in them are searched as words.
        word = _Word(word.negated, "", word.typed, False)
    found = tuple(terms(word.value))
    field = Field(word.field) if word.field else Field.TEXT
    if not found:
        named = (
            f"{word.field}: needs a name behind it" if word.field else f"{_short(word.value)} has no letters or digits"
        )
        raise QueryError(f"{named}, so there is nothing to search for", EXAMPLE)
    return Term(word.value.strip(), found, field, word.negated)


def _bound(word: _Word, now: datetime, zone: ZoneInfo, *, end: bool) -> datetime:
    """The instant that a `since:` or `until:` stands for; the end of its day where `end`."""
    if word.negated:
        raise QueryError(f"-{word.field}: makes no sense; write {word.field}: without the minus", "since:7d")
    value = word.value.strip().lower()
    if ago := _AGO.fullmatch(value):
        return (now - int(ago.group(1)) * _DAYS[ago.group(2).lower()]).astimezone(UTC)
    day = parse_day(value, now.astimezone(zone).date())
    if day is None:
        raise QueryError(
            f"{_short(word.value)} is no date that {word.field}: understands; write a day or how long ago",
            f"{word.field}:2024-08-14 or {word.field}:7d",
        )
    try:
        return day_window(day, zone)[1 if end else 0]
    except OverflowError as error:
        raise QueryError(f"{_short(word.value)} lies outside the calendar", "since:2024-08-14") from error


def parse_day(text: str, today: date) -> date | None:
    """A calendar day as people type it: ISO, "today", "yesterday", a weekday (the latest one) or "14 Aug 2024"."""
    text = text.strip().lower()
    if text in ("today", "yesterday"):
        return today - timedelta(days=text == "yesterday")
    for number, name in enumerate(_WEEKDAYS):
        if text in (name, name[:3]):
            return today - timedelta(days=(today.weekday() - number) % 7)
    try:
        return date.fromisoformat(text)
    except ValueError:
        return _spelled_day(text, today)


def _spelled_day(text: str, today: date) -> date | None:
    # Digits alone are read as ISO or not at all: 03/04/2024 is a different day on each side of the Atlantic.
    if not re.search(r"\d", text) or not re.search(r"[^\W\d]", text) or len(text) > 40:
        return None
    import dateparser  # takes a moment to import, and few queries need it

    reference = datetime.combine(today, time())
    settings = {"RELATIVE_BASE": reference, "PREFER_DATES_FROM": "past", "REQUIRE_PARTS": ["day", "month"]}
    try:
        found = dateparser.parse(text, languages=["en"], settings=settings)
    except (ValueError, OverflowError):
        return None
    return found.date() if found else None


def day_window(day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """The instants at which a local day begins and ends, in UTC. Raises OverflowError at the calendar's edge."""
    begin = datetime.combine(day, time(), tzinfo=zone)
    end = datetime.combine(day + timedelta(days=1), time(), tzinfo=zone)
    return begin.astimezone(UTC), end.astimezone(UTC)


def _short(text: str) -> str:
    """A word to show in a message, cut to a readable length."""
    text = " ".join(text.split())
    return f"“{text[:40]}…”" if len(text) > 40 else f"“{text}”"
