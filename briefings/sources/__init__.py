"""Where articles come from: the kinds of source, and which of them a payload is."""

from __future__ import annotations

from briefings.errors import Unreadable
from briefings.sources.base import Defaults, Payload, Refused, Source
from briefings.sources.feed import Feed
from briefings.sources.json_feed import JsonFeed
from briefings.sources.jsonl import Jsonl
from briefings.sources.links import Links
from briefings.sources.listing import Entry, Lister, Listing
from briefings.sources.page import Page
from briefings.sources.telegram import Telegram
from briefings.sources.text import Text

__all__ = [
    "KINDS",
    "LISTERS",
    "Defaults",
    "Entry",
    "Lister",
    "Listing",
    "Payload",
    "Refused",
    "Source",
    "detect",
    "lister",
]

# In order of recognition: what is told by its first bytes comes before what would also take them.
KINDS: tuple[Source, ...] = (JsonFeed(), Jsonl(), Feed(), Page(), Text())

# What can be polled, in order of recognition as well.
LISTERS: tuple[Lister, ...] = (
    Telegram(),
    JsonFeed(),
    Feed(),
    Links(),
)


def detect(payload: Payload, kind: str | None = None) -> Source:
    """The kind of source that `payload` is, or the one named `kind` without looking further.

    Raises:
        Unreadable: it is empty, or of no kind; or there is no kind of that name.
    """
    names = ", ".join(source.kind for source in KINDS)
    named = next((source for source in KINDS if source.kind == kind), None)
    if kind is not None and named is None:
        raise Unreadable(f"there is no kind of source called {kind!r}; the kinds are {names}")
    if not payload.head():
        raise Unreadable(f"{payload.name} is empty; give something with an article in it")
    if named is not None:
        return named
    for source in KINDS:
        if source.recognises(payload):
            return source
    raise Unreadable(f"{payload.name} is not text, HTML, JSONL or a feed; the kinds are {names}")


def lister(payload: Payload, kind: str | None = None) -> Lister:
    """The kind of place that `payload` is, or the one named `kind` without looking further.

    Raises:
        Unreadable: it is empty, or lists nothing in a way that is known; or there is no kind of place of that name.
    """
    names = ", ".join(each.kind for each in LISTERS)
    named = next((each for each in LISTERS if each.kind == kind), None)
    if kind is not None and named is None:
        raise Unreadable(f"there is no kind of place called {kind!r}; the kinds are {names}")
    if not payload.head():
        raise Unreadable(f"{payload.name} is empty; give the address of a feed")
    if named is not None:
        return named
    for each in LISTERS:
        if each.recognises(payload):
            return each
    raise Unreadable(f"{payload.name} lists no articles that can be followed; the kinds of place are {names}")
