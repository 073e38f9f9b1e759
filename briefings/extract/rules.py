"""The rule-based extractor: no model, no training, English only. It puts precision before recall."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from datetime import date

from briefings.extract.base import Attribution, Extraction, Passage
from briefings.extract.cast import Cast
from briefings.extract.dates import find_dates
from briefings.extract.events import find_events
from briefings.extract.gist import main_event
from briefings.extract.layout import Layout, Sentence, lay_out
from briefings.extract.lexicon import hedges, venue
from briefings.extract.speakers import Identity, identify
from briefings.extract.statements import Draft, find_statements
from briefings.extract.tokens import Sort
from briefings.extract.triggers import Clause
from briefings.model import Kind, Precision, Span, SpeakerKind


class RuleExtractor:
    """See `base.Extractor`."""

    name = "rules-1"

    def extract(self, passages: Sequence[Passage]) -> list[Extraction]:
        return [_extract(passage) for passage in passages]


def _extract(passage: Passage) -> Extraction:
    text = passage.text
    layout = lay_out(text)
    drafts = find_statements(layout)
    attributions = _attributions(layout, drafts, passage.published)
    events = find_events(text, _clauses(layout, drafts, attributions), passage.published)
    return Extraction(
        tuple(attributions),
        tuple(events),
        main_event(layout, passage.title, passage.published, events),
    )


def _attributions(layout: Layout, drafts: Sequence[Draft], published: date | None) -> list[Attribution]:
    cast = Cast(layout)
    found: list[Attribution] = []
    previous = Identity(None, SpeakerKind.UNNAMED)
    for draft in drafts:
        if draft.tokens is not None:
            previous = identify(cast, draft.sentence, draft.tokens)
        elif previous.name is None:
            continue
        found.append(_attribution(layout, draft, previous, published))
    return found


def _attribution(layout: Layout, draft: Draft, who: Identity, published: date | None) -> Attribution:
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
        hedges=_hedges(text, draft, content),
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


def _hedges(text: str, draft: Draft, content: Sequence[Span]) -> tuple[str, ...]:
    """The hedges of the sentence, those within quotation marks left out: they are the speaker's own."""
    tokens = draft.sentence.tokens
    begin, end = draft.sentence.span
    words: list[str] = []
    for token in tokens:
        if token.sort is Sort.QUOTE:
            words.extend(hedges(text[begin : token.begin]))
            begin = token.end
    words.extend(hedges(text[min(begin, end) : end]))
    return tuple(dict.fromkeys(words + draft.doubts))


def _clauses(layout: Layout, drafts: Sequence[Draft], attributions: Sequence[Attribution]) -> list[Clause]:
    """What may report an event: indirect statements by their speaker's word, other sentences by the writer's."""
    by_sentence: dict[Span, list[Draft]] = {}
    accounts: dict[tuple[Span, ...], str | None] = {}
    for found in attributions:
        source = " ".join(layout.text[begin:end] for begin, end in found.source)
        accounts[found.content] = found.speaker or source or None
    for draft in drafts:
        by_sentence.setdefault(draft.sentence.span, []).append(draft)
    clauses: list[Clause] = []
    for sentence in layout.sentences:
        said = by_sentence.get(sentence.span, [])
        indirect = next((d for d in said if _merged(d.content) in accounts), None)
        clauses.extend(_sentence_clauses(sentence, said, indirect, accounts))
    return clauses


def _sentence_clauses(
    sentence: Sentence,
    said: Sequence[Draft],
    chosen: Draft | None,
    accounts: dict[tuple[Span, ...], str | None],
) -> list[Clause]:
    if not said or chosen is None or (chosen.source and chosen.word.act.value not in ("says", "claims", "confirms")):
        # "Russia rejected the plan": the saying itself is what happened.
        return [Clause(sentence, (0, sentence.high), None)]
    spans = _merged(chosen.content)
    begin, end = spans[0]
    tokens = sentence.tokens[: sentence.high]
    inside = [i for i, t in enumerate(tokens) if begin <= t.begin < end and t.sort is not Sort.QUOTE]
    if not inside:
        return []
    first = inside[0] + (tokens[inside[0]].low == "that")
    return [Clause(sentence, (first, inside[-1] + 1), accounts[spans])]
