"""Documents as Telegram messages: HTML within its limits, in which no text of an article links, pings or formats.

Limits: core.telegram.org/bots/api, sendMessage and "Formatting options".
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from html import escape

from bot.platforms import wording
from bot.platforms.base import Part, Rows
from bot.platforms.wording import Item, Run, Size
from briefings.document import Button, Document

# Characters after parsing, bytes before, entities. Telegram's are 4096, 32,768 and 100; some are kept for separators.
LIMIT: Size = (4_000, 30_000, 95)
MAX_URL = 2_000
_TAGS = {"strong": "b", "code": "code", "cue": "i"}
_URL = re.compile(r"https?://[^\s<>\"]+", re.IGNORECASE)
# What Telegram's clients and servers take for a mention, a tag, a command or an address. A word joiner after the mark,
# which nobody sees, keeps it text. Within code nothing is taken for any of these.
_ALIVE = re.compile(r"(?:(?<![\w/])[/#$]|@)(?=\w)|(?<=\w)\.(?=[^\W\d_]{2})|:(?=//)")
JOINER = "\u2060"


def parts(document: Document) -> list[Part]:
    """The document as messages, in order; the document's own buttons are below the last."""
    every = wording.items(document)
    packed = wording.pack(every, _size, LIMIT)
    own = rows(wording.buttons(document))
    return [
        Part(
            _html(found),
            wording.text_of(found),
            (*rows(wording.contexts(found, every), 2), *(own if found is packed[-1] else ())),
        )
        for found in packed
    ]


def rows(buttons: Iterable[Button], width: int = 3) -> Rows:
    """Buttons in rows; at most 100 of them, as Telegram has it."""
    chosen = tuple(buttons)[:100]
    return tuple(chosen[at : at + width] for at in range(0, len(chosen), width))


def inert(text: str) -> str:
    """Text of an article as HTML, in which nothing becomes a link, a mention or a command."""
    return escape(_ALIVE.sub(rf"\g<0>{JOINER}", text))


def _html(found: Sequence[Item]) -> str:
    text = ""
    at = 0
    for group in wording.together(found):
        barred = group[0].kind == "barred"
        for index, item in enumerate(group):
            text += wording.separator(at, item)
            text += "<blockquote>" if barred and index == 0 else ""
            text += _item(item)
            at += 1
        text += "</blockquote>" if barred else ""
    return text


def _item(item: Item) -> str:
    return "".join(_run(run)[0] for run in item.runs)


def _size(item: Item) -> Size:
    # The separator before it, and the blockquote that it may open.
    characters, size, entities = 2, 30, 1
    for _, measured in map(_run, item.runs):
        characters, size, entities = characters + measured[0], size + measured[1], entities + measured[2]
    return characters, size, entities


# The same lines go to many chats, and each is measured before it is set.
@lru_cache(maxsize=16_384)
def _run(run: Run) -> tuple[str, Size]:
    """A run as HTML, and its measures."""
    html = _html_of(run)
    return html, (len(run.text) + len(_ALIVE.findall(run.text)), len(html.encode("utf-8", "replace")), html.count("</"))


def _html_of(run: Run) -> str:
    text = escape(run.text) if run.style == "code" else inert(run.text)
    if not run.text.strip():
        return text
    if run.url and len(run.url) <= MAX_URL and _URL.fullmatch(run.url):
        return f'<a href="{escape(run.url)}">{text}</a>'
    tag = _TAGS.get(run.style)
    return f"<{tag}>{text}</{tag}>" if tag else text
