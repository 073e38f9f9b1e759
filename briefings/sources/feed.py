"""RSS, Atom and RDF feeds: an article an entry, with the text that the feed itself carries."""

from __future__ import annotations

import calendar
import io
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from briefings.errors import Unreadable
from briefings.model import Draft, Precision
from briefings.sources import charset, markup, normal
from briefings.sources.base import Defaults, Payload, Refused

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
# Before the root element: comments, instructions and a document type, whose inner part stands in brackets.
_PROLOG = re.compile(r"[\s>]*(<!--|<\?|<!doctype)", re.IGNORECASE)
_CLOSING = {"<!--": "-->", "<?": "?>", "<!doctype": ">"}
_SUBSET = re.compile(r"[^\[>]*\[")
_ROOT_ELEMENT = re.compile(r"[\s>]*(<\w)")
_HTML = frozenset({"text/html", "application/xhtml+xml"})
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_SNIFF = 16_384
# Well-formed feeds are parsed in a time that grows with their size. Others go through a forgiving parser, whose time
# grows faster, so those have to be small.
MAX_ELEMENTS = 100_000
MAX_DEPTH = 100
MAX_MALFORMED = 500_000


class Feed:
    """Entries in the feed's own order, refused one by one where text, date or outlet are missing."""

    kind = "feed"

    def recognises(self, payload: Payload) -> bool:
        head = _COMMENT.sub("", charset.ascii_part(payload.head()))
        root, page = _ROOT.search(head), _PAGE_ROOT.search(head)
        if page and (not root or page.start() < root.start()):
            return False
        if payload.content_type in _TYPES or payload.address.lower().endswith(_NAMES):
            return True
        first = _ELEMENT.search(head)
        return head.lstrip().startswith("<") and bool(root and first and root.start() == first.start())

    def read(self, payload: Payload, defaults: Defaults) -> Iterator[Draft | Refused]:
        parsed = _parse(payload)
        feed = parsed["feed"]
        title, language = _line(feed, "title"), feed.get("language")
        entries = parsed["entries"]
        # Popping lets an entry go as soon as it is a draft.
        entries.reverse()
        number = 0
        while entries:
            number += 1
            entry = entries.pop()
            raw = _raw(entry, defaults.outlet or _publisher(entry) or title, language, payload.url)
            yield normal.draft(raw, defaults, f"entry {number}")


def _parse(payload: Payload) -> Any:
    """The feed as feedparser gives it.

    Raises:
        Unreadable: no feed; where it is a page, the message names the feeds that the page offers.
    """
    import feedparser

    body = payload.stream.read(MAX_BYTES + 1)
    if len(body) > MAX_BYTES:
        raise Unreadable(f"{payload.name} is larger than {MAX_BYTES:,} bytes, too large for a feed")
    text = charset.decode(body, payload.charset)
    _refuse_page(text, payload)
    source = _document(text, payload.name).encode("utf-8")
    _weigh(source, payload.name)
    # A stream, because feedparser takes a bare string for an address or a file name and opens it.
    parsed = feedparser.parse(
        io.BytesIO(source),
        response_headers={
            "content-type": "application/xml; charset=utf-8",
            "content-location": normal.web_url(payload.url) or "",
        },
        # All markup is turned into text below; cleaning it first would be lost work.
        sanitize_html=False,
        resolve_relative_uris=False,
    )
    if not parsed.get("version") and not parsed["entries"]:
        raise Unreadable(f"{payload.name} is not a feed: no RSS, Atom or RDF in it")
    return parsed


def _refuse_page(text: str, payload: Payload) -> None:
    page = _PAGE_ROOT.search(text[:_SNIFF])
    root = _ROOT.search(text[:_SNIFF])
    if page is None or (root is not None and root.start() < page.start()):
        return
    tree = markup.parse(text)
    named = markup.feeds_named(tree, payload.url) if tree is not None else []
    hint = f"; it names {'these feeds' if len(named) > 1 else 'this feed'}: {' '.join(named)}" if named else ""
    raise Unreadable(f"{payload.name} serves a web page, not a feed{hint}")


def _document(text: str, name: str) -> str:
    """The feed from its root element on, without prolog.

    A document type has no use here, and its entities may nest into gigabytes, so it does not reach the parser.

    Raises:
        Unreadable: there is no root element, or the prolog declares entities.
    """
    text = _NOT_XML.sub("", text)
    position = 0
    while opening := _PROLOG.match(text, position):
        closing = _CLOSING[opening[1].lower()]
        if closing == ">" and _SUBSET.match(text, opening.end()):
            closing = "]"
        end = text.find(closing, opening.end())
        if end < 0:
            break
        if "<!entity" in text[opening.end() : end].lower():
            raise Unreadable(f"{name} declares XML entities of its own, which are not read, for safety")
        position = end + len(closing)
    start = _ROOT_ELEMENT.match(text, position)
    if start is None:
        raise Unreadable(f"{name} is not a feed: no RSS, Atom or RDF in it")
    return text[start.start(1) :]


def _weigh(source: bytes, name: str) -> None:
    """Parses the feed once without keeping anything, to see what it would cost.

    Raises:
        Unreadable: too many elements, too deep, or broken and large.
    """
    from xml.parsers import expat

    depth = count = 0

    def start(_name: str, _attributes: dict[str, str]) -> None:
        nonlocal depth, count
        depth += 1
        count += 1
        if depth > MAX_DEPTH or count > MAX_ELEMENTS:
            raise Unreadable(
                f"{name} has more elements than any feed needs, or nests them too deep; ask for a plain feed"
            )

    def end(_name: str) -> None:
        nonlocal depth
        depth -= 1

    parser = expat.ParserCreate("utf-8")
    parser.StartElementHandler, parser.EndElementHandler = start, end
    try:
        parser.Parse(source, True)
    except expat.ExpatError as error:
        if len(source) > MAX_MALFORMED:
            raise Unreadable(f"{name} is not well-formed XML at line {error.lineno}; ask for a repaired feed") from None


def _raw(entry: Any, outlet: str | None, language: str | None, base: str | None) -> normal.Raw:
    published, precision = _published(entry)
    text, said_in = _text(entry)
    return normal.Raw(
        text=text,
        title=_line(entry, "title"),
        outlet=outlet,
        published=published,
        precision=precision,
        url=markup.absolute(entry.get("link"), base),
        byline=_byline(entry),
        language=said_in or language,
        external_id=entry.get("id"),
    )


def _line(of: Any, name: str) -> str | None:
    """The feed's or entry's `name` as a line of plain text."""
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
    return (_line(source, "title") if source else None) or _line(entry, "publisher")


def _byline(entry: Any) -> str | None:
    names = [author.get("name") for author in entry.get("authors") or [] if author]
    shown = [name for name in names if name and "@" not in name]
    return ", ".join(shown) or None


def _published(entry: Any) -> tuple[datetime | None, Precision]:
    """When the entry says it was published, else updated; feedparser gives both in UTC."""
    for name in ("published", "updated"):
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
