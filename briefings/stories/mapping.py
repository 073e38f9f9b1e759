"""Where the words of an origin stand in its copy, so that what was read in the one need not be read again in the other.

Texts are aligned by runs of words that occur once in both, in the same order, and the gaps between those again; what is
moved about or worded otherwise is left unmapped. The work grows with the length of the texts, whatever is in them.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from briefings.model import Span
from briefings.stories.shingles import LENGTH, MAX_CHARACTERS, Shingle, covered, normal, shingles

_TOKEN = re.compile(r"\w+|[^\w\s]")
_PARAGRAPH = re.compile(r"[^\n\r]+")
# Marks that outlets set each in its own way. One character stands for one, so that places stay the same.
_PLAIN = str.maketrans("“”„«»‘’‚ʼ′–—−‑\u00a0\u202f", "\"\"\"\"\"'''''----  ")
# Runs that anchor an alignment: long ones first, short ones only in the gaps between those.
_ANCHORS = (8, 3)
# A gap of more tokens than this on either side is not compared token by token, and one that shares less than this part
# is no gap within a sentence: what is alike there is alike by chance.
_SMALL, _ALIKE = 60, 0.5
# A paragraph is the copy's own if less than half of it stands in the origin, or if so many words running do not.
_OWN_PART, _OWN_RUN = 0.5, 12

# A run of tokens alike: where it begins in the one and in the other, and how many tokens it has.
_Run = tuple[int, int, int]
# A pair of ranges still to be aligned.
_Gap = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class Mapping:
    """The stretches that origin and copy share, in the order of both. `begins`, `places` and `ends` go together: the
    stretch [begins, ends) of the origin begins at `places` in the copy; they are alike but for the marks."""

    origin: str
    copy: str
    begins: tuple[int, ...]
    places: tuple[int, ...]
    ends: tuple[int, ...]

    def span(self, span: Span) -> Span | None:
        """Where the very same characters stand in the corresponding place of the copy, or None."""
        found = self.alike(span)
        if found is None or self.origin[span[0] : span[1]] != self.copy[found[0] : found[1]]:
            return None
        return found

    def alike(self, span: Span) -> Span | None:
        """The same, where quotation marks, dashes and spaces may be set in another way, one for one."""
        begin, end = span
        if not 0 <= begin < end:
            return None
        index = bisect_right(self.begins, begin) - 1
        if index < 0 or end > self.ends[index]:
            return None
        shift = self.places[index] - self.begins[index]
        return begin + shift, end + shift

    def spans(self, spans: Sequence[Span]) -> tuple[Span, ...] | None:
        """All of `spans` to the letter, or None where any of them does not stand in the copy."""
        found = [self.span(span) for span in spans]
        return tuple(span for span in found if span) if all(found) else None


def mapping(origin: str, copy: str) -> Mapping:
    """Aligns `copy` with `origin`. Of a text longer than `MAX_CHARACTERS` only as much is aligned."""
    first, second = (text[:MAX_CHARACTERS].translate(_PLAIN) for text in (origin, copy))
    ones, others = (list(_TOKEN.finditer(text)) for text in (first, second))
    runs = _aligned([match.group() for match in ones], [match.group() for match in others])
    blocks: list[_Run] = []
    for a, b, count in runs:
        for begin, place, end in _stretches(first, second, ones[a : a + count], others[b : b + count]):
            _append(blocks, first, second, (begin, place, end - begin))
    return Mapping(
        origin, copy, tuple(a for a, _, _ in blocks), tuple(b for _, b, _ in blocks), tuple(a + n for a, _, n in blocks)
    )


def _stretches(
    first: str, second: str, ones: Sequence[re.Match[str]], others: Sequence[re.Match[str]]
) -> Iterator[tuple[int, int, int]]:
    """A run of tokens as stretches of characters: cut where the white space between tokens differs."""
    begin, place = ones[0].start(), others[0].start()
    for index in range(1, len(ones)):
        before, after = ones[index - 1].end(), ones[index].start()
        if first[before:after] != second[others[index - 1].end() : others[index].start()]:
            yield begin, place, before
            begin, place = after, others[index].start()
    yield begin, place, ones[-1].end()


def _append(blocks: list[_Run], first: str, second: str, block: _Run) -> None:
    """Adds a stretch, with the white space round it that both texts have; joins it to the last where they meet."""
    a, b, count = block
    low_a, low_b = (blocks[-1][0] + blocks[-1][2], blocks[-1][1] + blocks[-1][2]) if blocks else (0, 0)
    while a > low_a and b > low_b and first[a - 1].isspace() and first[a - 1] == second[b - 1]:
        a, b, count = a - 1, b - 1, count + 1
    while (
        a + count < len(first)
        and b + count < len(second)
        and first[a + count].isspace()
        and first[a + count] == second[b + count]
    ):
        count += 1
    if blocks and (a, b) == (low_a, low_b):
        a, b, before = blocks.pop()
        count += before
    blocks.append((a, b, count))


def _aligned(ones: Sequence[str], others: Sequence[str]) -> list[_Run]:
    """The runs of tokens that two texts share, ascending in both."""
    runs: list[_Run] = []
    gaps: list[_Gap] = [(0, len(ones), 0, len(others))]
    for length in _ANCHORS:
        left: list[_Gap] = []
        for gap in gaps:
            found = _extended(ones, others, gap, _anchors(ones, others, gap, length))
            runs += found
            left += _between(gap, found)
        gaps = left
    for gap in gaps:
        runs += _small(ones, others, gap)
    return sorted(runs)


def _anchors(ones: Sequence[str], others: Sequence[str], gap: _Gap, length: int) -> list[tuple[int, int]]:
    """Where runs of `length` begin that occur once on either side of the gap, as many as keep one order."""
    low_a, high_a, low_b, high_b = gap
    if min(high_a - low_a, high_b - low_b) < length:
        return []
    mine, theirs = _single(ones[low_a:high_a], length), _single(others[low_b:high_b], length)
    pairs = [(low_a + at, low_b + theirs[run]) for run, at in mine.items() if run in theirs]
    return _ascending(pairs)


def _single(tokens: Sequence[str], length: int) -> dict[Shingle, int]:
    """The runs that occur once, in order, with their places."""
    found: dict[Shingle, int] = {}
    for at, run in enumerate(shingles(tokens, length)):
        found[run] = -1 if run in found else at
    return {run: at for run, at in found.items() if at >= 0}


def _ascending(pairs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The longest part of `pairs`, which ascend in the first, that ascends in the second as well (patience sorting)."""
    tops: list[int] = []
    last: list[int] = []
    before: list[int] = []
    for index, (_, place) in enumerate(pairs):
        pile = bisect_left(tops, place)
        before.append(last[pile - 1] if pile else -1)
        tops[pile : pile + 1], last[pile : pile + 1] = [place], [index]
    found, index = [], last[-1] if last else -1
    while index >= 0:
        found.append(pairs[index])
        index = before[index]
    return found[::-1]


