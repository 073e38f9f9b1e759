"""The contract of every extractor: article text in, attributions and events out. Pure, no I/O, no clock.

An extractor takes a batch, so that a learned one can fill its windows, and may be called from any thread or process.
It invents nothing: each span that it returns slices the text that it was given, and an article in which it finds
nothing (empty, in another language, no letters) yields an empty `Extraction`, never an error.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol

from briefings.model import Act, EventType, Kind, Span, SpeakerKind, When


@dataclass(frozen=True, slots=True)
class Passage:
    """What an extractor is given of an article. `published` is the day in the article's own place, for "on Tuesday"."""

    text: str
    title: str = ""
    published: date | None = None


@dataclass(frozen=True, slots=True)
class Attribution:
    """One statement: who (source) said (cue) what (content), in the field's terms.

    Spans are sorted and do not overlap within a role. `content` is never empty; `source` and `cue` may be.
    `speaker` is the canonical name within the article, None where the source stays unnamed; it is made only of words
    that stand in the article. `role` is the article's own wording ("an aide to President Zelensky").
    """

    content: tuple[Span, ...]
    cue: tuple[Span, ...] = ()
    source: tuple[Span, ...] = ()
    speaker: str | None = None
    speaker_kind: SpeakerKind = SpeakerKind.UNNAMED
    role: str | None = None
    kind: Kind = Kind.INDIRECT
    act: Act = Act.SAYS
    hedges: tuple[str, ...] = ()
    venue: str | None = None
    said_on: date | None = None


@dataclass(frozen=True, slots=True)
class Happening:
    """One event in one article: the draft of a `model.Event`, with the same meanings."""

    span: Span
    type: EventType
    who: tuple[str, ...] = ()
    whom: tuple[str, ...] = ()
    where: tuple[str, ...] = ()
    when: When | None = None
    numbers: tuple[str, ...] = ()
    hedges: tuple[str, ...] = ()
    account: str | None = None


@dataclass(frozen=True, slots=True)
class MainEvent:
    """What the article as a whole is about, in its own words. A None is a question that it does not answer."""

    who: str | None = None
    what: str | None = None
    where: str | None = None
    when: When | None = None


@dataclass(frozen=True, slots=True)
class Extraction:
    """All that an extractor found in one article, in the order of the text.

    `language` is set only where the article is in one that the extractor cannot read (ISO 639-1, "und" for a text that
    is in none): then it found no statements, rather than guess at them.
    """

    attributions: tuple[Attribution, ...] = ()
    happenings: tuple[Happening, ...] = ()
    main_event: MainEvent = field(default_factory=MainEvent)
    language: str | None = None


class Extractor(Protocol):
    """Finds statements and events.

    Attributes:
        name: identifies method and version, such as "learned-1"; stored with each article, so that a newer extractor
            knows which articles to read again.
    """

    @property
    def name(self) -> str: ...

    def extract(self, passages: Sequence[Passage]) -> list[Extraction]:
        """Returns one `Extraction` a passage, in order.

        Raises:
            ExtractorError: the extractor cannot run at all (its model file is missing, say). Never for a passage.
        """
        ...
