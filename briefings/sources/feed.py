"""RSS, Atom and RDF feeds: an article an entry, with the text that the feed itself carries."""

from __future__ import annotations

import calendar
import io
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from briefings.errors import Unreadable
from briefings.model import Draft, Precision
from briefings.sources import charset, markup, normal, xml_safety
from briefings.sources.base import Defaults, Payload, Refused
from briefings.sources.entries import Told, listing
from briefings.sources.listing import Listing

MAX_BYTES = 20_000_000
_TYPES = frozenset(
    {"application/rss+xml", "application/atom+xml", "application/rdf+xml", "application/x-rss+xml", "text/rss+xml"}
)
_NAMES = (".rss", ".atom", ".rdf")
_ROOT = re.compile(r"<(?:\w{1,20}:)?(rss|feed|RDF|channel)[\s>/]", re.IGNORECASE)
_PAGE_ROOT = re.compile(r"<!doctype\s+html|<(?:html|head|body)[\s>]", re.IGNORECASE)
_TIME_OF_DAY = re.compile(r"\d[T:]\d", re.IGNORECASE)
_ELEMENT = re.compile(r"<\w")
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_HTML = frozenset({"text/html", "application/xhtml+xml"})
_SNIFF = 16_384
_DIGITS = re.compile(r"\s*([0-9]{1,6})\s*")
_PERIODS = {
    "hourly": timedelta(hours=1),
    "daily": timedelta(days=1),
    "weekly": timedelta(weeks=1),
    "monthly": timedelta(days=30),
}
# A feed that says it will not change for longer than that is mistaken, or finished and does not know it.
MAX_FRESH = timedelta(days=31)


class Feed:
    """Entries in the feed's own order, refused one by one where text, date or outlet are missing."""

    kind = "feed"

    def recognises(self, payload: Payload) -> bool:
        # Wide characters leave zeros between the tags.
        head = _COMMENT.sub("", charset.ascii_part(payload.head()).replace("\0", ""))
        if _page_first(head):
            return False
        if payload.content_type in _TYPES or payload.address.lower().endswith(_NAMES):
            return True
        return head.lstrip().startswith("<") and _feed_first(head)

    def read(self, payload: Payload, defaults: Defaults) -> Iterator[Draft | Refused]:
        found = parsed(payload)
        title = line(found["feed"], "title")
        for each in told(found, payload.url):
            raw = replace(each.raw, outlet=defaults.outlet or each.raw.outlet or title)
            yield normal.draft(raw, defaults, each.where)

    def list(self, payload: Payload, defaults: Defaults, selector: str | None = None) -> Listing:
        found = parsed(payload)
        feed = found["feed"]
        told_of = told(found, payload.url)
        return listing(line(feed, "title"), told_of, defaults, _fresh_for(feed), (payload.url,))


def parsed(payload: Payload) -> Any:
    """The feed as feedparser gives it, its links not yet seen from the feed's own address.

    Raises:
        Unreadable: no feed; where it is a page, the message names the feeds that the page offers.
    """
    import feedparser

    body = payload.stream.read(MAX_BYTES + 1)
    if len(body) > MAX_BYTES:
        raise Unreadable(f"{payload.name} is larger than {MAX_BYTES:,} bytes, too large for a feed")
    text = xml_safety.decoded(body, payload.charset)
    _refuse_page(text, payload)
    source = xml_safety.document(text, payload.name).encode("utf-8")
    if markup.overloaded_tag(text):
        raise Unreadable(f"{payload.name} has an element with too many attributes; ask for a plain feed")
    xml_safety.weigh(source, payload.name)
    # A stream, because feedparser takes a bare string for an address or a file name and opens it.
    found = feedparser.parse(
        io.BytesIO(source),
        # No address, or a guid such as "123" would be joined to it and change when the feed moves.
        response_headers={"content-type": "application/xml; charset=utf-8"},
        # All markup is turned into text below; cleaning it first would be lost work.
        sanitize_html=False,
        resolve_relative_uris=False,
    )
    if not found.get("version") and not found["entries"] and not _feed_first(source[:_SNIFF].decode("utf-8", "ignore")):
        raise Unreadable(f"{payload.name} is not a feed: no RSS, Atom or RDF in it")
    return found


def told(found: Any, base: str | None) -> Iterator[Told]:
    """What the feed tells of each entry, in its order; takes the entries out of `found`.

    Args:
        found: what `parsed` gave.
        base: the feed's own address, from which its links are seen.
    """
    language, entries = found["feed"].get("language"), found["entries"]
    # Popping lets an entry go as soon as it is a draft.
    entries.reverse()
    number = 0
    while entries:
        number += 1
        entry = entries.pop()
        yield Told(
            raw=_raw(entry, language, base),
            where=f"entry {number}",
            content=any(part.get("value") for part in entry.get("content") or []),
            # `in` first: feedparser warns when "updated" is asked for and missing.
            updated=(entry["updated"] or "") if "updated" in entry else "",
        )