def _extended(ones: Sequence[str], others: Sequence[str], gap: _Gap, anchors: list[tuple[int, int]]) -> list[_Run]:
    """The anchors, and both ends of the gap, grown as far as the tokens are alike; none overlaps another."""
    low_a, high_a, low_b, high_b = gap
    found: list[_Run] = []
    for a, b in [(low_a, low_b), *anchors]:
        if a < low_a or b < low_b:
            continue  # within the run before
        begin_a, begin_b = a, b
        while begin_a > low_a and begin_b > low_b and ones[begin_a - 1] == others[begin_b - 1]:
            begin_a, begin_b = begin_a - 1, begin_b - 1
        while a < high_a and b < high_b and ones[a] == others[b]:
            a, b = a + 1, b + 1
        if a > begin_a:
            found.append((begin_a, begin_b, a - begin_a))
            low_a, low_b = a, b
    count = 0
    while high_a - count > low_a and high_b - count > low_b and ones[high_a - count - 1] == others[high_b - count - 1]:
        count += 1
    return [*found, (high_a - count, high_b - count, count)] if count else found


def _between(gap: _Gap, runs: list[_Run]) -> Iterator[_Gap]:
    """What the runs leave of a gap, where there is something on both sides."""
    low_a, high_a, low_b, high_b = gap
    for a, b, count in [*runs, (high_a, high_b, 0)]:
        if a > low_a and b > low_b:
            yield low_a, a, low_b, b
        low_a, low_b = a + count, b + count


def _small(ones: Sequence[str], others: Sequence[str], gap: _Gap) -> list[_Run]:
    """What is alike in a small gap, token by token."""
    low_a, high_a, low_b, high_b = gap
    if max(high_a - low_a, high_b - low_b) > _SMALL:
        return []
    matcher = SequenceMatcher(None, ones[low_a:high_a], others[low_b:high_b], autojunk=False)
    if matcher.ratio() < _ALIKE:
        return []
    return [(low_a + a, low_b + b, count) for a, b, count in matcher.get_matching_blocks() if count]


def own_paragraphs(origin: str, copy: str) -> list[Span]:
    """The paragraphs of the copy that do not stand in the origin, or hold a sentence that does not.

    Edited words, other spellings and other marks make no paragraph the copy's own.
    """
    runs = {LENGTH: set(shingles(normal(origin)))}
    found = []
    for match in _PARAGRAPH.finditer(copy[:MAX_CHARACTERS]):
        words = normal(match.group())
        if not words:
            continue
        length = min(LENGTH, len(words))
        if length not in runs:
            runs[length] = set(shingles(normal(origin), length))
        if _own(covered(words, runs[length], length)):
            piece = match.group()
            begin = match.start() + len(piece) - len(piece.lstrip())
            found.append((begin, begin + len(piece.strip())))
    return found


def _own(marks: bytearray) -> bool:
    longest = max(len(run) for run in marks.split(b"\1"))
    return sum(marks) < _OWN_PART * len(marks) or longest >= _OWN_RUN
