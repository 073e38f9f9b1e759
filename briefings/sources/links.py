"""A web page watched for links: the front page of a section that has no feed."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urlsplit

from briefings.addresses import folded, plain
from briefings.errors import Unreadable
from briefings.extract.vocabulary import vocabulary
from briefings.model import Draft, Precision
from briefings.sources import css, markup, normal, tree
from briefings.sources.base import Defaults, Payload, Refused
from briefings.sources.listing import Entry, Listing

# Front pages link to a hundred articles at most; what is beyond is an archive.
MAX_LINKS = 200
# A headline has this many words, or is this long where words are not written apart.
MIN_WORDS = 4
MIN_LETTERS = 12

_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_ITEMS = frozenset({"article", "li", "tr", "dd"})
# Lists of what is read most are left out with the asides: an article that climbs there is no news.
_BESIDE = frozenset({"nav", "footer", "aside", "dialog", "noscript", "template"})
_BESIDE_ROLES = vocabulary("navigation contentinfo menu menubar search banner complementary dialog")
_BESIDE_CLASSES = vocabulary(
    "nav navigation navbar menu submenu footer breadcrumb breadcrumbs pagination pager share sharing social cookie "
    "cookies consent login newsletter subscribe comments sponsored advert ads tags sidebar"
)
# "has-menu" and the like tell of the page around, not of what is in the element.
_ABOUT_ELSE = vocabulary("has with no without is not")
_WORDS = re.compile(r"[^\W_]+")
_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")

# Segments of paths under which sites keep lists, services and notes about themselves.
_NO_ARTICLE = vocabulary(
    "tag tags category categories kategorie categorie categoria author authors autor auteur search suche recherche "
    "login signin signup register account profile subscribe subscription abo newsletter newsletters about contact "
    "kontakt privacy datenschutz terms cookies imprint impressum help faq advertise advertising jobs careers rss feed "
    "feeds sitemap page archive archives archiv cart shop wp-login.php wp-admin share print comments"
)
_FILES = re.compile(
    r"\.(?:jpe?g|png|gif|webp|svg|avif|mp[34]|m4a|ogg|webm|avi|mov|zip|gz|pdf|docx?|xlsx?|pptx?|xml|rss|atom|json|"
    r"css|js|ico|apk|exe|dmg|ics|epub)$",
    re.IGNORECASE,
)
# Of an address's last part, so much is looked at: looking for words takes a time with the square of it.
_LAST = 200
_SLUG = re.compile(r"[^\W_]+(?:[-_+][^\W_]+){2,}")
_NUMBER = re.compile(r"\d{4,}|[?&](?:p|id|[ans]id|news_?id|article_?(?:id)?|story)=\d", re.IGNORECASE)
_ENDING = re.compile(r"\.(?:[sx]?html?|php|aspx?|jsp)$", re.IGNORECASE)


@dataclass(eq=False, slots=True)
class Item:
    """An element of a list of articles, an `<article>` or `<li>`: what it links to, and which dates stand in it."""

    keys: set[str] = field(default_factory=set)
    dates: set[tuple[datetime, Precision]] = field(default_factory=set)


@dataclass(eq=False, slots=True)
class Link:
    """A link of the page.

    Attributes:
        node: the `<a>`.
        key: where it leads, without fragment and tracking parameters.
        item: the innermost element of a list around it, if any.
        heading: whether it stands in a heading.
        beside: whether it stands in navigation, a footer and the like, by the elements around it.
        marked: the same by what their classes are called, or in the page's header, which is less sure.
        chosen: whether the selector matches it, something around it, or something in it.
        title: the first heading in it.
        dates: the dates in it.
    """

    node: markup.Node
    key: str
    item: Item | None
    heading: bool
    beside: bool
    marked: bool
    chosen: bool
    title: markup.Node | None = None
    dates: set[tuple[datetime, Precision]] = field(default_factory=set)
    _words: str | None = None

    @property
    def words(self) -> str:
        """Its text on one line: its heading where it has one, for cards link a summary along with it."""
        if self._words is None:
            told = self.node if self.title is None else self.title
            self._words = normal.one_line(markup.visible_text(told), normal.MAX_TITLE)
        return self._words

    @property
    def rank(self) -> tuple[bool, int]:
        """Which of several links to one article has its headline: one in or with a heading, else the longest."""
        return (bool(self.words) and (self.heading or self.title is not None), len(self.words))


class Links:
    """The links to articles on a page: those that a CSS selector names, or those that look like it.

    An entry is known by the address that it links to, and its fingerprint says no more than that: an edited headline
    on the front page is no edit of the article, and would have its page fetched again for nothing.
    """

    kind = "links"

    def recognises(self, payload: Payload) -> bool:
        """Never: any page has links. A page is watched for them only where somebody asks for this kind."""
        return False

    def list(self, payload: Payload, defaults: Defaults, selector: str | None = None) -> Listing:
        page = tree.opened(payload)
        selector = (selector or "").strip() or None
        matched = css.selected(page, selector, payload.name) if selector else set()
        base = tree.base_of(page, payload.url)
        found = list(_links(page, base, matched))
        chosen = [link for link in found if link.chosen] if selector else _articles(found, normal.web_url(payload.url))
        if not chosen:
            raise _nothing(payload.name, selector, bool(matched))
        title = tree.title_of(page)
        best: dict[str, Link] = {}
        dates: dict[str, set[tuple[datetime, Precision]]] = {}
        for link in chosen:
            if link.item is not None:
                link.item.keys.add(link.key)
            if link.key not in best or link.rank > best[link.key].rank:
                best[link.key] = link
        for link in chosen:
            dates.setdefault(link.key, set()).update(_dates(link))
        own = Defaults(outlet=defaults.outlet or title)
        made = [_entry(best[key], dates[key], own) for key in list(best)[:MAX_LINKS]]
        refused = [each for each in made if isinstance(each, Refused)]
        if len(best) > MAX_LINKS:
            reason = f"not read; {MAX_LINKS} links are the most that is taken at a time"
            refused.append(Refused(f"links {MAX_LINKS + 1} to {len(best)}", reason))
        return Listing(title, tuple(each for each in made if isinstance(each, Entry)), tuple(refused))


def _nothing(name: str, selector: str | None, matched: bool) -> Unreadable:
    if selector is None:
        return Unreadable(
            f"nothing on {name} looks like a link to an article; give a CSS selector of the links meant, such as "
            f"{css.EXAMPLE!r}"
        )
    what = "matches something, but no link to a web page" if matched else "matches nothing"
    return Unreadable(f"{selector[:60]!r} {what} on {name}; the page may have been rebuilt: look at it, and change it")


def _links(page: markup.Node, base: str | None, matched: set[markup.Node]) -> Iterator[Link]:
    """The links of the page that lead anywhere on the web, each when it ends, with what stands around and in it."""
    around = _Around()
    for step, node in markup.steps(page):
        name = node.tag if isinstance(node.tag, str) else ""
        if step == "start":
            around.enter(node, name, node in matched)
            if name == "a" and (key := tree.link_to(node.get("href"), base)):
                around.open(node, plain(key))
        else:
            link = around.link
            around.leave(node, name, node in matched)
            if link is not None and link.node is node:
                yield link


class _Around:
    """What stands around the node that a walk over a page has come to."""

    def __init__(self) -> None:
        self.link: Link | None = None
        self._items: list[Item] = []
        self._beside = self._marked = self._headings = self._matched = 0

    def enter(self, node: markup.Node, name: str, matched: bool) -> None:
        """Notes a node that begins."""
        self._beside += _is_beside(node, name)
        self._marked += _is_marked(node, name)
        self._headings += name in _HEADINGS
        self._matched += matched
        if name in _ITEMS:
            self._items.append(Item())
        if self.link is not None:
            self.link.chosen = self.link.chosen or matched
            if name in _HEADINGS and self.link.title is None:
                self.link.title = node
        dated = _date(node) if name == "time" else None
        if dated is not None:
            for place in (self._items[-1:] or []) if self.link is None else [self.link]:
                place.dates.add(dated)

    def open(self, node: markup.Node, key: str) -> None:
        """Notes a link that begins."""
        item = self._items[-1] if self._items else None
        self.link = Link(node, key, item, self._headings > 0, self._beside > 0, self._marked > 0, self._matched > 0)

    def leave(self, node: markup.Node, name: str, matched: bool) -> None:
        """Notes a node that ends."""
        if self.link is not None and self.link.node is node:
            self.link = None
        self._beside -= _is_beside(node, name)
        self._marked -= _is_marked(node, name)
        self._headings -= name in _HEADINGS
        self._matched -= matched
        if name in _ITEMS:
            self._items.pop()


def _is_beside(node: markup.Node, name: str) -> bool:
    return name in _BESIDE or (node.get("role") or "").strip().lower() in _BESIDE_ROLES


def _is_marked(node: markup.Node, name: str) -> bool:
    if name in ("html", "body", "main", "article", "a", ""):
        return False
    # A header of the page itself; that of an article holds its headline.
    if name == "header" and next(node.iterancestors(*_ITEMS, "main", "section"), None) is None:
        return True
    for label in f"{node.get('class') or ''} {node.get('id') or ''}".lower().split():
        words = [word for word in re.split(r"[-_]+", label) if word]
        if words and words[0] not in _ABOUT_ELSE and (words[0] in _BESIDE_CLASSES or words[-1] in _BESIDE_CLASSES):
            return True
    return False


def _date(node: markup.Node) -> tuple[datetime, Precision] | None:
    try:
        return normal.parse_date(node.get("datetime") or "")
    except ValueError:
        return None


def _articles(found: list[Link], here: str | None) -> list[Link]:
    """The links that look like links to articles of this site."""
    likely = [link for link in found if not link.beside and _is_article(link, here)]
    # Some sites call all they have "content-sidebar"; a class is no more than a hint.
    return [link for link in likely if not link.marked] or likely


def _is_article(link: Link, here: str | None) -> bool:
    words = len(_WORDS.findall(link.words))
    if words < MIN_WORDS and len(_UNSPACED.findall(link.words)) < MIN_LETTERS:
        return False
    parts = urlsplit(link.key)
    if here is not None and (not _same_site(link.key, here) or folded(link.key) == folded(here)):
        return False
    segments = [segment for segment in parts.path.split("/") if segment]
    if not (segments or parts.query) or any(segment.lower() in _NO_ARTICLE for segment in segments):
        return False
    last = segments[-1] if segments else ""
    if _FILES.search(last):
        return False
    named = _SLUG.search(last[:_LAST]) or _ENDING.search(last) or _NUMBER.search(f"{parts.path}?{parts.query}")
    return bool(named) or link.heading or link.title is not None


def _same_site(url: str, here: str) -> bool:
    ours, theirs = _site(here), _site(url)
    return ours == theirs or ours.endswith("." + theirs) or theirs.endswith("." + ours)


def _site(url: str) -> str:
    return (urlsplit(url).hostname or "").lower().removeprefix("www.").removeprefix("m.")


def _dates(link: Link) -> set[tuple[datetime, Precision]]:
    """The dates in the link, else those in the element of a list that holds it and no other article."""
    if link.dates or link.item is None or len(link.item.keys) != 1:
        return link.dates
    return link.item.dates


def _entry(link: Link, dates: set[tuple[datetime, Precision]], defaults: Defaults) -> Entry | Refused:
    published, precision = next(iter(dates)) if len(dates) == 1 else (None, Precision.MINUTE)
    title = link.words or normal.one_line(link.node.get("aria-label") or link.node.get("title"), normal.MAX_TITLE)
    raw = normal.Raw(text="", title=title, published=published, precision=precision, url=link.key)
    made = normal.draft(raw, defaults, link.key, listed=True)
    if not isinstance(made, Draft):
        return made
    return Entry(link.key, made, False, hashlib.sha256(link.key.encode("utf-8", "replace")).hexdigest())
