"""What a page says of itself, in its head and in its linked data: date, outlet, language, address.

Pages say the same thing several times, and not always truly. What is said in so many words about the article goes
before what is said about the page, and both before what a library finds by searching the text. Names of the fields are
from ogp.me, schema.org, dublincore.org and the vocabulary that analytics services ask of publishers.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

from briefings.model import Precision
from briefings.sources import markup, normal
from briefings.sources.page_names import ADDRESS_LIKE

Dated = tuple[datetime, Precision]

# Whatever the zone (UTC-12 to UTC+14), a day lies within this of its noon in UTC.
ONE_DAY = timedelta(hours=26)

_PUBLISHED = (
    "article:published_time",
    "og:article:published_time",
    "og:published_time",
    "datepublished",
    "article:published",
    "article.published",
    "parsely-pub-date",
    "sailthru.date",
    "publish-date",
    "publish_date",
    "publishdate",
    "publication_date",
    "pubdate",
    "date",
    "dc.date.issued",
    "dcterms.issued",
    "dcterms.date",
    "dc.date",
)
_TIMES = ".//time[@itemprop='datePublished' or @pubdate]/@datetime"
_DATE_PUBLISHED = re.compile(r'"datePublished"\s*:\s*"([^"]{8,40})"')
_DATE_MODIFIED = re.compile(r'("(?:dateModified|uploadDate|dateUpdated|modified)"\s*:\s*")[^"]*"')
_REVISED = re.compile(r"modif|last-?mod|updated|lastdate|utime|moddate|revised|copyrightyear")
_FIRST_TIME = re.compile(r"publi|created|entry-date|pubdate")
_MIDNIGHT = re.compile(r"(\d{4}-\d{2}-\d{2})[T ]00:00(?::00(?:\.0+)?)?\s*(?:Z|[+-]\d{2}:?\d{2})?", re.IGNORECASE)
_SPACED_ZONE = re.compile(r"(?<=\d)\s+(?=[+-]\d{2}:?\d{2}$|Z$)")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

# Language, script and region of BCP 47; what follows (and "formal", as WordPress has it) changes no reading.
_LANGUAGE = re.compile(r"([a-z]{2,3}(?:[-_][a-z]{4}(?![a-z]))?(?:[-_](?:[a-z]{2}|\d{3})(?![a-z\d]))?)(?:[-_].*)?", re.I)
_NO_LANGUAGE = frozenset({"und", "zxx", "mul", "mis"})

_OPENING = re.compile(r"(?:<!--|//|/\*|\*/|<!\[CDATA\[|\s)*")
_TRAILING_COMMA = re.compile(r",\s*(?=[}\]])")
_ARTICLES = ("article", "blogposting", "report")
_PAGES = ("webpage", "itempage")
_SITES = ("website", "newsmediaorganization")
_NO_OUTLET = re.compile(r"[{}]|©|\(c\)|copyright", re.IGNORECASE)
MAX_OUTLET = 80
MAX_DATA = 500
MAX_SCRIPT = 500_000


@dataclass(frozen=True, slots=True)
class Facts:
    """What a page declares; None where it does not.

    Attributes:
        published: the instant of first publication, with the zone that the page gives.
        outlet: the name of the site, or of the publisher.
        language: a language tag, as the page spells it.
        address: the absolute address that it calls its own; nobody has checked yet whether it may.
    """

    published: Dated | None
    outlet: str | None
    language: str | None
    address: str | None


def declared(tree: markup.Node, here: str | None) -> Facts:
    """Reads the head and the linked data of the page that came from `here`."""
    metas = _metas(tree)
    data, broken = _linked_data(tree)
    return Facts(
        _published(tree, metas, data, broken),
        next((name for name in _outlets(metas, data) if name), None),
        _language(tree, metas, data),
        _address(tree, metas, here),
    )


def _metas(tree: markup.Node) -> dict[str, list[str]]:
    """The contents of the page's `meta` elements by their key in lower case."""
    found: dict[str, list[str]] = {}
    for meta in tree.iter("meta"):
        key = _key(meta)
        content = (meta.get("content") or meta.get("datetime") or "").strip()
        if key and content:
            found.setdefault(key, []).append(content)
    return found


def _key(meta: markup.Node) -> str:
    keys = (meta.get(name) for name in ("property", "name", "itemprop", "http-equiv"))
    return next((key.strip().lower() for key in keys if key), "")


def _linked_data(tree: markup.Node) -> tuple[list[dict[str, Any]], list[str]]:
    """The objects of the page's JSON-LD, and the scripts that are no JSON."""
    objects: list[dict[str, Any]] = []
    broken: list[str] = []
    for script in tree.iter("script"):
        if "ld+json" not in (script.get("type") or "").lower():
            continue
        text = script.text or ""
        value = _lenient(text) if len(text) <= MAX_SCRIPT else None
        if value is None:
            broken.append(text[:MAX_SCRIPT])
        objects += _objects(value)
    return objects[:MAX_DATA], broken


def _lenient(text: str) -> Any:
    """JSON, also between comment marks, with commas too many, or with something after it; None if it is none."""
    text = text[_OPENING.match(text).end() :]  # type: ignore[union-attr]
    for attempt in (text, _TRAILING_COMMA.sub("", text)):
        try:
            return json.JSONDecoder(strict=False).raw_decode(attempt)[0]
        except (ValueError, RecursionError):
            continue
    return None


