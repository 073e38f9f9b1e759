"""A place that is polled, as its row tells."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

# What a new place brings in at first: its last days, not its archive.
ARCHIVE = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class Place:
    """A polled place, claimed by who polls it. Instants are UTC.

    Attributes:
        id: of its row.
        kind: which lister reads it, or "folder".
        name: what the desk calls it; the outlet of its articles, unless they name another.
        address: with credentials, if it needs any.
        host: whose turn is waited for.
        selector: a CSS selector of the links meant, for kinds that take one.
        claim: by which it is held.
        interval: its rhythm.
        oldest: what is published before is its archive, and stays out.
        caught_up: when all that it listed at first was in; None until then.
        etag: of its last answer, with `modified` and `body_hash`.
        failures: in a row.
        moved: to where it was redirected for good the last `moves` times.
    """

    id: int
    kind: str
    name: str
    address: str
    host: str
    selector: str | None
    claim: str
    interval: timedelta
    oldest: datetime | None
    caught_up: datetime | None
    etag: str | None = None
    modified: str | None = None
    body_hash: str | None = None
    failures: int = 0
    moved: str | None = None
    moves: int = 0


@dataclass(frozen=True, slots=True)
class Known:
    """An entry that a place listed before.

    Attributes:
        fingerprint: as it was.
        article: the id of the article that it became, if it did.
        tries: how often its page could not be read; 0 where it is done with.
    """

    fingerprint: str
    article: int | None
    tries: int


@dataclass(frozen=True, slots=True)
class Noted:
    """An entry as it goes on record; `key` as the place gives it, the rest as for `Known`."""

    key: str
    fingerprint: str
    article: int | None = None
    tries: int = 0


def key_hash(key: str) -> str:
    """A key of one length, whatever a place gives."""
    return hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()
