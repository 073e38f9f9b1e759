"""The contract of every command."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum
from typing import TYPE_CHECKING, Any, Protocol
from zoneinfo import ZoneInfo

from briefings.chat import Audit
from briefings.document import Document
from briefings.errors import NotPermitted, QueryError
from briefings.model import Address
from briefings.store import Store

if TYPE_CHECKING:
    from briefings.polling.survey import Asked, Survey

JSON = dict[str, Any]


class Surveying(Protocol):
    """Looks at a place: see `briefings.polling.survey.survey`. Raises InputError, QueryError."""

    def __call__(self, asked: Asked, /, *, read: bool) -> Awaitable[Survey]: ...


class Right(IntEnum):
    """What somebody may do in a chat; each includes those before it."""

    ASK = 0
    ADMIN = 1
    """Change what concerns the chat: its administrators."""
    OWNER = 2
    """Change what concerns the bot: its owners, as set."""


async def nowhere(_: Asked, *, read: bool) -> Survey:
    """A survey where there is no network."""
    raise QueryError("places are looked at by the bot only", "onrecord source add https://example.org/feed")


async def operator() -> Right:
    """The right of whoever runs the program at its terminal."""
    return Right.OWNER


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
        part: 1 for the first message of an answer that takes several.
        right: finds out what the asker may do there; asks the platform, so call it only where it matters.
        survey: looks at a place on the network: see `briefings.polling.survey`.
    """

    command: str
    text: str
    now: datetime
    zone: ZoneInfo
    chat: Address
    user: str = ""
    page: int = 1
    part: int = 1
    right: Callable[[], Awaitable[Right]] = operator
    survey: Surveying = nowhere

    async def require(self, right: Right, what: str) -> None:
        """Raises NotPermitted unless the asker has `right`; `what` is what they wanted, as "change the time zone"."""
        if await self.right() < right:
            who = "an owner of this bot" if right is Right.OWNER else "an admin of this chat, or an owner of this bot,"
            raise NotPermitted(f"only {who} can {what}")

    @property
    def who(self) -> str:
        """Who asks, as an address: "telegram:7"; "terminal:operator" for whoever runs the program."""
        return f"{self.chat.platform}:{self.user or 'operator'}"

    def audit(self, what: str, detail: str) -> Audit:
        """The entry for a change that this request makes."""
        return Audit(self.now, self.who, str(self.chat), what, detail)


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer: the document for people, and the same as data for programs (JSON-serialisable).

    Attributes:
        line: the command that it answers, without page and part; empty where asking again would not show it again.
        part: which of its messages was asked for.
        private: for the asker's eyes alone, where the platform can.
        changed: it tells of a change that asking made, which must not be asked for only to be shown again.
    """

    document: Document
    data: JSON = field(default_factory=dict)
    line: str = ""
    part: int = 1
    private: bool = False
    changed: bool = False


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
        right: who is shown the command; `run` checks what may be done.
        listed: whether lists show it. One that is not is for buttons to stand for.
        changes: whether this text behind the name changes something for others.
            None: any text does where `right` is above ASK, none otherwise.
    """

    name: str
    summary: str
    usage: str
    examples: tuple[str, ...]
    order: int
    run: Callable[[Request, Store], Awaitable[Reply]]
    aliases: tuple[str, ...] = ()
    right: Right = Right.ASK
    listed: bool = True
    changes: Callable[[str], bool] | None = None
