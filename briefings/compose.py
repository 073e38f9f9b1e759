"""Rows to briefing: what is worth two minutes, in which order. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from briefings.changes import NOTHING_EARLIER, Earlier, changed, news_first, part_events, part_statements
from briefings.gather import copies_once, disputes, distinct, source_key, tell_once, who
from briefings.groups import Carried, Dispute, Told
from briefings.model import Coverage, Event, Material, SourceState, SpeakerKind, Statement, Window

MAX_EVENTS = 7
MAX_SPEAKERS = 7
MAX_PER_SPEAKER = 2
MAX_DISPUTES = 5
# One failure passes; a source that fails so often in a row is named though it brought something before.
FAILING = 3


@dataclass(frozen=True, slots=True)
class Said:
    """One speaker's statements, the most carried first. `left_out` more were left out for length."""

    name: str
    statements: tuple[Carried, ...]
    left_out: int


@dataclass(frozen=True, slots=True)
class Rest:
    """What a briefing leaves out of a story: `events`, and the outlets and origins that tell of it in all."""

    events: int
    outlets: int
    origins: int


@dataclass(frozen=True, slots=True)
class Briefing:
    """A briefing before it is worded. `statements` counts all, copies once; the `left_out` figures count what was left
    out for length, and `repeated` what an earlier one told. `rests` tell what is left out of stories, by the id of the
    last event that is shown of each. `marks` are words beside lines, by the line's id."""

    window: Window
    coverage: Coverage
    statements: int
    events: tuple[Told, ...]
    events_left_out: int
    said: tuple[Said, ...]
    speakers_left_out: int
    disputes: tuple[Dispute, ...]
    disputes_left_out: int
    silent: tuple[SourceState, ...]
    repeated: int = 0
    marks: Mapping[int, str] = field(default_factory=dict)
    rests: Mapping[int, Rest] = field(default_factory=dict)

    @property
    def empty(self) -> bool:
        return not (self.events or self.said or self.disputes)

    @property
    def leading(self) -> str | None:
        """The first person who is quoted, by name; None where nobody is."""
        speakers = (said.statements[0].statement.speaker for said in self.said)
        people = (speaker for speaker in speakers if speaker and speaker.kind is SpeakerKind.PERSON)
        return next((person.name for person in people), None)


def compose(material: Material, earlier: Earlier = NOTHING_EARLIER) -> Briefing:
    """Chooses and orders. Nothing is told twice: what stands among the disputes does not return under its speaker, and
    what `earlier` tells already comes only where something new answers it."""
    told, told_before = part_events(tell_once((*material.events, *earlier.events)), earlier)
    spoken = (each for each in (*material.statements, *earlier.statements) if each.act.spoken)
    carried, carried_before = part_statements(copies_once(spoken), earlier)
    new = {item.statement.id for item in carried}
    found = disputes([*carried, *carried_before])
    contested = [news_first(dispute, new) for dispute in found if new & _ids(dispute)]
    shown = contested[:MAX_DISPUTES]
    disputed = {id for dispute in shown for id in _ids(dispute)}
    events, rests = _by_story(told)
    said = _by_speaker([item for item in carried if item.statement.id not in disputed])
    return Briefing(
        window=material.window,
        coverage=material.coverage,
        statements=len(carried),
        events=tuple(events),
        events_left_out=len(told) - len(events),
        said=tuple(said[:MAX_SPEAKERS]),
        speakers_left_out=len(said[MAX_SPEAKERS:]),
        disputes=tuple(shown),
        disputes_left_out=len(contested[MAX_DISPUTES:]),
        silent=tuple(sorted(filter(_silent, material.sources), key=lambda source: source.error is None)),
        repeated=sum(_again(group.accounts, earlier.ids) for group in told_before)
        + sum(_again(group.copies, earlier.ids) for group in carried_before),
        marks=changed(told, told_before, carried, carried_before, shown),
        rests=rests,
    )


def _silent(source: SourceState) -> bool:
    """Whether a source that should speak does not: it brought nothing, or cannot be read any more."""
    return source.expected and (not source.in_window or source.failures >= FAILING)


def _ids(dispute: Dispute) -> set[int]:
    return {line.statement.id for line in (*dispute.lines, *dispute.left_out)}


def _again(group: Sequence[Event] | Sequence[Statement], earlier: frozenset[int]) -> bool:
    """Whether something that was told before came in once more."""
    return any(each.id not in earlier for each in group)


def _by_story(told: Sequence[Told]) -> tuple[list[Told], dict[int, Rest]]:
    """The events to show, those of one story together, and what is left out of these stories."""
    stories: dict[object, list[Told]] = {}
    for event in sorted(told, key=_importance):
        # What belongs to no story is one by itself.
        stories.setdefault(event.story or ("alone", event.event.id), []).append(event)
    # Each story by one event, and by more of them where there is room.
    in_turn = [(turn, event.event.id) for events in stories.values() for turn, event in enumerate(events)]
    chosen = {id for _, id in sorted(in_turn, key=lambda each: each[0])[:MAX_EVENTS]}
    shown: list[Told] = []
    rests: dict[int, Rest] = {}
    for events in stories.values():
        kept = [event for event in events if event.event.id in chosen]
        shown += kept
        if kept and len(events) > len(kept):
            articles = [account.article for event in events for account in event.accounts]
            outlets, origins = ({getattr(article, name) for article in articles} for name in ("outlet", "origin"))
            rests[kept[-1].event.id] = Rest(len(events) - len(kept), len(outlets), len(origins))
    return shown, rests


def _importance(told: Told) -> tuple[int, int, bool, bool, int]:
    """Orders events: by how many tell it independently, by outlets, grave ones first, dated ones first, then the
    latest."""
    return (-told.origins, -told.outlets, not told.event.type.grave, told.event.when is None, -told.event.id)


def _by_speaker(carried: list[Carried]) -> list[Said]:
    by_source: dict[frozenset[str], list[Carried]] = {}
    for item in carried:
        by_source.setdefault(source_key(item.statement), []).append(item)
    said = []
    for items in by_source.values():
        # The most carried first; of two on one matter, the one that names the role, or says more.
        items.sort(
            key=lambda item: (-item.origins, -item.outlets, item.statement.role is None, -len(item.statement.text))
        )
        shown = tuple(distinct(items)[0][:MAX_PER_SPEAKER])
        said.append(Said(who(items[0].statement), shown, len(items) - len(shown)))
    return sorted(said, key=_prominence)


def _prominence(said: Said) -> tuple[bool, int, int]:
    """Orders speakers: the named before the unnamed, then by outlets and by statements."""
    unnamed = said.statements[0].statement.speaker is None
    outlets = max(item.outlets for item in said.statements)
    return (unnamed, -outlets, -len(said.statements) - said.left_out)
