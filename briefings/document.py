"""The neutral message: what is said to a reader, without any platform's markup.

A `Document` is a tuple of blocks. Renderers in `bot/platforms/` decide how a block looks, where a message is split and
how text is escaped; nothing here is escaped, and nothing but plain text may be put in. Documents go to JSON and back
unchanged, so that a briefing can wait in the outbox.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

from briefings.errors import OnRecordError
from briefings.model import Kind

if TYPE_CHECKING:
    from pydantic import TypeAdapter

Style = Literal["plain", "strong", "quiet", "code", "zone"]


@dataclass(frozen=True, slots=True)
class Text:
    """A run of text. "strong" carries the point, "quiet" the small print, "code" what a reader may type.

    "zone" is small print that names the zone of times; a platform that shows times in each reader's own leaves it out.
    """

    text: str
    style: Style = "plain"
    type: Literal["text"] = "text"


@dataclass(frozen=True, slots=True)
class Link:
    """A run of text that leads to `url`; where `url` is None it is text alone."""

    text: str
    url: str | None
    type: Literal["link"] = "link"


Inline = Text | Link


@dataclass(frozen=True, slots=True)
class Heading:
    """Level 1 names the document, level 2 a section."""

    text: str
    level: Literal[1, 2] = 2
    type: Literal["heading"] = "heading"


@dataclass(frozen=True, slots=True)
class Paragraph:
    runs: tuple[Inline, ...]
    type: Literal["paragraph"] = "paragraph"


@dataclass(frozen=True, slots=True)
class Receipt:
    """Where a line was reported. `when` is worded for the reader, in the reader's zone ("15 Aug 12:30"); `at` is the
    same instant in seconds since 1970, None where only the day is known."""

    outlet: str
    title: str
    url: str | None
    when: str
    at: int | None = None


@dataclass(frozen=True, slots=True)
class SpeakerLine:
    """Introduces the statements that follow: who speaks, and in what role as the outlet gave it."""

    name: str
    role: str | None = None
    named: bool = True
    type: Literal["speaker"] = "speaker"


@dataclass(frozen=True, slots=True)
class StatementLine:
    """One statement with its receipt.

    `cue` is the outlet's own verb ("wrote", "denied"); `flows` tells whether `text` goes on from it as in a sentence,
    or wants a colon between. Quotation marks belong only round `kind` direct; the text of a mixed or an indirect
    statement carries the article's own marks. `speaker` is empty under a `SpeakerLine`. `others` are further receipts
    of the same words. `mark` is a word of ours beside it, such as "NEW". `context` is given where the line alone does
    not show what it answers: the article's sentence. `unsaid` is empty for what was said or written; it names anything
    else, so that
    nobody takes it for a saying: "thought", "wish", "stance". `spread` says how many outlets have it of how many
    origins, where some copied it.
    """

    id: str
    speaker: str
    role: str | None
    cue: str
    flows: bool
    kind: Kind
    text: str
    hedges: tuple[str, ...]
    venue: str | None
    said_on: date | None
    receipt: Receipt
    others: tuple[Receipt, ...] = ()
    mark: str = ""
    context: str = ""
    unsaid: str = ""
    spread: str = ""
    type: Literal["statement"] = "statement"


@dataclass(frozen=True, slots=True)
class DisputeLines:
    """Statements that contradict or answer one another, side by side and without a verdict; `more` says what was left
    out."""

    lines: tuple[StatementLine, ...]
    more: str = ""
    type: Literal["dispute"] = "dispute"


@dataclass(frozen=True, slots=True)
class EventLine:
    """One event with the outlets that report it. `when` is worded for the reader ("14 Aug", "since 6 Aug"); `where`
    repeats words of `text`, for platforms that set places apart; `mark` and `spread` are as for a statement."""

    id: str
    when: str
    where: str
    text: str
    hedges: tuple[str, ...]
    account: str | None
    receipts: tuple[Receipt, ...]
    mark: str = ""
    spread: str = ""
    type: Literal["event"] = "event"


@dataclass(frozen=True, slots=True)
class Button:
    """Something to press: `label` for people, `command` is the line that pressing it stands for."""

    label: str
    command: str


@dataclass(frozen=True, slots=True)
class Buttons:
    buttons: tuple[Button, ...]
    type: Literal["buttons"] = "buttons"


Block = Heading | Paragraph | SpeakerLine | StatementLine | DisputeLines | EventLine | Buttons


@dataclass(frozen=True, slots=True)
class Document:
    """A whole message. `summary` is one plain line for notifications and fallbacks."""

    summary: str
    blocks: tuple[Block, ...] = field(default=())

    def to_json(self) -> str:
        return _adapter().dump_json(self).decode()

    @staticmethod
    def from_json(text: str) -> Document:
        """Raises `OnRecordError` where `text` is not a document."""
        try:
            return _adapter().validate_json(text)
        except ValueError as error:
            raise OnRecordError(f"not a document: {error}") from error


@lru_cache(maxsize=1)
def _adapter() -> TypeAdapter[Document]:
    # Built on first use: a terminal answer needs no JSON, and building costs a noticeable part of a cold start.
    from pydantic import TypeAdapter

    return TypeAdapter(Document)


def paragraph(*runs: Inline | str) -> Paragraph:
    """A paragraph of runs, plain where given as a string."""
    return Paragraph(tuple(Text(run) if isinstance(run, str) else run for run in runs))


def quiet(text: str) -> Paragraph:
    return Paragraph((Text(text, "quiet"),))


def zone_note(zone: str) -> Text:
    """Says which zone the times of a document are in."""
    return Text(f" · times in {zone}", "zone")
