"""Where articles come from: the kinds of source, and which of them a payload is."""

from __future__ import annotations

from briefings.errors import Unreadable
from briefings.sources.base import Defaults, Payload, Refused, Source
from briefings.sources.feed import Feed
from briefings.sources.jsonl import Jsonl
from briefings.sources.page import Page
from briefings.sources.text import Text

__all__ = ["KINDS", "Defaults", "Payload", "Refused", "Source", "detect"]

# In order of recognition: what is told by its first bytes comes before what would also take them.
KINDS: tuple[Source, ...] = (Jsonl(), Feed(), Page(), Text())


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