def _feed_first(text: str) -> bool:
    """Whether the first element of `text` is the root of a feed, whatever document type stands before it."""
    first, root = _ELEMENT.search(text), _ROOT.search(text)
    return bool(first and root and first.start() == root.start())


def _page_first(text: str) -> bool:
    page, root = _PAGE_ROOT.search(text), _ROOT.search(text)
    return page is not None and (root is None or page.start() < root.start()) and not _feed_first(text)


def _refuse_page(text: str, payload: Payload) -> None:
    if not _page_first(_COMMENT.sub("", text[:_SNIFF])):
        return
    tree = markup.parse(text)
    named = markup.feeds_named(tree, payload.url) if tree is not None else []
    listed = " ".join(each[:300] for each in named)
    hint = f"; it names {'these feeds' if len(named) > 1 else 'this feed'}: {listed}" if named else ""
    raise Unreadable(f"{payload.name} serves a web page, not a feed{hint}")


def _raw(entry: Any, language: str | None, base: str | None) -> normal.Raw:
    published, precision = _published(entry)
    text, said_in = _text(entry)
    return normal.Raw(
        text=text,
        title=line(entry, "title"),
        outlet=_publisher(entry),
        published=published,
        precision=precision,
        url=_link(entry, base),
        byline=_byline(entry),
        language=said_in or language,
        external_id=entry.get("id"),
    )


def _link(entry: Any, base: str | None) -> str | None:
    """The article's own address: what a feed proxy says it was, else the link, else a guid that is an address."""
    original = normal.web_url(entry.get("feedburner_origlink"))
    if original:
        return original
    links = entry.get("links") or []
    pages = [each.get("href") for each in links if each.get("rel") == "alternate" and each.get("type") in _HTML]
    page = next((href for href in pages if href), None)
    if page:
        return markup.absolute(page, base)
    link = entry.get("link")
    if any(each.get("href") == link for each in links if each.get("rel") != "alternate"):
        return None
    # A guid that is no address must not be joined to the feed's own.
    return markup.absolute(link, None if entry.get("guidislink") else base)


def line(of: Any, name: str) -> str | None:
    """The feed's or entry's `name` as plain text, not yet cleaned."""
    value = of.get(name)
    if not isinstance(value, str):
        return None
    kind = (of.get(f"{name}_detail") or {}).get("type")
    return markup.plain(value) if kind in _HTML else value


def _text(entry: Any) -> tuple[str, str | None]:
    """The fullest text that the entry carries (content, else summary), and its language where that is said."""
    texts = [part for part in entry.get("content") or [] if part.get("value")]
    detail = entry.get("summary_detail")
    if not texts and detail and detail.get("value"):
        texts = [detail]
    best: tuple[str, str | None] = ("", None)
    for part in texts:
        value = part["value"]
        text = markup.plain(value) if part.get("type") != "text/plain" else value
        if len(text) > len(best[0]):
            best = (text, part.get("language"))
    return best


def _publisher(entry: Any) -> str | None:
    """The outlet that the entry itself names, as collected feeds do."""
    source = entry.get("source")
    return (line(source, "title") if source else None) or line(entry, "publisher")


def _byline(entry: Any) -> str | None:
    names = [author.get("name") for author in entry.get("authors") or [] if author]
    shown = [name for name in names if name and "@" not in name]
    return ", ".join(shown) or None


def _published(entry: Any) -> tuple[datetime | None, Precision]:
    """When the entry says it was published, else updated, else made; feedparser gives all three in UTC."""
    for name in ("published", "updated", "created"):
        # `in` first: feedparser warns when "updated" is asked for and missing.
        if name not in entry or f"{name}_parsed" not in entry or entry[f"{name}_parsed"] is None:
            continue
        try:
            instant = datetime.fromtimestamp(calendar.timegm(entry[f"{name}_parsed"]), UTC)
        except (ValueError, OverflowError, OSError):
            continue
        if _TIME_OF_DAY.search(entry[name]):
            return instant, Precision.MINUTE
        return normal.at_noon(instant.date()), Precision.DAY
    return None, Precision.MINUTE


def _fresh_for(feed: Any) -> timedelta | None:
    """How long the feed says that it will not change: RSS `ttl` in minutes, else RSS 1.0's syndication module."""
    minutes = _number(feed.get("ttl"))
    if minutes:
        stated = timedelta(minutes=minutes)
    else:
        period = _PERIODS.get(str(feed.get("sy_updateperiod", "")).strip().lower())
        if period is None:
            return None
        stated = period / (_number(feed.get("sy_updatefrequency")) or 1)
    return stated if stated <= MAX_FRESH else None


def _number(value: Any) -> int | None:
    """A positive whole number of few enough digits to be meant."""
    found = _DIGITS.fullmatch(str(value))
    return int(found[1]) or None if found else None
