"""Between an article and its extractor: what it is given to read, and what goes on record of what it found."""

from __future__ import annotations

from dataclasses import replace
from zoneinfo import ZoneInfo

from briefings.extract.base import Extraction, Happening, Passage
from briefings.model import Article, Draft, Kind, Precision, Span


def passage(of: Draft | Article, zone: ZoneInfo) -> Passage:
    """An article for the extractor; its day is counted in `zone` where its time of day is known."""
    published = of.published
    if published and of.published_precision is Precision.MINUTE:
        published = published.astimezone(zone)
    return Passage(of.text, of.title, published.date() if published else None)


def on_record(extraction: Extraction) -> Extraction:
    """The extraction without what nobody said: a statement to be kept has a source in the text, or is in its own words.

    "They were denied visas" tells of a denial and gives nobody's words.
    """
    kept = (found for found in extraction.attributions if found.source or found.kind is not Kind.INDIRECT)
    return replace(extraction, attributions=tuple(kept))


def places(extraction: Extraction) -> list[list[str]]:
    """For each statement, where it leads: the places of the events that it tells, and of the article's main event."""
    main = [extraction.main_event.where] if extraction.main_event.where else []
    found = []
    for attribution in extraction.attributions:
        told = [
            place
            for happening in extraction.happenings
            if any(_overlap(happening.span, span) for span in attribution.content)
            for place in happening.where
        ]
        found.append([*main, *told])
    return found


def happenings(extraction: Extraction) -> list[Happening]:
    """The events without those of which all that happened is that somebody said so: these are on record as statements.

    Such an event is told in the writer's own voice in a sentence that introduces a statement ("Moscow rejected the
    plan"); where it tells of force as well, it stays.
    """
    cues = [cue for attribution in extraction.attributions for cue in attribution.cue]
    return [
        happening
        for happening in extraction.happenings
        if happening.account or happening.type.grave or not any(_overlap(happening.span, cue) for cue in cues)
    ]


def _overlap(one: Span, other: Span) -> bool:
    return one[0] < other[1] and other[0] < one[1]
