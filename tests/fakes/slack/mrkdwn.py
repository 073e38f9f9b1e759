"""Slack's mrkdwn as a reader sees it, and what is wrong with a text that was sent as mrkdwn.

`parse_mrkdwn` reads anything, as Slack does; `problems` names what a bot must not send.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

_ENTITIES = {"&amp;": "&", "&lt;": "<", "&gt;": ">"}
_LINK = re.compile(r"(?P<url>(?:https?://|mailto:)[^\s|<>]+)(?:\|(?P<label>[^<>\n]+))?")
_DATE = re.compile(
    r"!date\^(?P<ts>-?\d+)\^(?P<format>[^^|<>]+)(?:\^(?P<url>https?://[^\s^|<>]+))?\|(?P<label>[^<>\n]+)"
)
_USER = re.compile(r"@(?P<id>[UW][A-Z0-9]+)(?:\|(?P<label>[^<>\n]+))?")
_CHANNEL = re.compile(r"#(?P<id>[CG][A-Z0-9]+)(?:\|(?P<label>[^<>\n]*))?")
_PING = re.compile(r"!(?P<name>channel|here|everyone|group|subteam\^[A-Z0-9]+)(?:\|(?P<label>[^<>\n]+))?")
DATE_TOKEN = re.compile(
    r"date_num|date_slash|date(_long|_short)?(_pretty)?|date_long_full|time(_secs)?|ago|day_divider_pretty"
)
_STYLES = {"*": "bold", "_": "italic", "~": "strike"}


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of text in one style; `ping` says that it alerts a whole channel or group."""

    text: str
    url: str | None = None
    bold: bool = False
    italic: bool = False
    code: bool = False
    strike: bool = False
    ping: bool = False


@dataclass(frozen=True, slots=True)
class _Atom:
    """One character or one `<...>` of the source; `raw` is how it was written."""

    raw: str
    text: str
    url: str | None = None
    ping: bool = False

    @property
    def marker(self) -> str:
        return self.raw if len(self.raw) == 1 else ""

    @property
    def wordlike(self) -> bool:
        return self.text[:1].isalnum()


def decoded(text: str) -> str:
    """The text with the three escapes undone."""
    return re.sub("&(?:amp|lt|gt);", lambda found: _ENTITIES[found[0]], text)


def _reference(inside: str) -> _Atom | None:
    raw = f"<{inside}>"
    if found := _LINK.fullmatch(inside):
        return _Atom(raw, decoded(found["label"] or found["url"].removeprefix("mailto:")), decoded(found["url"]))
    if found := _DATE.fullmatch(inside):
        return _Atom(raw, decoded(found["label"]), decoded(found["url"]) if found["url"] else None)
    if found := _USER.fullmatch(inside):
        return _Atom(raw, "@" + decoded(found["label"] or found["id"]))
    if found := _CHANNEL.fullmatch(inside):
        return _Atom(raw, "#" + decoded(found["label"] or found["id"]))
    if found := _PING.fullmatch(inside):
        return _Atom(raw, "@" + decoded(found["label"] or found["name"]), ping=True)
    return None


def _atoms(text: str) -> Iterator[_Atom]:
    at = 0
    while at < len(text):
        if text[at] == "&" and (found := re.match("&(?:amp|lt|gt);", text[at : at + 5])):
            yield _Atom(found[0], _ENTITIES[found[0]])
            at += len(found[0])
            continue
        if text[at] == "<" and (end := text.find(">", at)) > 0 and (atom := _reference(text[at + 1 : end])):
            yield atom
            at = end + 1
            continue
        yield _Atom(text[at], text[at])
        at += 1


