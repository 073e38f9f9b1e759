"""From readings to attributions: who spoke, what they did in saying it, and how the sentence around it frames it."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from briefings.extract.acts import act_of
from briefings.extract.base import Attribution
from briefings.extract.cast import Cast
from briefings.extract.dates import find_dates
from briefings.extract.edges import bare, whole
from briefings.extract.layout import Layout, Sentence
from briefings.extract.lexicon import UNFOUNDED, hedges, venue
from briefings.extract.speakers import NOBODY, Identity, identify
from briefings.extract.tokens import Sort, tokenise
from briefings.model import Kind, Precision, Span, SpeakerKind


@dataclass(slots=True)
class Reading:
    """One attribution before anybody is named: spans of the article, `content` sorted; empty only until `carry`."""

    content: list[Span]
    cue: Span | None = None
    source: Span | None = None


def attributions(layout: Layout, readings: Sequence[Reading], published: date | None) -> list[Attribution]:
    """The readings, in the order of the text, with whoever said them."""
    if not layout.sentences:
        return []
    cast = Cast(layout)
    starts = [sentence.span[0] for sentence in layout.sentences]
    hedging: dict[int, tuple[str, ...]] = {}
    found: list[Attribution] = []
    for rough in sorted(readings, key=anchor):
        reading = _neat(layout, rough)
        if not reading.content:
            continue
        at = max(bisect_right(starts, anchor(reading)) - 1, 0)
        if at not in hedging:
            hedging[at] = _doubts(layout, at)
        if _only_doubts(layout.text, reading, hedging[at]):
            continue
        who = _who(cast, layout, reading, starts)
        found.append(_attribution(layout, reading, layout.sentences[at], who, hedging[at], published))
    return sorted(found, key=lambda attribution: attribution.content)


def _neat(layout: Layout, reading: Reading) -> Reading:
    cue, source = (bare(layout.text, span) if span else None for span in (reading.cue, reading.source))
    return Reading(whole(layout, reading.content, [span for span in (cue, source) if span]), cue, source)


def anchor(reading: Reading) -> int:
    """Where in the text a reading belongs: at its cue, else at its source, else where its words begin."""
    return (reading.cue or reading.source or reading.content[0])[0]


def _only_doubts(text: str, reading: Reading, doubts: Sequence[str]) -> bool:
    """Whether a reading is a hedge of its sentence and no more: "offered no evidence"."""
    spans = [*reading.content, *([reading.cue] if reading.cue else [])]
    words = text[min(begin for begin, _ in spans) : max(end for _, end in spans)]
    return any(words in doubt for doubt in doubts)


def _who(cast: Cast, layout: Layout, reading: Reading, starts: Sequence[int]) -> Identity:
    if reading.source is None:
        return NOBODY
    begin, end = reading.source
    sentence = layout.sentences[max(bisect_right(starts, begin) - 1, 0)]
    tokens = sentence.tokens
    if any(token.sort is Sort.QUOTE and token.begin < end and begin < token.end for token in tokens):
        # Somebody whom a speaker names: the sentence is read as if it had no quotation marks.
        tokens = tokenise(layout.text, sentence.span, ())
        sentence = sentence._replace(tokens=tokens, high=len(tokens))
    first = next((i for i, token in enumerate(tokens) if token.end > begin), None)
    last = next((i for i in range(len(tokens), 0, -1) if tokens[i - 1].begin < end), None)
    if first is None or last is None or first >= last:
        return NOBODY
    return identify(cast, sentence, (first, last))


def _attribution(
    layout: Layout, reading: Reading, sentence: Sentence, who: Identity, doubts: tuple[str, ...], published: date | None
) -> Attribution:
    text = layout.text
    content = tuple(reading.content)
    frame = _frame(text, reading, sentence)
    days = (when for piece in frame for _, when in find_dates(text, published, piece)) if reading.cue else ()
    said_on = next((when.first for when in days if when.precision is Precision.DAY and not when.open_ended), None)
    kind = _kind(layout, content)
    cue = text[slice(*reading.cue)] if reading.cue else ""
    return Attribution(
        content=content,
        cue=(reading.cue,) if reading.cue else (),
        source=(reading.source,) if reading.source else (),
        speaker=who.name,
        speaker_kind=who.kind if who.name else SpeakerKind.UNNAMED,
        role=who.role if reading.source else None,
        kind=kind,
        act=act_of(cue, quoted=kind is not Kind.INDIRECT),
        hedges=doubts,
        venue=venue(" | ".join(text[begin:end] for begin, end in frame)),
        said_on=said_on,
    )


def _frame(text: str, reading: Reading, sentence: Sentence) -> list[Span]:
    """The sentence around the statement: what is neither content nor source, where day and venue are told."""
    begin, end = sentence.span
    taken = sorted([*reading.content, *([reading.source] if reading.source else [])])
    pieces: list[Span] = []
    for low, high in taken:
        if begin < min(low, end):
            pieces.append((begin, min(low, end)))
        begin = max(begin, high)
    if begin < end:
        pieces.append((begin, end))
    return pieces


def _kind(layout: Layout, content: Sequence[Span]) -> Kind:
    low = bisect_left(layout.quotes, content[0][0], key=lambda quote: quote.end)
    high = bisect_left(layout.quotes, content[-1][1], key=lambda quote: quote.begin)
    quotes = [quote.span for quote in layout.quotes[low:high]]
    begins = [begin for begin, _ in quotes]
    whole = partly = 0
    for begin, end in content:
        index = bisect_right(begins, begin) - 1
        if index >= 0 and quotes[index][0] <= begin and end <= quotes[index][1]:
            whole += 1
        elif bisect_right(begins, end - 1) - 1 > index or (index >= 0 and quotes[index][1] > begin):
            partly += 1
    if whole == len(content):
        return Kind.DIRECT
    return Kind.MIXED if whole or partly else Kind.INDIRECT


def _doubts(layout: Layout, at: int) -> tuple[str, ...]:
    """The hedges of a sentence, those within quotation marks left out: they are the speaker's own.

    A sentence that only says that there was no evidence casts its doubt on the one before it.
    """
    text, sentence = layout.text, layout.sentences[at]
    begin, end = sentence.span
    words: list[str] = []
    for token in sentence.tokens:
        if token.sort is Sort.QUOTE:
            words.extend(hedges(text[begin : token.begin]))
            begin = token.end
    words.extend(hedges(text[min(begin, end) : end]))
    if at + 1 < len(layout.sentences):
        unfounded = UNFOUNDED.match(text, *layout.sentences[at + 1].span)
        words.extend([unfounded.group(1)] if unfounded else [])
    return tuple(dict.fromkeys(words))
