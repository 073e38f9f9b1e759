"""Ids that sort by time, so that newest first is the order of every index that they key.

An id holds the seconds since 1700 in its upper 34 bits, then 9 bits of a hash of its article, then 20 bits of place
within the article. "Newest first" and `since:` are key order and key ranges in the full-text index itself, so that a
search for a common word stops after as many rows as it counts, and lines of one article come in its own order. The same
row gets the same id again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from datetime import UTC, datetime, timedelta

from briefings.errors import QueryError

_PLACE_BITS = 20
_HASH_BITS = 9
_LAST_PLACE = (1 << _PLACE_BITS) - 1
_BEGIN = datetime(1700, 1, 1, tzinfo=UTC)
_LAST = (1 << 34) - 1  # a second in the year 2244
MAX_ID = (1 << 63) - 1
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


def lower_bound(instant: datetime) -> int:
    """The least id of `instant` or later; instants outside 1700-2244 give the nearest end."""
    seconds = (instant.astimezone(UTC) - _BEGIN) // timedelta(seconds=1)
    return min(max(seconds, 0), _LAST) << (_HASH_BITS + _PLACE_BITS)


def time_ordered(instant: datetime, article: str, place: int) -> int:
    """The id of what stands at `place`, a character offset, in the article of that identity and belongs to `instant`.

    Descending ids tell an article from its begin to its end.
    """
    digest = hashlib.blake2b(article.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    hashed = int.from_bytes(digest) >> (64 - _HASH_BITS)
    return lower_bound(instant) | hashed << _PLACE_BITS | _LAST_PLACE - min(place, _LAST_PLACE)


def chronological(id: int) -> tuple[int, int]:
    """A key that sorts ids from the oldest on, and those of one second in the order of their article."""
    return (id >> (_HASH_BITS + _PLACE_BITS), -id)


def next_free(wanted: int, taken: Collection[int]) -> int:
    """`wanted`, or the next lower id that is not `taken`: articles that give the day alone share their second.

    There is room: no article is as long as its range of places (see `sources.base.MAX_ARTICLE_CHARACTERS`).
    """
    while wanted in taken:
        wanted -= 1
    return wanted


def neighbours(id: int) -> tuple[int, int]:
    """The range of ids, both included, within which `next_free` looks for another one."""
    begin = id >> _PLACE_BITS << _PLACE_BITS
    return begin, begin + _LAST_PLACE


def to_text(number: int) -> str:
    """An id as people and platforms are shown it: at most 13 lower-case letters and digits."""
    text = ""
    while number:
        number, digit = divmod(number, 36)
        text = _DIGITS[digit] + text
    return text or "0"


def from_text(text: str) -> int:
    """The inverse of `to_text`. Raises QueryError for what is no id."""
    try:
        number = int(text, 36) if text.isascii() and text.isalnum() else -1
    except ValueError:
        number = -1
    if not 0 <= number <= MAX_ID:
        raise QueryError("that is not an id of the record")
    return number
