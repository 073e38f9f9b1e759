"""A scheduled briefing worded for its chat: what is new since the last one there, and why it comes late. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from briefings import document as doc
from briefings.compose import Briefing
from briefings.model import SourceState
from briefings.present import Reader, coverage, long_day, plural, sections
from briefings.subscription import DEFAULT_NAME, Section, Wanted

MAX_NAMED = 12


@dataclass(frozen=True, slots=True)
class Occasion:
    """What a briefing is posted for.

    Attributes:
        slot: the local time that it is meant for, "2027-10-31T03:30"; with seconds where somebody asked for it.
        since: when the last one there looked, UTC; None before the first.
        missed: how many earlier slots, from the local time `missed_from` on, nobody composed a briefing for.
        joined: local times of earlier ones that could not be posted, and that this one covers.
    """

    slot: str
    since: datetime | None
    missed: int = 0
    missed_from: str | None = None
    joined: tuple[str, ...] = ()


def narrowed(composed: Briefing, wanted: Sequence[Section]) -> Briefing:
    """A briefing with the sections that are wanted alone."""
    if Section.EVENTS not in wanted:
        composed = replace(composed, events=(), events_left_out=0, rests={})
    if Section.SAID not in wanted:
        composed = replace(composed, said=(), speakers_left_out=0)
    if Section.CONTESTED not in wanted:
        composed = replace(composed, disputes=(), disputes_left_out=0)
    if Section.SOURCES not in wanted:
        composed = replace(composed, silent=())
    return composed


def document(composed: Briefing, wanted: Wanted, sources: Sequence[SourceState], occasion: Occasion) -> doc.Document:
    """The message of a slot. `composed` is narrowed already; `sources` are all that are read."""
    zone = ZoneInfo(wanted.schedule.zone)
    reader = Reader(zone, datetime.fromisoformat(occasion.slot).year)
    named = f" · {wanted.name}" if wanted.name != DEFAULT_NAME else ""
    title = f"On Record{named} · {_local(occasion.slot)}"
    about = f" · {wanted.query}" if wanted.query and wanted.query != wanted.name else ""
    since = f" since {_moment(occasion.since, reader)}" if occasion.since else ""
    again = f" · {composed.repeated} told before, left out" if composed.repeated and not composed.empty else ""
    counted = f"{coverage(composed)}{since}{again}{about}"
    blocks: list[doc.Block] = [
        doc.Heading(title, 1),
        doc.paragraph(doc.Text(counted, "quiet"), doc.zone_note(zone.key)),
        *_late(occasion),
    ]
    if composed.empty:
        blocks += _nothing(composed, occasion, sources, reader)
    else:
        blocks += sections(composed, reader)
        blocks.append(_ways_on(composed, wanted.query))
    summary = f"{title}: {_gist(composed)}"
    return doc.Document(summary, tuple(blocks))


def _local(slot: str) -> str:
    """ "Thu 15 Aug 2024, 08:00"."""
    meant = datetime.fromisoformat(slot)
    return f"{long_day(meant.date())}, {meant:%H:%M}"


def _moment(instant: datetime, reader: Reader) -> str:
    local = instant.astimezone(reader.zone)
    return f"{local:%a} {reader.day(local.date())}, {local:%H:%M}"


def _late(occasion: Occasion) -> list[doc.Block]:
    """Why this briefing covers more than its own slot."""
    lines = []
    if occasion.missed and occasion.missed_from:
        others = f" and {plural(occasion.missed - 1, 'time')} after that" if occasion.missed > 1 else ""
        lines.append(f"Nothing was posted on {_local(occasion.missed_from)}{others}; this briefing covers all of it.")
    if occasion.joined:
        first, count = _local(occasion.joined[0]), len(occasion.joined)
        others = f" and {count - 1} more" if count > 1 else ""
        lines.append(f"The briefing of {first}{others} could not be posted; this one covers it as well.")
    return [doc.paragraph(doc.Text(line, "strong")) for line in lines]


def _nothing(composed: Briefing, occasion: Occasion, sources: Sequence[SourceState], reader: Reader) -> list[doc.Block]:
    """What an empty day says: what was watched, and which sources failed."""
    since = f" since {_moment(occasion.since, reader)}" if occasion.since else ""
    blocks: list[doc.Block] = [doc.paragraph(doc.Text(f"Nothing new{since}.", "strong"))]
    if composed.repeated:
        blocks.append(doc.quiet(f"What came in repeats {plural(composed.repeated, 'line')} of earlier briefings."))
    failed = [source for source in sources if source.error]
    fine = [source for source in sources if not source.error]
    if not sources:
        blocks.append(doc.quiet("There are no sources yet. Articles come in by: onrecord ingest FILE or URL"))
    if fine:
        blocks.append(doc.quiet(f"Watched: {_listed([source.name for source in fine])}."))
    if failed:
        blocks.append(doc.paragraph(f"Failed: {_listed([f'{each.name} ({each.error})' for each in failed], '; ')}."))
    return blocks


def _listed(names: Sequence[str], comma: str = ", ") -> str:
    unique = list(dict.fromkeys(names))
    more = f" and {len(unique) - MAX_NAMED} more" if len(unique) > MAX_NAMED else ""
    return comma.join(unique[:MAX_NAMED]) + more


def _gist(composed: Briefing) -> str:
    if composed.empty:
        return "nothing new"
    events = len(composed.events) + composed.events_left_out
    contested = len(composed.disputes) + composed.disputes_left_out
    parts = [
        plural(events, "new event") if events else "",
        plural(composed.statements, "new statement") if composed.statements else "",
        f"{contested} contested" if contested else "",
    ]
    return ", ".join(part for part in parts if part)


def _ways_on(composed: Briefing, query: str) -> doc.Buttons:
    person = composed.leading
    buttons = (doc.Button(person, f"/speaker {person}"),) if person else ()
    return doc.Buttons(
        (*buttons, doc.Button("Timeline", f"/timeline {query}".strip()), doc.Button("Status", "/status"))
    )
