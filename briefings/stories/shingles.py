"""Runs of words: what two texts share, word by word, whatever was cut out of either or set between."""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence

from briefings.terms import words

# Five words running are seldom the same by chance, and an edit of one word spoils only those round it.
LENGTH = 5
# More of a text than this is not looked at: a page of a million words is no news article.
MAX_CHARACTERS = 200_000
# Kana, Han and Thai are written without spaces: each letter stands for a word.
_UNSPACED = (("\u0e00", "\u0e7f"), ("\u3040", "\u30ff"), ("\u3400", "\u9fff"))

Shingle = tuple[str, ...]


def normal(text: str) -> list[str]:
    """The folded words of `text`, without marks, accents and capitals; letters, where words are not set apart."""
    found = words(text[:MAX_CHARACTERS])
    return found if text.isascii() else [part for word in found for part in _parts(word)]


def _parts(word: str) -> Sequence[str]:
    if word.isascii() or not any(low <= word[0] <= high for low, high in _UNSPACED):
        return (word,)
    return word


def shingles(sequence: Sequence[str], length: int = LENGTH) -> Iterator[Shingle]:
    """Each run of `length` words, in order; none where there are fewer words."""
    return zip(*(sequence[begin:] for begin in range(length)), strict=False)


def covered(sequence: Sequence[str], known: Container[Shingle], length: int = LENGTH) -> bytearray:
    """One byte a word: 1 where the word is part of a run of `length` words that is `known`, 0 elsewhere."""
    marks, full = bytearray(len(sequence)), b"\1" * length
    for begin, shingle in enumerate(shingles(sequence, length)):
        if shingle in known:
            marks[begin : begin + length] = full
    return marks
