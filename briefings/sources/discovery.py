"""From a site's address to what can be polled: its feed, where it has one."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit, urlunsplit

from briefings.errors import FetchError, Unreadable
from briefings.fetch import Fetched, Fetcher
from briefings.guard import shown
from briefings.sources import LISTERS, markup, normal, tree
from briefings.sources.base import Defaults, Payload
from briefings.sources.listing import Lister, Listing
from briefings.sources.open import in_memory
from briefings.sources.page import Page
from briefings.sources.telegram import Telegram, channel_url

# Requests in all, redirects aside: a site is looked at, not searched.
MAX_REQUESTS = 8
MAX_NAMED = 20
# Of the feeds that a page names, so many are tried: most name one that is gone, none names a dozen of those.
_TRIED = 3
# Where publishing systems keep their feeds when nobody tells them otherwise, the most frequent first.
_USUAL = ("/feed", "/rss", "/rss.xml", "/feed.xml", "/atom.xml", "/index.xml", "/feeds/posts/default")
_TYPES = frozenset(
    {
        "application/rss+xml",
        "application/atom+xml",
        "application/rdf+xml",
        "application/feed+json",
        "application/x-rss+xml",
    }
)
# Said of feeds, and of much else; then the address has to say so.
_PERHAPS = frozenset({"application/json", "application/xml", "text/xml"})
_FEED_LIKE = re.compile(r"feed|rss|atom", re.IGNORECASE)
# In the titles of feeds, in the languages that most sites are in.
_COMMENTS = re.compile(
    r"com+ent[aáioá]|comments|kom+ent|reacti(?:e|ons)|reakcj|σχόλι|hozzászól|комм?ент|yorum|コメント|评论|評論|댓글|تعليق",
    re.IGNORECASE,
)
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
# A host with its port, which looks like a scheme.
_PORT = re.compile(r"[^/:?]+:\d+(?:[/?]|$)")
# What a host answers when it is not the address that is wrong.
_BUSY = frozenset({429, 503})


@dataclass(frozen=True, slots=True)
class Found:
    """What can be polled.

    Attributes:
        kind: the name of its lister.
        address: of what is to be polled; with the credentials that were given, for the host they were given for.
        title: what it calls itself, else what the site does, if they do.
        others: further feeds that the site names, the likeliest first; not looked at.
    """

    kind: str
    address: str
    title: str | None
    others: tuple[str, ...] = ()


async def discover(address: str, fetcher: Fetcher) -> Found:
    """Finds what can be polled at an address: a Telegram channel or a feed is itself; of a web page, the feed.

    Feeds that the page names come first: of its own site, of the section that is asked for, no comments. Then the usual
    addresses are tried. A channel is not looked at. Where the address names no scheme, https is tried, then http.

    Raises:
        FetchError: the network said no.
        Unreadable: there is no feed; the message says what can be done instead.
    """
    preview = _channel(address)
    if preview is not None:
        return Found(Telegram.kind, preview, None)
    address, fetched, requests = await _first(tree.web_scheme(address.strip()).partition("#")[0], fetcher)
    preview = _channel(fetched.url)
    if preview is not None:
        return Found(Telegram.kind, preview, None)
    if lister := _lister(address, fetched):
        listing = await asyncio.to_thread(_read, lister, address, fetched)
        return Found(lister.kind, address, listing.title)
    page = await asyncio.to_thread(_page, address, fetched)
    tries = dict.fromkeys(page.named[:_TRIED], False)
    for each in _usual(fetched.url):
        tries.setdefault(each, True)
    for candidate, guessed in list(tries.items())[: MAX_REQUESTS - requests]:
        found = await _try(_with_credentials(candidate, address), guessed, fetcher)
        if found is not None:
            others = tuple(each for each in page.named if each != candidate)
            return Found(found.kind, found.address, found.title or page.title, others)
    named = "the feeds that it names cannot be read" if page.named else "it names no feed"
    raise Unreadable(
        f"{shown(address)} is a web page: {named}, and there is none at the usual addresses; its links can be followed "
        'instead: add it with kind:links, or with links:"h2 a" for those that a CSS selector names'
    )


def _channel(address: str) -> str | None:
    """The preview of the channel that an address means, if it means one.

    Raises:
        Unreadable: it is an address at Telegram, but of nothing that the public can read.
    """
    preview = channel_url(address)
    if preview is not None:
        return preview
    address = address.strip()
    host = re.split(r"[/?#]", address.partition("://")[2] or address, maxsplit=1)[0]
    if address.startswith("@"):
        what = f"@{shown(address)}"
    # Whether a host is Telegram's is for its own module to know: there, a name that could be one is a channel's.
    elif channel_url(f"https://{host}/a_name") == channel_url("@a_name"):
        what = f"{host}/…"  # who has an invitation can join
    else:
        return None
    raise Unreadable(
        f"{what} is no public channel of Telegram; give @NAME or t.me/NAME (groups, invitations and private channels "
        "show nothing to the public)"
    )


async def _first(given: str, fetcher: Fetcher) -> tuple[str, Fetched, int]:
    """The address with its scheme, the answer there, and how many requests that took.

    Raises:
        FetchError: neither https nor http leads anywhere.
    """
    if _SCHEME.match(given) and not _PORT.match(given):
        return given, await fetcher.get(given), 1
    rest = given.lstrip("/")
    address, plain = f"https://{rest}", f"http://{rest}"
    try:
        return address, await fetcher.get(address), 1
    except FetchError as error:
        # A host that answers has spoken; and a password goes over no open line unless somebody says so.
        if error.status is not None or "@" in re.split(r"[/?#]", rest, maxsplit=1)[0]:
            raise
        secure = error
    try:
        return plain, await fetcher.get(plain), 2
    except FetchError as error:
        raise (error if error.status is not None else secure) from None


@dataclass(frozen=True, slots=True)
class _Page:
    """What a page says: the name of its site, and the addresses of feeds, the likeliest first."""

    title: str | None
    named: tuple[str, ...]


def _payload(address: str, fetched: Fetched) -> Payload:
    stream = in_memory(fetched.body)
    return Payload(stream, address, fetched.content_type, fetched.charset, len(fetched.body), fetched.url)


def _lister(address: str, fetched: Fetched) -> Lister | None:
    """What the answer is, judged by its beginning, if it can be polled as it is."""
    payload = _payload(address, fetched)
    if not payload.head():
        return None
    return next((each for each in LISTERS if each.recognises(payload)), None)


def _read(lister: Lister, address: str, fetched: Fetched) -> Listing:
    return lister.list(_payload(address, fetched), Defaults())


def _page(address: str, fetched: Fetched) -> _Page:
    """Raises Unreadable where the answer is no page."""
    payload = _payload(address, fetched)
    if not Page().recognises(payload):
        raise Unreadable(f"{payload.name} is neither a feed nor a web page; give the address of a site or of its feed")
    page = tree.opened(payload)
    links = list(_named(page, tree.base_of(page, fetched.url)))
    return _Page(tree.title_of(page), tuple(_ranked(links, fetched.url)))


def _named(page: markup.Node, base: str | None) -> Iterator[tuple[str, str]]:
    """The address and the title of each feed that the page names."""
    for link in page.iter("link"):
        said = (link.get("type") or "").partition(";")[0].strip().lower()
        href = link.get("href") or ""
        if "alternate" not in (link.get("rel") or "").lower().split():
            continue
        # WordPress names each page's own data as an alternate of type JSON.
        if said not in _TYPES and (said not in _PERHAPS or "/wp-json/" in href or not _FEED_LIKE.search(href)):
            continue
        address = tree.link_to(tree.web_scheme(href.strip()), base)
        if address:
            yield address, link.get("title") or ""


def _ranked(links: list[tuple[str, str]], here: str) -> list[str]:
    """The feeds without those of comments, the likeliest first."""
    comments = {address for address, title in links if _COMMENTS.search(title) or "/comments/" in address}
    wanted = list(dict.fromkeys(address for address, _ in links if address not in comments))[:MAX_NAMED]
    host, section = normal.host_of(here), urlsplit(here).path.rstrip("/")

    def rank(address: str) -> tuple[bool, bool, int]:
        path = urlsplit(address).path
        within = bool(section) and path.startswith(f"{section}/")
        return normal.host_of(address) != host, not within, path.strip("/").count("/")

    return sorted(wanted, key=rank)


def _usual(here: str) -> list[str]:
    """The usual addresses of feeds: one within the section that is asked for, then those of the site."""
    section = urlsplit(here).path.rstrip("/")
    within = [urljoin(here, f"{section}/feed")] if section and "." not in section.rpartition("/")[2] else []
    return [*within, *(urljoin(here, path) for path in _USUAL)]


def _with_credentials(candidate: str, given: str) -> str:
    """`candidate` with the name and password of the given address, where it is on the same server."""
    there, ours = urlsplit(candidate), urlsplit(given)
    credentials, at, server = ours.netloc.rpartition("@")
    if not at or (there.scheme, there.netloc.lower()) != (ours.scheme.lower(), server.lower()):
        return candidate
    return urlunsplit(there._replace(netloc=f"{credentials}@{there.netloc}"))


async def _try(address: str, guessed: bool, fetcher: Fetcher) -> Found | None:
    """The feed at an address, if there is one; a guess has to list something. Raises FetchError where nobody knows."""
    try:
        fetched = await fetcher.get(address)
    except FetchError as error:
        # A site that cannot be reached now has not said that there is no feed.
        if guessed and (error.status is None or error.status in _BUSY):
            raise
        return None
    lister = _lister(address, fetched)
    if lister is None:
        return None
    try:
        listing = await asyncio.to_thread(_read, lister, address, fetched)
    except Unreadable:
        return None
    if guessed and not listing.entries:
        return None
    moved = fetched.moved if "@" not in urlsplit(address).netloc else None
    return Found(lister.kind, moved or address, listing.title)
