"""Chats as the record knows them, and what was changed from them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from briefings.model import Address

# How the ids of a platform look: numbers on Telegram, capitals and digits on Slack; the terminal's are our own.
_FORMS = {"telegram": r"-?\d{1,20}", "slack": r"[CDGUW][A-Z0-9]{1,30}", "terminal": r"\w{1,30}"}


def parse_address(text: str) -> Address:
    """The chat, or the person, that `telegram:-100123` or `slack:C1` names. Raises ValueError."""
    platform, _, id = text.strip().partition(":")
    form = _FORMS.get(platform.lower())
    if form is None or not re.fullmatch(form, id):
        raise ValueError(f"“{text.strip()[:60]}” is no id of a chat; write telegram:-100123 or slack:C1, not a name")
    return Address(platform.lower(), id)


@dataclass(frozen=True, slots=True)
class Chat:
    """What is known of a chat.

    Attributes:
        address: without a thread.
        title: as the platform last gave it; may be empty.
        allowed: None until an owner decides.
        zone: the chat's own IANA time zone, where somebody set one.
        closed: why nothing can be posted there, or None.
    """

    address: Address
    title: str = ""
    allowed: bool | None = None
    zone: str | None = None
    closed: str | None = None


@dataclass(frozen=True, slots=True)
class Audit:
    """A change that somebody made from a chat: `who` and `chat` as addresses, `made` in UTC."""

    made: datetime
    who: str
    chat: str
    what: str
    detail: str
