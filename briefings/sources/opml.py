"""Lists of feeds as OPML 2.0 (opml.org/spec2.opml), by which readers exchange them.

What other readers write is often not quite XML: ampersands that are not escaped, entities of HTML, names in other
capitals. All of that is read. What only this program knows, kinds that are no feeds and selectors of links, stands in
attributes of a namespace of its own, which other readers pass over.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

from briefings.addresses import located
from briefings.errors import Unreadable
from briefings.guard import shown
from briefings.sources import LISTERS, markup, normal, tree, xml_safety

NAMESPACE = "urn:onrecord:places"
_OWN = f"{{{NAMESPACE}}}"
MAX_BYTES = 5_000_000
# Thousands of feeds with all that readers note of them; not a file made to fill the memory.
MAX_ELEMENTS = 100_000
MAX_DEPTH = 30
# Other readers note a dozen or two of a feed; listing them takes a time with the square of their number.
MAX_ATTRIBUTES = 200
MAX_SELECTOR = 500
# Kinds that other readers take for feeds, too. What is of another kind they are told to be a plain link.
_FEEDS = frozenset({"feed", "json-feed"})
# Of outlines that keep the address in `url`.
_FEED_TYPES = frozenset({"rss", "atom", "rdf", "feed", "json", "jsonfeed"})
# Of FreshRSS (its docs/en/developers/OPML.md): pages that it takes apart by rules of its own, in `xmlUrl` all the same.
_TAKEN_APART = re.compile(r"(?:html|xml|json)\+")
_AMPERSAND = re.compile(r"&(?:([A-Za-z][A-Za-z0-9]{1,31});|(#[0-9]{1,7};|#[xX][0-9A-Fa-f]{1,6};)?)")
_XML_ENTITIES = frozenset({"amp", "lt", "gt", "quot", "apos"})
_OPML = re.compile(r"<(?:\w{1,20}:)?opml[\s>/]", re.IGNORECASE)
_ENTITY = re.compile(r"<!entity", re.IGNORECASE)
# The characters of names and passwords in addresses (RFC 3986, section 3.2.1).
_CREDENTIALS = re.compile(r"[A-Za-z0-9._~!$&'()*+,;=:%-]*")


@dataclass(frozen=True, slots=True)
class Outline:
    """A place in a list.

    Attributes:
        title: what it is called; may be empty.
        address: of the feed, or of what else is polled; may hold credentials.
        site: of the web site that it belongs to.
        kind: the name of its lister, where it is not an ordinary feed.
        selector: a CSS selector of the links meant.
        category: the folders that it is in, from the outermost on.
    """

    title: str
    address: str
    site: str | None = None
    kind: str | None = None
    selector: str | None = None
    category: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Outlines:
    """What a file lists: each place once, and a line on each that cannot be polled."""

    outlines: tuple[Outline, ...]
    refused: tuple[str, ...] = ()


def read(data: bytes) -> Outlines:
    """Reads an OPML file, in its order. Of places that it lists twice the first is taken.

    Raises:
        Unreadable: it is no OPML, too large, or made to do harm.
    """
    root = _parsed(data)
    outlines: dict[str, Outline] = {}
    refused: list[str] = []
    for attributes, own, category in _places(root):
        made = _outline(attributes, own, category)
        if isinstance(made, str):
            refused.append(made)
        elif made is not None:
            outlines.setdefault(located(made.address), made)
    return Outlines(tuple(outlines.values()), tuple(refused))


def write(outlines: Iterable[Outline], title: str, now: datetime, *, secrets: bool = False) -> bytes:
    """The places as an OPML file in UTF-8, in folders by their categories.

    Args:
        outlines: the places, in the order in which they shall stand.
        title: of the list.
        now: when it is made; aware.
        secrets: whether names and passwords in addresses are written; without them those places have to be given them
            anew where the file is read.
    """
    from lxml import etree  # type: ignore[import-untyped]

    root = etree.Element("opml", {"version": "2.0"}, nsmap={"onrecord": NAMESPACE})
    head = etree.SubElement(root, "head")
    etree.SubElement(head, "title").text = normal.one_line(title, normal.MAX_TITLE)
    etree.SubElement(head, "dateCreated").text = format_datetime(now.astimezone(UTC), usegmt=True)
    folders: dict[tuple[str, ...], Any] = {(): etree.SubElement(root, "body")}
    for outline in outlines:
        folder = _folder(outline.category, folders)
        etree.SubElement(folder, "outline", _attributes(outline, secrets=secrets))
    written: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)
    return written


def _parsed(data: bytes) -> Any:
    from lxml import etree

    name = "the OPML file"
    broken = Unreadable(f"{name} is broken; export the feeds from the other reader again")
    if len(data) > MAX_BYTES:
        raise Unreadable(f"{name} is larger than {MAX_BYTES:,} bytes, too large for a list of feeds")
    text = xml_safety.decoded(data)
    if not _OPML.search(text):
        raise Unreadable(f"{name} is no OPML: there is no <opml> in it; export the feeds from the other reader again")
    if _ENTITY.search(text):
        raise Unreadable(f"{name} declares XML entities of its own, which are not read, for safety")
    if text.count("<") > 2 * MAX_ELEMENTS:
        raise Unreadable(f"{name} has more elements than any list of feeds")
    try:
        source = xml_safety.document(text[text.find("<") :], name)
    except Unreadable:
        raise broken from None
    parser = etree.XMLParser(
        encoding="utf-8",
        recover=True,
        no_network=True,
        load_dtd=False,
        resolve_entities=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(_AMPERSAND.sub(_escaped, source).encode("utf-8"), parser)
    except (etree.LxmlError, ValueError):
        root = None
    if root is None:
        raise broken
    return root


def _escaped(found: re.Match[str]) -> str:
    """An ampersand as XML wants it: entities of HTML as their characters, all that is none escaped."""
    from html.entities import html5

    name, number = found[1], found[2]
    if number or name in _XML_ENTITIES:
        return found[0]
    if name and f"{name};" in html5:
        return "".join(f"&#{ord(character)};" for character in html5[f"{name};"])
    return "&amp;" + found[0][1:]


def _places(root: Any) -> Iterator[tuple[dict[str, str], dict[str, str], tuple[str, ...]]]:
    """The attributes, by their names in small letters, and our own, of each outline that is no folder; and its
    folders."""
    # Each with whether it is commented out: such an outline is as good as not there, by the specification, and so is
    # what is in it.
    around: list[tuple[str, bool]] = []
    depth = 0
    for step, node in markup.steps(root):
        depth += 1 if step == "start" else -1
        if depth > MAX_DEPTH:
            raise Unreadable(f"the OPML file has folders in folders more than {MAX_DEPTH} deep; export it again")
        if not isinstance(node.tag, str) or node.tag.rpartition("}")[2].lower() != "outline":
            continue
        if step == "end":
            around.pop()
            continue
        if len(node.attrib) > MAX_ATTRIBUTES:
            raise Unreadable(
                f"the OPML file has an outline with more than {MAX_ATTRIBUTES} attributes; export it again"
            )
        attributes = {name.lower(): value for name, value in node.attrib.items() if not name.startswith("{")}
        own = {name.rpartition("}")[2]: value for name, value in node.attrib.items() if name.startswith(_OWN)}
        hidden = attributes.get("iscomment", "").strip().lower() == "true" or any(hides for _, hides in around)
        if not hidden:
            yield attributes, own, tuple(folder for folder, _ in around if folder)
        around.append((_title(attributes), hidden))


def _title(attributes: dict[str, str]) -> str:
    return normal.one_line(attributes.get("text") or attributes.get("title"), normal.MAX_TITLE)


def _outline(attributes: dict[str, str], own: dict[str, str], category: tuple[str, ...]) -> Outline | str | None:
    """A place; why it is none that can be polled; None where it does not try to be one."""
    said = attributes.get("type", "").strip().lower()
    given = attributes.get("xmlurl") or ""
    if not given.strip() and (own or said in _FEED_TYPES):
        given = attributes.get("url") or ""
    given = given.strip()
    if not given:
        return None
    title = _title(attributes)
    address = _address(given)
    if address is None:
        called = f"“{title}”: " if title else ""
        return f"{called}{shown(given)} is no web address that can be polled"
    kind = own.get("kind")
    if kind is None and _TAKEN_APART.match(said):
        return (
            f"“{title or shown(address)}” is no feed, but something that another reader makes one of ({said[:40]}); "
            "add its page with kind:links"
        )
    if kind is not None and all(kind != each.kind for each in LISTERS):
        return f"“{title or shown(address)}” is of the kind {kind[:40]!r}, which this version does not know; update it"
    return Outline(
        title,
        address,
        _address(attributes.get("htmlurl") or ""),
        kind,
        normal.one_line(own.get("selector"), MAX_SELECTOR) or None,
        category or _named_category(attributes.get("category") or ""),
    )


def _named_category(said: str) -> tuple[str, ...]:
    """The first of the categories in an attribute, "/World/Europe,/Wires", for lists without folders."""
    steps = (normal.one_line(step, normal.MAX_TITLE) for step in said.partition(",")[0].split("/")[:MAX_DEPTH])
    return tuple(step for step in steps if step)


def _address(given: str) -> str | None:
    """`given` when it is an address on the web, perhaps with credentials; without fragment, as it is polled."""
    address = tree.web_scheme(given.strip()).partition("#")[0]
    bare, credentials = _parted(address)
    return address if normal.web_url(bare) and _CREDENTIALS.fullmatch(credentials) else None


def _parted(address: str) -> tuple[str, str]:
    """The address without name and password, and these."""
    start, slashes, rest = address.partition("//")
    end = next((at for at, character in enumerate(rest) if character in "/?#"), len(rest))
    credentials, _, server = rest[:end].rpartition("@")
    return f"{start}{slashes}{server}{rest[end:]}", credentials


def _folder(category: tuple[str, ...], folders: dict[tuple[str, ...], Any]) -> Any:
    """The element of a folder, made where there is none yet, and the folders around it likewise."""
    from lxml import etree

    steps = tuple(step for step in (normal.one_line(each, normal.MAX_TITLE) for each in category) if step)
    steps = steps[: MAX_DEPTH - 5]
    for count in range(1, len(steps) + 1):
        if steps[:count] not in folders:
            name = steps[count - 1]
            folders[steps[:count]] = etree.SubElement(
                folders[steps[: count - 1]], "outline", {"text": name, "title": name}
            )
    return folders[steps]


def _attributes(outline: Outline, *, secrets: bool) -> dict[str, str]:
    address = outline.address if secrets else _parted(outline.address)[0]
    title = normal.one_line(outline.title, normal.MAX_TITLE) or shown(outline.address)
    feed = outline.kind is None or outline.kind in _FEEDS
    attributes = {"type": "rss" if feed else "link", "text": title, "title": title}
    attributes["xmlUrl" if feed else "url"] = address
    if outline.site:
        attributes["htmlUrl"] = _parted(outline.site)[0]
    if outline.kind not in (None, "feed"):
        attributes[f"{_OWN}kind"] = outline.kind or ""
    if outline.selector:
        attributes[f"{_OWN}selector"] = normal.one_line(outline.selector, MAX_SELECTOR)
    return attributes
