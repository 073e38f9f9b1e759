"""One article as a web page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from briefings.errors import Unreadable
from briefings.model import Draft, Precision
from briefings.sources import charset, markup, normal
from briefings.sources.base import Defaults, Payload, Refused

MAX_BYTES = 5_000_000
# Less than this is a notice ("enable JavaScript", "page not found"), not an article.
MIN_TEXT = 80
# Long articles have some thousand elements, thirty deep; the time that extraction takes grows with both.
MAX_DEPTH = 200
MAX_ELEMENTS = 50_000
_TYPES = frozenset({"text/html", "application/xhtml+xml"})
_NAMES = (".html", ".htm", ".xhtml")
_HEAD = re.compile(
    r"\s*(?:<\?xml[^>]*\?>\s*)?<(!doctype\s+html|(?:html|head|body|title|meta|article|div|p|h1)[\s>])", re.I
)
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_PUBLISHED = (
    ".//meta[@property='article:published_time']/@content",
    ".//meta[@itemprop='datePublished']/@content",
    ".//meta[@name='date' or @name='pubdate' or @name='parsely-pub-date' or @name='dc.date.issued']/@content",
    ".//time[@itemprop='datePublished' or @pubdate]/@datetime",
)
_JSON_LD = ".//script[@type='application/ld+json']/text()"
_DATE_PUBLISHED = re.compile(r'"datePublished"\s*:\s*"([^"]{8,40})"')


class Page:
    """The main text of the page, with what the page says of its title, author, date, site and address."""

    kind = "page"

    def recognises(self, payload: Payload) -> bool:
        if payload.content_type in _TYPES or payload.address.lower().endswith(_NAMES):
            return True
        return _HEAD.match(_COMMENT.sub("", charset.ascii_part(payload.head()))) is not None

    def read(self, payload: Payload, defaults: Defaults) -> Iterator[Draft | Refused]:
        body = payload.stream.read(MAX_BYTES + 1)
        if len(body) > MAX_BYTES:
            raise Unreadable(f"{payload.name} is larger than {MAX_BYTES:,} bytes, too large for a page")
        tree = markup.parse(charset.decode(body, payload.charset))
        if tree is None or not _walkable(tree):
            raise _no_article(payload)
        here = normal.web_url(payload.url) or normal.web_url(defaults.url)
        dated = _published(tree)
        language = tree.get("lang")
        found = _extract(tree, here)
        text = found.text if found is not None and found.text else ""
        if len(text) < MIN_TEXT:
            raise _no_article(payload)
        if dated is None and found.date:
            dated = normal.parse_date(found.date)
        headline, _, rest = text.partition("\n")
        if found.title and headline.strip() == found.title.strip() and rest.strip():
            text = rest
        # Where a page does not name its site, trafilatura puts the host; what the giver says comes before that.
        site = found.sitename if found.sitename != normal.host_of(normal.web_url(found.url)) else None
        yield normal.draft(
            normal.Raw(
                # One line a paragraph is how trafilatura writes; here a blank line parts paragraphs.
                text=text.replace("\n", "\n\n"),
                title=found.title,
                outlet=site,
                published=dated[0] if dated else None,
                precision=dated[1] if dated else Precision.MINUTE,
                url=canonical(found.url, here),
                byline=found.author,
                language=found.language or language,
            ),
            defaults,
        )


def _no_article(payload: Payload) -> Unreadable:
    return Unreadable(f"{payload.name} has no article in it that can be read; give the address of one article")


def _walkable(tree: markup.Node) -> bool:
    """Whether the page is built like an article, not like something to exhaust whoever walks it."""
    depth = 0
    for count, (step, _) in enumerate(markup.steps(tree)):
        depth += 1 if step == "start" else -1
        if depth > MAX_DEPTH or count >= 2 * MAX_ELEMENTS:
            return False
    return True


def _extract(tree: markup.Node, url: str | None) -> Any:
    """What trafilatura makes of the page, or None."""
    from trafilatura import bare_extraction

    try:
        return bare_extraction(
            tree,
            url=url,
            with_metadata=True,
            include_comments=False,
            include_tables=False,
            # Without it, a year in a footer or in the running text would pass for the date of publication.
            date_extraction_params={"original_date": True, "extensive_search": False},
        )
    except Exception:
        # The library raises what its parts raise; a page that trips it up is a page without an article.
        return None


def _published(tree: Any) -> tuple[datetime, Precision] | None:
    """The instant of publication that the page declares; trafilatura would keep only its day."""
    declared = [value for path in _PUBLISHED for value in tree.xpath(path)]
    for script in tree.xpath(_JSON_LD):
        declared += _DATE_PUBLISHED.findall(script)
    for value in declared:
        try:
            return normal.parse_date(value)
        except ValueError:
            continue
    return None


def canonical(claimed: str | None, here: str | None) -> str | None:
    """The address that a page calls its own, if the host it came from may say so, else where it came from.

    An article is known by its canonical address: a page must not pass for one of another outlet.
    """
    claimed = normal.web_url(claimed)
    if claimed is None or here is None:
        return here or claimed
    ours, theirs = _site(here), _site(claimed)
    related = ours == theirs or ours.endswith("." + theirs) or theirs.endswith("." + ours)
    return claimed if related and "." in theirs else here


def _site(url: str) -> str:
    host = (urlsplit(url).hostname or "").lower()
    for prefix in ("www.", "m.", "amp.", "mobile."):
        host = host.removeprefix(prefix)
    return host
