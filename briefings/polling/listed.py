"""What a place lists now: fetched, if it changed, and read."""

from __future__ import annotations

import asyncio
import hashlib
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from briefings.errors import Unreadable
from briefings.fetch import Fetched, Fetcher
from briefings.polling.place import Place
from briefings.sources import lister
from briefings.sources.base import Defaults, Payload
from briefings.sources.listing import Listing
from briefings.sources.open import in_memory

# Kinds that are told by what the address serves: a site may change from one to the other without a word.
FEEDS = ("feed", "json-feed")


@dataclass(frozen=True, slots=True)
class Listed:
    """An answer of a place.

    Attributes:
        listing: what it lists; None where that is as it was.
        validators: columns of its row that tell this answer from the next, to be kept once all entries are in.
        fresh_for: how long nothing will change, by the server's or the place's own word.
        moved: where it is to be found from now on, by the server's word.
    """

    listing: Listing | None
    validators: dict[str, Any] = field(default_factory=dict)
    fresh_for: timedelta | None = None
    moved: str | None = None


async def look(place: Place, fetcher: Fetcher, reading: asyncio.Lock) -> Listed:
    """What the place at a web address lists now; `reading` is held while it is read. Raises InputError."""
    fetched = await fetcher.get(place.address, etag=place.etag, modified=place.modified)
    max_age = timedelta(seconds=fetched.max_age) if fetched.max_age else None
    if fetched.unchanged:
        return Listed(None, {"etag": fetched.etag, "modified": fetched.modified}, max_age, fetched.moved)
    digest = hashlib.sha256(fetched.body).hexdigest()
    validators = {"etag": fetched.etag, "modified": fetched.modified, "body_hash": digest}
    if digest == place.body_hash:
        return Listed(None, validators, max_age, fetched.moved)
    async with reading:
        listing = await asyncio.to_thread(read, place, fetched)
    known = [each for each in (max_age, listing.fresh_for) if each]
    return Listed(listing, validators, max(known, default=None), fetched.moved)


def read(place: Place, fetched: Fetched) -> Listing:
    """The listing in an answer. Raises Unreadable."""
    stream = in_memory(fetched.body)
    payload = Payload(stream, place.address, fetched.content_type, fetched.charset, len(fetched.body), fetched.url)
    kind = None if place.kind in FEEDS else place.kind
    try:
        found = lister(payload, kind)
    except Unreadable:
        # Not what it was: the feed's own reader says what it is instead, and which feeds it names.
        found = lister(payload, "feed") if kind is None and payload.head() else lister(payload, kind)
    return found.list(payload, Defaults(outlet=place.name), place.selector)
