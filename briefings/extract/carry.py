"""Words whose cue stands in an earlier paragraph: quotations that run on, and those that a paragraph only announces."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence

from briefings.extract.attributions import Reading, anchor
from briefings.extract.layout import Layout
from briefings.extract.quotes import Quotation
from briefings.extract.sentences import paragraphs
from briefings.model import Span

# A quotation that runs on for more paragraphs is a document, or a mark that was left out.
MAX_PARAGRAPHS = 12
_ANNOUNCES = (":", ",")


def carry(layout: Layout, readings: Sequence[Reading]) -> list[Reading]:
    """The readings with the quotations that belong to them; those that then have no content are left out.

    A quotation that a paragraph leaves open, and the next one opens again, is one; and where a cue has no words of its
    own and its paragraph ends in a colon or comma, it announces the quotation that is the next paragraph. Paragraphs in
    which a reading stands have a cue of their own and are left to it.
    """
    blocks = paragraphs(layout.text)
    carried = [Reading(list(reading.content), reading.cue, reading.source) for reading in readings]
    begins = [begin for begin, _ in blocks]
    homes: dict[int, list[Reading]] = {}
    for reading in carried:
        homes.setdefault(bisect_right(begins, anchor(reading)) - 1, []).append(reading)
    opening = {quote.begin: quote for quote in layout.quotes}
    for number, home in homes.items():
        last = max(home, key=lambda reading: max(reading.content, default=reading.cue or (0, 0)))
        last.content.extend(_following(blocks, number, homes, opening, _announced(layout, blocks[number], last)))
    return [reading for reading in carried if reading.content]


def _announced(layout: Layout, block: Span, last: Reading) -> bool | None:
    """Do words of `last` follow its paragraph: True if announced, False if left open, None if neither."""
    if not last.content:
        return True if layout.text.endswith(_ANNOUNCES, *block) else None
    at = bisect_left(layout.quotes, last.content[-1][1], key=lambda quote: quote.end)
    quote = layout.quotes[at] if at < len(layout.quotes) else None
    return False if quote and quote.continues and quote.begin < last.content[-1][1] and quote.end == block[1] else None


def _following(
    blocks: Sequence[Span],
    number: int,
    homes: dict[int, list[Reading]],
    opening: dict[int, Quotation],
    announced: bool | None,
) -> list[Span]:
    """The quotations that open the paragraphs after `number`, while each leaves open what the next goes on with."""
    found: list[Span] = []
    goes_on = announced is not None
    for following in range(number + 1, min(number + 1 + MAX_PARAGRAPHS, len(blocks))):
        quote = opening.get(blocks[following][0])
        if not goes_on or quote is None or following in homes:
            break
        if announced and not found and quote.end < blocks[following][1]:
            break  # something follows it that may say whose words they are
        found.append(quote.span)
        goes_on = quote.continues
    return found
