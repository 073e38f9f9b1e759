"""Feeds as XML, made safe for a parser: decoded, without document type, and weighed before anything is kept."""

from __future__ import annotations

import re

from briefings.errors import Unreadable
from briefings.sources import charset

# Well-formed feeds are parsed in a time that grows with their size. Others go through a forgiving parser, whose time
# grows faster, so those have to be small.
MAX_ELEMENTS = 100_000
MAX_DEPTH = 100
MAX_MALFORMED = 500_000
# Characters in elements that name somebody, and of one word in a feed that is not well-formed: feedparser looks for
# mail addresses there, in a time with the square of that.
MAX_NAME, MAX_WORD = 1_000, 2_000
_NAMING = frozenset({"author", "creator", "contributor", "managingeditor", "webmaster", "publisher", "name", "email"})
_LONG_WORD = re.compile(rf"[\w.+-]{{{MAX_WORD},}}")
# Before the root element: comments, instructions and a document type, whose inner part stands in brackets.
_PROLOG = re.compile(r"[\s>]*(<!--|<\?|<!doctype)", re.IGNORECASE)
_CLOSING = {"<!--": "-->", "<?": "?>", "<!doctype": ">"}
_SUBSET = re.compile(r"[^\[>]*\[")
_ROOT_ELEMENT = re.compile(r"[\s>]*(<\w)")
# One that the feed itself would use. Those for use within the document type alone (`%`) go with it, unread.
_ENTITY = re.compile(r"<!entity\s+[^%\s]", re.IGNORECASE)
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
# How XML in two or four bytes a character begins (XML 1.0, appendix F), where `charset` goes by other signs.
_WIDE = (
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\x00<", "utf-32-be"),
    (b"<\x00\x00\x00", "utf-32-le"),
    (b"\x00<\x00?", "utf-16-be"),
    (b"<\x00?\x00", "utf-16-le"),
)


def decoded(body: bytes, declared: str | None = None) -> str:
    """`body` as text, by the signs that XML has for wide characters, else as `charset.decode` does. Never fails."""
    for sign, name in _WIDE:
        if body.startswith(sign):
            return body.decode(name, "replace")
    return charset.decode(body, declared)


def document(text: str, name: str) -> str:
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
        if _ENTITY.search(text, opening.end(), end):
            raise Unreadable(f"{name} declares XML entities of its own, which are not read, for safety")
        position = end + len(closing)
    start = _ROOT_ELEMENT.match(text, position)
    if start is None:
        raise Unreadable(f"{name} is not a feed: no RSS, Atom or RDF in it")
    return text[start.start(1) :]


def weigh(source: bytes, name: str) -> None:
    """Parses the feed once without keeping anything, to see what it would cost.

    Raises:
        Unreadable: too many elements, too deep, or broken and large.
    """
    from xml.parsers import expat

    depth = count = letters = naming = 0

    def start(tag: str, _attributes: dict[str, str]) -> None:
        nonlocal depth, count, letters, naming
        depth += 1
        if not naming and tag.rpartition(":")[2].lower() in _NAMING:
            naming, letters = depth, 0
        count += 1
        if depth > MAX_DEPTH or count > MAX_ELEMENTS:
            raise Unreadable(
                f"{name} has more elements than any feed needs, or nests them too deep; ask for a plain feed"
            )

    def end(_tag: str) -> None:
        nonlocal depth, naming
        naming = 0 if depth == naming else naming
        depth -= 1

    def said(text: str) -> None:
        nonlocal letters
        letters += len(text)
        if naming and letters > MAX_NAME:
            raise Unreadable(f"{name} has an author whose name has over {MAX_NAME:,} letters; ask for a plain feed")

    parser = expat.ParserCreate("utf-8")
    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = start, end, said
    try:
        parser.Parse(source, True)
    except expat.ExpatError as error:
        if len(source) > MAX_MALFORMED or _LONG_WORD.search(source.decode("utf-8", "replace")):
            raise Unreadable(f"{name} is not well-formed XML at line {error.lineno}; ask for a repaired feed") from None
