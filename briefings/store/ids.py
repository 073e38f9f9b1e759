"""Ids that sort by time, so that newest first is the order of every index that they key.

An id holds the seconds since 1700 in its upper 34 bits and a hash of what it names in its lower 29. "Newest first" and
`since:` are then key order and key ranges in the full-text index itself, and a common word never makes a search visit
more rows than it shows. The same row gets the same id again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from datetime import UTC, datetime, timedelta

from briefings.errors import QueryError

_HASH_BITS = 29
_BEGIN = datetime(1700, 1, 1, tzinfo=UTC)
_LAST = (1 << 34) - 1  # a second in the year 2244
MAX_ID = (1 << 63) - 1
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


def lower_bound(instant: datetime) -> int:
    """The least id of `instant` or later; instants outside 1700-2244 give the nearest end."""
    seconds = (instant.astimezone(UTC) - _BEGIN) // timedelta(seconds=1)
    return min(max(seconds, 0), _LAST) << _HASH_BITS


def time_ordered(instant: datetime, name: str) -> int:
    """The id of what is called `name` and belongs to `instant`."""
    digest = hashlib.blake2b(name.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return lower_bound(instant) | int.from_bytes(digest) >> (64 - _HASH_BITS)


def next_free(wanted: int, taken: Collection[int]) -> int:
    """`wanted`, or the first id behind it that is not `taken` (some articles give the day alone)."""
    while wanted in taken:
        wanted += 1
    return wanted


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
