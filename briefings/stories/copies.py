"""Near-copies: one text that several outlets carry, cut, retitled and edited as each likes.

A text's index keys are the smallest hashes of its runs of five words: a bottom-k sketch (A. Broder, "On the resemblance
and containment of documents", 1997). Unlike the bands of a MinHash, which meet only where two texts are alike as
wholes, the smallest hashes of a half are for the most part among those of the whole. So candidates are found by an
index of a few keys an article, and `copy_of` decides on the texts themselves.
"""

from __future__ import annotations

import hashlib
import heapq
from collections.abc import Sequence

from briefings.stories.shingles import LENGTH, MAX_CHARACTERS, Shingle, covered, normal, shingles
from briefings.terms import WORD, fold

KEYS = 24
# Candidates share at least this many keys; one alone may be a phrase that everybody uses.
SHARED_KEYS = 2

# The part of the shorter text that stands in the longer one, and the other way round. An outlet may print four tenths
# of a wire story and set a lead of its own before it; a round-up of five stories is a copy of none of them.
MOST, LEAST = 0.6, 0.25
# Shorter texts are copies only where they are the same: too many notices are worded alike.
MIN_WORDS = 25
# What stands under each article of an outlet may be longer than a short article itself. So unless so many words are
# shared, half of the opening of one text must stand in the other: an outlet that sets its own lead keeps the wire's.
ENOUGH, OPENING = 150, 25
# Of the names and figures in what is worded alike, at least this part must be alike as well: two weather reports or
# market notices share their wording, and nothing else.
PARTICULARS = 0.75
_PARTICULAR = "#"


def index_keys(text: str) -> tuple[int, ...]:
    """The keys under which an article is found: signed 64-bit integers, at most `KEYS`, the same on every machine.

    Candidates for an article are those that share `SHARED_KEYS` of its keys or more, the likeliest those that share
    most. Only the first `MAX_CHARACTERS` count. A text of fewer than six words has no two keys, and is found by nothing
    but being the same.
    """
    return tuple(heapq.nsmallest(KEYS, {_hash(run) for run in shingles(normal(text))}))


def _hash(run: Shingle) -> int:
    digest = hashlib.blake2b(" ".join(run).encode("utf-8", "replace"), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


def copy_of(mine: str, other: str) -> bool:
    """Whether two texts are copies of one, cut or edited. It is the same either way round.

    So is a text of which six tenths stand in the other, where they make up a quarter of that, with its names and
    figures. Independent articles on one event share less, and so does a follow-up that repeats some background.
    """
    first, second = normal(mine), normal(other)
    if min(len(first), len(second)) < MIN_WORDS:
        return first == second and bool(first)
    mine_runs, other_runs = set(shingles(first)), set(shingles(second))
    marks = covered(first, other_runs), covered(second, mine_runs)
    parts = [_part(each) for each in marks]
    if max(parts) < MOST or min(parts) < LEAST:
        return False
    if max(sum(each) for each in marks) < ENOUGH and max(_part(each[:OPENING]) for each in marks) < 0.5:
        return False
    return _same_particulars(mine, other) if len(first) <= len(second) else _same_particulars(other, mine)


def _part(marks: bytearray) -> float:
    return sum(marks) / len(marks)


def _same_particulars(shorter: str, longer: str) -> bool:
    """Whether names and figures are the same where the texts are worded alike but for these."""
    words, blanks = _blanked(shorter)
    longer_words, longer_blanks = _blanked(longer)
    alike = covered(blanks, _telling(longer_blanks))
    same = covered(words, set(shingles(longer_words)))
    places = [index for index, word in enumerate(blanks) if word == _PARTICULAR and alike[index]]
    return not places or sum(same[index] for index in places) >= PARTICULARS * len(places)


def _blanked(text: str) -> tuple[list[str], list[str]]:
    """The words of a text folded, and the same with names and figures blanked."""
    found = WORD.findall(text[:MAX_CHARACTERS])
    folded = [fold(word) for word in found]
    return folded, [
        _PARTICULAR if word[0].isupper() or any(letter.isdigit() for letter in word) else low
        for word, low in zip(found, folded, strict=True)
    ]


def _telling(blanks: Sequence[str]) -> set[Shingle]:
    """The runs that are not blanks for the most part, which would be alike in any two texts."""
    return {run for run in shingles(blanks) if run.count(_PARTICULAR) <= LENGTH // 2}
