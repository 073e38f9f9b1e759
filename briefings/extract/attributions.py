"""From drafts to attributions: who spoke, and how the sentence around the words frames them."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from datetime import date

from briefings.extract.base import Attribution
from briefings.extract.cast import Cast
from briefings.extract.dates import find_dates
from briefings.extract.drafts import Draft
from briefings.extract.layout import Layout, Sentence
from briefings.extract.lexicon import hedges, venue
from briefings.extract.speakers import Identity, identify
from briefings.extract.tokens import Sort
from briefings.model import Kind, Precision, Span, SpeakerKind


def attributions(layout: Layout, drafts: Sequence[Draft], published: date | None) -> list[Attribution]:
    """The drafts, in order, with whoever said them; those that go on with the words of somebody unknown are dropped."""
    cast = Cast(layout)
    found: list[Attribution] = []
    previous = Identity(None, SpeakerKind.UNNAMED)
    hedging: dict[Span, tuple[str, ...]] = {}
    for draft in drafts:
        if draft.tokens is not None:
            previous = identify(cast, draft.sentence, draft.tokens)
        elif previous.name is None:
            continue
        sentence = draft.sentence
        if sentence.span not in hedging:
            hedging = {sentence.span: _hedges(layout.text, sentence)}
        doubts = tuple(dict.fromkeys((*hedging[sentence.span], *draft.doubts)))
        found.append(_attribution(layout, draft, previous, doubts, published))
    return found


def _attribution(
    layout: Layout, draft: Draft, who: Identity, doubts: tuple[str, ...], published: date | None
) -> Attribution:
    text = layout.text
    content = _merged(draft.content)
    frame = _frame(text, draft, content)
    said_on = None
    if draft.cue is not None:
        days = (when for piece in frame for _, when in find_dates(text, published, piece))
        said_on = next((when.first for when in days if when.precision is Precision.DAY and not when.open_ended), None)
    around = " | ".join(text[begin:end] for begin, end in frame)
    return Attribution(
        content=content,
        cue=(draft.cue,) if draft.cue else (),
        source=(draft.source,) if draft.source else (),
        speaker=who.name,
        speaker_kind=who.kind if who.name else SpeakerKind.UNNAMED,
        role=who.role if draft.source else None,
        kind=_kind(layout, content),
        act=draft.word.act,
        hedges=doubts,
        venue=venue(around),
        said_on=said_on,
    )


def _merged(spans: Sequence[Span]) -> tuple[Span, ...]:
    """Sorted, without overlaps."""
    merged: list[Span] = []
    for begin, end in sorted(spans):
        if merged and begin < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((begin, end))
    return tuple(merged)


def _frame(text: str, draft: Draft, content: Sequence[Span]) -> list[Span]:
    """The sentence around the statement: what is neither content nor source, where day and venue are told."""
    begin, end = draft.sentence.span
    taken = sorted([*content, *([draft.source] if draft.source else [])])
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


def _hedges(text: str, sentence: Sentence) -> tuple[str, ...]:
    """The hedges of the sentence, those within quotation marks left out: they are the speaker's own."""
    begin, end = sentence.span
    words: list[str] = []
    for token in sentence.tokens:
        if token.sort is Sort.QUOTE:
            words.extend(hedges(text[begin : token.begin]))
            begin = token.end
    words.extend(hedges(text[min(begin, end) : end]))
    return tuple(words)
