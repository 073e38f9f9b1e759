"""The fields of the modal that makes a subscription, and the subscription that somebody filled in there."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from bot.platforms import wording
from bot.platforms.slack import zoning
from briefings import schedule, search
from briefings.document import Document
from briefings.errors import QueryError
from briefings.subscription import ALL_SECTIONS, MAX_NAME, Section, Wanted, default_name, parse
from handlers.shown import mistake

JSON = dict[str, Any]

CHANNEL, NAME, DAYS, TIME, OWN, ZONE = "channel", "name", "days", "time", "own", "zone"
QUERY, SHOW, QUIET = "query", "show", "quiet"
MAX_OWN = 200
# Slack does not say how much it shows below a field.
MAX_COMPLAINT = 250
_DAYS = {
    "daily": "Daily",
    "weekdays": "Weekdays",
    "weekends": "Weekends",
    "mon": "Mondays",
    "tue": "Tuesdays",
    "wed": "Wednesdays",
    "thu": "Thursdays",
    "fri": "Fridays",
    "sat": "Saturdays",
    "sun": "Sundays",
}
_SECTIONS = {
    Section.EVENTS: "What happened",
    Section.SAID: "Who said what",
    Section.CONTESTED: "Denied or contested",
    Section.SOURCES: "Sources that are silent",
}
_SILENT = "silent"
_QUIET = {"say": "Say so", _SILENT: "Post nothing"}
# How a schedule may go on that the days and the time do not allow.
_OWN_HINT = "In place of the days and the time: “every 6h”, “mon,thu 18:00” or “cron 30 7 * * mon-fri”."
_QUERY_HINT = "Words, “phrases”, by:, in:, from:, and -word for what to leave out. Empty: all that is new."
# What the command that is made of the form would read as an option, or as the page of an answer.
_FOREIGN = re.compile(r"(?<!\S)-?(zone|show|quiet|page|part):", re.IGNORECASE)
_TIME = re.compile(r"\b(since|until):", re.IGNORECASE)
_PHRASE = re.compile(r"[\"“”„«»][^\"“”„«»]*[\"“”„«»]")


@dataclass(frozen=True, slots=True)
class Filled:
    """What somebody filled in.

    Attributes:
        wanted: the subscription; None where something is wrong.
        channel: the one that they chose; empty where there was none to choose.
        wrong: what is wrong, by field.
    """

    wanted: Wanted | None = None
    channel: str = ""
    wrong: dict[str, str] = field(default_factory=dict)


def fields(zone: str, *, chooses: bool) -> list[JSON]:
    """The fields, with a zone to begin with; `chooses`: with the channel that is to be subscribed."""
    at = {"type": "conversations_select", "filter": {"include": ["public", "private"], "exclude_bot_users": True}}
    shown = [_option(value, label) for value, label in _SECTIONS.items()]
    quiet = [_option(value, label) for value, label in _QUIET.items()]
    days = [_option(value, label) for value, label in _DAYS.items()]
    where = {"type": "external_select", "placeholder": _plain("Search by city"), "min_query_length": 2}
    if zoning.offers(zone):
        where["initial_option"] = zoning.option(zone)
    return [
        *([_field(CHANNEL, "Channel", at | {"default_to_current_conversation": False})] if chooses else []),
        _field(NAME, "Name", _text(MAX_NAME), optional=True),
        _field(DAYS, "Days", {"type": "static_select", "options": days, "initial_option": days[0]}),
        _field(TIME, "Time", {"type": "timepicker", "initial_time": "08:00"}),
        _field(OWN, "Or a schedule of your own", _text(MAX_OWN), hint=_OWN_HINT, optional=True),
        _field(ZONE, "Time zone", where),
        _field(QUERY, "On what", _text(search.MAX_QUERY_CHARACTERS), hint=_QUERY_HINT, optional=True),
        _field(SHOW, "Show", {"type": "checkboxes", "options": shown, "initial_options": shown}),
        _field(QUIET, "When nothing is new", {"type": "radio_buttons", "options": quiet, "initial_option": quiet[0]}),
    ]


def filled(view: JSON, now: datetime) -> Filled:
    """Reads a modal that was submitted at that instant."""
    values: JSON = (view.get("state") or {}).get("values") or {}
    wrong: dict[str, str] = {}
    channel = str(_state(values, CHANNEL).get("selected_conversation") or "")
    if CHANNEL in values and not channel:
        wrong[CHANNEL] = "Choose a channel."
    zone = _chosen(values, ZONE)
    if not zoning.offers(zone):
        wrong[ZONE] = "Choose a time zone from the list."
        zone = "UTC"
    sections = _sections(values)
    if not sections:
        wrong[SHOW] = "Choose at least one of them."
    wanted: Wanted | None = None
    silent = _chosen(values, QUIET) == _SILENT
    try:
        wanted = Wanted("", _schedule(values, zone), _typed(values, QUERY), sections or ALL_SECTIONS, silent)
    except QueryError as error:
        wrong[OWN if _typed(values, OWN) else TIME] = complaint(mistake(error).document)
    else:
        try:
            wanted = _named(wanted, _typed(values, NAME), now)
        except QueryError as error:
            wrong[QUERY] = complaint(_without_line(error))
    return Filled(None if wrong else wanted, channel, wrong)


def complaint(document: Document) -> str:
    """What a refusal says, on the one line that there is below a field."""
    line = " ".join(wording.text_of(wording.items(document)).split())
    return line if len(line) <= MAX_COMPLAINT else f"{line[: MAX_COMPLAINT - 1]}…"


def _schedule(values: JSON, zone: str) -> schedule.Schedule:
    """Raises QueryError for what is no schedule, or goes on behind it."""
    own = _typed(values, OWN)
    text = own or f"{_chosen(values, DAYS)} {_state(values, TIME).get('selected_time') or ''}"
    found, rest = schedule.parse(text, zone)
    if rest:
        raise QueryError(f"“{rest[:40]}” is no part of a schedule; what the briefing is on has a field of its own")
    return found


def _named(wanted: Wanted, name: str, now: datetime) -> Wanted:
    """The subscription as its command line is read, under the name that was given, else under the usual one.

    Raises QueryError where the query is none.
    """
    if foreign := _FOREIGN.search(_PHRASE.sub('""', wanted.query)):
        raise QueryError(f"{foreign[1].lower()}: is no part of what the briefing is on; leave it out")
    # Without a name in quotation marks, the first words of a query such as "Kursk: dam" would be read as one.
    read = parse(str(replace(wanted, name=default_name(""))), wanted.schedule.zone, now)
    return replace(read, name=default_name(name or read.query))


def _without_line(error: QueryError) -> Document:
    """A mistake in a query. An example is left out that the field would refuse: the whole command, or a time."""
    fits = error.usage and not error.usage.startswith("/") and not _TIME.search(error.usage)
    usage = error.usage if fits else None
    return mistake(QueryError(str(error), usage)).document


def _sections(values: JSON) -> tuple[Section, ...]:
    chosen = {each.get("value") for each in _state(values, SHOW).get("selected_options") or ()}
    return tuple(section for section in ALL_SECTIONS if section in chosen)


def _state(values: JSON, name: str) -> JSON:
    found: JSON = (values.get(name) or {}).get(name) or {}
    return found


def _typed(values: JSON, name: str) -> str:
    """What was typed, on one line."""
    return " ".join(str(_state(values, name).get("value") or "").split())


def _chosen(values: JSON, name: str) -> str:
    return str((_state(values, name).get("selected_option") or {}).get("value") or "")


def _field(name: str, label: str, element: JSON, *, hint: str = "", optional: bool = False) -> JSON:
    made = {"type": "input", "block_id": name, "label": _plain(label), "element": {"action_id": name, **element}}
    return made | ({"hint": _plain(hint)} if hint else {}) | ({"optional": True} if optional else {})


def _text(most: int) -> JSON:
    return {"type": "plain_text_input", "max_length": most}


def _option(value: str, label: str) -> JSON:
    return {"text": _plain(label), "value": value}


def _plain(text: str) -> JSON:
    return {"type": "plain_text", "text": text, "emoji": False}
