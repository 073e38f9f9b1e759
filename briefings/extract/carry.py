"""Words apart from their cue: quotations that run on, what a paragraph announces, quotations with a credit."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from briefings.extract.attributions import Reading, anchor
from briefings.extract.layout import Layout
from briefings.extract.quotes import Quotation
from briefings.extract.sentences import paragraphs
from briefings.model import Span

# A quotation that runs on for more paragraphs is a document, or a mark that was left out.
MAX_PARAGRAPHS = 12
_ANNOUNCES = (":", ",")
# “We are leaving.” — Ann Smith
_CREDIT = re.compile(r"[\"”](?P<gap>\s{0,3})(?P<dash>--?|[―—–])\s{0,3}(?P<name>[^\W\d_a-z][^\n.]{2,60})\.?\Z")
# Characters of a paragraph's end in which a credit is looked for.
_TAIL = 80
# A span that leaves out a mark, or a mark and a space, still begins with the quotation.
_NEAR = 2


class _Page(NamedTuple):
    """An article's paragraphs, the readings of each by its number, and its quotations by where they begin."""

    layout: Layout
    blocks: Sequence[Span]
    homes: dict[int, list[Reading]]
    opening: dict[int, Quotation]


def carry(layout: Layout, readings: Sequence[Reading]) -> list[Reading]:
    """The readings with the words that belong to them; those that then have no content are left out.

    A quotation that a paragraph leaves open, and the next one opens again, is one; and where a cue has no words of its
    own and its paragraph ends in a colon or comma, it announces the quotation that is the next paragraph. Paragraphs in
    which a reading stands have a cue of their own and are left to it, except one that stands without marks after such a
    colon: all its words are the announced person's, and what was read in it is left out. A quotation of which a reading
    has the beginning is all of it that reading's, unless another begins in the rest.
    """
    page = _page(layout, readings)
    for number in sorted(page.homes):
        if number in page.homes:
            last = max(page.homes[number], key=lambda reading: max(reading.content, default=reading.cue or (0, 0)))
            last.content.extend(_following(page, number, _announced(page, number, last)))
    kept = [reading for home in page.homes.values() for reading in home if reading.content]
    _complete(layout, kept)
    return sorted([*kept, *_credited(page)], key=anchor)


def _page(layout: Layout, readings: Sequence[Reading]) -> _Page:
    blocks = paragraphs(layout.text)
    begins = [begin for begin, _ in blocks]
    homes: dict[int, list[Reading]] = {}
    for reading in readings:
        own = Reading(list(reading.content), reading.cue, reading.source)
        homes.setdefault(bisect_right(begins, anchor(reading)) - 1, []).append(own)
    return _Page(layout, blocks, homes, {quote.begin: quote for quote in layout.quotes})


def _announced(page: _Page, number: int, last: Reading) -> bool | None:
    """Do words of `last` follow its paragraph: True if announced, False if left open, None if neither."""
    text, quotes, block = page.layout.text, page.layout.quotes, page.blocks[number]
    if not last.content:
        return True if text.endswith(_ANNOUNCES, *block) else None
    at = bisect_left(quotes, last.content[-1][1], key=lambda quote: quote.end)
    quote = quotes[at] if at < len(quotes) else None
    return False if quote and quote.continues and quote.begin < last.content[-1][1] and quote.end == block[1] else None


def _following(page: _Page, number: int, announced: bool | None) -> list[Span]:
    """What follows paragraph `number`: the quotations that open the next ones, while each leaves open what the next
    goes on with, or the paragraph that is set apart, whose own readings are then dropped."""
    blocks = page.blocks
    if announced and _set_apart(page, number):
        page.homes.pop(number + 1, None)
        return [blocks[number + 1]]
    found: list[Span] = []
    goes_on = announced is not None
    for following in range(number + 1, min(number + 1 + MAX_PARAGRAPHS, len(blocks))):
        quote = page.opening.get(blocks[following][0])
        if not goes_on or quote is None or following in page.homes:
            break
        if announced and not found and quote.end < blocks[following][1]:
            break  # something follows it that may say whose words they are
        found.append(quote.span)
        goes_on = quote.continues
    return found


def _set_apart(page: _Page, number: int) -> bool:
    """Whether what a paragraph announces is the next one, unquoted: "She added:" with a block of her words below."""
    if number + 1 >= len(page.blocks) or not page.layout.text.endswith(":", *page.blocks[number]):
        return False
    return page.blocks[number + 1][0] not in page.opening


def _complete(layout: Layout, readings: Sequence[Reading]) -> None:
    """Gives each reading the rest of the quotations whose beginning it has, where no other reading begins in that."""
    anchors = sorted(anchor(reading) for reading in readings)
    for reading in readings:
        for index, (begin, end) in enumerate(reading.content):
            at = bisect_left(layout.quotes, end, key=lambda quote: quote.end)
            quote = layout.quotes[at] if at < len(layout.quotes) else None
            if quote is None or not begin - _NEAR <= quote.begin < end < quote.end:
                continue
            if bisect_left(anchors, end) == bisect_left(anchors, quote.end):
                reading.content[index] = (begin, quote.end)


def _credited(page: _Page) -> Iterator[Reading]:
    """Paragraphs that are a quotation, a dash and a name, and in which nothing was read."""
    text = page.layout.text
    for number, (begin, end) in enumerate(page.blocks):
        if number in page.homes or text[begin : begin + 1] not in ('"', "“"):
            continue
        match = _CREDIT.search(text, max(begin + 1, end - _TAIL), end)
        if match:
            yield Reading([(begin, match.start("gap"))], match.span("dash"), match.span("name"))