def problems(text: str) -> list[str]:
    """What a bot must not send: stray `&`, `<` or `>`, a malformed `<...>`, and anything that pings a crowd."""
    found = []
    for atom in _atoms(text):
        if atom.ping:
            found.append(f"pings a crowd: {atom.raw}")
        elif atom.marker in ("&", "<", ">") and atom.marker:
            found.append(f"stray {atom.marker!r} in {text[:200]!r}")
        elif len(atom.raw) > 1 and re.search("&(?!amp;|lt;|gt;)", atom.raw):
            found.append(f"unescaped '&' in {atom.raw!r}")
        elif atom.raw.startswith("<!date") and (date := _DATE.fullmatch(atom.raw[1:-1])):
            tokens = re.findall(r"\{(\w+)\}", date["format"])
            if not tokens or not all(DATE_TOKEN.fullmatch(token) for token in tokens):
                found.append(f"unknown date format in {atom.raw!r}")
    return found


def parse_mrkdwn(text: str) -> list[Run]:
    """The text as stretches of one style, neighbours of the same style joined."""
    joined: list[Run] = []
    for run in _styled(list(_atoms(text)), Run("")):
        if joined and run.url is None and not run.ping and replace(joined[-1], text="") == replace(run, text=""):
            joined[-1] = replace(run, text=joined[-1].text + run.text)
        elif run.text:
            joined.append(run)
    return joined


def _styled(atoms: list[_Atom], style: Run) -> Iterator[Run]:
    at = 0
    while at < len(atoms):
        inner = _code(atoms, at) or _span(atoms, at)
        if inner is None:
            yield replace(style, text=atoms[at].text, url=atoms[at].url, ping=atoms[at].ping)
            at += 1
            continue
        start, end, after, name = inner
        if name == "code":
            for atom in atoms[start:end]:
                yield replace(style, text=atom.text, url=atom.url, ping=atom.ping, code=True)
        else:
            yield from _styled(atoms[start:end], _with(style, name))
        at = after


def _with(style: Run, name: str) -> Run:
    return replace(
        style,
        bold=style.bold or name == "bold",
        italic=style.italic or name == "italic",
        strike=style.strike or name == "strike",
    )


def _code(atoms: list[_Atom], at: int) -> tuple[int, int, int, str] | None:
    """The code that opens at `at`: its first and last-but-one atom, the atom after it, and the style's name."""
    if atoms[at].marker != "`":
        return None
    fence = 3 if [atom.marker for atom in atoms[at : at + 3]] == ["`"] * 3 else 1
    for end in range(at + fence + 1, len(atoms) - fence + 1):
        if fence == 1 and atoms[end].marker == "\n":
            return None
        if [atom.marker for atom in atoms[end : end + fence]] == ["`"] * fence:
            return at + fence, end, end + fence, "code"
    return None


def _span(atoms: list[_Atom], at: int) -> tuple[int, int, int, str] | None:
    """The bold, italic or struck text that opens at `at`; marks within a word and beside a space do not count."""
    mark = atoms[at].marker
    if mark not in _STYLES or not mark or (at and atoms[at - 1].wordlike):
        return None
    if at + 1 >= len(atoms) or atoms[at + 1].text.isspace() or atoms[at + 1].marker == mark:
        return None
    for end in range(at + 2, len(atoms)):
        if atoms[end].marker == "\n":
            return None
        closes = atoms[end].marker == mark and not atoms[end - 1].text.isspace()
        if closes and not (end + 1 < len(atoms) and atoms[end + 1].wordlike):
            return at + 1, end, end + 1, _STYLES[mark]
    return None


def plain(blocks: list[dict[str, Any]]) -> str:
    """The text that a reader sees in these blocks, piece after piece on lines of their own."""
    return "\n".join(piece for block in blocks for piece in _pieces(block))


def _pieces(node: Any) -> Iterator[str]:
    if isinstance(node, list):
        for item in node:
            yield from _pieces(item)
        return
    if not isinstance(node, dict):
        return
    kind, text = node.get("type"), node.get("text")
    if isinstance(text, str):
        yield "".join(run.text for run in parse_mrkdwn(text)) if kind == "mrkdwn" else text
    elif kind == "image" and "image_url" in node:
        yield str(node.get("alt_text", ""))
    elif kind == "link":
        yield str(node.get("url", ""))
    elif kind == "date":
        yield str(node.get("fallback", ""))
    for key in ("title", "label", "text", "fields", "element", "elements", "accessory", "hint", "options"):
        yield from _pieces(node.get(key))
