"""The layout blocks of Block Kit, in messages and in views."""

from __future__ import annotations

import copy
from typing import Any

from .elements import (
    IN_ACTIONS,
    IN_INPUT,
    IN_SECTION,
    Check,
    Findings,
    anything,
    boolean,
    element,
    fields,
    listed,
    string,
    text,
    url,
)
from .model import Json
from .rich import rich_part

_ANY = ("plain_text", "mrkdwn")
MOST_IN_MESSAGE, MOST_IN_VIEW = 50, 100


def _in_context(value: Any, where: str, found: Findings) -> None:
    if isinstance(value, dict) and value.get("type") == "image":
        element(("image",))(value, where, found)
    else:
        text(3000, *_ANY)(value, where, found)


# What each block must have and may have, besides its type and block_id.
BLOCKS: dict[str, tuple[dict[str, Check], dict[str, Check]]] = {
    "section": (
        {},
        {
            "text": text(3000, *_ANY),
            "fields": listed(text(2000, *_ANY), 10),
            "accessory": element(IN_SECTION),
            "expand": boolean,
        },
    ),
    "header": ({"text": text(150)}, {}),
    "divider": ({}, {}),
    "context": ({"elements": listed(_in_context, 10)}, {}),
    "actions": ({"elements": listed(element(IN_ACTIONS), 25)}, {}),
    "image": (
        {"alt_text": string(2000)},
        {"image_url": url, "slack_file": anything, "title": text(2000)},
    ),
    "input": (
        {"label": text(2000), "element": element(IN_INPUT)},
        {"hint": text(2000), "optional": boolean, "dispatch_action": boolean},
    ),
    "markdown": ({"text": string(12_000)}, {}),
    "rich_text": ({"elements": listed(rich_part, 1000)}, {}),
}


def check_blocks(blocks: Any, most: int, where: str = "/blocks") -> Findings:
    """What is wrong with the blocks of a message (at most 50) or of a view (at most 100)."""
    found = Findings()
    if not isinstance(blocks, list):
        found.error("must be an array", where)
        return found
    if len(blocks) > most:
        found.error(f"no more than {most} items allowed", where)
    for at, block in enumerate(blocks):
        _check_block(block, f"{where}/{at}", found, most)
    _check_unique(blocks, where, found)
    markdown = sum(len(str(b.get("text"))) for b in blocks if isinstance(b, dict) and b.get("type") == "markdown")
    if markdown > 12_000:
        found.error("markdown blocks hold more than 12000 characters together", where)
    found.characters += markdown
    return found


def _check_block(block: Any, where: str, found: Findings, most: int) -> None:
    kind = block.get("type") if isinstance(block, dict) else None
    if not isinstance(kind, str) or kind not in BLOCKS or (kind == "markdown" and most == MOST_IN_VIEW):
        found.error(f"unsupported type: {kind}", f"{where}/type")
        return
    required, optional = BLOCKS[kind]
    fields(block, where, found, {"type": anything, **required}, {"block_id": string(255), **optional})
    if kind == "section" and not block.keys() & {"text", "fields"}:
        found.error("must have text or fields", where)
    if kind == "image" and ("image_url" in block) == ("slack_file" in block):
        found.error("must have either image_url or slack_file", where)


def _check_unique(blocks: list[Any], where: str, found: Findings) -> None:
    seen: set[str] = set()
    items = [item for block in blocks if isinstance(block, dict) for item in interactive(block)]
    if sum(item.get("focus_on_load") is True for item in items) > 1:
        found.error("only one element can have focus_on_load", where)
    for at, block in enumerate(blocks):
        if not isinstance(block, dict):
            continue
        name = block.get("block_id")
        if name in seen:
            found.error(f"block_id already exists: {name}", f"{where}/{at}/block_id")
        seen |= {name} if isinstance(name, str) else set()
        actions = [item.get("action_id") for item in interactive(block) if item.get("action_id") is not None]
        for twice in {action for action in actions if actions.count(action) > 1}:
            found.error(f"action_id already exists: {twice}", f"{where}/{at}")


def interactive(block: Json) -> list[Json]:
    """The elements of a block that can be pressed, chosen or filled in."""
    kind = block.get("type")
    items: list[Any] = []
    if kind == "actions":
        items = block.get("elements") or []
    elif kind == "section":
        items = [block.get("accessory")]
    elif kind == "input":
        items = [block.get("element")]
    return [item for item in items if isinstance(item, dict) and item.get("type") != "image"]


def named(blocks: list[Json], taken: str = "") -> list[Json]:
    """A copy in which every block and element has an id, as Slack gives those that have none."""
    whole: list[Json] = copy.deepcopy(blocks)
    for at, block in enumerate(whole):
        block.setdefault("block_id", f"b{taken}{at}")
        for number, item in enumerate(interactive(block)):
            item.setdefault("action_id", f"a{at}.{number}")
    return whole
