"""The contract of every command."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from briefings.document import Document
from briefings.model import Address
from briefings.store import Store

JSON = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Request:
    """A command as somebody typed it, on whatever platform.

    Attributes:
        command: its canonical name, such as "who-said".
        text: what follows the name, untouched.
        now: the instant of asking, UTC.
        zone: the asker's or the chat's time zone: days in the query and times in the answer are in it.
        chat: where it was typed, and where the answer goes.
        user: the platform's own id of who typed it.
        page: 1 for the first page of an answer.
    """

    command: str
    text: str
    now: datetime
    zone: ZoneInfo
    chat: Address
    user: str = ""
    page: int = 1


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer: the document for people, and the same as data for programs (JSON-serialisable)."""

    document: Document
    data: JSON = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Command:
    """A command's name, its help, and what runs it. This is the only place where a command is described.

    Attributes:
        name: canonical, with hyphens; `aliases` are other spellings that are understood.
        summary: one line for lists, in the imperative.
        usage: what follows the name, as `<query>`; empty for none.
        examples: whole command lines that work.
        order: position in lists.
        run: takes the request and the store.
            Raises QueryError for what was typed wrong; StoreError when the store cannot answer.
    """

    name: str
    summary: str
    usage: str
    examples: tuple[str, ...]
    order: int
    run: Callable[[Request, Store], Awaitable[Reply]]
    aliases: tuple[str, ...] = ()
