"""Rich text: sections and quotes of texts, links and dates, each with known fields only."""

from __future__ import annotations

import re
from typing import Any

from .elements import Check, Findings, boolean, fields, integer, listed, one_of, string, url
from .mrkdwn import DATE_TOKEN

_TOKENS = re.compile(r"\{(\w+)\}")


def _words(least: int) -> Check:
    """Text of a run. A blank alone is text; only a link must show something to press."""

    def check(value: Any, where: str, found: Findings) -> None:
        string(12_000, 0)(value, where, found)
        if isinstance(value, str):
            found.characters += len(value)
            if len(value.strip() if least else value) < 1:
                found.error("must be more than 0 characters", where)
            if any("\ud800" <= sign <= "\udfff" for sign in value):
                found.error("must be valid Unicode", where)

    return check


def _date_format(value: Any, where: str, found: Findings) -> None:
    string(255)(value, where, found)
    tokens = _TOKENS.findall(value) if isinstance(value, str) else []
    if not tokens or not all(DATE_TOKEN.fullmatch(token) for token in tokens):
        found.error(f"unknown date format {value!r}", where)


def _web(value: Any, where: str, found: Findings) -> None:
    url(value, where, found)
    if isinstance(value, str) and re.search(r"[\s<>\"]", value):
        found.error("must be a valid URL", where)


def _style(value: Any, where: str, found: Findings) -> None:
    names = ("bold", "italic", "strike", "code")
    if fields(value, where, found, {}, dict.fromkeys(names, boolean)) and not value:
        found.error("must have a style", where)


# What each element must have and may have, besides its type.
_ELEMENTS: dict[str, tuple[dict[str, Check], dict[str, Check]]] = {
    "text": ({"text": _words(0)}, {"style": _style}),
    "link": ({"url": _web}, {"text": _words(1), "style": _style, "unsafe": boolean}),
    "date": ({"timestamp": integer, "format": _date_format}, {"fallback": _words(1), "url": _web, "style": _style}),
}


def _element(value: Any, where: str, found: Findings) -> None:
    kind = value.get("type") if isinstance(value, dict) else None
    if kind not in _ELEMENTS:
        found.error(f"unsupported type: {kind}", f"{where}/type")
        return
    required, optional = _ELEMENTS[kind]
    fields(value, where, found, {"type": one_of(*_ELEMENTS), **required}, optional)


def rich_part(value: Any, where: str, found: Findings) -> None:
    """One section or quote of a rich text block."""
    kinds = ("rich_text_section", "rich_text_quote")
    fields(value, where, found, {"type": one_of(*kinds), "elements": listed(_element, 1000)}, {})
