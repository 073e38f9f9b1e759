"""What the record is made of.

All types are frozen. Instants are timezone-aware and in UTC; calendar days are `date`. Character offsets count Unicode
code points of `Article.text`, begin included, end excluded, and are called spans.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

Span = tuple[int, int]

# Between the pieces of a statement that its article interrupts: `"No," she said. "Never."` reads `No … Never.`
OMISSION = " … "


def quote_spans(text: str, spans: tuple[Span, ...]) -> str:
    """The verbatim pieces of `text` at `spans`, joined by a visible omission mark: what receipts are checked by."""
    return OMISSION.join(text[begin:end] for begin, end in spans)


class Precision(StrEnum):
    """How much of an instant or interval is known."""

    MINUTE = "minute"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"


class Kind(StrEnum):
    """How the article renders the words (the field's terms): in quotation marks, in its own syntax, or in part."""

    DIRECT = "direct"
    INDIRECT = "indirect"
    MIXED = "mixed"


class Act(StrEnum):
    """What a source does in saying it, read off the cue."""

    SAYS = "says"
    CLAIMS = "claims"
    DENIES = "denies"
    ACCUSES = "accuses"
    WARNS = "warns"
    DEMANDS = "demands"
    CONFIRMS = "confirms"
    PROMISES = "promises"
    CRITICISES = "criticises"
    SUPPORTS = "supports"
    ASKS = "asks"
    THINKS = "thinks"
    WISHES = "wishes"
    HOLDS = "holds"

    @property
    def spoken(self) -> bool:
        """Whether something was said or written.

        Thoughts, wishes, and the stances and plans that an article ascribes by no word of saying ("plans to", "would
        not say") are on record, but nobody uttered them.
        """
        return self not in (Act.THINKS, Act.WISHES, Act.HOLDS)


class SpeakerKind(StrEnum):
    PERSON = "person"
    ORGANISATION = "organisation"
    GROUP = "group"
    UNNAMED = "unnamed"


class EventType(StrEnum):
    """PLOVER's event types (Open Event Data Alliance, PLOVER codebook)."""

    AGREE = "AGREE"
    CONSULT = "CONSULT"
    SUPPORT = "SUPPORT"
    CONCEDE = "CONCEDE"
    COOPERATE = "COOPERATE"
    AID = "AID"
    RETREAT = "RETREAT"
    DEMAND = "DEMAND"
    DISAPPROVE = "DISAPPROVE"
    REJECT = "REJECT"
    THREATEN = "THREATEN"
    PROTEST = "PROTEST"
    SANCTION = "SANCTION"
    MOBILIZE = "MOBILIZE"
    COERCE = "COERCE"
    ASSAULT = "ASSAULT"
    FIGHT = "FIGHT"
    INVESTIGATE = "INVESTIGATE"

    @property
    def grave(self) -> bool:
        """Whether it is done to people and places rather than said: what desks lead with."""
        return self in (
            EventType.ASSAULT,
            EventType.FIGHT,
            EventType.COERCE,
            EventType.RETREAT,
            EventType.MOBILIZE,
        )


@dataclass(frozen=True, slots=True)
class When:
    """A time as an article words it, and what it resolves to.

    `first` and `last` are calendar days, both included, in the article's own place; both are None when the words
    resolve to nothing. `open_ended` marks "since 6 August".
    """

    text: str
    first: date | None
    last: date | None
    precision: Precision
    open_ended: bool = False


@dataclass(frozen=True, slots=True)
class Draft:
    """An article as a source hands it over, not yet stored.

    `text` is empty where the source names an article without carrying it. A `published` without a time of day is
    noon UTC with `Precision.DAY`. `external_id` is the source's own name for it (a feed's guid, a JSONL id). `shared`
    says that `url` has other articles as well, so that it does not tell this one from them.
    """

    text: str
    title: str
    outlet: str
    published: datetime | None
    published_precision: Precision = Precision.MINUTE
    url: str | None = None
    byline: str | None = None
    language: str | None = None
    external_id: str | None = None
    shared: bool = False


@dataclass(frozen=True, slots=True)
class Article:
    """An article on record. `identity` hashes its address, or its outlet, title and text where it has none.

    `partial` marks a text that is only what a feed told of it; `story` is the id of the happening that it is about.
    """

    id: int
    identity: str
    source_id: int
    outlet: str
    title: str
    text: str
    published: datetime
    published_precision: Precision
    fetched: datetime
    url: str | None = None
    byline: str | None = None
    language: str | None = None
    external_id: str | None = None
    partial: bool = False
    story: int | None = None


@dataclass(frozen=True, slots=True)
class ArticleRef:
    """What a reader needs of an article beside a line taken from it: the receipt.

    `superseded` is set (UTC) where a later wording took the article's place, and the line is not in that any more.
    `origin` is the id of the article of which this one is a near-copy, its own where it is none; `story` that of the
    happening that it is about, where that is known.
    """

    id: int
    title: str
    outlet: str
    url: str | None
    published: datetime
    published_precision: Precision
    superseded: datetime | None = None
    origin: int = 0
    story: int | None = None


@dataclass(frozen=True, slots=True)
class Speaker:
    """Somebody who is on record, known by one canonical name. Roles belong to articles, not to speakers."""

    id: int
    name: str
    kind: SpeakerKind
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Statement:
    """Who said what: a verbatim span of an article with its receipt.

    `text` equals `quote_spans(article text, spans)`; `source_text` and `cue_text` equal their own spans in the same
    way and are empty where the article has none. `context` is the sentence or sentences in which it stands, which say
    what "it" and "that" are. `speaker` is None for a source that stays unnamed. `id` orders statements by publication
    (see `briefings.store.ids`).
    """

    id: int
    article: ArticleRef
    speaker: Speaker | None
    role: str | None
    source_text: str
    source_spans: tuple[Span, ...]
    cue_text: str
    cue_spans: tuple[Span, ...]
    text: str
    spans: tuple[Span, ...]
    context: str
    kind: Kind
    act: Act
    hedges: tuple[str, ...] = ()
    venue: str | None = None
    said_on: date | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """What happened, by one article's account.

    `text` is the article's text at `span`. `account` is the speaker by whose word it is known, as the article names
    them, or None for the writer's own voice. `when` is None where the article does not date it: the day of
    publication never stands in for it.
    """

    id: int
    article: ArticleRef
    span: Span
    text: str
    type: EventType
    who: tuple[str, ...] = ()
    whom: tuple[str, ...] = ()
    where: tuple[str, ...] = ()
    when: When | None = None
    numbers: tuple[str, ...] = ()
    hedges: tuple[str, ...] = ()
    account: str | None = None


@dataclass(frozen=True, slots=True)
class SourceState:
    """A place that articles come from, and how it fares. Instants in UTC.

    `articles` and `newest` count what was published before the end of the window asked about, `in_window` within it.
    `status` is "polled", "paused", "retired" (gone for good), "removed" (only its articles stay) or "once" (taken in by
    hand). It has failed `failures` times in a row since `failing_since`; `note` says what else is to be known of it.
    """

    id: int
    kind: str
    name: str
    address: str
    articles: int = 0
    in_window: int = 0
    newest: datetime | None = None
    read: datetime | None = None
    error: str | None = None
    status: str = "once"
    next_poll: datetime | None = None
    failures: int = 0
    failing_since: datetime | None = None
    note: str | None = None

    @property
    def expected(self) -> bool:
        """Whether it should bring something day by day; a file that was taken in once is not missed."""
        return self.status in ("polled", "retired") or (self.status == "once" and self.kind == "feed")


@dataclass(frozen=True, slots=True)
class Window:
    """A half-open stretch of publication time, [begin, end), UTC."""

    begin: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Coverage:
    """What a briefing draws on: article and outlet counts within its window."""

    articles: int
    outlets: int


@dataclass(frozen=True, slots=True)
class Material:
    """The rows that a briefing is composed from, newest first."""

    window: Window
    coverage: Coverage
    events: tuple[Event, ...]
    statements: tuple[Statement, ...]
    sources: tuple[SourceState, ...]


@dataclass(frozen=True, slots=True)
class Address:
    """A chat by the platform's own ids. `thread` is a Slack thread's timestamp or a Telegram forum topic."""

    platform: str
    chat: str
    thread: str | None = None

    def __str__(self) -> str:
        """Without the thread, as settings and messages name a chat."""
        return f"{self.platform}:{self.chat}"
