"""Near-copies: one text that several outlets carry, cut, retitled and edited as each likes.

A text's signature holds the smallest hashes of its runs of five words: a bottom-k sketch (A. Broder, "On the
resemblance and containment of documents", 1997). Unlike the bands of a MinHash, which meet only where two texts are
alike as wholes, the smallest hashes of a half are for the most part among those of the whole. So a store finds the
candidates by an index of a few keys an article, and `copy_of` decides on the texts themselves.
"""

from __future__ import annotations

import hashlib
import heapq
import struct
from collections.abc import Sequence

from briefings.errors import OnRecordError
from briefings.stories.shingles import LENGTH, MAX_CHARACTERS, Shingle, covered, normal, shingles
from briefings.terms import WORD, fold

# Raised whenever what `signature` returns changes for any text: signatures of two versions cannot be compared.
VERSION = 1
# Of the 64 hashes in a signature, this many are keys in the index.
KEYS = 24
# Candidates share at least this many keys; one alone may be a phrase that everybody uses.
SHARED_KEYS = 2
_HASHES = 64
_FORM = struct.Struct(f">BB{_HASHES}Q")
SIZE = _FORM.size

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


def signature(text: str) -> bytes:
    """The signature of a text: `SIZE` bytes, the same on every machine and in every process.

    Only the first `MAX_CHARACTERS` count. A text of fewer than six words has no two keys, and is found by nothing but
    being the same.
    """
    least = heapq.nsmallest(_HASHES, {_hash(run) for run in shingles(normal(text))})
    return _FORM.pack(VERSION, len(least), *least, *[0] * (_HASHES - len(least)))


def _hash(run: Shingle) -> int:
    return int.from_bytes(hashlib.blake2b(" ".join(run).encode("utf-8", "replace"), digest_size=8).digest(), "big")


def _hashes(signature: bytes) -> tuple[int, ...]:
    if len(signature) != SIZE or signature[0] != VERSION:
        raise OnRecordError("this signature is of another version of the program: make it anew from the text")
    _, count, *values = _FORM.unpack(signature)
    return tuple(values[:count])


def bands(signature: bytes) -> tuple[int, ...]:
    """The keys under which an article is found, at most `KEYS`, as signed 64-bit integers.

    Candidates for an article are those that share `SHARED_KEYS` of its keys or more, the likeliest those that share
    most. Raises `OnRecordError` where the signature is of another version.
    """
    return tuple(value - (value >> 63 << 64) for value in _hashes(signature)[:KEYS])


def overlap(one: bytes, other: bytes) -> float:
    """An estimate of what part of the shorter text stands in the longer one, to try the likeliest candidates first.

    Raises `OnRecordError` where a signature is of another version.
    """
    mine, others = _hashes(one), _hashes(other)
    # Up to its last hash a signature is complete, and one that is not full, beyond that too.
    limit = min((values[-1] for values in (mine, others) if len(values) == _HASHES), default=2**64)
    first, second = ({value for value in values if value <= limit} for values in (mine, others))
    return len(first & second) / max(1, min(len(first), len(second)))


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
    first, blanks = _blanked(shorter)
    alike = covered(blanks, _telling(_blanked(longer)[1]))
    same = covered(first, set(shingles(_blanked(longer)[0])))
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
