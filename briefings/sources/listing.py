"""The contract of places that are polled: what a place lists now, entry by entry.

A lister reads a payload and does no I/O beyond it, as a `Source` does. To add a kind of place, add a module with a
class that fulfils `Lister` and list it in `briefings.sources.LISTERS`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from briefings.model import Draft
from briefings.sources.base import Defaults, Payload, Refused


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that a place lists.

    Attributes:
        key: what the place itself knows it by: an id, else its address; the same from poll to poll.
        draft: what the listing tells of it. Its `text` is empty where the place only names it, its `published` None
            where the place gives no date.
        whole: whether `draft.text` is all there is, so that its page need not be fetched.
        fingerprint: changes when the entry does (a hash, 64 characters at most).
        foreign: whether it links to another site than the place's own, whose article the place's words are not.
        gathered: whether, beyond that, the place lists articles of several sites, so that its name is no outlet's.
    """

    key: str
    draft: Draft
    whole: bool
    fingerprint: str
    foreign: bool = False
    gathered: bool = False


@dataclass(frozen=True, slots=True)
class Listing:
    """What a place lists, in its own order.

    Attributes:
        title: what the place calls itself, if it does.
        entries: each key once.
        refused: what could not be read of it, each with a reason.
        fresh_for: how long the place says that it will not change, if it does.
    """

    title: str | None
    entries: tuple[Entry, ...]
    refused: tuple[Refused, ...] = ()
    fresh_for: timedelta | None = None


class Lister(Protocol):
    """One kind of place.

    Attributes:
        kind: its name in the store and in `/sources`: "feed", "json-feed", "links", "telegram".
    """

    @property
    def kind(self) -> str: ...

    def recognises(self, payload: Payload) -> bool:
        """Whether `payload` is such a place, judged by its address, declared type and head alone."""
        ...

    def list(self, payload: Payload, defaults: Defaults, selector: str | None = None) -> Listing:
        """Reads what the place lists.

        Args:
            payload: what was fetched.
            defaults: what the desk knows of the place. An outlet given here comes after one that an entry names for
                itself, and before the place's own title.
            selector: a CSS selector of the links meant, where the kind takes one.

        Raises:
            Unreadable: it is no such place; the message says what it is instead, and what to do.
        """
        ...
