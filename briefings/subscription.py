"""What posts by itself: subscriptions with their slots, watches, and what somebody types to make one."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from briefings import schedule, search, zones
from briefings.errors import QueryError
from briefings.model import Address

EXAMPLE = "Ukraine desk: weekdays 07:30 Europe/Kyiv Kursk"
MAX_NAME = 60
DEFAULT_NAME = "Briefing"
# As a query: no query, where one has to be said.
EVERYTHING = "everything"
_ZONED = "daily 08:00 zone:Kyiv"

_NAMED = re.compile(r"\s*(?:[\"“„«]([^\"“”„«»]{1,200})[\"”“»]:?|([^:\"“”„«»]{1,200}):)\s+(?=\S)")
# An option, or a phrase in quotation marks, within which there is none.
_OPTION = re.compile(r"[\"“„«][^\"“”„«»]*[\"”“»]|(?:^|(?<=\s))(show|quiet|zone):(\S*)", re.IGNORECASE)
# Names of zones that do not tell a city's time all year round, or that mean several.
_NO_ZONE = re.compile(
    r"((?:UTC|GMT)\s?[+-−]\s?[0-9]{1,2}(?::?[0-9]{2})?|[CEMW]ES?T|MSK|GMT|BST|[ECMP][SD]T|[IJ]ST)(?=[\s,]|$)"
)


class Section(StrEnum):
    """What a briefing may be narrowed to."""

    EVENTS = "events"
    SAID = "said"
    CONTESTED = "contested"
    SOURCES = "sources"


ALL_SECTIONS = tuple(Section)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A subscription as somebody words it. `silent`: post nothing where nothing is new."""

    name: str
    schedule: schedule.Schedule
    query: str = ""
    sections: tuple[Section, ...] = ALL_SECTIONS
    silent: bool = False

    def __str__(self) -> str:
        """The text that `parse` makes the same of, in every zone."""
        shown = "" if self.sections == ALL_SECTIONS else f" show:{','.join(self.sections)}"
        quiet = " quiet:silent" if self.silent else ""
        return f'"{self.name}" {self.schedule}{shown}{quiet} {self.query}'.rstrip()


@dataclass(frozen=True, slots=True)
class Subscription:
    """A chat's scheduled briefing. Instants in UTC.

    Attributes:
        id: as people name it: "#12".
        address: the chat, with the thread or topic that it was made in.
        wanted: the name, the schedule in its zone, the query and the rest.
        made_by: who made it, as "telegram:7"; `made` is when.
        paused: why, and by whom; None where it runs. One in a closed chat waits without being paused.
        next_slot: the local time of the next run, and `next_due` its instant; both None while paused.
        ran: the instant from which the next slot is counted: of the latest run, of making it, or of resuming.
        last_slot: the local time of the latest run that a slot stood for.
        seen: the id of the last article that was covered, None before the first run; `seen_at` is when that was.
        asked: somebody wants a run at once, since then.
    """

    id: int
    address: Address
    wanted: Wanted
    made_by: str
    made: datetime
    ran: datetime
    paused: str | None = None
    next_slot: str | None = None
    next_due: datetime | None = None
    last_slot: str | None = None
    seen: int | None = None
    seen_at: datetime | None = None
    asked: datetime | None = None

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.wanted.schedule.zone)


class SlotState(StrEnum):
    """What became of a slot."""

    QUEUED = "queued"
    SENT = "sent"
    PARTLY = "partly"
    """Some of its messages could not be posted."""
    FAILED = "failed"
    """Nothing was posted; the next one covers it as well."""
    UNSURE = "unsure"
    """It may have been posted; the platform's answer was lost, and nothing more is sent."""
    SILENT = "silent"
    """Nothing was new, and nothing was to be posted then."""
    JOINED = "joined"
    """It could not be posted before the next one was due, which covers it."""