def _objects(value: Any) -> Iterator[dict[str, Any]]:
    """The objects that stand for the page or its main matter, in their order; not those that these refer to."""
    waiting = [value]
    for _ in range(MAX_DATA):
        if not waiting:
            return
        item = waiting.pop()
        if isinstance(item, list):
            waiting += reversed(item[:MAX_DATA])
        elif isinstance(item, dict):
            yield item
            waiting += [item[name] for name in ("mainEntity", "mainEntityOfPage", "@graph") if name in item]


def _of_type(data: Iterable[dict[str, Any]], endings: tuple[str, ...]) -> Iterator[dict[str, Any]]:
    for item in data:
        types = item.get("@type")
        named = types if isinstance(types, list) else [types]
        if any(isinstance(name, str) and name.lower().endswith(endings) for name in named):
            yield item


def _published(
    tree: markup.Node, metas: dict[str, list[str]], data: list[dict[str, Any]], broken: list[str]
) -> Dated | None:
    """The first date that the page gives; where that is a day, an exact instant of that day given elsewhere."""
    said = [value for key in _PUBLISHED for value in metas.get(key, ())]
    said += [str(item.get("datePublished") or "") for item in _of_type(data, _ARTICLES)]
    said += tree.xpath(_TIMES)
    said += [str(item.get("datePublished") or "") for item in _of_type(data, _PAGES)]
    said += [value for script in broken for value in _DATE_PUBLISHED.findall(script)]
    dates = [dated for dated in map(date_of, said) if dated is not None]
    if not dates:
        return None
    exact = (dated for dated in dates if dated[1] is not Precision.DAY)
    return next((dated for dated in exact if abs(dated[0] - dates[0][0]) <= ONE_DAY), dates[0])


def date_of(text: str) -> Dated | None:
    """Reads a date in ISO 8601 or RFC 5322; None where it is neither, or what systems write for want of a date.

    Midnight to the second is what systems make of a day without a time, and is read as that day.
    """
    text = _SPACED_ZONE.sub("", text.strip()[:60])
    midnight = _MIDNIGHT.fullmatch(text)
    try:
        dated = normal.parse_date(midnight[1] if midnight else text)
    except ValueError:
        try:
            dated = parsedate_to_datetime(text), Precision.MINUTE
        except (ValueError, OverflowError):
            return None
    try:
        instant = dated[0].astimezone(UTC)
    except OverflowError:
        return None
    return None if instant < normal.EARLIEST or instant.date() == _EPOCH.date() else dated


def _outlets(metas: dict[str, list[str]], data: list[dict[str, Any]]) -> Iterator[str | None]:
    yield from map(_outlet_name, metas.get("og:site_name", ()))
    names = {item["@id"]: item.get("name") for item in data if isinstance(item.get("@id"), str)}
    for item in _of_type(data, _ARTICLES):
        publisher = item.get("publisher")
        publisher = publisher[0] if isinstance(publisher, list) and publisher else publisher
        if isinstance(publisher, dict):
            reference = publisher.get("@id")
            publisher = publisher.get("name") or (names.get(reference) if isinstance(reference, str) else None)
        yield _outlet_name(publisher)
    yield from (_outlet_name(item.get("name")) for item in _of_type(data, _SITES))
    for key in ("application-name", "publisher", "dc.publisher", "article:publisher"):
        yield from map(_outlet_name, metas.get(key, ()))


def _outlet_name(said: object) -> str | None:
    """`said` where it may be the name of an outlet: no link, no handle, no notice of copyright, no blank form."""
    name = " ".join(said[: 2 * MAX_OUTLET].split()) if isinstance(said, str) else ""
    fits = len(name) <= MAX_OUTLET and any(character.isalpha() for character in name)
    return name if fits and not ADDRESS_LIKE.search(name) and not _NO_OUTLET.search(name) else None


def _language(tree: markup.Node, metas: dict[str, list[str]], data: list[dict[str, Any]]) -> str | None:
    said = [tree.get("lang"), tree.get("xml:lang")]
    said += [value for key in ("content-language", "og:locale", "dc.language") for value in metas.get(key, ())]
    said += [item["inLanguage"] for item in _of_type(data, _ARTICLES) if isinstance(item.get("inLanguage"), str)]
    for value in said:
        tag = re.split(r"[,;.\s]", (value or "").strip(), maxsplit=1)[0]
        found = _LANGUAGE.fullmatch(tag)
        if found and found[1].lower() not in _NO_LANGUAGE:
            return found[1].replace("_", "-")
    return None


def _address(tree: markup.Node, metas: dict[str, list[str]], here: str | None) -> str | None:
    links = (link.get("href") for link in tree.iter("link") if "canonical" in (link.get("rel") or "").lower().split())
    said = [*links, *metas.get("og:url", ())]
    return next((address for value in said if (address := markup.absolute(value, here))), None)


def drop_revisions(tree: markup.Node) -> None:
    """Empties what says when the page was changed, so that nobody takes it for the date of publication.

    So go scripts, but for linked data: the time in them is, as often as not, that of the visit.
    """
    for node in list(tree.iter("meta", "time", "span", "abbr", "script")):
        if node.tag == "script":
            if "json" in (node.get("type") or "").lower():
                node.text = _DATE_MODIFIED.sub(r'\1"', node.text or "")
            else:
                node.clear(keep_tail=True)
        elif _revised(node):
            node.clear(keep_tail=True)


def _revised(node: markup.Node) -> bool:
    if node.tag == "meta":
        return _REVISED.search(_key(node)) is not None
    said = f"{node.get('itemprop') or ''} {node.get('class') or '' if node.tag == 'time' else ''}".lower()
    return _REVISED.search(said) is not None and _FIRST_TIME.search(said) is None
