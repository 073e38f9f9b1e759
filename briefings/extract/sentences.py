"""Paragraphs and sentences as spans: code points of the text, end excluded, no white space at either end."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence

from briefings.extract.vocabulary import vocabulary
from briefings.model import Span

# What follows works sentence by sentence; this bound keeps it linear on text without full stops.
MAX_SENTENCE = 2000

_PARAGRAPH = re.compile(r"[^\n\r\x0b\x0c\x85\u2028\u2029]+")
# The look-behind lets a run of marks be tried once only, from its first one.
_STOP = re.compile(r"(?<![.!?…])[.!?…]+[\"'”’»)\]]*(?=\s|$)")
_LAST_WORD = re.compile(r"[^\s(\[\"“‘«]+\Z")
_INITIALISM = re.compile(r"(?:[^\W\d_]\.)+[^\W\d_]\Z")
_ABBREVIATIONS = vocabulary(
    "mr mrs ms dr prof gen lt col maj capt cmdr adm sgt cpl pvt brig sen sens rep reps gov govs pres rev hon st mt ft "
    "jr sr messrs mx no nos art vol pp ed al vs v etc approx dept inc corp ltd co bros jan feb mar apr jun jul aug "
    "sept sep oct nov dec mon tue tues wed thu thurs fri ave blvd rd ph.d u.s u.k u.n d.c e.g i.e a.m p.m cf ca"
)
# After these a full stop may well end the sentence too; the next word decides.
_EITHER = vocabulary("u.s u.k u.n d.c a.m p.m jr sr inc corp ltd co etc bros ph.d")
_MONTHS = vocabulary("jan feb mar apr jun jul aug sept sep oct nov dec no nos art vol pp")
_OPENERS = vocabulary(
    "the a an he she it they we i you this that these those his her its their our my in on at but and for from after "
    "before while as when if since with there what who how why so yet both some many most all one no not"
)
_NEXT_WORD = re.compile(r"\s+[\"'“‘«(\[]*(\w+)")


def _trimmed(text: str, begin: int, end: int) -> Span:
    piece = text[begin:end]
    return begin + len(piece) - len(piece.lstrip()), end - len(piece) + len(piece.rstrip())


def paragraphs(text: str) -> list[Span]:
    """The lines of `text` that hold more than white space, in order."""
    spans = (_trimmed(text, match.start(), match.end()) for match in _PARAGRAPH.finditer(text))
    return [(begin, end) for begin, end in spans if begin < end]


def _ends_sentence(text: str, begin: int, stop: re.Match[str], end: int) -> bool:
    """Whether the run of marks `stop` ends the sentence that began at `begin`."""
    following = _NEXT_WORD.match(text, stop.end(), min(end, stop.end() + 80))
    if following is None:
        return True
    upcoming = following.group(1)
    if upcoming[0].islower():
        return False
    if stop.group() != ".":
        return True
    word = _LAST_WORD.search(text, max(begin, stop.start() - 40), stop.start())
    if word is None:
        return True
    last = word.group().casefold()
    if last in _EITHER or _INITIALISM.match(last):
        return upcoming.casefold() in _OPENERS
    if last in _MONTHS:
        return not upcoming[0].isdigit()
    # A lone capital is an initial ("George W. Bush"), but "I" is a word.
    return not (last in _ABBREVIATIONS or (len(last) == 1 and last.isalpha() and word.group() != "I"))


def _inside(spans: Sequence[Span], begins: Sequence[int], position: int) -> bool:
    index = bisect_right(begins, position) - 1
    return index >= 0 and spans[index][0] < position < spans[index][1]


def _pieces(text: str, span: Span, keep: Sequence[Span], begins: Sequence[int]) -> Iterator[Span]:
    """Cuts an overlong sentence at white space outside `keep`."""
    begin, end = span
    while end - begin > MAX_SENTENCE:
        cut = text.rfind(" ", begin + 1, begin + MAX_SENTENCE)
        cut = cut if cut > begin else begin + MAX_SENTENCE
        index = bisect_right(begins, cut) - 1
        if index >= 0 and keep[index][0] < cut < keep[index][1]:
            cut = min(keep[index][1], end)
        yield _trimmed(text, begin, cut)
        begin = cut
    yield _trimmed(text, begin, end)


def sentences(text: str, paragraph: Span, keep: Sequence[Span] = ()) -> list[Span]:
    """The sentences of one paragraph, in order.

    Args:
        text: the article.
        paragraph: a span of it, as `paragraphs` gives it.
        keep: sorted spans that do not overlap (quotations); no sentence ends within one.
    """
    begin, end = paragraph
    begins = [span[0] for span in keep]
    found: list[Span] = []
    for stop in _STOP.finditer(text, begin, end):
        at = stop.end()
        if at <= begin or _inside(keep, begins, at) or not _ends_sentence(text, begin, stop, end):
            continue
        found.extend(_pieces(text, (begin, at), keep, begins))
        begin = at
    found.extend(_pieces(text, (begin, end), keep, begins))
    return [(first, last) for first, last in found if first < last]
