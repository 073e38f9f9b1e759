"""When a subscription posts: schedules as people write them, and the slots that they stand for.

A slot is a local date and time, and due at the first instant at which the zone's clocks show that time or a later one:
a time that occurs twice in autumn is due once, at its first occurrence, and one that is skipped in spring once, at the
end of the gap, as in Vixie's cron. Asking `zoneinfo` would put a skipped 03:30 at what the clocks call 04:30, behind
the slot at 04:00. Slots due at the same instant (the skipped 03:00 of "every 1h", and its 04:00) are one, the later; a
date that a zone leaves out altogether has none. "every Nh" means local hours counted from midnight where N divides 24,
else every N hours of the local clock since the slot before, so that hours of the day stay when the clocks change.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

from briefings.errors import QueryError

MAX_CHARACTERS = 1_000
EXAMPLE = "daily 08:00 Europe/Kyiv"
CRON_EXAMPLE = "cron 30 7 * * mon-fri"

_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_SETS = {"daily": "sun-sat", "day": "sun-sat", "weekday": "mon-fri", "weekend": "sat-sun"}
_UNITS = {"m": 1, "min": 1, "minute": 1, "h": 60, "hr": 60, "hour": 60, "d": 1440, "day": 1440, "week": 10080}
# The fields of a cron line in their order, with their least and greatest value; and the names of values by that.
_FIELDS = (("minute", 0, 59), ("hour", 0, 23), ("day of the month", 1, 31), ("month", 1, 12), ("weekday", 0, 7))
_NAMES = {12: "jan feb mar apr may jun jul aug sep oct nov dec", 7: "sun mon tue wed thu fri sat"}
_DAY = r"(mon|tue|wed|thu|fri|sat|sun)(?:s|rs?|nes|ur)?(?:day)?s?"
_DAYS = rf"{_DAY}(?:-{_DAY})?|(daily|day|weekday|weekend)s?"
_TIME = r"([0-9]{1,2})(?::([0-9]{2}))?(?:\s?([ap])\.?m\.?)?(?=[\s,]|$)"
_LIKE_A_TIME = r"[0-9]+(?::|\s?[ap]\.?m\b)"
_END = r"(?=[\s,]|$)"
_HORIZON = 100 * 366  # no two slots are a century apart


@dataclass(frozen=True, slots=True)
class Days:
    """Dates that a schedule is for. Weekdays count from Monday, 0; `either`: day of the month or weekday will do."""

    weekdays: frozenset[int] = frozenset(range(7))
    days: frozenset[int] = frozenset(range(1, 32))
    months: frozenset[int] = frozenset(range(1, 13))
    either: bool = False

    def __contains__(self, day: date) -> bool:
        by_day, by_week = day.day in self.days, day.weekday() in self.weekdays
        return day.month in self.months and ((by_day or by_week) if self.either else (by_day and by_week))

    def ever(self, apart: int = 0) -> bool:
        """Whether there are two such dates so many days apart. All pairings of date and weekday occur in 28 years."""
        days = (date(2001, 1, 1) + timedelta(ahead) for ahead in range(28 * 366))
        return any(day in self and day + timedelta(apart) in self for day in days)


@dataclass(frozen=True, slots=True)
class Schedule:
    """A rule and the IANA zone whose clock it goes by; `parse` makes them.

    `str()` is the one line to store, which people may type as well. `times` are minutes after local midnight, in order.
    `hours`, where it is not 0, is an interval on the local clock instead.
    """

    rule: str
    zone: str
    times: tuple[int, ...] = ()
    days: Days = Days()
    hours: int = 0

    def __str__(self) -> str:
        return f"{self.rule} {self.zone}"

    @classmethod
    def parse_stored(cls, text: str) -> Schedule:
        """What `str()` wrote. Raises QueryError for anything else, a zone that this machine lacks included."""
        schedule, _ = parse(text, "UTC")
        if str(schedule) != text:
            raise QueryError(f"“{text[:40]}” is no schedule as it is stored", EXAMPLE)
        return schedule

    def words(self) -> str:
        """The schedule for people, on one line: "weekdays at 07:30, Europe/Kyiv"."""
        kind, _, values = self.rule.partition(" ")
        if kind in ("cron", "every"):
            return f"{self.rule}, {self.zone}"
        long = {name[:3].lower(): f"{name}s" for name in _WEEKDAYS}
        listed = (", ".join(long.get(name, name) for name in part.split(",")) for part in (kind, values))
        return f"{' at '.join(re.sub(', (?=[^,]*$)', ' and ', part) for part in listed)}, {self.zone}"


@dataclass(frozen=True, slots=True)
class Slot:
    """One run: the local time that it is meant for, "2027-10-31T03:30", its key; and the UTC instant when it is due."""

    local: str
    due: datetime


def next_slot(schedule: Schedule, after: datetime, last: str | None) -> Slot:
    """The first slot that is due later than the instant `after` and meant for a later local time than `last`.

    `last` is the `local` of the latest slot that ran, None before the first; intervals count from it, or from `after`.
    However the clock jumps, a slot comes once as long as `last` is kept. After an outage, `after` leaves out what was
    missed. When the zone changes, a date and time that ran in the old zone does not run again in the new. Raises
    ValueError where `after` is naive, `last` malformed, or no slot comes within a century.
    """
    if after.tzinfo is None:
        raise ValueError("an instant without a zone")
    zone = ZoneInfo(schedule.zone)
    wall = after.astimezone(zone).replace(tzinfo=None, fold=0, second=0, microsecond=0)
    since = datetime.fromisoformat(last) if last is not None else None
    times = (local for local in _local_times(schedule, wall, since or wall) if since is None or local > since)
    meant = ((local, due) for local in times if (due := _due(local, zone)))
    for (local, due), (_, following) in pairwise(meant):
        if after < due < following:
            return Slot(local.isoformat(timespec="minutes"), due)
    raise ValueError(f"{schedule} has no slot after {after}")


def upcoming(schedule: Schedule, after: datetime, count: int, last: str | None = None) -> list[Slot]:
    """The next `count` slots in order, as `next_slot` has it."""
    slots = [next_slot(schedule, after, last)]
    while len(slots) < count:
        slots.append(next_slot(schedule, slots[-1].due, slots[-1].local))
    return slots[:count]


def _local_times(schedule: Schedule, wall: datetime, since: datetime) -> Iterator[datetime]:
    """The local times that a schedule is meant for, in order, from before what may be due next."""
    if schedule.hours:
        step = timedelta(hours=schedule.hours)
        passed = max(1, (wall - since) // step)
        yield from (since + number * step for number in range(passed, passed + _HORIZON))
    for day in (max(wall, since).date() + timedelta(ahead) for ahead in range(_HORIZON)):
        if day in schedule.days:
            yield from (datetime.combine(day, time(*divmod(minutes, 60))) for minutes in schedule.times)


def _due(local: datetime, zone: ZoneInfo) -> datetime | None:
    """The first instant, in UTC, at which the zone's clocks show `local` or later; None where they leave out its date.

    The readings of a repeated time are in order; those of a skipped one are not, and the clocks change between them.
    """
    first = local.replace(tzinfo=zone, fold=0).astimezone(UTC)
    second = local.replace(tzinfo=zone, fold=1).astimezone(UTC)
    if first <= second:
        return first

    def shown(at: float) -> datetime:
        return datetime.fromtimestamp(at, zone).replace(tzinfo=None, fold=0)

    between = range(int(second.timestamp()), int(first.timestamp()))
    change = between.start + bisect_left(between, local, key=shown)
    left_out = shown(change - 1).date() < local.date() < shown(change).date()
    return None if left_out else datetime.fromtimestamp(change, UTC)


class _Reader:
    """A text that is read from its start, pattern by pattern, spaces before each aside."""

    def __init__(self, text: str) -> None:
        self.text, self.at = re.sub(r"\s", " ", text), 0  # spaces of every alphabet; the length stays

    def sees(self, pattern: str) -> re.Match[str] | None:
        return re.compile(rf"\s*(?:{pattern})", re.ASCII | re.IGNORECASE).match(self.text, self.at)

    def take(self, pattern: str) -> re.Match[str] | None:
        if match := self.sees(pattern):
            self.at = match.end()
        return match

    @property
    def word(self) -> str:
        match = self.sees(r"[\s,]*([^\s,]+)")
        return f"“{match[1][:40]}”" if match else ""


def parse(text: str, zone: str) -> tuple[Schedule, str]:
    """Reads the schedule at the start of a text, with an IANA zone in whatever case or else `zone`; and what is behind.

    In cron, weekdays are as people know them, 0 and 7 for Sunday, not APScheduler's, which takes 0 for Monday. Where
    day of the month and weekday are both given, a date that fits either will do; it must fit both where one of them
    begins with an asterisk. That is crontab(5), and what whoever writes such a line has read; APScheduler wants both.
    Raises QueryError, and nothing else, for a text that does not begin with a schedule that can be kept.
    """
    if len(text) > MAX_CHARACTERS:
        raise QueryError(f"a subscription has at most {MAX_CHARACTERS} characters; this one has {len(text)}", EXAMPLE)
    reader = _Reader(text)
    if reader.take(rf"cron{_END}"):
        schedule = _cron(reader)
    elif match := reader.take(rf"(?:hourly|every\s+hour|every\s+([0-9]{{1,6}})\s?([a-z]*)){_END}"):
        schedule = _every(reader, int(match[1] or 1), match[2].lower() if match[1] else "hour")
    else:
        schedule = _days_and_times(reader)
    reader.take(",")
    given = reader.take(rf"(?:in\s+)?([a-z_]+(?:/[a-z0-9_+-]+)+|utc){_END}")
    return replace(schedule, zone=_zone(given[1] if given else zone)), text[reader.at :].strip()


def _every(reader: _Reader, count: int, unit: str) -> Schedule:
    minutes = count * (_UNITS.get(unit) or _UNITS.get(unit.removesuffix("s"), 0))
    if not 60 <= minutes <= 7 * 24 * 60 or minutes % 60:
        raise QueryError("an interval is a whole number of hours or days, from 1 hour to 7 days", "every 6h")
    if reader.sees(rf",?\s*(?:at|from|@)?\s*{_LIKE_A_TIME}"):
        raise QueryError("an interval takes no time of day; write either", "every 6h or daily 08:00,18:00")
    hours, days = minutes // 60, minutes // 60 // 24
    rule = f"every {hours} hours" if hours % 24 else f"every {days} days"
    grid = tuple(range(0, 24 * 60, minutes)) if 24 % hours == 0 else ()
    return Schedule({1: "every hour", 24: "daily 00:00"}.get(hours, rule), "", grid, hours=0 if grid else hours)


def _days_and_times(reader: _Reader) -> Schedule:
    weekdays: set[int] = set()
    while match := reader.take(rf"[,&]?\s*(?:(?:and|every|on)\s+)*(?:{_DAYS}){_END}"):
        found = _SETS[match[3].lower()] if match[3] else f"{match[1]}-{match[2] or match[1]}".lower()
        weekdays |= {(number + 6) % 7 for number in _values(found, 0, 7)}
    reader.take(r",?\s*(?:at\b|@)")
    if not reader.sees("[0-9]"):
        problem = "neither a day nor a time of day" if weekdays else "no schedule"
        what = f"{reader.word} is {problem}" if reader.word else "a schedule needs a time of day or an interval"
        raise QueryError(what, EXAMPLE)
    times = {_time(reader)}
    while reader.take(rf",(?=[0-9])|(?:,\s*)?(?:and\s+)?(?={_LIKE_A_TIME})"):
        times.add(_time(reader))
    return _by_weekday(Days(frozenset(weekdays or range(7))), tuple(sorted(times)))


def _by_weekday(days: Days, times: tuple[int, ...]) -> Schedule:
    """Raises QueryError where two slots are less than an hour apart, over midnight too."""
    for one, other in pairwise((*times, times[0] + 24 * 60)):
        if other - one < 60 and days.ever(other // (24 * 60)):
            raise QueryError(f"{_clock(one)} and {_clock(other)} are less than an hour apart", EXAMPLE)
    known = {"mon,tue,wed,thu,fri,sat,sun": "daily", "mon,tue,wed,thu,fri": "weekdays", "sat,sun": "weekends"}
    named = ",".join(name[:3].lower() for number, name in enumerate(_WEEKDAYS) if number in days.weekdays)
    return Schedule(f"{known.get(named, named)} {','.join(map(_clock, times))}", "", times, days)


def _time(reader: _Reader) -> int:
    """Minutes after midnight, from "08:00", "8am" or "8:30 pm"."""
    match = reader.sees(_TIME)
    if match and (match[2] or match[3]):
        hour, minute, half = int(match[1]), int(match[2] or 0), (match[3] or "").lower()
        if minute < 60 and (1 <= hour <= 12 if half else hour < 24):
            reader.at = match.end()
            return (hour % 12 + 12 * (half == "p") if half else hour) * 60 + minute
    raise QueryError(f"{reader.word} is no time of day; they go from 00:00 to 23:59", EXAMPLE)


def _cron(reader: _Reader) -> Schedule:
    match = reader.take(r"(\S+)\s+(\S+)\s+(\S+)\s+(\S+)\s+(\S+?),?(?=\s|$)")
    if not match:
        raise QueryError("cron has five fields: minute, hour, day of the month, month and weekday", CRON_EXAMPLE)
    typed, sets = [field.lower() for field in match.groups()], []
    for field, (name, least, greatest) in zip(typed, _FIELDS, strict=True):
        values = [_values(part, least, greatest) for part in field.split(",")]
        if not all(values):
            message = f"“{field[:40]}” is no {name} that cron understands; they go from {least} to {greatest}"
            raise QueryError(message, CRON_EXAMPLE)
        sets.append(frozenset[int]().union(*values))
    either = not typed[2].startswith("*") and not typed[4].startswith("*")
    days = Days(frozenset((number + 6) % 7 for number in sets[4]), sets[2], sets[3], either)
    if not days.ever():
        raise QueryError(f"cron {' '.join(typed)[:40]} never fires: there is no such date", CRON_EXAMPLE)
    schedule = _by_weekday(days, tuple(sorted(hour * 60 + minute for hour in sets[1] for minute in sets[0])))
    plain = days == Days(days.weekdays) and len(schedule.times) <= 6
    return schedule if plain else replace(schedule, rule=f"cron {' '.join(typed)}")


def _values(part: str, least: int, greatest: int) -> range:
    """The values of "*", "5", "mon-fri" or "8-18/2", empty where it is none; weekdays count on beyond 7."""
    names = {name: str(number) for number, name in enumerate(_NAMES.get(greatest, "").split(), least)}
    numbers = re.sub("[0-9]*[a-z][a-z0-9]*", lambda match: names.get(match[0], "?"), part)
    match = re.fullmatch(r"(?:\*|([0-9]{1,2})(?:-([0-9]{1,2}))?)(?:/([1-9][0-9]?))?", numbers)
    if not match:
        return range(0)
    first = int(match[1] or least)
    last = int(match[2] or (greatest if match[3] or not match[1] else first))
    fits = least <= first <= greatest and least <= last <= greatest
    return range(first, last + 1 + 7 * (last < first and greatest == 7), int(match[3] or 1)) if fits else range(0)


def _zone(name: str) -> str:
    """The IANA name as it is spelled, whatever case it is given in."""
    if not name.lower().startswith(("posix/", "right/")):
        try:
            return ZoneInfo(name).key
        except (LookupError, ValueError, OSError):  # no such zone, no such name, a folder of zones
            for zone in available_timezones():
                if zone.lower() == name.lower():
                    return zone
    raise QueryError(f"“{name[:40]}” is no time zone that I know", EXAMPLE)


def _clock(minutes: int) -> str:
    return f"{minutes // 60 % 24:02}:{minutes % 60:02}"
