"""What was read in one text, found again in another: in its later wording, or in an outlet's copy of it. Pure.

A line is carried over only where its words, its source and its verb stand there to the letter, with all that the record
says of it: then its receipt holds for the other text as well.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from briefings.extract.base import Attribution, Happening
from briefings.model import Span
from briefings.stories.mapping import Mapping, own_paragraphs
from briefings.terms import words

# A copy is read for itself where it has paragraphs of its own with at least so many words.
OWN_WORDS = 12


@dataclass(frozen=True, slots=True)
class Said:
    """A statement of an article on record.

    Attributes:
        id: its own.
        intake: the id of the article with which it came in.
        attribution: as found, its speaker by the name on record.
        places: the index terms that `in:` finds it by.
        spellings: for each spelling of its speaker on record, the words of it.
    """

    id: int
    intake: int
    attribution: Attribution
    places: tuple[str, ...] = ()
    spellings: tuple[frozenset[str], ...] = ()


@dataclass(frozen=True, slots=True)
class Happened:
    """An event of an article on record; attributes as for `Said`."""

    id: int
    intake: int
    happening: Happening


@dataclass(frozen=True, slots=True)
class Lines:
    """What was found in an article on record, in the order of its text."""

    said: tuple[Said, ...] = ()
    happened: tuple[Happened, ...] = ()


def standing(lines: Lines, moves: Mapping) -> Lines:
    """The lines that stand in the other text as well, at their places there."""
    written = frozenset(words(moves.copy))
    said = (_said(each, moves, written) for each in lines.said)
    happened = (_happened(each, moves) for each in lines.happened)
    return Lines(tuple(each for each in said if each), tuple(each for each in happened if each))


def copied(lines: Lines, moves: Mapping) -> Lines | None:
    """The lines of an article that its near-copy has, or None where the copy has to be read for itself: it has
    something of its own, or has a part of a line in other words."""
    own = sum(len(words(moves.copy[begin:end])) for begin, end in own_paragraphs(moves.origin, moves.copy))
    if own >= OWN_WORDS:
        return None
    kept = standing(lines, moves)
    said, told = {each.id for each in kept.said}, {each.id for each in kept.happened}
    cut = [span for each in lines.said if each.id not in said for span in each.attribution.content]
    cut += [each.happening.span for each in lines.happened if each.id not in told]
    return None if any(_partly(span, moves) for span in cut) else kept


def overlap(spans: Iterable[Span], others: Sequence[Span]) -> bool:
    """Whether any of the one have a character in common with any of the others."""
    return any(begin < end and low < stop for low, end in spans for begin, stop in others)


def _said(said: Said, moves: Mapping, written: frozenset[str]) -> Said | None:
    found = said.attribution
    content, source, cue = (moves.spans(spans) for spans in (found.content, found.source, found.cue))
    if content is None or source is None or cue is None:
        return None
    if any(word and word not in moves.copy for word in (found.role, found.venue, *found.hedges)):
        return None
    if found.speaker and not any(spelling <= written for spelling in said.spellings):
        return None
    return replace(said, attribution=replace(found, content=content, source=source, cue=cue))


def _happened(each: Happened, moves: Mapping) -> Happened | None:
    span = moves.span(each.happening.span)
    if span is None or (each.happening.account and each.happening.account not in moves.copy):
        return None
    return replace(each, happening=replace(each.happening, span=span))


def _partly(span: Span, moves: Mapping) -> bool:
    """Whether something of a stretch of the origin stands in the copy."""
    return any(begin < span[1] and span[0] < end for begin, end in zip(moves.begins, moves.ends, strict=True))
