"""A web page as a tree that is safe to walk: bounded in size, depth and elements, whatever its bytes are."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urljoin

from briefings.errors import Unreadable
from briefings.sources import charset, markup, normal
from briefings.sources.base import Payload

MAX_BYTES = 5_000_000
# Front pages have some thousand elements, some dozen deep.
MAX_DEPTH = 200
MAX_ELEMENTS = 50_000
_FEED_SCHEME = re.compile(r"feed:(?://)?(?=https?:)", re.IGNORECASE)
_FEED_HOST = re.compile(r"feed://", re.IGNORECASE)
# libxml2 passes on what XML cannot hold, and who gets it next gives up.
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def opened(payload: Payload) -> markup.Node:
    """The tree of the page in `payload`.

    Raises:
        Unreadable: it is no web page, or larger than any that is made for readers.
    """
    from briefings.sources.page import Page

    name = payload.name
    if not Page().recognises(payload):
        raise Unreadable(f"{name} is not a web page; give the address of one")
    body = payload.stream.read(MAX_BYTES + 1)
    if len(body) > MAX_BYTES:
        raise Unreadable(f"{name} is larger than {MAX_BYTES:,} bytes, too large for a page")
    tree = markup.parse(_NOT_XML.sub("", charset.decode(body, payload.charset)))
    if tree is None:
        raise Unreadable(f"{name} has nothing in it")
    depth = 0
    for count, (step, _) in enumerate(markup.steps(tree)):
        depth += 1 if step == "start" else -1
        if depth > MAX_DEPTH or count >= 2 * MAX_ELEMENTS:
            raise Unreadable(f"{name} has more elements than any page for readers, or nests them too deep")
    return tree


def base_of(tree: markup.Node, url: str | None) -> str | None:
    """The address from which the page's links are seen: its `<base>`, else its own."""
    own = normal.web_url(url)
    for base in tree.iter("base"):
        if base.get("href"):
            return markup.absolute(base.get("href"), own) or own
    return own


def link_to(href: str | None, base: str | None) -> str | None:
    """Where a link leads, absolute and without its fragment, when that is on the web and not within the page itself."""
    href = (href or "").strip()
    if not href or href.startswith("#"):
        return None
    try:
        joined = urljoin(base or "", href)
    except ValueError:
        return None
    return normal.web_url(joined.partition("#")[0])


def web_scheme(address: str) -> str:
    """`feed://…` and `feed:https://…`, which open a feed reader, as the web addresses that they stand for."""
    return _FEED_HOST.sub("http://", _FEED_SCHEME.sub("", address, count=1), count=1)


def title_of(tree: markup.Node) -> str | None:
    """What the page's site calls itself, else the page's own title.

    The name of the site goes first: it becomes the outlet of what is found there, where nobody gives a better one.
    """
    for meta in tree.iter("meta"):
        if (meta.get("property") or meta.get("name") or "").strip().lower() == "og:site_name":
            name = normal.one_line(meta.get("content"), normal.MAX_TITLE)
            if name:
                return name
    for title in tree.iter("title"):
        return normal.one_line("".join(title.itertext()), normal.MAX_TITLE) or None
    return None


def has_class(node: markup.Node, name: str) -> bool:
    """Whether `name` is one of the node's classes."""
    return name in (node.get("class") or "").split()


def of_class(node: markup.Node, name: str) -> Iterator[markup.Node]:
    """The nodes at and under `node` of a class, in document order."""
    return (each for each in node.iter() if isinstance(each.tag, str) and has_class(each, name))


def outermost(node: markup.Node, name: str) -> Iterator[markup.Node]:
    """The nodes at and under `node` of a class, in document order, without those that stand in another of them."""
    inside: markup.Node | None = None
    for step, each in markup.steps(node):
        if step == "end":
            inside = None if each is inside else inside
        elif inside is None and isinstance(each.tag, str) and has_class(each, name):
            inside = each
            yield each
