"""What people write, as Slack passes it on, and what Slack's people write instead of a command's usual name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
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
        *("remind", "remove", "rename", "search", "settings", "shortcuts", "shrug", "star", "start", "status", "topic"),
        *("unmute", "who"),
    )
)

_TOKEN = re.compile(r"<([^<>\s|][^<>|]*)(?:\|([^<>]*))?>")
_ESCAPES = (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&"))
_TYPED = re.compile(r"(?<![\w/])/([a-z][\w-]*)")


def unescaped(text: str) -> str:
    for escape, character in _ESCAPES:
        text = text.replace(escape, character)
    return text


def said(text: str, bot: str) -> str:
    """A message's text as it was written, without mentions of the bot."""

    def shown(found: re.Match[str]) -> str:
        target, label = found[1], found[2] or ""
        if target[0] in "@#!":
            return "" if target[1:] == bot or not label else label.lstrip("@#")
        return label or target

    return unescaped(_TOKEN.sub(shown, text)).strip()


def links(text: str) -> Iterator[str]:
    """Web addresses that somebody meant: not those that Slack makes of a bare host name, such as "example.com"."""
    for found in _TOKEN.finditer(text):
        target, label = unescaped(found[1]), unescaped(found[2] or "")
        host = "/" not in label and target.partition("//")[2].strip("/").casefold() == label.casefold()
        if target.lower().startswith(("http://", "https://")) and not host:
            yield target


def link_in(message: JSON) -> str | None:
    """The first web address of a message: in its text, in what it shares, or in its blocks."""
    text = str(message.get("text") or "")
    found = next(links(text), None) or first_link(said(text, ""))
    return found or next(_links_within([message.get("attachments"), message.get("blocks")]), None)


def text_in(message: JSON) -> str:
    """All that a message says, for a reader: its own text and that of what it shares."""
    own = said(str(message.get("text") or ""), "") if message.get("text") else ""
    shared = [
        said(str(each.get("text") or each.get("fallback") or ""), "")
        for each in message.get("attachments") or ()
        if isinstance(each, dict)
    ]
    return "\n".join(part for part in (own, *shared) if part)


def line_of(command: str, text: str) -> str:
    """The command line that a slash command stands for. Of `/onrecord`, a command or a question follows."""
    text = unescaped(text).strip()
    name = command.strip().lstrip("/")
    if name != ROOT:
        return f"/{name} {text}".rstrip()
    bare = text.lstrip("/")
    if not bare:
        return "/start"
    first, _, rest = bare.partition(" ")
    spelled = "-" in first or "_" in first
    if bare != text or (spelled and registry.knows(first)):
        return f"/{bare}"
    spoken = registry.spoken(bare)
    guessed = spoken.startswith("/who-said ") and bare.startswith(spoken.removeprefix("/who-said "))
    # A word that all but names a command is a slip of the pen, and the registry knows what was meant.
    slip = _near(first) and (spelled or not rest)
    return f"/{bare}" if guessed and (slip or registry.knows(first)) else spoken


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
        for key in ("from_url", "original_url", "title_link", "url"):
            value = node.get(key)
            if isinstance(value, str) and value.lower().startswith(("http://", "https://")):
                yield value
        for value in node.values():
            if isinstance(value, str):
                yield from links(value)
            else:
                yield from _links_within(value)
