"""HTML to plain paragraphs, and what a page says about itself in its head."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urljoin

from briefings.sources.normal import web_url

# A node of lxml's tree; lxml carries no types.
Node = Any

# fmt: off
_PARAGRAPHS = frozenset({
    "address", "article", "aside", "blockquote", "dd", "details", "div", "dl", "dt", "fieldset", "figcaption",
    "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "nav", "ol",
    "p", "pre", "section", "table", "tr", "ul"
})
_UNSEEN = frozenset({
    "script", "style", "template", "head", "title", "noscript", "iframe", "object", "svg", "math", "select",
    "button", "textarea"
})
# fmt: on
_SPACES = re.compile(r"[ \t\r\n\f]+")
_OTHER_SPACE = re.compile(r"[\t\r\n\f]")
# An element as it opens, with values in quotation marks; other quotation marks are nothing special, as for browsers.
_OPENING = re.compile(r"""<[A-Za-z](?>[^"'<>=]++|=\s*+"[^"]*+"|=\s*+'[^']*+'|["'=])*+""")
_QUOTED = re.compile(r"""=\s*+(?:"[^"]*"|'[^']*')""")
# Far more than any page has. Parsers take a time with the square of the attributes of one element, and the memory of a
# hundred bytes or more for each element.
MAX_ATTRIBUTES, MAX_TAGS = 2_000, 80_000
_TAG = re.compile(r"<[A-Za-z!/?]")
_FEED_TYPES = frozenset({"application/rss+xml", "application/atom+xml", "application/rdf+xml"})
MAX_ALTERNATES = 3


def overloaded(markup: str) -> bool:
    """Whether something is more than parsers can take: too many elements, or attributes of one. Takes linear time."""
    return markup.count("<") > MAX_TAGS or overloaded_tag(markup)


def overloaded_tag(markup: str) -> bool:
    """Whether an element of HTML or XML has more attributes than parsers can take. Takes linear time."""
    # An attribute takes two characters at least; what stands in quotation marks is none, however long.
    long = (found.group() for found in _OPENING.finditer(markup) if found.end() - found.start() > 2 * MAX_ATTRIBUTES)
    names = (_QUOTED.sub(" ", tag) for tag in long)
    return any(len(each.split()) + each.count("/") > MAX_ATTRIBUTES for each in names)


def parse(markup: str) -> Node | None:
    """The tree of an HTML page or fragment, or None where there is nothing in it, or more than can be read. Fetches
    nothing, runs nothing."""
    if overloaded(markup):
        return None
    from lxml import etree, html  # type: ignore[import-untyped]

    # lxml takes no text that holds what XML cannot, and no encoding declaration in what is decoded already.
    data = markup.encode("utf-8", "replace").replace(b"\0", b"")
    parser = html.HTMLParser(encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True)
    try:
        return etree.fromstring(data, parser)
    except (etree.LxmlError, ValueError):
        return None


def plain(markup: str) -> str:
    """The text that a reader of `markup` sees, with a blank line between paragraphs."""
    if not _TAG.search(markup):
        from html import unescape

        return unescape(markup)
    tree = parse(markup)
    return "" if tree is None else visible_text(tree)


def steps(tree: Node) -> Iterator[tuple[str, Node]]:
    """("start", node) and ("end", node) for every node in document order; no recursion, whatever the depth."""
    from lxml import etree

    yield from etree.iterwalk(tree, events=("start", "end"))


def visible_text(tree: Node) -> str:
    """The text of `tree` in document order, without scripts and the like, with a blank line between paragraphs."""
    parts: list[str] = []
    hidden = 0
    for step, node in steps(tree):
        name = node.tag if isinstance(node.tag, str) else ""
        text = node.text if step == "start" else node.tail
        if step == "start":
            parts.append("\n" if name == "br" else "")
            hidden += name in _UNSEEN
        else:
            parts.append(" " if name in ("td", "th") else "")
            hidden -= name in _UNSEEN
        if name in _PARAGRAPHS:
            parts.append("\n\n")
        if text and not hidden and (step == "start" or node is not tree):
            parts.append(_spaced(text))
    return "\n".join(_spaced(line).strip() for line in "".join(parts).split("\n"))


def _spaced(text: str) -> str:
    """`text` with one plain space wherever there are several, or others."""
    # The search is for what most texts do not have, and looking for it is far quicker than replacing.
    return _SPACES.sub(" ", text) if "  " in text or _OTHER_SPACE.search(text) else text


def feeds_named(tree: Node, base: str | None) -> list[str]:
    """Absolute addresses of the feeds which a page offers, at most `MAX_ALTERNATES`, in its order."""
    found: list[str] = []
    for link in tree.iter("link"):
        if "alternate" not in (link.get("rel") or "").lower().split():
            continue
        if (link.get("type") or "").strip().lower() not in _FEED_TYPES:
            continue
        address = absolute(link.get("href"), base)
        if address and address not in found:
            found.append(address)
        if len(found) == MAX_ALTERNATES:
            break
    return found


def absolute(link: str | None, base: str | None) -> str | None:
    """`link` as seen from `base`, when that makes an http(s) link."""
    if not link or not link.strip():
        return None
    try:
        return web_url(urljoin(base, link.strip()) if base else link)
    except ValueError:
        return None
