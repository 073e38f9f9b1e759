"""What people write, as Slack passes it on, and what Slack's people write instead of a command's usual name."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from bot.intake import first_link
from briefings import document as doc
from briefings.errors import QueryError
from handlers import registry
from handlers.base import Reply

JSON = dict[str, Any]

# The one slash command through which all others can be given.
ROOT = "onrecord"
# Names that Slack keeps for itself, or that are too general for a workspace, in which the latest app to be installed
# takes a name: these commands are given as "/onrecord help".
COMMON = frozenset(
    (
        *(
            "active",
            "allow",
            "apps",
            "archive",
            "away",
            "call",
            "collapse",
            "delete",
            "dm",
            "expand",
            "feed",
            "feedback",
        ),
        *("help", "invite", "join", "kick", "leave", "list", "me", "msg", "mute", "name", "open", "part", "prefs"),
        *("remind", "remove", "rename", "search", "settings", "shortcuts", "shrug", "star", "start", "status"),
        *("subscribe", "subscriptions", "topic", "unmute", "unsubscribe", "watch", "who"),
    )
)

_TOKEN = re.compile(r"<([^<>\s|][^<>|]*)(?:\|([^<>]*))?>")
_ESCAPES = (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&"))
# Bounded, since a hostile text may be full of marks.
_MARKED = re.compile(r"(?<!\w)([*_~]|`{1,3})(?=\S)(.{1,300}?)(?<=\S)\1(?!\w)")
_QUOTED = re.compile(r"^>+ ?", re.MULTILINE)
_PERMALINK = re.compile(r"https?://([\w-]+\.)*slack\.com/archives/", re.IGNORECASE)
_TYPED = re.compile(r"(?<![\w/])/([a-z][\w-]*)")


def unescaped(text: str) -> str:
    for escape, character in _ESCAPES:
        text = text.replace(escape, character)
    return text


def said(text: str, bot: str, names: Mapping[str, str] = MappingProxyType({})) -> str:
    """A message's text as it was written, without mentions of the bot; `names` are those of other people, by id."""

    def shown(found: re.Match[str]) -> str:
        target, label = found[1], found[2] or ""
        if target[0] in "@#!":
            return "" if target[1:] == bot else label.lstrip("@#") or names.get(target[1:], "")
        return label or target

    return unescaped(_TOKEN.sub(shown, text)).strip()


def links(text: str) -> Iterator[str]:
    """Web addresses that somebody meant: not those that Slack makes of a bare host name, such as "example.com", nor
    those of messages, which are closed to us."""
    for found in _TOKEN.finditer(text):
        target, label = unescaped(found[1]), unescaped(found[2] or "")
        if _meant(target) and not _host(target, label):
            yield target


def link_in(message: JSON) -> str | None:
    """The first web address of a message: in its text, in what it shares, or in its blocks."""
    text = str(message.get("text") or "")
    for link in (*links(text), first_link(said(text, ""))):
        if link and _meant(link):
            return link
    hosts = {_bare(unescaped(found[1])) for found in _TOKEN.finditer(text) if _host(found[1], found[2] or "")}
    within = _links_within([message.get("attachments"), message.get("blocks")])
    return next((link for link in within if _bare(link) not in hosts), None)


def text_in(message: JSON, names: Mapping[str, str] = MappingProxyType({})) -> str:
    """All that a message says, for a reader, without markup: its own text and that of what it shares."""
    return "\n".join(
        part for part in (_QUOTED.sub("", unmarked(said(text, "", names))) for text in _texts(message)) if part
    )


def people_in(message: JSON) -> list[str]:
    """The ids of people whom a message mentions without their names."""
    found = [
        token[1][1:]
        for text in _texts(message)
        for token in _TOKEN.finditer(text)
        if token[1][0] == "@" and not token[2]
    ]
    return list(dict.fromkeys(found))


