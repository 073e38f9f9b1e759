"""Chats as the record knows them, and what was changed from them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from briefings.model import Address


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
