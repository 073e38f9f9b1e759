"""The HTML of Telegram, read without mercy: what the real server would drop or show raw is an error here."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

_KINDS = {
    "a": "text_link",
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
}
_VERBATIM = ("code", "pre")
_ENTITIES = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
_NAME = re.compile(r"</?([^\s>]*)")
_VALUE = r"\s*=\s*(?:\"[^\"]*\"|'[^']*'|[A-Za-z0-9.-]+)"
_TAG = re.compile(rf"<(?P<slash>/?)[^\s>]*(?P<attributes>(?:\s+[^\s\"'=<>/]+(?:{_VALUE})?)*)\s*>")
_ATTRIBUTE = re.compile(r"\s+([^\s\"'=<>/]+)(?:\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([A-Za-z0-9.-]+)))?")
_REFERENCE = re.compile(r"&(?:#(?P<decimal>[0-9]+)|#[xX](?P<hexa>[0-9A-Fa-f]+)|(?P<name>[A-Za-z]+))(?P<end>;?)")


class HtmlError(ValueError):
    """Says what is wrong, in the words of the real server where it has any."""


@dataclass(frozen=True, slots=True)
class Entity:
    """A stretch of text with a meaning. Offset and length are in UTF-16 units, as on the wire."""

    type: str
    offset: int
    length: int
    url: str | None = None
    language: str | None = None

    def to_dict(self) -> dict[str, object]:
        """The MessageEntity object."""
        plain: dict[str, object] = {"type": self.type, "offset": self.offset, "length": self.length}
        return plain | {k: v for k, v in (("url", self.url), ("language", self.language)) if v is not None}

    def of(self, text: str) -> str:
        """The part of `text` that it covers."""
        units = text.encode("utf-16-le", "surrogatepass")
        return units[2 * self.offset : 2 * (self.offset + self.length)].decode("utf-16-le", "surrogatepass")


def utf16(text: str) -> int:
    """How many UTF-16 units it takes."""
    return len(text) + sum(char > "\uffff" for char in text)


def parse_html(source: str) -> tuple[str, list[Entity]]:
    """The plain text and its entities, outer before inner; raises HtmlError."""
    return _Parser(source).parse()


def link_problem(url: str) -> str | None:
    """Why Telegram would not make a link of it, if so."""
    if re.search(r"[\s<>\"]", url) or not re.match(r"(https?|tg)://", url, re.IGNORECASE):
        return "Unsupported URL protocol"
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018  # reading it is what checks it
    except ValueError:
        return "Wrong HTTP URL"
    if parts.scheme.lower() != "tg" and not re.search(r"[^.][.:][^.]", parts.hostname or ""):
        return "Wrong HTTP URL"
    return None


@dataclass(slots=True)
class _Open:
    tag: str
    offset: int
    url: str | None = None
    language: str | None = None


class _Parser:
    def __init__(self, source: str) -> None:
        self.source = source
        self.at = 0
        self.pieces: list[str] = []
        self.offset = 0
        self.open: list[_Open] = []
        self.found: list[Entity] = []

    def parse(self) -> tuple[str, list[Entity]]:
        while self.at < len(self.source):
            char = self.source[self.at]
            if char == "<":
                self.tag()
            elif char == "&":
                self.add(*self.reference(self.source, self.at))
            else:
                end = min(i for i in (self.find("<"), self.find("&")) if i > 0)
                self.add(self.source[self.at : end], end)
        if self.open:
            raise HtmlError(f'Can\'t find end tag corresponding to start tag "{self.open[-1].tag}"')
        order = {kind: rank for rank, kind in enumerate(("blockquote", "expandable_blockquote"), -2)}
        self.found.sort(key=lambda e: (e.offset, -e.length, order.get(e.type, 0)))
        return "".join(self.pieces), self.found

    def find(self, char: str) -> int:
        end = self.source.find(char, self.at)
        return end if end >= 0 else len(self.source)

    def add(self, text: str, end: int) -> None:
        self.pieces.append(text)
        self.offset += utf16(text)
        self.at = end

    def where(self) -> str:
        return f"at byte offset {len(self.source[: self.at].encode('utf-8', 'surrogatepass'))}"

    def reference(self, text: str, at: int) -> tuple[str, int]:
        """What stands for the & at `at`, and where the text goes on. A & that starts nothing is itself."""
        found = _REFERENCE.match(text, at)
        if not found:
            return "&", at + 1
        if name := found["name"]:
            if name in _ENTITIES:
                return _ENTITIES[name], found.end()
            if found["end"]:
                raise HtmlError(f'Entity "&{name};" would be shown as it stands {self.where()}')
            return "&", at + 1
        code = int(found["decimal"]) if found["decimal"] else int(found["hexa"], 16)
        if not 0 < code < 0x110000 or 0xD800 <= code < 0xE000:
            raise HtmlError(f'Entity "{found[0]}" is no character {self.where()}')
        return chr(code), found.end()

    def decoded(self, value: str) -> str:
        made, at = "", 0
        while at < len(value):
            piece, at = self.reference(value, at) if value[at] == "&" else (value[at], at + 1)
            made += piece
        return made

    def tag(self) -> None:
        named = _NAME.match(self.source, self.at)
        assert named is not None
        closing, name = named[0].startswith("</"), named[1].lower()
        if not closing and name not in _KINDS:
            raise HtmlError(f'Unsupported start tag "{name}" {self.where()}')
        whole = _TAG.match(self.source, self.at)
        if not whole:
            raise HtmlError(f"Unclosed {'end' if closing else 'start'} tag {self.where()}")
        if closing:
            self.close(name)
        else:
            self.start(name, whole["attributes"])
        self.at = whole.end()

    def start(self, name: str, written: str) -> None:
        attributes = {
            found[1].lower(): None
            if found.end(1) == found.end()
            else self.decoded(found[2] or found[3] or found[4] or "")
            for found in _ATTRIBUTE.finditer(written)
        }
        entry = _Open(name, self.offset)
        self.check_nesting(name, attributes)
        if name == "a":
            entry.url = attributes.pop("href", None)
            problem = link_problem(entry.url or "")
            if problem:
                raise HtmlError(f'Tag "a" has no usable href {self.where()}: {problem}')
        elif name == "span" and attributes.pop("class", None) != "tg-spoiler":
            raise HtmlError(f'Tag "span" must have class "tg-spoiler" {self.where()}')
        elif name == "code" and self.open and self.open[-1].tag == "pre":
            entry.language = (attributes.pop("class", None) or "").removeprefix("language-")
        elif name == "blockquote" and "expandable" in attributes:
            attributes.pop("expandable")
            entry.language = "expandable"
        if attributes:
            raise HtmlError(f'Unexpected attribute "{next(iter(attributes))}" in tag "{name}" {self.where()}')
        self.open.append(entry)

    def check_nesting(self, name: str, attributes: dict[str, str | None]) -> None:
        above = [entry.tag for entry in self.open]
        language = name == "code" and above[-1:] == ["pre"] and "class" in attributes
        if any(tag in _VERBATIM for tag in above) and not language:
            raise HtmlError(f'Tag "{name}" can\'t be inside "{above[-1]}" {self.where()}')
        if name in ("blockquote", "a") and name in above:
            raise HtmlError(f'Tag "{name}" can\'t be nested {self.where()}')
        if name in _VERBATIM and not language and any(tag != "blockquote" for tag in above):
            raise HtmlError(f'Tag "{name}" can\'t be inside "{above[-1]}" {self.where()}')

    def close(self, name: str) -> None:
        if not self.open:
            raise HtmlError(f"Unexpected end tag {self.where()}")
        entry = self.open.pop()
        if entry.tag != name:
            raise HtmlError(f'Unmatched end tag {self.where()}, expected "</{entry.tag}>", found "</{name}>"')
        if entry.tag == "code" and self.open and self.open[-1].tag == "pre":
            self.open[-1].language = entry.language or None
            return
        if self.offset == entry.offset:
            return
        kind, language = _KINDS[name], entry.language
        if name == "blockquote" and language:
            kind, language = "expandable_blockquote", None
        self.found.append(Entity(kind, entry.offset, self.offset - entry.offset, entry.url, language))


def cleaned(text: str, entities: list[Entity]) -> tuple[str, list[Entity]]:
    """As the server keeps it: no carriage returns or control characters, no blank ends."""
    text = re.sub(r"[\x00-\x08\x0b-\x0c\x0e-\x1f]", " ", text)
    if "\r" in text:
        lost = [utf16(text[: found.start()]) for found in re.finditer("\r", text)]
        entities = [_without(entity, lost) for entity in entities]
        text = text.replace("\r", "")
    lead = len(text) - len(text.lstrip())
    text = text.strip()
    size = utf16(text)
    kept = []
    for entity in entities:
        start, end = max(entity.offset - lead, 0), min(entity.offset + entity.length - lead, size)
        if end > start:
            kept.append(replace(entity, offset=start, length=end - start))
    return text, kept


def _without(entity: Entity, lost: list[int]) -> Entity:
    end = entity.offset + entity.length
    start = entity.offset - sum(at < entity.offset for at in lost)
    return replace(entity, offset=start, length=end - sum(at < end for at in lost) - start)
