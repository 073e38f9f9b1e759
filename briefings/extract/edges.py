"""Where the spans of a reading begin and end: whole quotation marks, no stray commas, no hedge of the writer's."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence

from briefings.extract.layout import Layout
from briefings.extract.lexicon import UNFOUNDED_TAIL
from briefings.extract.quotes import Quotation
from briefings.model import Span

_STRAY = " \t\u00a0,;:–—-"
_ENDED = re.compile(r"[.!?]\W{1,2}\Z")
# Characters of a quotation that a span may leave out and is given back: its mark, or the rest of "a "terrorist" act".
_REST = 80


def bare(text: str, span: Span) -> Span:
    """A cue or source without the marks around it; one that is all marks stays."""
    return _stripped(text, span, _STRAY) or span


def whole(layout: Layout, spans: Sequence[Span], taken: Sequence[Span] = ()) -> list[Span]:
    """Content, sorted and apart: quotations with both their marks, no comma at an end, no "without giving evidence".

    Nothing that is `taken`, by the cue or the source, is taken in.
    """
    found: list[Span] = []
    for span in sorted(spans):
        kept = _edged(layout, span, taken)
        if kept is None or not any(character.isalnum() for character in layout.text[slice(*kept)]):
            continue
        if found and kept[0] < found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], kept[1]))
        else:
            found.append(kept)
    return found


def _edged(layout: Layout, span: Span, taken: Sequence[Span]) -> Span | None:
    text, quotes = layout.text, layout.quotes
    begin, end = _with_marks(quotes, taken, *span)
    over = _over(quotes, begin, end)
    if len(over) == 1 and over[0].begin == begin and over[0].end < end and _ENDED.search(text, begin, over[0].end):
        # "“We won.” The town was quiet": the writer goes on.
        end = over[0].end
    if any(quote.end == end for quote in over):
        return begin, end
    # From the character before, so that a piece that is a hedge and no more is seen as one.
    tail = UNFOUNDED_TAIL.search(text, max(begin - 1, 0), end)
    return _stripped(text, (begin, tail.start() if tail else end), _STRAY)


def _stripped(text: str, span: Span, marks: str) -> Span | None:
    begin, end = span
    while begin < end and text[begin] in marks:
        begin += 1
    while begin < end and text[end - 1] in marks:
        end -= 1
    return (begin, end) if begin < end else None


def _over(quotes: Sequence[Quotation], begin: int, end: int) -> list[Quotation]:
    """The quotations that share a character with [begin, end), or touch it; `quotes` are sorted and apart."""
    low = bisect_left(quotes, begin, key=lambda quote: quote.end)
    high = bisect_left(quotes, end + 1, key=lambda quote: quote.begin)
    return list(quotes[low:high])


def _with_marks(quotes: Sequence[Quotation], taken: Sequence[Span], begin: int, end: int) -> Span:
    """Takes in the little that the span leaves out of a quotation that it begins or ends in."""
    low, high = begin, end
    for quote in _over(quotes, begin, end):
        if quote.begin < begin <= quote.begin + _REST and begin < quote.end and _free(taken, quote.begin, begin):
            low = quote.begin
        if quote.end - _REST <= end < quote.end and quote.begin < end and _free(taken, end, quote.end):
            high = quote.end
    return low, high


def _free(taken: Sequence[Span], begin: int, end: int) -> bool:
    return all(high <= begin or end <= low for low, high in taken)