@dataclass(frozen=True, slots=True)
class SlotReport:
    """A slot and what became of it.

    Attributes:
        subscription: its id; `name` is its name.
        slot: local time, "2027-10-31T03:30"; with seconds where it was asked for out of turn.
        due: UTC, as `made` (composed) and `done` (settled; None while it is on its way).
        state: what became of it, and `note` why, in words.
        missed: how many slots before it, which nobody composed, it makes up for.
        parts: how many messages it has, and `sent` how many of them were posted.
        repeats: how many of them may stand there twice.
        address: the chat.
    """

    subscription: int
    name: str
    zone: str
    slot: str
    due: datetime
    made: datetime
    state: SlotState
    note: str | None = None
    missed: int = 0
    parts: int = 0
    sent: int = 0
    repeats: int = 0
    done: datetime | None = None
    address: Address | None = None


@dataclass(frozen=True, slots=True)
class Watch:
    """A search of a chat that posts what is new as it comes in. At most `cap` posts a day of the chat's zone."""

    id: int
    address: Address
    query: str
    cap: int
    made_by: str
    made: datetime
    muted_until: datetime | None = None


def parse(text: str, zone: str, now: datetime) -> Wanted:
    """Reads "[name:] schedule [zone] [show:...] [quiet:silent] [query]"; "zone:Kyiv" finds a zone by its city.

    Args:
        text: what somebody typed behind `/subscribe`.
        zone: the chat's IANA zone, for a schedule that names none.
        now: the instant of asking, UTC.

    Raises:
        QueryError: for anything else, naming the word; nothing else.
    """
    if len(text) > schedule.MAX_CHARACTERS:
        most = schedule.MAX_CHARACTERS
        raise QueryError(f"a subscription has at most {most} characters; this one has {len(text)}", EXAMPLE)
    named = _NAMED.match(text)
    name = _name(named[1] or named[2]) if named else ""
    rest = text[named.end() :] if named else text
    sections, silent = ALL_SECTIONS, False
    for option in (option for option in _OPTION.finditer(rest) if option[1]):
        if option[1].lower() == "show":
            sections = _sections(option[2])
        elif option[1].lower() == "zone":
            zone = _zone(option[2])
        else:
            silent = _silent(option[2])
    found, query = schedule.parse(_OPTION.sub(lambda each: "" if each[1] else each[0], rest), zone)
    if unclear := _NO_ZONE.match(query):
        raise QueryError(f"“{unclear[1]}” is no place whose clock could be followed; name a city", _ZONED)
    asked = search.parse("" if query.strip().casefold() == EVERYTHING else query, now, ZoneInfo(found.zone))
    if asked.since or asked.until:
        raise QueryError("a subscription covers what is new since the last one; leave since: and until: out", EXAMPLE)
    if name.startswith("/"):
        raise QueryError("a name does not begin with a slash", EXAMPLE)
    return Wanted(name or default_name(asked.text), found, asked.text, sections, silent)


def default_name(query: str) -> str:
    """What a subscription is called that nobody gave a name."""
    return _name(query) or DEFAULT_NAME


def _name(text: str) -> str:
    words = " ".join(text.translate({ord(":"): " ", **{ord(mark): None for mark in '"“”„«»'}}).split())
    bare = "".join(character for character in words if character.isprintable()).strip()
    if len(bare) > MAX_NAME:
        cut = bare[:MAX_NAME].rsplit(" ", 1)[0]
        return f"{cut[: MAX_NAME - 1]}…"
    return bare


def _sections(text: str) -> tuple[Section, ...]:
    wanted = {word.strip().lower() for word in text.split(",") if word.strip()}
    unknown = wanted - set(Section)
    if unknown or not wanted:
        named = f"“{min(unknown)[:40]}” is no section" if unknown else "show: needs sections behind it"
        raise QueryError(f"{named}; there are {', '.join(Section)}", "show:said,contested")
    return tuple(section for section in Section if section in wanted)


def _zone(text: str) -> str:
    try:
        return zones.named(text.replace("_", " "))
    except QueryError as error:
        raise QueryError(str(error), _ZONED) from error


def _silent(text: str) -> bool:
    known = {"silent": True, "silence": True, "say": False, "tell": False}
    if text.lower() not in known:
        raise QueryError("quiet: says what happens when nothing is new: quiet:silent or quiet:say", "quiet:silent")
    return known[text.lower()]
