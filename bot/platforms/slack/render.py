"""Documents as Slack messages: rich text, whose elements are literal, so that no text of an article can ping or format.

Limits: docs.slack.dev, Block Kit reference and chat.postMessage; "header" 150 characters, a message 50 blocks and about
12,000 characters of blocks, of which some are kept free.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from bot.platforms import wording
from bot.platforms.base import Part, Rows
from bot.platforms.wording import Item, Run, Size
from briefings.document import Button, Document
from briefings.store.buttons import button_id

JSON = dict[str, Any]

# Characters of text and addresses; blocks that are begun by what cannot share one with its neighbours. With the buttons
# below, a message stays under 9,000 characters and 50 blocks.
LIMIT: Size = (7_000, 34)
MAX_HEADER = 150
# Characters of one block.
MAX_BLOCK = 2_900
MAX_FALLBACK = 3_900
MAX_SECTION = 3_000
MAX_URL = 3_000
MAX_BUTTONS = 25
MAX_VALUE = 2_000
# The action id of a button starts so; what it stands for is its value: a command line, or "=" and the id of one.
ACTION = "ask"
_STYLES = {"strong": {"bold": True}, "code": {"code": True}, "cue": {"italic": True}}
_URL = re.compile(r"https?://[^\s<>\"|]+", re.IGNORECASE)
_DATE = "{date_short_pretty} {time}"


def parts(document: Document) -> list[Part]:
    """The document as messages, in order; the document's own buttons are below the last."""
    # Slack shows each reader times in their own zone.
    found = [item for item in map(_zoneless, wording.items(document)) if item.text.strip()]
    every = found or wording.items(Document(document.summary))
    packed = wording.pack(every, _size, LIMIT)
    own = rows(wording.buttons(document))
    return [
        Part(
            json.dumps(blocks(each)),
            wording.text_of(each),
            (*rows(wording.contexts(each, every), 4), *(own if each is packed[-1] else ())),
        )
        for each in packed
    ]


def rows(buttons: Iterable[Button], width: int = 5) -> Rows:
    chosen = tuple(buttons)[:MAX_BUTTONS]
    return tuple(chosen[at : at + width] for at in range(0, len(chosen), width))


def escaped(text: str) -> str:
    """Text as mrkdwn that pings and links nothing."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def fallback(plain: str) -> str:
    """What notifications show: a message's text, shortened."""
    short = plain if len(plain) <= MAX_FALLBACK else f"{plain[:MAX_FALLBACK].rstrip()}…"
    text = escaped(short)
    while len(text) > 4_000:
        short = f"{short[: len(short) * 3 // 4].rstrip()}…"
        text = escaped(short)
    return text


def plain_blocks(plain: str) -> list[JSON]:
    """A message's text without any markup, for the retry after a refusal."""
    pieces = [plain[at : at + MAX_SECTION] for at in range(0, len(plain), MAX_SECTION)]
    return [
        {"type": "section", "text": {"type": "plain_text", "text": piece, "emoji": False}}
        for piece in pieces
        if piece.strip()
    ]


def actions(found: Rows) -> list[JSON]:
    """Rows of buttons as blocks."""
    return [
        {
            "type": "actions",
            "elements": [
                {
                    "type": "button",
                    "action_id": f"{ACTION}:{row}:{at}",
                    "text": {"type": "plain_text", "text": wording.label(button.label) or "…", "emoji": False},
                    "value": value_of(button.command),
                }
                for at, button in enumerate(buttons)
            ],
        }
        for row, buttons in enumerate(found)
    ]


def value_of(line: str) -> str:
    """A command line as a button's value: itself, or the id under which a long one is kept."""
    return line if len(line) <= MAX_VALUE and not line.startswith("=") else f"={button_id(line)}"


def blocks(found: Sequence[Item]) -> list[JSON]:
    """Items as blocks: titles as headers, all else as rich text, sides of a dispute as quotations."""
    made: list[JSON] = []
    for group in wording.together(found):
        kind = _kind(group[0])
        if kind == "header":
            made += [
                {"type": "header", "text": {"type": "plain_text", "text": item.text, "emoji": False}} for item in group
            ]
            continue
        for each in wording.pack(group, _size, (MAX_BLOCK, 100)):
            inner = [element for at, item in enumerate(each) for element in _elements(at, item)]
            shape = "rich_text_quote" if kind == "barred" else "rich_text_section"
            made.append({"type": "rich_text", "elements": [{"type": shape, "elements": inner}]})
    return made


def _kind(item: Item) -> str:
    if item.kind == "title" and len(item.text) <= MAX_HEADER:
        return "header"
    return "barred" if item.kind == "barred" else "text"


def _zoneless(item: Item) -> Item:
    return replace(item, runs=tuple(run for run in item.runs if run.style != "zone"))


def _elements(at: int, item: Item) -> list[JSON]:
    before = wording.separator(at, item)
    return [*([{"type": "text", "text": before}] if before else []), *(_element(run) for run in item.runs if run.text)]


def _element(run: Run) -> JSON:
    style = _STYLES.get(run.style)
    if run.at is not None and run.text.strip():
        return {"type": "date", "timestamp": run.at, "format": _DATE, "fallback": run.text}
    if run.url and len(run.url) <= MAX_URL and _URL.fullmatch(run.url) and run.text.strip():
        return {"type": "link", "url": run.url, "text": run.text, **({"style": style} if style else {})}
    return {"type": "text", "text": run.text, **({"style": style} if style else {})}


def _size(item: Item) -> Size:
    # A title or a side of a dispute is a block, and what follows it begins another.
    return sum(len(run.text) + len(run.url or "") for run in item.runs) + 10, 2 * (item.kind in ("title", "barred"))