def _texts(message: JSON) -> list[str]:
    shared = [each for each in message.get("attachments") or () if isinstance(each, dict)]
    return [str(message.get("text") or ""), *(str(each.get("text") or each.get("fallback") or "") for each in shared)]


def _meant(target: str) -> bool:
    return target.lower().startswith(("http://", "https://")) and not _PERMALINK.match(target)


def _bare(target: str) -> str:
    return target.partition("//")[2].strip("/").casefold()


def _host(target: str, label: str) -> bool:
    """Whether Slack made an address of a bare host name."""
    return "/" not in label and _bare(target) == label.casefold()


def line_of(command: str, text: str) -> str:
    """The command line that a slash command stands for. Of `/onrecord`, a command or a question follows."""
    text = unescaped(text).strip()
    name = command.strip().lstrip("/")
    return rooted(text) if name == ROOT else f"/{name} {text}".rstrip()


def heard(text: str, bot: str) -> str:
    """The command line that a message to the bot stands for: with or without "/onrecord", whatever its markup.

    Raises:
        QueryError: it is plain words that would change something for others.
    """
    words = unmarked(" ".join(said(text, bot).split()))
    first, _, rest = words.partition(" ")
    if first == f"/{ROOT}":
        return rooted(rest)
    return rooted(words) if words.startswith("/") else registry.harmless(rooted(words))


def unmarked(text: str) -> str:
    """Text without the marks of bold, italic, struck and code around its words."""
    for _ in range(4):  # marks may be within marks
        text = _MARKED.sub(r"\2", text)
    return text


def rooted(text: str) -> str:
    """The command line of a command or a question."""
    bare = text.lstrip("/")
    if not bare:
        return "/start"
    first, _, rest = bare.partition(" ")
    spelled = "-" in first or "_" in first
    if bare != text or (spelled and registry.knows(first)) or registry.changes(f"/{bare}"):
        return f"/{bare}"
    meant = registry.meant(bare)
    guessed = meant.startswith("/who-said ") and bare.startswith(meant.removeprefix("/who-said "))
    # A word that all but names a command is a slip of the pen, and the registry knows what was meant.
    slip = _near(first) and (spelled or not rest)
    return f"/{bare}" if guessed and (slip or registry.knows(first)) else meant


def _near(name: str) -> bool:
    try:
        registry.find(name)
    except QueryError as error:
        return "did you mean" in str(error)
    return True


def here(reply: Reply) -> Reply:
    """A reply whose commands are named as they are typed in Slack."""
    return replace(reply, document=document_here(reply.document, ours=bool(reply.data.get("error"))))


def document_here(document: doc.Document, *, ours: bool = False) -> doc.Document:
    """A document whose commands are named as they are typed in Slack; `ours` where all of its words are ours."""

    def typed(run: doc.Inline) -> doc.Inline:
        if isinstance(run, doc.Text) and (ours or run.style == "code"):
            return replace(run, text=_TYPED.sub(_rooted, run.text))
        return run

    blocks = tuple(
        doc.Paragraph(tuple(map(typed, block.runs))) if isinstance(block, doc.Paragraph) else block
        for block in document.blocks
    )
    return replace(document, blocks=blocks)


def _rooted(found: re.Match[str]) -> str:
    return f"/{ROOT} {found[1]}" if found[1] in COMMON and registry.knows(found[1]) else found[0]


def _links_within(node: Any) -> Iterator[str]:
    """Web addresses in what a message shares, in the order in which they are shown."""
    if isinstance(node, list):
        for item in node:
            yield from _links_within(item)
    elif isinstance(node, dict):
        # What a shared message says comes before the address of that message.
        for value in node.values():
            if isinstance(value, str):
                yield from links(value)
            else:
                yield from _links_within(value)
        for key in ("from_url", "original_url", "title_link", "url"):
            value = node.get(key)
            if isinstance(value, str) and _meant(value) and not _host(value, str(node.get("text") or "")):
                yield value
