"""JSON Feed, versions 1.0 and 1.1 (jsonfeed.org/version/1.1): an article an item."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

from briefings.errors import Unreadable
from briefings.model import Draft, Precision
from briefings.sources import markup, normal
from briefings.sources.base import Defaults, Payload, Refused
from briefings.sources.entries import Told, listing
from briefings.sources.jsonl import JSON_FEED
from briefings.sources.listing import Listing

MAX_BYTES = 10_000_000
# A small object takes 7 bytes to write and 240 to hold, so what could be one is counted before it is held.
MAX_VALUES = 500_000
_TYPES = frozenset({"application/feed+json"})
_STRINGS = (
    "url",
    "external_url",
    "title",
    "content_html",
    "content_text",
    "summary",
    "date_published",
    "date_modified",
)
# A feed with a character cut in two here and there is still UTF-8.
_FORGIVEN = 0.001


class JsonFeed:
    """Items in the feed's own order, refused one by one where something in them is of the wrong type or missing."""

    kind = "json-feed"

    def recognises(self, payload: Payload) -> bool:
        return payload.content_type in _TYPES or bool(JSON_FEED.search(payload.head().replace(b"\0", b"")))

    def read(self, payload: Payload, defaults: Defaults) -> Iterator[Draft | Refused]:
        feed = _parsed(payload)
        title = _string(feed, "title")
        for each in _told(feed, payload.url):
            if isinstance(each, Refused):
                yield each
                continue
            raw = replace(each.raw, outlet=defaults.outlet or title)
            yield normal.draft(raw, defaults, each.where)

    def list(self, payload: Payload, defaults: Defaults, selector: str | None = None) -> Listing:
        feed = _parsed(payload)
        return listing(_string(feed, "title"), _told(feed, payload.url), defaults, homes=(payload.url,))


class _Twice(dict[str, Any]):
    """An object that gives a name twice, so that nobody knows which value is meant."""


class _NoNumber:
    """`NaN` and the infinities, which are no JSON: of no type that any field has."""


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    return made if len(made) == len(pairs) else _Twice(made)


def _parsed(payload: Payload) -> dict[str, Any]:
    """The feed's object, with a list of items in it.

    Raises:
        Unreadable: it is no JSON Feed, or one made to do harm.
    """
    name = payload.name
    body = payload.stream.read(MAX_BYTES + 1)
    if len(body) > MAX_BYTES:
        raise Unreadable(f"{name} is larger than {MAX_BYTES:,} bytes, too large for a feed")
    text = _decoded(body, name)
    if sum(text.count(sign) for sign in "[{,") > MAX_VALUES:
        raise Unreadable(f"{name} has more values than any feed needs; ask for a plain feed")
    try:
        feed: Any = json.loads(text, object_pairs_hook=_object, parse_constant=lambda _: _NoNumber())
    except json.JSONDecodeError as error:
        # Some of its messages end in "at" themselves.
        what = error.msg.removesuffix(" at")
        raise Unreadable(f"{name} is not JSON: {what} at line {error.lineno}; ask for a repaired feed") from None
    except RecursionError:
        raise Unreadable(f"{name} is nested deeper than any feed; ask for a plain feed") from None
    except ValueError:  # a number of more digits than Python reads
        raise Unreadable(f"{name} is not a feed: a number in it is too long") from None
    if not isinstance(feed, dict) or not _is_version(feed.get("version")):
        raise Unreadable(f'{name} is not a JSON Feed: no "version" that begins with https://jsonfeed.org/version/')
    if isinstance(feed, _Twice):
        raise Unreadable(f"{name} gives a name twice in its feed object; ask for a repaired feed")
    if not isinstance(feed.get("items"), list):
        raise Unreadable(f'{name} is not a JSON Feed: no list of "items"')
    return feed


def _decoded(body: bytes, name: str) -> str:
    """JSON as text: UTF-8, or UTF-16 or 32 by its zeros, whatever the server says (RFC 8259, section 11)."""
    encoding = json.detect_encoding(body)
    text = body.decode(encoding, "replace")
    wrong = text.count("\ufffd")
    if wrong > len(text) * _FORGIVEN:
        try:
            body.decode(encoding)
        except UnicodeDecodeError as error:
            raise Unreadable(f"{name} is not UTF-8 at byte {error.start}, as JSON has to be") from None
    return text


def _is_version(value: Any) -> bool:
    return isinstance(value, str) and bool(JSON_FEED.match(b'"version":"' + value.encode("utf-8", "replace")))


def _told(feed: dict[str, Any], base: str | None) -> Iterator[Told | Refused]:
    """What the feed tells of each item, in its order; takes the items out of `feed`."""
    items = feed["items"]
    items.reverse()
    number = 0
    while items:
        number += 1
        where = f"item {number}"
        try:
            yield _item(items.pop(), feed, base, where)
        except ValueError as error:
            yield Refused(where, str(error))


def _item(item: Any, feed: dict[str, Any], base: str | None, where: str) -> Told:
    """One item.

    Raises:
        ValueError: it is none; the message says why and is for people.
    """
    if not isinstance(item, dict):
        raise ValueError("not an item: it has to be an object")
    if isinstance(item, _Twice):
        raise ValueError("it gives a name twice")
    wrong = next((name for name in _STRINGS if not isinstance(item.get(name), str | None)), None)
    if wrong:
        raise ValueError(f'"{wrong}" must be a string')
    texts = [item.get("content_text") or "", markup.plain(item.get("content_html") or "")]
    content = max(texts, key=len)
    published, precision = _published(item)
    link = markup.absolute(item.get("url"), base) or markup.absolute(item.get("external_url"), base)
    return Told(
        raw=normal.Raw(
            text=content if content.strip() else item.get("summary") or "",
            title=item.get("title"),
            published=published,
            precision=precision,
            url=link,
            byline=_byline(item) or _byline(feed),
            language=_string(item, "language") or _string(feed, "language"),
            external_id=_id(item.get("id")),
        ),
        where=where,
        content=bool(content.strip()),
        updated=item.get("date_modified") or "",
    )


def _id(value: Any) -> str | None:
    """The id as a string: the format has readers take numbers too.

    Raises:
        ValueError: it is neither.
    """
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise ValueError('"id" must be a string')
    return str(value)


def _string(of: dict[str, Any], name: str) -> str | None:
    value = of.get(name)
    return value if isinstance(value, str) else None


def _byline(of: dict[str, Any]) -> str | None:
    """The names of its authors: a list in version 1.1, one `author` in 1.0."""
    authors = of.get("authors")
    found = [each for each in (*(authors if isinstance(authors, list) else ()), of.get("author"))]
    names = [_string(each, "name") for each in found if isinstance(each, dict)]
    return ", ".join(dict.fromkeys(name for name in names if name and "@" not in name)) or None


def _published(item: dict[str, Any]) -> tuple[datetime | None, Precision]:
    """When the item says it was published, else modified."""
    for name in ("date_published", "date_modified"):
        try:
            return normal.parse_date((item.get(name) or "").upper())
        except ValueError:
            continue
    return None, Precision.MINUTE
